#include "respond/test_fixture.h"

extern const struct respond_ops respond_trigger_disable;

static void fill(struct fx *f)
{
    struct event *e = fx_event(f, "CreateEventSourceMapping");
    fx_attr(f, e, ATTR_TRIGGER_SOURCE, "arn:aws:sqs:eu-west-1:999988887777:q");
}

static void check(const struct plan_step *s)
{
    FX_HAS(s->commands, "update-event-source-mapping --no-enabled");
    FX_HAS(s->commands, "--event-source-arn 'arn:aws:sqs:eu-west-1:999988887777:q'");
    FX_HAS(s->undo, "--enabled");
}

/* What makes the action needless. */
static void spoil(struct fx *f)
{
    struct event *e = &f->events[f->file.timeline.len - 1];
    e->outcome = OUTCOME_FAILED;
}

int main(void)
{
    const struct fx_action action = {
        .ops = &respond_trigger_disable,
        .name = "trigger_disable",
        .target = "arn:aws:sqs:eu-west-1:999988887777:q",
        .fill = fill,
        .check = check,
        .spoil = spoil,
    };
    return fx_run(&action);
}
