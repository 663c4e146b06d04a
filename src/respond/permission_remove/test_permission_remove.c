#include "respond/test_fixture.h"

extern const struct respond_ops respond_permission_remove;

static void fill(struct fx *f)
{
    struct event *e = fx_event(f, "AddPermission");
    fx_attr(f, e, ATTR_STATEMENT_ID, "open");
    fx_attr(f, e, ATTR_GRANT_PRINCIPAL, "*");
    fx_attr(f, e, ATTR_GRANT_ACTION, "lambda:InvokeFunction");
}

static void check(const struct plan_step *s)
{
    FX_HAS(s->commands,
           "remove-permission --function-name 'payments-webhook' --statement-id 'open'");
    FX_HAS(s->undo, "add-permission --function-name 'payments-webhook' --statement-id 'open' "
                    "--action 'lambda:InvokeFunction' --principal '*'");
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
        .ops = &respond_permission_remove,
        .name = "permission_remove",
        .target = "payments-webhook open",
        .fill = fill,
        .check = check,
        .spoil = spoil,
    };
    return fx_run(&action);
}
