/*
 * q2_permissions - are permissions in line with typical use. What widened is told by findings
 * (items with refs); here is what needs more than the finding: whose role it is, whether an
 * approved change names it, and what was usual.
 */
#include "baseline/values.h"
#include "playbook/evidence.h"

void weighing_permissions(struct weighing *w)
{
    const struct subject *s = w->subject;
    if (s->grants_admin && s->function_role && subject_succeeded(s)) {
        weighing_add(w, MADE_GRANT_ADMIN, STR_EMPTY, "%.*s on %.*s", STR_ARG(s->event->action),
                     STR_ARG(event_attr_get(s->event, ATTR_TARGET_ROLE)));
    }
    if (subject_approved(s) && s->match->names_nature) {
        struct str id = s->match->change != NULL ? s->match->change->id : STR_EMPTY;
        weighing_add(w, MADE_GRANT_APPROVED, id, "%.*s (%s)", STR_ARG(id),
                     match_class_name(s->match->class));
    }
    const struct subject_usual *u = &s->usual;
    if (u->permissions_known && u->within_known) {
        bool enough = u->nothing_new && u->use_days >= LEARN_DAYS_MIN;
        weighing_add(w, enough ? MADE_USE_WITHIN_KNOWN : MADE_USE_KNOWN_ACTIONS, STR_EMPTY,
                     "%u days of history", u->use_days);
    }
}
