/*
 * q1_change - is there a legitimate reason for a change: change records, builds, habit.
 */
#include "base/buf.h"
#include "playbook/evidence.h"

enum { REASONS_SHOWN = 4 };

/* "CHG0031187, score 92: resource exact; actor is the implementer" */
static void tell_match(const struct change_match *m, struct buf *b)
{
    if (m->change != NULL) {
        buf_printf(b, "%.*s, score %d", STR_ARG(m->change->id), m->score);
    }
    size_t shown = 0;
    for (size_t i = 0; i < m->reasons.len && shown < REASONS_SHOWN; i++) {
        buf_add_cstr(b, shown > 0 ? "; " : b->len > 0 ? ": " : "");
        buf_add(b, m->reasons.at[i].text);
        shown++;
    }
    if (m->edited_after) {
        buf_add_cstr(b, "; the record was edited after the event");
    }
    if (m->retroactive) {
        buf_add_cstr(b, "; approved after the event");
    }
}

static enum made_item item_of(const struct subject *s)
{
    switch (s->match != NULL ? s->match->class : MATCH_M0) {
    case MATCH_M4:
        return MADE_CHANGE_M4;
    case MATCH_M3:
        return MADE_CHANGE_M3;
    case MATCH_M2:
        return MADE_CHANGE_M2;
    case MATCH_M1:
        return MADE_CHANGE_M1;
    case MATCH_MR:
        return MADE_CHANGE_CONTRADICTS;
    case MATCH_M0:
        break;
    }
    return s->change_required ? MADE_CHANGE_NONE : MADE_CHANGE_NONE_ELSEWHERE;
}

static void weigh_match(struct weighing *w)
{
    const struct subject *s = w->subject;
    bool none = s->match == NULL || s->match->class == MATCH_M0;
    if (s->states[NEED_CHANGES] == COVERAGE_ABSENT ||
        (none && s->states[NEED_CHANGES] < COVERAGE_PARTIAL)) {
        return; /* no data, or stale data, is not "no record" */
    }
    CLEANUP(buf_free) struct buf b;
    buf_init(&b, 0);
    struct str ref = STR_EMPTY;
    if (!none) {
        tell_match(s->match, &b);
        ref = s->match->change != NULL ? s->match->change->id : ref;
    } else {
        buf_printf(&b, "%.*s of %.*s", STR_ARG(s->event->action),
                   STR_ARG(s->event->function.name.len != 0 ? s->event->function.name
                                                            : s->event->account));
    }
    w->failed |= b.failed;
    weighing_add(w, item_of(s), ref, "%.*s", STR_ARG(buf_str(&b)));
}

static void weigh_window(struct weighing *w)
{
    const struct subject *s = w->subject;
    if (s->match == NULL || s->match->change == NULL || s->match->class < MATCH_M2) {
        return;
    }
    const struct change *c = s->match->change;
    if (c->type == CHANGE_EMERGENCY || s->match->window != WINDOW_OUTSIDE) {
        return; /* an emergency's window is written afterwards; the matcher judges its approval */
    }
    char start[TIME_TEXT_MAX];
    char end[TIME_TEXT_MAX];
    time_format(c->start_us, start);
    time_format(c->end_us, end);
    weighing_add(w, MADE_TIME_WINDOW, c->id, "%.*s was planned from %s to %s", STR_ARG(c->id),
                 start, end);
}

/* The hash of the package says nothing about a layer laid over it, nor about what is run in it. */
static bool is_beside_build(const struct subject *s)
{
    return subject_finding(s, STR("D07")) != NULL || subject_finding(s, STR("D10")) != NULL;
}

static void weigh_pipeline(struct weighing *w)
{
    const struct subject *s = w->subject;
    const struct actor *a = s->event->actor;
    if (a == NULL || !a->pipeline) {
        return;
    }
    if (s->pipeline_proved && s->build != NULL && is_beside_build(s)) {
        weighing_add(w, MADE_PIPELINE_IDENTITY, a->root,
                     "%.*s; its build does not speak for layers, handler and runtime",
                     STR_ARG(a->root));
    } else if (s->pipeline_proved && s->build != NULL) {
        weighing_add(w, MADE_PIPELINE_PROVED, s->build->commit, "commit %.*s of %.*s, branch %.*s",
                     STR_ARG(s->build->commit), STR_ARG(s->build->repository),
                     STR_ARG(s->build->branch));
    } else {
        weighing_add(w, MADE_PIPELINE_IDENTITY, a->root, "%.*s", STR_ARG(a->root));
    }
}

void weighing_change(struct weighing *w)
{
    const struct subject *s = w->subject;
    if (subject_succeeded(s)) {
        weigh_match(w);
        weigh_window(w);
    }
    weigh_pipeline(w);
    if (s->outside_ci) {
        weighing_add(w, MADE_ACTOR_OUTSIDE_CI, s->event->actor->root, "%.*s from %.*s",
                     STR_ARG(s->event->actor->root), STR_ARG(s->event->address));
    }
    if (s->same_code) {
        weighing_add(w, MADE_CODE_SAME, STR_EMPTY, "%s", "");
    }
    if (s->denied_before > 0 && subject_succeeded(s)) {
        weighing_add(w, MADE_WAY_DENIED_BEFORE, STR_EMPTY, "%u within an hour", s->denied_before);
    }
    if (s->changed_before >= 3 && s->owner && s->on_call && s->same_way) {
        weighing_add(w, MADE_HABIT, STR_EMPTY, "changed it %u times in 90 days", s->changed_before);
    }
    if (s->frozen) {
        weighing_add(w, MADE_TIME_FREEZE, STR_EMPTY, "%s", "");
    }
}
