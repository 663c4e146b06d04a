/*
 * step_changes - L1.2: each change of the case against the change records.
 */
#include "base/buf.h"
#include "playbook/steps.h"

static enum verdict match_verdict(const struct subject *s)
{
    if (subject_approved(s)) {
        return VERDICT_LEGITIMATE;
    }
    if (s->match != NULL && s->match->class == MATCH_MR) {
        return VERDICT_SUSPICIOUS;
    }
    bool none = s->match == NULL || s->match->class == MATCH_M0;
    bool pipeline = s->pipeline_proved && !s->ticket_required;
    return none && s->change_required && !pipeline ? VERDICT_SUSPICIOUS : VERDICT_UNKNOWN;
}

static void add_reasons(const struct change_match *m, struct buf *b)
{
    for (size_t i = 0; i < m->reasons.len; i++) {
        const struct match_reason *r = &m->reasons.at[i];
        buf_add_cstr(b, i == 0 ? ": " : "; ");
        buf_add(b, r->text);
        if (r->score != 0) {
            buf_printf(b, " (%+d)", r->score);
        }
    }
}

static bool change_row(const struct inquiry *q, struct step *step, const struct subject *s)
{
    const struct event *e = s->event;
    struct str what = e->function.name.len != 0 ? e->function.name : e->account;
    if (!subject_succeeded(s)) {
        return step_row(q, step, e->time_us, VERDICT_UNKNOWN, e->record_id,
                        "%.*s of %.*s: refused, nothing was changed", STR_ARG(e->action),
                        STR_ARG(what));
    }
    if (q->states[NEED_CHANGES] == COVERAGE_ABSENT) {
        return step_row(q, step, e->time_us, VERDICT_UNKNOWN, e->record_id,
                        "%.*s of %.*s: no change records were given (--changes)",
                        STR_ARG(e->action), STR_ARG(what));
    }
    CLEANUP(buf_free) struct buf b;
    buf_init(&b, 0);
    struct str ref = STR_EMPTY;
    if (s->match == NULL || s->match->class == MATCH_M0) {
        buf_add_cstr(&b, "M0, no record covers it");
    } else {
        buf_printf(&b, "%s", match_class_name(s->match->class));
        if (s->match->change != NULL) {
            ref = s->match->change->id;
            buf_printf(&b, " %.*s, score %d", STR_ARG(ref), s->match->score);
        }
        add_reasons(s->match, &b);
    }
    return step_row(q, step, e->time_us, match_verdict(s), ref, "%.*s of %.*s: %.*s",
                    STR_ARG(e->action), STR_ARG(what), STR_ARG(buf_str(&b)));
}

bool step_changes(const struct inquiry *q, struct step *s)
{
    for (size_t i = 0; i < q->subject_count; i++) {
        const struct subject *sub = &q->subjects[i];
        if (subject_is_change(sub) && !change_row(q, s, sub)) {
            return false;
        }
        if (s->rows.len >= STEP_ROWS_MAX) {
            break;
        }
    }
    return s->rows.len > 0 || step_row(q, s, TIME_NONE, VERDICT_LEGITIMATE, STR_EMPTY,
                                       "nothing was changed in this case");
}
