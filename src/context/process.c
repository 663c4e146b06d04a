#include "context/process.h"

#include "context/schedule.h"

static bool in_span(const struct span *w, int64_t at_us)
{
    return (w->from_us == TIME_NONE || at_us >= w->from_us) &&
           (w->to_us == TIME_NONE || at_us < w->to_us);
}

bool process_calls(const struct process *p, const struct event *e)
{
    if (!env_pattern(p->function, e->function.name)) {
        return false;
    }
    if (e->kind == EVENT_TRAFFIC) {
        return process_caller_is_host(p, &e->ip);
    }
    return (e->actor != NULL && env_pattern(p->caller, e->actor->root)) ||
           (e->who.role.len != 0 && env_pattern(p->caller, e->who.role)) ||
           (e->who.invoked_by.len != 0 && env_pattern(p->caller, e->who.invoked_by));
}

double process_rate_of(const struct event *e)
{
    int64_t span = e->last_us > e->time_us ? e->last_us - e->time_us : 0;
    double minutes = (double)span / (double)TIME_MINUTE_US;
    return (double)e->count / (minutes < 1 ? 1 : minutes);
}

const struct process *process_of(const struct context *c, const struct event *e, double per_minute)
{
    for (size_t i = 0; i < c->processes.len; i++) {
        const struct process *p = &c->processes.at[i];
        if (process_calls(p, e) && e->time_us != TIME_NONE && in_span(&p->window, e->time_us) &&
            schedule_fits(p->schedule, e->time_us) && p->max_per_minute >= 0 &&
            per_minute <= p->max_per_minute) {
            return p;
        }
    }
    return NULL;
}
