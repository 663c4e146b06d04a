/*
 * first_seen - D35 to D38, D41: a change from where, with what or when its actor never did, or of a
 * kind or place that its account never had.
 */
#include "detect/first_seen/first_seen.h"

static const struct str valid[] = {STR_INIT("T1078.004")};
static const struct str unused[] = {STR_INIT("T1535")};
static const struct str run[] = {STR_INIT("T1648")};

const struct detection seen_detections[SEEN_DETECTIONS] = {
    [SEEN_NETWORK] = {.id = STR_INIT("faaswatch.new_network"),
                      .ref = STR_INIT("D35"),
                      .title = STR_INIT("Change from a network the actor never used"),
                      .description =
                          STR_INIT("An actor changed a function from a provider's network, or a "
                                   "country, that its history does not have."),
                      .severity = SEVERITY_MEDIUM,
                      .confidence = 0.6,
                      .question = Q1,
                      .indicator = KI1,
                      .entity = ENTITY_ACTOR,
                      .techniques = valid,
                      .technique_count = ARRAY_LEN(valid),
                      .tactic = STR_INIT("initial-access"),
                      .ours = true},
    [SEEN_BLOCK] =
        {.id = STR_INIT("faaswatch.new_block"),
         .ref = STR_INIT("D35"),
         .title = STR_INIT("Change from an address block the actor never used"),
         .description = STR_INIT(
             "As before, where only the block of the address is known and not whose it is."),
         .severity = SEVERITY_LOW,
         .confidence = 0.3,
         .question = Q1,
         .indicator = KI1,
         .entity = ENTITY_ACTOR,
         .techniques = valid,
         .technique_count = ARRAY_LEN(valid),
         .tactic = STR_INIT("initial-access"),
         .ours = true},
    [SEEN_REGION] = {.id = STR_INIT("faaswatch.new_region"),
                     .ref = STR_INIT("D36"),
                     .title = STR_INIT("Function in a region the account never used"),
                     .description = STR_INIT(
                         "A function was made or changed in a region where the account had none."),
                     .severity = SEVERITY_HIGH,
                     .confidence = 0.6,
                     .question = Q1,
                     .indicator = KI1,
                     .entity = ENTITY_FUNCTION,
                     .techniques = unused,
                     .technique_count = ARRAY_LEN(unused),
                     .tactic = STR_INIT("stealth"),
                     .ours = true},
    [SEEN_RUNTIME] = {.id = STR_INIT("faaswatch.new_runtime"),
                      .ref = STR_INIT("D37"),
                      .title =
                          STR_INIT("Runtime, architecture or package type the account never used"),
                      .description = STR_INIT(
                          "A function of a kind that the account's history does not have."),
                      .severity = SEVERITY_LOW,
                      .confidence = 0.4,
                      .question = Q1,
                      .indicator = KI1,
                      .entity = ENTITY_FUNCTION,
                      .techniques = run,
                      .technique_count = ARRAY_LEN(run),
                      .tactic = STR_INIT("execution"),
                      .ours = true},
    [SEEN_TOOL] = {.id = STR_INIT("faaswatch.new_tool"),
                   .ref = STR_INIT("D38"),
                   .title = STR_INIT("Change with a tool the actor never used"),
                   .description = STR_INIT("An actor changed a function with another family of "
                                           "tools than it ever used for this service."),
                   .severity = SEVERITY_MEDIUM,
                   .confidence = 0.4,
                   .question = Q1,
                   .indicator = KI1,
                   .entity = ENTITY_ACTOR,
                   .techniques = valid,
                   .technique_count = ARRAY_LEN(valid),
                   .tactic = STR_INIT("initial-access"),
                   .ours = true},
    [SEEN_HOUR] = {.id = STR_INIT("faaswatch.odd_hour"),
                   .ref = STR_INIT("D41"),
                   .title = STR_INIT("Change at an hour unusual for the actor"),
                   .description = STR_INIT("An actor changed a function at an hour of day and kind "
                                           "of day at which it nearly never works."),
                   .severity = SEVERITY_LOW,
                   .confidence = 0.3,
                   .question = Q1,
                   .indicator = KI1,
                   .entity = ENTITY_ACTOR,
                   .techniques = valid,
                   .technique_count = ARRAY_LEN(valid),
                   .tactic = STR_INIT("initial-access"),
                   .ours = true},
};

static const struct detect_threshold thresholds[] = {
    [SEEN_DAYS] = {STR_INIT("first_seen_days"), LEARN_DAYS_MIN, 7, VALUES_KEEP_DAYS},
    [SEEN_COUNT] = {STR_INIT("first_seen_count"), LEARN_COUNT_MIN, 5, 10000},
    [SEEN_CHANCE] = {STR_INIT("odd_hour_chance"), 0.01, 0, 0.1},
};

double seen_threshold(const struct detect_view *v, enum seen_threshold t)
{
    return detect_threshold(v, &thresholds[t]);
}

bool seen_enough(const struct detect_view *v, const struct values *values, enum value_kind kind)
{
    struct values_sum sum = values_sum(values, kind, event_day(v->event));
    return !sum.crowded && (double)sum.count >= seen_threshold(v, SEEN_COUNT) &&
           covered_count(&v->baseline->covered, sum.first_day) >= seen_threshold(v, SEEN_DAYS);
}

enum err_code seen_find(const struct detect_view *v, const struct values *values,
                        enum value_kind kind, struct str text, const struct value **out)
{
    uint64_t hash;
    if (!value_hash(text, &hash)) {
        return ERR_NOMEM;
    }
    *out = values_find(values, kind, hash, event_day(v->event));
    return ERR_OK;
}

enum err_code seen_say(struct seen_state *s, const struct detect_view *v, enum seen_detection d,
                       enum severity severity, struct str who, struct str what, struct str text)
{
    struct str key;
    if (!arena_printf(v->arena, &key, "%u %.*s\n%.*s", (unsigned)d, STR_ARG(who), STR_ARG(what))) {
        return ERR_NOMEM;
    }
    struct map_entry *entry = map_put(&s->told, key);
    if (entry == NULL) {
        return ERR_NOMEM;
    }
    if (entry->value != NULL) {
        return ERR_OK; /* once */
    }
    entry->value = s;
    struct detect_hit hit = {
        .detection = &seen_detections[d], .severity = severity, .explain = text};
    return detect_report(v, &hit);
}

/* A change of a function in the window, by somebody whose habits may be known. */
static bool is_asked(const struct detect_view *v)
{
    const struct event *e = v->event;
    return e->kind == EVENT_CHANGE && e->function.name.len > 0 && v->baseline != NULL &&
           e->time_us != TIME_NONE && e->time_us >= 0 && event_writes(e) &&
           (v->since_us == TIME_NONE || e->time_us >= v->since_us) && !own_vendor_actor(v);
}

static enum err_code on_event(void *state, const struct detect_view *v, struct err *err)
{
    struct seen_state *s = state;
    const struct habit *account;
    const struct habit *actor;
    (void)err;
    if (!is_asked(v)) {
        return ERR_OK;
    }
    if (!baseline_account(v->baseline, v->event, &account) ||
        !baseline_actor(v->baseline, v->event, &actor)) {
        return ERR_NOMEM;
    }
    enum err_code rc = account == NULL ? ERR_OK : seen_look_account(s, v, account);
    if (rc != ERR_OK || actor == NULL) {
        return rc;
    }
    rc = seen_look_network(s, v, actor);
    rc = rc ? rc : seen_look_tool(s, v, actor);
    return rc ? rc : seen_look_hour(s, v, actor);
}

static void release(void *state)
{
    struct seen_state *s = state;
    map_free(&s->told);
}

const struct detect_ops detect_first_seen = {
    .detections = seen_detections,
    .detection_count = SEEN_DETECTIONS,
    .thresholds = thresholds,
    .threshold_count = ARRAY_LEN(thresholds),
    .state_size = sizeof(struct seen_state),
    .on_event = on_event,
    .release = release,
};
