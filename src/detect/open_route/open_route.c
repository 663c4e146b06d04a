/*
 * open_route - D25: a route of an API calls a function and asks nobody who they are.
 *
 * The route and its integration come in two calls, in either order. In a REST API the two share
 * method and resource; in an HTTP API a route names its integration by an id that only the answer
 * has, so there an open route counts with any function that the same API calls.
 */
#include "detect/detect.h"
#include "detect/tools.h"

static const struct str techniques[] = {STR_INIT("T1190")};

static const struct detection detections[] = {
    {.id = STR_INIT("faaswatch.route_without_auth"),
     .ref = STR_INIT("D25"),
     .title = STR_INIT("API route without authorisation calls a function"),
     .description = STR_INIT("Anyone who knows the address can make the function run. Public APIs "
                             "are meant to be like that."),
     .severity = SEVERITY_MEDIUM,
     .confidence = 0.5,
     .question = Q1,
     .indicator = KI1,
     .entity = ENTITY_FUNCTION,
     .techniques = techniques,
     .technique_count = ARRAY_LEN(techniques),
     .tactic = STR_INIT("initial-access"),
     .ours = true},
};

struct route {
    bool open;                 /* its authorisation is NONE */
    const struct event *calls; /* integration with a function */
};

struct state {
    struct map routes; /* account/region/api#route -> struct route; HTTP API: without #route */
};

static bool is_http_api(const struct event *e)
{
    return str_eq(e->action, STR("CreateRoute")) || str_eq(e->action, STR("UpdateRoute")) ||
           str_eq(e->action, STR("CreateIntegration"));
}

static struct route *route_of(struct state *st, const struct detect_view *v)
{
    const struct event *e = v->event;
    struct str route = is_http_api(e) ? STR_EMPTY : event_attr_get(e, ATTR_ROUTE);
    struct str key;
    if (!arena_printf(v->arena, &key, "%.*s/%.*s/%.*s#%.*s", STR_ARG(e->account),
                      STR_ARG(e->region), STR_ARG(event_attr_get(e, ATTR_API)), STR_ARG(route))) {
        return NULL;
    }
    struct map_entry *entry = map_put(&st->routes, key);
    if (entry != NULL && entry->value == NULL) {
        entry->value = ARENA_NEW(v->arena, struct route);
    }
    return entry == NULL ? NULL : entry->value;
}

static enum err_code say_open(const struct detect_view *v, const struct event *calls)
{
    struct str route = event_attr_get(v->event, ATTR_ROUTE);
    return detect_say_at(v, calls, &detections[0], SEVERITY_MEDIUM,
                         "%.*s can be called without authorisation through API %.*s%s%.*s, set by "
                         "%.*s",
                         SAY(calls->function.name), SAY(event_attr_get(v->event, ATTR_API)),
                         route.len > 0 ? ", route " : "", SAY(route), SAY(event_who(v->event)));
}

/* A route that states no authorisation has none, when it is made. */
static bool opens(const struct event *e)
{
    struct str auth = event_attr_get(e, ATTR_URL_AUTH);
    bool made = str_eq(e->action, STR("CreateRoute"));
    return str_eq(auth, STR("NONE")) || (made && auth.len == 0);
}

static enum err_code on_event(void *state, const struct detect_view *v, struct err *err)
{
    const struct event *e = v->event;
    bool method = str_eq(e->action, STR("PutMethod")) || str_eq(e->action, STR("UpdateMethod")) ||
                  str_eq(e->action, STR("CreateRoute")) || str_eq(e->action, STR("UpdateRoute"));
    bool integration = str_eq(e->action, STR("PutIntegration")) ||
                       str_eq(e->action, STR("UpdateIntegration")) ||
                       str_eq(e->action, STR("CreateIntegration"));
    (void)err;
    if (!str_eq(e->service, STR("apigateway.amazonaws.com")) || !event_ok(e)) {
        return ERR_OK;
    }
    if (str_eq(e->action, STR("CreateApi")) && e->function.name.len > 0) {
        return say_open(v, e); /* "quick create": one route for all calls, open */
    }
    if (!method && !integration) {
        return ERR_OK;
    }
    struct route *r = route_of(state, v);
    if (r == NULL) {
        return ERR_NOMEM;
    }
    bool was = r->open && r->calls != NULL;
    if (integration) {
        r->calls = e->function.name.len > 0 ? e : r->calls;
    } else if (!is_http_api(e)) {
        r->open = event_has(e, ATTR_URL_AUTH) ? opens(e) : r->open;
    } else {
        r->open = r->open || opens(e);
    }
    return was || !r->open || r->calls == NULL ? ERR_OK : say_open(v, r->calls);
}

static void release(void *state)
{
    struct state *st = state;
    map_free(&st->routes);
}

const struct detect_ops detect_open_route = {
    .detections = detections,
    .detection_count = ARRAY_LEN(detections),
    .state_size = sizeof(struct state),
    .on_event = on_event,
    .release = release,
};
