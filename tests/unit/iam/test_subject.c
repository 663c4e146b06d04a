#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

#include "base/mem.h"
#include "iam/subject.h"

#define POLICY(action)                                                                             \
    "{\"Statement\":{\"Effect\":\"Allow\",\"Action\":\"" action "\",\"Resource\":\"*\"}}"
#define MANAGED "arn:aws:iam::111122223333:policy/m"

static const char dump[] =
    "{\"UserDetailList\":[{\"Arn\":\"arn:aws:iam::111122223333:user/"
    "u\",\"GroupList\":[\"g\",\"lost\"],"
    "\"AttachedManagedPolicies\":[{\"PolicyArn\":\"" MANAGED "\"}],\"PermissionsBoundary\":"
    "{\"PermissionsBoundaryArn\":\"" MANAGED "\"}}],\"GroupDetailList\":[{\"GroupName\":\"g\","
    "\"GroupPolicyList\":[{\"PolicyName\":\"i\",\"PolicyDocument\":" POLICY(
        "s3:*") "}],"
                "\"AttachedManagedPolicies\":[{\"PolicyArn\":\"" MANAGED
                "\"}]}],\"RoleDetailList\":[{\"Arn\":"
                "\"arn:aws:iam::111122223333:role/r\",\"CreateDate\":\"2026-01-01T00:00:00Z\","
                "\"AssumeRolePolicyDocument\":\"%7B%22Statement%22%3A%5B%5D%7D\","
                "\"RolePolicyList\":[{"
                "\"PolicyName\":\"bad\",\"PolicyDocument\":{}}]}],\"Policies\":[{\"Arn\":\"" MANAGED
                "\","
                "\"DefaultVersionId\":\"v2\",\"PolicyVersionList\":[{\"VersionId\":\"v1\","
                "\"IsDefaultVersion\":"
                "false,\"Document\":" POLICY(
                    "a:b") "},{\"VersionId\":\"v2\",\"IsDefaultVersion\":true,"
                           "\"Document\":" POLICY("ec2:*") "}]}]}";

static void test_dump(void **state)
{
    (void)state;
    struct arena a = {0};
    struct err err = {0};
    struct iam_subjects s = {0};
    assert_int_equal(iam_subjects_read(STR("d"), str_of(dump), &a, &s, &err), ERR_OK);
    assert_int_equal(s.list.len, 2);
    const struct iam_subject *user = &s.list.at[0];
    assert_int_equal(user->holder.identity.len, 2); /* by hand and by group: once */
    assert_true(str_eq(user->holder.identity.at[0]->statements[0].actions.at[0], STR("ec2:*")));
    assert_int_equal(user->holder.boundary->len, 1);
    assert_non_null(s.list.at[1].open);
    assert_int_equal(s.list.at[1].holder.identity.len, 0);
    assert_int_equal(s.problems.len, 2); /* the lost group, the bad policy */
    assert_int_equal(s.as_of_us, INT64_C(1767225600000000));
    iam_subjects_free(&s);
    arena_free(&a);
}

static void test_kinds(void **state)
{
    (void)state;
    static const struct {
        const char *text;
        enum err_code code;
        enum iam_provider provider;
        size_t permissions;
        bool open;
    } rows[] = {
        {POLICY("s3:*"), ERR_OK, IAM_AWS, 0, false},
        {"{\"PolicyVersion\":{\"Document\":" POLICY("s3:*") "}}", ERR_OK, IAM_AWS, 0, false},
        {"{\"Policy\":\"{\\\"Statement\\\":{\\\"Effect\\\":\\\"Allow\\\",\\\"Principal\\\":\\\"*"
         "\\\","
         "\\\"Action\\\":\\\"lambda:*\\\"}}\"}",
         ERR_OK, IAM_AWS, 0, true},
        {"{\"includedPermissions\":[\"a.b.c\",7]}", ERR_OK, IAM_GCP, 1, false},
        {"{\"result\":{\"policies\":[{\"effect\":\"deny\",\"permission_groups\":[{\"name\":\"x\"}]}"
         ","
         "{\"effect\":\"allow\",\"permission_groups\":[{\"name\":\"Logs Write\"}]}]}}",
         ERR_OK, IAM_CLOUDFLARE, 1, false},
        {"{}", ERR_SCHEMA, IAM_AWS, 0, false},
        {"nothing", ERR_SYNTAX, IAM_AWS, 0, false},
    };
    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        struct arena a = {0};
        struct iam_subjects s = {0};
        if (iam_subjects_read(STR("f"), str_of(rows[i].text), &a, &s, NULL) != rows[i].code ||
            s.list.len != (rows[i].code == ERR_OK ? 1U : 0U)) {
            fail_msg("row %zu", i);
        }
        if (s.list.len == 1) {
            assert_int_equal(s.list.at[0].provider, rows[i].provider);
            assert_int_equal(s.list.at[0].permissions.len, rows[i].permissions);
            assert_int_equal(s.list.at[0].open != NULL, rows[i].open);
        }
        iam_subjects_free(&s);
        arena_free(&a);
    }
}

static void test_memory(void **state)
{
    (void)state;
    enum err_code code = ERR_NOMEM;
    for (unsigned long n = 1; code == ERR_NOMEM; n++) {
        struct arena a = {0};
        struct iam_subjects s = {0};
        assert_true(n < 2000);
        mem_torture(n);
        code = iam_subjects_read(STR("d"), str_of(dump), &a, &s, NULL);
        mem_torture(0);
        iam_subjects_free(&s);
        arena_free(&a);
    }
    assert_int_equal(code, ERR_OK);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_dump),
        cmocka_unit_test(test_kinds),
        cmocka_unit_test(test_memory),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
