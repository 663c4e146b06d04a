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
            time_format(p->terminated_us, day);
            weighing_add(w, MADE_PERSON_TERMINATED, p->id, "%.*s, since %s", STR_ARG(p->id), day);
        }
        return;
    }
    if (p->status == PERSON_TERMINATED || p->status == PERSON_INACTIVE) {
        weighing_add(w, MADE_PERSON_INACTIVE, p->id, "%.*s", STR_ARG(p->id));
    }
}

void weighing_person(struct weighing *w)
{
    const struct subject *s = w->subject;
    const struct actor *a = s->event->actor;
    if (s->break_glass && a != NULL) {
        weighing_add(w, MADE_PERSON_BREAK_GLASS, a->root, "%.*s", STR_ARG(a->root));
    }
    if (s->person == NULL || (a != NULL && a->shared)) {
        return;
    }
    weigh_status(w);
    if (s->on_leave) {
        weighing_add(w, s->on_call ? MADE_PERSON_LEAVE_ON_CALL : MADE_PERSON_LEAVE, s->person->id,
                     "%.*s", STR_ARG(s->person->id));
    }
    if (s->outside_hours && !s->on_call) {
        weighing_add(w, MADE_TIME_HOURS, s->person->id, "%.*s works from %d to %d",
                     STR_ARG(s->person->id), s->person->hours_from, s->person->hours_to);
    }
}
