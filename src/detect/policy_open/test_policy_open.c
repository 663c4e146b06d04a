#include "detect/policy.h"
#include "detect/test_fixture.h"

extern const struct detect_ops detect_policy_open;

#define ALLOW(action, resource)                                                                    \
    "{\"Version\":\"2012-10-17\",\"Statement\":[{\"Effect\":\"Allow\",\"Action\":" action          \
    ",\"Resource\":" resource "}]}"

static const struct {
    const char *what, *document;
    enum breadth want;
    bool limited;
} cases[] = {
    {"everything", ALLOW("\"*\"", "\"*\""), BREADTH_EVERYTHING, false},
    {"*:*", ALLOW("\"*:*\"", "[\"*\"]"), BREADTH_EVERYTHING, false},
    {"all of IAM", ALLOW("[\"s3:GetObject\",\"iam:*\"]", "\"*\""), BREADTH_EVERYTHING, false},
    {"spelt otherwise", ALLOW("\"?AM:**\"", "\"**\""), BREADTH_EVERYTHING, false},
    {"escaped", ALLOW("\"\\u002a\"", "\"\\u002a\""), BREADTH_EVERYTHING, false},
    {"IAM of the own account", ALLOW("\"iam:*\"", "\"arn:aws:iam::111122223333:*\""),
     BREADTH_EVERYTHING, false},
    {"one role", ALLOW("\"iam:*\"", "\"arn:aws:iam::111122223333:role/x\""), BREADTH_NARROW, false},
    {"a service", ALLOW("\"s3:*\"", "\"*\""), BREADTH_SERVICE, false},
    {"a service, its ARNs", ALLOW("\"s3:*\"", "\"arn:aws:s3:::*\""), BREADTH_SERVICE, false},
    {"everything on S3", ALLOW("\"*\"", "\"arn:aws:s3:::*\""), BREADTH_SERVICE, false},
    {"one bucket", ALLOW("\"s3:*\"", "\"arn:aws:s3:::logs/*\""), BREADTH_NARROW, false},
    {"reads", ALLOW("\"s3:Get*\"", "\"*\""), BREADTH_NARROW, false},
    {"denied", "{\"Statement\":{\"Effect\":\"Deny\",\"Action\":\"*\",\"Resource\":\"*\"}}",
     BREADTH_NARROW, false},
    {"one statement, no list",
     "{\"Statement\":{\"Effect\":\"Allow\",\"Action\":\"*\",\"Resource\":\"*\"}}",
     BREADTH_EVERYTHING, false},
    {"lower case", "{\"statement\":[{\"effect\":\"allow\",\"action\":\"*\",\"resource\":\"*\"}]}",
     BREADTH_EVERYTHING, false},
    {"effect with an escape",
     "{\"Statement\":[{\"Effect\":\"All\\u006fw\",\"Action\":\"*\",\"Resource\":\"*\"}]}",
     BREADTH_EVERYTHING, false},
    {"all but S3",
     "{\"Statement\":[{\"Effect\":\"Allow\",\"NotAction\":\"s3:*\",\"Resource\":\"*\"}]}",
     BREADTH_EVERYTHING, false},
    {"all but IAM",
     "{\"Statement\":[{\"Effect\":\"Allow\",\"NotAction\":[\"iam:*\"],\"Resource\":\"*\"}]}",
     BREADTH_SERVICE, false},
    {"all but everything",
     "{\"Statement\":[{\"Effect\":\"Allow\",\"NotAction\":\"*\",\"Resource\":\"*\"}]}",
     BREADTH_NARROW, false},
    {"all but one resource",
     "{\"Statement\":[{\"Effect\":\"Allow\",\"Action\":\"*\",\"NotResource\":\"arn:aws:s3:::a\"}]}",
     BREADTH_EVERYTHING, false},
    {"within a condition",
     "{\"Statement\":[{\"Effect\":\"Allow\",\"Action\":\"*\",\"Resource\":\"*\",\"Condition\":"
     "{\"Bool\":{\"aws:MultiFactorAuthPresent\":\"true\"}}}]}",
     BREADTH_EVERYTHING, true},
    {"empty condition",
     "{\"Statement\":[{\"Effect\":\"Allow\",\"Action\":\"*\",\"Resource\":\"*\",\"Condition\":{}}]"
     "}",
     BREADTH_EVERYTHING, false},
    {"no JSON", "{\"Statement\":[{\"Effect\"", BREADTH_NARROW, false},
    {"no object", "[1,2]", BREADTH_NARROW, false},
    {"odd types", "{\"Statement\":[1,{\"Effect\":1,\"Action\":{},\"Resource\":[1]}]}",
     BREADTH_NARROW, false},
    {"empty", "", BREADTH_NARROW, false},
};

static void test_width(void **state)
{
    (void)state;
    for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
        CLEANUP(arena_free) struct arena a = {0};
        struct policy_width w = policy_width_of(str_of(cases[i].document), STR("111122223333"), &a);
        if (w.breadth != cases[i].want || w.limited != cases[i].limited) {
            fail_msg("%s: breadth %d, limited %d", cases[i].what, (int)w.breadth, w.limited);
        }
    }
}

static void test_hits(void **state)
{
    (void)state;
    struct fx f;
    fx_open(&f, &detect_policy_open);
    struct event *e = FX_EVENT(&f, "PutRolePolicy", FX_ATTR(TARGET_ROLE, "pay"),
                               FX_ATTR(POLICY_DOCUMENT, ALLOW("\"*\"", "\"*\"")));
    assert_int_equal(fx_play(&f, e), 0); /* not IAM's */
    e->service = STR("iam.amazonaws.com");
    assert_int_equal(fx_play(&f, e), 1);
    fx_expect_severity(&f, SEVERITY_HIGH);
    assert_true(str_eq(fx_last(&f)->detection->id, STR("faaswatch.policy_allows_everything")));
    e->outcome = OUTCOME_DENIED;
    assert_int_equal(fx_play(&f, e), 1);
    fx_expect_severity(&f, SEVERITY_MEDIUM);
    fx_close(&f);
}

static void test_glob(void **state)
{
    (void)state;
    assert_true(policy_glob(STR("a*b?d"), STR("axxbcd")));
    assert_true(policy_glob(STR("***"), STR("")));
    assert_true(policy_glob(STR("LAMBDA:*"), STR("lambda:x")));
    assert_false(policy_glob(STR("a*b"), STR("abc")));
    assert_false(policy_glob(STR("?"), STR("")));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_width),
        cmocka_unit_test(test_hits),
        cmocka_unit_test(test_glob),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
