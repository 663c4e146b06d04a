#include "detect/test_fixture.h"

extern const struct detect_ops detect_cloudflare_access;

static struct event *call(struct fx *f, const char *action, const char *role, const char *policies,
                          const char *limit)
{
    struct attr attrs[4] = {FX_ATTR(TARGET_USER, "eve@example.com")};
    size_t n = 1;
    if (role[0] != '\0') {
        attrs[n++] = (struct attr){ATTR_TARGET_ROLE, str_of(role)};
    }
    if (policies[0] != '\0') {
        attrs[n++] = (struct attr){ATTR_POLICY_DOCUMENT, str_of(policies)};
    }
    if (limit[0] != '\0') {
        attrs[n++] = (struct attr){ATTR_GRANT_SOURCE, str_of(limit)};
    }
    struct event *e = fx_event(f, action, attrs, n);
    e->source = STR("cloudflare.audit_v2");
    e->service = STR("cloudflare.iam");
    e->kind = EVENT_IDENTITY;
    e->function = (struct function_key){0};
    return e;
}

#define GROUP(name) "[{\"effect\":\"allow\",\"permission_groups\":[{\"name\":\"" name "\"}]}]"

static void test_rows(void **state)
{
    (void)state;
    static const struct {
        const char *what, *action, *role, *policies, *limit;
        const char *id; /* NULL: nothing */
        enum severity severity;
    } rows[] = {
        {"super admin", "AddMember", "Super Administrator - All Privileges", "", "",
         "faaswatch.cf_member_powerful", SEVERITY_HIGH},
        {"raised", "UpdateMember", "Cloudflare Workers Admin", "", "",
         "faaswatch.cf_member_powerful", SEVERITY_HIGH},
        {"by policy", "UpdateMember", "", GROUP("Workers Scripts Write"), "",
         "faaswatch.cf_member_powerful", SEVERITY_HIGH},
        {"reader", "AddMember", "Analytics", "", "", "faaswatch.cf_member_added", SEVERITY_MEDIUM},
        {"reader changed", "UpdateMember", "Analytics", "", "", NULL, 0},
        {"removed", "RemoveMember", "", "", "", NULL, 0},
        {"token without limit", "CreateToken", "", GROUP("Zone Read"), "",
         "faaswatch.cf_token_made", SEVERITY_HIGH},
        {"token with limit", "CreateToken", "", GROUP("Zone Read"), "192.0.2.0/24",
         "faaswatch.cf_token_made", SEVERITY_MEDIUM},
        {"powerful token with limit", "CreateToken", "", GROUP("API Tokens Write"), "192.0.2.0/24",
         "faaswatch.cf_token_made", SEVERITY_HIGH},
        {"nothing told", "CreateToken", "", "", "", "faaswatch.cf_token_made", SEVERITY_HIGH},
        {"rolled", "RollToken", "", "", "", "faaswatch.cf_token_rolled", SEVERITY_HIGH},
        {"deleted", "DeleteToken", "", "", "", NULL, 0},
        {"key shown", "API_key_view", "", "", "", "faaswatch.cf_global_key_viewed", SEVERITY_HIGH},
        {"odd policies", "CreateToken", "", "[1,{\"permission_groups\":[2,{\"name\":3}]}]", "x",
         "faaswatch.cf_token_made", SEVERITY_MEDIUM},
        {"no JSON", "UpdateMember", "", "{", "", NULL, 0},
    };
    for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
        struct fx f;
        fx_open(&f, &detect_cloudflare_access);
        size_t n =
            fx_play(&f, call(&f, rows[i].action, rows[i].role, rows[i].policies, rows[i].limit));
        if (n != (rows[i].id == NULL ? 0 : 1)) {
            fail_msg("%s: %zu hits", rows[i].what, n);
        }
        if (n == 1) {
            assert_int_equal(fx_count(&f, rows[i].id), 1);
            fx_expect_severity(&f, rows[i].severity);
        }
        fx_close(&f);
    }
}

/* What a member is known to be is told once. */
static void test_known(void **state)
{
    (void)state;
    struct fx f;
    fx_open(&f, &detect_cloudflare_access);
    assert_int_equal(fx_play(&f, call(&f, "AddMember", "Administrator", "", "")), 1);
    assert_int_equal(fx_play(&f, call(&f, "UpdateMember", "Administrator", "", "")), 0);
    assert_int_equal(fx_play(&f, call(&f, "UpdateMember", "Analytics", "", "")), 0);
    assert_int_equal(fx_play(&f, call(&f, "UpdateMember", "Administrator", "", "")), 1);
    struct event *aws = call(&f, "AddMember", "Administrator", "", "");
    aws->source = STR("aws.cloudtrail");
    assert_int_equal(fx_play(&f, aws), 0);
    fx_close(&f);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(test_rows), cmocka_unit_test(test_known)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
