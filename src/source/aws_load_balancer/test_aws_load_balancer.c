#include "source/test_scan.h"

extern const struct source_ops source_aws_load_balancer;

#define GROUP "arn:aws:elasticloadbalancing:eu-west-1:111122223333:targetgroup/pay/73e2"
#define LINE(client, status, actions)                                                              \
    "{\"type\":\"https\",\"time\":\"2026-11-20T09:12:00.186641Z\",\"elb\":\"app/shop/50dc\","      \
    "\"client:port\":\"" client                                                                    \
    "\",\"target_processing_time\":\"0.048\",\"elb_status_code\":\"" status                        \
    "\",\"request\":\"POST https://shop.acme.example:443/pay?token=1 HTTP/2.0\","                  \
    "\"user_agent\":\"curl/8.5.0\",\"target_group_arn\":\"" GROUP "\",\"trace_id\":\"Root=1\","    \
    "\"domain_name\":\"shop.acme.example\",\"actions_executed\":\"" actions "\"}"

static void test_calls(void **state)
{
    (void)state;
    static const struct {
        const char *text, *address, *error;
        enum event_outcome outcome;
    } rows[] = {
        {LINE("198.51.100.7:2817", "200", "forward"), "198.51.100.7", "", OUTCOME_OK},
        {LINE("[2001:db8::7]:2817", "502", "forward"), "2001:db8::7", "502", OUTCOME_FAILED},
        {LINE("198.51.100.7:2817", "403", "waf,waf-failed"), "198.51.100.7", "waf-failed",
         OUTCOME_DENIED},
        {LINE("nonsense", "401", ""), "", "401", OUTCOME_DENIED},
    };
    struct scan s;
    scan_init(&s, &source_aws_load_balancer);
    for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
        struct event e = scan_event(&s, rows[i].text);
        assert_int_equal(e.kind, EVENT_INVOKE);
        assert_int_equal(e.outcome, rows[i].outcome);
        expect_text("address", e.address, rows[i].address);
        expect_text("error", e.error_code, rows[i].error);
        expect_text("door", event_attr_get(&e, ATTR_FRONT_DOOR), GROUP);
        expect_text("route", event_attr_get(&e, ATTR_ROUTE),
                    "POST https://shop.acme.example:443/pay");
        expect_text("ms", event_attr_get(&e, ATTR_WALL_MS), "48");
        expect_text("account", e.account, "111122223333");
        expect_text("region", e.region, "eu-west-1");
        assert_true(e.time_us != TIME_NONE);
    }
    scan_free(&s);
}

static void test_others(void **state)
{
    (void)state;
    struct scan s;
    scan_init(&s, &source_aws_load_balancer);
    assert_true(scan_text(&s, STR("{\"elb\":\"x\",\"client:port\":\"y\"}")));
    struct record r = scan_record(&s);
    assert_int_equal(source_aws_load_balancer.probe(&r), 0);
    scan_free(&s);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(test_calls), cmocka_unit_test(test_others)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
