/*
 * ci_outside - a pipeline's identity changed something from an address that is not CI's.
 */
#include "detect/detect.h"
#include "detect/tools.h"

static const struct str techniques[] = {STR_INIT("T1078.004")};

static const struct detection detections[] = {
    {.id = STR_INIT("faaswatch.ci_session_outside"),
     .title = STR_INIT("CI session outside the CI ranges"),
     .description =
         STR_INIT("A pipeline's identity changed something from an address outside the "
                  "ranges that --env gives for CI. A stolen token of CI looks like this, "
                  "and so does a runner that --env does not list."),
     .severity = SEVERITY_HIGH,
     .confidence = 0.7,
     .question = Q1,
     .indicator = KI1,
     .entity = ENTITY_ACTOR,
     .techniques = techniques,
     .technique_count = ARRAY_LEN(techniques),
     .tactic = STR_INIT("initial-access"),
     .ours = true},
};

static bool is_change(enum event_kind kind)
{
    return kind == EVENT_CHANGE || kind == EVENT_IDENTITY || kind == EVENT_LOGGING ||
           kind == EVENT_DEPLOY;
}

static enum err_code on_event(void *state, const struct detect_view *v, struct err *err)
{
    const struct event *e = v->event;
    (void)state;
    (void)err;
    if (e->actor == NULL || !e->actor->pipeline || !is_change(e->kind) ||
        !env_outside_ci(&v->context->env, &e->ip)) {
        return ERR_OK;
    }
    return detect_say(v, &detections[0], SEVERITY_HIGH,
                      "%.*s by %.*s came from %.*s, which is in no range of CI", SAY(e->action),
                      SAY(event_who(e)), SAY(e->address));
}

const struct detect_ops detect_ci_outside = {
    .detections = detections,
    .detection_count = ARRAY_LEN(detections),
    .state_size = 1,
    .on_event = on_event,
};
