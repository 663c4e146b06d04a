#include "respond/test_fixture.h"

extern const struct respond_ops respond_preserve_evidence;

static void fill(struct fx *f)
{
    struct event *e = fx_event(f, "UpdateFunctionCode");
    fx_attr(f, e, ATTR_ROLE, "arn:aws:iam::111122223333:role/service/pay-exec");
}

static void check(const struct plan_step *s)
{
    FX_HAS(s->commands,
           "aws lambda get-function --function-name 'payments-webhook' --region 'eu-west-1'");
    FX_HAS(s->commands,
           "aws logs filter-log-events --log-group-name '/aws/lambda/payments-webhook'");
}

/* What makes the action needless. */
static void spoil(struct fx *f)
{
    struct event *e = &f->events[f->file.timeline.len - 1];
    f->file.functions.len = 0;
    e->attr_count = 0;
    e->who.name = STR_EMPTY;
}

int main(void)
{
    const struct fx_action action = {
        .ops = &respond_preserve_evidence,
        .name = "preserve_evidence",
        .target = "payments-webhook",
        .fill = fill,
        .check = check,
        .spoil = spoil,
    };
    return fx_run(&action);
}
