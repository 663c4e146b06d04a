#include "respond/test_fixture.h"

extern const struct respond_ops respond_worker_preserve;

static void fill(struct fx *f)
{
    struct event *e = fx_worker(f, "UploadWorker");
    (void)e;
}

static void check(const struct plan_step *s)
{
    FX_HAS(s->commands, "/workers/scripts/'checkout-edge'/content/v2");
    FX_HAS(s->commands, "/accounts/'acc'/workers/domains");
}

/* What makes the action needless. */
static void spoil(struct fx *f)
{
    f->file.functions.at[0].provider = STR("aws");
}

int main(void)
{
    const struct fx_action action = {
        .ops = &respond_worker_preserve,
        .name = "worker_preserve",
        .target = "checkout-edge",
        .fill = fill,
        .check = check,
        .spoil = spoil,
    };
    return fx_run(&action);
}
