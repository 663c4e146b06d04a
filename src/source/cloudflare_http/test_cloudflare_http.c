/* Requests with and without a Worker, firewall events, and what is neither. */
#include "source/test_scan.h"

extern const struct source_ops source_cloudflare_http;

#define REQUEST(start, worker)                                                                     \
    "{\"ClientIP\":\"203.0.113.9\",\"ClientRequestHost\":\"shop.acme.example\","                   \
    "\"ClientRequestMethod\":\"POST\",\"ClientRequestPath\":\"/login\","                           \
    "\"ClientRequestUserAgent\":\"\\u001b[2J\",\"EdgeResponseStatus\":200,"                        \
    "\"EdgeStartTimestamp\":" start ",\"RayID\":\"8e9b1c60ef9e1c9a\",\"WorkerCPUTime\":900,"       \
    "\"WorkerStatus\":\"" worker "\",\"WorkerSubrequestCount\":3}"

static void test_request(void **state)
{
    (void)state;
    static const char *const records[] = {
        REQUEST("\"2026-11-20T09:12:00Z\"", "ok"), REQUEST("\"2026-11-20 09:12:00\"", "ok"),
        REQUEST("1795165920", "ok"), REQUEST("1795165920000000000", "ok")};
    struct scan s;
    scan_init(&s, &source_cloudflare_http);
    for (size_t i = 0; i < ARRAY_LEN(records); i++) {
        struct event e = scan_event(&s, records[i]);
        assert_true(e.time_us == INT64_C(1795165920) * TIME_SECOND_US);
        assert_int_equal(e.kind, EVENT_OTHER); /* until its run is found */
        expect_text("address", e.address, "");
        expect_text("client", event_attr_get(&e, ATTR_CLIENT), "203.0.113.9");
        expect_text("ray", event_attr_get(&e, ATTR_RAY), "8e9b1c60ef9e1c9a");
        expect_text("host", event_attr_get(&e, ATTR_HOST), "shop.acme.example");
        expect_text("outcome", event_attr_get(&e, ATTR_RUN_OUTCOME), "ok");
        expect_text("subrequests", event_attr_get(&e, ATTR_SUBREQUESTS), "3");
    }
    struct event e = scan_event(&s, REQUEST("1795165920", "unknown"));
    assert_false(event_has(&e, ATTR_RUN_OUTCOME));
    scan_free(&s);
}

/* A job that names the Worker needs no joining. */
static void test_named(void **state)
{
    (void)state;
    struct scan s;
    scan_init(&s, &source_cloudflare_http);
    struct event e = scan_event(
        &s, "{\"ClientIP\":\"203.0.113.9\",\"EdgeStartTimestamp\":1795165920,\"RayID\":\"8e9b\","
            "\"WorkerStatus\":\"ok\",\"WorkerScriptName\":\"pay\"}");
    assert_int_equal(e.kind, EVENT_INVOKE);
    expect_text("function", e.function.name, "pay");
    expect_text("address", e.address, "203.0.113.9");
    scan_free(&s);
}

static void test_firewall(void **state)
{
    (void)state;
    struct scan s;
    scan_init(&s, &source_cloudflare_http);
    struct event e = scan_event(
        &s, "{\"Action\":\"block\",\"ClientIP\":\"203.0.113.9\",\"ClientRequestHost\":\"h\","
            "\"Datetime\":\"2026-11-20T09:12:00Z\",\"RayID\":\"8e9b\",\"RuleID\":\"r\","
            "\"Source\":\"waf\"}");
    assert_int_equal(e.outcome, OUTCOME_DENIED);
    expect_text("service", e.service, "cloudflare.firewall");
    expect_text("action", e.action, "block");
    scan_free(&s);
}

static void test_not_ours(void **state)
{
    (void)state;
    static const char *const records[] = {
        "{}",
        "{\"RayID\":\"x\"}",
        "{\"RayID\":7,\"ClientIP\":\"203.0.113.9\",\"EdgeStartTimestamp\":1}",
        "{\"RayID\":\"x\",\"ClientIP\":\"203.0.113.9\"}",
    };
    struct scan s;
    scan_init(&s, &source_cloudflare_http);
    for (size_t i = 0; i < ARRAY_LEN(records); i++) {
        assert_true(scan_text(&s, str_of(records[i])));
        struct record r = scan_record(&s);
        assert_int_equal(s.ops->probe(&r), 0);
    }
    scan_free(&s);
}

static void test_no_room(void **state)
{
    (void)state;
    struct scan s;
    scan_init(&s, &source_cloudflare_http);
    assert_true(scan_text(&s, STR(REQUEST("1795165920", "ok"))));
    struct record r = scan_record(&s);
    bool done = false;
    for (unsigned long n = 1; !done; n++) {
        struct arena a = {0};
        struct event e = {0};
        mem_torture(n);
        enum err_code rc = s.ops->parse(&r, &a, &e, NULL);
        mem_torture(0);
        arena_free(&a);
        done = rc == ERR_OK;
        assert_true(done || rc == ERR_LIMIT);
    }
    scan_free(&s);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_request),  cmocka_unit_test(test_named),
        cmocka_unit_test(test_firewall), cmocka_unit_test(test_not_ours),
        cmocka_unit_test(test_no_room),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
