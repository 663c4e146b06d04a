#include "respond/test_google.h"

extern const struct respond_ops respond_gcp_revision_back;

static void fill(struct fx *f)
{
    struct event *e = fx_run_call(f, "ReplaceService");
    e->time_us = 1795176000 * TIME_SECOND_US;
    fx_attr(f, e, ATTR_CODE_LOCATION, "docker.io/evil/pay");
}

static void check(const struct plan_step *s)
{
    FX_HAS(s->commands, "--filter 'metadata.creationTimestamp<\"2026-11-20T12:00:00Z\"'");
    FX_HAS(s->commands,
           "services update-traffic 'pay' --to-revisions \"$revision=100\" --clear-tags");
    FX_HAS(s->undo, "--to-latest");
}

/* What makes the action needless. */
static void spoil(struct fx *f)
{
    f->events[0].action = STR("CreateService");
}

int main(void)
{
    const struct fx_action action = {
        .ops = &respond_gcp_revision_back,
        .name = "gcp_revision_back",
        .target = "pay",
        .fill = fill,
        .check = check,
        .spoil = spoil,
    };
    return fx_run(&action);
}
