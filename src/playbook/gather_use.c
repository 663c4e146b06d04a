/*
 * gather_use - which registered process, vendor or approval covers the use of a function.
 */
#include "context/process.h"
#include "playbook/inquiry.h"

static bool is_vendor(const struct env_vendor *v, const struct event *e)
{
    return (e->actor != NULL && env_any(&v->principals, e->actor->root)) ||
           (e->who.principal.len != 0 && env_any(&v->principals, e->who.principal)) ||
           (e->who.role.len != 0 && env_any(&v->principals, e->who.role));
}

/* A vendor covers the actions that --env names, while it is there, and no others. */
static void gather_vendor(const struct env *env, struct subject *s)
{
    const struct event *e = s->event;
    bool writes = subject_is_change(s) && !e->read_only;
    for (size_t i = 0; i < env->vendors.len; i++) {
        const struct env_vendor *v = &env->vendors.at[i];
        bool now =
            v->until_us == TIME_NONE || (e->time_us != TIME_NONE && e->time_us < v->until_us);
        if (!is_vendor(v, e)) {
            continue;
        }
        if (now && env_any(&v->actions, e->action)) {
            s->vendor = v;
            s->vendor_writes = NULL;
            return;
        }
        s->vendor_writes = writes ? v : s->vendor_writes;
    }
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
            s->process = process_of(c, e, process_rate_of(e));
        }
    }
    gather_vendor(&c->env, s);
}
