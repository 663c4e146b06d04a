#include "respond/test_fixture.h"

extern const struct respond_ops respond_worker_back;

static void fill(struct fx *f)
{
    struct event *e = fx_worker(f, "UploadWorker");
    fx_attr(f, e, ATTR_VERSION, "bad-1");
}

static void check(const struct plan_step *s)
{
    FX_HAS(s->commands, "/workers/scripts/'checkout-edge'/deployments");
    FX_HAS(s->commands, "$GOOD_VERSION");
    FX_HAS(s->undo, "\"version_id\":\"bad-1\"");
    FX_HAS(s->before, "/versions");
}

/* What makes the action needless. */
static void spoil(struct fx *f)
{
    f->events[0].outcome = OUTCOME_DENIED;
}

int main(void)
{
    const struct fx_action action = {
        .ops = &respond_worker_back,
        .name = "worker_back",
        .target = "checkout-edge",
        .fill = fill,
        .check = check,
        .spoil = spoil,
    };
    return fx_run(&action);
}
