/*
 * since - a case against an earlier result: new, changed or unchanged; which earlier cases it took in;
 * whether it stays closed; whether its deadline has passed.
 */
#include "base/buf.h"
#include "playbook/case_facts.h"

enum { CHANGES_MAX = 16, SUPERSEDED_MAX = 32 };

bool inquiry_continues(const struct inquiry *q, const struct previous_case *was)
{
    const struct previous *p = q->judge->previous;
    const struct case_file *c = q->file;
    bool same = str_eq(was->id, c->id);
    for (size_t i = 0; !same && i < c->findings.len; i++) {
        same = previous_of_finding(p, c->findings.at[i]->id) == was;
    }
    for (size_t i = 0; !same && i < c->timeline.len; i++) {
        same = previous_of_record(p, c->timeline.at[i]->record_id) == was;
    }
    return same;
}

/* ---- what changed ---- */

struct telling {
    const struct inquiry *q;
    struct since *since;
    size_t unsaid;
    bool failed;
};

static void change(struct telling *t, const char *fmt, ...) PRINTF_LIKE(2, 3);

static void change(struct telling *t, const char *fmt, ...)
{
    if (t->since->changes.len == CHANGES_MAX) {
        t->unsaid++;
        return;
    }
    CLEANUP(buf_free) struct buf b;
    struct str kept = STR_EMPTY;
    buf_init(&b, 0);
    va_list ap;
    va_start(ap, fmt);
    buf_vprintf(&b, fmt, ap);
    va_end(ap);
    t->failed = t->failed || b.failed || !arena_dup(t->q->arena, buf_str(&b), &kept) ||
                !VEC_PUSH(&t->since->changes, kept);
}

/* Evidence that was not there: a finding, more records of one, an event that the case did not have.
 * Told as changes. */
static bool tell_evidence(struct telling *t)
{
    const struct previous *p = t->q->judge->previous;
    const struct case_file *c = t->q->file;
    size_t had = t->since->changes.len + t->unsaid;
    for (size_t i = 0; i < c->findings.len; i++) {
        const struct finding *f = c->findings.at[i];
        uint64_t before = previous_hits(p, f->id);
        if (previous_of_finding(p, f->id) == NULL) {
            change(t, "new finding %.*s %.*s", STR_ARG(f->detection->ref),
                   STR_ARG(f->detection->title));
        } else if (f->count > before) {
            change(t, "%llu more records of %.*s %.*s", (unsigned long long)(f->count - before),
                   STR_ARG(f->detection->ref), STR_ARG(f->detection->title));
        }
    }
    size_t events = 0;
    for (size_t i = 0; i < c->timeline.len; i++) {
        struct str id = c->timeline.at[i]->record_id;
        events += id.len != 0 && previous_of_record(p, id) == NULL;
    }
    if (events > 0) {
        change(t, "%zu events that were not part of it", events);
    }
    return t->since->changes.len + t->unsaid > had;
}

static bool is_listed(const struct previous_answer *a, struct str item)
{
    for (size_t i = 0; i < a->counted.len; i++) {
        if (str_eq(a->counted.at[i], item)) {
            return true;
        }
    }
    return false;
}

static const char *word(bool raised, enum verdict v)
{
    return raised ? verdict_name(v) : "not raised";
}

/* Answers that are others now, and items that speak against the case and did not. */
static bool tell_answers(struct telling *t, const struct previous_case *was)
{
    bool worse = false;
    for (unsigned i = 0; i < QUESTION_MAX_; i++) {
        const struct answer *is = &t->q->file->answers[i];
        const struct previous_answer *old = &was->answers[i];
        if (is->raised != old->raised || (is->raised && is->verdict != old->verdict)) {
            change(t, "Q%u was %s, now %s", i + 1, word(old->raised, old->verdict),
                   word(is->raised, is->verdict));
        }
        for (size_t k = 0; is->raised && k < is->items.len; k++) {
            const struct item *it = &is->items.at[k];
            if (it->weight > 0 && !is_listed(old, it->id)) {
                worse = true;
                change(t, "Q%u: %.*s", i + 1, STR_ARG(str_head(it->text, 200)));
            }
        }
    }
    return worse;
}

static void tell_decision(struct telling *t, const struct previous_case *was)
{
    static const char *const priorities[] = {"nobody's", "P1", "P2", "P3", "P4"};
    const struct decision *d = &t->q->file->decision;
    if (!str_eq(was->row, d->row)) {
        change(t, "row was %.*s, now %.*s", STR_ARG(str_head(was->row, 20)), STR_ARG(d->row));
    }
    if (was->escalate != d->escalate) {
        change(t, d->escalate ? "now to T2" : "no longer to T2");
    }
    if (was->priority != d->priority) {
        change(t, "priority was %s, now %s", priorities[was->priority], priorities[d->priority]);
    }
}

/* ---- earlier cases ---- */

static bool is_case_now(const struct judge *j, struct str id)
{
    for (size_t i = 0; i < j->case_count; i++) {
        if (str_eq(j->cases[i]->id, id)) {
            return true;
        }
    }
    return false;
}

static void supersede(struct telling *t, const struct previous_case *was)
{
    struct since *s = t->since;
    if (was == NULL || str_eq(was->id, t->q->file->id) || s->supersedes.len == SUPERSEDED_MAX ||
        is_case_now(t->q->judge, was->id)) {
        return;
    }
    for (size_t i = 0; i < s->supersedes.len; i++) {
        if (str_eq(s->supersedes.at[i], was->id)) {
            return;
        }
    }
    struct str id = STR_EMPTY;
    t->failed = t->failed || !arena_dup(t->q->arena, was->id, &id) || !VEC_PUSH(&s->supersedes, id);
}

static void take_in(struct telling *t)
{
    const struct previous *p = t->q->judge->previous;
    const struct case_file *c = t->q->file;
    for (size_t i = 0; i < c->findings.len; i++) {
        supersede(t, previous_of_finding(p, c->findings.at[i]->id));
    }
    for (size_t i = 0; i < c->timeline.len; i++) {
        supersede(t, previous_of_record(p, c->timeline.at[i]->record_id));
    }
}

/* ---- what follows ---- */

static const struct decision_row *row_of(const struct playbook *p, struct str id)
{
    for (size_t i = 0; i < p->table.count; i++) {
        if (str_eq(p->table.rows[i].id, id)) {
            return &p->table.rows[i];
        }
    }
    return NULL;
}

/* Closed before, and this run holds it open only because something was not given or is late. Whatever
 * speaks against it, now or in the earlier file, opens it; so the earlier file alone closes nothing
 * that its own evidence would not leave to L1. */
static bool stays_closed(const struct inquiry *q, const struct previous_case *was, bool fresh)
{
    const struct decision *d = &q->file->decision;
    const struct decision_row *then = row_of(q->book, was->row);
    bool open = str_eq(d->action, STR("tasks")) || str_eq(d->action, STR("close-pending"));
    if (fresh || !open || then == NULL || !str_eq(was->action, STR("close")) ||
        !str_eq(then->action, STR("close"))) {
        return false;
    }
    for (unsigned i = 0; i < QUESTION_MAX_; i++) {
        const struct answer *a = &q->file->answers[i];
        if (a->raised && a->verdict == VERDICT_SUSPICIOUS) {
            return false;
        }
    }
    struct case_facts f = case_facts_of(q);
    return f.facts.logging == LOGGING_KEPT && f.facts.chain == 0 && f.facts.server == 0 &&
           f.facts.bar != BAR_WATCHED && f.facts.bar != BAR_EXERCISE;
}

static bool keep_closed(struct inquiry *q, const struct previous_case *was)
{
    struct decision *d = &q->file->decision;
    const struct decision_row *then = row_of(q->book, was->row);
    struct str reason;
    if (!arena_printf(q->arena, &reason,
                      "closed before (%.*s in %.*s), and nothing is new since; by this run alone "
                      "%.*s: %.*s",
                      STR_ARG(then->id), STR_ARG(str_head(previous_path(q->judge->previous), 200)),
                      STR_ARG(d->row), STR_ARG(d->reason))) {
        return false;
    }
    d->reason = reason;
    d->row = then->id;
    d->action = then->action;
    d->to = then->to;
    d->clause = then->clause;
    d->priority = 0;
    d->due_us = TIME_NONE;
    d->contain = false;
    q->file->since.kept = true;
    return true;
}

/* On L1's list since the earlier run: its deadline stands, and when it has passed the row says who is
 * next. */
static bool keep_deadline(struct inquiry *q, const struct previous_case *was)
{
    struct decision *d = &q->file->decision;
    const struct decision_row *r = row_of(q->book, d->row);
    int64_t until = q->judge->until_us;
    bool waited = was->due_us != TIME_NONE && d->due_us != TIME_NONE && str_eq(was->row, d->row) &&
                  str_eq(d->action, STR("tasks"));
    if (!waited) {
        return true;
    }
    d->due_us = was->due_us < d->due_us ? was->due_us : d->due_us;
    bool next =
        r != NULL && (r->then == THEN_T2 || (r->then == THEN_T2_JEWEL && case_facts_of(q).jewel));
    if (!next || until == TIME_NONE || was->due_us > until) {
        return true;
    }
    char due[TIME_TEXT_MAX];
    struct str reason;
    time_format(was->due_us, due);
    if (!arena_printf(q->arena, &reason, "%.*s; on L1's list, whose deadline %s has passed",
                      STR_ARG(d->reason), due)) {
        return false;
    }
    d->reason = reason;
    d->action = STR("escalate");
    d->escalate = true;
    d->to = STR("T2");
    d->priority = d->priority > 3 ? 3 : d->priority;
    return true;
}

enum err_code inquiry_compare(struct inquiry *q, struct err *err)
{
    struct case_file *c = q->file;
    const struct previous_case *was = previous_find(q->judge->previous, c->id);
    struct telling t = {.q = q, .since = &c->since};
    take_in(&t);
    bool merged = c->since.supersedes.len > 0;
    if (was == NULL && merged) { /* earlier evidence came to it, which gave it another id */
        was = previous_find(q->judge->previous, c->since.supersedes.at[0]);
    }
    if (was == NULL) {
        c->since.state = CASE_NEW;
        return t.failed ? inquiry_no_memory(q, err) : ERR_OK;
    }
    bool fresh = tell_evidence(&t);
    fresh |= tell_answers(&t, was) || merged;
    bool ok = !t.failed && arena_dup(q->arena, was->row, &c->since.was_row);
    if (ok && stays_closed(q, was, fresh)) {
        c->since.changes.len = 0;
        t.unsaid = 0;
        ok = keep_closed(q, was);
    }
    ok = ok && keep_deadline(q, was);
    if (!c->since.kept) {
        tell_decision(&t, was);
    }
    if (t.unsaid > 0 && c->since.changes.len > 0) {
        struct str *last = &c->since.changes.at[c->since.changes.len - 1];
        ok = ok && arena_printf(q->arena, last, "%.*s; and %zu more", STR_ARG(*last), t.unsaid);
    }
    c->since.state = merged || c->since.changes.len > 0 ? CASE_CHANGED : CASE_UNCHANGED;
    return ok && !t.failed ? ERR_OK : inquiry_no_memory(q, err);
}
