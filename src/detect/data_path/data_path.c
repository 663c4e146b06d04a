/*
 * data_path - D19 and D20: where a function's events come from and where its results go.
 */
#include "detect/arn.h"
#include "detect/detect.h"
#include "detect/own.h"
#include "detect/tools.h"

enum { SOURCE_MAPPED, DESTINATION_SET };

/* What is mapped to a function within a day of its creation is part of setting it up. */
#define SETTLING_US (24 * TIME_HOUR_US)

static const struct str techniques_source[] = {STR_INIT("T1546")};
static const struct str techniques_destination[] = {STR_INIT("T1020")};

static const struct detection detections[] = {
    [SOURCE_MAPPED] = {.id = STR_INIT("faaswatch.event_source_unusual"),
                       .ref = STR_INIT("D19"),
                       .title = STR_INIT("Function fed from a foreign or new source"),
                       .description = STR_INIT("An event source mapping lets a stream or queue "
                                               "call the function that never did, or is not ours."),
                       .severity = SEVERITY_HIGH,
                       .confidence = 0.6,
                       .question = Q1,
                       .indicator = KI1,
                       .entity = ENTITY_FUNCTION,
                       .techniques = techniques_source,
                       .technique_count = ARRAY_LEN(techniques_source),
                       .tactic = STR_INIT("persistence"),
                       .ours = true},
    [DESTINATION_SET] = {.id = STR_INIT("faaswatch.destination_unusual"),
                         .ref = STR_INIT("D20"),
                         .title = STR_INIT("Function results sent to a foreign or new place"),
                         .description = STR_INIT("The results or failures of a function go to a "
                                                 "destination that is not ours, or is new."),
                         .severity = SEVERITY_HIGH,
                         .confidence = 0.6,
                         .question = Q1,
                         .indicator = KI1,
                         .entity = ENTITY_FUNCTION,
                         .techniques = techniques_destination,
                         .technique_count = ARRAY_LEN(techniques_destination),
                         .tactic = STR_INIT("exfiltration"),
                         .ours = true},
};

/* Is there history to compare with? */
static bool is_settled(const struct detect_view *v)
{
    const struct function_state *was = &v->function->before;
    int64_t age = was->created ? time_between(was->created_us, v->event->time_us) : SETTLING_US + 1;
    return was->known && age > SETTLING_US;
}

static enum err_code look_at_source(const struct detect_view *v, struct str source)
{
    const struct event *e = v->event;
    enum owner owner = own_of(v, source, e->action);
    if (owner == OWNER_FOREIGN) {
        return detect_say(v, &detections[SOURCE_MAPPED], SEVERITY_HIGH,
                          "%.*s is fed from %.*s, which is not ours, mapped by %.*s",
                          SAY(e->function.name), SAY(source), SAY(event_who(e)));
    }
    if (owner == OWNER_VENDOR) {
        return detect_say(v, &detections[SOURCE_MAPPED], SEVERITY_LOW,
                          "%.*s is fed from %.*s of a vendor in --env, mapped by %.*s",
                          SAY(e->function.name), SAY(source), SAY(event_who(e)));
    }
    if (!is_settled(v) || str_list_has(&v->function->before.triggers, source)) {
        return ERR_OK;
    }
    return detect_say(v, &detections[SOURCE_MAPPED], SEVERITY_MEDIUM,
                      "%.*s is fed from %.*s for the first time, mapped by %.*s",
                      SAY(e->function.name), SAY(source), SAY(event_who(e)));
}

static enum err_code look_at_destination(const struct detect_view *v, struct str to)
{
    const struct event *e = v->event;
    enum owner owner = own_of(v, to, e->action);
    bool vendor = owner == OWNER_VENDOR || own_vendor_sink(v, to);
    if (owner == OWNER_FOREIGN && !vendor) {
        return detect_say(v, &detections[DESTINATION_SET], SEVERITY_HIGH,
                          "results of %.*s go to %.*s, which is not ours, set by %.*s",
                          SAY(e->function.name), SAY(to), SAY(event_who(e)));
    }
    if (str_list_has(&v->function->before.destinations, to)) {
        return ERR_OK;
    }
    if (vendor) {
        return detect_say(v, &detections[DESTINATION_SET], SEVERITY_LOW,
                          "results of %.*s go to %.*s of a vendor in --env, set by %.*s",
                          SAY(e->function.name), SAY(to), SAY(event_who(e)));
    }
    if (!is_settled(v)) {
        return ERR_OK;
    }
    return detect_say(v, &detections[DESTINATION_SET], SEVERITY_MEDIUM,
                      "results of %.*s go to %.*s for the first time, set by %.*s",
                      SAY(e->function.name), SAY(to), SAY(event_who(e)));
}

static enum err_code on_event(void *state, const struct detect_view *v, struct err *err)
{
    const struct event *e = v->event;
    struct attr_iter it = {e, 0};
    struct str value;
    enum err_code rc = ERR_OK;
    bool mapping = event_is_lambda(e, "CreateEventSourceMapping") ||
                   event_is_lambda(e, "UpdateEventSourceMapping");
    (void)state;
    (void)err;
    if (v->function == NULL || e->kind != EVENT_CHANGE ||
        !str_eq(e->service, STR("lambda.amazonaws.com"))) {
        return ERR_OK;
    }
    while (mapping && rc == ERR_OK && attr_next(&it, ATTR_TRIGGER_SOURCE, &value)) {
        rc = value.len == 0 ? ERR_OK : look_at_source(v, value);
    }
    it = (struct attr_iter){e, 0};
    while (rc == ERR_OK && attr_next(&it, ATTR_DESTINATION, &value)) {
        rc = value.len == 0 ? ERR_OK : look_at_destination(v, value);
    }
    return rc;
}

const struct detect_ops detect_data_path = {
    .detections = detections,
    .detection_count = ARRAY_LEN(detections),
    .state_size = 1,
    .on_event = on_event,
};
