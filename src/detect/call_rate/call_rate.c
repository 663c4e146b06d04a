/*
 * call_rate - D44 to D48: calls of a function against what was usual for it.
 */
#include "detect/call_rate/call_rate.h"

#include <stdlib.h>

static const struct str techniques[] = {STR_INIT("T1648")};
static const struct str hijack[] = {STR_INIT("T1496")};
static const struct str flood[] = {STR_INIT("T1499")};
static const struct str protocol[] = {STR_INIT("T1071.001")};

const struct detection rate_detections[RATE_DETECTIONS] = {
    [RATE_SPIKE] = {.id = STR_INIT("faaswatch.call_spike"),
                    .ref = STR_INIT("D44"),
                    .title = STR_INIT("Function called far more than usual"),
                    .description =
                        STR_INIT("Calls of a function rose above what its own history has "
                                 "for this hour of the week."),
                    .severity = SEVERITY_MEDIUM,
                    .confidence = 0.5,
                    .question = Q4,
                    .indicator = KI3,
                    .entity = ENTITY_FUNCTION,
                    .techniques = hijack,
                    .technique_count = ARRAY_LEN(hijack),
                    .tactic = STR_INIT("impact"),
                    .ours = true},
    [RATE_DRIFT] = {.id = STR_INIT("faaswatch.call_drift"),
                    .ref = STR_INIT("D45"),
                    .title = STR_INIT("Calls of a function creep up"),
                    .description = STR_INIT("Calls a day rose slowly but lastingly above those of "
                                            "weeks ago."),
                    .severity = SEVERITY_LOW,
                    .confidence = 0.4,
                    .question = Q4,
                    .indicator = KI3,
                    .entity = ENTITY_FUNCTION,
                    .techniques = hijack,
                    .technique_count = ARRAY_LEN(hijack),
                    .tactic = STR_INIT("impact"),
                    .ours = true},
    [RATE_NO_PROCESS] = {.id = STR_INIT("faaswatch.spike_without_process"),
                         .ref = STR_INIT("D46"),
                         .title = STR_INIT("Spike of calls that nothing explains"),
                         .description =
                             STR_INIT("Calls rose far above the usual, and no registered "
                                      "process and no event source that usually calls the "
                                      "function explains it."),
                         .severity = SEVERITY_HIGH,
                         .confidence = 0.6,
                         .question = Q4,
                         .indicator = KI3,
                         .entity = ENTITY_FUNCTION,
                         .techniques = techniques,
                         .technique_count = ARRAY_LEN(techniques),
                         .tactic = STR_INIT("execution"),
                         .ours = true},
    [RATE_ERRORS] = {.id = STR_INIT("faaswatch.error_spike"),
                     .ref = STR_INIT("D47"),
                     .title = STR_INIT("Calls of a function fail more than usual"),
                     .description = STR_INIT("A far larger part of its calls failed than usually "
                                             "does."),
                     .severity = SEVERITY_MEDIUM,
                     .confidence = 0.4,
                     .question = Q4,
                     .indicator = KI3,
                     .entity = ENTITY_FUNCTION,
                     .techniques = flood,
                     .technique_count = ARRAY_LEN(flood),
                     .tactic = STR_INIT("impact"),
                     .ours = true},
    [RATE_ADDRESSES] = {.id = STR_INIT("faaswatch.caller_addresses"),
                        .ref = STR_INIT("D48"),
                        .title = STR_INIT("Many more addresses call a function than usual"),
                        .description =
                            STR_INIT("A function that can be called without credentials was "
                                     "called from far more addresses in a day than before."),
                        .severity = SEVERITY_MEDIUM,
                        .confidence = 0.4,
                        .question = Q4,
                        .indicator = KI3,
                        .entity = ENTITY_FUNCTION,
                        .techniques = protocol,
                        .technique_count = ARRAY_LEN(protocol),
                        .tactic = STR_INIT("command-and-control"),
                        .ours = true},
};

struct state {
    struct map functions; /* text of the key -> struct rate_function */
    struct watch_limits limits;
    bool begun;
};

bool rate_is_public(const struct detect_view *v)
{
    return env_any(&v->context->env.public_functions, v->event->function.name) ||
           env_any(&v->context->env.public_functions, v->function->text);
}

/* The middle of the days that had any. */
static double usual_addresses(const struct calls *c)
{
    double days[CALLS_SKETCH_DAYS];
    size_t n = 0;
    for (int32_t i = 0; i < CALLS_SKETCH_DAYS; i++) {
        double count = calls_addresses(c, calls_newest_day(c) - i);
        if (count > 0) {
            days[n++] = count;
        }
    }
    return median_of(days, n);
}

static struct rate_function *function_of(struct state *s, const struct detect_view *v)
{
    struct map_entry *entry = map_put(&s->functions, v->function->text);
    if (entry == NULL) {
        return NULL;
    }
    if (entry->value == NULL) {
        struct rate_function *r = ARENA_NEW(v->arena, struct rate_function);
        if (r == NULL) {
            return NULL;
        }
        r->usual = map_get(&v->baseline->functions, v->function->text);
        model_fit(&r->usual->calls, &v->baseline->covered, &r->model);
        r->usual_addresses = usual_addresses(&r->usual->calls);
        entry->value = r;
    }
    return entry->value;
}

static void count_day(struct rate_function *r, const struct event *e, double calls)
{
    int32_t day = event_day(e);
    if (r->day_count > 0 && r->days[r->day_count - 1].day >= day) {
        r->days[r->day_count - 1].calls += calls;
        return;
    }
    if (r->day_count == RATE_DAYS) {
        r->day_count--;
        memmove(&r->days[0], &r->days[1], r->day_count * sizeof(r->days[0]));
    }
    r->days[r->day_count++] = (struct drift_day){day, calls};
}

static enum err_code on_event(void *state, const struct detect_view *v, struct err *err)
{
    struct state *s = state;
    const struct event *e = v->event;
    enum channel channel = event_channel(e);
    (void)err;
    if (channel == CHANNEL_NONE || v->baseline == NULL || v->function == NULL ||
        map_find(&v->baseline->functions, v->function->text) == NULL ||
        (v->since_us != TIME_NONE && e->time_us < v->since_us)) {
        return ERR_OK;
    }
    if (!s->begun) {
        s->begun = true;
        s->limits = watch_limits_of(v->baseline->functions.len);
    }
    struct rate_function *r = function_of(s, v);
    if (r == NULL) {
        return ERR_NOMEM;
    }
    if (!r->model.known || channel != r->usual->channel) {
        return ERR_OK;
    }
    r->last = e;
    count_day(r, e, (double)e->count);
    enum err_code rc = rate_look_spike(r, v, &s->limits);
    rc = rc ? rc : rate_look_errors(r, v, &s->limits);
    return rc ? rc : rate_look_addresses(r, v);
}

static enum err_code finish(void *state, const struct detect_view *v, struct err *err)
{
    struct state *s = state;
    enum err_code rc = ERR_OK;
    (void)err;
    for (size_t i = 0; rc == ERR_OK && i < s->functions.len; i++) {
        const struct rate_function *r = s->functions.at[i].value;
        rc = r->last == NULL ? ERR_OK : rate_look_drift(r, v);
    }
    return rc;
}

static void release(void *state)
{
    struct state *s = state;
    map_free(&s->functions);
}

const struct detect_ops detect_call_rate = {
    .detections = rate_detections,
    .detection_count = RATE_DETECTIONS,
    .state_size = sizeof(struct state),
    .on_event = on_event,
    .finish = finish,
    .release = release,
};
