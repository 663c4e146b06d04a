/*
 * gather_who - what is known about the person behind an event.
 */
#include "playbook/inquiry.h"

static bool outside_hours(const struct person *p, int64_t at_us)
{
    if (p->hours_from < 0 || p->hours_to < 0 || at_us == TIME_NONE) {
        return false;
    }
    struct time_parts t = time_split(at_us + p->zone_us);
    bool weekend = t.weekday >= 5;
    bool inside = p->hours_from <= p->hours_to ? t.hour >= p->hours_from && t.hour < p->hours_to
                                               : t.hour >= p->hours_from || t.hour < p->hours_to;
    return weekend || !inside;
}

/* Tags are the word of whoever may tag: they are asked apart. */
static bool is_labelled(const struct inventory *inv, const struct project *pr,
                        const struct event *e)
{
    const struct function *f = inv == NULL ? NULL : inventory_find(inv, &e->function);
    for (size_t i = 0; f != NULL && i < f->labels.len; i++) {
        if (env_any(&pr->functions, f->labels.at[i])) {
            return true;
        }
    }
    return false;
}

static void gather_owner(const struct inquiry *q, struct subject *s)
{
    const struct context *c = q->judge->context;
    const struct person *p = s->person;
    const struct event *e = s->event;
    for (size_t i = 0; i < c->projects.len; i++) {
        const struct project *pr = &c->projects.at[i];
        bool now = (pr->from_us == TIME_NONE || e->time_us >= pr->from_us) &&
                   (pr->to_us == TIME_NONE || e->time_us < pr->to_us);
        bool here = pr->accounts.len == 0 || env_any(&pr->accounts, e->account);
        if (!now || !here || e->function.name.len == 0 ||
            !project_has_member(pr, p, e->actor->root)) {
            continue;
        }
        s->owner = s->owner || env_any(&pr->functions, e->function.name);
        s->owner_by_tag = s->owner_by_tag || is_labelled(q->judge->inventory, pr, e);
    }
}

/* Did a person come in through an identity provider? */
static void gather_way(const struct inquiry *q, struct subject *s)
{
    const struct event *e = s->event;
    const struct actor *a = e->actor;
    bool person = a->resolved && !a->pipeline && !a->shared &&
                  (a->kind == IDENTITY_SSO || (a->kind == IDENTITY_FEDERATED && s->person != NULL));
    if (q->judge->inventory == NULL || !person || e->time_us == TIME_NONE) {
        return;
    }
    s->came_in = true;
    s->way = inventory_way_in(q->judge->inventory, a, e->who.session_name, e->time_us);
}

/* The list of posture has the key that this was done with. */
static bool is_ci_token(const struct inquiry *q, const struct event *e)
{
    for (size_t i = 0; i < q->judge->finding_count; i++) {
        const struct finding *f = q->judge->findings[i];
        if (f->actor != e->actor || !str_eq(f->detection->ref, STR("D119"))) {
            continue;
        }
        for (size_t k = 0; k < f->events.len; k++) {
            if (f->events.at[k] == e) {
                return true;
            }
        }
    }
    return false;
}

void gather_who(const struct inquiry *q, struct subject *s)
{
    const struct context *c = q->judge->context;
    const struct event *e = s->event;
    if (e->actor == NULL) {
        return;
    }
    const struct str names[] = {e->actor->root, e->who.principal, e->who.role,
                                event_attr_get(e, ATTR_ASSUMED_ROLE)};
    for (size_t i = 0; i < ARRAY_LEN(names); i++) {
        s->break_glass |= names[i].len != 0 && env_any(&c->env.break_glass, names[i]);
    }
    s->outside_ci = e->actor->pipeline && env_outside_ci(&c->env, &e->ip);
    if (e->actor->shared) {
        return;
    }
    s->person = context_person(c, e->actor);
    gather_way(q, s);
    if (s->person == NULL) {
        return;
    }
    s->ci_token = s->person->status == PERSON_TERMINATED && is_ci_token(q, e);
    s->work = work_judge(&c->env, s->person, e);
    if (e->time_us != TIME_NONE) {
        s->on_leave = person_on_leave(s->person, e->time_us);
        s->on_call = person_on_call(s->person, e->time_us);
    }
    s->outside_hours = outside_hours(s->person, e->time_us);
    gather_owner(q, s);
}
