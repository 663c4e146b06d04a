#include "respond/test_fixture.h"

extern const struct respond_ops respond_sessions_revoke;

static void fill(struct fx *f)
{
    struct event *e = fx_event(f, "UpdateFunctionCode");
    e->who.kind = IDENTITY_ROLE;
    e->who.role = STR("arn:aws:iam::111122223333:role/ci/deploy");
}

static void check(const struct plan_step *s)
{
    FX_HAS(s->commands,
           "aws iam put-role-policy --role-name 'deploy' --policy-name AWSRevokeOlderSessions");
    FX_HAS(s->commands, "aws:TokenIssueTime");
    FX_HAS(s->commands, "$(date -u");
    FX_HAS(s->undo, "delete-role-policy --role-name 'deploy'");
}

/* What makes the action needless. */
static void spoil(struct fx *f)
{
    struct event *e = &f->events[f->file.timeline.len - 1];
    e->who.role = STR("arn:aws:iam::111122223333:role/aws-service-role/x/y");
}

int main(void)
{
    const struct fx_action action = {
        .ops = &respond_sessions_revoke,
        .name = "sessions_revoke",
        .target = "arn:aws:iam::111122223333:role/ci/deploy",
        .fill = fill,
        .check = check,
        .spoil = spoil,
    };
    return fx_run(&action);
}
