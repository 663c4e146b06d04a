#include "respond/test_fixture.h"

extern const struct respond_ops respond_policy_detach;

static void fill(struct fx *f)
{
    struct event *e = fx_event(f, "AttachRolePolicy");
    e->service = STR("iam.amazonaws.com");
    e->kind = EVENT_IDENTITY;
    fx_attr(f, e, ATTR_TARGET_ROLE, "pay-exec");
    fx_attr(f, e, ATTR_POLICY_ARN, "arn:aws:iam::aws:policy/AdministratorAccess");
}

static void check(const struct plan_step *s)
{
    FX_HAS(s->commands, "detach-role-policy --role-name 'pay-exec' --policy-arn "
                        "'arn:aws:iam::aws:policy/AdministratorAccess'");
    FX_HAS(s->undo, "attach-role-policy");
}

/* What makes the action needless. */
static void spoil(struct fx *f)
{
    struct event *e = &f->events[f->file.timeline.len - 1];
    e->outcome = OUTCOME_DENIED;
}

int main(void)
{
    const struct fx_action action = {
        .ops = &respond_policy_detach,
        .name = "policy_detach",
        .target = "pay-exec arn:aws:iam::aws:policy/AdministratorAccess",
        .fill = fill,
        .check = check,
        .spoil = spoil,
    };
    return fx_run(&action);
}
