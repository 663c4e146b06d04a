/*
 * gcp_suspend - let nothing run any more (G4): the service without instances, and what calls it by
 * the clock paused.
 */
#include "respond/google.h"

static enum err_code no_instances(struct case_file *c, const struct event *e, struct arena *a,
                                  struct err *err)
{
    const struct function_key *f = &e->function;
    struct draft d;
    struct str name = STR_EMPTY;
    draft_begin(&d, c, a, "gcp_suspend", f->name);
    d.failed = d.failed || !google_service_name(f, a, &name);
    draft_why(&d, "nothing runs in %.*s any more, whatever was put into it", STR_ARG(f->name));
    draft_breaks(&d, "all its callers get errors; what runs now goes on until its timeout");
    DRAFT_READ(&d, "gcloud run services describe {} --region {} --project {} --format=export", name,
               f->region, f->account);
    DRAFT_COMMAND(&d, "gcloud run services update {} --scaling 0 --region {} --project {}", name,
                  f->region, f->account);
    DRAFT_UNDO_LINE(&d, "gcloud run services update {} --scaling auto --region {} --project {}",
                    name, f->region, f->account);
    draft_note(&d, DRAFT_UNDO, "or the number of instances that was read before");
    return draft_end(&d, err);
}

static enum err_code pause_job(struct case_file *c, const struct event *e, struct arena *a,
                               struct err *err)
{
    struct str name = event_attr_get(e, ATTR_RULE);
    struct draft d;
    draft_begin(&d, c, a, "gcp_suspend", name);
    draft_why(&d, "the schedule %.*s was made or changed in this case", STR_ARG(name));
    draft_breaks(&d, "what the schedule starts");
    DRAFT_READ(&d, "gcloud scheduler jobs describe {} --location {} --project {} --format=json",
               name, e->region, e->account);
    DRAFT_COMMAND(&d, "gcloud scheduler jobs pause {} --location {} --project {}", name, e->region,
                  e->account);
    DRAFT_UNDO_LINE(&d, "gcloud scheduler jobs resume {} --location {} --project {}", name,
                    e->region, e->account);
    return draft_end(&d, err);
}

static enum err_code plan(struct case_file *c, struct arena *a, struct err *err)
{
    enum err_code rc = ERR_OK;
    for (size_t i = 0; rc == ERR_OK && i < c->timeline.len; i++) {
        const struct event *e = c->timeline.at[i];
        bool made = google_did(e, "cloudscheduler", "CreateJob") ||
                    google_did(e, "cloudscheduler", "UpdateJob");
        if (google_is_service(e) && !str_starts(e->action, STR("Delete"))) {
            rc = no_instances(c, e, a, err);
        } else if (made && event_has(e, ATTR_RULE)) {
            rc = pause_job(c, e, a, err);
        }
    }
    return rc;
}

extern const struct respond_ops respond_gcp_suspend;
const struct respond_ops respond_gcp_suspend = {
    .name = "gcp_suspend",
    .summary = "let a Cloud Run service run nothing more",
    .phase = RESPOND_FUNCTION,
    .plan = plan,
};
