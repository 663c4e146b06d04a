/* The three shapes of a Worker's run, and text that a caller chose. */
#include "source/test_scan.h"

extern const struct source_ops source_cloudflare_trace;

static const char logpush[] =
    "{\"EventTimestampMs\":1795165920123,\"EventType\":\"fetch\",\"ScriptName\":\"pay\","
    "\"ScriptVersion\":{\"id\":\"v-1\"},\"Outcome\":\"exception\",\"CPUTimeMs\":12,"
    "\"WallTimeMs\":340,\"Event\":{\"RayID\":\"8e9b1c60ef9e1c9a\",\"Request\":{\"URL\":"
    "\"https://shop.acme.example/login?token=hush\",\"Method\":\"POST\"},\"Response\":{\"Status\":"
    "500}},\"Logs\":[{\"level\":\"log\",\"message\":[\"hello\"]},{\"Level\":\"log\",\"Message\":"
    "[\"a\",{\"b\":1}]}],\"Exceptions\":[{\"Name\":\"TypeError\",\"Message\":\"x is not a "
    "function\"}],\"ScriptTags\":[]}";

static const char tail[] =
    "{\"wallTime\":3,\"cpuTime\":1,\"truncated\":false,\"executionModel\":\"stateless\","
    "\"outcome\":\"ok\",\"scriptVersion\":{\"id\":\"v-2\"},\"scriptName\":\"pay\","
    "\"diagnosticsChannelEvents\":[],\"exceptions\":[],\"logs\":[{\"message\":["
    "\"\\u001b[31mred <script>\"],\"level\":\"log\",\"timestamp\":1}],\"eventTimestamp\":"
    "1795165920123,\"event\":{\"request\":{\"url\":\"https://pay.acme.workers.dev/x\",\"method\":"
    "\"GET\",\"headers\":{\"cf-connecting-ip\":\"203.0.113.9\",\"cf-ray\":\"8e9b1c60ef9e1c9a-FRA\","
    "\"user-agent\":\"<img src=x onerror=alert(1)>\"},\"cf\":{}},\"response\":{\"status\":200}}}";

static const char cron[] =
    "{\"outcome\":\"exceededCpu\",\"scriptName\":null,\"exceptions\":[],\"logs\":[],"
    "\"eventTimestamp\":1795165920123,\"event\":{\"cron\":\"*/5 * * * *\",\"scheduledTime\":1}}";

static void test_logpush(void **state)
{
    (void)state;
    struct scan s;
    scan_init(&s, &source_cloudflare_trace);
    struct event e = scan_event(&s, logpush);
    assert_int_equal(e.kind, EVENT_RUN);
    assert_int_equal(e.outcome, OUTCOME_FAILED);
    assert_true(e.time_us == INT64_C(1795165920123000));
    expect_text("function", e.function.name, "pay");
    expect_text("version", e.qualifier, "v-1");
    expect_text("address", e.address, "");
    expect_text("ray", event_attr_get(&e, ATTR_RAY), "8e9b1c60ef9e1c9a");
    expect_text("url", event_attr_get(&e, ATTR_URL), "https://shop.acme.example/login");
    expect_text("host", event_attr_get(&e, ATTR_HOST), "shop.acme.example");
    expect_text("status", event_attr_get(&e, ATTR_STATUS), "500");
    expect_text("cpu", event_attr_get(&e, ATTR_CPU_MS), "12");
    expect_text("line", event_attr_get(&e, ATTR_LOG_LINE), "hello");
    assert_true(event_attr_is(&e, ATTR_LOG_LINE, STR("[\"a\",{\"b\":1}]")));
    expect_text("error", event_attr_get(&e, ATTR_EXCEPTION), "TypeError: x is not a function");
    expect_text("action", e.action, "fetch");
    scan_free(&s);
}

static void test_tail(void **state)
{
    (void)state;
    struct scan s;
    scan_init(&s, &source_cloudflare_trace);
    struct event e = scan_event(&s, tail);
    assert_int_equal(e.kind, EVENT_INVOKE);
    assert_int_equal(e.outcome, OUTCOME_OK);
    expect_text("address", e.address, "203.0.113.9");
    expect_text("ray", event_attr_get(&e, ATTR_RAY), "8e9b1c60ef9e1c9a");
    expect_text("agent", e.user_agent, "<img src=x onerror=alert(1)>");
    expect_text("line", event_attr_get(&e, ATTR_LOG_LINE), "\x1b[31mred <script>");
    e = scan_event(&s, cron);
    assert_int_equal(e.kind, EVENT_RUN);
    assert_int_equal(e.outcome, OUTCOME_FAILED);
    expect_text("function", e.function.name, "");
    expect_text("action", e.action, "scheduled");
    expect_text("cron", event_attr_get(&e, ATTR_SCHEDULE), "*/5 * * * *");
    scan_free(&s);
}

/* Without a script's name, the name at workers.dev is it. */
static void test_host(void **state)
{
    (void)state;
    static const struct {
        const char *host, *script;
    } rows[] = {
        {"pay.acme.workers.dev", "pay"},
        {"0a1b2c3d-pay.acme.workers.dev", "pay"},
        {"0a1b2c3d-.acme.workers.dev", ""},
        {"acme.workers.dev", ""},
        {"workers.dev", ""},
        {"pay.acme.workers.dev.evil.example", ""},
        {"shop.acme.example", ""},
    };
    struct scan s;
    scan_init(&s, &source_cloudflare_trace);
    for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
        char text[512];
        (void)snprintf(text, sizeof(text),
                       "{\"outcome\":\"ok\",\"scriptName\":null,\"exceptions\":[],\"logs\":[],"
                       "\"eventTimestamp\":1795165920123,\"event\":{\"request\":{\"url\":"
                       "\"http://%s:8787/x\",\"method\":\"GET\"}}}",
                       rows[i].host);
        struct event e = scan_event(&s, text);
        expect_text(rows[i].host, e.function.name, rows[i].script);
    }
    scan_free(&s);
}

static void test_odd(void **state)
{
    (void)state;
    static const struct {
        const char *record;
        bool ours;
    } odd[] = {
        {"{\"EventTimestampMs\":\"2026-11-20T09:12:00Z\",\"Outcome\":\"ok\",\"Event\":7,\"Logs\":"
         "[1,\"x\",null,{\"message\":null}],\"Exceptions\":{}}",
         true},
        {"{\"outcome\":\"ok\",\"eventTimestamp\":null,\"logs\":[],\"exceptions\":[]}", false},
        {"{\"outcome\":\"ok\",\"eventTimestamp\":1}", false},
        {"{\"outcome\":\"ok\",\"eventTimestamp\":1,\"logs\":[],\"exceptions\":[],\"event\":{"
         "\"request\":{\"url\":\"nonsense\",\"headers\":{\"cf-connecting-ip\":\"not an "
         "address\"}}}}",
         true},
        {"{\"EventTimestampMs\":1}", false},
        {"{}", false},
    };
    struct scan s;
    scan_init(&s, &source_cloudflare_trace);
    for (size_t i = 0; i < ARRAY_LEN(odd); i++) {
        assert_true(scan_text(&s, str_of(odd[i].record)));
        struct record r = scan_record(&s);
        assert_int_equal(s.ops->probe(&r) > 0, odd[i].ours);
        if (odd[i].ours) {
            struct event e = scan_event(&s, odd[i].record);
            assert_int_equal(e.kind, EVENT_RUN);
        }
    }
    scan_free(&s);
}

static void test_no_room(void **state)
{
    (void)state;
    static const char *const records[] = {logpush, tail, cron};
    struct scan s;
    scan_init(&s, &source_cloudflare_trace);
    for (size_t i = 0; i < ARRAY_LEN(records); i++) {
        assert_true(scan_text(&s, str_of(records[i])));
        struct record r = scan_record(&s);
        bool done = false;
        for (unsigned long n = 1; !done && n < 200; n++) {
            struct arena a = {0};
            struct event e = {0};
            mem_torture(n);
            enum err_code rc = s.ops->parse(&r, &a, &e, NULL);
            mem_torture(0);
            arena_free(&a);
            done = rc == ERR_OK;
            assert_true(done || rc == ERR_LIMIT);
        }
        assert_true(done);
    }
    scan_free(&s);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_logpush), cmocka_unit_test(test_tail),    cmocka_unit_test(test_host),
        cmocka_unit_test(test_odd),     cmocka_unit_test(test_no_room),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
