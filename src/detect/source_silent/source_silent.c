/*
 * source_silent - D90: a source that is never quiet was quiet.
 *
 * The engine finds the gap (engine/silence.h) and hands on an event for it.
 */
#include "detect/detect.h"

static const struct str techniques[] = {STR_INIT("T1562.008")};

static const struct detection detections[] = {
    {.id = STR_INIT("faaswatch.source_silent"),
     .ref = STR_INIT("D90"),
     .title = STR_INIT("Log source was silent"),
     .description = STR_INIT("A source that always has records had none for hours: the collector "
                             "stood still, files are missing, or somebody stopped it."),
     .severity = SEVERITY_LOW,
     .confidence = 0.5,
     .question = QUESTION_NONE,
     .indicator = LS,
     .entity = ENTITY_ACCOUNT,
     .techniques = techniques,
     .technique_count = ARRAY_LEN(techniques),
     .tactic = STR_INIT("defense-evasion"),
     .ours = true},
};

static enum err_code on_event(void *state, const struct detect_view *v, struct err *err)
{
    (void)state;
    (void)err;
    const struct event *e = v->event;
    if (e->kind != EVENT_LOGGING || !str_eq(e->service, STR("faaswatch")) ||
        !str_eq(e->action, STR("SourceSilent"))) {
        return ERR_OK;
    }
    const struct detect_hit hit = {.detection = &detections[0],
                                   .severity = SEVERITY_LOW,
                                   .explain = event_attr_get(e, ATTR_DESCRIPTION)};
    return detect_report(v, &hit);
}

const struct detect_ops detect_source_silent = {
    .detections = detections, .detection_count = ARRAY_LEN(detections), .on_event = on_event};
