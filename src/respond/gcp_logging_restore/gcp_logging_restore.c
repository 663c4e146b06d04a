/*
 * gcp_logging_restore - have Google Cloud record again what it recorded before (G8).
 */
#include "respond/google.h"

static void begin(struct draft *d, struct case_file *c, struct arena *a, struct str name)
{
    draft_begin(d, c, a, "gcp_logging_restore", name);
    draft_why(d, "%.*s records less since this case", STR_ARG(name));
    draft_breaks(d, "nobody; logs cost what they cost before");
}

static enum err_code sink(struct case_file *c, const struct event *e, struct arena *a,
                          struct err *err)
{
    struct str name = event_attr_get(e, ATTR_TRAIL);
    struct draft d;
    begin(&d, c, a, name);
    if (google_did(e, "logging", "DeleteSink")) {
        DRAFT_READ(&d, "gcloud logging sinks list --project {} --format=json", e->account);
        draft_note(
            &d, DRAFT_COMMANDS,
            "make it again with the destination and filter that it had: gcloud logging sinks "
            "create NAME DESTINATION --log-filter=FILTER; then let its writer write there");
        DRAFT_UNDO_LINE(&d, "gcloud logging sinks delete {} --project {}", name, e->account);
        return draft_end(&d, err);
    }
    DRAFT_READ(&d, "gcloud logging sinks describe {} --project {} --format=json", name, e->account);
    if (event_attr_is(e, ATTR_STATE, STR("DISABLED"))) {
        DRAFT_COMMAND(&d, "gcloud logging sinks update {} --no-disabled --project {}", name,
                      e->account);
        DRAFT_UNDO_LINE(&d, "gcloud logging sinks update {} --disabled --project {}", name,
                        e->account);
    } else {
        draft_note(&d, DRAFT_COMMANDS,
                   "set the filter and exclusions that it had: gcloud logging sinks update NAME "
                   "--log-filter=FILTER --remove-exclusions=EXCLUSION");
    }
    return draft_end(&d, err);
}

static enum err_code bucket(struct case_file *c, const struct event *e, struct arena *a,
                            struct err *err)
{
    struct str name = event_attr_get(e, ATTR_TRAIL);
    struct str place = e->region.len != 0 ? e->region : STR("global");
    struct draft d;
    begin(&d, c, a, name);
    DRAFT_READ(&d, "gcloud logging buckets describe {} --location {} --project {} --format=json",
               name, place, e->account);
    if (google_did(e, "logging", "DeleteBucket")) {
        draft_note(&d, DRAFT_COMMANDS, "within seven days; later it is gone");
        DRAFT_COMMAND(&d, "gcloud logging buckets undelete {} --location {} --project {}", name,
                      place, e->account);
        DRAFT_UNDO_LINE(&d, "gcloud logging buckets delete {} --location {} --project {}", name,
                        place, e->account);
        return draft_end(&d, err);
    }
    draft_note(&d, DRAFT_COMMANDS, "30 days are usual; put in what it was");
    DRAFT_COMMAND(&d,
                  "gcloud logging buckets update {} --retention-days 30 --location {} --project {}",
                  name, place, e->account);
    DRAFT_UNDO_LINE(&d,
                    "gcloud logging buckets update {} --retention-days {} --location {} --project "
                    "{}",
                    name, event_attr_get(e, ATTR_RETENTION_DAYS), place, e->account);
    return draft_end(&d, err);
}

static enum err_code exclusion(struct case_file *c, const struct event *e, struct arena *a,
                               struct err *err)
{
    struct str name = event_attr_get(e, ATTR_TRAIL);
    struct draft d;
    begin(&d, c, a, name);
    DRAFT_READ(&d, "gcloud logging sinks describe _Default --project {} --format=json", e->account);
    DRAFT_COMMAND(&d, "gcloud logging sinks update _Default --remove-exclusions {} --project {}",
                  name, e->account);
    draft_note(&d, DRAFT_UNDO, "add the exclusion again with the filter that was read before");
    return draft_end(&d, err);
}

static enum err_code audit(struct case_file *c, const struct event *e, struct arena *a,
                           struct err *err)
{
    struct draft d;
    begin(&d, c, a, e->account);
    DRAFT_READ(&d, "gcloud projects get-iam-policy {} --format=json > policy.json", e->account);
    draft_note(&d, DRAFT_COMMANDS,
               "put auditConfigs into policy.json as they were, and leave its etag as it is");
    DRAFT_COMMAND(&d, "gcloud projects set-iam-policy {} policy.json", e->account);
    draft_note(&d, DRAFT_UNDO, "the policy that was read before");
    return draft_end(&d, err);
}

static enum err_code plan(struct case_file *c, struct arena *a, struct err *err)
{
    static const struct {
        const char *service, *action;
        enum event_attr needs;
        enum err_code (*make)(struct case_file *, const struct event *, struct arena *,
                              struct err *);
    } rows[] = {
        {"logging", "DeleteSink", ATTR_TRAIL, sink},
        {"logging", "UpdateSink", ATTR_TRAIL, sink},
        {"logging", "DeleteBucket", ATTR_TRAIL, bucket},
        {"logging", "UpdateBucket", ATTR_RETENTION_DAYS, bucket},
        {"logging", "CreateExclusion", ATTR_TRAIL, exclusion},
        {"logging", "UpdateExclusion", ATTR_TRAIL, exclusion},
        {"cloudresourcemanager", "SetIamPolicy", ATTR_AUDIT_GONE, audit},
    };
    for (size_t i = 0; i < c->timeline.len; i++) {
        const struct event *e = c->timeline.at[i];
        for (size_t k = 0; k < ARRAY_LEN(rows); k++) {
            bool fits =
                google_did(e, rows[k].service, rows[k].action) && event_has(e, rows[k].needs);
            enum err_code rc = fits ? rows[k].make(c, e, a, err) : ERR_OK;
            if (rc) {
                return rc;
            }
        }
    }
    return ERR_OK;
}

extern const struct respond_ops respond_gcp_logging_restore;
const struct respond_ops respond_gcp_logging_restore = {
    .name = "gcp_logging_restore",
    .summary = "have Google Cloud record again what it did before",
    .phase = RESPOND_LOGGING,
    .plan = plan,
};
