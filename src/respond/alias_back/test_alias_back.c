#include "respond/test_fixture.h"

extern const struct respond_ops respond_alias_back;

static void fill(struct fx *f)
{
    struct event *before = fx_event(f, "UpdateAlias");
    fx_attr(f, before, ATTR_ALIAS, "live");
    fx_attr(f, before, ATTR_VERSION, "7");
    struct event *e = fx_event(f, "UpdateAlias");
    fx_attr(f, e, ATTR_ALIAS, "live");
    fx_attr(f, e, ATTR_VERSION, "8");
}

static void check(const struct plan_step *s)
{
    FX_HAS(s->commands,
           "update-alias --function-name 'payments-webhook' --name 'live' --function-version '7'");
    FX_HAS(s->undo, "--function-version '8'");
}

/* What makes the action needless. */
static void spoil(struct fx *f)
{
    f->attrs[0][1].value = STR("8");
}

int main(void)
{
    const struct fx_action action = {
        .ops = &respond_alias_back,
        .name = "alias_back",
        .target = "payments-webhook:live",
        .fill = fill,
        .check = check,
        .spoil = spoil,
    };
    return fx_run(&action);
}
