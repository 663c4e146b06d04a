#include "../../../tests/unit/context/load.h"

static const char text[] = "project,member,role,from,to,functions,accounts\n"
                           "pay,ana@example.com,developer,2026-01-01,2026-12-31,pay-*;team=pay,"
                           "111122223333|444455556666\n"
                           "pay,,x,,,,\n";

static void test_csv(void **state)
{
    (void)state;
    CLEANUP(done) struct context *c = loaded(CONTEXT_PROJECTS, "projects.csv", NULL, text);
    assert_int_equal(c->projects.len, 1);
    const struct project *p = &c->projects.at[0];
    same(p->project, "pay");
    same(p->member, "ana@example.com");
    at_time(p->from_us, "2026-01-01T00:00:00Z");
    at_time(p->to_us, "2027-01-01T00:00:00Z");
    same(p->functions.at[1], "team=pay");
    same(p->accounts.at[1], "444455556666");
    skipped_row(c, CONTEXT_PROJECTS, 3, "no member");
}

static void test_refused(void **state)
{
    (void)state;
    refused(CONTEXT_PROJECTS, "p.csv", NULL, "project,role\nx,y\n", ERR_SCHEMA,
            "p.csv|member|columns:");
    refused(CONTEXT_PROJECTS, "p.csv", NULL, "project,member,from\nx,y,2026-01-01 09:00\n",
            ERR_SCHEMA, "timezone:|projects");
    refused(CONTEXT_PROJECTS, "p.json", NULL, "{\"a\":1}\n", ERR_SCHEMA, "p.json|project");
}

static const char owners[] = "# who\n"
                             "*  @acme/platform\n"
                             "*.js @acme/web\n"
                             "/functions/pay-api/** @acme/old ana@example.com # note\r\n"
                             "[Section]\n"
                             "/functions/pay-api/handler.py @acme/pay-team @ana\n"
                             "/functions/free/\n";

static void test_codeowners(void **state)
{
    (void)state;
    CLEANUP(done) struct context *c = loaded(CONTEXT_PROJECTS, "CODEOWNERS", NULL, owners);
    assert_int_equal(c->projects.len, 2);
    same(c->projects.at[0].member, "pay-team");
    assert_true(c->projects.at[0].group);
    same(c->projects.at[0].functions.at[0], "pay-api");
    same(c->projects.at[1].member, "ana");
    assert_false(c->projects.at[1].group);
    struct str group = STR("Pay-Team");
    struct str login = STR("ana");
    struct person in = {.id = STR("x"), .groups = {.at = &group, .len = 1}};
    struct person is = {.id = STR("ana@example.com"), .other_ids = {.at = &login, .len = 1}};
    assert_true(project_has_member(&c->projects.at[0], &in, STR_EMPTY));
    assert_false(project_has_member(&c->projects.at[0], &is, STR_EMPTY));
    assert_true(project_has_member(&c->projects.at[1], &is, STR_EMPTY));
    assert_false(project_has_member(&c->projects.at[1], &in, STR_EMPTY));
}

static const char catalog[] =
    "apiVersion: backstage.io/v1alpha1\nkind: Component\nmetadata:\n  name: pay\n"
    "spec: {owner: pay-team}\n---\n"
    "apiVersion: backstage.io/v1alpha1\nkind: Group\nmetadata: {name: pay-team}\n---\n"
    "apiVersion: backstage.io/v1alpha1\nkind: Component\nmetadata:\n  name: shop\n"
    "  annotations: {aws.amazon.com/lambda-function-name: shop-front}\n"
    "spec: {owner: \"user:default/ana\"}\n---\n"
    "apiVersion: backstage.io/v1alpha1\nkind: Component\nmetadata: {name: lost}\nspec: {}\n";

static void test_backstage(void **state)
{
    (void)state;
    CLEANUP(done) struct context *c = loaded(CONTEXT_PROJECTS, "catalog.yaml", NULL, catalog);
    assert_int_equal(c->projects.len, 2);
    same(c->projects.at[0].member, "pay-team");
    assert_true(c->projects.at[0].group);
    same(c->projects.at[0].functions.at[1], "pay-*");
    same(c->projects.at[1].member, "ana");
    assert_false(c->projects.at[1].group);
    assert_int_equal(c->projects.at[1].functions.len, 1);
    same(c->projects.at[1].functions.at[0], "shop-front");
    assert_int_equal(c->skips, 1);
    CLEANUP(done)
    struct context *j =
        loaded(CONTEXT_PROJECTS, "entities.json", NULL,
               "[{\"apiVersion\":\"backstage.io/v1alpha1\",\"kind\":\"Component\","
               "\"metadata\":{\"name\":\"pay\"},\"spec\":{\"owner\":\"pay-team\"}}]");
    assert_int_equal(j->projects.len, 1);
    refused(CONTEXT_PROJECTS, "c.yaml", NULL, "apiVersion: backstage.io/v1alpha1\nkind: [\n",
            ERR_SYNTAX, "c.yaml");
}

static void test_torture(void **state)
{
    (void)state;
    torture(CONTEXT_PROJECTS, "CODEOWNERS", NULL, owners);
    torture(CONTEXT_PROJECTS, "catalog.yaml", NULL, catalog);
    torture(CONTEXT_PROJECTS, "p.csv", NULL, text);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_csv),       cmocka_unit_test(test_codeowners),
        cmocka_unit_test(test_backstage), cmocka_unit_test(test_refused),
        cmocka_unit_test(test_torture),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
