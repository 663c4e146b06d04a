#include "respond/test_fixture.h"

extern const struct respond_ops respond_worker_route_off;

static void fill(struct fx *f)
{
    struct event *e = fx_worker(f, "CreateWorkerRoute");
    fx_attr(f, e, ATTR_ROUTE, "acme.example/login*");
    fx_attr(f, e, ATTR_RESOURCE_ID, "r/1");
    fx_attr(f, e, ATTR_ZONE, "z9");
}

static void check(const struct plan_step *s)
{
    FX_HAS(s->commands, "-X DELETE");
    FX_HAS(s->commands, "/zones/'z9'/workers/routes/'r%2F1'");
    FX_HAS(s->undo, "'{\"pattern\":\"acme.example/login*\",\"script\":\"checkout-edge\"}'");
}

/* What makes the action needless. */
static void spoil(struct fx *f)
{
    f->events[0].outcome = OUTCOME_DENIED;
}

/* Logs that hold no answers do not tell the route's id: it is looked up. */
static void test_no_id(void **state)
{
    (void)state;
    struct fx f;
    struct err err = {0};
    fx_init(&f);
    struct event *e = fx_worker(&f, "CreateWorkerRoute");
    fx_attr(&f, e, ATTR_ROUTE, "*/*");
    fx_attr(&f, e, ATTR_ZONE, "z9");
    e = fx_worker(&f, "AttachWorkerDomain");
    fx_attr(&f, e, ATTR_HOST, "pay.acme.example");
    assert_int_equal(respond_worker_route_off.plan(&f.file, &f.arena, &err), ERR_OK);
    assert_int_equal(f.file.plan.len, 2);
    FX_HAS(f.file.plan.at[1].commands, "/accounts/'acc'/workers/domains/\"$DOMAIN\"");
    FX_HAS(f.file.plan.at[0].commands, "ROUTE=$(curl");
    FX_HAS(f.file.plan.at[0].commands, "'{\"pattern\":\"*/*\",\"script\":\"checkout-edge\"}'");
    FX_HAS(f.file.plan.at[0].commands, "/zones/'z9'/workers/routes/\"$ROUTE\"");
    fx_free(&f);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(test_no_id)};
    int failed = cmocka_run_group_tests(tests, NULL, NULL);
    const struct fx_action action = {
        .ops = &respond_worker_route_off,
        .name = "worker_route_off",
        .target = "acme.example/login*",
        .fill = fill,
        .check = check,
        .spoil = spoil,
    };
    return fx_run(&action) + failed;
}
