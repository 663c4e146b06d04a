/*
 * gather_use - which registered process, vendor or approval covers the use of a function.
 */
#include "playbook/inquiry.h"
#include "playbook/schedule.h"

static bool in_span(const struct span *w, int64_t at_us)
{
    return (w->from_us == TIME_NONE || at_us >= w->from_us) &&
           (w->to_us == TIME_NONE || at_us < w->to_us);
}

static bool calls_it(const struct process *p, const struct event *e)
{
    if (!env_pattern(p->function, e->function.name)) {
        return false;
    }
    if (e->kind == EVENT_TRAFFIC) {
        return process_caller_is_host(p, &e->ip);
    }
    /* A caller is an identity; a session name is text that the caller wrote and is none. */
    return (e->actor != NULL && env_pattern(p->caller, e->actor->root)) ||
           (e->who.role.len != 0 && env_pattern(p->caller, e->who.role)) ||
           (e->who.invoked_by.len != 0 && env_pattern(p->caller, e->who.invoked_by));
}

/* Calls a minute over the time that the event stands for. */
static double rate_of(const struct event *e)
{
    int64_t span = e->last_us > e->time_us ? e->last_us - e->time_us : 0;
    double minutes = (double)span / (double)TIME_MINUTE_US;
    return (double)e->count / (minutes < 1 ? 1 : minutes);
}

/* Caller, time and rate: a process that says nothing about the rate explains none. */
static const struct process *process_of(const struct context *c, const struct event *e)
{
    for (size_t i = 0; i < c->processes.len; i++) {
        const struct process *p = &c->processes.at[i];
        if (calls_it(p, e) && e->time_us != TIME_NONE && in_span(&p->window, e->time_us) &&
            schedule_fits(p->schedule, e->time_us) && p->max_per_minute >= 0 &&
            rate_of(e) <= p->max_per_minute) {
            return p;
        }
    }
    return NULL;
}

static const struct env_vendor *vendor_of(const struct env *env, const struct event *e)
{
    for (size_t i = 0; e->actor != NULL && i < env->vendors.len; i++) {
        const struct env_vendor *v = &env->vendors.at[i];
        bool now = v->until_us == TIME_NONE || e->time_us < v->until_us;
        if (now && e->read_only && env_any(&v->principals, e->actor->root) &&
            (v->actions.len == 0 || env_any(&v->actions, e->action))) {
            return v;
        }
    }
    return NULL;
}

void gather_use(struct inquiry *q, struct subject *s)
{
    const struct context *c = q->judge->context;
    const struct event *e = s->event;
    if (e->function.name.len != 0) {
        struct str text;
        s->public_function = env_any(&c->env.public_functions, e->function.name) ||
                             (function_key_text(&e->function, &q->scratch, &text) &&
                              env_any(&c->env.public_functions, text));
        if (e->kind == EVENT_INVOKE || e->kind == EVENT_TRAFFIC) {
            s->process = process_of(c, e);
        }
    }
    s->vendor = vendor_of(&c->env, e);
}
