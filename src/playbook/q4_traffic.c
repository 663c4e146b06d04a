/*
 * q4_traffic - is the traffic typical. What is unusual is told by findings; here is what makes it
 * usual.
 */
#include "playbook/evidence.h"

void weighing_traffic(struct weighing *w)
{
    const struct subject *s = w->subject;
    if (s->process != NULL) {
        weighing_add(w, MADE_RATE_PROCESS, s->process->process, "%.*s",
                     STR_ARG(s->process->process));
    }
    if (s->usual.rate_known && s->usual.rate_inside && s->usual.days >= 14) {
        weighing_add(w, MADE_RATE_BAND, STR_EMPTY, "%u days of history", s->usual.days);
    }
}
