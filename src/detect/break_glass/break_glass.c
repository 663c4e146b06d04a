/*
 * break_glass - an account or role that is kept for emergencies was used.
 */
#include "detect/detect.h"
#include "detect/tools.h"

static const struct str techniques[] = {STR_INIT("T1078.004")};

static const struct detection detections[] = {
    {.id = STR_INIT("faaswatch.break_glass_used"),
     .title = STR_INIT("Break-glass account used"),
     .description = STR_INIT("An account or role that --env lists as break-glass logged in, was "
                             "taken on, or changed something. Somebody must know why."),
     .severity = SEVERITY_MEDIUM,
     .confidence = 0.9,
     .question = Q1,
     .indicator = KI1,
     .entity = ENTITY_ACTOR,
     .techniques = techniques,
     .technique_count = ARRAY_LEN(techniques),
     .tactic = STR_INIT("initial-access"),
     .ours = true},
};

static bool is_use(enum event_kind kind)
{
    return kind == EVENT_LOGIN || kind == EVENT_CHANGE || kind == EVENT_IDENTITY ||
           kind == EVENT_ASSUME || kind == EVENT_LOGGING || kind == EVENT_DEPLOY;
}

static enum err_code on_event(void *state, const struct detect_view *v, struct err *err)
{
    const struct event *e = v->event;
    const struct str_list *patterns = &v->context->env.break_glass;
    const struct str names[] = {e->actor != NULL ? e->actor->root : STR_EMPTY, e->who.principal,
                                e->who.role, event_attr_get(e, ATTR_ASSUMED_ROLE)};
    (void)state;
    (void)err;
    if (patterns->len == 0 || !is_use(e->kind)) {
        return ERR_OK;
    }
    for (size_t i = 0; i < ARRAY_LEN(names); i++) {
        if (names[i].len > 0 && env_any(patterns, names[i])) {
            return detect_say(v, &detections[0], SEVERITY_MEDIUM,
                              "%.*s, kept for emergencies, was used: %.*s by %.*s from %.*s",
                              SAY(names[i]), SAY(e->action), SAY(event_who(e)),
                              SAY(e->address.len > 0 ? e->address : STR("an unknown address")));
        }
    }
    return ERR_OK;
}

const struct detect_ops detect_break_glass = {
    .detections = detections,
    .detection_count = ARRAY_LEN(detections),
    .state_size = 1,
    .on_event = on_event,
};
