#include "source/test_scan.h"

extern const struct source_ops source_aws_cloudfront;

#define LINE(when, result)                                                                         \
    "{" when "\"c-ip\":\"2001:db8::7\",\"cs-method\":\"GET\",\"cs(Host)\":"                        \
    "\"d111111abcdef8.cloudfront.net\",\"cs-uri-stem\":\"/pay\",\"sc-status\":\"200\","            \
    "\"cs(User-Agent)\":\"curl%2F8\",\"x-edge-request-id\":\"id==\",\"x-host-header\":"            \
    "\"shop.acme.example\",\"time-taken\":\"0.123\",\"x-edge-result-type\":\"" result "\"}"
#define DATED "\"date\":\"2026-11-20\",\"time\":\"09:12:00\","

static void test_calls(void **state)
{
    (void)state;
    static const struct {
        const char *text;
        enum event_kind kind;
        bool dated;
    } rows[] = {
        {LINE(DATED, "Miss"), EVENT_INVOKE, true},
        {LINE("\"timestamp\":\"1795165920\",", "Error"), EVENT_INVOKE, true},
        {LINE(DATED, "Hit"), EVENT_OTHER, true},
        {LINE("", "Miss"), EVENT_INVOKE, false},
        {LINE("\"date\":\"x\",\"time\":\"y\",", "LimitExceeded"), EVENT_INVOKE, false},
    };
    struct scan s;
    scan_init(&s, &source_aws_cloudfront);
    for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
        struct event e = scan_event(&s, rows[i].text);
        assert_int_equal(e.kind, rows[i].kind);
        assert_int_equal(e.time_us != TIME_NONE, rows[i].dated);
        expect_text("address", e.address, "2001:db8::7");
        expect_text("door", event_attr_get(&e, ATTR_FRONT_DOOR), "d111111abcdef8.cloudfront.net");
        expect_text("host", event_attr_get(&e, ATTR_HOST), "shop.acme.example");
        expect_text("ms", event_attr_get(&e, ATTR_WALL_MS), "123");
        expect_text("id", e.record_id, "id==");
    }
    scan_free(&s);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(test_calls)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
