#include "respond/test_google.h"

extern const struct respond_ops respond_gcp_binding_remove;

static void fill(struct fx *f)
{
    struct event *e = fx_google(f, "cloudresourcemanager.googleapis.com", "SetIamPolicy");
    fx_attr(f, e, ATTR_TARGET, "projects/acme-prod");
    fx_attr(f, e, ATTR_GRANT_ACTION, "roles/owner");
    fx_attr(f, e, ATTR_GRANT_PRINCIPAL, "user:eve@example.net");
}

static void check(const struct plan_step *s)
{
    FX_HAS(s->commands, "gcloud projects remove-iam-policy-binding 'acme-prod' --member "
                        "'user:eve@example.net' --role 'roles/owner'");
    FX_HAS(s->undo, "add-iam-policy-binding 'acme-prod'");
}

/* What makes the action needless. */
static void spoil(struct fx *f)
{
    fx_attr(f, &f->events[0], ATTR_POLICY_SET, "");
}

int main(void)
{
    const struct fx_action action = {
        .ops = &respond_gcp_binding_remove,
        .name = "gcp_binding_remove",
        .target = "acme-prod roles/owner user:eve@example.net",
        .fill = fill,
        .check = check,
        .spoil = spoil,
    };
    return fx_run(&action);
}
