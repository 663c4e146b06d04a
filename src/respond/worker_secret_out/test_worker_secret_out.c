#include "respond/test_fixture.h"

extern const struct respond_ops respond_worker_secret_out;

static void fill(struct fx *f)
{
    struct event *e = fx_worker(f, "PutWorkerSecret");
    fx_attr(f, e, ATTR_SECRET, "API_KEY");
}

static void check(const struct plan_step *s)
{
    FX_HAS(s->commands, "/secrets/'API_KEY'");
    FX_HAS(s->undo, "cannot be read back");
}

/* What makes the action needless. */
static void spoil(struct fx *f)
{
    f->events[0].outcome = OUTCOME_DENIED;
}

int main(void)
{
    const struct fx_action action = {
        .ops = &respond_worker_secret_out,
        .name = "worker_secret_out",
        .target = "API_KEY",
        .fill = fill,
        .check = check,
        .spoil = spoil,
    };
    return fx_run(&action);
}
