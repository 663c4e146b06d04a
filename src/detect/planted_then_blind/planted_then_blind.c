/*
 * planted_then_blind - SQ5: an actor sets a trigger and makes a function, in either order, and then
 * stops or deletes a trail.
 *
 * Joined by the root behind the sessions, whatever role each call was made in; so it is not said in
 * Sigma, whose correlations see the identity of one record.
 */
#include "detect/sequence.h"
#include "detect/tools.h"

enum { FIRST, SECOND, BLIND, STEPS };

static const struct str techniques[] = {STR_INIT("T1546"), STR_INIT("T1648"),
                                        STR_INIT("T1562.008")};

static const struct detection detections[] = {
    {.id = STR_INIT("faaswatch.planted_then_blind"),
     .ref = STR_INIT("SQ5"),
     .title = STR_INIT("Trigger and function made, then the trail stopped"),
     .description = STR_INIT("One actor set a trigger, made a function, and stopped or deleted a "
                             "trail: what the function does from then on is not recorded. "
                             "Rebuilding an account by infrastructure code can look the same."),
     .severity = SEVERITY_CRITICAL,
     .confidence = 0.9,
     .question = Q1,
     .indicator = LS,
     .entity = ENTITY_ACTOR,
     .techniques = techniques,
     .technique_count = ARRAY_LEN(techniques),
     .tactic = STR_INIT("defense-evasion"),
     .ours = true},
};

static const struct detect_threshold thresholds[] = {
    {STR_INIT("sq5_minutes"), 240, 1, 10080},
};

static bool sets_trigger(const struct event *e)
{
    return event_is(e, STR("events.amazonaws.com"), "PutRule") ||
           event_is(e, STR("scheduler.amazonaws.com"), "CreateSchedule") ||
           event_is_lambda(e, "CreateEventSourceMapping");
}

static bool makes_function(const struct event *e)
{
    return event_is_lambda(e, "CreateFunction") || event_is_lambda(e, "CreateWebFunction");
}

static bool blinds(const struct event *e)
{
    return event_is(e, STR("cloudtrail.amazonaws.com"), "StopLogging") ||
           event_is(e, STR("cloudtrail.amazonaws.com"), "DeleteTrail");
}

static bool may(void *state, const struct detect_view *v)
{
    const struct event *e = v->event;
    (void)state;
    return event_ok(e) && event_actor_key(e).len > 0 && !event_has(e, ATTR_DRY_RUN) &&
           (sets_trigger(e) || makes_function(e) || blinds(e));
}

/* Trigger and function in either order: what came first is part of the key of the first step. */
static enum err_code offer(struct sequence *s, void *state, const struct sequence_step *at,
                           size_t step)
{
    const struct event *e = at->view.event;
    struct str who = event_actor_key(e);
    bool trigger = sets_trigger(e);
    struct str first;
    struct str other;
    struct str both;
    (void)state;
    if (!sequence_key(s, &first, trigger ? "trigger" : "function", who, STR_EMPTY) ||
        !sequence_key(s, &other, trigger ? "function" : "trigger", who, STR_EMPTY) ||
        !sequence_key(s, &both, "both", who, STR_EMPTY)) {
        return ERR_NOMEM;
    }
    if ((step == BLIND) != blinds(e)) {
        return ERR_OK;
    }
    return step == FIRST    ? sequence_put(s, at, FIRST, STR_EMPTY, first, SEVERITY_MAX_)
           : step == SECOND ? sequence_put(s, at, SECOND, other, both, SEVERITY_MAX_)
                            : sequence_put(s, at, BLIND, STR_EMPTY, both, SEVERITY_MAX_);
}

static const struct sequence_ops ops = {
    .detection = &detections[0],
    .window = &thresholds[0],
    .steps = STEPS,
    .lead = BLIND,
    .tells_from = BLIND,
    .may = may,
    .offer = offer,
    .story = "set a trigger and made a function, then stopped the recording",
};

static enum err_code on_event(void *state, const struct detect_view *v, struct err *err)
{
    (void)err;
    return sequence_event(state, &ops, state, v);
}

static enum err_code finish(void *state, const struct detect_view *v, struct err *err)
{
    (void)err;
    return sequence_finish(state, &ops, state, v);
}

static void release(void *state)
{
    sequence_free(state);
}

const struct detect_ops detect_planted_then_blind = {
    .detections = detections,
    .detection_count = ARRAY_LEN(detections),
    .thresholds = thresholds,
    .threshold_count = ARRAY_LEN(thresholds),
    .state_size = sizeof(struct sequence),
    .on_event = on_event,
    .finish = finish,
    .release = release,
};
