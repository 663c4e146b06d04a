#include "respond/test_fixture.h"

extern const struct respond_ops respond_worker_tail_end;

static void fill(struct fx *f)
{
    struct event *e = fx_worker(f, "StartWorkerTail");
    fx_attr(f, e, ATTR_RESOURCE_ID, "t-1");
}

static void check(const struct plan_step *s)
{
    FX_HAS(s->commands, "/tails/'t-1'");
}

/* What makes the action needless. */
static void spoil(struct fx *f)
{
    f->events[0].outcome = OUTCOME_DENIED;
}

int main(void)
{
    const struct fx_action action = {
        .ops = &respond_worker_tail_end,
        .name = "worker_tail_end",
        .target = "checkout-edge",
        .fill = fill,
        .check = check,
        .spoil = spoil,
    };
    return fx_run(&action);
}
