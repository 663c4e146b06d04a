/*
 * The arithmetic of a case as it is told: sums add up to the answer, each item says why it counts or
 * not, the walk through the table agrees with the decision, and what is said to change it does.
 */
#include "case_test.h"
#include "model/arithmetic.h"

#define GOOD_FEED "indicator,class,confidence\n203.0.113.200,c2,90\n"

static struct str all[] = {STR_INIT("7f")};

static void explain(struct cx *x)
{
    struct err err = {0};
    assert_int_equal(intel_finish(x->intel, NULL), ERR_OK);
    assert_int_equal(context_finish(x->context, NULL), ERR_OK);
    assert_int_equal(cx_try(x, &err), ERR_OK);
    x->judge.explain = all;
    x->judge.explain_count = 1;
    /* Judged once more, now with the arithmetic; a fresh file, since answers are appended to. */
    struct case_file again = {
        .id = x->file.id, .first_us = x->file.first_us, .last_us = x->file.last_us};
    again.findings.at = x->file.findings.at;
    again.findings.len = x->file.findings.len;
    again.timeline.at = x->file.timeline.at;
    again.timeline.len = x->file.timeline.len;
    again.functions.at = x->file.functions.at;
    again.functions.len = x->file.functions.len;
    again.actors.at = x->file.actors.at;
    again.actors.len = x->file.actors.len;
    again.addresses.at = x->file.addresses.at;
    again.addresses.len = x->file.addresses.len;
    struct case_file had = x->file;
    memset(&had.findings, 0, sizeof(had.findings));
    memset(&had.timeline, 0, sizeof(had.timeline));
    memset(&had.functions, 0, sizeof(had.functions));
    memset(&had.actors, 0, sizeof(had.actors));
    memset(&had.addresses, 0, sizeof(had.addresses));
    case_file_free(&had);
    again.findings.cap = x->file.findings.cap;
    again.timeline.cap = x->file.timeline.cap;
    again.functions.cap = x->file.functions.cap;
    again.actors.cap = x->file.actors.cap;
    again.addresses.cap = x->file.addresses.cap;
    x->file = again;
    assert_int_equal(playbook_judge(&x->judge, &x->file, &x->arena, &err), ERR_OK);
    assert_non_null(x->file.arithmetic);
}

static struct event *change(struct cx *x, enum match_class class)
{
    struct event *e = cx_event(x, EVENT_CHANGE, "UpdateFunctionCode");
    cx_from(x, e, "198.51.100.7");
    cx_match(x, e, class, false);
    (void)cx_finding(x, e, "D02", Q1, SEVERITY_MEDIUM);
    return e;
}

static const struct arithmetic *told(const struct cx *x)
{
    static const struct arithmetic none;
    assert_non_null(x->file.arithmetic);
    return x->file.arithmetic != NULL ? x->file.arithmetic : &none;
}

static const struct part_sum *part_of(const struct cx *x, const char *name)
{
    const struct arithmetic *a = told(x);
    for (size_t i = 0; i < a->part_count; i++) {
        if (str_eq(a->parts[i].part, str_of(name))) {
            return &a->parts[i];
        }
    }
    fail_msg("no part %s", name);
    return NULL;
}

static const struct sum_item *item_of(const struct event_sum *e, const char *id)
{
    for (size_t i = 0; i < e->item_count; i++) {
        if (str_eq(e->items[i].item.id, str_of(id))) {
            return &e->items[i];
        }
    }
    fail_msg("no item %s", id);
    return NULL;
}

static bool has_bar(const struct event_sum *e, const char *text)
{
    for (size_t i = 0; i < e->bar_count; i++) {
        if (str_find(e->bars[i], str_of(text)) != SIZE_MAX) {
            return true;
        }
    }
    return false;
}

static const struct what_if *what_if_of(const struct cx *x, const char *text)
{
    const struct arithmetic *a = told(x);
    for (size_t i = 0; i < a->what_if_count; i++) {
        if (str_find(a->what_ifs[i].what, str_of(text)) != SIZE_MAX) {
            return &a->what_ifs[i];
        }
    }
    return NULL;
}

/* What holds of every arithmetic. */
static void check_sums(const struct cx *x)
{
    const struct arithmetic *a = told(x);
    size_t decides = 0;
    for (size_t p = 0; p < a->part_count; p++) {
        for (size_t i = 0; i < a->parts[p].event_count; i++) {
            const struct event_sum *e = &a->parts[p].events[i];
            int sum = 0;
            for (size_t k = 0; k < e->item_count; k++) {
                const struct sum_item *it = &e->items[k];
                sum += it->item.weight;
                assert_true(it->fate == FATE_COUNTED || it->why.len > 0);
                assert_true(it->fate == FATE_COUNTED || it->item.weight == 0);
                assert_true(it->fate != FATE_COUNTED || it->item.weight == it->item.weight_full);
            }
            assert_int_equal(sum, e->score);
            assert_int_equal(e->decides, i == 0);
            assert_true(i > 0 || e->verdict == a->parts[p].verdict);
        }
    }
    for (size_t i = 0; i < a->row_count; i++) {
        assert_true(a->rows[i].fits == (a->rows[i].failed.len == 0));
        decides += a->rows[i].decides ? 1 : 0;
        assert_true(!a->rows[i].decides || str_eq(a->rows[i].row, x->file.decision.row));
    }
    assert_int_equal(decides, 1);
}

static void test_no_record(void **state)
{
    (void)state;
    struct cx x;
    cx_init(&x);
    (void)change(&x, MATCH_M0);
    (void)cx_finding(&x, &x.events[0], "D14", Q1, SEVERITY_HIGH);
    (void)cx_finding(&x, &x.events[0], "D18", Q1, SEVERITY_HIGH);
    cx_feed(&x, GOOD_FEED);
    explain(&x);
    check_sums(&x);
    const struct part_sum *p = part_of(&x, "changes");
    assert_true(p->raised);
    assert_int_equal(p->verdict, VERDICT_SUSPICIOUS);
    assert_int_equal(item_of(&p->events[0], "change.none")->fate, FATE_COUNTED);
    /* Two items of one group: exposure is weaker than control. */
    const struct sum_item *weak = item_of(&p->events[0], "nature.exposure");
    assert_int_equal(weak->fate, FATE_WEAKER);
    assert_true(str_eq(weak->why, STR("nature.control")));
    assert_true(has_bar(&p->events[0], "no item that authorises"));
    assert_true(has_bar(&p->events[0], "nothing explains nature.control (+10"));
    const struct what_if *w = what_if_of(&x, "an approved change record (M4)");
    assert_non_null(w);
    assert_true(str_eq(w->row, STR("E11")));
    cx_free(&x);
}

static void test_explained_and_absent(void **state)
{
    (void)state;
    struct cx x;
    cx_init(&x);
    struct event *e = change(&x, MATCH_M4);
    (void)cx_finding(&x, e, "D34", Q1, SEVERITY_MEDIUM);
    cx_feed(&x, GOOD_FEED);
    x.context->given[CONTEXT_ALERTS] = false;
    explain(&x);
    check_sums(&x);
    const struct sum_item *first = item_of(&part_of(&x, "changes")->events[0], "actor.first");
    assert_int_equal(first->fate, FATE_EXPLAINED);
    assert_true(str_find(first->why, STR("CHG0031187")) != SIZE_MAX);
    assert_int_equal(part_of(&x, "addresses")->verdict, VERDICT_UNKNOWN);
    const struct what_if *w = what_if_of(&x, "alerts were complete");
    assert_non_null(w); /* its items are made from what was gathered, so the answer follows */
    assert_true(str_eq(w->row, STR("E11")));
    cx_free(&x);
}

static void test_unresolved(void **state)
{
    (void)state;
    struct cx x;
    cx_init(&x);
    (void)change(&x, MATCH_M4);
    cx_feed(&x, GOOD_FEED);
    x.actor.resolved = false;
    explain(&x);
    check_sums(&x);
    assert_true(has_bar(&part_of(&x, "changes")->events[0],
                        "the beginning of the session of dana@example.com is not in the logs"));
    const struct what_if *w = what_if_of(&x, "the beginning of the session");
    assert_non_null(w);
    assert_true(str_eq(w->row, STR("E11")));
    cx_free(&x);
}

static void test_walk(void **state)
{
    (void)state;
    struct cx x;
    cx_init(&x);
    (void)change(&x, MATCH_M4);
    cx_feed(&x, GOOD_FEED);
    explain(&x);
    check_sums(&x);
    const struct arithmetic *a = told(&x);
    assert_true(str_eq(a->rows[0].row, STR("E1")));
    assert_true(str_eq(a->rows[0].failed, STR("t is legitimate, not suspicious")));
    assert_true(str_eq(a->rows[a->row_count - 1].failed, STR("a row above fits")));
    const struct what_if *w = what_if_of(&x, "Q3 were suspicious");
    assert_non_null(w);
    assert_true(str_eq(w->row, STR("E2")));
    cx_free(&x);
}

/* What was supposed is put back: the case is judged as it would be without asking. */
static void test_asking_changes_nothing(void **state)
{
    (void)state;
    struct cx x;
    cx_init(&x);
    (void)change(&x, MATCH_M0);
    struct event *e = cx_event(&x, EVENT_INVOKE, "Invoke");
    (void)cx_finding(&x, e, "D46", Q4, SEVERITY_MEDIUM);
    cx_feed(&x, GOOD_FEED);
    explain(&x);
    check_sums(&x);
    assert_int_equal(x.file.findings.len, 2);
    assert_true(str_eq(x.file.decision.row, STR("E3")));
    assert_int_equal(x.file.answers[Q4].verdict, VERDICT_SUSPICIOUS);
    const struct what_if *w = what_if_of(&x, "D46 D46 (finding D46) were a mistake");
    assert_non_null(w);
    assert_true(str_eq(w->row, STR("E4")));
    cx_free(&x);
}

static void test_no_memory(void **state)
{
    (void)state;
    bool done = false;
    for (unsigned long n = 1; !done && n < 4000; n++) {
        struct cx x;
        struct err err = {0};
        cx_init(&x);
        (void)change(&x, MATCH_M0);
        cx_feed(&x, GOOD_FEED);
        assert_int_equal(intel_finish(x.intel, NULL), ERR_OK);
        assert_int_equal(context_finish(x.context, NULL), ERR_OK);
        x.file.first_us = x.file.last_us = x.events[0].time_us;
        x.run.matched = x.matched;
        x.judge = (struct judge){.playbook = x.book,
                                 .context = x.context,
                                 .intel = x.intel,
                                 .run = &x.run,
                                 .sources = &x.source,
                                 .source_count = 1,
                                 .since_us = CX_DAY,
                                 .until_us = CX_DAY + TIME_DAY_US,
                                 .findings = x.list,
                                 .finding_count = x.finding_count,
                                 .events = x.all,
                                 .event_count = x.event_count,
                                 .explain = all,
                                 .explain_count = 1};
        mem_torture(n);
        enum err_code code = playbook_judge(&x.judge, &x.file, &x.arena, &err);
        mem_torture(0);
        done = code == ERR_OK;
        assert_true(done || code == ERR_NOMEM);
        cx_free(&x);
    }
    assert_true(done);
}

/* Every answer says what would change it; none that was not raised does. */
static void test_would_change(void **state)
{
    (void)state;
    struct cx x;
    cx_init(&x);
    (void)change(&x, MATCH_M0);
    struct event *e = cx_event(&x, EVENT_INVOKE, "Invoke");
    (void)cx_finding(&x, e, "D46", Q4, SEVERITY_MEDIUM);
    cx_feed(&x, GOOD_FEED);
    cx_judge(&x);
    assert_int_equal(x.file.answers[Q1].verdict, VERDICT_SUSPICIOUS);
    assert_int_equal(x.file.answers[Q3].verdict, VERDICT_LEGITIMATE);
    for (unsigned q = 0; q < QUESTION_MAX_; q++) {
        const struct answer *a = &x.file.answers[q];
        assert_int_equal(a->would_change.len > 0, a->raised);
    }
    assert_true(str_find(x.file.answers[Q1].would_change, STR("a change record that names")) !=
                SIZE_MAX);
    assert_true(str_find(x.file.answers[Q3].would_change, STR("an unexplained item of +6")) !=
                SIZE_MAX);
    cx_free(&x);
}

/* No record, but some rows of the records could not be read: suspicious, and not strongly. */
static void test_gaps(void **state)
{
    (void)state;
    for (int gaps = 0; gaps < 2; gaps++) {
        struct cx x;
        cx_init(&x);
        (void)change(&x, MATCH_M0);
        (void)cx_finding(&x, &x.events[0], "D14", Q1, SEVERITY_HIGH);
        x.context->partial[CONTEXT_CHANGES] = gaps != 0;
        cx_judge(&x);
        assert_int_equal(x.file.answers[Q1].verdict, VERDICT_SUSPICIOUS);
        assert_int_equal(x.file.answers[Q1].strength,
                         gaps != 0 ? STRENGTH_MODERATE : STRENGTH_STRONG);
        cx_free(&x);
    }
}

/* A beacon, and the sequence that holds it: one beacon. */
static void test_counts_once(void **state)
{
    (void)state;
    struct cx x;
    cx_init(&x);
    struct event *e = cx_event(&x, EVENT_INVOKE, "Invoke");
    cx_finding(&x, e, "D70", Q4, SEVERITY_HIGH)->confidence = 0.95;
    (void)cx_finding(&x, e, "SQ7", Q4, SEVERITY_HIGH);
    cx_judge(&x);
    assert_int_equal(x.file.answers[Q4].score, 12);
    cx_free(&x);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_no_record),
        cmocka_unit_test(test_explained_and_absent),
        cmocka_unit_test(test_unresolved),
        cmocka_unit_test(test_walk),
        cmocka_unit_test(test_asking_changes_nothing),
        cmocka_unit_test(test_would_change),
        cmocka_unit_test(test_gaps),
        cmocka_unit_test(test_counts_once),
        cmocka_unit_test(test_no_memory),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
