/* Whether calls are logged, and the reason where they are not. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

#include <cmocka.h>

#include "base/mem.h"
#include "engine/calls.h"

#define ACCOUNT "111122223333"
#define AT      (INT64_C(1795176000) * TIME_SECOND_US) /* 2026-11-20T12:00:00Z */

enum { EVENTS_MAX = 4, ATTRS_MAX = 2 };

struct call {
    enum event_kind kind;
    enum event_outcome outcome;
    struct attr attrs[ATTRS_MAX];
    size_t attr_count;
};

static const struct row {
    const char *source, *account;
    struct call calls[EVENTS_MAX];
    size_t count;
    enum coverage_state state;
    const char *words;
} rows[] = {
    {"aws.cloudtrail", ACCOUNT, {{.kind = EVENT_OTHER}}, 0, COVERAGE_ABSENT, "no data events"},
    {"gcp.audit", "acme", {{.kind = EVENT_OTHER}}, 0, COVERAGE_ABSENT, "CallFunction, RunJob"},
    {"cloudflare.audit_v2", "c1", {{.kind = EVENT_OTHER}}, 0, COVERAGE_ABSENT, "logpush"},
    {"aws.cloudtrail", ACCOUNT, {{.kind = EVENT_INVOKE}}, 1, COVERAGE_PRESENT, ""},
    {"aws.cloudtrail",
     ACCOUNT,
     {{.kind = EVENT_RATE}, {.kind = EVENT_RUN}},
     2,
     COVERAGE_PARTIAL,
     "rate present, callers absent"},
    {"aws.cloudtrail",
     ACCOUNT,
     {{.kind = EVENT_RUN}},
     1,
     COVERAGE_PARTIAL,
     "runs present, callers absent"},
    {"aws.cloudtrail",
     ACCOUNT,
     {{.kind = EVENT_INVOKE},
      {.kind = EVENT_LOGGING,
       .attrs = {{ATTR_LOGS_FUNCTION_DATA, STR_INIT("true")},
                 {ATTR_LOGS_FUNCTION_LIMIT, STR_INIT("arn:aws:lambda:::function:pay")}},
       .attr_count = 2}},
     2,
     COVERAGE_PARTIAL,
     "only of arn:aws:lambda:::function:pay, since 2026-11-20T12:01:00Z"},
    {"aws.cloudtrail",
     ACCOUNT,
     {{.kind = EVENT_LOGGING,
       .attrs = {{ATTR_LOGS_FUNCTION_DATA, STR_INIT("false")}, {ATTR_TRAIL, STR_INIT("main")}},
       .attr_count = 2}},
     1,
     COVERAGE_ABSENT,
     "no data events: calls of functions are not seen here; selectors narrowed: calls of functions "
     "are not recorded by main"},
    /* Refused, and put back: nothing is narrowed. */
    {"aws.cloudtrail",
     ACCOUNT,
     {{.kind = EVENT_INVOKE},
      {.kind = EVENT_LOGGING,
       .attrs = {{ATTR_LOGS_FUNCTION_DATA, STR_INIT("false")}},
       .attr_count = 1},
      {.kind = EVENT_LOGGING,
       .attrs = {{ATTR_LOGS_FUNCTION_DATA, STR_INIT("true")}},
       .attr_count = 1},
      {.kind = EVENT_LOGGING,
       .outcome = OUTCOME_DENIED,
       .attrs = {{ATTR_LOGS_FUNCTION_DATA, STR_INIT("false")}},
       .attr_count = 1}},
     4,
     COVERAGE_PRESENT,
     ""},
    {"gcp.audit",
     "acme",
     {{.kind = EVENT_LOGGING,
       .attrs = {{ATTR_AUDIT_GONE, STR_INIT("run.googleapis.com DATA_READ")}},
       .attr_count = 1}},
     1,
     COVERAGE_ABSENT,
     "audit logs taken away: run.googleapis.com DATA_READ"},
    {"cloudflare.audit_v2",
     "c1",
     {{.kind = EVENT_CHANGE, .attrs = {{ATTR_LOGPUSH, STR_INIT("false")}}, .attr_count = 1}},
     1,
     COVERAGE_ABSENT,
     "logpush is off for pay"},
};

static void make(const struct row *row, struct event *events, struct scan_result *scan)
{
    for (size_t i = 0; i < row->count; i++) {
        const struct call *c = &row->calls[i];
        events[i] = (struct event){.kind = c->kind,
                                   .outcome = c->outcome,
                                   .time_us = AT + (int64_t)i * TIME_MINUTE_US,
                                   .account = str_of(row->account),
                                   .function = {.name = STR("pay")},
                                   .attrs = c->attrs,
                                   .attr_count = c->attr_count,
                                   .count = 1};
        assert_true(VEC_PUSH(&scan->events, &events[i]));
    }
}

static void test_states(void **state)
{
    (void)state;
    for (size_t r = 0; r < ARRAY_LEN(rows); r++) {
        struct event events[EVENTS_MAX];
        struct scan_result scan = {0};
        struct result result = {0};
        CLEANUP(arena_free) struct arena a = {0};
        make(&rows[r], events, &scan);
        struct source_seen seen = {
            .source = str_of(rows[r].source), .account = str_of(rows[r].account), .records = 9};
        struct source_seen total = {.source = str_of(rows[r].source), .records = 9};
        struct source_seen other = {
            .source = STR("suricata"), .account = str_of(rows[r].account), .records = 9};
        assert_true(VEC_PUSH(&result.sources, total) && VEC_PUSH(&result.sources, seen) &&
                    VEC_PUSH(&result.sources, other));
        assert_true(calls_tell(&scan, &a, &result));
        const struct source_seen *got = &result.sources.at[1];
        bool says = rows[r].words[0] == '\0'
                        ? got->calls_note.len == 0
                        : str_find(got->calls_note, str_of(rows[r].words)) != SIZE_MAX;
        if (!got->calls_known || got->calls != rows[r].state || !says) {
            fail_msg("row %zu: %s: %.*s", r, coverage_state_name(got->calls),
                     STR_ARG(got->calls_note));
        }
        assert_false(result.sources.at[0].calls_known);
        assert_false(result.sources.at[2].calls_known);
        result_free(&result);
        VEC_FREE(&scan.events);
    }
}

static void test_memory(void **state)
{
    (void)state;
    const struct row *row = &rows[7];
    struct event events[EVENTS_MAX];
    struct scan_result scan = {0};
    make(row, events, &scan);
    bool fine = false;
    unsigned long n = 1;
    for (; !fine && n < 50; n++) {
        struct result result = {0};
        CLEANUP(arena_free) struct arena a = {0};
        struct source_seen seen = {
            .source = str_of(row->source), .account = str_of(row->account), .records = 9};
        assert_true(VEC_PUSH(&result.sources, seen));
        mem_torture(n);
        fine = calls_tell(&scan, &a, &result);
        mem_torture(0);
        result_free(&result);
    }
    assert_true(fine && n > 2);
    VEC_FREE(&scan.events);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_states),
        cmocka_unit_test(test_memory),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
