#include "detect/test_fixture.h"

extern const struct detect_ops detect_layer_change;

#define OWN     "arn:aws:lambda:eu-west-1:111122223333:layer:base:1"
#define OWN_2   "arn:aws:lambda:eu-west-1:111122223333:layer:base:2"
#define FOREIGN "arn:aws:lambda:eu-west-1:999988887777:layer:helper:1"
#define AWS_OWN "arn:aws:lambda:eu-west-1:580247275435:layer:LambdaInsightsExtension:64"
#define VENDOR  "arn:aws:lambda:eu-west-1:464622532012:layer:Datadog-Python38:48"
#define VENDOR2 "arn:aws:lambda:eu-west-1:464622532012:layer:Datadog-Python38:49"
#define SET     FX_ATTR(LAYERS_SET, "")

#define ADDED    "faaswatch.layer_added"
#define EXTERNAL "faaswatch.layer_external"

static void test_added(void **state)
{
    (void)state;
    struct fx f;
    fx_open(&f, &detect_layer_change);
    fx_play(&f, FX_EVENT(&f, "UpdateFunctionConfiguration", SET, FX_ATTR(LAYER, OWN)));
    assert_int_equal(fx_count(&f, ADDED), 0); /* the set before is unknown */
    fx_play(&f, FX_EVENT(&f, "UpdateFunctionConfiguration", SET, FX_ATTR(LAYER, OWN)));
    assert_int_equal(fx_count(&f, ADDED), 0);
    fx_play(&f, FX_EVENT(&f, "UpdateFunctionConfiguration", SET, FX_ATTR(LAYER, OWN_2)));
    assert_int_equal(fx_count(&f, ADDED), 1);
    fx_expect_severity(&f, SEVERITY_LOW);
    fx_play(&f, FX_EVENT(&f, "UpdateFunctionConfiguration", SET));
    assert_int_equal(fx_count(&f, ADDED), 1); /* a layer taken away is not one added */
    fx_play(&f, FX_EVENT(&f, "UpdateFunctionConfiguration", SET, FX_ATTR(LAYER, OWN)));
    assert_int_equal(fx_count(&f, ADDED), 2);
    fx_expect_severity(&f, SEVERITY_MEDIUM);
    /* An event that says nothing about layers compares nothing. */
    fx_play(&f, FX_EVENT(&f, "UpdateFunctionConfiguration", FX_ATTR(TIMEOUT_S, "3")));
    assert_int_equal(fx_count(&f, ADDED), 2);
    fx_close(&f);
}

static void test_external(void **state)
{
    (void)state;
    static const struct {
        const char *what;
        const char *layer;
        bool allowed, vendor, expired;
        size_t want;
        enum severity severity;
    } cases[] = {
        {"foreign account", FOREIGN, false, false, false, 1, SEVERITY_HIGH},
        {"own account", OWN, false, false, false, 0, SEVERITY_LOW},
        {"published by AWS", AWS_OWN, false, false, false, 0, SEVERITY_LOW},
        {"allowed in env", FOREIGN, true, false, false, 0, SEVERITY_LOW},
        {"vendor not in env", VENDOR, false, false, false, 1, SEVERITY_HIGH},
        {"vendor in env", VENDOR, false, true, false, 1, SEVERITY_LOW},
        {"another publisher with a vendor in env", FOREIGN, false, true, false, 1, SEVERITY_HIGH},
        {"vendor whose contract ended", VENDOR, false, true, true, 1, SEVERITY_HIGH},
        {"no ARN", "base:1", false, false, false, 0, SEVERITY_LOW},
        {"empty", "", false, false, false, 0, SEVERITY_LOW},
    };
    for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
        struct fx f;
        fx_open(&f, &detect_layer_change);
        struct env_vendor vendor = {.name = STR("Datadog"),
                                    .until_us = cases[i].expired ? f.now_us - 1 : TIME_NONE};
        assert_true(VEC_PUSH(&vendor.layer_accounts, STR("464622532012")));
        if (cases[i].vendor) {
            assert_true(VEC_PUSH(&f.context.env.vendors, vendor));
        }
        if (cases[i].allowed) {
            assert_true(VEC_PUSH(&f.context.env.layer_accounts, STR("999988887777")));
        }
        struct attr attrs[] = {SET, {ATTR_LAYER, str_of(cases[i].layer)}};
        struct event *e = fx_event(&f, "CreateFunction", attrs, 2);
        e->user_agent = STR("Datadog-Installer/1.0"); /* proves nothing */
        fx_play(&f, e);
        if (fx_count(&f, EXTERNAL) != cases[i].want) {
            fail_msg("%s: %zu hits", cases[i].what, fx_count(&f, EXTERNAL));
        }
        if (cases[i].want > 0) {
            fx_expect_severity(&f, cases[i].severity);
        }
        /* The same layer again is no news. */
        fx_play(&f, fx_event(&f, "UpdateFunctionConfiguration", attrs, 2));
        assert_int_equal(fx_count(&f, EXTERNAL), cases[i].want);
        VEC_FREE(&vendor.layer_accounts);
        VEC_FREE(&f.context.env.vendors);
        VEC_FREE(&f.context.env.layer_accounts);
        fx_close(&f);
    }
}

static void test_vendor_update_is_quiet(void **state)
{
    (void)state;
    struct fx f;
    fx_open(&f, &detect_layer_change);
    struct env_vendor vendor = {.until_us = TIME_NONE};
    assert_true(VEC_PUSH(&vendor.layer_accounts, STR("464622532012")));
    assert_true(VEC_PUSH(&f.context.env.vendors, vendor));
    fx_play(&f, FX_EVENT(&f, "UpdateFunctionConfiguration", SET, FX_ATTR(LAYER, VENDOR)));
    fx_play(&f, FX_EVENT(&f, "UpdateFunctionConfiguration", SET, FX_ATTR(LAYER, VENDOR2)));
    assert_int_equal(fx_count(&f, EXTERNAL), 1);
    VEC_FREE(&vendor.layer_accounts);
    VEC_FREE(&f.context.env.vendors);
    fx_close(&f);
}

static void test_no_memory(void **state)
{
    (void)state;
    for (unsigned long n = 1;; n++) {
        struct fx f;
        fx_open(&f, &detect_layer_change);
        struct event *e = FX_EVENT(&f, "CreateFunction", SET, FX_ATTR(LAYER, FOREIGN),
                                   FX_ATTR(LAYER, "arn:aws:lambda:x:999988887777:layer:b:1"));
        struct detect_view v = fx_view(&f, e);
        v.function = fx_replay(&f, e);
        mem_torture(n);
        enum err_code rc = f.ops->on_event(f.state, &v, NULL);
        mem_torture(0);
        fx_close(&f);
        if (rc == ERR_OK) {
            assert_true(n > 2);
            return;
        }
        assert_int_equal(rc, ERR_NOMEM);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_added),
        cmocka_unit_test(test_external),
        cmocka_unit_test(test_vendor_update_is_quiet),
        cmocka_unit_test(test_no_memory),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
