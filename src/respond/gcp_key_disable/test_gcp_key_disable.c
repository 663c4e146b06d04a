#include "respond/test_google.h"

extern const struct respond_ops respond_gcp_key_disable;

static void fill(struct fx *f)
{
    struct event *e = fx_google(f, "iam.googleapis.com", "CreateServiceAccountKey");
    fx_attr(f, e, ATTR_TARGET_KEY, "abc123");
    fx_attr(f, e, ATTR_TARGET_USER, "deploy@acme-prod.iam.gserviceaccount.com");
}

static void check(const struct plan_step *s)
{
    FX_HAS(s->commands,
           "keys disable 'abc123' --iam-account 'deploy@acme-prod.iam.gserviceaccount.com'");
    FX_HAS(s->undo, "keys enable 'abc123'");
}

/* What makes the action needless. */
static void spoil(struct fx *f)
{
    f->events[0].outcome = OUTCOME_DENIED;
}

int main(void)
{
    const struct fx_action action = {
        .ops = &respond_gcp_key_disable,
        .name = "gcp_key_disable",
        .target = "abc123",
        .fill = fill,
        .check = check,
        .spoil = spoil,
    };
    return fx_run(&action);
}
