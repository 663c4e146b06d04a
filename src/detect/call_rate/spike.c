/*
 * D44 and D46: a spike, and whether anything explains it.
 */
#include "context/process.h"
#include "detect/call_rate/call_rate.h"

/* A caller with less than this part of the calls did not make the spike. */
#define SHARE_MIN 0.2

/* Adds the event's calls to its caller's; returns the caller's part of all of late. */
static double share_of(struct rate_function *r, const struct event *e)
{
    struct str who = event_caller(e);
    int64_t hour = e->time_us / TIME_HOUR_US;
    struct rate_caller *mine = &r->callers[0];
    double all = 0;
    for (unsigned i = 0; i < RATE_CALLERS; i++) {
        struct rate_caller *c = &r->callers[i];
        c->calls *= hour > r->callers_hour ? 0.5 : 1;
        all += c->calls;
        bool is_mine = mine->who.len > 0 && str_eq(mine->who, who);
        mine = str_eq(c->who, who) || (!is_mine && c->calls < mine->calls) ? c : mine;
    }
    r->callers_hour = hour;
    mine->who = who;
    mine->calls += (double)e->count;
    all += (double)e->count;
    return all > 0 ? mine->calls / all : 1;
}

/* A service that called it on most of the days before: its event source, schedule or API route. */
static bool is_usual_source(const struct rate_function *r, const struct event *e)
{
    uint64_t hash;
    if (e->who.invoked_by.len == 0 || !value_hash(e->who.invoked_by, &hash)) {
        return false;
    }
    const struct value *known = values_find(&r->usual->values, VALUE_CALLER, hash, event_day(e));
    return known != NULL && known->days >= VALUES_USUAL_DAYS;
}

static const char *test_names(unsigned tests)
{
    if ((tests & WATCH_STEP) != 0) {
        return (tests & WATCH_TAIL) != 0 ? "a lasting rise and a burst" : "a lasting rise";
    }
    return "a burst";
}

static const struct process *registered(const struct detect_view *v)
{
    for (size_t i = 0; i < v->context->processes.len; i++) {
        if (process_calls(&v->context->processes.at[i], v->event)) {
            return &v->context->processes.at[i];
        }
    }
    return NULL;
}

/* D46 says what would explain it. */
static enum err_code say_unexplained(const struct rate_function *r, const struct detect_view *v,
                                     const struct watch_alarm *a, double per_minute)
{
    const struct event *e = v->event;
    const struct detection *d = &rate_detections[RATE_NO_PROCESS];
    const struct process *p = registered(v);
    (void)r;
    if (p != NULL && p->max_per_minute >= 0) {
        return detect_say(v, d, SEVERITY_HIGH,
                          "%.*s was called %.0f times in %u min (usual: %.1f); process %.*s allows "
                          "%.*s at most %.0f a minute at its times: ask %.*s whether it ran more",
                          SAY(e->function.name), a->calls, a->minutes, a->usual, SAY(p->process),
                          SAY(event_caller(e)), p->max_per_minute,
                          SAY(p->owner.len > 0 ? p->owner : STR("its owner")));
    }
    return detect_say(
        v, d, SEVERITY_HIGH,
        "%.*s was called %.0f times in %u min (usual: %.1f), and nothing explains it: a process in "
        "%s that lets %.*s call it %.0f times a minute would, or a schedule, event source or API "
        "route that called it on days before",
        SAY(e->function.name), a->calls, a->minutes, a->usual,
        v->context->given[CONTEXT_PROCESSES] ? "--processes" : "--processes (not given)",
        SAY(event_caller(e)), per_minute);
}

static enum err_code tell(const struct rate_function *r, const struct detect_view *v,
                          const struct watch_alarm *a, double share)
{
    const struct event *e = v->event;
    bool named = e->kind == EVENT_INVOKE;
    double per_minute = a->calls * share / (a->minutes == 0 ? 1 : a->minutes);
    const struct process *p = process_of(v->context, e, per_minute);
    if (p != NULL) {
        return ERR_OK; /* a business process explains caller, time and rate */
    }
    enum err_code rc = detect_say(
        v, &rate_detections[RATE_SPIKE], SEVERITY_MEDIUM,
        "%.*s was called %.0f times in %u min, %.1f are usual at this time (%u days of history, "
        "%s, chance %.0e); %.*s made %.0f %% of its calls of late",
        SAY(e->function.name), a->calls, a->minutes, a->usual, r->model.days, test_names(a->tests),
        a->probability, SAY(named ? event_caller(e) : STR("who is not logged")), share * 100);
    return rc != ERR_OK || is_usual_source(r, e) ? rc : say_unexplained(r, v, a, per_minute);
}

enum err_code rate_look_spike(struct rate_function *r, const struct detect_view *v,
                              const struct watch_limits *limits)
{
    struct watch_alarm worst = {.probability = 1};
    int64_t minute;
    double calls;
    struct call_iter it = call_iter_of(v->event);
    while (call_next(&it, &minute, &calls)) {
        struct watch_alarm a =
            watch_add(&r->watch, &r->model, &r->usual->calls, limits, minute, calls);
        bool worse = a.tests != 0 && (worst.tests == 0 || a.probability < worst.probability);
        worst = worse ? a : worst;
    }
    double share = share_of(r, v->event);
    return worst.tests == 0 || share < SHARE_MIN ? ERR_OK : tell(r, v, &worst, share);
}
