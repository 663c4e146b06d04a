/*
 * reckon - tell how a case was decided: each item of each event and why it counted or not, the bars,
 * the facts, the walk through the table.
 */
#include "base/buf.h"
#include "model/arithmetic.h"
#include "playbook/case_facts.h"

/* Most events told of a part: the deciding one, then the first in time. */
enum { EVENTS_TOLD_MAX = 12, BARS_MAX = 24, BAR_TEXT_MAX = 300 };

bool inquiry_asked(const struct inquiry *q)
{
    for (size_t i = 0; i < q->judge->explain_count; i++) {
        if (str_starts(q->file->id, q->judge->explain[i])) {
            return true;
        }
    }
    return false;
}

static bool keep(const struct inquiry *q, struct str s, struct str *out)
{
    return arena_dup(q->arena, s, out);
}

/* ---- items ---- */

static bool tell_item(const struct inquiry *q, const struct weighing *w, const struct weighed *it,
                      struct sum_item *out)
{
    *out = (struct sum_item){.item = it->item, .why = STR_EMPTY};
    const struct weighed *top = weighing_strongest(w, it->item.group);
    if (it->explained) {
        out->fate = FATE_EXPLAINED;
        out->why = it->item.explained_by;
    } else if (it->moot) {
        out->fate = FATE_REFUSED;
        out->why = STR("the provider refused it: nothing was changed");
    } else if (it->idle) {
        out->fate = FATE_WEAKER;
        out->why = STR("what it is about is suspicious; owner and approver together hold a case");
    } else if (top != it) {
        out->fate = FATE_WEAKER;
        out->why = top->item.id;
    }
    return keep(q, it->item.text, &out->item.text) && keep(q, it->item.ref, &out->item.ref) &&
           keep(q, it->item.explained_by, &out->item.explained_by) && keep(q, out->why, &out->why);
}

/* ---- bars ---- */

struct bars {
    const struct inquiry *q;
    struct str *at;
    size_t len;
    bool failed;
};

static void bar(struct bars *b, const char *fmt, ...) PRINTF_LIKE(2, 3);

static void bar(struct bars *b, const char *fmt, ...)
{
    if (b->failed || b->len == BARS_MAX) {
        return;
    }
    CLEANUP(buf_free) struct buf text;
    buf_init(&text, 0);
    va_list ap;
    va_start(ap, fmt);
    buf_vprintf(&text, fmt, ap);
    va_end(ap);
    b->failed = text.failed || !keep(b->q, buf_str(&text), &b->at[b->len]);
    b->len++;
}

static void bar_actor(struct bars *b, const struct weighing *w)
{
    const struct actor *a = w->subject->event->actor;
    if (weighing_actor_known(w)) {
        return;
    }
    if (a == NULL) {
        bar(b, "the record names nobody");
    } else if (!a->resolved) {
        bar(b, "the beginning of the session of %.*s is not in the logs: it may be anybody",
            STR_ARG(str_head(a->root, BAR_TEXT_MAX)));
    } else {
        bar(b, "whether %.*s still works here is not known",
            STR_ARG(str_head(a->root, BAR_TEXT_MAX)));
    }
}

static void bar_sources(struct bars *b, const struct weighing *w)
{
    bool any = false;
    for (size_t i = 0; i < w->len; i++) {
        const struct weighed *it = &w->at[i];
        if (!it->item.authorises || it->explained || it->moot) {
            continue;
        }
        any = true;
        unsigned missing = weighing_missing(w, it->def);
        for (unsigned n = 0; n < NEED_MAX_; n++) {
            if ((missing >> n & 1U) != 0) {
                bar(b, "%.*s needs %s, which is %s", STR_ARG(it->item.id),
                    evidence_source_name((enum evidence_source)n),
                    coverage_state_name(w->subject->states[n]));
            }
        }
    }
    if (!any) {
        bar(b, "no item that %s",
            w->part == PART_CHANGE || w->part == PART_USE ? "authorises"
                                                          : "is enough for \"legitimate\"");
    }
}

static bool tell_bars(const struct inquiry *q, const struct weighing *w, struct event_sum *out)
{
    struct bars b = {.q = q, .at = ARENA_ARRAY(q->arena, struct str, BARS_MAX)};
    if (b.at == NULL) {
        return false;
    }
    if (w->verdict != VERDICT_LEGITIMATE) {
        if (w->score > w->book->legitimate) {
            bar(&b, "the sum is above %d", w->book->legitimate);
        }
        bar_sources(&b, w);
        bar_actor(&b, w);
        if (w->subject->event->time_us == TIME_NONE) {
            bar(&b, "the record has no time");
        }
    }
    if (w->subject->watched != NULL) {
        bar(&b, "%.*s is watched (%.*s): suspicious from %+d, and the case is not closed",
            STR_ARG(str_head(w->subject->watched->entity, BAR_TEXT_MAX)),
            STR_ARG(str_head(w->subject->watched->origin, BAR_TEXT_MAX)), weighing_suspicious(w));
    }
    for (size_t i = 0; w->barred && i < w->len; i++) {
        const struct weighed *it = &w->at[i];
        if (!it->explained && !it->moot && it->item.weight_full >= weighing_bar(w)) {
            bar(&b, "nothing explains %.*s (%+d, the bar is %+d)", STR_ARG(it->item.id),
                it->item.weight_full, weighing_bar(w));
        }
    }
    out->bars = b.at;
    out->bar_count = b.len;
    return !b.failed;
}

/* ---- events and parts ---- */

static bool tell_event(const struct inquiry *q, const struct part_result *r,
                       const struct weighing *w, struct event_sum *out)
{
    static const char *const outcomes[] = {"ok", "denied", "failed"};
    const struct event *e = w->subject->event;
    struct sum_item *items = ARENA_ARRAY(q->arena, struct sum_item, w->len + 1);
    *out = (struct event_sum){.time_us = e->time_us,
                              .action = e->action,
                              .outcome = str_of(outcomes[e->outcome]),
                              .record_id = e->record_id,
                              .decides = w == r->worst,
                              .verdict = w->verdict,
                              .score = w->score,
                              .items = items,
                              .item_count = w->len};
    bool ok = items != NULL;
    for (size_t i = 0; ok && i < w->len; i++) {
        ok = tell_item(q, w, &w->at[i], &items[i]);
    }
    return ok && tell_bars(q, w, out);
}

static bool tell_part(const struct inquiry *q, enum part p, struct part_sum *out)
{
    static const struct str names[PART_MAX_] = {STR_INIT("changes"), STR_INIT("use"),
                                                STR_INIT("permissions"), STR_INIT("addresses"),
                                                STR_INIT("traffic")};
    const struct part_result *r = &q->parts[p];
    struct event_sum *events = ARENA_ARRAY(q->arena, struct event_sum, EVENTS_TOLD_MAX);
    size_t n = 0;
    if (events == NULL) {
        return false;
    }
    if (r->worst != NULL && !tell_event(q, r, r->worst, &events[n++])) {
        return false;
    }
    for (size_t i = 0; i < r->len && n < EVENTS_TOLD_MAX; i++) {
        if (&r->all[i] != r->worst && !tell_event(q, r, &r->all[i], &events[n++])) {
            return false;
        }
    }
    *out = (struct part_sum){.question = part_question(p),
                             .part = names[p],
                             .raised = r->raised,
                             .raised_by = str_of(r->raised_why),
                             .verdict = r->verdict,
                             .events = events,
                             .event_count = n,
                             .events_all = r->len};
    const struct finding *f = r->raised_by;
    return f == NULL ||
           arena_printf(q->arena, &out->raised_by, "%.*s %.*s (finding %.*s)",
                        STR_ARG(f->detection->ref), STR_ARG(f->detection->title), STR_ARG(f->id));
}

/* ---- the table ---- */

/* "suspicious", "legitimate or unraised" */
static bool tell_wanted(const struct inquiry *q, enum fact_id id, uint64_t when, struct str *out)
{
    CLEANUP(buf_free) struct buf b;
    buf_init(&b, 0);
    for (unsigned v = 0; v < decision_fact_values(id); v++) {
        if (decision_allows(when, id, v)) {
            buf_printf(&b, "%s%s", b.len > 0 ? " or " : "",
                       decision_value_name(decision_fact_kind(id), v));
        }
    }
    return !b.failed && keep(q, buf_str(&b), out);
}

static bool tell_row(const struct inquiry *q, const struct case_facts *f, size_t i,
                     const struct decision_pick *pick, struct row_walk *out)
{
    const struct decision_row *r = &q->book->table.rows[i];
    enum fact_id fact = FACT_ID_MAX_;
    uint64_t when = 0;
    *out = (struct row_walk){.row = r->id,
                             .text = r->text,
                             .fits = (pick->fits >> i & 1U) != 0,
                             .decides = pick->row == i,
                             .failed = STR_EMPTY};
    if (out->fits) {
        return true;
    }
    if (r->otherwise) {
        out->failed = STR("a row above fits");
        return true;
    }
    struct str wanted;
    return decision_misses(&f->facts, r, &fact, &when) && tell_wanted(q, fact, when, &wanted) &&
           arena_printf(
               q->arena, &out->failed, "%s is %s, not %.*s", decision_fact_name(fact),
               decision_value_name(decision_fact_kind(fact), decision_value(&f->facts, fact)),
               STR_ARG(wanted));
}

static bool tell_table(const struct inquiry *q, struct arithmetic *out)
{
    struct case_facts f = case_facts_of(q);
    struct decision_pick pick = decision_pick(&f.facts, &q->book->table);
    struct fact_value *facts = ARENA_ARRAY(q->arena, struct fact_value, FACT_ID_MAX_);
    struct row_walk *rows = ARENA_ARRAY(q->arena, struct row_walk, q->book->table.count + 1);
    if (facts == NULL || rows == NULL) {
        return false;
    }
    for (unsigned id = 0; id < FACT_ID_MAX_; id++) {
        enum fact_id fact = (enum fact_id)id;
        facts[id] =
            (struct fact_value){.fact = str_of(decision_fact_name(fact)),
                                .value = str_of(decision_value_name(
                                    decision_fact_kind(fact), decision_value(&f.facts, fact))),
                                .doc = str_of(decision_fact_doc(fact))};
    }
    for (size_t i = 0; i < q->book->table.count; i++) {
        if (!tell_row(q, &f, i, &pick, &rows[i])) {
            return false;
        }
    }
    out->facts = facts;
    out->fact_count = FACT_ID_MAX_;
    out->rows = rows;
    out->row_count = q->book->table.count;
    return true;
}

enum err_code inquiry_reckon(struct inquiry *q, struct err *err)
{
    struct arithmetic *out = ARENA_NEW(q->arena, struct arithmetic);
    struct part_sum *parts = ARENA_ARRAY(q->arena, struct part_sum, PART_MAX_);
    bool ok = out != NULL && parts != NULL;
    for (unsigned p = 0; ok && p < PART_MAX_; p++) {
        ok = tell_part(q, (enum part)p, &parts[p]);
    }
    ok = ok && tell_table(q, out) && inquiry_what_if(q, out);
    if (!ok) {
        return inquiry_no_memory(q, err);
    }
    out->suspicious = q->book->suspicious;
    out->legitimate = q->book->legitimate;
    out->bar = q->book->bar;
    out->parts = parts;
    out->part_count = PART_MAX_;
    q->file->arithmetic = out;
    return ERR_OK;
}
