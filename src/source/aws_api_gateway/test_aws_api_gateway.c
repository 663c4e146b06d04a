#include "source/test_scan.h"

extern const struct source_ops source_aws_api_gateway;

static void test_calls(void **state)
{
    (void)state;
    static const struct {
        const char *text, *door, *route, *caller, *address;
        bool dated;
    } rows[] = {
        {"{\"requestId\":\"r\",\"ip\":\"198.51.100.7\",\"caller\":\"-\",\"user\":\"-\","
         "\"requestTime\":\"20/Nov/2026:09:12:00 +0000\",\"httpMethod\":\"POST\",\"resourcePath\":"
         "\"/pay\",\"status\":\"200\",\"apiId\":\"abc123\",\"accountId\":\"111122223333\"}",
         "abc123", "POST /pay", "", "198.51.100.7", true},
        {"{\"requestId\":\"r\",\"sourceIp\":\"198.51.100.7\",\"requestTimeEpoch\":1795165920123,"
         "\"routeKey\":\"GET /pay\",\"status\":\"200\",\"domainName\":"
         "\"abc123.execute-api.eu-west-1.amazonaws.com\",\"user\":\"AIDAEXAMPLE\"}",
         "abc123", "GET /pay", "AIDAEXAMPLE", "198.51.100.7", true},
        {"{\"requestId\":\"r\",\"ip\":\"x\",\"requestTime\":\"20/Foo/2026:09:12:00 +0000\","
         "\"httpMethod\":\"GET\",\"path\":\"/p?q=1\",\"status\":\"200\"}",
         "", "GET /p", "", "", false},
    };
    struct scan s;
    scan_init(&s, &source_aws_api_gateway);
    for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
        struct event e = scan_event(&s, rows[i].text);
        assert_int_equal(e.kind, EVENT_INVOKE);
        assert_int_equal(e.time_us != TIME_NONE, rows[i].dated);
        expect_text("door", event_attr_get(&e, ATTR_FRONT_DOOR), rows[i].door);
        expect_text("route", event_attr_get(&e, ATTR_ROUTE), rows[i].route);
        expect_text("caller", e.who.principal, rows[i].caller);
        expect_text("address", e.address, rows[i].address);
    }
    scan_free(&s);
}

static void test_times(void **state)
{
    (void)state;
    struct scan s;
    scan_init(&s, &source_aws_api_gateway);
    struct event e = scan_event(
        &s, "{\"requestId\":\"r\",\"ip\":\"x\",\"requestTime\":\"20/Nov/2026:09:12:00 +0200\","
            "\"resourcePath\":\"/\"}");
    int64_t want;
    assert_true(time_parse_rfc3339(STR("2026-11-20T07:12:00Z"), &want));
    assert_int_equal(e.time_us, want);
    scan_free(&s);
}

static void test_others(void **state)
{
    (void)state;
    static const char *const rows[] = {
        "{\"requestId\":\"r\",\"ip\":\"x\"}",
        "{\"requestId\":\"r\",\"ip\":\"x\",\"path\":\"/\",\"requestTime\":\"t\"}",
        "{\"ip\":\"x\",\"resourcePath\":\"/\",\"requestTime\":\"t\"}",
    };
    struct scan s;
    scan_init(&s, &source_aws_api_gateway);
    for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
        assert_true(scan_text(&s, str_of(rows[i])));
        struct record r = scan_record(&s);
        assert_int_equal(source_aws_api_gateway.probe(&r), 0);
    }
    scan_free(&s);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(test_calls), cmocka_unit_test(test_times),
                                       cmocka_unit_test(test_others)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
