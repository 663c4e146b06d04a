#include "source/test_scan.h"

extern const struct source_ops source_gcp_requests;

#define REQUEST(http)                                                                              \
    "{\"logName\":\"projects/acme-prod/logs/run.googleapis.com/requests\",\"insertId\":\"i\","     \
    "\"timestamp\":\"2026-11-20T09:12:00Z\",\"resource\":{\"type\":\"cloud_run_revision\","        \
    "\"labels\":{\"project_id\":\"acme-prod\",\"location\":\"europe-west1\",\"service_name\":"     \
    "\"pay\",\"revision_name\":\"pay-7\"}},\"httpRequest\":" http "}"

static void test_call(void **state)
{
    (void)state;
    struct scan s;
    scan_init(&s, &source_gcp_requests);
    struct event e = scan_event(
        &s, REQUEST("{\"requestUrl\":\"https://pay.run.app/a?token=secret\",\"status\":200,"
                    "\"remoteIp\":\"198.51.100.7\",\"userAgent\":\"curl/8\",\"latency\":\"0.1736s\""
                    "}"));
    assert_int_equal(e.kind, EVENT_INVOKE);
    assert_int_equal(e.outcome, OUTCOME_OK);
    assert_int_equal(e.who.kind, IDENTITY_ANONYMOUS);
    assert_true(e.data_event);
    expect_text("address", e.address, "198.51.100.7");
    expect_text("agent", e.user_agent, "curl/8");
    expect_text("function", e.function.name, "pay");
    expect_text("project", e.function.account, "acme-prod");
    expect_text("region", e.function.region, "europe-west1");
    expect_text("revision", e.qualifier, "pay-7");
    expect_text("ms", event_attr_get(&e, ATTR_WALL_MS), "174");
    expect_text("url", event_attr_get(&e, ATTR_URL), "https://pay.run.app/a");
    scan_free(&s);
}

static void test_outcomes(void **state)
{
    (void)state;
    static const struct {
        const char *http;
        enum event_outcome want;
    } rows[] = {
        {"{\"status\":403}", OUTCOME_DENIED},
        {"{\"status\":401}", OUTCOME_DENIED},
        {"{\"status\":500}", OUTCOME_FAILED},
        {"{\"status\":\"404\"}", OUTCOME_FAILED},
        {"{\"status\":302}", OUTCOME_OK},
        {"{}", OUTCOME_OK},
        {"{\"status\":[]}", OUTCOME_OK},
        {"{\"latency\":\"-1s\",\"remoteIp\":\"x\"}", OUTCOME_OK},
        {"null", OUTCOME_OK},
    };
    struct scan s;
    scan_init(&s, &source_gcp_requests);
    for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
        char text[1024];
        snprintf(text, sizeof(text),
                 "{\"logName\":\"projects/p/logs/run.googleapis.com/requests\","
                 "\"httpRequest\":%s}",
                 rows[i].http);
        struct event e = scan_event(&s, text);
        if (e.outcome != rows[i].want || e.address.len != 0) {
            fail_msg("%s: outcome %d", rows[i].http, e.outcome);
        }
    }
    scan_free(&s);
}

static void test_probe(void **state)
{
    (void)state;
    static const struct {
        const char *text;
        bool ours;
    } rows[] = {
        {"{\"resource\":{\"type\":\"cloud_function\"},\"httpRequest\":{}}", true},
        {"{\"resource\":{\"type\":\"http_load_balancer\"},\"httpRequest\":{}}", false},
        {"{\"resource\":{\"type\":\"cloud_run_revision\"},\"httpRequest\":{},\"protoPayload\":{}}",
         false},
        {"{\"resource\":{\"type\":\"cloud_run_revision\"},\"textPayload\":\"x\"}", false},
    };
    struct scan s;
    scan_init(&s, &source_gcp_requests);
    for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
        assert_true(scan_text(&s, str_of(rows[i].text)));
        struct record r = scan_record(&s);
        if ((source_gcp_requests.probe(&r) > 0) != rows[i].ours) {
            fail_msg("%s", rows[i].text);
        }
    }
    scan_free(&s);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_call),
        cmocka_unit_test(test_outcomes),
        cmocka_unit_test(test_probe),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
