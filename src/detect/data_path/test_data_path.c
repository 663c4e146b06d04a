#include "detect/test_fixture.h"

extern const struct detect_ops detect_data_path;

#define OWN_QUEUE     "arn:aws:sqs:eu-west-1:111122223333:jobs"
#define FOREIGN_QUEUE "arn:aws:sqs:eu-west-1:999988887777:jobs"
#define SOURCE(x)     FX_ATTR(TRIGGER_SOURCE, x)
#define SINK(x)       FX_ATTR(DESTINATION, x)

static void test_sources(void **state)
{
    (void)state;
    struct fx f;
    fx_open(&f, &detect_data_path);
    /* Foreign: at once. Ours: not before there is history. */
    assert_int_equal(fx_play(&f, FX_EVENT(&f, "CreateEventSourceMapping", SOURCE(FOREIGN_QUEUE))),
                     1);
    fx_expect_severity(&f, SEVERITY_HIGH);
    struct event *other = FX_EVENT(&f, "CreateEventSourceMapping", SOURCE(OWN_QUEUE));
    other->function.name = STR("fresh");
    assert_int_equal(fx_play(&f, other), 0);
    assert_int_equal(fx_play(&f, FX_EVENT(&f, "CreateEventSourceMapping", SOURCE(OWN_QUEUE))), 1);
    fx_expect_severity(&f, SEVERITY_MEDIUM);
    assert_int_equal(fx_play(&f, FX_EVENT(&f, "UpdateEventSourceMapping", SOURCE(OWN_QUEUE))), 0);
    assert_int_equal(fx_play(&f, FX_EVENT(&f, "DeleteEventSourceMapping", SOURCE(FOREIGN_QUEUE))),
                     0);
    fx_close(&f);
}

static void test_setting_up(void **state)
{
    (void)state;
    struct fx f;
    fx_open(&f, &detect_data_path);
    fx_play(&f, FX_PLAIN(&f, "CreateFunction"));
    assert_int_equal(fx_play(&f, FX_EVENT(&f, "CreateEventSourceMapping", SOURCE(OWN_QUEUE))), 0);
    assert_int_equal(fx_play(&f, FX_EVENT(&f, "PutFunctionEventInvokeConfig", SINK(OWN_QUEUE))), 0);
    f.now_us += 25 * TIME_HOUR_US;
    assert_int_equal(fx_play(&f, FX_EVENT(&f, "CreateEventSourceMapping",
                                          SOURCE("arn:aws:sqs:eu-west-1:111122223333:b"))),
                     1);
    fx_close(&f);
}

static void test_destinations(void **state)
{
    (void)state;
    struct fx f;
    fx_open(&f, &detect_data_path);
    fx_play(&f, FX_PLAIN(&f, "UpdateFunctionConfiguration"));
    assert_int_equal(fx_play(&f, FX_EVENT(&f, "PutFunctionEventInvokeConfig", SINK(FOREIGN_QUEUE),
                                          SINK(OWN_QUEUE))),
                     2);
    assert_int_equal(f.run.hits.at[0].severity, SEVERITY_HIGH);
    assert_int_equal(f.run.hits.at[1].severity, SEVERITY_MEDIUM);
    assert_int_equal(fx_play(&f, FX_EVENT(&f, "PutFunctionEventInvokeConfig", SINK(OWN_QUEUE))), 0);
    assert_int_equal(
        fx_play(&f, FX_EVENT(&f, "UpdateFunctionConfiguration", SINK("arn:aws:s3:::bucket"))), 1);
    fx_expect_severity(&f, SEVERITY_MEDIUM);
    fx_close(&f);
}

static void test_vendor_sink(void **state)
{
    (void)state;
    struct fx f;
    fx_open(&f, &detect_data_path);
    struct env_vendor vendor = {.until_us = TIME_NONE};
    assert_true(VEC_PUSH(&vendor.log_sinks, STR("arn:aws:sqs:eu-west-1:999988887777:*")));
    assert_true(VEC_PUSH(&f.context.env.vendors, vendor));
    fx_play(&f, FX_PLAIN(&f, "UpdateFunctionConfiguration"));
    assert_int_equal(fx_play(&f, FX_EVENT(&f, "PutFunctionEventInvokeConfig", SINK(FOREIGN_QUEUE))),
                     1);
    fx_expect_severity(&f, SEVERITY_LOW);
    assert_int_equal(fx_play(&f, FX_EVENT(&f, "PutFunctionEventInvokeConfig", SINK(FOREIGN_QUEUE))),
                     0);
    VEC_FREE(&vendor.log_sinks);
    VEC_FREE(&f.context.env.vendors);
    fx_close(&f);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_sources),
        cmocka_unit_test(test_setting_up),
        cmocka_unit_test(test_destinations),
        cmocka_unit_test(test_vendor_sink),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
