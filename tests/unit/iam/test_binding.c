#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

#include "base/mem.h"
#include "iam/binding.h"
#include "tests/unit/iam/knowledge.h"

#define BIND(role, members) "{\"role\":\"" role "\",\"members\":[" members "]}"

/* What a member's roles come to: a path that must be open, or must not. */
static void test_members(void **state)
{
    (void)state;
    static const struct {
        const char *what, *text, *member, *path;
        bool open;
    } rows[] = {
        {"token creator",
         "{\"bindings\":[" BIND("roles/iam.serviceAccountTokenCreator", "\"user:a@b\"") "]}",
         "user:a@b", "gcp-sa-get-access-token", true},
        {"reader", "{\"bindings\":[" BIND("roles/viewer", "\"user:a@b\"") "]}", "user:a@b",
         "gcp-sa-get-access-token", false},
        {"two roles together open it",
         "{\"bindings\":[" BIND("roles/run.admin", "\"user:a@b\"") "," BIND(
             "roles/iam.serviceAccountUser", "\"user:c@d\",\"user:a@b\"") "]}",
         "user:a@b", "gcp-run-create-invoke", true},
        {"one of them does not",
         "{\"bindings\":[" BIND("roles/run.admin", "\"user:a@b\"") "," BIND(
             "roles/iam.serviceAccountUser", "\"user:c@d\"") "]}",
         "user:a@b", "gcp-run-create-invoke", false},
        {"owner", "{\"bindings\":[" BIND("roles/owner", "\"user:a@b\"") "]}", "user:a@b",
         "gcp-project-set-policy", true},
        {"owner of no organisation", "{\"bindings\":[" BIND("roles/owner", "\"user:a@b\"") "]}",
         "user:a@b", "gcp-organization-set-policy", false},
        {"editor sets no policies", "{\"bindings\":[" BIND("roles/editor", "\"user:a@b\"") "]}",
         "user:a@b", "gcp-project-set-policy", false},
        {"editor deploys", "{\"bindings\":[" BIND("roles/editor", "\"user:a@b\"") "]}", "user:a@b",
         "gcp-function-update", true},
        {"export, a list",
         "[{\"name\":\"//x\",\"policy\":{\"bindings\":[" BIND("roles/iam.roleAdmin",
                                                              "\"user:a@b\"") "]}}]",
         "user:a@b", "gcp-roles-update", true},
        {"export, lines",
         "{\"name\":\"//x\",\"iamPolicy\":{\"bindings\":[" BIND(
             "roles/viewer", "\"user:a@b\"") "]}}\n{\"name\":\"//"
                                             "y\",\"iamPolicy\":{\"bindings\":[" BIND("roles/"
                                                                                      "iam."
                                                                                      "serviceAccou"
                                                                                      "ntKeyAdmin",
                                                                                      "\"user:a@"
                                                                                      "b\"") "]}}"
                                                                                             "\n",
         "user:a@b", "gcp-service-account-key", true},
    };
    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        struct arena a = {0};
        struct err err = {0};
        struct iam_subjects s = {0};
        struct iam_report r = {0};
        bool open = false;
        assert_int_equal(iam_subjects_read(STR("f"), str_of(rows[i].text), &a, &s, &err), ERR_OK);
        assert_int_equal(iam_bindings_resolve(&s, test_content("iam/gcp_roles.tsv"),
                                              &test_knowledge()->paths, &a, &err),
                         ERR_OK);
        for (size_t k = 0; k < s.list.len; k++) {
            const struct iam_subject *one = &s.list.at[k];
            if (!str_eq(one->name, str_of(rows[i].member))) {
                continue;
            }
            assert_int_equal(
                iam_report_listed(test_knowledge(), IAM_GCP, &one->permissions, &r, &err), ERR_OK);
            for (size_t w = 0; w < r.ways.len; w++) {
                open = open || str_eq(r.ways.at[w].path->id, str_of(rows[i].path));
            }
        }
        if (open != rows[i].open) {
            fail_msg("%s", rows[i].what);
        }
        assert_int_equal(s.problems.len, 0);
        iam_report_free(&r);
        iam_subjects_free(&s);
        arena_free(&a);
    }
}

/* A custom role is known when it was given; one that was not is told. Everybody is told. */
static void test_custom(void **state)
{
    (void)state;
    struct arena a = {0};
    struct err err = {0};
    struct iam_subjects s = {0};
    struct iam_report r = {0};
    const char *role = "{\"name\":\"projects/p/roles/r\",\"includedPermissions\":["
                       "\"iam.serviceAccounts.signJwt\"]}";
    const char *policy = "{\"bindings\":[" BIND("projects/p/roles/r", "\"allUsers\"") "," BIND(
        "projects/p/roles/lost",
        "\"user:a@b\"") ",7,{\"role\":1},{\"role\":\"x\",\"members\":[1]}]}";
    assert_int_equal(iam_subjects_read(STR("r"), str_of(role), &a, &s, &err), ERR_OK);
    assert_int_equal(iam_subjects_read(STR("p"), str_of(policy), &a, &s, &err), ERR_OK);
    assert_int_equal(iam_bindings_resolve(&s, test_content("iam/gcp_roles.tsv"),
                                          &test_knowledge()->paths, &a, &err),
                     ERR_OK);
    assert_int_equal(s.list.len, 3);
    assert_int_equal(s.list.at[1].permissions.len, 1);
    assert_int_equal(s.problems.len, 1);
    assert_int_equal(iam_report_member(&s.list.at[1], &r, &a, &err), ERR_OK);
    assert_int_equal(r.findings.len, 1);
    assert_int_equal(iam_report_member(&s.list.at[2], &r, &a, &err), ERR_OK);
    assert_int_equal(r.findings.len, 1);
    iam_report_free(&r);
    iam_subjects_free(&s);
    arena_free(&a);
}

static void test_broken(void **state)
{
    (void)state;
    static const char *const rows[] = {"{\"bindings\":[", "{\"bindings\":[]}\nnothing\n",
                                       "\"bindings\""};
    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        struct arena a = {0};
        struct err err = {0};
        struct iam_subjects s = {0};
        enum err_code rc = iam_subjects_read(STR("f"), str_of(rows[i]), &a, &s, &err);
        assert_true(rc == ERR_SYNTAX || (rc == ERR_OK && s.list.len == 0));
        assert_true(rc == ERR_OK || err.msg[0] != '\0');
        iam_subjects_free(&s);
        arena_free(&a);
    }
}

static void test_memory(void **state)
{
    (void)state;
    const char *text = "{\"bindings\":[" BIND("roles/run.admin", "\"user:a@b\",\"user:c@d\"") "]}";
    enum err_code code = ERR_NOMEM;
    (void)test_knowledge();
    for (unsigned long n = 1; code == ERR_NOMEM; n++) {
        struct arena a = {0};
        struct iam_subjects s = {0};
        mem_torture(n);
        code = iam_subjects_read(STR("f"), str_of(text), &a, &s, NULL);
        code = code ? code
                    : iam_bindings_resolve(&s, test_content("iam/gcp_roles.tsv"),
                                           &test_knowledge()->paths, &a, NULL);
        mem_torture(0);
        iam_subjects_free(&s);
        arena_free(&a);
        assert_true(n < 1000);
    }
    assert_int_equal(code, ERR_OK);
}

static int end(void **state)
{
    (void)state;
    test_knowledge_free();
    return 0;
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(test_members),
                                       cmocka_unit_test(test_custom), cmocka_unit_test(test_broken),
                                       cmocka_unit_test(test_memory)};
    return cmocka_run_group_tests(tests, NULL, end);
}
