/*
 * words - what people said about the case (--attest): whose word counts, and when two of them make it
 * attested.
 */
#include "playbook/inquiry.h"

/* ---- whose word counts ---- */

static bool same_person(const struct context *c, const struct actor *a, struct str who,
                        const struct person *p)
{
    const struct person *acted = context_person(c, a);
    bool same = str_ieq(a->root, who) || (acted != NULL && acted == p);
    for (size_t i = 0; !same && acted != NULL && i < acted->other_ids.len; i++) {
        same = str_ieq(acted->other_ids.at[i], who);
    }
    return same || (acted != NULL && (str_ieq(acted->id, who) || str_ieq(acted->name, who)));
}

static bool acted(const struct inquiry *q, struct str who, const struct person *p)
{
    for (size_t i = 0; i < q->file->actors.len; i++) {
        if (same_person(q->judge->context, q->file->actors.at[i], who, p)) {
            return true;
        }
    }
    return false;
}

/* "slack dana.k", "mail from dana@example.com": letters, digits and what accounts are written with. */
static bool names_account(struct str channel, struct str account)
{
    return account.len > 2 && str_has_word(channel, account, "._-+@");
}

/* The word came through an account of somebody who acted: whoever has the account has the word. */
static bool through_suspect(const struct inquiry *q, struct str channel)
{
    for (size_t i = 0; i < q->file->actors.len; i++) {
        const struct actor *a = q->file->actors.at[i];
        const struct person *p = context_person(q->judge->context, a);
        struct str login = a->root;
        struct str head;
        bool named = names_account(channel, a->root) ||
                     (str_cut(&login, '@', &head) && names_account(channel, head));
        named = named ||
                (p != NULL && (names_account(channel, p->id) || names_account(channel, p->name)));
        for (size_t k = 0; !named && p != NULL && k < p->other_ids.len; k++) {
            named = names_account(channel, p->other_ids.at[k]);
        }
        if (named) {
            return true;
        }
    }
    return false;
}

static bool works_here(const struct person *p, int64_t at_us)
{
    return p->status != PERSON_TERMINATED && p->status != PERSON_INACTIVE &&
           (p->terminated_us == TIME_NONE || at_us < p->terminated_us);
}

static const char *refusal(const struct inquiry *q, const struct attestation *a,
                           const struct person *p)
{
    int64_t until = q->judge->until_us != TIME_NONE ? q->judge->until_us : q->file->last_us;
    if (until != TIME_NONE && until >= a->expires_us) {
        return "it has expired";
    }
    if (acted(q, a->who, p)) {
        return "who says it acted in the case";
    }
    if (through_suspect(q, a->channel)) {
        return "it came through an account of somebody who acted in the case";
    }
    if (q->states[NEED_PEOPLE] < COVERAGE_PARTIAL) {
        return "--people is not given: who that is cannot be said";
    }
    if (p == NULL) {
        return "--people has nobody of that name";
    }
    if (!works_here(p, a->at_us != TIME_NONE ? a->at_us : until)) {
        return "who says it does not work here";
    }
    if (a->at_us != TIME_NONE && q->file->last_us != TIME_NONE && a->at_us < q->file->last_us) {
        return "it is older than the last event of the case";
    }
    return NULL;
}

/* ---- in which role ---- */

static bool is_approver(const struct inquiry *q, const struct person *p)
{
    for (size_t i = 0; i < q->subject_count; i++) {
        const struct change_match *m = q->subjects[i].match;
        if (m != NULL && m->class == MATCH_M4 && m->change != NULL &&
            context_person_named(q->judge->context, m->change->approver) == p) {
            return true;
        }
    }
    return false;
}

static bool is_owner(const struct inquiry *q, const struct person *p, int64_t at_us)
{
    const struct context *c = q->judge->context;
    for (size_t i = 0; i < c->projects.len; i++) {
        const struct project *pr = &c->projects.at[i];
        bool now = (pr->from_us == TIME_NONE || at_us >= pr->from_us) &&
                   (pr->to_us == TIME_NONE || at_us < pr->to_us);
        if (now && project_has_member(pr, p, p->name) && inquiry_owns_any(q, pr)) {
            return true;
        }
    }
    return false;
}

static const char *role_of(const struct inquiry *q, const struct person *p)
{
    if (p == NULL) {
        return "";
    }
    return is_approver(q, p) ? "approver" : is_owner(q, p, q->file->last_us) ? "owner" : "";
}

bool gather_words(struct inquiry *q)
{
    const struct context *c = q->judge->context;
    struct case_file *file = q->file;
    for (size_t i = 0; i < c->attestations.len; i++) {
        const struct attestation *a = &c->attestations.at[i];
        if (!str_starts(file->id, a->case_id)) {
            continue;
        }
        const struct person *p = context_person_named(c, a->who);
        struct word w = {.question = a->question,
                         .legitimate = a->legitimate,
                         .who = a->who,
                         .channel = a->channel,
                         .text = a->text,
                         .origin = a->origin,
                         .at_us = a->at_us,
                         .expires_us = a->expires_us,
                         .role = role_of(q, p),
                         .refused = refusal(q, a, p)};
        if (!VEC_PUSH(&file->words, w)) {
            return false;
        }
    }
    for (size_t i = 0; i < q->subject_count; i++) {
        q->subjects[i].words = file->words.at;
        q->subjects[i].word_count = file->words.len;
    }
    return true;
}

/* ---- attested ---- */

/* Nothing explains what is hard, nor a layer, grant or trust that the record does not name. */
static bool can_be_explained(const struct weighed *it)
{
    return !it->item.hard && (it->def->explained_by & 1U << EXPLAIN_NAMED) == 0;
}

static bool all_explainable(const struct part_result *r)
{
    for (size_t i = 0; i < r->len; i++) {
        const struct weighing *w = &r->all[i];
        for (size_t k = 0; w->verdict == VERDICT_SUSPICIOUS && k < w->len; k++) {
            const struct weighed *it = &w->at[k];
            if (!it->explained && !it->moot && it->item.weight_full > 0 && !can_be_explained(it)) {
                return false;
            }
        }
    }
    return true;
}

static bool vouched(const struct inquiry *q, enum question question, const char *role)
{
    for (size_t i = 0; i < q->file->words.len; i++) {
        const struct word *w = &q->file->words.at[i];
        if (w->question == question && w->legitimate && w->refused == NULL &&
            str_eq(str_of(w->role), str_of(role))) {
            return true;
        }
    }
    return false;
}

/* Records of class M4 cover every change that succeeded, and there is one. */
static bool all_covered(const struct inquiry *q)
{
    bool any = false;
    for (size_t i = 0; i < q->subject_count; i++) {
        const struct subject *s = &q->subjects[i];
        if (!subject_is_change(s) || !subject_succeeded(s)) {
            continue;
        }
        if (s->match == NULL || s->match->class != MATCH_M4) {
            return false;
        }
        any = true;
    }
    return any;
}

bool inquiry_attested(const struct inquiry *q)
{
    bool suspicious = false;
    if (q->file->words.len == 0 || !all_covered(q)) {
        return false;
    }
    for (unsigned p = 0; p < PART_MAX_; p++) {
        const struct part_result *r = &q->parts[p];
        if (!r->raised || r->verdict != VERDICT_SUSPICIOUS) {
            continue;
        }
        suspicious = true;
        enum question question = part_question((enum part)p);
        if (!all_explainable(r) || !vouched(q, question, "owner") ||
            !vouched(q, question, "approver")) {
            return false;
        }
    }
    return suspicious;
}
