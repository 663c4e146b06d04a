/*
 * decide - the row of a case, with its reason, deadline and what could not be seen.
 */
#include "base/buf.h"
#include "base/utf8.h"
#include "playbook/case_facts.h"

/* Names in a log may be long; a sentence must stay one. */
enum { REASON_BYTES_MAX = 2000 };

static void join(struct buf *b, struct str text)
{
    if (text.len == 0) {
        return;
    }
    if (b->len > 0) {
        buf_add_cstr(b, "; ");
    }
    buf_add(b, text);
}

static void join_top(struct buf *b, const struct part_result *r, enum verdict verdict)
{
    if (!r->raised || r->verdict != verdict) {
        return;
    }
    const struct weighed *top = weighing_top(r->worst, verdict == VERDICT_LEGITIMATE);
    if (top != NULL) {
        join(b, top->item.text);
    }
}

static void join_finding(struct buf *b, const char *why, const struct finding *f)
{
    if (f == NULL) {
        return;
    }
    if (b->len > 0) {
        buf_add_cstr(b, "; ");
    }
    buf_printf(b, "%s%.*s", why, STR_ARG(f->detection->title));
}

/* What is missing first: an open answer, then what forbids closing. */
static void tell_open(const struct inquiry *q, const struct case_facts *f, struct buf *b)
{
    for (unsigned i = 0; i < QUESTION_MAX_; i++) {
        const struct answer *a = &q->file->answers[i];
        if (a->raised && a->verdict == VERDICT_UNKNOWN) {
            if (b->len > 0) {
                buf_add_cstr(b, "; ");
            }
            buf_printf(b, "Q%u is open: %.*s", i + 1, STR_ARG(a->would_change));
        }
    }
    if (f->facts.logging != LOGGING_KEPT) {
        join_finding(b, "logging was touched: ", f->logging);
    }
    if (f->facts.bar == BAR_HIGH) {
        join_finding(b, "nothing explains: ", f->bar);
    } else if (f->facts.bar == BAR_STRAY) {
        join_finding(b, "no answer covers: ", f->bar);
    }
    if (f->watched != NULL) {
        char until[TIME_TEXT_MAX];
        time_format(f->watched->until_us, until);
        buf_printf(b, "%s%.*s is watched until %s", b->len > 0 ? "; " : "",
                   STR_ARG(str_head(f->watched->entity, 200)), until);
    }
    bool waits;
    const struct event *pending = inquiry_pending(q, &waits);
    if (pending != NULL && !waits) {
        if (b->len > 0) {
            buf_add_cstr(b, "; ");
        }
        buf_printf(b, "%.*s of %.*s has begun, and its end is not in the logs",
                   STR_ARG(pending->action), STR_ARG(pending->function.name));
    } else if (f->facts.sources == SOURCES_MISSING) {
        join(b, q->begins_early ? STR("the logs begin less than an hour before the case")
                                : STR("a source that the answers rest on is not complete"));
    }
    if (b->len == 0) {
        join(b, STR("no question was put, and nothing authorises it"));
    }
}

static void tell_reason(const struct inquiry *q, const struct case_facts *f,
                        const struct decision_row *r, struct buf *b)
{
    if (str_eq(r->action, STR("close")) || str_eq(r->action, STR("close-pending"))) {
        for (unsigned p = 0; p < PART_MAX_; p++) {
            join_top(b, &q->parts[p], VERDICT_LEGITIMATE);
        }
        if (b->len == 0) {
            join(b, STR("a registered process explains all of it"));
        }
        return;
    }
    if (r->otherwise) {
        tell_open(q, f, b);
        return;
    }
    /* The address first when it decides, else the order of the questions. */
    if (f->facts.t == ANSWER_SUSPICIOUS) {
        join_top(b, &q->parts[PART_ADDRESSES], VERDICT_SUSPICIOUS);
    }
    for (unsigned p = 0; p < PART_MAX_; p++) {
        if (p != PART_ADDRESSES) {
            join_top(b, &q->parts[p], VERDICT_SUSPICIOUS);
        }
    }
    join_finding(b, "", f->chain);
    if (f->facts.logging == LOGGING_OFF && f->logging != f->chain) {
        join_finding(b, "", f->logging);
    }
    if (b->len == 0) {
        join(b, r->text);
    }
}

static bool make_reason(const struct inquiry *q, const struct case_facts *f,
                        const struct decision_row *r, struct str *out)
{
    CLEANUP(buf_free) struct buf b;
    CLEANUP(buf_free) struct buf all;
    buf_init(&b, 0);
    buf_init(&all, 0);
    tell_reason(q, f, r, &b);
    if (!r->otherwise) { /* "everything else" says nothing about this case */
        buf_printf(&all, "%.*s: ", STR_ARG(r->text));
    }
    buf_add(&all, utf8_head(buf_str(&b), REASON_BYTES_MAX));
    if (f->exercise != NULL) {
        buf_printf(&all, "; claims exercise %.*s, confirm with %.*s", STR_ARG(f->exercise->name),
                   STR_ARG(f->exercise->contact));
    }
    if (r->then == THEN_T2 || (r->then == THEN_T2_JEWEL && f->jewel)) {
        buf_add_cstr(&all, "; to T2 (P3) when the deadline passes");
    }
    return !all.failed && arena_dup(q->arena, buf_str(&all), out);
}

/* ---- not seen ---- */

/* What of this provider would have told who called. */
static const char *missing_calls(struct str provider)
{
    if (str_eq(provider, STR("cloudflare"))) {
        return "no trace events or edge requests of account";
    }
    return str_eq(provider, STR("gcp")) ? "no request logs of project"
                                        : "Lambda data events absent in account";
}

static bool add_unseen_calls(const struct inquiry *q, struct decision *d)
{
    const struct case_file *c = q->file;
    for (size_t i = 0; i < c->functions.len; i++) {
        struct str account = c->functions.at[i].account;
        bool told = history_logs_calls(q->history, account);
        for (size_t k = 0; !told && k < i; k++) {
            told = str_eq(c->functions.at[k].account, account);
        }
        struct str text;
        if (!told && (!arena_printf(q->arena, &text, "invocations not logged (%s %.*s)",
                                    missing_calls(c->functions.at[i].provider), STR_ARG(account)) ||
                      !VEC_PUSH(&d->not_seen, text))) {
            return false;
        }
    }
    return true;
}

/* What a function outside a network sends leaves through the provider: no log of ours has it. */
static bool add_unseen_egress(const struct inquiry *q, struct decision *d)
{
    const struct case_file *c = q->file;
    for (size_t i = 0; q->judge->inventory != NULL && i < c->functions.len; i++) {
        const struct function *f = inventory_find(q->judge->inventory, &c->functions.at[i]);
        struct str text;
        if (f == NULL || !f->now.vpc_known || f->now.subnets.len > 0) {
            continue;
        }
        if (!arena_printf(q->arena, &text, "egress of %.*s not observable: it is outside a network",
                          STR_ARG(f->key.name)) ||
            !VEC_PUSH(&d->not_seen, text)) {
            return false;
        }
    }
    return true;
}

static bool add_not_seen(const struct inquiry *q, struct decision *d)
{
    static const struct {
        enum evidence_source source;
        struct str text;
    } rows[] = {
        {NEED_CHANGES, STR_INIT("change records (--changes)")},
        {NEED_PEOPLE, STR_INIT("people (--people)")},
        {NEED_INTEL, STR_INIT("bad addresses (--intel)")},
        {NEED_ALERTS, STR_INIT("alerts and incidents (--alerts)")},
        {NEED_BUILDS, STR_INIT("what CI built (--builds)")},
        {NEED_IAM, STR_INIT("effective permissions")},
        {NEED_BASELINE, STR_INIT("what was usual")},
        {NEED_NETWORK, STR_INIT("network traffic")},
    };
    bool ok = add_unseen_calls(q, d);
    if (ok && q->people_signed_in && q->sign_ins.state == COVERAGE_ABSENT) {
        ok = VEC_PUSH(&d->not_seen, STR("sign-ins at the identity provider"));
    }
    for (size_t i = 0; ok && i < ARRAY_LEN(rows); i++) {
        if (q->states[rows[i].source] == COVERAGE_ABSENT) {
            ok = VEC_PUSH(&d->not_seen, rows[i].text);
        }
    }
    return ok && add_unseen_egress(q, d);
}

/* ---- deadline ---- */

static int64_t due_of(const struct inquiry *q, const struct decision_row *r, int priority)
{
    int64_t until = q->judge->until_us;
    if (priority <= 0 || priority > 4 || until == TIME_NONE) {
        return TIME_NONE;
    }
    int minutes = q->book->deadline_min[priority];
    if (r->due_min != 0 && r->due_min < minutes) {
        minutes = r->due_min;
    }
    return until + minutes * TIME_MINUTE_US;
}

/* One close in twenty is looked at again, so that what closes wrongly is found. The id is a hash: who
 * acts cannot choose whether. */
static bool is_for_review(const struct case_file *c, const struct decision *d)
{
    unsigned sum = 0;
    for (size_t i = 0; i < c->id.len; i++) {
        sum = (sum * 31 + (unsigned char)c->id.ptr[i]) % 100003;
    }
    return str_eq(d->action, STR("close")) && sum % 20 == 0;
}

enum err_code inquiry_decide(struct inquiry *q, struct err *err)
{
    struct case_facts f = case_facts_of(q);
    struct decision *d = &q->file->decision;
    struct decision_pick pick = decision_pick(&f.facts, &q->book->table);
    const struct decision_row *r = &q->book->table.rows[pick.row];
    d->row = r->id;
    d->action = r->action;
    d->escalate = str_eq(r->action, STR("escalate"));
    d->to = r->to;
    d->priority = pick.priority;
    d->due_us = due_of(q, r, pick.priority);
    d->clause = r->clause;
    /* Containment of an exercise is for the people who run it. */
    d->contain = pick.contain && f.exercise == NULL;
    d->review = is_for_review(q->file, d);
    bool ok = make_reason(q, &f, r, &d->reason) && add_not_seen(q, d);
    for (size_t i = 0; ok && i < q->book->table.count; i++) {
        if ((pick.fits >> i & 1U) != 0) {
            ok = VEC_PUSH(&d->rows, q->book->table.rows[i].id);
        }
    }
    return ok ? ERR_OK : inquiry_no_memory(q, err);
}
