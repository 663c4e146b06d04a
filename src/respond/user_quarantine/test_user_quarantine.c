#include "respond/test_fixture.h"

extern const struct respond_ops respond_user_quarantine;

static void fill(struct fx *f)
{
    (void)fx_event(f, "UpdateFunctionCode");
}

static void check(const struct plan_step *s)
{
    FX_HAS(s->commands, "attach-user-policy --user-name 'dana' --policy-arn "
                        "arn:aws:iam::aws:policy/AWSCompromisedKeyQuarantineV3");
    FX_HAS(s->commands, "lambda:*");
    FX_HAS(s->undo, "detach-user-policy --user-name 'dana'");
    FX_HAS(s->undo, "delete-user-policy");
}

/* What makes the action needless. */
static void spoil(struct fx *f)
{
    struct event *e = &f->events[f->file.timeline.len - 1];
    e->who.kind = IDENTITY_ROLE;
}

int main(void)
{
    const struct fx_action action = {
        .ops = &respond_user_quarantine,
        .name = "user_quarantine",
        .target = "dana",
        .fill = fill,
        .check = check,
        .spoil = spoil,
    };
    return fx_run(&action);
}
