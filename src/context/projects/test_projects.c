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

static void test_torture(void **state)
{
    (void)state;
    torture(CONTEXT_PROJECTS, "p.csv", NULL, text);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_csv),
        cmocka_unit_test(test_refused),
        cmocka_unit_test(test_torture),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
