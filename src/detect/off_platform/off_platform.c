/*
 * off_platform - D61: credentials that were made for a function are used elsewhere.
 *
 * Two things must be shown: that the session is the function's, and that the caller's address is
 * neither the cloud's, nor our way out of it, nor an endpoint inside it. An address of the cloud
 * clears nobody: an attacker can rent one. What the client calls itself is written by the client,
 * and only weighs where the same session called itself Lambda before.
 */
#include "base/map.h"
#include "detect/tools.h"

enum { OUTSIDE, DOUBTFUL };

static const struct str techniques[] = {STR_INIT("T1078.004"), STR_INIT("T1550.001")};

static const struct detection detections[] = {
    [OUTSIDE] = {.id = STR_INIT("faaswatch.role_off_platform"),
                 .ref = STR_INIT("D61"),
                 .title = STR_INIT("Function's credentials used outside the cloud"),
                 .description = STR_INIT("A session that was issued to a function made a call from "
                                         "an address that is neither the cloud's nor ours: its "
                                         "credentials were carried off."),
                 .severity = SEVERITY_CRITICAL,
                 .confidence = 0.95,
                 .question = Q2,
                 .indicator = KI4,
                 .entity = ENTITY_ACTOR,
                 .techniques = techniques,
                 .technique_count = ARRAY_LEN(techniques),
                 .tactic = STR_INIT("lateral-movement"),
                 .ours = true},
    [DOUBTFUL] = {.id = STR_INIT("faaswatch.role_off_platform_doubtful"),
                  .ref = STR_INIT("D61"),
                  .title = STR_INIT("Function's credentials used in another way than before"),
                  .description = STR_INIT("A session that was issued to a function called itself "
                                          "another client than before, or came from another "
                                          "region of the cloud, or from where nothing is known."),
                  .severity = SEVERITY_LOW,
                  .confidence = 0.4,
                  .question = Q2,
                  .indicator = KI4,
                  .entity = ENTITY_ACTOR,
                  .techniques = techniques,
                  .technique_count = ARRAY_LEN(techniques),
                  .tactic = STR_INIT("lateral-movement"),
                  .ours = true},
};

struct session {
    struct str function;
    bool as_lambda; /* it called itself Lambda before */
};

struct state {
    struct map sessions; /* access key -> struct session */
    bool looked, aws_known, google_known;
};

/* ---- whose session ---- */

static struct session *session_at(struct state *st, const struct detect_view *v, struct str key)
{
    struct map_entry *m = map_put(&st->sessions, key);
    if (m != NULL && m->value == NULL) {
        m->value = ARENA_NEW(v->arena, struct session);
    }
    return m == NULL ? NULL : m->value;
}

/* Lambda takes up the role of a function and names the session after it. */
static enum err_code learn(struct state *st, const struct detect_view *v)
{
    const struct event *e = v->event;
    struct str lambda = STR("lambda.amazonaws.com");
    struct str key = event_attr_get(e, ATTR_ISSUED_KEY);
    bool service = str_eq(e->who.invoked_by, lambda) ||
                   (e->who.kind == IDENTITY_SERVICE && str_eq(e->who.principal, lambda));
    if (e->kind != EVENT_ASSUME || !service || !event_ok(e) || key.len == 0) {
        return ERR_OK;
    }
    struct session *s = session_at(st, v, key);
    if (s == NULL) {
        return ERR_NOMEM;
    }
    s->function = event_attr_get(e, ATTR_SESSION_NAME);
    return ERR_OK;
}

/* The function whose role this is and whose name the session bears; NULL: none. A service account of
 * Google has no sessions: it must be used with neither key nor delegation. */
static const struct function *by_role(const struct detect_view *v)
{
    const struct identity *w = &v->event->who;
    const struct function *const *at = NULL;
    if (w->kind != IDENTITY_ROLE || w->role.len == 0 || v->inventory == NULL) {
        return NULL;
    }
    size_t count = inventory_functions_of_role(v->inventory, w->role, &at);
    bool google = str_ends(w->role, STR(".gserviceaccount.com"));
    for (size_t i = 0; i < count; i++) {
        bool own = google ? w->access_key.len == 0 && str_eq(w->principal, w->role)
                          : str_eq(at[i]->key.name, w->session_name);
        if (own) {
            return at[i];
        }
    }
    return NULL;
}

/* NULL: not a function's session, or out of memory (*failed). */
static struct session *session_of(struct state *st, const struct detect_view *v, bool *failed)
{
    const struct identity *w = &v->event->who;
    struct str key = w->access_key.len > 0 ? w->access_key : w->role;
    struct session *s = key.len == 0 ? NULL : map_get(&st->sessions, key);
    const struct function *f = s == NULL ? by_role(v) : NULL;
    if (s != NULL || f == NULL) {
        return s;
    }
    s = session_at(st, v, key);
    *failed = s == NULL;
    if (s != NULL) {
        s->function = f->key.name;
    }
    return s;
}

/* ---- from where ---- */

enum whereabouts { PLACE_INSIDE, PLACE_CLOUD, PLACE_OTHER_REGION, PLACE_UNKNOWN, PLACE_OUTSIDE };

static bool ours_in_the_cloud(const struct detect_view *v)
{
    enum range_kind kind;
    return ip_is_private(&v->event->ip) || (env_range_of(&v->context->env, &v->event->ip, &kind) &&
                                            (kind == RANGE_NAT || kind == RANGE_INTERNAL ||
                                             kind == RANGE_SERVER || kind == RANGE_PROXY));
}

static bool is_google(const struct event *e)
{
    return str_starts(e->source, STR("gcp."));
}

/* "AWS EC2 eu-west-1": ranges that serve all regions say GLOBAL. */
static bool other_region(const struct event *e, struct str range)
{
    struct str region = str_from(range, str_rchr(range, ' ') + 1);
    return !is_google(e) && e->region.len > 0 && str_chr(region, '-') != SIZE_MAX &&
           !str_starts(region, e->region);
}

static enum whereabouts place_of(struct state *st, const struct detect_view *v)
{
    const struct event *e = v->event;
    struct str cloud = is_google(e) ? STR("Google") : STR("AWS");
    struct intel_origin origin;
    if (e->address.len == 0 || ours_in_the_cloud(v)) {
        return PLACE_INSIDE;
    }
    if (v->intel == NULL) {
        return PLACE_UNKNOWN;
    }
    if (!st->looked) {
        st->looked = true;
        st->aws_known = intel_knows_ranges(v->intel, STR("AWS"));
        st->google_known = intel_knows_ranges(v->intel, STR("Google"));
    }
    struct str range = intel_range_of(v->intel, &e->ip);
    if (str_starts(range, cloud)) {
        return other_region(e, range) ? PLACE_OTHER_REGION : PLACE_CLOUD;
    }
    if (intel_origin_of(v->intel, &e->ip, &origin)) {
        bool theirs = str_ifind(origin.organisation,
                                is_google(e) ? STR("google") : STR("amazon")) != SIZE_MAX;
        return theirs ? PLACE_CLOUD : PLACE_OUTSIDE;
    }
    bool known = is_google(e) ? st->google_known : st->aws_known;
    return known ? PLACE_OUTSIDE : PLACE_UNKNOWN;
}

/* ---- what is said ---- */

static bool calls_itself_lambda(const struct event *e)
{
    return str_find(e->user_agent, STR("AWS_Lambda")) != SIZE_MAX;
}

static enum err_code tell_outside(const struct detect_view *v, const struct session *s)
{
    const struct event *e = v->event;
    return detect_say(
        v, &detections[OUTSIDE], is_google(e) ? SEVERITY_HIGH : SEVERITY_CRITICAL,
        "a session of %.*s called %.*s from %.*s, which is neither the cloud's, nor a "
        "way out of ours, nor an endpoint (client \"%.*s\")",
        SAY(s->function), SAY(e->action), SAY(e->address), SAY(e->user_agent));
}

static enum err_code tell_doubt(const struct detect_view *v, const struct session *s,
                                enum whereabouts place)
{
    const struct event *e = v->event;
    const char *why = place == PLACE_OTHER_REGION ? "an address of another region of the cloud"
                      : place == PLACE_UNKNOWN
                          ? "an address of which nothing is known: give the provider's ranges "
                            "(--intel ip-ranges.json), and ours in --env"
                          : "and called itself Lambda before";
    return detect_say(v, &detections[DOUBTFUL], SEVERITY_LOW,
                      "a session of %.*s called %.*s from %.*s as \"%.*s\", %s", SAY(s->function),
                      SAY(e->action), SAY(e->address.len > 0 ? e->address : STR("inside")),
                      SAY(e->user_agent), why);
}

static enum err_code on_event(void *state, const struct detect_view *v, struct err *err)
{
    struct state *st = state;
    const struct event *e = v->event;
    bool failed = false;
    (void)err;
    if (e->kind == EVENT_ASSUME && learn(st, v) != ERR_OK) {
        return ERR_NOMEM;
    }
    if (e->who.invoked_by.len > 0 || e->who.kind == IDENTITY_SERVICE) {
        return ERR_OK;
    }
    struct session *s = session_of(st, v, &failed);
    if (s == NULL) {
        return failed ? ERR_NOMEM : ERR_OK;
    }
    bool lambda = calls_itself_lambda(e);
    bool changed = s->as_lambda && !lambda;
    enum whereabouts place = place_of(st, v);
    s->as_lambda = s->as_lambda || lambda;
    if (place == PLACE_OUTSIDE) {
        return tell_outside(v, s);
    }
    bool odd = changed || place == PLACE_OTHER_REGION || (place == PLACE_UNKNOWN && !lambda);
    return odd ? tell_doubt(v, s, place) : ERR_OK;
}

static void release(void *state)
{
    struct state *st = state;
    map_free(&st->sessions);
}

const struct detect_ops detect_off_platform = {
    .detections = detections,
    .detection_count = ARRAY_LEN(detections),
    .state_size = sizeof(struct state),
    .on_event = on_event,
    .release = release,
};
