#include "respond/test_fixture.h"

extern const struct respond_ops respond_code_back;

static void fill(struct fx *f)
{
    struct event *before = fx_event(f, "PublishVersion");
    fx_attr(f, before, ATTR_VERSION, "7");
    (void)fx_event(f, "UpdateFunctionCode");
}

static void check(const struct plan_step *s)
{
    FX_HAS(s->commands, "--qualifier '7'");
    FX_HAS(s->commands, "--dry-run");
    FX_HAS(s->commands, "fileb://before.zip");
    FX_HAS(s->undo, "fileb://code.zip");
}

/* What makes the action needless. */
static void spoil(struct fx *f)
{
    f->attrs[0][0].value = STR("$LATEST");
}

int main(void)
{
    const struct fx_action action = {
        .ops = &respond_code_back,
        .name = "code_back",
        .target = "payments-webhook",
        .fill = fill,
        .check = check,
        .spoil = spoil,
    };
    return fx_run(&action);
}
