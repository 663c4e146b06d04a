#include "detect/test_fixture.h"

extern const struct detect_ops detect_url_weakened;

#define IAM  FX_ATTR(URL_AUTH, "AWS_IAM")
#define NONE FX_ATTR(URL_AUTH, "NONE")

static void test_weakened(void **state)
{
    (void)state;
    struct fx f;
    fx_open(&f, &detect_url_weakened);
    /* Unknown before: no answer. */
    assert_int_equal(fx_play(&f, FX_EVENT(&f, "UpdateFunctionUrlConfig", NONE)), 0);
    assert_int_equal(fx_play(&f, FX_EVENT(&f, "UpdateFunctionUrlConfig", IAM)), 0);
    struct event *e = FX_EVENT(&f, "UpdateFunctionUrlConfig", NONE);
    e->user_agent = STR("HashiCorp/1.0 Terraform/1.9.0");
    assert_int_equal(fx_play(&f, e), 1);
    fx_expect_severity(&f, SEVERITY_HIGH);
    assert_int_equal(fx_play(&f, FX_EVENT(&f, "UpdateFunctionUrlConfig", NONE)), 0);
    fx_close(&f);
}

static void test_deleted_and_made_again(void **state)
{
    (void)state;
    struct fx f;
    fx_open(&f, &detect_url_weakened);
    fx_play(&f, FX_EVENT(&f, "CreateFunctionUrlConfig", IAM));
    fx_play(&f, FX_PLAIN(&f, "DeleteFunctionUrlConfig"));
    assert_int_equal(fx_play(&f, FX_EVENT(&f, "CreateFunctionUrlConfig", NONE)), 1);
    fx_close(&f);
}

static void test_each_endpoint_alone(void **state)
{
    (void)state;
    struct fx f;
    fx_open(&f, &detect_url_weakened);
    fx_play(&f, FX_EVENT(&f, "CreateFunctionUrlConfig", IAM));
    struct event *alias = FX_EVENT(&f, "CreateFunctionUrlConfig", NONE);
    alias->qualifier = STR("test");
    assert_int_equal(fx_play(&f, alias), 0);
    struct event *other = FX_EVENT(&f, "CreateFunctionUrlConfig", NONE);
    other->function.name = STR("refund");
    assert_int_equal(fx_play(&f, other), 0);
    fx_close(&f);
}

static void test_attempt_and_web_function(void **state)
{
    (void)state;
    struct fx f;
    fx_open(&f, &detect_url_weakened);
    fx_play(&f, FX_EVENT(&f, "CreateWebFunctionEndpoint", FX_ATTR(URL_AUTH, "IamAuth")));
    struct event *e =
        FX_EVENT(&f, "UpdateWebFunctionEndpoint", FX_ATTR(URL_AUTH, "ApplicationManaged"));
    e->outcome = OUTCOME_DENIED;
    assert_int_equal(fx_play(&f, e), 1);
    fx_expect_severity(&f, SEVERITY_MEDIUM);
    e = FX_EVENT(&f, "UpdateWebFunctionEndpoint", FX_ATTR(URL_AUTH, "ApplicationManaged"));
    assert_int_equal(fx_play(&f, e), 1);
    fx_expect_severity(&f, SEVERITY_HIGH);
    fx_close(&f);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_weakened),
        cmocka_unit_test(test_deleted_and_made_again),
        cmocka_unit_test(test_each_endpoint_alone),
        cmocka_unit_test(test_attempt_and_web_function),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
