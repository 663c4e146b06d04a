/*
 * record_tampered - a key stands twice in one object of a record.
 *
 * The provider never writes that. Readers differ in which of the two they believe, which is what
 * somebody who edits logs can use.
 */
#include "detect/detect.h"
#include "detect/tools.h"

static const struct str techniques[] = {STR_INIT("T1565.001"), STR_INIT("T1562.008")};

static const struct detection detections[] = {
    {.id = STR_INIT("faaswatch.record_tampered"),
     .title = STR_INIT("Record that was tampered with"),
     .description = STR_INIT("A key stands twice in a record. The provider does not write such "
                             "records; the first value was used."),
     .severity = SEVERITY_HIGH,
     .confidence = 0.9,
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
    const struct event *e = v->event;
    (void)state;
    (void)err;
    if (!e->duplicate_key) {
        return ERR_OK;
    }
    return detect_say(v, &detections[0], SEVERITY_HIGH,
                      "a key stands twice in the record of %.*s by %.*s; the first was used",
                      SAY(e->name), SAY(event_who(e)));
}

const struct detect_ops detect_record_tampered = {
    .detections = detections,
    .detection_count = ARRAY_LEN(detections),
    .state_size = 1,
    .on_event = on_event,
};
