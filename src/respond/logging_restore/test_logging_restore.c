#include "respond/test_fixture.h"

extern const struct respond_ops respond_logging_restore;

static void fill(struct fx *f)
{
    struct event *e = fx_event(f, "StopLogging");
    e->service = STR("cloudtrail.amazonaws.com");
    e->kind = EVENT_LOGGING;
    fx_attr(f, e, ATTR_TRAIL, "org-trail");
}

static void check(const struct plan_step *s)
{
    FX_HAS(s->commands, "aws cloudtrail start-logging --name 'org-trail'");
    FX_HAS(s->undo, "stop-logging");
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
        .ops = &respond_logging_restore,
        .name = "logging_restore",
        .target = "org-trail",
        .fill = fill,
        .check = check,
        .spoil = spoil,
    };
    return fx_run(&action);
}
