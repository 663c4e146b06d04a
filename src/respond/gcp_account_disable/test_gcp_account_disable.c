#include "respond/test_google.h"

extern const struct respond_ops respond_gcp_account_disable;

static void fill(struct fx *f)
{
    struct event *e = fx_run_call(f, "ReplaceService");
    e->who.kind = IDENTITY_ROLE;
    e->who.role = e->who.principal = STR("deploy@acme-ci.iam.gserviceaccount.com");
}

static void check(const struct plan_step *s)
{
    FX_HAS(s->commands,
           "gcloud iam service-accounts disable 'deploy@acme-ci.iam.gserviceaccount.com' "
           "--project 'acme-ci'");
    FX_HAS(s->undo, "service-accounts enable");
}

/* What makes the action needless. */
static void spoil(struct fx *f)
{
    f->events[0].who.kind = IDENTITY_SERVICE;
}

int main(void)
{
    const struct fx_action action = {
        .ops = &respond_gcp_account_disable,
        .name = "gcp_account_disable",
        .target = "deploy@acme-ci.iam.gserviceaccount.com",
        .fill = fill,
        .check = check,
        .spoil = spoil,
    };
    return fx_run(&action);
}
