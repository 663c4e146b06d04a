/*
 * answers - from weighed events to the four answers.
 */
#include "base/buf.h"
#include "playbook/inquiry.h"

enum { OTHER_ITEMS_MAX = 8 };

/* ---- weighing ---- */

/* All that spoke against this event is explained, and nothing is left to answer here. */
static bool is_settled(const struct weighing *w)
{
    for (size_t i = 0; i < w->len; i++) {
        if (!w->at[i].explained) {
            return false;
        }
    }
    return w->len > 0;
}

/* Suspicious before unknown before legitimate; then the higher score, then the earlier event. */
static bool is_worse(const struct weighing *a, const struct weighing *b)
{
    static const int rank[] = {
        [VERDICT_UNKNOWN] = 1, [VERDICT_LEGITIMATE] = 0, [VERDICT_SUSPICIOUS] = 2};
    if (is_settled(a) != is_settled(b)) {
        return is_settled(b);
    }
    if (a->verdict != b->verdict) {
        return rank[a->verdict] > rank[b->verdict];
    }
    if (a->hard != b->hard) {
        return a->hard;
    }
    return a->score > b->score;
}

static bool weigh_part(struct inquiry *q, enum part p)
{
    struct part_result *r = &q->parts[p];
    r->all = ARENA_ARRAY(&q->scratch, struct weighing, q->subject_count + 1);
    if (r->all == NULL) {
        return false;
    }
    for (size_t i = 0; i < q->subject_count; i++) {
        if (!subject_has_part(&q->subjects[i], p)) {
            continue;
        }
        struct weighing *w = &r->all[r->len++];
        weighing_init(w, q->book, &q->subjects[i], p, &q->scratch);
        weighing_collect(w);
        weighing_sum(w);
        if (w->failed) {
            return false;
        }
        if (r->worst == NULL || is_worse(w, r->worst)) {
            r->worst = w;
        }
    }
    r->verdict = r->worst == NULL ? VERDICT_UNKNOWN : r->worst->verdict;
    return true;
}

/* Of a sequence, what changes something must be explained, each of it; the calls, logins and reads
 * between the changes have no record that could. */
bool inquiry_explained(const struct inquiry *q, const struct finding *f)
{
    size_t explained = 0;
    for (size_t i = 0; i < f->events.len; i++) {
        const struct subject *s = inquiry_subject(q, f->events.at[i]);
        if (s != NULL && detection_is_sequence(f->detection) && !subject_is_change(s)) {
            continue;
        }
        if (s == NULL || !finding_explained_at(q->book, f, s)) {
            return false;
        }
        explained++;
    }
    return explained > 0;
}

enum severity inquiry_severity(const struct inquiry *q, const struct finding *f)
{
    bool missing_record = str_eq(f->detection->ref, STR("D03"));
    if (missing_record && !env_change_required(&q->judge->context->env, f->account)) {
        return SEVERITY_MEDIUM;
    }
    return f->severity;
}

/* ---- raised ---- */

/* Weighings stand in the order of the subjects. */
static const struct weighing *weighing_of(const struct part_result *r, const struct subject *s)
{
    size_t low = 0;
    size_t high = r->len;
    while (low < high) {
        size_t mid = low + (high - low) / 2;
        if (r->all[mid].subject < s) {
            low = mid + 1;
        } else {
            high = mid;
        }
    }
    return low < r->len && r->all[low].subject == s ? &r->all[low] : NULL;
}

/* The answer about this very event is "legitimate". */
static bool is_answered(const struct inquiry *q, enum part p, const struct event *e)
{
    const struct subject *s = inquiry_subject(q, e);
    const struct weighing *w =
        s == NULL || !subject_has_part(s, p) ? NULL : weighing_of(&q->parts[p], s);
    return w != NULL && w->verdict == VERDICT_LEGITIMATE;
}

/* Everything in it that changes something is explained by what also answers its question. */
static bool finding_is_settled(const struct inquiry *q, const struct finding *f)
{
    enum part p = f->detection->question == Q2 ? PART_PERMISSIONS : PART_CHANGE;
    bool asks = f->detection->question == Q1 || f->detection->question == Q2;
    bool settled = asks && inquiry_explained(q, f);
    for (size_t i = 0; settled && i < f->events.len; i++) {
        const struct subject *s = inquiry_subject(q, f->events.at[i]);
        settled = s != NULL && (!subject_is_change(s) || is_answered(q, p, f->events.at[i]));
    }
    return settled;
}

void inquiry_settle(const struct inquiry *q)
{
    for (size_t i = 0; !q->file->decision.escalate && i < q->file->findings.len; i++) {
        struct finding *f = q->file->findings.at[i];
        f->explained = finding_is_settled(q, f);
    }
}

/* A finding puts its question unless it is explained; explained by what also answers the question
 * (an approved change), it was put and is answered. */
static bool finding_raises(const struct inquiry *q, enum part p, const struct finding *f)
{
    const struct part_result *r = &q->parts[p];
    if (f->detection->question != part_question(p)) {
        return false;
    }
    bool here = false;
    bool authorised = false;
    for (size_t i = 0; i < f->events.len && !(here && authorised); i++) {
        const struct subject *s = inquiry_subject(q, f->events.at[i]);
        if (s != NULL && subject_has_part(s, p)) {
            const struct weighing *w = weighing_of(r, s);
            here = true;
            authorised |= w != NULL && w->authorised;
        }
    }
    return here && (authorised || !inquiry_explained(q, f));
}

/* Where no record is required, a change alone is no question: it takes a serious finding or
 * something in its nature. */
static bool change_is_ordinary(const struct inquiry *q)
{
    const struct part_result *r = &q->parts[PART_CHANGE];
    for (size_t i = 0; i < r->len; i++) {
        const struct weighing *w = &r->all[i];
        if (w->subject->change_required || w->authorised ||
            w->subject->states[NEED_CHANGES] < COVERAGE_PARTIAL) {
            return false;
        }
        for (size_t k = 0; k < w->subject->finding_count; k++) {
            if (inquiry_severity(q, w->subject->findings[k]) >= SEVERITY_HIGH) {
                return false;
            }
        }
        for (size_t k = 0; k < w->len; k++) {
            if (str_eq(w->at[k].item.group, STR("nature")) && w->at[k].item.weight_full > 0) {
                return false;
            }
        }
    }
    return true;
}

/* What a person's record says weighs enough to ask by itself: a leaver, a break-glass account. */
static bool asks_by_itself(const struct inquiry *q, const struct part_result *r)
{
    for (size_t i = 0; i < r->len; i++) {
        const struct weighing *w = &r->all[i];
        for (size_t k = 0; k < w->len; k++) {
            const struct weighed *it = &w->at[k];
            int raises = w->subject->watched != NULL ? q->book->watched.raises : q->book->raises;
            if (!it->explained && !it->moot && (it->item.hard || it->item.weight_full >= raises)) {
                return true;
            }
        }
    }
    return false;
}

static void put_question(const struct inquiry *q, enum part p, struct part_result *r)
{
    r->raised = false;
    r->raised_by = NULL;
    r->raised_why = "nothing of the case belongs to it";
    if (r->len == 0) {
        return;
    }
    r->raised = p == PART_ADDRESSES || asks_by_itself(q, r);
    if (r->raised) {
        r->raised_why = p == PART_ADDRESSES
                            ? "every address in the evidence puts it"
                            : "an item that nothing explains weighs enough to put it by itself";
        return;
    }
    r->raised_why = "no finding puts it, or what puts it is explained";
    if (p == PART_CHANGE && change_is_ordinary(q)) {
        r->raised_why = "a change without a serious finding, where no record is required";
        return;
    }
    for (size_t i = 0; !r->raised && i < q->file->findings.len; i++) {
        if (finding_raises(q, p, q->file->findings.at[i])) {
            r->raised = true;
            r->raised_by = q->file->findings.at[i];
            r->raised_why = "a finding puts it";
        }
    }
}

enum err_code inquiry_weigh(struct inquiry *q, struct err *err)
{
    for (unsigned p = 0; p < PART_MAX_; p++) {
        if (!weigh_part(q, (enum part)p)) {
            return inquiry_no_memory(q, err);
        }
    }
    for (unsigned p = 0; p < PART_MAX_; p++) {
        put_question(q, (enum part)p, &q->parts[p]);
    }
    return ERR_OK;
}

/* ---- telling ---- */

static bool keep_item(const struct inquiry *q, struct answer *a, const struct item *from)
{
    struct item it = *from;
    if (!arena_dup(q->arena, from->text, &it.text) || !arena_dup(q->arena, from->ref, &it.ref) ||
        !arena_dup(q->arena, from->explained_by, &it.explained_by)) {
        return false;
    }
    return from->weight_full < 0 ? VEC_PUSH(&a->against, it) : VEC_PUSH(&a->items, it);
}

static bool has_item(const struct answer *a, const struct item *it)
{
    for (size_t i = 0; i < a->items.len; i++) {
        if (str_eq(a->items.at[i].id, it->id)) {
            return true;
        }
    }
    return false;
}

/* What other events add, so that the reader sees all that speaks against the case. It counts
 * nothing: an answer is that of its worst event. */
static bool keep_others(const struct inquiry *q, struct answer *a, const struct part_result *r)
{
    size_t kept = 0;
    for (size_t i = 0; i < r->len && kept < OTHER_ITEMS_MAX; i++) {
        for (size_t k = 0; k < r->all[i].len && kept < OTHER_ITEMS_MAX; k++) {
            struct item it = r->all[i].at[k].item;
            if (it.weight <= 0 || has_item(a, &it)) {
                continue;
            }
            it.weight = 0;
            if (!arena_printf(q->arena, &it.text, "%.*s (another event: %.*s)", STR_ARG(it.text),
                              STR_ARG(r->all[i].subject->event->action)) ||
                !keep_item(q, a, &it)) {
                return false;
            }
            kept++;
        }
    }
    return true;
}

/* Something that counts against it rests on a source that is not whole: the record that is missed may
 * be one that could not be read. */
static bool rests_on_gaps(const struct weighing *w)
{
    for (size_t i = 0; i < w->len; i++) {
        for (unsigned n = 0; w->at[i].item.weight > 0 && n < NEED_MAX_; n++) {
            if ((w->at[i].def->needs >> n & 1U) != 0 && n != NEED_LOGS &&
                w->subject->states[n] < COVERAGE_PRESENT) {
                return true;
            }
        }
    }
    return false;
}

/* Never more than the coverage allows. */
static enum strength strength_of(const struct inquiry *q, const struct weighing *w)
{
    enum strength s = STRENGTH_WEAK;
    if (w->verdict == VERDICT_SUSPICIOUS) {
        int margin = w->score - weighing_suspicious(w);
        s = w->hard || margin >= 6 ? STRENGTH_STRONG
            : margin >= 3          ? STRENGTH_MODERATE
                                   : STRENGTH_WEAK;
        return s == STRENGTH_STRONG && !w->hard && rests_on_gaps(w) ? STRENGTH_MODERATE : s;
    }
    if (w->verdict == VERDICT_LEGITIMATE) {
        s = q->book->legitimate - w->score >= 5 ? STRENGTH_STRONG : STRENGTH_MODERATE;
        unsigned wanted = q->book->question_sources[part_question(w->part)];
        unsigned missing = 0;
        for (unsigned n = 0; n < NEED_MAX_; n++) {
            missing += (wanted >> n & 1U) != 0 && q->states[n] != COVERAGE_PRESENT;
        }
        if (q->states[NEED_LOGS] != COVERAGE_PRESENT) {
            s = STRENGTH_WEAK;
        } else if (missing > 0 && s == STRENGTH_STRONG) {
            s = STRENGTH_MODERATE;
        }
    }
    return s;
}

static const struct part_result *worse_part(const struct part_result *a,
                                            const struct part_result *b)
{
    if (!a->raised || !b->raised) {
        return b->raised ? b : a;
    }
    return is_worse(b->worst, a->worst) ? b : a;
}

static bool cover_answer(const struct inquiry *q, struct answer *a)
{
    unsigned wanted = q->book->question_sources[a->question];
    for (unsigned n = 0; n < NEED_MAX_; n++) {
        if ((wanted >> n & 1U) != 0 && !VEC_PUSH(&a->coverage, q->coverage[n])) {
            return false;
        }
        if (n == NEED_LOGS && a->question == Q1 && q->people_signed_in &&
            !VEC_PUSH(&a->coverage, q->sign_ins)) {
            return false;
        }
        for (size_t i = 0; n == NEED_LOGS && (wanted >> n & 1U) != 0 && i < q->other_log_count;
             i++) {
            if (!VEC_PUSH(&a->coverage, q->other_logs[i])) {
                return false;
            }
        }
    }
    return true;
}

enum err_code inquiry_answer(struct inquiry *q, struct err *err)
{
    for (unsigned i = 0; i < QUESTION_MAX_; i++) {
        struct answer *a = &q->file->answers[i];
        const struct part_result *r = i == Q1
                                          ? worse_part(&q->parts[PART_CHANGE], &q->parts[PART_USE])
                                      : i == Q2 ? &q->parts[PART_PERMISSIONS]
                                      : i == Q3 ? &q->parts[PART_ADDRESSES]
                                                : &q->parts[PART_TRAFFIC];
        a->question = (enum question)i;
        a->raised = r->raised;
        bool ok = cover_answer(q, a);
        if (r->raised) {
            a->verdict = r->verdict;
            a->score = r->worst->score;
            a->strength = strength_of(q, r->worst);
            for (size_t k = 0; ok && k < r->worst->len; k++) {
                ok = keep_item(q, a, &r->worst->at[k].item);
            }
            ok = ok && keep_others(q, a, r) && answer_would_change(q, r, a);
        }
        if (!ok) {
            return inquiry_no_memory(q, err);
        }
    }
    return ERR_OK;
}
