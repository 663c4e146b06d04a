#include "respond/test_google.h"

extern const struct respond_ops respond_gcp_invoker_private;

static void fill(struct fx *f)
{
    struct event *e = fx_run_call(f, "UpdateService");
    fx_attr(f, e, ATTR_INVOKER_CHECK, "off");
    e = fx_google(f, "cloudfunctions.googleapis.com", "SetIamPolicy");
    fx_attr(f, e, ATTR_GRANT_ACTION, "roles/cloudfunctions.invoker");
    fx_attr(f, e, ATTR_GRANT_PRINCIPAL, "allUsers");
}

static void check(const struct plan_step *s)
{
    FX_HAS(s->commands,
           "gcloud run services update 'pay' --invoker-iam-check --region 'europe-west1'");
    FX_HAS(s->undo, "--no-invoker-iam-check");
}

/* What makes the action needless. */
static void spoil(struct fx *f)
{
    f->attrs[0][0].value = STR("on");
    f->attrs[1][1].value = STR("user:ana@example.com");
}

int main(void)
{
    const struct fx_action action = {
        .ops = &respond_gcp_invoker_private,
        .name = "gcp_invoker_private",
        .target = "pay",
        .fill = fill,
        .check = check,
        .spoil = spoil,
    };
    return fx_run(&action);
}
