/*
 * gcp_logging - D87: Google Cloud records less than before. What one call says by itself (a sink
 * deleted, an exclusion made) are rules; here is what must be compared with before.
 */
#include "detect/detect.h"
#include "detect/tools.h"

enum { USUAL_DAYS = 30 }; /* that the default bucket keeps logs */

static const struct str techniques[] = {STR_INIT("T1562.008")};

static const struct detection detections[] = {
    {.id = STR_INIT("faaswatch.gcp_logging_reduced"),
     .ref = STR_INIT("D87"),
     .title = STR_INIT("Google Cloud logs narrowed"),
     .description = STR_INIT("Audit logs of a service are no longer written, somebody is exempted "
                             "from them, a sink was disabled or filters more, or logs are kept for "
                             "a shorter time."),
     .severity = SEVERITY_HIGH,
     .confidence = 0.8,
     .question = QUESTION_NONE,
     .indicator = LS,
     .entity = ENTITY_ACCOUNT,
     .techniques = techniques,
     .technique_count = ARRAY_LEN(techniques),
     .tactic = STR_INIT("defense-evasion"),
     .ours = true},
};

struct kept { /* of a policy, sink or bucket */
    struct str_list audit;
    bool audit_known, filter_known;
    struct str filter;
    uint64_t days;
};

struct state {
    struct map things; /* account, service and name -> struct kept */
};

static struct kept *kept_of(struct state *st, const struct detect_view *v, struct str name)
{
    const struct event *e = v->event;
    struct str key;
    if (!arena_printf(v->arena, &key, "%.*s\n%.*s\n%.*s", STR_ARG(e->account), STR_ARG(e->service),
                      STR_ARG(name))) {
        return NULL;
    }
    struct map_entry *entry = map_put(&st->things, key);
    if (entry != NULL && entry->value == NULL) {
        entry->value = ARENA_NEW(v->arena, struct kept);
    }
    return entry == NULL ? NULL : entry->value;
}

static bool mask_names(const struct event *e, struct str field)
{
    struct str mask = event_attr_get(e, ATTR_UPDATE_MASK);
    return str_ifind(mask, field) != SIZE_MAX;
}

/* ---- which audit logs are written ---- */

/* A whole policy says what is logged only when it was asked to change that. */
static enum err_code compare_audit(struct kept *k, const struct detect_view *v)
{
    const struct event *e = v->event;
    struct str_list now = {0};
    struct attr_iter it = {.event = e};
    struct str one, gone = STR_EMPTY;
    if (!event_has(e, ATTR_POLICY_SET) || !mask_names(e, STR("auditConfigs"))) {
        return ERR_OK;
    }
    while (attr_next(&it, ATTR_AUDIT_SET, &one)) {
        if (!VEC_PUSH(&now, one)) {
            VEC_FREE(&now);
            return ERR_NOMEM;
        }
    }
    for (size_t i = 0; i < k->audit.len; i++) {
        gone = str_list_has(&now, k->audit.at[i]) ? gone : k->audit.at[i];
    }
    bool none_left = !k->audit_known && now.len == 0;
    if (event_ok(e)) {
        VEC_FREE(&k->audit);
        k->audit = now;
        k->audit_known = true;
    } else {
        VEC_FREE(&now);
    }
    if (gone.len == 0 && !none_left) {
        return ERR_OK;
    }
    return detect_say(v, &detections[0], SEVERITY_HIGH,
                      "policy of %.*s no longer has audit logs of %.*s written, set by %.*s",
                      SAY(event_attr_get(e, ATTR_TARGET)),
                      SAY(gone.len != 0 ? gone : STR("data access at all")), SAY(event_who(e)));
}

static enum err_code look_at_audit(struct state *st, const struct detect_view *v)
{
    const struct event *e = v->event;
    struct kept *k = kept_of(st, v, event_attr_get(e, ATTR_TARGET));
    struct attr_iter it = {.event = e};
    struct str gone;
    if (k == NULL) {
        return ERR_NOMEM;
    }
    enum err_code rc = compare_audit(k, v);
    while (rc == ERR_OK && attr_next(&it, ATTR_AUDIT_GONE, &gone)) {
        rc = detect_say(v, &detections[0], SEVERITY_HIGH,
                        "audit logs of %.*s are no longer written in %.*s, set by %.*s", SAY(gone),
                        SAY(e->account), SAY(event_who(e)));
    }
    return rc;
}

/* ---- sinks ---- */

static enum err_code look_at_sink(struct state *st, const struct detect_view *v)
{
    const struct event *e = v->event;
    struct str name = event_attr_get(e, ATTR_TRAIL), filter = event_attr_get(e, ATTR_FILTER);
    struct kept *k = kept_of(st, v, name);
    if (k == NULL) {
        return ERR_NOMEM;
    }
    bool states = event_has(e, ATTR_FILTER) || str_eq(e->action, STR("CreateSink"));
    bool known = k->filter_known;
    struct str was = k->filter;
    if (states && event_ok(e)) {
        k->filter_known = true;
        k->filter = filter;
    }
    if (!str_eq(e->action, STR("UpdateSink"))) {
        return ERR_OK;
    }
    if (event_attr_is(e, ATTR_STATE, STR("DISABLED"))) {
        return detect_say(v, &detections[0], SEVERITY_HIGH, "sink %.*s was disabled by %.*s",
                          SAY(name), SAY(event_who(e)));
    }
    if (!states || (known && str_eq(was, filter)) || (!known && !mask_names(e, STR("filter")))) {
        return ERR_OK;
    }
    bool from_all = known && was.len == 0;
    return detect_say(v, &detections[0], from_all ? SEVERITY_HIGH : SEVERITY_MEDIUM,
                      "sink %.*s now sends only what fits %.*s, set by %.*s; before: %.*s",
                      SAY(name), SAY(filter), SAY(event_who(e)),
                      SAY(!known     ? STR("not known")
                          : from_all ? STR("everything")
                                     : was));
}

/* ---- retention ---- */

static enum err_code look_at_bucket(struct state *st, const struct detect_view *v)
{
    const struct event *e = v->event;
    struct str name = event_attr_get(e, ATTR_TRAIL);
    struct kept *k = kept_of(st, v, name);
    uint64_t days;
    if (k == NULL) {
        return ERR_NOMEM;
    }
    if (!event_number(e, ATTR_RETENTION_DAYS, &days) || days == 0) {
        return ERR_OK;
    }
    uint64_t was = k->days != 0 ? k->days : USUAL_DAYS;
    if (event_ok(e)) {
        k->days = days;
    }
    if (days >= was || !str_eq(e->action, STR("UpdateBucket"))) {
        return ERR_OK;
    }
    return detect_say(v, &detections[0], SEVERITY_HIGH,
                      "log bucket %.*s keeps logs for %llu days instead of %llu, set by %.*s",
                      SAY(name), (unsigned long long)days, (unsigned long long)was,
                      SAY(event_who(e)));
}

static enum err_code on_event(void *state, const struct detect_view *v, struct err *err)
{
    const struct event *e = v->event;
    (void)err;
    if (!str_eq(e->source, STR("gcp.audit"))) {
        return ERR_OK;
    }
    if (e->kind == EVENT_IDENTITY && str_eq(e->action, STR("SetIamPolicy"))) {
        return look_at_audit(state, v);
    }
    if (e->kind == EVENT_LOGGING && str_ends(e->action, STR("Sink"))) {
        return look_at_sink(state, v);
    }
    if (e->kind == EVENT_LOGGING && str_ends(e->action, STR("Bucket"))) {
        return look_at_bucket(state, v);
    }
    return ERR_OK;
}

static void release(void *state)
{
    struct state *st = state;
    for (size_t i = 0; i < st->things.len; i++) {
        struct kept *k = st->things.at[i].value;
        if (k != NULL) {
            VEC_FREE(&k->audit);
        }
    }
    map_free(&st->things);
}

const struct detect_ops detect_gcp_logging = {
    .detections = detections,
    .detection_count = ARRAY_LEN(detections),
    .state_size = sizeof(struct state),
    .on_event = on_event,
    .release = release,
};
