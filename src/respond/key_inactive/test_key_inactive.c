#include "respond/test_fixture.h"

extern const struct respond_ops respond_key_inactive;

static void fill(struct fx *f)
{
    (void)fx_event(f, "UpdateFunctionCode");
}

static void check(const struct plan_step *s)
{
    FX_HAS(s->commands, "aws iam update-access-key --user-name 'dana' --access-key-id "
                        "'AKIAEXAMPLE00000001' --status Inactive");
    FX_HAS(s->undo, "--status Active");
}

/* What makes the action needless. */
static void spoil(struct fx *f)
{
    struct event *e = &f->events[f->file.timeline.len - 1];
    e->who.access_key = STR("ASIAEXAMPLE00000001");
}

int main(void)
{
    const struct fx_action action = {
        .ops = &respond_key_inactive,
        .name = "key_inactive",
        .target = "AKIAEXAMPLE00000001",
        .fill = fill,
        .check = check,
        .spoil = spoil,
    };
    return fx_run(&action);
}
