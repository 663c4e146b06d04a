#include "../../../tests/unit/context/load.h"

static const char text[] =
    "process,function,caller,schedule,window,max_per_minute,owner,change\n"
    "settle,pay-settle,arn:aws:iam::1:role/x,cron(0 2 * * ? *),2026-01-01/2026-12-31,20.5,ana,C1\n"
    "open,pay-open,*,,,,,\n"
    "bad,pay-open,*,,,fast,,\n";

static void test_csv(void **state)
{
    (void)state;
    CLEANUP(done) struct context *c = loaded(CONTEXT_PROCESSES, "p.csv", NULL, text);
    assert_int_equal(c->processes.len, 2);
    const struct process *p = &c->processes.at[0];
    same(p->process, "settle");
    same(p->function, "pay-settle");
    same(p->caller, "arn:aws:iam::1:role/x");
    same(p->schedule, "cron(0 2 * * ? *)");
    at_time(p->window.from_us, "2026-01-01T00:00:00Z");
    at_time(p->window.to_us, "2027-01-01T00:00:00Z");
    assert_true(p->max_per_minute > 20.4 && p->max_per_minute < 20.6);
    assert_true(c->processes.at[1].max_per_minute < 0);
    assert_true(c->processes.at[1].window.from_us == TIME_NONE);
    skipped_row(c, CONTEXT_PROCESSES, 4, "max_per_minute: 'fast'");
}

static void test_refused(void **state)
{
    (void)state;
    refused(CONTEXT_PROCESSES, "p.csv", NULL, "process,function\nx,y\n", ERR_SCHEMA,
            "p.csv|caller|columns:");
}

static void test_torture(void **state)
{
    (void)state;
    torture(CONTEXT_PROCESSES, "p.csv", NULL, text);
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
