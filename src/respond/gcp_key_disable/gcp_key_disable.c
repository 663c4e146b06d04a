/*
 * gcp_key_disable - switch off keys of service accounts that were used or made (G6).
 */
#include "respond/google.h"

static enum err_code one(struct case_file *c, struct str key, struct str mail, const char *why,
                         struct arena *a, struct err *err)
{
    if (key.len == 0 || mail.len == 0) {
        return ERR_OK;
    }
    struct draft d;
    draft_begin(&d, c, a, "gcp_key_disable", key);
    draft_why(&d, "the key %s %.*s", why, STR_ARG(mail));
    draft_breaks(&d,
                 "whatever else uses this key; tokens made with it live on for an hour at most");
    DRAFT_READ(&d, "gcloud iam service-accounts keys list --iam-account {} --format=json", mail);
    DRAFT_COMMAND(&d, "gcloud iam service-accounts keys disable {} --iam-account {}", key, mail);
    DRAFT_UNDO_LINE(&d, "gcloud iam service-accounts keys enable {} --iam-account {}", key, mail);
    return draft_end(&d, err);
}

static enum err_code plan(struct case_file *c, struct arena *a, struct err *err)
{
    enum err_code rc = ERR_OK;
    for (size_t i = 0; rc == ERR_OK && i < c->timeline.len; i++) {
        const struct event *e = c->timeline.at[i];
        bool made = google_did(e, "iam", "CreateServiceAccountKey") ||
                    google_did(e, "iam", "UploadServiceAccountKey") ||
                    google_did(e, "iam", "EnableServiceAccountKey");
        rc = one(c, e->who.access_key, google_account(e), "was used by", a, err);
        if (rc == ERR_OK && made) {
            rc = one(c, event_attr_get(e, ATTR_TARGET_KEY), event_attr_get(e, ATTR_TARGET_USER),
                     "was made in this case for", a, err);
        }
    }
    return rc;
}

extern const struct respond_ops respond_gcp_key_disable;
const struct respond_ops respond_gcp_key_disable = {
    .name = "gcp_key_disable",
    .summary = "switch off keys of service accounts that were used or made",
    .phase = RESPOND_ACTOR,
    .plan = plan,
};
