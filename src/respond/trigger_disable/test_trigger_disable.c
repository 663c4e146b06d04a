#include "respond/test_fixture.h"

extern const struct respond_ops respond_trigger_disable;

static void fill(struct fx *f)
{
    struct event *e = fx_event(f, "CreateEventSourceMapping");
    fx_attr(f, e, ATTR_TRIGGER_SOURCE, "arn:aws:sqs:eu-west-1:999988887777:q");
}

static void test_plan(void **state)
{
    (void)state;
    struct fx f;
    fx_init(&f);
    fill(&f);
    assert_int_equal(respond_trigger_disable.plan(&f.file, &f.arena, NULL), ERR_OK);
    assert_true(f.file.plan.len >= 1);
    const struct plan_step *s = &f.file.plan.at[0];
    assert_true(str_eq(s->action, STR("trigger_disable")));
    assert_true(str_eq(s->target, STR("arn:aws:sqs:eu-west-1:999988887777:q")));
    assert_true(s->why.len > 0 && s->breaks.len > 0);
    FX_HAS(s->commands, "update-event-source-mapping --no-enabled");
    FX_HAS(s->commands, "--event-source-arn 'arn:aws:sqs:eu-west-1:999988887777:q'");
    FX_HAS(s->undo, "--enabled");
    size_t had = f.file.plan.len;
    assert_int_equal(respond_trigger_disable.plan(&f.file, &f.arena, NULL), ERR_OK);
    assert_int_equal(f.file.plan.len, had); /* a target once */
    fx_free(&f);
}

static void test_nothing_to_do(void **state)
{
    (void)state;
    struct fx f;
    fx_init(&f);
    fill(&f);
    struct event *e = &f.events[f.file.timeline.len - 1];
    e->outcome = OUTCOME_FAILED;
    (void)e;
    assert_int_equal(respond_trigger_disable.plan(&f.file, &f.arena, NULL), ERR_OK);
    assert_int_equal(f.file.plan.len, 0);
    fx_free(&f);
}

static void test_no_memory(void **state)
{
    (void)state;
    fx_torture(&respond_trigger_disable, fill);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_plan),
        cmocka_unit_test(test_nothing_to_do),
        cmocka_unit_test(test_no_memory),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
