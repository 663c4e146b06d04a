/*
 * would_change - what would decide an answer that is open (the file, the record, the person), and what
 * would undo one that is not.
 */
#include "base/buf.h"
#include "base/utf8.h"
#include "playbook/inquiry.h"

/* Sentences, joined by "; ". */
static void say(struct buf *b, struct str text)
{
    if (b->len > 0) {
        buf_add_cstr(b, "; ");
    }
    buf_add(b, text);
}

static void say_missing(const struct inquiry *q, struct buf *b, enum evidence_source n)
{
    if (q->states[n] < COVERAGE_PARTIAL) {
        say(b, q->coverage[n].note);
    }
}

static void say_actor(const struct weighing *w, struct buf *b)
{
    const struct event *e = w->subject->event;
    if (e->actor == NULL) {
        say(b, STR("the record names nobody"));
    } else if (!e->actor->resolved) {
        if (b->len > 0) {
            buf_add_cstr(b, "; ");
        }
        buf_printf(b, "the logs in which the session of %.*s begins (trail of account %.*s)",
                   STR_ARG(e->actor->root),
                   STR_ARG(e->actor->account.len != 0 ? e->actor->account : STR("unknown")));
    }
}

/* Who works here? */
static void say_person(const struct inquiry *q, const struct weighing *w, struct buf *b)
{
    const struct subject *s = w->subject;
    const struct actor *a = s->event->actor;
    if (a == NULL || !a->resolved || !subject_is_stranger(s)) {
        return;
    }
    if (q->states[NEED_PEOPLE] < COVERAGE_PARTIAL) {
        say(b, q->coverage[NEED_PEOPLE].note);
        return;
    }
    if (b->len > 0) {
        buf_add_cstr(b, "; ");
    }
    if (s->person == NULL) {
        buf_printf(b, "a row about %.*s in --people", STR_ARG(a->root));
    } else {
        buf_printf(b, "a status of %.*s that is known, not '%.*s'", STR_ARG(s->person->id),
                   STR_ARG(s->person->status_word));
    }
}

static void say_record(const struct inquiry *q, const struct weighing *w, struct buf *b)
{
    const struct subject *s = w->subject;
    if (q->states[NEED_CHANGES] < COVERAGE_PARTIAL) {
        say(b, q->coverage[NEED_CHANGES].note);
        return;
    }
    char at[TIME_TEXT_MAX];
    time_format(s->event->time_us, at);
    struct str what =
        s->event->function.name.len != 0 ? s->event->function.name : s->event->account;
    if (b->len > 0) {
        buf_add_cstr(b, "; ");
    }
    if (s->match != NULL && s->match->change != NULL && s->match->class != MATCH_M0) {
        buf_printf(b,
                   "an approval of %.*s by somebody else before %s, with the actor or the "
                   "artefact in it",
                   STR_ARG(s->match->change->id), at);
    } else {
        buf_printf(b, "a change record that names %.*s at %s and its implementer", STR_ARG(what),
                   at);
    }
}

/* An item that alone forbids "legitimate" wants a person's word. */
static void say_bar(const struct weighing *w, struct buf *b)
{
    const struct weighed *top = weighing_top(w, false);
    if (top != NULL && w->barred) {
        if (b->len > 0) {
            buf_add_cstr(b, "; ");
        }
        buf_printf(b, "an explanation of: %.*s", STR_ARG(top->item.text));
    }
}

static void say_question(const struct inquiry *q, const struct weighing *w, struct buf *b)
{
    switch (w->part) {
    case PART_CHANGE:
        if (!w->authorised) {
            say_record(q, w, b);
        }
        say_actor(w, b);
        say_person(q, w, b);
        if (w->subject->event->actor != NULL && w->subject->event->actor->pipeline) {
            say_missing(q, b, NEED_BUILDS);
        }
        break;
    case PART_USE:
        if (!w->authorised) {
            say(b, q->states[NEED_PROCESSES] < COVERAGE_PARTIAL
                       ? q->coverage[NEED_PROCESSES].note
                       : STR("a registered process that explains caller, time and rate"));
        }
        say_actor(w, b);
        break;
    case PART_PERMISSIONS:
        say(b, q->states[NEED_CHANGES] < COVERAGE_PARTIAL
                   ? q->coverage[NEED_CHANGES].note
                   : STR("an approved change record that names the permission"));
        say_missing(q, b, NEED_IAM);
        break;
    case PART_ADDRESSES:
        say_missing(q, b, NEED_INTEL);
        say_missing(q, b, NEED_ALERTS);
        if (q->states[NEED_CALLS] < COVERAGE_PARTIAL) {
            say(b, STR("logs of who called it: anybody may, and "));
            buf_add(b, q->coverage[NEED_CALLS].note);
        }
        break;
    case PART_TRAFFIC:
        say_missing(q, b, NEED_PROCESSES);
        say_missing(q, b, NEED_BASELINE);
        break;
    case PART_MAX_:
        break;
    }
}

/* Suspicious: what would explain it; a hard item nothing does, unless it is wrong. */
static void say_suspicious(const struct inquiry *q, const struct weighing *w, struct buf *b)
{
    const struct weighed *top = weighing_top(w, false);
    if (w->hard && (top == NULL || top->def->explained_by == 0)) {
        say(b, STR("nothing explains it; only that this is a mistake: "));
        buf_add(b, top != NULL ? top->item.text : STR("a hard item"));
        return;
    }
    if (w->part != PART_ADDRESSES) {
        say_question(q, w, b);
    }
    if (top != NULL) {
        say(b, STR("an explanation of: "));
        buf_add(b, top->item.text);
    }
}

/* Legitimate: how little more would undo it, and what it rests on. */
static void say_legitimate(const struct weighing *w, struct buf *b)
{
    const struct weighed *carries = weighing_top(w, true);
    buf_printf(b, "an unexplained item of +%d or more", weighing_bar(w));
    if (carries != NULL) {
        buf_printf(b, "; or without this: %.*s", STR_ARG(carries->item.text));
    }
}

bool answer_would_change(const struct inquiry *q, const struct part_result *r, struct answer *a)
{
    a->would_change = STR_EMPTY;
    CLEANUP(buf_free) struct buf b;
    buf_init(&b, 0);
    switch (a->verdict) {
    case VERDICT_UNKNOWN:
        say_question(q, r->worst, &b);
        say_bar(r->worst, &b);
        break;
    case VERDICT_SUSPICIOUS:
        say_suspicious(q, r->worst, &b);
        break;
    case VERDICT_LEGITIMATE:
        say_legitimate(r->worst, &b);
        break;
    }
    if (b.len == 0) {
        say(&b, STR("the owner's word, by another channel"));
    }
    return !b.failed && arena_dup(q->arena, utf8_head(buf_str(&b), 1000), &a->would_change);
}
