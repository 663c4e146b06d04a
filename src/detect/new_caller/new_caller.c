/*
 * new_caller - D39, D40: who calls a function that never did, and a function that slept.
 */
#include "detect/own.h"
#include "detect/tools.h"

enum { SLEPT_DAYS = 30 };

static const struct str techniques[] = {STR_INIT("T1648")};

enum { NEW_CALLER, AWAKENED, DETECTIONS };

static const struct detection detections[DETECTIONS] = {
    [NEW_CALLER] = {.id = STR_INIT("faaswatch.new_caller"),
                    .ref = STR_INIT("D39"),
                    .title = STR_INIT("Function called by somebody who never did"),
                    .description = STR_INIT("A caller that the function's history does not have."),
                    .severity = SEVERITY_MEDIUM,
                    .confidence = 0.4,
                    .question = Q4,
                    .indicator = KI3,
                    .entity = ENTITY_FUNCTION,
                    .techniques = techniques,
                    .technique_count = ARRAY_LEN(techniques),
                    .tactic = STR_INIT("execution"),
                    .ours = true},
    [AWAKENED] = {.id = STR_INIT("faaswatch.idle_function_called"),
                  .ref = STR_INIT("D40"),
                  .title = STR_INIT("Idle function called from outside"),
                  .description = STR_INIT("A function that nobody called for 30 days was called by "
                                          "somebody outside."),
                  .severity = SEVERITY_MEDIUM,
                  .confidence = 0.5,
                  .question = Q4,
                  .indicator = KI3,
                  .entity = ENTITY_FUNCTION,
                  .techniques = techniques,
                  .technique_count = ARRAY_LEN(techniques),
                  .tactic = STR_INIT("execution"),
                  .ours = true},
};

struct state {
    struct map called; /* functions that were called in the window */
};

static bool is_outside(const struct detect_view *v)
{
    const struct event *e = v->event;
    bool foreign = e->who.kind != IDENTITY_SERVICE && e->who.account.len > 0 &&
                   !str_eq(e->who.account, e->function.account) &&
                   !own_account(v, e->who.account) && !own_vendor_actor(v);
    enum range_kind range;
    bool nobody = e->who.kind == IDENTITY_ANONYMOUS && e->address.len > 0 &&
                  !env_range_of(&v->context->env, &e->ip, &range);
    return foreign || nobody;
}

/* Never called, as far as 30 days and more of logs tell. */
static bool has_slept(const struct baseline *b, const struct usual *u, int32_t day)
{
    int32_t last = u == NULL || !u->calls.any ? INT32_MIN : calls_newest_day(&u->calls);
    return covered_count(&b->covered, day - SLEPT_DAYS) >= SLEPT_DAYS - COVERED_GAP_DAYS &&
           b->covered.first_day <= day - SLEPT_DAYS && last < day - SLEPT_DAYS;
}

static enum err_code look_idle(struct state *s, const struct detect_view *v, const struct usual *u)
{
    struct map_entry *entry = map_put(&s->called, v->function->text);
    if (entry == NULL) {
        return ERR_NOMEM;
    }
    if (entry->value != NULL || !is_outside(v)) {
        entry->value = s; /* only the first call wakes it */
        return ERR_OK;
    }
    entry->value = s;
    if (!has_slept(v->baseline, u, event_day(v->event))) {
        return ERR_OK;
    }
    return detect_say(v, &detections[AWAKENED], SEVERITY_MEDIUM,
                      "%.*s called %.*s, which nobody had called for %d days",
                      SAY(event_caller(v->event)), SAY(v->event->function.name), (int)SLEPT_DAYS);
}

static enum err_code look_caller(const struct detect_view *v, const struct usual *u)
{
    const struct event *e = v->event;
    struct str who = event_caller(e);
    int32_t day = event_day(e);
    struct values_sum sum = values_sum(&u->values, VALUE_CALLER, day);
    uint64_t hash;
    if (sum.crowded || sum.count < LEARN_COUNT_MIN ||
        covered_count(&v->baseline->covered, sum.first_day) < LEARN_DAYS_MIN) {
        return ERR_OK; /* too little is known, or too many call it */
    }
    if (!value_hash(who, &hash)) {
        return ERR_NOMEM;
    }
    const struct value *known = values_find(&u->values, VALUE_CALLER, hash, day);
    if (known == NULL) {
        return detect_say(v, &detections[NEW_CALLER], SEVERITY_MEDIUM,
                          "%.*s called %.*s and never did before; it had %u callers since %u days",
                          SAY(who), SAY(e->function.name), sum.different,
                          covered_count(&v->baseline->covered, sum.first_day));
    }
    if (known->days < VALUES_USUAL_DAYS) {
        return detect_say(v, &detections[NEW_CALLER], SEVERITY_LOW,
                          "%.*s called %.*s; before it did on one day only, %d days ago", SAY(who),
                          SAY(e->function.name), (int)(day - known->last_day));
    }
    return ERR_OK;
}

static enum err_code on_event(void *state, const struct detect_view *v, struct err *err)
{
    const struct event *e = v->event;
    (void)err;
    if (event_channel(e) != CHANNEL_CALLER || v->baseline == NULL || v->function == NULL ||
        e->outcome == OUTCOME_DENIED || (v->since_us != TIME_NONE && e->time_us < v->since_us)) {
        return ERR_OK;
    }
    const struct usual *u = map_get(&v->baseline->functions, v->function->text);
    enum err_code rc = look_idle(state, v, u);
    return rc != ERR_OK || u == NULL ? rc : look_caller(v, u);
}

static void release(void *state)
{
    struct state *s = state;
    map_free(&s->called);
}

const struct detect_ops detect_new_caller = {
    .detections = detections,
    .detection_count = DETECTIONS,
    .state_size = sizeof(struct state),
    .on_event = on_event,
    .release = release,
};
