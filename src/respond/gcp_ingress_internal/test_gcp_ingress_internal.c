#include "respond/test_google.h"

extern const struct respond_ops respond_gcp_ingress_internal;

static void fill(struct fx *f)
{
    struct event *e = fx_run_call(f, "UpdateService");
    fx_attr(f, e, ATTR_INGRESS, "all");
    fx_attr(f, e, ATTR_UPDATE_MASK, "ingress");
}

static void check(const struct plan_step *s)
{
    FX_HAS(s->commands,
           "gcloud run services update 'pay' --ingress internal --region 'europe-west1'");
    FX_HAS(s->undo, "--ingress all");
}

/* What makes the action needless. */
static void spoil(struct fx *f)
{
    f->attrs[0][0].value = STR("internal");
}

int main(void)
{
    const struct fx_action action = {
        .ops = &respond_gcp_ingress_internal,
        .name = "gcp_ingress_internal",
        .target = "pay",
        .fill = fill,
        .check = check,
        .spoil = spoil,
    };
    return fx_run(&action);
}
