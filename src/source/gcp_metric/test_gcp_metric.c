#include "source/test_scan.h"

extern const struct source_ops source_gcp_metric;

static void test_rates(void **state)
{
    (void)state;
    struct scan s;
    scan_init(&s, &source_gcp_metric);
    struct event e = scan_event(
        &s,
        "{\"metric\":{\"type\":\"run.googleapis.com/request_count\"},\"resource\":{\"type\":"
        "\"cloud_run_revision\",\"labels\":{\"project_id\":\"acme\",\"location\":\"europe-west1\","
        "\"service_name\":\"pay\"}},\"points\":[{\"interval\":{\"startTime\":"
        "\"2026-11-20T09:12:00Z\",\"endTime\":\"2026-11-20T09:13:00Z\"},\"value\":{\"int64Value\":"
        "\"17\"}},{\"interval\":{\"endTime\":\"2026-11-20T09:12:00Z\"},\"value\":{\"doubleValue\":"
        "3}},{\"value\":{}}]}");
    assert_int_equal(e.kind, EVENT_RATE);
    assert_int_equal(e.count, 20);
    assert_int_equal(e.attr_count, 3);
    expect_text("function", e.function.name, "pay");
    expect_text("region", e.function.region, "europe-west1");
    expect_text("account", e.account, "acme");
    expect_text("metric", event_attr_get(&e, ATTR_METRIC), "request_count");
    expect_text("point", event_attr_get(&e, ATTR_RATE_POINT), "2026-11-20T09:12:00Z 60 17");
    scan_free(&s);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(test_rates)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
