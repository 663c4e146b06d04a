/*
 * policy_open - D55: a policy allows everything, or everything of a service, on everything.
 */
#include "detect/detect.h"
#include "detect/policy.h"
#include "detect/tools.h"

enum { ADMIN, WHOLE_SERVICE };

static const struct str techniques[] = {STR_INIT("T1098.003")};

static const struct detection detections[] = {
    [ADMIN] = {.id = STR_INIT("faaswatch.policy_allows_everything"),
               .ref = STR_INIT("D55"),
               .title = STR_INIT("Policy allows everything"),
               .description = STR_INIT("A policy allows all actions, all of IAM, or all but a "
                                       "few, on all resources: its holder is an administrator."),
               .severity = SEVERITY_HIGH,
               .confidence = 0.8,
               .question = Q2,
               .indicator = KI4,
               .entity = ENTITY_ROLE,
               .techniques = techniques,
               .technique_count = ARRAY_LEN(techniques),
               .tactic = STR_INIT("privilege-escalation"),
               .ours = true},
    [WHOLE_SERVICE] = {.id = STR_INIT("faaswatch.policy_allows_service"),
                       .ref = STR_INIT("D55"),
                       .title = STR_INIT("Policy allows a whole service"),
                       .description = STR_INIT("A policy allows all actions of a service on all "
                                               "of its resources."),
                       .severity = SEVERITY_HIGH,
                       .confidence = 0.6,
                       .question = Q2,
                       .indicator = KI4,
                       .entity = ENTITY_ROLE,
                       .techniques = techniques,
                       .technique_count = ARRAY_LEN(techniques),
                       .tactic = STR_INIT("privilege-escalation"),
                       .ours = true},
};

/* Whom the policy is for, or its own name. */
static struct str holder(const struct event *e)
{
    static const enum event_attr ids[] = {ATTR_TARGET_ROLE, ATTR_TARGET_USER, ATTR_TARGET_GROUP,
                                          ATTR_POLICY_ARN};
    for (size_t i = 0; i < ARRAY_LEN(ids); i++) {
        struct str name = event_attr_get(e, ids[i]);
        if (name.len > 0) {
            return name;
        }
    }
    return STR("a policy");
}

static enum err_code on_event(void *state, const struct detect_view *v, struct err *err)
{
    const struct event *e = v->event;
    struct str document = event_attr_get(e, ATTR_POLICY_DOCUMENT);
    (void)state;
    (void)err;
    if (document.len == 0 || !str_eq(e->service, STR("iam.amazonaws.com"))) {
        return ERR_OK;
    }
    struct policy_width w = policy_width_of(document, e->account, v->arena);
    if (w.breadth == BREADTH_NARROW) {
        return ERR_OK;
    }
    return detect_say(v, &detections[w.breadth == BREADTH_EVERYTHING ? ADMIN : WHOLE_SERVICE],
                      w.limited ? SEVERITY_MEDIUM : SEVERITY_HIGH,
                      "%.*s for %.*s by %.*s allows %.*s on all resources%s", SAY(e->action),
                      SAY(holder(e)), SAY(event_who(e)),
                      SAY(w.action.len > 0 ? w.action : STR("all but a few actions")),
                      w.limited ? ", within a condition" : "");
}

const struct detect_ops detect_policy_open = {
    .detections = detections,
    .detection_count = ARRAY_LEN(detections),
    .state_size = 1,
    .on_event = on_event,
};
