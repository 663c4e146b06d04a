/*
 * deletion - D31: a function is deleted soon after it was made, or several are deleted at once.
 *
 * The first is how somebody cleans up, the second how somebody destroys. Functions that one
 * deployment deletes are one operation: told, but low.
 */
#include "detect/detect.h"
#include "detect/tools.h"

enum { MASS_KEPT = 16 };
#define MASS_WINDOW_US (10 * TIME_MINUTE_US)
#define YOUNG_US       (24 * TIME_HOUR_US)

enum { MASS };
static const struct detect_threshold thresholds[] = {
    [MASS] = {STR_INIT("deletions"), 3, 2, MASS_KEPT},
};

static const struct str techniques[] = {STR_INIT("T1070"), STR_INIT("T1485")};

static const struct detection detections[] = {
    {.id = STR_INIT("faaswatch.function_deleted_soon"),
     .ref = STR_INIT("D31"),
     .title = STR_INIT("Function deleted within a day of its creation"),
     .description = STR_INIT("A function was made and deleted within a day: what it ran is gone."),
     .severity = SEVERITY_MEDIUM,
     .confidence = 0.4,
     .question = Q1,
     .indicator = KI1,
     .entity = ENTITY_FUNCTION,
     .techniques = techniques,
     .technique_count = ARRAY_LEN(techniques),
     .tactic = STR_INIT("defense-evasion"),
     .ours = true},
    {.id = STR_INIT("faaswatch.functions_deleted_at_once"),
     .ref = STR_INIT("D31"),
     .title = STR_INIT("Several functions deleted at once"),
     .description = STR_INIT("Three or more functions were deleted within ten minutes."),
     .severity = SEVERITY_MEDIUM,
     .confidence = 0.5,
     .question = Q1,
     .indicator = KI1,
     .entity = ENTITY_ACTOR,
     .techniques = techniques,
     .technique_count = ARRAY_LEN(techniques),
     .tactic = STR_INIT("impact"),
     .ours = true},
};
enum { SOON, AT_ONCE };

/* The last deletions of an actor, each of another function, oldest first. */
struct recent {
    const struct event *events[MASS_KEPT];
    size_t count;
    int64_t told_us; /* up to here they were reported */
};

struct state {
    struct map actors; /* actor -> struct recent */
};

static enum severity severity_of(const struct event *e)
{
    return e->deployment != NULL ? SEVERITY_LOW : SEVERITY_MEDIUM;
}

static enum err_code look_at_age(const struct detect_view *v)
{
    const struct event *e = v->event;
    const struct function_state *was = &v->function->before;
    int64_t age = was->created ? time_between(was->created_us, e->time_us) : -1;
    if (age < 0 || age >= YOUNG_US) {
        return ERR_OK;
    }
    return detect_say(v, &detections[SOON], severity_of(e),
                      "%.*s was deleted by %.*s, %lld minutes after it was made",
                      SAY(e->function.name), SAY(event_who(e)), (long long)(age / TIME_MINUTE_US));
}

/* Drop what is older than the window, and earlier deletions of the same function. */
static void keep(struct recent *r, const struct event *e)
{
    size_t n = 0;
    for (size_t i = 0; i < r->count; i++) {
        const struct event *old = r->events[i];
        if (time_gap(old->time_us, e->time_us) <= MASS_WINDOW_US &&
            !function_key_eq(&old->function, &e->function)) {
            r->events[n++] = old;
        }
    }
    if (n == MASS_KEPT) {
        for (size_t i = 1; i < n; i++) {
            r->events[i - 1] = r->events[i];
        }
        n--;
    }
    r->events[n++] = e;
    r->count = n;
}

static enum err_code look_at_number(struct recent *r, const struct detect_view *v)
{
    enum err_code rc = ERR_OK;
    keep(r, v->event);
    bool mass = (double)r->count >= detect_threshold(v, &thresholds[MASS]);
    for (size_t i = 0; i < r->count && mass && rc == ERR_OK; i++) {
        const struct event *e = r->events[i];
        if (e->time_us <= r->told_us && e != v->event) {
            continue;
        }
        rc = detect_say_at(v, e, &detections[AT_ONCE], severity_of(e),
                           "%.*s deleted %.*s and others: at least %zu functions in ten minutes",
                           SAY(event_who(e)), SAY(e->function.name), r->count);
    }
    if (mass) {
        r->told_us = v->event->time_us;
    }
    return rc;
}

static enum err_code on_event(void *state, const struct detect_view *v, struct err *err)
{
    struct state *st = state;
    const struct event *e = v->event;
    (void)err;
    /* With a qualifier only one version goes. */
    if (v->function == NULL || !event_is_lambda(e, "DeleteFunction") || e->qualifier.len > 0 ||
        e->time_us == TIME_NONE) {
        return ERR_OK;
    }
    enum err_code rc = look_at_age(v);
    if (rc != ERR_OK) {
        return rc;
    }
    struct map_entry *entry = map_put(&st->actors, event_actor_key(e));
    if (entry != NULL && entry->value == NULL) {
        struct recent *r = ARENA_NEW(v->arena, struct recent);
        if (r != NULL) {
            r->told_us = TIME_NONE;
        }
        entry->value = r;
    }
    return entry == NULL || entry->value == NULL ? ERR_NOMEM : look_at_number(entry->value, v);
}

static void release(void *state)
{
    struct state *st = state;
    map_free(&st->actors);
}

const struct detect_ops detect_deletion = {
    .detections = detections,
    .detection_count = ARRAY_LEN(detections),
    .thresholds = thresholds,
    .threshold_count = ARRAY_LEN(thresholds),
    .state_size = sizeof(struct state),
    .on_event = on_event,
    .release = release,
};
