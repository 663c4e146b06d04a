#include "detect/test_fixture.h"

extern const struct detect_ops detect_resource_grant;

#define CROSS  "faaswatch.grant_cross_account"
#define DEPUTY "faaswatch.grant_confused_deputy"

static void test_grants(void **state)
{
    (void)state;
    static const struct {
        const char *what;
        const char *principal, *source; /* NULL: no source */
        bool organization, vendor;
        const char *id; /* NULL: nothing */
        enum severity severity;
    } cases[] = {
        {"foreign account", "999988887777", NULL, false, false, CROSS, SEVERITY_HIGH},
        {"foreign root", "arn:aws:iam::999988887777:root", NULL, false, false, CROSS,
         SEVERITY_HIGH},
        {"own account", "111122223333", NULL, false, false, NULL, 0},
        {"own role", "arn:aws:iam::111122223333:role/x", NULL, false, false, NULL, 0},
        {"vendor", "arn:aws:iam::999988887777:role/scan", NULL, false, true, CROSS, SEVERITY_LOW},
        {"not that vendor", "arn:aws:iam::888877776666:role/scan", NULL, false, true, CROSS,
         SEVERITY_HIGH},
        {"service without source", "s3.amazonaws.com", NULL, false, false, DEPUTY, SEVERITY_HIGH},
        {"service, any source", "s3.amazonaws.com", "*", false, false, DEPUTY, SEVERITY_HIGH},
        {"service with own account", "s3.amazonaws.com", "111122223333", false, false, NULL, 0},
        {"service with own topic", "sns.amazonaws.com", "arn:aws:sns:eu-west-1:111122223333:t",
         false, false, NULL, 0},
        {"service with foreign topic", "sns.amazonaws.com", "arn:aws:sns:eu-west-1:999988887777:t",
         false, false, CROSS, SEVERITY_HIGH},
        {"everybody is D16", "*", NULL, false, false, NULL, 0},
        {"everybody in a foreign account", "*", "999988887777", false, false, CROSS, SEVERITY_HIGH},
        {"everybody in our organisation", "*", "o-ours", true, false, NULL, 0},
        {"everybody in another", "*", "o-theirs", true, false, CROSS, SEVERITY_HIGH},
        {"organisation, no env", "*", "o-theirs", false, false, CROSS, SEVERITY_MEDIUM},
        {"an id of a deleted principal", "AIDAEXAMPLE", NULL, false, false, NULL, 0},
        {"nothing", "", NULL, false, false, NULL, 0},
    };
    for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
        struct fx f;
        fx_open(&f, &detect_resource_grant);
        struct env_vendor vendor = {.until_us = TIME_NONE};
        assert_true(VEC_PUSH(&vendor.principals, STR("arn:aws:iam::999988887777:*")));
        assert_true(VEC_PUSH(&vendor.actions, STR("lambda:InvokeFunction")));
        if (cases[i].vendor) {
            assert_true(VEC_PUSH(&f.context.env.vendors, vendor));
        }
        if (cases[i].organization) {
            f.context.env.organization = STR("o-ours");
        }
        struct attr attrs[] = {{ATTR_GRANT_PRINCIPAL, str_of(cases[i].principal)},
                               FX_ATTR(GRANT_ACTION, "lambda:InvokeFunction"),
                               {ATTR_GRANT_SOURCE, str_of(cases[i].source)}};
        size_t n = fx_play(&f, fx_event(&f, "AddPermission", attrs, 3));
        if (n != (cases[i].id == NULL ? 0 : 1)) {
            fail_msg("%s: %zu hits", cases[i].what, n);
        }
        if (cases[i].id != NULL) {
            if (!str_eq(fx_last(&f)->detection->id, str_of(cases[i].id))) {
                fail_msg("%s: %.*s", cases[i].what, STR_ARG(fx_last(&f)->detection->id));
            }
            fx_expect_severity(&f, cases[i].severity);
        }
        VEC_FREE(&vendor.principals);
        VEC_FREE(&vendor.actions);
        VEC_FREE(&f.context.env.vendors);
        fx_close(&f);
    }
}

static void test_attempt(void **state)
{
    (void)state;
    struct fx f;
    fx_open(&f, &detect_resource_grant);
    struct event *e = FX_EVENT(&f, "AddPermission", FX_ATTR(GRANT_PRINCIPAL, "999988887777"));
    e->outcome = OUTCOME_DENIED;
    assert_int_equal(fx_play(&f, e), 1);
    fx_expect_severity(&f, SEVERITY_MEDIUM);
    assert_int_equal(
        fx_play(&f, FX_EVENT(&f, "RemovePermission", FX_ATTR(GRANT_PRINCIPAL, "999988887777"))), 0);
    fx_close(&f);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_grants),
        cmocka_unit_test(test_attempt),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
