/*
 * new_changer - D34, D42: who changes a function that never did, and changes by hand to what a
 * pipeline deploys.
 */
#include "detect/tools.h"

#define PIPELINE_PART 0.9

static const struct str techniques[] = {STR_INIT("T1648")};

enum { NEW_ACTOR, BY_HAND, DETECTIONS };

static const struct detection detections[DETECTIONS] = {
    [NEW_ACTOR] = {.id = STR_INIT("faaswatch.new_changer"),
                   .ref = STR_INIT("D34"),
                   .title = STR_INIT("Function changed by somebody who never did"),
                   .description =
                       STR_INIT("An actor whose change the function's history does not have."),
                   .severity = SEVERITY_MEDIUM,
                   .confidence = 0.4,
                   .question = Q1,
                   .indicator = KI1,
                   .entity = ENTITY_FUNCTION,
                   .techniques = techniques,
                   .technique_count = ARRAY_LEN(techniques),
                   .tactic = STR_INIT("execution"),
                   .ours = true},
    [BY_HAND] = {.id = STR_INIT("faaswatch.changed_by_hand"),
                 .ref = STR_INIT("D42"),
                 .title = STR_INIT("Function changed by hand although a pipeline deploys it"),
                 .description =
                     STR_INIT("At least nine of ten changes before were a pipeline's; this "
                              "one came from the console or an editor."),
                 .severity = SEVERITY_HIGH,
                 .confidence = 0.6,
                 .question = Q1,
                 .indicator = KI1,
                 .entity = ENTITY_FUNCTION,
                 .techniques = techniques,
                 .technique_count = ARRAY_LEN(techniques),
                 .tactic = STR_INIT("execution"),
                 .ours = true},
};

static bool enough(const struct detect_view *v, const struct values_sum *sum)
{
    return sum->count >= LEARN_COUNT_MIN &&
           covered_count(&v->baseline->covered, sum->first_day) >= LEARN_DAYS_MIN;
}

static enum err_code look_actor(const struct detect_view *v, const struct usual *u)
{
    const struct event *e = v->event;
    int32_t day = event_day(e);
    struct values_sum sum = values_sum(&u->values, VALUE_CHANGER, day);
    uint64_t hash;
    if (sum.crowded || !enough(v, &sum) || e->actor == NULL) {
        return ERR_OK;
    }
    if (!value_hash(e->actor->root, &hash)) {
        return ERR_NOMEM;
    }
    if (values_find(&u->values, VALUE_CHANGER, hash, day) != NULL) {
        return ERR_OK;
    }
    return detect_say(v, &detections[NEW_ACTOR], SEVERITY_MEDIUM,
                      "%.*s changed %.*s and never did before; %u others did, %llu times",
                      SAY(event_who(e)), SAY(e->function.name), sum.different,
                      (unsigned long long)sum.count);
}

static enum err_code look_way(const struct detect_view *v, const struct usual *u)
{
    const struct event *e = v->event;
    int32_t day = event_day(e);
    struct values_sum sum = values_sum(&u->values, VALUE_WAY, day);
    uint64_t hash;
    if (!enough(v, &sum) || !str_eq(event_way(e), STR("console"))) {
        return ERR_OK;
    }
    if (!value_hash(STR("pipeline"), &hash)) {
        return ERR_NOMEM;
    }
    const struct value *pipeline = values_find(&u->values, VALUE_WAY, hash, day);
    double part = pipeline == NULL ? 0 : (double)pipeline->count / (double)sum.count;
    if (part < PIPELINE_PART) {
        return ERR_OK;
    }
    return detect_say(v, &detections[BY_HAND], SEVERITY_HIGH,
                      "%.*s changed %.*s by hand (%.*s); of %llu changes before %.0f %% were a "
                      "pipeline's",
                      SAY(event_who(e)), SAY(e->function.name), SAY(e->action),
                      (unsigned long long)sum.count, part * 100);
}

static enum err_code on_event(void *state, const struct detect_view *v, struct err *err)
{
    const struct event *e = v->event;
    (void)state;
    (void)err;
    if (e->kind != EVENT_CHANGE || v->baseline == NULL || v->function == NULL ||
        e->time_us == TIME_NONE || (v->since_us != TIME_NONE && e->time_us < v->since_us)) {
        return ERR_OK;
    }
    const struct usual *u = map_get(&v->baseline->functions, v->function->text);
    if (u == NULL) {
        return ERR_OK;
    }
    enum err_code rc = look_actor(v, u);
    return rc ? rc : look_way(v, u);
}

const struct detect_ops detect_new_changer = {
    .detections = detections,
    .detection_count = DETECTIONS,
    .state_size = 1,
    .on_event = on_event,
};
