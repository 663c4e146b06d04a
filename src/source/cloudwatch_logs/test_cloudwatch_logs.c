#include "source/cloudwatch_logs/lambda_line.h"
#include "source/test_scan.h"

extern const struct source_ops source_cloudwatch_logs;

#define UUID "f08bb4c8-d6b2-4f05-ac17-af7e2ba005fb"
#define HEX  "20bddfd5a2dc4c6b97ac02800eae90d0"
#define LINE(message)                                                                              \
    "{\"logGroup\":\"/aws/lambda/pay\",\"logStream\":\"2026/11/20/[12]" HEX                        \
    "\",\"owner\":\"111122223333\",\"id\":\"7\",\"timestamp\":1795165920123,\"message\":"          \
    "\"" message "\"}"
#define REPORT                                                                                     \
    "REPORT RequestId: " UUID "\\tDuration: 619.31 ms\\tBilled Duration: 700 ms\\tMemory Size: "   \
    "128 MB\\tMax Memory Used: 118 MB\\tInit Duration: 150.2 ms\\t"

static void reads_runs(void **state)
{
    (void)state;
    static const struct {
        const char *text, *wall, *billed, *init, *memory, *used, *status, *error;
        enum event_outcome outcome;
    } rows[] = {
        {LINE(REPORT "\\n"), "619.31", "700", "150.2", "128", "118", "", "", OUTCOME_OK},
        {LINE("REPORT RequestId: " UUID "\\tDuration: 3000.00 ms\\tBilled Duration: 3000 ms\\t"
              "Memory Size: 128 MB\\tMax Memory Used: 30 MB\\tStatus: timeout\\n"),
         "3000.00", "3000", "", "128", "30", "timeout", "timeout", OUTCOME_FAILED},
        {LINE("REPORT RequestId: " UUID "\\tDuration: 1.00 ms\\tBilled Duration: 1 ms\\tMemory "
              "Size: 128 MB\\tMax Memory Used: 30 MB\\tStatus: error\\tError Type: "
              "Runtime.ExitError\\n"),
         "1.00", "1", "", "128", "30", "error", "Runtime.ExitError", OUTCOME_FAILED},
        {LINE("{\\\"time\\\":\\\"2026-11-20T09:12:00.123Z\\\",\\\"type\\\":\\\"platform.report\\\","
              "\\\"record\\\":{\\\"requestId\\\":\\\"" UUID "\\\",\\\"status\\\":\\\"success\\\","
              "\\\"metrics\\\":{\\\"durationMs\\\":12.5,\\\"billedDurationMs\\\":13,"
              "\\\"memorySizeMB\\\":512,\\\"maxMemoryUsedMB\\\":75,\\\"initDurationMs\\\":80.1}}}"),
         "12.5", "13", "80.1", "512", "75", "success", "", OUTCOME_OK},
    };
    struct scan s;
    scan_init(&s, &source_cloudwatch_logs);
    for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
        struct event e = scan_event(&s, rows[i].text);
        assert_int_equal(e.kind, EVENT_RUN);
        assert_int_equal(e.outcome, rows[i].outcome);
        expect_text("wall", event_attr_get(&e, ATTR_WALL_MS), rows[i].wall);
        expect_text("billed", event_attr_get(&e, ATTR_BILLED_MS), rows[i].billed);
        expect_text("init", event_attr_get(&e, ATTR_INIT_MS), rows[i].init);
        expect_text("memory", event_attr_get(&e, ATTR_MEMORY_MB), rows[i].memory);
        expect_text("used", event_attr_get(&e, ATTR_MEMORY_USED_MB), rows[i].used);
        expect_text("status", event_attr_get(&e, ATTR_RUN_OUTCOME), rows[i].status);
        expect_text("error", e.error_code, rows[i].error);
        expect_text("execution", event_attr_get(&e, ATTR_EXECUTION), UUID);
        expect_text("function", e.function.name, "pay");
        expect_text("account", e.function.account, "111122223333");
        expect_text("version", e.qualifier, "12");
        assert_int_equal(e.time_us, INT64_C(1795165920123000));
    }
    scan_free(&s);
}

static void counts_other_lines(void **state)
{
    (void)state;
    static const struct {
        const char *text, *name, *version, *region, *extension, *error;
        enum event_kind kind;
    } rows[] = {
        {LINE("START RequestId: " UUID " Version: 8\\n"), "START", "8", "", "", "", EVENT_OTHER},
        {LINE("END RequestId: " UUID "\\n"), "END", "12", "", "", "", EVENT_OTHER},
        {LINE("INIT_START Runtime Version: python:3.13.v1\\tRuntime Version ARN: "
              "arn:aws:lambda:eu-west-1::runtime:abc\\n"),
         "INIT_START", "12", "eu-west-1", "", "", EVENT_OTHER},
        {LINE("EXTENSION\\tName: spy\\tState: Ready\\tEvents: [INVOKE,SHUTDOWN]\\n"), "EXTENSION",
         "12", "", "spy", "", EVENT_LOG},
        {LINE("2026-11-20T09:12:03.123Z " UUID " Task timed out after 3.00 seconds\\n\\n"),
         "timeout", "12", "", "", "timeout", EVENT_OTHER},
        {LINE("2026-11-20T09:12:03.123Z\\t" UUID "\\tINFO\\thello"), "log", "12", "", "", "",
         EVENT_LOG},
        {LINE("/bin/sh: not found"), "log", "12", "", "", "", EVENT_LOG},
        {LINE("{\\\"type\\\":\\\"platform.extension\\\",\\\"time\\\":\\\"x\\\",\\\"record\\\":{"
              "\\\"name\\\":\\\"spy\\\"}}"),
         "platform.extension", "12", "", "spy", "", EVENT_LOG},
        {LINE("{\\\"type\\\":\\\"platform.report\\\""), "log", "12", "", "", "", EVENT_LOG},
        {LINE(""), "log", "12", "", "", "", EVENT_LOG},
    };
    struct scan s;
    scan_init(&s, &source_cloudwatch_logs);
    for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
        struct event e = scan_event(&s, rows[i].text);
        assert_int_equal(e.kind, rows[i].kind);
        expect_text("name", e.name, rows[i].name);
        expect_text("version", e.qualifier, rows[i].version);
        expect_text("region", e.function.region, rows[i].region);
        expect_text("extension", event_attr_get(&e, ATTR_EXTENSION), rows[i].extension);
        expect_text("error", e.error_code, rows[i].error);
    }
    scan_free(&s);
}

static void knows_its_shapes(void **state)
{
    (void)state;
    static const struct {
        const char *text;
        bool ours;
        const char *function, *account;
    } rows[] = {
        {"{\"logStreamName\":\"2026/11/20/[$LATEST]" HEX
         "\",\"timestamp\":5,\"message\":\"x\",\"eventId\":\"9\"}",
         true, "", ""},
        {"{\"logStreamName\":\"2026/11/20/pay[$LATEST]" HEX
         "\",\"timestamp\":5,\"message\":\"x\",\"eventId\":\"9\"}",
         true, "pay", ""},
        {"{\"timestamp\":\"2026-11-20 09:12:00.000\",\"message\":\"x\",\"log\":"
         "\"111122223333:/aws/lambda/pay\"}",
         true, "pay", "111122223333"},
        {"{\"timestamp\":\"2026-11-20T09:12:00.000Z\",\"message\":\"END RequestId: " UUID "\"}",
         true, "", ""},
        {"{\"time\":\"2026-11-20T09:12:00.000Z\",\"type\":\"platform.start\",\"record\":{"
         "\"requestId\":\"" UUID "\"}}",
         true, "", ""},
        {"{\"message\":\"START RequestId: x\"}", false, "", ""},
        {"{\"timestamp\":5,\"message\":\"hello\"}", false, "", ""},
        {"{\"time\":\"x\",\"type\":\"other\",\"record\":{}}", false, "", ""},
        {"{\"message\":7,\"timestamp\":5}", false, "", ""},
    };
    struct scan s;
    scan_init(&s, &source_cloudwatch_logs);
    for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
        assert_true(scan_text(&s, str_of(rows[i].text)));
        struct record r = scan_record(&s);
        assert_int_equal(source_cloudwatch_logs.probe(&r) > 0, rows[i].ours);
        if (rows[i].ours) {
            struct event e = scan_event(&s, rows[i].text);
            expect_text("function", e.function.name, rows[i].function);
            expect_text("account", e.function.account, rows[i].account);
        }
    }
    scan_free(&s);
}

/* No cut, no byte out of place takes the reader past its text. */
static void survives_damage(void **state)
{
    (void)state;
    static const char *const lines[] = {
        "REPORT RequestId: " UUID
        "\tDuration: 619.31 ms\tBilled Duration: 700 ms\tMemory Size: 128 "
        "MB\tMax Memory Used: 118 MB\t",
        "2026-11-20T09:12:03.123Z " UUID " Task timed out after 3.00 seconds",
        "INIT_START Runtime Version: python:3.13.v1\tRuntime Version ARN: arn:aws:lambda:eu-west-1",
        "{\"type\":\"platform.report\",\"record\":{\"metrics\":{\"durationMs\":-1}}}",
    };
    for (size_t i = 0; i < ARRAY_LEN(lines); i++) {
        struct str text = str_of(lines[i]);
        for (size_t n = 0; n <= text.len; n++) {
            struct arena a = {0};
            struct lambda_line line;
            char *copy = mem_alloc(n + 1, 1); /* an allocation of its own: overruns show */
            assert_non_null(copy);
            memcpy(copy, text.ptr, n);
            (void)lambda_line_likely(str_make(copy, n));
            assert_true(lambda_line_read(str_make(copy, n), &a, &line));
            mem_free(copy);
            arena_free(&a);
        }
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(reads_runs), cmocka_unit_test(counts_other_lines),
        cmocka_unit_test(knows_its_shapes), cmocka_unit_test(survives_damage)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
