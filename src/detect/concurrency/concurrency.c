/*
 * concurrency - D28: a function may run in many more copies than before.
 */
#include "detect/detect.h"
#include "detect/tools.h"

enum { RAISE, FIRST };
static const struct detect_threshold thresholds[] = {
    [RAISE] = {STR_INIT("concurrency_factor"), 5, 1, 1000},
    [FIRST] = {STR_INIT("concurrency_first"), 100, 0, 100000},
};

static const struct str techniques[] = {STR_INIT("T1496")};

static const struct detection detections[] = {
    {.id = STR_INIT("faaswatch.concurrency_raised"),
     .ref = STR_INIT("D28"),
     .title = STR_INIT("Concurrency of a function raised"),
     .description = STR_INIT("Reserved or provisioned concurrency went up more than fivefold, or "
                             "was set above a hundred for the first time. Launches do the same."),
     .severity = SEVERITY_MEDIUM,
     .confidence = 0.4,
     .question = Q1,
     .indicator = KI1,
     .entity = ENTITY_FUNCTION,
     .techniques = techniques,
     .technique_count = ARRAY_LEN(techniques),
     .tactic = STR_INIT("impact"),
     .ours = true},
};

struct state {
    struct map values; /* kind # function text # qualifier -> uint64_t, the last value */
};

static enum err_code on_event(void *state, const struct detect_view *v, struct err *err)
{
    struct state *st = state;
    const struct event *e = v->event;
    bool provisioned = event_is_lambda(e, "PutProvisionedConcurrencyConfig");
    uint64_t now;
    struct str key;
    (void)err;
    if (v->function == NULL || (!provisioned && !event_is_lambda(e, "PutFunctionConcurrency")) ||
        !event_number(e, ATTR_CONCURRENCY, &now)) {
        return ERR_OK;
    }
    if (!arena_printf(v->arena, &key, "%s#%.*s#%.*s", provisioned ? "provisioned" : "reserved",
                      STR_ARG(v->function->text),
                      STR_ARG(provisioned ? e->qualifier : STR_EMPTY))) {
        return ERR_NOMEM;
    }
    struct map_entry *entry = map_put(&st->values, key);
    if (entry == NULL) {
        return ERR_NOMEM;
    }
    const uint64_t *was = entry->value;
    double first = detect_threshold(v, &thresholds[FIRST]);
    double factor = detect_threshold(v, &thresholds[RAISE]);
    if (event_ok(e)) {
        uint64_t *kept = ARENA_NEW(v->arena, uint64_t);
        if (kept == NULL) {
            return ERR_NOMEM;
        }
        *kept = now;
        entry->value = kept;
    }
    if (was == NULL) {
        return (double)now <= first
                   ? ERR_OK
                   : detect_say(v, &detections[0], SEVERITY_MEDIUM,
                                "%s concurrency of %.*s is set for the first time in "
                                "the records, to %llu, by %.*s",
                                provisioned ? "provisioned" : "reserved", SAY(e->function.name),
                                (unsigned long long)now, SAY(event_who(e)));
    }
    /* From nothing (switched off) any value is a restart; only a high one tells. */
    if (*was == 0 ? (double)now <= first : (double)now <= (double)*was * factor) {
        return ERR_OK;
    }
    return detect_say(v, &detections[0], SEVERITY_MEDIUM,
                      "%s concurrency of %.*s went from %llu to %llu, set by %.*s",
                      provisioned ? "provisioned" : "reserved", SAY(e->function.name),
                      (unsigned long long)*was, (unsigned long long)now, SAY(event_who(e)));
}

static void release(void *state)
{
    struct state *st = state;
    map_free(&st->values);
}

const struct detect_ops detect_concurrency = {
    .detections = detections,
    .detection_count = ARRAY_LEN(detections),
    .thresholds = thresholds,
    .threshold_count = ARRAY_LEN(thresholds),
    .state_size = sizeof(struct state),
    .on_event = on_event,
    .release = release,
};
