#include "respond/test_fixture.h"

extern const struct respond_ops respond_alias_back;

static void fill(struct fx *f)
{
    struct event *before = fx_event(f, "UpdateAlias");
    fx_attr(f, before, ATTR_ALIAS, "live");
    fx_attr(f, before, ATTR_VERSION, "7");
    struct event *e = fx_event(f, "UpdateAlias");
    fx_attr(f, e, ATTR_ALIAS, "live");
    fx_attr(f, e, ATTR_VERSION, "8");
}

static void test_plan(void **state)
{
    (void)state;
    struct fx f;
    fx_init(&f);
    fill(&f);
    assert_int_equal(respond_alias_back.plan(&f.file, &f.arena, NULL), ERR_OK);
    assert_true(f.file.plan.len >= 1);
    const struct plan_step *s = &f.file.plan.at[0];
    assert_true(str_eq(s->action, STR("alias_back")));
    assert_true(str_eq(s->target, STR("payments-webhook:live")));
    assert_true(s->why.len > 0 && s->breaks.len > 0);
    FX_HAS(s->commands,
           "update-alias --function-name 'payments-webhook' --name 'live' --function-version '7'");
    FX_HAS(s->undo, "--function-version '8'");
    size_t had = f.file.plan.len;
    assert_int_equal(respond_alias_back.plan(&f.file, &f.arena, NULL), ERR_OK);
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
    f.attrs[0][1].value = STR("8");
    (void)e;
    assert_int_equal(respond_alias_back.plan(&f.file, &f.arena, NULL), ERR_OK);
    assert_int_equal(f.file.plan.len, 0);
    fx_free(&f);
}

static void test_no_memory(void **state)
{
    (void)state;
    fx_torture(&respond_alias_back, fill);
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
