/*
 * A case against an earlier result: what is told as new, what stays closed and what must not, whose
 * deadline has passed, and addresses of earlier escalations.
 */
#include "base/buf.h"
#include "case_test.h"

#define GOOD_FEED "indicator,class,confidence\n203.0.113.200,c2,90\n"

struct old {
    const char *id, *row, *action, *due, *priority, *findings, *records, *addresses, *evidence;
    bool escalate;
    unsigned count;
};

static struct previous *load(struct cx *x, const struct old *o)
{
    struct buf b = {0};
    struct str kept;
    struct previous *p = NULL;
    struct err err = {0};
    buf_printf(&b,
               "{\"schema\":\"faaswatch.triage/1\",\"findings\":[{\"id\":\"D02\",\"count\":%u}],"
               "\"cases\":[{\"id\":\"%s\",\"title\":\"t\",\"questions\":["
               "{\"id\":\"Q1\",\"raised\":true,\"answer\":\"legitimate\",\"evidence\":[%s]},"
               "{\"id\":\"Q2\",\"raised\":false,\"answer\":\"unknown\",\"evidence\":[]},"
               "{\"id\":\"Q3\",\"raised\":true,\"answer\":\"legitimate\",\"evidence\":[]},"
               "{\"id\":\"Q4\",\"raised\":false,\"answer\":\"unknown\",\"evidence\":[]}],"
               "\"decision\":{\"row\":\"%s\",\"action\":\"%s\",\"escalate\":%s,\"priority\":%s,"
               "\"due\":%s},\"findings\":[%s],\"timeline\":[%s],\"addresses\":[%s]}]}",
               o->count, o->id, o->evidence, o->row, o->action, o->escalate ? "true" : "false",
               o->priority, o->due, o->findings, o->records, o->addresses);
    assert_true(arena_dup(&x->arena, buf_str(&b), &kept));
    buf_free(&b);
    if (previous_load(STR("old.json"), kept, &p, &err) != ERR_OK) {
        fail_msg("%s", err.msg);
    }
    return p;
}

static const struct old closed = {.id = "7f3a",
                                  .row = "E11",
                                  .action = "close",
                                  .due = "null",
                                  .priority = "null",
                                  .findings = "\"D02\"",
                                  .records = "{\"record_id\":\"r1\"}",
                                  .addresses = "",
                                  .evidence = "",
                                  .count = 1};

static struct event *change(struct cx *x, enum match_class class)
{
    struct event *e = cx_event(x, EVENT_CHANGE, "UpdateFunctionCode");
    e->record_id = STR("r1");
    cx_from(x, e, "198.51.100.7");
    cx_match(x, e, class, false);
    (void)cx_finding(x, e, "D02", Q1, SEVERITY_MEDIUM);
    cx_feed(x, GOOD_FEED);
    return e;
}

static void judge(struct cx *x, const struct previous *p)
{
    static struct case_file *none[1];
    struct err err = {0};
    assert_int_equal(intel_finish(x->intel, NULL), ERR_OK);
    assert_int_equal(context_finish(x->context, NULL), ERR_OK);
    x->previous = p;
    x->cases = none;
    if (cx_try(x, &err) != ERR_OK) {
        fail_msg("%s", err.msg);
    }
}

static bool says(const struct cx *x, const char *text)
{
    for (size_t i = 0; i < x->file.since.changes.len; i++) {
        if (str_find(x->file.since.changes.at[i], str_of(text)) != SIZE_MAX) {
            return true;
        }
    }
    return false;
}

static bool is_row(const struct cx *x, const char *row)
{
    return str_eq(x->file.decision.row, str_of(row));
}

static void test_unchanged(void **state)
{
    (void)state;
    struct cx x;
    cx_init(&x);
    (void)change(&x, MATCH_M4);
    struct previous *p = load(&x, &closed);
    judge(&x, p);
    assert_true(is_row(&x, "E11"));
    assert_int_equal(x.file.since.state, CASE_UNCHANGED);
    assert_int_equal(x.file.since.changes.len, 0);
    assert_false(x.file.since.kept);
    previous_free(p);
    cx_free(&x);
}

static void test_new(void **state)
{
    (void)state;
    struct cx x;
    struct old other = closed;
    cx_init(&x);
    (void)change(&x, MATCH_M4);
    other.id = "0000";
    other.findings = other.records = "";
    struct previous *p = load(&x, &other);
    judge(&x, p);
    assert_int_equal(x.file.since.state, CASE_NEW);
    previous_free(p);
    cx_free(&x);
}

/* Closed yesterday; today the change records were not given. Nothing is new: it stays closed. */
static void test_stays_closed(void **state)
{
    (void)state;
    struct cx x;
    cx_init(&x);
    (void)change(&x, MATCH_M0);
    x.run.matched_count = 0;
    x.context->given[CONTEXT_CHANGES] = false;
    struct previous *p = load(&x, &closed);
    judge(&x, p);
    assert_true(is_row(&x, "E11"));
    assert_true(x.file.since.kept);
    assert_int_equal(x.file.decision.priority, 0);
    assert_int_equal(x.file.since.state, CASE_UNCHANGED);
    assert_true(str_find(x.file.decision.reason, STR("closed before (E11 in old.json)")) !=
                SIZE_MAX);
    previous_free(p);
    cx_free(&x);
}

/* What must open it again, each alone. */
struct reopened {
    const char *what;
    struct old old;
    void (*make)(struct cx *x);
    const char *row, *says;
};

static void without_records(struct cx *x)
{
    (void)change(x, MATCH_M0);
    x->run.matched_count = 0;
    x->context->given[CONTEXT_CHANGES] = false;
}
static void with_records(struct cx *x)
{
    (void)change(x, MATCH_M0);
}
static void more_records(struct cx *x)
{
    without_records(x);
    x->findings[0].count = 5;
}
static void new_finding(struct cx *x)
{
    without_records(x);
    (void)cx_finding(x, &x->events[0], "D05", Q1, SEVERITY_MEDIUM);
}
static void new_event(struct cx *x)
{
    without_records(x);
    x->events[0].record_id = STR("r2");
}
static void logging_touched(struct cx *x)
{
    without_records(x);
    x->list[x->finding_count] = cx_finding(x, &x->events[0], "D85", QUESTION_NONE, SEVERITY_MEDIUM);
}

static void test_reopens(void **state)
{
    (void)state;
    struct old tasks = closed;
    tasks.action = "tasks";
    struct old nowhere = closed;
    nowhere.row = "E99";
    struct old forged = closed; /* says "close" of a row that does not close */
    forged.row = "E9";
    const struct reopened rows[] = {
        {"no record, and one is required", closed, with_records, "E4",
         "Q1 was legitimate, now sus"},
        {"more records", closed, more_records, "E9", "4 more records of D02"},
        {"a new finding", closed, new_finding, "E9", "new finding D05"},
        {"a new event", closed, new_event, "E9", "1 events that were not part of it"},
        {"logging", closed, logging_touched, "E9", "new finding D85"},
        {"it was not closed", tasks, without_records, "E9", "row was E11, now E9"},
        {"a row that is not there", nowhere, without_records, "E9", "row was E99"},
        {"a row that does not close", forged, without_records, "E9", "Q1 was legitimate"},
    };
    for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
        struct cx x;
        cx_init(&x);
        rows[i].make(&x);
        struct previous *p = load(&x, &rows[i].old);
        judge(&x, p);
        if (!is_row(&x, rows[i].row) || !says(&x, rows[i].says) || x.file.since.kept) {
            for (size_t k = 0; k < x.file.since.changes.len; k++) {
                print_message("  %.*s\n", STR_ARG(x.file.since.changes.at[k]));
            }
            fail_msg("%s: row %.*s", rows[i].what, STR_ARG(x.file.decision.row));
        }
        previous_free(p);
        cx_free(&x);
    }
}

/* Earlier evidence came to it: another id, and the earlier case is part of it. */
static void test_supersedes(void **state)
{
    (void)state;
    struct cx x;
    struct old other = closed;
    cx_init(&x);
    (void)change(&x, MATCH_M4);
    other.id = "0123";
    struct previous *p = load(&x, &other);
    judge(&x, p);
    assert_int_equal(x.file.since.state, CASE_CHANGED);
    assert_int_equal(x.file.since.supersedes.len, 1);
    assert_true(str_eq(x.file.since.supersedes.at[0], STR("0123")));
    previous_free(p);
    cx_free(&x);
}

/* On L1's list, and the deadline passed: to T2 where a crown jewel is at stake, else it stays. */
static void test_deadline(void **state)
{
    (void)state;
    for (int jewel = 0; jewel < 2; jewel++) {
        struct cx x;
        struct old waiting = closed;
        cx_init(&x);
        without_records(&x);
        if (jewel != 0) {
            assert_true(VEC_PUSH(&x.context->env.crown_jewels, STR("payments-webhook")));
        }
        waiting.row = "E9";
        waiting.action = "tasks";
        waiting.priority = "\"P4\"";
        waiting.due = "\"2026-11-20T13:00:00Z\"";
        struct previous *p = load(&x, &waiting);
        judge(&x, p);
        const struct decision *d = &x.file.decision;
        assert_true(is_row(&x, "E9"));
        assert_int_equal(d->due_us, CX_DAY + 13 * TIME_HOUR_US);
        assert_int_equal(d->escalate, jewel);
        assert_int_equal(d->priority, jewel != 0 ? 3 : 4);
        assert_true(str_eq(d->to, jewel != 0 ? STR("T2") : STR("L1")));
        previous_free(p);
        cx_free(&x);
    }
}

static void test_address_before(void **state)
{
    (void)state;
    static const struct {
        const char *id;
        const char *findings, *records;
        bool escalate;
        bool before;
    } rows[] = {
        {"0000", "", "", true, true},
        {"0000", "", "", false, false},                             /* it did not escalate */
        {"7f3a", "\"D02\"", "{\"record_id\":\"r1\"}", true, false}, /* this very case */
        {"0000", "\"D02\"", "", true, false},                       /* that became this case */
    };
    for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
        struct cx x;
        struct old other = closed;
        cx_init(&x);
        (void)change(&x, MATCH_M4);
        other.id = rows[i].id;
        other.findings = rows[i].findings;
        other.records = rows[i].records;
        other.escalate = rows[i].escalate;
        other.addresses = "\"198.51.100.7\"";
        struct previous *p = load(&x, &other);
        judge(&x, p);
        const struct answer *a = &x.file.answers[Q3];
        assert_int_equal(a->verdict == VERDICT_SUSPICIOUS, rows[i].before);
        assert_true(!rows[i].before || str_eq(a->items.at[0].id, STR("alert.before")));
        previous_free(p);
        cx_free(&x);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_unchanged),      cmocka_unit_test(test_new),
        cmocka_unit_test(test_stays_closed),   cmocka_unit_test(test_reopens),
        cmocka_unit_test(test_supersedes),     cmocka_unit_test(test_deadline),
        cmocka_unit_test(test_address_before),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
