#include "respond/test_fixture.h"

extern const struct respond_ops respond_role_quarantine;

static void fill(struct fx *f)
{
    struct event *e = fx_event(f, "UpdateFunctionConfiguration");
    fx_attr(f, e, ATTR_ROLE, "arn:aws:iam::111122223333:role/pay-exec");
}

static void check(const struct plan_step *s)
{
    FX_HAS(s->commands,
           "put-role-policy --role-name 'pay-exec' --policy-name faaswatch-quarantine");
    FX_HAS(s->undo, "delete-role-policy --role-name 'pay-exec'");
}

/* What makes the action needless. */
static void spoil(struct fx *f)
{
    f->attrs[0][0].value = STR("arn:aws:iam::1:role/aws-service-role/lambda/x");
}

int main(void)
{
    const struct fx_action action = {
        .ops = &respond_role_quarantine,
        .name = "role_quarantine",
        .target = "arn:aws:iam::111122223333:role/pay-exec",
        .fill = fill,
        .check = check,
        .spoil = spoil,
    };
    return fx_run(&action);
}
