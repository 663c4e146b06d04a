#include "respond/test_fixture.h"

extern const struct respond_ops respond_workers_dev_off;

static void fill(struct fx *f)
{
    struct event *e = fx_worker(f, "SetWorkersDev");
    fx_attr(f, e, ATTR_STATE, "true");
}

static void check(const struct plan_step *s)
{
    FX_HAS(s->commands, "'{\"enabled\":false,\"previews_enabled\":false}'");
    FX_HAS(s->undo, "\"enabled\":true");
}

/* What makes the action needless. */
static void spoil(struct fx *f)
{
    f->events[0].outcome = OUTCOME_DENIED;
}

int main(void)
{
    const struct fx_action action = {
        .ops = &respond_workers_dev_off,
        .name = "workers_dev_off",
        .target = "checkout-edge",
        .fill = fill,
        .check = check,
        .spoil = spoil,
    };
    return fx_run(&action);
}
