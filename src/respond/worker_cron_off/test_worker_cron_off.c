#include "respond/test_fixture.h"

extern const struct respond_ops respond_worker_cron_off;

static void fill(struct fx *f)
{
    struct event *e = fx_worker(f, "SetWorkerSchedules");
    fx_attr(f, e, ATTR_SCHEDULE, "* * * * *");
}

static void check(const struct plan_step *s)
{
    FX_HAS(s->commands, "/schedules --data '[]'");
    FX_HAS(s->before, "/schedules");
}

/* What makes the action needless. */
static void spoil(struct fx *f)
{
    f->events[0].outcome = OUTCOME_DENIED;
}

int main(void)
{
    const struct fx_action action = {
        .ops = &respond_worker_cron_off,
        .name = "worker_cron_off",
        .target = "checkout-edge",
        .fill = fill,
        .check = check,
        .spoil = spoil,
    };
    return fx_run(&action);
}
