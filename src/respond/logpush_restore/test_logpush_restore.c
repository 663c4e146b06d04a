#include "respond/test_fixture.h"

extern const struct respond_ops respond_logpush_restore;

static void fill(struct fx *f)
{
    struct event *e = fx_worker(f, "DisableLogpushJob");
    e->service = STR("cloudflare.logpush");
    e->kind = EVENT_LOGGING;
    fx_attr(f, e, ATTR_TRAIL, "146");
    fx_attr(f, e, ATTR_STATE, "false");
}

static void check(const struct plan_step *s)
{
    FX_HAS(s->commands, "/'accounts'/'acc'/logpush/jobs/'146' --data '{\"enabled\":true}'");
    FX_HAS(s->undo, "\"enabled\":false");
}

/* What makes the action needless. */
static void spoil(struct fx *f)
{
    f->events[0].outcome = OUTCOME_DENIED;
}

int main(void)
{
    const struct fx_action action = {
        .ops = &respond_logpush_restore,
        .name = "logpush_restore",
        .target = "146",
        .fill = fill,
        .check = check,
        .spoil = spoil,
    };
    return fx_run(&action);
}
