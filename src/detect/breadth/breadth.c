/*
 * breadth - D115: one principal deals with far more functions in an hour than it ever did.
 *
 * Counted are functions read, changed or called, refused attempts too. What an infrastructure tool
 * does in one operation, what a registered process calls and what a vendor is there for are not.
 */
#include <string.h>

#include "context/process.h"
#include "detect/own.h"
#include "detect/tools.h"

enum {
    FUNCTIONS_BEGIN = 8,
    FUNCTIONS_KEPT = 512, /* of one hour; more are as many */
    HOURS_BINS = 129,     /* hours by how many functions they had; the last takes all above */
    HISTORY_HOURS_MIN = 20,
};
#define HISTORY_US (14 * TIME_DAY_US)

enum { FACTOR, LEAST };
static const struct detect_threshold thresholds[] = {
    [FACTOR] = {STR_INIT("breadth_factor"), 3, 1, 100},
    [LEAST] = {STR_INIT("breadth_functions"), 5, 1, FUNCTIONS_KEPT - 1},
};

static const struct str techniques[] = {STR_INIT("T1526"), STR_INIT("T1580"), STR_INIT("T1648")};

static const struct detection detection = {
    .id = STR_INIT("faaswatch.breadth"),
    .ref = STR_INIT("D115"),
    .title = STR_INIT("Far more functions than usual"),
    .description = STR_INIT("One principal read, changed or called more distinct functions in an "
                            "hour than 5 and than three times its own 95th percentile."),
    .severity = SEVERITY_MEDIUM,
    .confidence = 0.5,
    .question = Q1,
    .indicator = KI1,
    .entity = ENTITY_ACTOR,
    .techniques = techniques,
    .technique_count = ARRAY_LEN(techniques),
    .tactic = STR_INIT("discovery"),
    .ours = true};

struct touched {
    const struct function *function;
    int64_t last_us;
};

struct reach {              /* of one actor */
    struct touched *recent; /* of the last hour, oldest first */
    size_t len, cap;
    int64_t first_us, hour, told_us;
    unsigned most;              /* functions within an hour, in this hour */
    uint32_t hours[HOURS_BINS]; /* finished hours with so many functions */
    uint32_t hour_count;
};

struct reaches {
    struct map actors; /* address of the actor to struct reach */
    struct arena arena;
};

static struct reach *reach_of(struct reaches *all, const struct event *e)
{
    const void *key = e->actor;
    struct map_entry *m =
        map_intern(&all->actors, &all->arena, str_make((const char *)&key, sizeof(key)));
    if (m == NULL || m->value != NULL) {
        return m == NULL ? NULL : m->value;
    }
    struct reach *r = ARENA_NEW(&all->arena, struct reach);
    if (r == NULL) {
        return NULL;
    }
    r->cap = FUNCTIONS_BEGIN;
    r->recent = ARENA_ARRAY(&all->arena, struct touched, r->cap);
    r->first_us = e->time_us;
    r->hour = e->time_us / TIME_HOUR_US;
    r->told_us = TIME_NONE;
    m->value = r->recent == NULL ? NULL : r;
    return m->value;
}

/* Room for one more: the array doubles, what it had is left in the arena. */
static bool make_room(struct reaches *all, struct reach *r)
{
    if (r->len < r->cap) {
        return true;
    }
    struct touched *more = ARENA_ARRAY(&all->arena, struct touched, r->cap * 2);
    if (more == NULL) {
        return false;
    }
    memcpy(more, r->recent, r->len * sizeof(*more));
    r->recent = more;
    r->cap *= 2;
    return true;
}

/* Note the function; how many there were within an hour. 0: out of memory. */
static size_t touch(struct reaches *all, struct reach *r, const struct detect_view *v)
{
    int64_t now = v->event->time_us;
    size_t kept = 0;
    for (size_t i = 0; i < r->len; i++) {
        if (r->recent[i].function != v->function && r->recent[i].last_us > now - TIME_HOUR_US) {
            r->recent[kept++] = r->recent[i];
        }
    }
    r->len = kept;
    if (r->len < FUNCTIONS_KEPT) {
        if (!make_room(all, r)) {
            return 0;
        }
        r->recent[r->len++] = (struct touched){v->function, now};
    }
    return r->len;
}

/* Hours that are over go into the history. */
static void turn_hour(struct reach *r, int64_t now_us)
{
    int64_t hour = now_us / TIME_HOUR_US;
    if (hour == r->hour) {
        return;
    }
    if (r->most > 0) {
        r->hours[r->most < HOURS_BINS ? r->most : HOURS_BINS - 1]++;
        r->hour_count++;
    }
    r->hour = hour;
    r->most = 0;
}

/* Of the hours in which it did anything. */
static unsigned percentile_95(const struct reach *r)
{
    uint32_t below = r->hour_count - r->hour_count / 20;
    uint32_t sum = 0;
    for (unsigned n = 0; r->hour_count > 0 && n < HOURS_BINS; n++) {
        sum += r->hours[n];
        if (sum >= below) {
            return n;
        }
    }
    return 0;
}

static bool is_registered(const struct detect_view *v)
{
    const struct context *c = v->context;
    for (size_t i = 0; i < c->processes.len; i++) {
        if (process_calls(&c->processes.at[i], v->event)) {
            return true;
        }
    }
    return false;
}

static bool counts(const struct detect_view *v)
{
    const struct event *e = v->event;
    bool kind = e->kind == EVENT_CHANGE || e->kind == EVENT_INVOKE || e->kind == EVENT_READ;
    return kind && v->function != NULL && e->actor != NULL && e->time_us != TIME_NONE &&
           e->actor->kind != IDENTITY_SERVICE && e->actor->kind != IDENTITY_ANONYMOUS &&
           e->deployment == NULL && !is_registered(v);
}

static enum err_code on_event(void *state, const struct detect_view *v, struct err *err)
{
    struct reaches *all = state;
    const struct event *e = v->event;
    (void)err;
    if (!counts(v)) {
        return ERR_OK;
    }
    struct reach *r = reach_of(all, e);
    if (r == NULL) {
        return ERR_NOMEM;
    }
    turn_hour(r, e->time_us);
    size_t now = touch(all, r, v);
    if (now == 0) {
        return ERR_NOMEM;
    }
    unsigned usual = percentile_95(r);
    double limit = detect_threshold(v, &thresholds[FACTOR]) * usual;
    double least = detect_threshold(v, &thresholds[LEAST]);
    limit = limit > least ? limit : least;
    r->most = now > r->most ? (unsigned)now : r->most;
    if ((double)now <= limit ||
        (r->told_us != TIME_NONE && time_gap(r->told_us, e->time_us) < TIME_HOUR_US)) {
        return ERR_OK;
    }
    r->told_us = e->time_us;
    bool known =
        r->hour_count >= HISTORY_HOURS_MIN && time_gap(r->first_us, e->time_us) >= HISTORY_US;
    bool expected = e->actor->pipeline || own_vendor_actor(v);
    return detect_say(v, &detection, known && !expected ? SEVERITY_MEDIUM : SEVERITY_LOW,
                      "%.*s dealt with %zu functions within an hour; %s%u", SAY(event_who(e)), now,
                      known ? "in 95 of 100 active hours before it was at most "
                            : "too little history to say what is usual: 95th percentile of its "
                              "hours so far ",
                      usual);
}

static void release(void *state)
{
    struct reaches *all = state;
    map_free(&all->actors);
    arena_free(&all->arena);
}

extern const struct detect_ops detect_breadth;
const struct detect_ops detect_breadth = {
    .detections = &detection,
    .detection_count = 1,
    .thresholds = thresholds,
    .threshold_count = ARRAY_LEN(thresholds),
    .state_size = sizeof(struct reaches),
    .on_event = on_event,
    .release = release,
};
