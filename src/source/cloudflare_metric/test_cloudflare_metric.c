#include "source/test_scan.h"

extern const struct source_ops source_cloudflare_metric;

static void test_rates(void **state)
{
    (void)state;
    static const struct {
        const char *text, *point;
        uint64_t count;
    } rows[] = {
        {"{\"dimensions\":{\"datetime\":\"2026-11-20T09:12:00Z\",\"scriptName\":\"pay\"},\"sum\":{"
         "\"requests\":17,\"errors\":0}}",
         "2026-11-20T09:12:00Z 0 17", 17},
        {"{\"dimensions\":{\"datetimeHour\":\"2026-11-20T09:00:00Z\",\"scriptName\":\"pay\"},"
         "\"sum\":{\"requests\":5}}",
         "2026-11-20T09:00:00Z 3600 5", 5},
        {"{\"dimensions\":{\"scriptName\":\"pay\"},\"sum\":{\"requests\":5}}", "", 0},
    };
    struct scan s;
    scan_init(&s, &source_cloudflare_metric);
    for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
        struct event e = scan_event(&s, rows[i].text);
        assert_int_equal(e.kind, EVENT_RATE);
        expect_text("function", e.function.name, "pay");
        expect_text("point", event_attr_get(&e, ATTR_RATE_POINT), rows[i].point);
        assert_int_equal(e.count, rows[i].count);
    }
    scan_free(&s);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(test_rates)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
