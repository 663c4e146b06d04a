/*
 * changer_calls - D53: who changed the code of a function calls it within ten minutes.
 */
#include "detect/tools.h"

#define SOON_US (10 * TIME_MINUTE_US)

static const struct str techniques[] = {STR_INIT("T1648")};

static const struct detection detections[] = {
    {.id = STR_INIT("faaswatch.changer_calls"),
     .ref = STR_INIT("D53"),
     .title = STR_INIT("Function called by the one who just changed it"),
     .description = STR_INIT("The code of a function was changed, and the same actor called it "
                             "within ten minutes."),
     .severity = SEVERITY_HIGH,
     .confidence = 0.6,
     .question = Q4,
     .indicator = KI3,
     .entity = ENTITY_FUNCTION,
     .techniques = techniques,
     .technique_count = ARRAY_LEN(techniques),
     .tactic = STR_INIT("execution"),
     .ours = true},
};

static enum err_code on_event(void *state, const struct detect_view *v, struct err *err)
{
    const struct event *e = v->event;
    (void)state;
    (void)err;
    if (e->kind != EVENT_INVOKE || v->function == NULL || e->actor == NULL ||
        e->actor != v->function->now.code_changed_by) {
        return ERR_OK;
    }
    int64_t changed = v->function->now.code_changed_us;
    /* Calls are folded by minute: the last of them may be the one that follows the change. */
    int64_t last = e->last_us > e->time_us ? e->last_us : e->time_us;
    int64_t after = time_between(changed, e->time_us);
    if (after < 0 || last < changed || after > SOON_US) {
        return ERR_OK;
    }
    return detect_say(v, &detections[0], SEVERITY_HIGH,
                      "%.*s changed the code of %.*s and called it %lld s later", SAY(event_who(e)),
                      SAY(e->function.name), (long long)(after / TIME_SECOND_US));
}

const struct detect_ops detect_changer_calls = {
    .detections = detections,
    .detection_count = ARRAY_LEN(detections),
    .state_size = 1,
    .on_event = on_event,
};
