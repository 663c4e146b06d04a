#include "respond/test_google.h"

extern const struct respond_ops respond_gcp_suspend;

static void fill(struct fx *f)
{
    (void)fx_run_call(f, "ReplaceService");
    struct event *e = fx_google(f, "cloudscheduler.googleapis.com", "CreateJob");
    fx_attr(f, e, ATTR_RULE, "nightly");
}

static void check(const struct plan_step *s)
{
    FX_HAS(s->commands, "gcloud run services update 'pay' --scaling 0 --region 'europe-west1'");
    FX_HAS(s->undo, "--scaling auto");
}

/* What makes the action needless. */
static void spoil(struct fx *f)
{
    f->events[0].action = STR("DeleteService");
    f->events[1].outcome = OUTCOME_DENIED;
}

int main(void)
{
    const struct fx_action action = {
        .ops = &respond_gcp_suspend,
        .name = "gcp_suspend",
        .target = "pay",
        .fill = fill,
        .check = check,
        .spoil = spoil,
    };
    return fx_run(&action);
}
