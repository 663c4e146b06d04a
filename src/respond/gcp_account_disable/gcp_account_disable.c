/*
 * gcp_account_disable - switch off the service accounts that acted (G5). Tokens that were handed
 * out live on for an hour at most.
 */
#include "respond/google.h"

static enum err_code one(struct case_file *c, struct str mail, struct str fallback, struct arena *a,
                         struct err *err)
{
    struct str project = google_project_of(mail);
    project = project.len != 0 ? project : fallback;
    struct draft d;
    draft_begin(&d, c, a, "gcp_account_disable", mail);
    draft_why(&d, "%.*s acted in this case", STR_ARG(mail));
    draft_breaks(&d,
                 "every workload and pipeline that runs as this account; its tokens live on for "
                 "an hour at most");
    DRAFT_READ(&d, "gcloud iam service-accounts describe {} --project {} --format=json", mail,
               project);
    DRAFT_READ(&d, "gcloud iam service-accounts get-iam-policy {} --project {} --format=json", mail,
               project);
    DRAFT_COMMAND(&d, "gcloud iam service-accounts disable {} --project {}", mail, project);
    DRAFT_UNDO_LINE(&d, "gcloud iam service-accounts enable {} --project {}", mail, project);
    return draft_end(&d, err);
}

static enum err_code plan(struct case_file *c, struct arena *a, struct err *err)
{
    enum err_code rc = ERR_OK;
    for (size_t i = 0; rc == ERR_OK && i < c->timeline.len; i++) {
        const struct event *e = c->timeline.at[i];
        struct str mail = google_account(e);
        if (mail.len != 0 && e->outcome == OUTCOME_OK) {
            rc = one(c, mail, e->account, a, err);
        }
    }
    return rc;
}

extern const struct respond_ops respond_gcp_account_disable;
const struct respond_ops respond_gcp_account_disable = {
    .name = "gcp_account_disable",
    .summary = "switch off service accounts that acted",
    .phase = RESPOND_ACTOR,
    .plan = plan,
};
