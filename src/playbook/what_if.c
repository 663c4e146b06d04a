/*
 * what_if - judge a case again with one thing otherwise: the record that is missing, the file that
 * was not given, the finding that is a mistake. What comes out is what would change the answers.
 */
#include "base/buf.h"
#include "base/utf8.h"
#include "model/arithmetic.h"
#include "playbook/case_facts.h"

enum { IFS_MAX = 48, FINDINGS_TRIED_MAX = 12, TEXT_MAX = 600 };

/* One supposition; `n` picks a source or a finding. False: it does not differ from what is. */
struct supposition {
    bool (*suppose)(struct inquiry *q, unsigned n);
    struct str (*tell)(const struct inquiry *q, unsigned n);
    unsigned count;
};

/* What was changed for a supposition, to be put back. */
struct kept {
    struct subject *subjects;
    enum coverage_state states[NEED_MAX_];
    struct finding **findings;
    size_t finding_count;
};

/* What is supposed instead; they live as long as the trying. */
static const struct process any_process = {.process = STR_INIT("supposed")};
static const struct build any_build = {.commit = STR_INIT("supposed")};

/* ---- suppositions ---- */

static bool suppose_record(struct inquiry *q, unsigned n)
{
    (void)n;
    static const struct change_match named = {.class = MATCH_M4, .names_nature = true};
    bool any = false;
    for (size_t i = 0; i < q->subject_count; i++) {
        struct subject *s = &q->subjects[i];
        if (subject_is_change(s) && !(subject_approved(s) && s->match->names_nature)) {
            s->match = &named;
            any = true;
        }
    }
    q->states[NEED_CHANGES] = COVERAGE_PRESENT;
    return any;
}

static struct str tell_record(const struct inquiry *q, unsigned n)
{
    (void)q;
    (void)n;
    return STR("an approved change record (M4) named what was done and who does it");
}

static bool suppose_build(struct inquiry *q, unsigned n)
{
    (void)n;
    bool any = false;
    for (size_t i = 0; i < q->subject_count; i++) {
        struct subject *s = &q->subjects[i];
        const struct actor *a = s->event->actor;
        if (subject_is_change(s) && a != NULL && a->pipeline && !s->pipeline_proved) {
            s->pipeline_proved = true;
            s->build = &any_build;
            any = true;
        }
    }
    q->states[NEED_BUILDS] = COVERAGE_PRESENT;
    return any;
}

static struct str tell_build(const struct inquiry *q, unsigned n)
{
    (void)q;
    (void)n;
    return STR("CI had built the code from a reviewed commit on a protected branch");
}

static bool suppose_process(struct inquiry *q, unsigned n)
{
    (void)n;
    bool any = false;
    for (size_t i = 0; i < q->subject_count; i++) {
        struct subject *s = &q->subjects[i];
        if ((s->event->kind == EVENT_INVOKE || s->event->kind == EVENT_TRAFFIC ||
             s->event->kind == EVENT_RATE) &&
            s->process == NULL) {
            s->process = &any_process;
            any = true;
        }
    }
    q->states[NEED_PROCESSES] = COVERAGE_PRESENT;
    return any;
}

static struct str tell_process(const struct inquiry *q, unsigned n)
{
    (void)q;
    (void)n;
    return STR("a registered process explained caller, time and rate");
}

static bool suppose_public(struct inquiry *q, unsigned n)
{
    (void)n;
    bool any = false;
    for (size_t i = 0; i < q->subject_count; i++) {
        struct subject *s = &q->subjects[i];
        any |= s->event->function.name.len > 0 && !s->public_function;
        s->public_function = true;
    }
    return any;
}

static struct str tell_public(const struct inquiry *q, unsigned n)
{
    (void)q;
    (void)n;
    return STR("the function were approved as public");
}

static bool suppose_source(struct inquiry *q, unsigned n)
{
    bool any = q->states[n] != COVERAGE_PRESENT;
    q->states[n] = COVERAGE_PRESENT;
    if (n == NEED_LOGS) {
        q->begins_early = q->ends_late = false;
    }
    return any;
}

static struct str tell_source(const struct inquiry *q, unsigned n)
{
    struct str text = STR("a source were there and said nothing about it");
    const char *name = evidence_source_name((enum evidence_source)n);
    if (n == NEED_LOGS) {
        return STR("the logs were complete from an hour before the case to an hour after");
    }
    if (!arena_printf(q->arena, &text, "%s were complete and said nothing about it", name)) {
        return STR("a source were there and said nothing about it");
    }
    return text;
}

static bool suppose_session(struct inquiry *q, unsigned n)
{
    (void)n;
    bool any = false;
    for (size_t i = 0; i < q->subject_count; i++) {
        struct subject *s = &q->subjects[i];
        const struct actor *a = s->event->actor;
        if (a == NULL || a->resolved) {
            continue;
        }
        struct actor *known = ARENA_NEW(&q->scratch, struct actor);
        struct event *e = ARENA_NEW(&q->scratch, struct event);
        if (known == NULL || e == NULL) {
            return false;
        }
        *known = *a;
        known->resolved = true;
        *e = *s->event;
        e->actor = known;
        s->event = e;
        gather_who(q, s); /* now it is known who that is */
        any = true;
    }
    return any;
}

static struct str tell_session(const struct inquiry *q, unsigned n)
{
    (void)q;
    (void)n;
    return STR("the logs held the beginning of the session");
}

static bool suppose_unlisted(struct inquiry *q, unsigned n)
{
    (void)n;
    bool any = false;
    for (size_t i = 0; i < q->subject_count; i++) {
        struct subject *s = &q->subjects[i];
        struct subject_address *copy =
            ARENA_ARRAY(&q->scratch, struct subject_address, s->address_count + 1);
        if (copy == NULL) {
            return false;
        }
        for (size_t k = 0; k < s->address_count; k++) {
            copy[k] = s->addresses[k];
            any |= copy[k].hit != NULL;
            copy[k].hit = NULL;
        }
        s->addresses = copy;
    }
    return any;
}

static struct str tell_unlisted(const struct inquiry *q, unsigned n)
{
    (void)q;
    (void)n;
    return STR("the feeds took back what they say of its addresses");
}

static bool suppose_no_finding(struct inquiry *q, unsigned n)
{
    struct case_file *c = q->file;
    if (n >= c->findings.len || c->findings.len < 2) {
        return false; /* without its only finding there is no case */
    }
    const struct finding *gone = c->findings.at[n];
    struct finding **left = (struct finding **)arena_alloc(
        &q->scratch, c->findings.len, sizeof(struct finding *), _Alignof(struct finding *));
    if (left == NULL) {
        return false;
    }
    size_t len = 0;
    for (size_t i = 0; i < c->findings.len; i++) {
        if (i != n) {
            left[len++] = c->findings.at[i];
        }
    }
    c->findings.at = left;
    c->findings.len = len;
    for (size_t i = 0; i < q->subject_count; i++) {
        struct subject *s = &q->subjects[i];
        const struct finding **had = s->findings;
        s->findings = (const struct finding **)arena_alloc(&q->scratch, s->finding_count + 1,
                                                           sizeof(struct finding *),
                                                           _Alignof(struct finding *));
        if (s->findings == NULL) {
            s->findings = had;
            return false;
        }
        size_t m = 0;
        for (size_t k = 0; k < s->finding_count; k++) {
            if (had[k] != gone) {
                s->findings[m++] = had[k];
            }
        }
        s->finding_count = m;
    }
    return true;
}

static struct str tell_no_finding(const struct inquiry *q, unsigned n)
{
    const struct finding *f = q->file->findings.at[n];
    struct str text;
    if (!arena_printf(q->arena, &text, "%.*s %.*s (finding %.*s) were a mistake",
                      STR_ARG(f->detection->ref), STR_ARG(f->detection->title), STR_ARG(f->id))) {
        return STR("a finding were a mistake");
    }
    return text;
}

/* ---- trying ---- */

static bool keep_all(struct inquiry *q, struct kept *k)
{
    k->subjects = ARENA_ARRAY(&q->scratch, struct subject, q->subject_count + 1);
    if (k->subjects == NULL) {
        return false;
    }
    for (size_t i = 0; i < q->subject_count; i++) {
        k->subjects[i] = q->subjects[i];
    }
    memcpy(k->states, q->states, sizeof(k->states));
    k->findings = q->file->findings.at;
    k->finding_count = q->file->findings.len;
    return true;
}

static void put_back(struct inquiry *q, const struct kept *k)
{
    for (size_t i = 0; i < q->subject_count; i++) {
        q->subjects[i] = k->subjects[i];
    }
    memcpy(q->states, k->states, sizeof(k->states));
    q->file->findings.at = k->findings;
    q->file->findings.len = k->finding_count;
}

static const char *answer_word(const struct part_result *r)
{
    return r->raised ? verdict_name(r->verdict) : "not raised";
}

static bool differs(const struct part_result *a, const struct part_result *b)
{
    return a->raised != b->raised || (a->raised && a->verdict != b->verdict);
}

static void tell_answers(const struct inquiry *is, const struct inquiry *would, struct buf *b)
{
    static const char *const names[PART_MAX_] = {"Q1 (changes)", "Q1 (use)", "Q2", "Q3", "Q4"};
    for (unsigned p = 0; p < PART_MAX_; p++) {
        const struct part_result *r = &would->parts[p];
        if (!differs(&is->parts[p], r)) {
            continue;
        }
        buf_printf(b, "%s %s", names[p], answer_word(r));
        if (r->raised) {
            buf_printf(b, " (%+d)", r->worst->score);
        }
        buf_add_cstr(b, "; ");
    }
}

static void tell_row(const struct inquiry *q, const struct decision_pick *pick, struct buf *b)
{
    const struct decision_row *r = &q->book->table.rows[pick->row];
    buf_printf(b, "row %.*s: %.*s", STR_ARG(r->id), STR_ARG(r->action));
    if (pick->priority != 0) {
        buf_printf(b, ", P%d", pick->priority);
    }
}

static bool add(struct inquiry *q, struct arithmetic *out, struct what_if *list, struct str what,
                struct buf *then, const struct decision_pick *pick)
{
    if (then->failed) {
        return false;
    }
    struct what_if *w = &list[out->what_if_count];
    *w = (struct what_if){.what = what, .row = q->book->table.rows[pick->row].id};
    if (!arena_dup(q->arena, utf8_head(buf_str(then), TEXT_MAX), &w->then)) {
        return false;
    }
    out->what_if_count++;
    return true;
}

/* Judge with what is supposed; told only where something comes out otherwise. */
static bool weigh_again(struct inquiry *q, const struct decision_pick *is, struct inquiry *would,
                        struct decision_pick *pick, bool *other)
{
    *would = *q;
    memset(would->parts, 0, sizeof(would->parts));
    arena_init(&would->scratch, 0);
    bool ok = inquiry_weigh(would, NULL) == ERR_OK;
    *other = false;
    if (ok) {
        struct case_facts f = case_facts_of(would);
        *pick = decision_pick(&f.facts, &q->book->table);
        *other = pick->row != is->row || pick->priority != is->priority;
        for (unsigned p = 0; p < PART_MAX_; p++) {
            *other |= differs(&q->parts[p], &would->parts[p]);
        }
    }
    return ok;
}

static bool try_one(struct inquiry *q, const struct supposition *s, unsigned n,
                    const struct decision_pick *is, struct arithmetic *out, struct what_if *list)
{
    struct kept kept;
    struct inquiry would;
    struct decision_pick pick;
    bool other = false;
    bool early = q->begins_early;
    bool late = q->ends_late;
    if (!keep_all(q, &kept)) {
        return false;
    }
    if (!s->suppose(q, n)) {
        put_back(q, &kept);
        return true;
    }
    CLEANUP(buf_free) struct buf then;
    buf_init(&then, 0);
    bool ok = weigh_again(q, is, &would, &pick, &other);
    if (ok && other) {
        tell_answers(q, &would, &then);
        tell_row(q, &pick, &then);
    }
    for (unsigned p = 0; p < PART_MAX_; p++) {
        for (size_t i = 0; i < would.parts[p].len; i++) {
            weighing_release(&would.parts[p].all[i]);
        }
    }
    arena_free(&would.scratch);
    put_back(q, &kept);
    q->begins_early = early;
    q->ends_late = late;
    return ok && (!other || add(q, out, list, s->tell(q, n), &then, &pick));
}

/* The table alone: what if an answer were suspicious, or two people vouched for it. */
static bool try_facts(struct inquiry *q, const struct case_facts *f, const struct decision_pick *is,
                      struct arithmetic *out, struct what_if *list)
{
    static const struct {
        enum fact_id fact;
        unsigned value;
        struct str what;
    } facts[] = {
        {FACT_ID_u, ANSWER_SUSPICIOUS, STR_INIT("Q1 about changes were suspicious")},
        {FACT_ID_p, ANSWER_SUSPICIOUS, STR_INIT("Q2 were suspicious")},
        {FACT_ID_t, ANSWER_SUSPICIOUS, STR_INIT("Q3 were suspicious")},
        {FACT_ID_n, ANSWER_SUSPICIOUS, STR_INIT("Q4 were suspicious")},
        {FACT_ID_attested, 1,
         STR_INIT("all that is suspicious were explainable, covered by a record of class M4, and "
                  "attested by owner and approver")},
    };
    for (size_t i = 0; i < ARRAY_LEN(facts) && out->what_if_count < IFS_MAX; i++) {
        struct decision_facts otherwise = f->facts;
        decision_set(&otherwise, facts[i].fact, facts[i].value);
        struct decision_pick pick = decision_pick(&otherwise, &q->book->table);
        if (pick.row == is->row) {
            continue;
        }
        CLEANUP(buf_free) struct buf then;
        buf_init(&then, 0);
        tell_row(q, &pick, &then);
        if (!add(q, out, list, facts[i].what, &then, &pick)) {
            return false;
        }
    }
    return true;
}

bool inquiry_what_if(struct inquiry *q, struct arithmetic *out)
{
    const struct supposition all[] = {
        {suppose_record, tell_record, 1},
        {suppose_build, tell_build, 1},
        {suppose_process, tell_process, 1},
        {suppose_public, tell_public, 1},
        {suppose_session, tell_session, 1},
        {suppose_unlisted, tell_unlisted, 1},
        {suppose_source, tell_source, NEED_MAX_},
        {suppose_no_finding, tell_no_finding, FINDINGS_TRIED_MAX},
    };
    struct case_facts f = case_facts_of(q);
    struct decision_pick is = decision_pick(&f.facts, &q->book->table);
    struct what_if *list = ARENA_ARRAY(q->arena, struct what_if, IFS_MAX);
    bool ok = list != NULL;
    for (size_t i = 0; ok && i < ARRAY_LEN(all); i++) {
        for (unsigned n = 0; ok && n < all[i].count && out->what_if_count < IFS_MAX; n++) {
            ok = try_one(q, &all[i], n, &is, out, list);
        }
    }
    ok = ok && try_facts(q, &f, &is, out, list);
    out->what_ifs = list;
    return ok;
}
