#include "source/test_scan.h"

extern const struct source_ops source_gcp_load_balancer;

#define ENTRY(labels, json)                                                                        \
    "{\"logName\":\"projects/p/logs/requests\",\"timestamp\":\"2026-11-20T09:12:00Z\","            \
    "\"resource\":{\"type\":\"http_load_balancer\",\"labels\":{\"project_id\":\"p\"," labels       \
    "}},\"jsonPayload\":{" json "},\"httpRequest\":{\"status\":200,\"remoteIp\":\"198.51.100.7\"," \
    "\"requestUrl\":\"https://a/b?c\"}}"

static void test_call(void **state)
{
    (void)state;
    struct scan s;
    scan_init(&s, &source_gcp_load_balancer);
    struct event e = scan_event(&s, ENTRY("\"zone\":\"global\",\"backend_service_name\":\"pay\","
                                          "\"forwarding_rule_name\":\"rule\"",
                                          "\"statusDetails\":\"response_sent_by_backend\""));
    assert_int_equal(e.kind, EVENT_INVOKE);
    assert_int_equal(e.outcome, OUTCOME_OK);
    expect_text("function", e.function.name, "pay");
    expect_text("region", e.function.region, "");
    expect_text("door", event_attr_get(&e, ATTR_FRONT_DOOR), "rule");
    expect_text("url", event_attr_get(&e, ATTR_URL), "https://a/b");
    expect_text("address", e.address, "198.51.100.7");
    e = scan_event(&s, ENTRY("\"backend_service_name\":\"pay\"",
                             "\"enforcedSecurityPolicy\":{\"outcome\":\"DENY\"}"));
    assert_int_equal(e.outcome, OUTCOME_DENIED);
    e = scan_event(&s, ENTRY("\"backend_service_name\":\"\"", ""));
    assert_int_equal(e.kind, EVENT_OTHER);
    scan_free(&s);
}

static void test_probe(void **state)
{
    (void)state;
    static const struct {
        const char *text;
        bool ours;
    } rows[] = {
        {"{\"jsonPayload\":{\"@type\":\"type.googleapis.com/google.cloud.loadbalancing.type."
         "LoadBalancerLogEntry\"}}",
         true},
        {"{\"jsonPayload\":{\"@type\":[]},\"resource\":{\"type\":1}}", false},
        {"{\"jsonPayload\":\"LoadBalancerLogEntry\"}", false},
        {"{}", false},
    };
    struct scan s;
    scan_init(&s, &source_gcp_load_balancer);
    for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
        assert_true(scan_text(&s, str_of(rows[i].text)));
        struct record r = scan_record(&s);
        if ((source_gcp_load_balancer.probe(&r) > 0) != rows[i].ours) {
            fail_msg("%s", rows[i].text);
        }
    }
    scan_free(&s);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(test_call), cmocka_unit_test(test_probe)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
