/*
 * q1_person - does it fit the person: still here, expected at work, in their hours, with an account
 * that is for this.
 */
#include "playbook/evidence.h"

static void weigh_status(struct weighing *w)
{
    const struct subject *s = w->subject;
    const struct person *p = s->person;
    int64_t at = s->event->time_us;
    if (p->status == PERSON_TERMINATED && p->terminated_us != TIME_NONE) {
        /* A leaver's work before the last day is a colleague's work. */
        if (at == TIME_NONE || at > p->terminated_us) {
            char day[TIME_TEXT_MAX];
            if (s->ci_token) {
                weighing_add(w, MADE_PERSON_CI_TOKEN, p->id, "%.*s", STR_ARG(p->id));
                return;
            }
            time_format(p->terminated_us, day);
            weighing_add(w, MADE_PERSON_TERMINATED, p->id, "%.*s, since %s", STR_ARG(p->id), day);
        }
        return;
    }
    if (p->status == PERSON_TERMINATED || p->status == PERSON_INACTIVE) {
        weighing_add(w, MADE_PERSON_INACTIVE, p->id, "%.*s", STR_ARG(p->id));
    }
}

/* How the person came in, as the identity provider saw it. */
static void weigh_way(struct weighing *w)
{
    const struct subject *s = w->subject;
    const struct event *e = s->event;
    bool alone = e->kind == EVENT_LOGIN && !e->sign_in && e->outcome == OUTCOME_OK &&
                 (e->who.kind == IDENTITY_USER || e->who.kind == IDENTITY_ROOT);
    if (alone && str_eq(event_attr_get(e, ATTR_MFA), STR("No"))) {
        weighing_add(w, MADE_LOGIN_NO_MFA, e->record_id, "%.*s", STR_ARG(e->action));
    }
    const struct event *in = s->came_in ? s->way.sign_in : NULL;
    if (in == NULL) {
        return;
    }
    struct str operator_ = event_attr_get(in, ATTR_OPERATOR);
    if (s->way.mfa == WAY_MFA_NO) {
        weighing_add(w, MADE_LOGIN_NO_MFA, in->record_id, "%.*s", STR_ARG(in->source));
    }
    if (s->way.new_network) {
        weighing_add(w, MADE_LOGIN_NETWORK, in->record_id, "%.*s%s%.*s", STR_ARG(in->address),
                     operator_.len != 0 ? ", " : "", STR_ARG(operator_));
    }
    if (s->way.from != NULL) {
        long minutes = (long)((in->time_us - s->way.from->time_us) / TIME_MINUTE_US);
        weighing_add(w, MADE_LOGIN_TRAVEL, in->record_id, "%.*s and %.*s within %ld minutes",
                     STR_ARG(s->way.from->address), STR_ARG(in->address), minutes);
    }
    if (s->way.risky) {
        struct str risk = event_attr_get(in, ATTR_RISK);
        weighing_add(w, MADE_LOGIN_RISK, in->record_id, "%.*s%s%.*s", STR_ARG(in->source),
                     risk.len != 0 ? ": " : "", STR_ARG(str_head(risk, 80)));
    }
}

void weighing_person(struct weighing *w)
{
    const struct subject *s = w->subject;
    const struct actor *a = s->event->actor;
    if (s->break_glass && a != NULL) {
        weighing_add(w, MADE_PERSON_BREAK_GLASS, a->root, "%.*s", STR_ARG(a->root));
    }
    weigh_way(w);
    if (s->vendor_writes != NULL) {
        weighing_add(w, MADE_VENDOR_WRITES, s->vendor_writes->name, "%.*s made %.*s",
                     STR_ARG(s->vendor_writes->name), STR_ARG(s->event->action));
    }
    if (s->person == NULL || (a != NULL && a->shared)) {
        return;
    }
    weigh_status(w);
    if (s->on_leave) {
        weighing_add(w, s->on_call ? MADE_PERSON_LEAVE_ON_CALL : MADE_PERSON_LEAVE, s->person->id,
                     "%.*s", STR_ARG(s->person->id));
    }
    if (s->work == WORK_UNUSUAL) {
        weighing_add(w, MADE_PERSON_UNUSUAL_WORK, s->person->id, "%.*s (%.*s): %s",
                     STR_ARG(s->person->id), STR_ARG(s->person->job_family),
                     work_class_name(work_class_of(s->event)));
    }
    if (s->outside_hours && !s->on_call) {
        weighing_add(w, MADE_TIME_HOURS, s->person->id, "%.*s works from %d to %d",
                     STR_ARG(s->person->id), s->person->hours_from, s->person->hours_to);
    }
}
