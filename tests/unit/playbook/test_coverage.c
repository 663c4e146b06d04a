/* What could not be seen stands beside the answers, and closes nothing. */
#include "case_test.h"

#define ACCOUNT "111122223333"

/* A change that a record covers and a clean address: it closes where all was seen. */
static void approved(struct cx *x)
{
    struct event *e = cx_event(x, EVENT_CHANGE, "UpdateFunctionCode");
    cx_from(x, e, "198.51.100.7");
    cx_match(x, e, MATCH_M4, true);
    (void)cx_finding(x, e, "D02", Q1, SEVERITY_MEDIUM);
    cx_feed(x, "indicator,confidence,description\n192.0.2.1,80,c2\n");
}

static const struct coverage *covered(const struct cx *x, enum question q, const char *source)
{
    const struct answer *a = &x->file.answers[q];
    for (size_t i = 0; i < a->coverage.len; i++) {
        if (str_eq(a->coverage.at[i].source, str_of(source))) {
            return &a->coverage.at[i];
        }
    }
    fail_msg("Q%u says nothing of %s", (unsigned)q + 1, source);
    return NULL;
}

static void test_gap(void **state)
{
    (void)state;
    static const struct {
        const char *account;
        int64_t from, to; /* hours from the case */
        bool closes;
    } rows[] = {
        {ACCOUNT, 0, 0, true},  {ACCOUNT, -5, -2, true}, {ACCOUNT, -4, 0, false},
        {ACCOUNT, 0, 4, false}, {ACCOUNT, 2, 6, true},   {"999988887777", -4, 4, true},
    };
    for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
        struct cx x;
        cx_init(&x);
        approved(&x);
        x.source.account = str_of(rows[i].account);
        x.source.note = STR("silent from 05:00");
        x.source.gap_from_us = CX_TIME + rows[i].from * TIME_HOUR_US;
        x.source.gap_to_us = CX_TIME + rows[i].to * TIME_HOUR_US;
        cx_judge(&x);
        bool closes = str_eq(x.file.decision.action, STR("close"));
        const struct coverage *logs = covered(&x, Q1, "aws.cloudtrail");
        if (closes != rows[i].closes || (logs->state == COVERAGE_PARTIAL) == rows[i].closes) {
            fail_msg("row %zu: %.*s, %s", i, STR_ARG(x.file.decision.row),
                     coverage_state_name(logs->state));
        }
        if (!closes) {
            assert_true(str_eq(logs->note, STR(ACCOUNT ": silent from 05:00")));
        }
        cx_free(&x);
    }
}

static void test_calls(void **state)
{
    (void)state;
    static const struct {
        bool known, logged;
        enum coverage_state state, want;
        const char *words;
    } rows[] = {
        {false, false, COVERAGE_ABSENT, COVERAGE_ABSENT, "no log of its calls"},
        {false, true, COVERAGE_ABSENT, COVERAGE_PRESENT, ""},
        {true, false, COVERAGE_ABSENT, COVERAGE_ABSENT, ACCOUNT ": data events off"},
        {true, false, COVERAGE_PARTIAL, COVERAGE_PARTIAL, "data events off"},
        {true, true, COVERAGE_PRESENT, COVERAGE_PRESENT, ""},
    };
    for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
        struct cx x;
        cx_init(&x);
        approved(&x);
        if (rows[i].logged) {
            (void)cx_event(&x, EVENT_INVOKE, "Invoke");
        }
        x.source.account = STR(ACCOUNT);
        x.source.calls_known = rows[i].known;
        x.source.calls = rows[i].state;
        x.source.calls_note = STR("data events off");
        cx_judge(&x);
        for (unsigned q = Q3; q <= Q4; q++) {
            const struct coverage *calls = covered(&x, (enum question)q, "calls");
            if (calls->state != rows[i].want ||
                str_find(calls->note, str_of(rows[i].words)) == SIZE_MAX) {
                fail_msg("row %zu: %s %.*s", i, coverage_state_name(calls->state),
                         STR_ARG(calls->note));
            }
        }
        cx_free(&x);
    }
}

/* A case over two clouds: each log is told, and the worse one counts. */
static void test_two_logs(void **state)
{
    (void)state;
    for (int late = 0; late < 2; late++) {
        struct cx x;
        cx_init(&x);
        approved(&x);
        struct event *e = cx_event(&x, EVENT_CHANGE, "UpdateService");
        e->source = STR("gcp.audit");
        cx_match(&x, e, MATCH_M4, true);
        x.second = (struct source_seen){.source = STR("gcp.audit"),
                                        .records = 5,
                                        .first_us = CX_DAY,
                                        .last_us = CX_DAY + TIME_HOUR_US,
                                        .state = late ? COVERAGE_LATE : COVERAGE_PRESENT};
        cx_judge(&x);
        assert_int_equal(covered(&x, Q1, "aws.cloudtrail")->state, COVERAGE_PRESENT);
        assert_int_equal(covered(&x, Q1, "gcp.audit")->state,
                         late ? COVERAGE_LATE : COVERAGE_PRESENT);
        assert_int_equal(str_eq(x.file.decision.action, STR("close")), !late);
        cx_free(&x);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_gap),
        cmocka_unit_test(test_calls),
        cmocka_unit_test(test_two_logs),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
