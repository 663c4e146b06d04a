/*
 * q1_use - is there a legitimate reason for a call, a login, a read.
 */
#include "playbook/evidence.h"

void weighing_use(struct weighing *w)
{
    const struct subject *s = w->subject;
    if (s->process != NULL) {
        weighing_add(w, MADE_PROCESS_EXPLAINS, s->process->process, "%.*s",
                     STR_ARG(s->process->process));
    }
    if (s->denied_before > 0 && subject_succeeded(s)) {
        weighing_add(w, MADE_WAY_DENIED_BEFORE, STR_EMPTY, "%u within an hour", s->denied_before);
    }
}
