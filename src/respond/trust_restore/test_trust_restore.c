#include "respond/test_fixture.h"

extern const struct respond_ops respond_trust_restore;

static void fill(struct fx *f)
{
    struct event *e = fx_event(f, "UpdateAssumeRolePolicy");
    e->service = STR("iam.amazonaws.com");
    e->kind = EVENT_IDENTITY;
    fx_attr(f, e, ATTR_TARGET_ROLE, "pay-exec");
}

static void check(const struct plan_step *s)
{
    FX_HAS(s->commands, "update-assume-role-policy --role-name 'pay-exec' --policy-document "
                        "file://trust-then.json");
    FX_HAS(s->undo, "file://trust-now.json");
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
        .ops = &respond_trust_restore,
        .name = "trust_restore",
        .target = "pay-exec",
        .fill = fill,
        .check = check,
        .spoil = spoil,
    };
    return fx_run(&action);
}
