#include "respond/test_fixture.h"

extern const struct respond_ops respond_login_remove;

static void fill(struct fx *f)
{
    struct event *e = fx_event(f, "CreateLoginProfile");
    e->service = STR("iam.amazonaws.com");
    e->kind = EVENT_IDENTITY;
    fx_attr(f, e, ATTR_TARGET_USER, "bo");
}

static void check(const struct plan_step *s)
{
    FX_HAS(s->commands, "aws iam delete-login-profile --user-name 'bo'");
    FX_HAS(s->undo, "new password");
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
        .ops = &respond_login_remove,
        .name = "login_remove",
        .target = "bo",
        .fill = fill,
        .check = check,
        .spoil = spoil,
    };
    return fx_run(&action);
}
