#include "source/test_scan.h"

extern const struct source_ops source_aws_metric;

static void test_rates(void **state)
{
    (void)state;
    static const struct {
        const char *text, *function, *metric, *account, *first;
        uint64_t count;
        size_t points;
    } rows[] = {
        {"{\"metric_stream_name\":\"m\",\"account_id\":\"111122223333\",\"region\":\"eu-west-1\","
         "\"namespace\":\"AWS/Lambda\",\"metric_name\":\"Invocations\",\"dimensions\":{"
         "\"FunctionName\":\"pay\"},\"timestamp\":1795165920000,\"value\":{\"count\":17,\"sum\":"
         "17.0,\"max\":1,\"min\":1},\"unit\":\"Count\"}",
         "pay", "Invocations", "111122223333", "2026-11-20T09:12:00Z 60 17", 17, 1},
        {"{\"Id\":\"m1\",\"Label\":\"pay "
         "Invocations\",\"Timestamps\":[\"2026-11-20T09:13:00+00:00\","
         "\"2026-11-20T09:12:00+00:00\"],\"Values\":[5.0,7.0],\"StatusCode\":\"Complete\"}",
         "pay", "Invocations", "", "2026-11-20T09:13:00Z 0 5", 12, 2},
        {"{\"Label\":\"Errors\",\"Datapoints\":[{\"Timestamp\":\"2026-11-20T09:12:00Z\",\"Sum\":3."
         "0,"
         "\"Unit\":\"Count\"}]}",
         "", "Errors", "", "2026-11-20T09:12:00Z 0 3", 3, 1},
        {"{\"Label\":\"x\",\"Timestamps\":[\"no time\",5],\"Values\":[1,2,3]}", "", "x", "", "", 0,
         0},
    };
    struct scan s;
    scan_init(&s, &source_aws_metric);
    for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
        struct event e = scan_event(&s, rows[i].text);
        assert_int_equal(e.kind, EVENT_RATE);
        expect_text("function", e.function.name, rows[i].function);
        expect_text("metric", event_attr_get(&e, ATTR_METRIC), rows[i].metric);
        expect_text("account", e.account, rows[i].account);
        expect_text("first", event_attr_get(&e, ATTR_RATE_POINT), rows[i].first);
        assert_int_equal(e.count, rows[i].count);
        assert_int_equal(e.attr_count, rows[i].points + 1);
    }
    scan_free(&s);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(test_rates)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
