#include "detect/test_fixture.h"
#include "iam/book.h"
#include "model/content.h"

extern const struct detect_ops detect_trust_open;

#define TRUST(principal, rest)                                                                     \
    "{\"Statement\":[{\"Effect\":\"Allow\",\"Action\":\"sts:AssumeRole\",\"Principal\":" principal \
        rest "}]}"
#define GITHUB                                                                                     \
    "{\"Federated\":\"arn:aws:iam::111122223333:oidc-provider/"                                    \
    "token.actions.githubusercontent.com\"}"
#define WHEN(op, key, value) ",\"Condition\":{\"" op "\":{\"" key "\":\"" value "\"}}"

static struct event *of_iam(struct event *e)
{
    e->service = STR("iam.amazonaws.com");
    e->kind = EVENT_IDENTITY;
    e->function = (struct function_key){0};
    return e;
}

static struct event *trust(struct fx *f, const char *document)
{
    struct attr attrs[] = {FX_ATTR(TARGET_ROLE, "pay"), {ATTR_TRUST_DOCUMENT, str_of(document)}};
    return of_iam(fx_event(f, "UpdateAssumeRolePolicy", attrs, 2));
}

static const struct {
    const char *what, *document;
    const char *id; /* NULL: nothing */
    enum severity severity;
} cases[] = {
    {"outside account", TRUST("{\"AWS\":\"arn:aws:iam::999988887777:root\"}", ""),
     "faaswatch.trust_external_account", SEVERITY_HIGH},
    {"outside account in a list", TRUST("{\"AWS\":[\"111122223333\",\"999988887777\"]}", ""),
     "faaswatch.trust_external_account", SEVERITY_HIGH},
    {"with an external id",
     TRUST("{\"AWS\":\"999988887777\"}", WHEN("StringEquals", "sts:ExternalId", "x")),
     "faaswatch.trust_external_account", SEVERITY_HIGH},
    {"own account", TRUST("{\"AWS\":\"arn:aws:iam::111122223333:role/ci\"}", ""), NULL, 0},
    {"everybody", TRUST("\"*\"", ""), "faaswatch.trust_everybody", SEVERITY_HIGH},
    {"everybody as AWS", TRUST("{\"aws\":\"*\"}", ""), "faaswatch.trust_everybody", SEVERITY_HIGH},
    {"everybody who knows a word", TRUST("\"*\"", WHEN("StringEquals", "sts:ExternalId", "1")),
     "faaswatch.trust_everybody", SEVERITY_HIGH},
    {"everybody in our organisation",
     TRUST("\"*\"", WHEN("StringEquals", "aws:PrincipalOrgID", "o-ours")), NULL, 0},
    {"everybody in another", TRUST("\"*\"", WHEN("StringEquals", "aws:PrincipalOrgID", "o-theirs")),
     "faaswatch.trust_everybody", SEVERITY_HIGH},
    {"a condition that holds without a value",
     TRUST("\"*\"", WHEN("StringEqualsIfExists", "aws:PrincipalOrgID", "o-ours")),
     "faaswatch.trust_everybody", SEVERITY_HIGH},
    {"a condition that excludes",
     TRUST("\"*\"", WHEN("StringNotEquals", "aws:PrincipalOrgID", "o-ours")),
     "faaswatch.trust_everybody", SEVERITY_HIGH},
    {"all but one",
     "{\"Statement\":[{\"Effect\":\"Allow\",\"NotPrincipal\":{\"AWS\":\"111122223333\"}}]}",
     "faaswatch.trust_everybody", SEVERITY_HIGH},
    {"OIDC without condition", TRUST(GITHUB, ""), "faaswatch.trust_oidc_unbound", SEVERITY_HIGH},
    {"OIDC, audience only",
     TRUST(GITHUB, WHEN("StringEquals", "token.actions.githubusercontent.com:aud", "sts")),
     "faaswatch.trust_oidc_unbound", SEVERITY_HIGH},
    {"OIDC, any repository",
     TRUST(GITHUB, ",\"Condition\":{\"StringLike\":{\"x:sub\":\"repo:*\",\"x:aud\":\"sts\"}}"),
     "faaswatch.trust_oidc_unbound", SEVERITY_HIGH},
    {"OIDC, no audience",
     TRUST(GITHUB, WHEN("StringLike", "x:sub", "repo:acme/pay:ref:refs/heads/main")),
     "faaswatch.trust_oidc_unbound", SEVERITY_MEDIUM},
    {"OIDC, bound",
     TRUST(GITHUB,
           ",\"Condition\":{\"StringEquals\":{\"x:sub\":\"repo:acme/pay:ref:refs/heads/main\","
           "\"x:aud\":\"sts.amazonaws.com\"}}"),
     NULL, 0},
    {"SAML", TRUST("{\"Federated\":\"arn:aws:iam::111122223333:saml-provider/Okta\"}", ""), NULL,
     0},
    {"provider of another account",
     TRUST("{\"Federated\":\"arn:aws:iam::999988887777:saml-provider/Okta\"}", ""),
     "faaswatch.trust_external_account", SEVERITY_HIGH},
    {"a service", TRUST("{\"Service\":\"lambda.amazonaws.com\"}", ""), NULL, 0},
    {"denied", "{\"Statement\":[{\"Effect\":\"Deny\",\"Principal\":\"*\"}]}", NULL, 0},
    {"cut short", "{\"Statement\":[{\"Effect\":\"Allow\",\"Principal\":\"*\"", NULL, 0},
    {"odd types", "{\"Statement\":[{\"Effect\":\"Allow\",\"Principal\":[1,{}]}]}", NULL, 0},
};

static void test_documents(void **state)
{
    (void)state;
    for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
        struct fx f;
        fx_open(&f, &detect_trust_open);
        f.context.env.organization = STR("o-ours");
        size_t n = fx_play(&f, trust(&f, cases[i].document));
        if (n != (cases[i].id == NULL ? 0 : 1)) {
            fail_msg("%s: %zu hits", cases[i].what, n);
        }
        if (cases[i].id != NULL) {
            if (!str_eq(fx_last(&f)->detection->id, str_of(cases[i].id))) {
                fail_msg("%s: %.*s", cases[i].what, STR_ARG(fx_last(&f)->detection->id));
            }
            fx_expect_severity(&f, cases[i].severity);
            /* Trusted already: no news. */
            assert_int_equal(fx_play(&f, trust(&f, cases[i].document)), 0);
        }
        fx_close(&f);
    }
}

static void test_attempt_is_not_remembered(void **state)
{
    (void)state;
    struct fx f;
    fx_open(&f, &detect_trust_open);
    struct event *e = trust(&f, TRUST("{\"AWS\":\"999988887777\"}", ""));
    e->outcome = OUTCOME_DENIED;
    assert_int_equal(fx_play(&f, e), 1);
    fx_expect_severity(&f, SEVERITY_MEDIUM);
    assert_int_equal(fx_play(&f, trust(&f, TRUST("{\"AWS\":\"999988887777\"}", ""))), 1);
    fx_expect_severity(&f, SEVERITY_HIGH);
    fx_close(&f);
}

static void test_privileged(void **state)
{
    (void)state;
    static const char lambda[] = TRUST("{\"Service\":\"lambda.amazonaws.com\"}", "");
    struct fx f;
    fx_open(&f, &detect_trust_open);
    struct attr admin[] = {FX_ATTR(TARGET_ROLE, "pay"),
                           FX_ATTR(POLICY_ARN, "arn:aws:iam::aws:policy/AdministratorAccess")};
    fx_play(&f, of_iam(fx_event(&f, "AttachRolePolicy", admin, 2)));
    fx_play(&f, of_iam(fx_event(&f, "DetachRolePolicy", admin, 2)));
    assert_int_equal(fx_play(&f, trust(&f, lambda)), 0);
    fx_play(&f, of_iam(fx_event(&f, "AttachRolePolicy", admin, 2)));
    assert_int_equal(fx_play(&f, trust(&f, lambda)), 1);
    assert_true(str_eq(fx_last(&f)->detection->id, STR("faaswatch.trust_lambda_privileged")));
    fx_close(&f);
}

static struct str content(const char *path)
{
    for (size_t i = 0; content_files[i].path != NULL; i++) {
        if (strcmp(content_files[i].path, path) == 0) {
            return str_make(content_files[i].bytes, content_files[i].len);
        }
    }
    fail_msg("no content %s", path);
    return STR_EMPTY;
}

#define HOLDER(name, actions)                                                                      \
    "{\"RoleName\":\"" name "\",\"Arn\":\"arn:aws:iam::111122223333:role/" name                    \
    "\",\"RolePolicyList\":[{\"PolicyName\":\"p\",\"PolicyDocument\":{\"Statement\":[{\"Effect\":" \
    "\"Allow\",\"Action\":\"" actions "\",\"Resource\":\"*\"}]}}]}"

/* With a dump, what the role may do is evaluated. */
static void test_evaluated(void **state)
{
    (void)state;
    static const struct {
        const char *dump, *principal;
        size_t hits;
        enum severity severity;
    } rows[] = {
        {HOLDER("pay", "iam:PutRolePolicy"), "{\"AWS\":\"999988887777\"}", 1, SEVERITY_CRITICAL},
        {HOLDER("pay", "s3:GetObject"), "{\"AWS\":\"999988887777\"}", 1, SEVERITY_HIGH},
        {HOLDER("pay", "iam:PutRolePolicy"), "{\"Service\":\"lambda.amazonaws.com\"}", 1,
         SEVERITY_HIGH},
        {HOLDER("pay", "s3:GetObject"), "{\"Service\":\"lambda.amazonaws.com\"}", 0, 0},
        {HOLDER("web", "iam:PutRolePolicy"), "{\"Service\":\"lambda.amazonaws.com\"}", 0, 0},
    };
    for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
        struct fx f;
        struct err err = {0};
        struct str text;
        fx_open(&f, &detect_trust_open);
        assert_int_equal(iam_book_new(content("iam/actions.tsv"), content("iam/paths.tsv"),
                                      content("iam/targets.tsv"), &f.run.book, &err),
                         ERR_OK);
        assert_true(arena_printf(&f.run.arena, &text, "{\"RoleDetailList\":[%s]}", rows[i].dump));
        assert_int_equal(iam_book_add(f.run.book, STR("d.json"), text, &err), ERR_OK);
        assert_true(arena_printf(&f.run.arena, &text,
                                 "{\"Statement\":[{\"Effect\":\"Allow\",\"Action\":"
                                 "\"sts:AssumeRole\",\"Principal\":%s}]}",
                                 rows[i].principal));
        struct attr attrs[] = {FX_ATTR(TARGET_ROLE, "pay"), {ATTR_TRUST_DOCUMENT, text}};
        size_t n = fx_play(&f, of_iam(fx_event(&f, "UpdateAssumeRolePolicy", attrs, 2)));
        if (n != rows[i].hits) {
            fail_msg("row %zu: %zu hits", i, n);
        }
        if (n > 0) {
            fx_expect_severity(&f, rows[i].severity);
        }
        iam_book_free(f.run.book);
        fx_close(&f);
    }
}

static void test_vendor(void **state)
{
    (void)state;
    struct fx f;
    fx_open(&f, &detect_trust_open);
    struct env_vendor vendor = {.until_us = TIME_NONE};
    assert_true(VEC_PUSH(&vendor.principals, STR("999988887777")));
    assert_true(VEC_PUSH(&vendor.actions, STR("sts:AssumeRole")));
    assert_true(VEC_PUSH(&f.context.env.vendors, vendor));
    assert_int_equal(
        fx_play(&f, trust(&f, TRUST("{\"AWS\":\"arn:aws:iam::999988887777:root\"}", ""))), 1);
    fx_expect_severity(&f, SEVERITY_LOW);
    VEC_FREE(&vendor.principals);
    VEC_FREE(&vendor.actions);
    VEC_FREE(&f.context.env.vendors);
    fx_close(&f);
}

static void test_no_memory(void **state)
{
    (void)state;
    for (unsigned long n = 1;; n++) {
        struct fx f;
        fx_open(&f, &detect_trust_open);
        struct event *e = trust(&f, TRUST("\"*\"", ""));
        struct detect_view v = fx_view(&f, e);
        mem_torture(n);
        enum err_code rc = f.ops->on_event(f.state, &v, NULL);
        mem_torture(0);
        bool hit = f.run.hits.len == 1;
        fx_close(&f);
        if (rc == ERR_OK && hit) {
            assert_true(n > 2);
            return;
        }
        assert_true(n < 100);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_documents),  cmocka_unit_test(test_attempt_is_not_remembered),
        cmocka_unit_test(test_privileged), cmocka_unit_test(test_vendor),
        cmocka_unit_test(test_no_memory),  cmocka_unit_test(test_evaluated),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
