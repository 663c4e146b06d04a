#include "source/test_scan.h"

extern const struct source_ops source_gcp_scc;

static void test_finding(void **state)
{
    (void)state;
    struct scan s;
    scan_init(&s, &source_gcp_scc);
    struct event e = scan_event(
        &s, "{\"notificationConfigName\":\"n\",\"finding\":{\"name\":\"f1\",\"category\":\"C\","
            "\"eventTime\":\"2026-11-20T09:12:00Z\"},\"resource\":{\"projectDisplayName\":\"p\"}}");
    assert_int_equal(e.kind, EVENT_OTHER);
    assert_true(e.time_us != TIME_NONE);
    expect_text("id", e.record_id, "f1");
    expect_text("project", e.account, "p");
    expect_text("name", e.name, "C");
    e = scan_event(&s, "{\"finding\":{\"name\":\"f1\",\"category\":\"C\",\"createTime\":7}}");
    assert_true(e.time_us == TIME_NONE);
    scan_free(&s);
}

static void test_probe(void **state)
{
    (void)state;
    static const char *const others[] = {
        "{\"finding\":\"x\"}",
        "{\"finding\":{\"category\":\"x\"}}",
        "{\"notificationConfigName\":\"x\"}",
        "{\"finding\":{\"name\":1,\"category\":[]}}",
    };
    struct scan s;
    scan_init(&s, &source_gcp_scc);
    for (size_t i = 0; i < ARRAY_LEN(others); i++) {
        assert_true(scan_text(&s, str_of(others[i])));
        struct record r = scan_record(&s);
        if (source_gcp_scc.probe(&r) > 0) {
            fail_msg("%s", others[i]);
        }
    }
    scan_free(&s);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(test_finding),
                                       cmocka_unit_test(test_probe)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
