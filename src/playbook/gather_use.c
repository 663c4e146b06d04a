/*
 * gather_use - which registered process, vendor or approval covers the use of a function.
 */
#include "context/process.h"
#include "playbook/inquiry.h"

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
            s->process = process_of(c, e, process_rate_of(e));
        }
    }
    s->vendor = vendor_of(&c->env, e);
}
