#include "respond/test_fixture.h"

extern const struct respond_ops respond_user_quarantine;

static void fill(struct fx *f)
{
    (void)fx_event(f, "UpdateFunctionCode");
}

static void test_plan(void **state)
{
    (void)state;
    struct fx f;
    fx_init(&f);
    fill(&f);
    assert_int_equal(respond_user_quarantine.plan(&f.file, &f.arena, NULL), ERR_OK);
    assert_true(f.file.plan.len >= 1);
    const struct plan_step *s = &f.file.plan.at[0];
    assert_true(str_eq(s->action, STR("user_quarantine")));
    assert_true(str_eq(s->target, STR("dana")));
    assert_true(s->why.len > 0 && s->breaks.len > 0);
    FX_HAS(s->commands, "attach-user-policy --user-name 'dana' --policy-arn "
                        "arn:aws:iam::aws:policy/AWSCompromisedKeyQuarantineV3");
    FX_HAS(s->commands, "lambda:*");
    FX_HAS(s->undo, "detach-user-policy --user-name 'dana'");
    FX_HAS(s->undo, "delete-user-policy");
    size_t had = f.file.plan.len;
    assert_int_equal(respond_user_quarantine.plan(&f.file, &f.arena, NULL), ERR_OK);
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
    e->who.kind = IDENTITY_ROLE;
    (void)e;
    assert_int_equal(respond_user_quarantine.plan(&f.file, &f.arena, NULL), ERR_OK);
    assert_int_equal(f.file.plan.len, 0);
    fx_free(&f);
}

static void test_no_memory(void **state)
{
    (void)state;
    fx_torture(&respond_user_quarantine, fill);
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
