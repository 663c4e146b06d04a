/*
 * explain - what makes a suspicious item, or a finding, count nothing.
 */
#include "playbook/evidence.h"

static bool holds(const struct subject *s, enum explanation e)
{
    switch (e) {
    case EXPLAIN_CHANGE:
        return subject_approved(s);
    case EXPLAIN_NAMED:
        return subject_approved(s) && s->match->names_nature;
    case EXPLAIN_EMERGENCY:
        return subject_approved(s) && s->match->change != NULL &&
               s->match->change->type == CHANGE_EMERGENCY;
    case EXPLAIN_PIPELINE:
        return s->pipeline_proved && !s->ticket_required;
    case EXPLAIN_PROCESS:
        return s->process != NULL;
    case EXPLAIN_PUBLIC:
        return s->public_function;
    case EXPLAIN_VENDOR:
        return s->vendor != NULL;
    case EXPLAIN_MAX_:
        break;
    }
    return false;
}

static bool tell(const struct subject *s, enum explanation e, struct arena *a, struct str *out)
{
    switch (e) {
    case EXPLAIN_CHANGE:
    case EXPLAIN_NAMED:
    case EXPLAIN_EMERGENCY:
        return arena_printf(
            a, out, "%.*s (%s)",
            STR_ARG(s->match->change != NULL ? s->match->change->id : STR("a change record")),
            match_class_name(s->match->class));
    case EXPLAIN_PIPELINE:
        return arena_printf(a, out, "build of commit %.*s",
                            STR_ARG(s->build != NULL ? s->build->commit : STR("unknown")));
    case EXPLAIN_PROCESS:
        return arena_printf(a, out, "process %.*s", STR_ARG(s->process->process));
    case EXPLAIN_PUBLIC:
        *out = STR("approved as public");
        return true;
    case EXPLAIN_VENDOR:
        return arena_printf(a, out, "vendor %.*s", STR_ARG(s->vendor->name));
    case EXPLAIN_MAX_:
        break;
    }
    return false;
}

bool subject_explained(const struct subject *s, unsigned set, struct arena *a, struct str *out)
{
    for (unsigned e = 0; e < EXPLAIN_MAX_; e++) {
        if ((set >> e & 1U) == 0 || !holds(s, (enum explanation)e)) {
            continue;
        }
        if (out != NULL && !tell(s, (enum explanation)e, a, out)) {
            *out = str_of(explanation_name((enum explanation)e));
        }
        return true;
    }
    return false;
}

bool finding_explained_at(const struct playbook *p, const struct finding *f,
                          const struct subject *s)
{
    const struct detection *d = f->detection;
    bool feeds = false;
    for (size_t i = 0; d->ours && i < p->item_count; i++) {
        if (!playbook_item_has_ref(&p->items[i], d->ref)) {
            continue;
        }
        feeds = true;
        if (!subject_explained(s, p->items[i].explained_by, NULL, NULL)) {
            return false;
        }
    }
    /* What feeds no item is explained by an approved change; a rule that is not ours may mean
     * anything, so there the record must name what was done. */
    return feeds ||
           subject_explained(s, 1U << (d->ours ? EXPLAIN_CHANGE : EXPLAIN_NAMED), NULL, NULL);
}
