#include "respond/test_google.h"

extern const struct respond_ops respond_gcp_logging_restore;

static void fill(struct fx *f)
{
    struct event *e = fx_google(f, "logging.googleapis.com", "UpdateSink");
    fx_attr(f, e, ATTR_TRAIL, "audit");
    fx_attr(f, e, ATTR_STATE, "DISABLED");
    e = fx_google(f, "logging.googleapis.com", "UpdateBucket");
    fx_attr(f, e, ATTR_TRAIL, "keep");
    fx_attr(f, e, ATTR_RETENTION_DAYS, "1");
    e = fx_google(f, "logging.googleapis.com", "CreateExclusion");
    fx_attr(f, e, ATTR_TRAIL, "quiet");
    e = fx_google(f, "cloudresourcemanager.googleapis.com", "SetIamPolicy");
    fx_attr(f, e, ATTR_AUDIT_GONE, "allServices DATA_READ");
}

static void check(const struct plan_step *s)
{
    FX_HAS(s->commands, "gcloud logging sinks update 'audit' --no-disabled --project 'acme-prod'");
    FX_HAS(s->undo, "--disabled");
}

/* What makes the action needless. */
static void spoil(struct fx *f)
{
    for (size_t i = 0; i < f->file.timeline.len; i++) {
        f->events[i].outcome = OUTCOME_DENIED;
    }
}

int main(void)
{
    const struct fx_action action = {
        .ops = &respond_gcp_logging_restore,
        .name = "gcp_logging_restore",
        .target = "audit",
        .fill = fill,
        .check = check,
        .spoil = spoil,
    };
    return fx_run(&action);
}
