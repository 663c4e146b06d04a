#include "respond/test_fixture.h"

extern const struct respond_ops respond_url_private;

static void fill(struct fx *f)
{
    struct event *e = fx_event(f, "CreateFunctionUrlConfig");
    fx_attr(f, e, ATTR_URL_AUTH, "NONE");
}

static void check(const struct plan_step *s)
{
    FX_HAS(s->commands,
           "update-function-url-config --function-name 'payments-webhook' --auth-type AWS_IAM");
    FX_HAS(s->undo, "--auth-type NONE");
}

/* What makes the action needless. */
static void spoil(struct fx *f)
{
    f->attrs[0][0].value = STR("AWS_IAM");
}

int main(void)
{
    const struct fx_action action = {
        .ops = &respond_url_private,
        .name = "url_private",
        .target = "payments-webhook",
        .fill = fill,
        .check = check,
        .spoil = spoil,
    };
    return fx_run(&action);
}
