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

int main(void)
{
    const struct fx_action action = {
        .ops = &respond_worker_route_off,
        .name = "worker_route_off",
        .target = "acme.example/login*",
        .fill = fill,
        .check = check,
        .spoil = spoil,
    };
    return fx_run(&action);
}
