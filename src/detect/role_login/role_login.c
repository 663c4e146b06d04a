/*
 * role_login - D64: a person takes up a role that only services took up before.
 *
 * With history (a baseline, or what lies before --since) it is known what is usual. Without, only the
 * roles of functions are told, of which these logs show that a service takes them up.
 */
#include "detect/tools.h"

static const struct str techniques[] = {STR_INIT("T1078.004"), STR_INIT("T1550.001")};

static const struct detection detection = {
    .id = STR_INIT("faaswatch.role_login"),
    .ref = STR_INIT("D64"),
    .title = STR_INIT("Person in a role that only services used"),
    .description = STR_INIT("A role was taken up by a person; before, only services did. A new "
                            "trust and a debugging session look the same."),
    .severity = SEVERITY_HIGH,
    .confidence = 0.7,
    .question = Q1,
    .indicator = KI4,
    .entity = ENTITY_ACTOR,
    .techniques = techniques,
    .technique_count = ARRAY_LEN(techniques),
    .tactic = STR_INIT("privilege-escalation"),
    .ours = true};

struct role { /* as these logs have it, up to now */
    uint64_t by_service;
    bool by_others;
};

struct roles {
    struct map seen; /* ARN to struct role */
    struct arena arena;
};

static struct role *role_of(struct roles *r, struct str arn)
{
    struct map_entry *m = map_intern(&r->seen, &r->arena, arn);
    if (m != NULL && m->value == NULL) {
        m->value = ARENA_NEW(&r->arena, struct role);
    }
    return m == NULL ? NULL : m->value;
}

static bool only_services(const struct assumed *a)
{
    return a->by[ASSUMER_SERVICE] && !a->by[ASSUMER_PERSON] && !a->by[ASSUMER_ROLE] &&
           !a->by[ASSUMER_PIPELINE];
}

static enum err_code judge(const struct detect_view *v, const struct role *role)
{
    const struct event *e = v->event;
    const struct function *const *functions = NULL;
    struct str arn = event_attr_get(e, ATTR_ASSUMED_ROLE);
    size_t count =
        v->inventory == NULL ? 0 : inventory_functions_of_role(v->inventory, arn, &functions);
    struct assumed a = {0};
    enum err_code rc = v->baseline == NULL ? ERR_OK : baseline_assumed(v->baseline, e, &a);
    if (rc != ERR_OK) {
        return rc;
    }
    if (a.known && only_services(&a) && !role->by_others) {
        return detect_say(v, &detection, SEVERITY_HIGH,
                          "%.*s took up %.*s%s%.*s; in %u days of history only services did",
                          SAY(event_who(e)), SAY(arn), count > 0 ? ", the role of " : "",
                          SAY(count > 0 ? functions[0]->key.name : STR_EMPTY), a.days);
    }
    if (!a.known && count > 0 && role->by_service > 0 && !role->by_others) {
        return detect_say(v, &detection, SEVERITY_MEDIUM,
                          "%.*s took up %.*s, the role of %.*s; in these logs only services did, "
                          "but history is too short to call that usual",
                          SAY(event_who(e)), SAY(arn), SAY(functions[0]->key.name));
    }
    return ERR_OK;
}

static enum err_code on_event(void *state, const struct detect_view *v, struct err *err)
{
    const struct event *e = v->event;
    struct str arn = event_attr_get(e, ATTR_ASSUMED_ROLE);
    (void)err;
    if (e->kind != EVENT_ASSUME || e->outcome != OUTCOME_OK || e->sign_in || arn.len == 0) {
        return ERR_OK;
    }
    struct role *role = role_of(state, arn);
    if (role == NULL) {
        return ERR_NOMEM;
    }
    enum assumer by = event_assumer(e);
    enum err_code rc = by == ASSUMER_PERSON ? judge(v, role) : ERR_OK;
    role->by_service += by == ASSUMER_SERVICE ? e->count : 0;
    role->by_others = role->by_others || by != ASSUMER_SERVICE;
    return rc;
}

static void release(void *state)
{
    struct roles *r = state;
    map_free(&r->seen);
    arena_free(&r->arena);
}

extern const struct detect_ops detect_role_login;
const struct detect_ops detect_role_login = {
    .detections = &detection,
    .detection_count = 1,
    .state_size = sizeof(struct roles),
    .on_event = on_event,
    .release = release,
};
