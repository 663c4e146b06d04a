/*
 * url_weakened - D15: an endpoint that asked for credentials no longer does.
 *
 * The authorisation last seen is kept here, past a deletion: to delete an endpoint and make it
 * again without authorisation is the same step.
 */
#include "detect/detect.h"
#include "detect/tools.h"

static const struct str techniques[] = {STR_INIT("T1133")};

static const struct detection detections[] = {
    {.id = STR_INIT("faaswatch.url_auth_weakened"),
     .ref = STR_INIT("D15"),
     .title = STR_INIT("Authorisation of a function URL taken away"),
     .description = STR_INIT("A function URL or web function endpoint that required credentials "
                             "can now be called by anyone."),
     .severity = SEVERITY_HIGH,
     .confidence = 0.8,
     .question = Q1,
     .indicator = KI1,
     .entity = ENTITY_FUNCTION,
     .techniques = techniques,
     .technique_count = ARRAY_LEN(techniques),
     .tactic = STR_INIT("persistence"),
     .ours = true},
};

struct state {
    struct map auths; /* function text # qualifier -> struct str, the last authorisation */
};

static bool sets_endpoint(const struct event *e)
{
    return event_is_lambda(e, "UpdateFunctionUrlConfig") ||
           event_is_lambda(e, "CreateFunctionUrlConfig") ||
           event_is_lambda(e, "UpdateWebFunctionEndpoint") ||
           event_is_lambda(e, "CreateWebFunctionEndpoint");
}

static bool is_open(struct str auth)
{
    return str_eq(auth, STR("NONE")) || str_eq(auth, STR("ApplicationManaged"));
}

static enum err_code on_event(void *state, const struct detect_view *v, struct err *err)
{
    struct state *st = state;
    const struct event *e = v->event;
    struct str auth = event_attr_get(e, ATTR_URL_AUTH);
    struct str key;
    (void)err;
    if (v->function == NULL || auth.len == 0 || !sets_endpoint(e)) {
        return ERR_OK;
    }
    if (!arena_printf(v->arena, &key, "%.*s#%.*s", STR_ARG(v->function->text),
                      STR_ARG(e->qualifier))) {
        return ERR_NOMEM;
    }
    struct map_entry *entry = map_put(&st->auths, key);
    if (entry != NULL && entry->value == NULL) {
        entry->value = ARENA_NEW(v->arena, struct str);
    }
    if (entry == NULL || entry->value == NULL) {
        return ERR_NOMEM;
    }
    struct str *last = entry->value;
    struct str was = *last;
    if (event_ok(e)) {
        *last = auth;
    }
    if (was.len == 0 || is_open(was) || !is_open(auth)) {
        return ERR_OK;
    }
    return detect_say(v, &detections[0], SEVERITY_HIGH,
                      "endpoint of %.*s went from %.*s to %.*s, set by %.*s: anyone can call it",
                      SAY(e->function.name), SAY(was), SAY(auth), SAY(event_who(e)));
}

static void release(void *state)
{
    struct state *st = state;
    map_free(&st->auths);
}

const struct detect_ops detect_url_weakened = {
    .detections = detections,
    .detection_count = ARRAY_LEN(detections),
    .state_size = sizeof(struct state),
    .on_event = on_event,
    .release = release,
};
