#include "respond/test_fixture.h"

extern const struct respond_ops respond_layer_unshare;

static void fill(struct fx *f)
{
    struct event *e = fx_event(f, "AddLayerVersionPermission");
    fx_attr(f, e, ATTR_LAYER, "arn:aws:lambda:eu-west-1:111122223333:layer:tools:3");
    fx_attr(f, e, ATTR_STATEMENT_ID, "share");
}

static void check(const struct plan_step *s)
{
    FX_HAS(s->commands, "remove-layer-version-permission --layer-name "
                        "'arn:aws:lambda:eu-west-1:111122223333:layer:tools' --version-number '3' "
                        "--statement-id 'share'");
    FX_HAS(s->undo, "add-layer-version-permission");
}

/* What makes the action needless. */
static void spoil(struct fx *f)
{
    f->attrs[0][0].value = STR("tools");
}

int main(void)
{
    const struct fx_action action = {
        .ops = &respond_layer_unshare,
        .name = "layer_unshare",
        .target = "arn:aws:lambda:eu-west-1:111122223333:layer:tools:3",
        .fill = fill,
        .check = check,
        .spoil = spoil,
    };
    return fx_run(&action);
}
