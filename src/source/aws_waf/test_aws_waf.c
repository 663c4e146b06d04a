#include "source/test_scan.h"

extern const struct source_ops source_aws_waf;

#define RECORD(action, name, id)                                                                   \
    "{\"timestamp\":1795165920123,\"webaclId\":\"arn:aws:wafv2:eu-west-1:111122223333:regional/"   \
    "webacl/w/1\",\"terminatingRuleId\":\"rate\",\"action\":\"" action                             \
    "\",\"httpSourceName\":\"" name "\",\"httpSourceId\":\"" id                                    \
    "\",\"httpRequest\":{\"clientIp\":\"198.51.100.7\",\"headers\":[{\"name\":\"Host\",\"value\":" \
    "\"shop.acme.example\"},{\"name\":\"USER-AGENT\",\"value\":\"curl\"}],\"uri\":\"/pay\","       \
    "\"httpMethod\":\"POST\",\"requestId\":\"5f2\"}}"

static void test_calls(void **state)
{
    (void)state;
    static const struct {
        const char *text, *door, *error;
        enum event_outcome outcome;
    } rows[] = {
        {RECORD("ALLOW", "APIGW", "111122223333:abc123:prod"), "abc123", "", OUTCOME_OK},
        {RECORD("BLOCK", "ALB", "111122223333-app/shop/50dc"), "app/shop/50dc", "rate",
         OUTCOME_DENIED},
        {RECORD("CAPTCHA", "CF", "E2EXAMPLE"), "E2EXAMPLE", "rate", OUTCOME_DENIED},
    };
    struct scan s;
    scan_init(&s, &source_aws_waf);
    for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
        struct event e = scan_event(&s, rows[i].text);
        assert_int_equal(e.kind, EVENT_INVOKE);
        assert_int_equal(e.outcome, rows[i].outcome);
        expect_text("door", event_attr_get(&e, ATTR_FRONT_DOOR), rows[i].door);
        expect_text("error", e.error_code, rows[i].error);
        expect_text("host", event_attr_get(&e, ATTR_HOST), "shop.acme.example");
        expect_text("agent", e.user_agent, "curl");
        expect_text("account", e.account, "111122223333");
        expect_text("region", e.region, "eu-west-1");
        assert_int_equal(e.time_us, INT64_C(1795165920123000));
    }
    scan_free(&s);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(test_calls)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
