#include "detect/test_fixture.h"

extern const struct detect_ops detect_log_selectors;

#define DATA(x)  FX_ATTR(LOGS_FUNCTION_DATA, x)
#define MGMT(x)  FX_ATTR(LOGS_MANAGEMENT, x)
#define TRAIL(x) FX_ATTR(TRAIL, x)

static struct event *of_trail(struct event *e)
{
    e->service = STR("cloudtrail.amazonaws.com");
    e->kind = EVENT_LOGGING;
    e->function = (struct function_key){0};
    return e;
}

#define SELECT(f, ...) of_trail(FX_EVENT(f, "PutEventSelectors", __VA_ARGS__))

static void test_function_data(void **state)
{
    (void)state;
    struct fx f;
    fx_open(&f, &detect_log_selectors);
    /* Not known before: no answer. */
    assert_int_equal(fx_play(&f, SELECT(&f, TRAIL("main"), MGMT("true"), DATA("false"))), 0);
    assert_int_equal(fx_play(&f, SELECT(&f, TRAIL("main"), MGMT("true"), DATA("true"))), 0);
    struct event *refused = SELECT(&f, TRAIL("main"), MGMT("true"), DATA("false"));
    refused->outcome = OUTCOME_DENIED;
    assert_int_equal(fx_play(&f, refused), 1);
    fx_expect_severity(&f, SEVERITY_MEDIUM);
    /* The same trail by its ARN; another one is not it. */
    assert_int_equal(fx_play(&f, SELECT(&f, TRAIL("other"), MGMT("true"), DATA("false"))), 0);
    assert_int_equal(
        fx_play(&f, SELECT(&f, TRAIL("arn:aws:cloudtrail:eu-west-1:111122223333:trail/main"),
                           MGMT("true"), DATA("false"))),
        1);
    fx_expect_severity(&f, SEVERITY_HIGH);
    fx_close(&f);
}

static void test_limited_to_some(void **state)
{
    (void)state;
    struct fx f;
    fx_open(&f, &detect_log_selectors);
    fx_play(&f, SELECT(&f, TRAIL("main"), MGMT("true"), DATA("true")));
    struct event *some = SELECT(
        &f, TRAIL("main"), MGMT("true"), DATA("true"),
        FX_ATTR(LOGS_FUNCTION_LIMIT, "arn:aws:lambda:eu-west-1:111122223333:function:hello"));
    assert_int_equal(fx_play(&f, some), 1);
    assert_int_equal(fx_play(&f, some), 0);
    fx_close(&f);
}

static void test_management(void **state)
{
    (void)state;
    struct fx f;
    fx_open(&f, &detect_log_selectors);
    assert_int_equal(fx_play(&f, SELECT(&f, TRAIL("main"), MGMT("false"), DATA("true"))), 1);
    assert_int_equal(fx_play(&f, of_trail(FX_EVENT(&f, "StartLogging", TRAIL("main")))), 0);
    fx_close(&f);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_function_data),
        cmocka_unit_test(test_limited_to_some),
        cmocka_unit_test(test_management),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
