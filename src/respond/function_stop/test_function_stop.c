#include "respond/test_fixture.h"

extern const struct respond_ops respond_function_stop;

static void fill(struct fx *f)
{
    (void)fx_event(f, "UpdateFunctionCode");
}

static void check(const struct plan_step *s)
{
    FX_HAS(s->commands, "put-function-concurrency --function-name 'payments-webhook' "
                        "--reserved-concurrent-executions 0");
    FX_HAS(s->undo, "delete-function-concurrency --function-name 'payments-webhook'");
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
        .ops = &respond_function_stop,
        .name = "function_stop",
        .target = "payments-webhook",
        .fill = fill,
        .check = check,
        .spoil = spoil,
    };
    return fx_run(&action);
}
