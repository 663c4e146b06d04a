#include "source/test_scan.h"

extern const struct source_ops source_gcp_function_log;

#define LINE(log, type, payload)                                                                   \
    "{\"logName\":\"projects/p/logs/" log "\",\"timestamp\":\"2026-11-20T09:12:00Z\",\"labels\":{" \
    "\"execution_id\":\"x1\"},\"resource\":{\"type\":\"" type "\",\"labels\":{\"project_id\":"     \
    "\"p\",\"region\":\"r\",\"function_name\":\"pay\"}}," payload "}"
#define GEN1(text)                                                                                 \
    LINE("cloudfunctions.googleapis.com/cloud-functions", "cloud_function",                        \
         "\"textPayload\":\"" text "\"")

static void test_runs(void **state)
{
    (void)state;
    static const struct {
        const char *text, *ms, *status;
        enum event_outcome outcome;
    } rows[] = {
        {GEN1("Function execution took 1234 ms, finished with status: 'ok'"), "1234", "ok",
         OUTCOME_OK},
        {GEN1("Function execution took 12 ms. finished with status code: 200"), "12", "200",
         OUTCOME_OK},
        {GEN1("Function execution took 60001 ms, finished with status: 'timeout'"), "60001",
         "timeout", OUTCOME_FAILED},
        {GEN1("Function execution took 7 ms, finished with status code: 500"), "7", "500",
         OUTCOME_FAILED},
        {GEN1("Function execution took 7 ms, finished with status"), "7", "", OUTCOME_OK},
        {GEN1("Function execution took 7 ms, finished with status: '"), "7", "'", OUTCOME_FAILED},
    };
    struct scan s;
    scan_init(&s, &source_gcp_function_log);
    for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
        struct event e = scan_event(&s, rows[i].text);
        assert_int_equal(e.kind, EVENT_RUN);
        assert_int_equal(e.outcome, rows[i].outcome);
        expect_text("ms", event_attr_get(&e, ATTR_WALL_MS), rows[i].ms);
        expect_text("status", event_attr_get(&e, ATTR_RUN_OUTCOME), rows[i].status);
        expect_text("execution", event_attr_get(&e, ATTR_EXECUTION), "x1");
        expect_text("function", e.function.name, "pay");
    }
    scan_free(&s);
}

static void test_lines(void **state)
{
    (void)state;
    static const struct {
        const char *text, *message, *function;
    } rows[] = {
        {GEN1("Function execution took long"), "Function execution took long", "pay"},
        {LINE("run.googleapis.com%2Fstdout", "cloud_run_revision",
              "\"jsonPayload\":{\"message\":\"hello\"}"),
         "hello", "pay"},
        {LINE("run.googleapis.com%2Fstderr", "cloud_run_revision", "\"jsonPayload\":{\"m\":1}"), "",
         "pay"},
        {"{\"logName\":\"projects/p/logs/run.googleapis.com/stdout\",\"resource\":{\"type\":"
         "\"cloud_run_job\",\"labels\":{\"job_name\":\"night\"}},\"textPayload\":\"\"}",
         "", "job:night"},
    };
    struct scan s;
    scan_init(&s, &source_gcp_function_log);
    for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
        struct event e = scan_event(&s, rows[i].text);
        assert_int_equal(e.kind, EVENT_LOG);
        expect_text("message", event_attr_get(&e, ATTR_LOG_LINE), rows[i].message);
        expect_text("function", e.function.name, rows[i].function);
    }
    scan_free(&s);
}

static void test_probe(void **state)
{
    (void)state;
    static const char *const others[] = {
        "{\"logName\":\"projects/p/logs/t\",\"textPayload\":\"x\",\"resource\":{}}",
        "{\"resource\":{\"type\":\"cloud_run_revision\"},\"protoPayload\":{}}",
        "{\"resource\":{\"type\":\"cloud_run_revision\"}}",
        "{}",
    };
    struct scan s;
    scan_init(&s, &source_gcp_function_log);
    for (size_t i = 0; i < ARRAY_LEN(others); i++) {
        assert_true(scan_text(&s, str_of(others[i])));
        struct record r = scan_record(&s);
        if (source_gcp_function_log.probe(&r) > 0) {
            fail_msg("%s", others[i]);
        }
    }
    scan_free(&s);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_runs),
        cmocka_unit_test(test_lines),
        cmocka_unit_test(test_probe),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
