/*
 * logging_restore - switch logging on again that was switched off or narrowed (A16).
 */
#include "respond/draft.h"

static enum err_code trail(struct case_file *c, const struct event *e, struct arena *a,
                           struct err *err)
{
    struct str name = event_attr_get(e, ATTR_TRAIL);
    struct draft d;
    if (name.len == 0) {
        return ERR_OK;
    }
    draft_begin(&d, c, a, "logging_restore", name);
    draft_why(&d, "%.*s touched this trail", STR_ARG(e->action));
    draft_breaks(&d, "nobody");
    DRAFT_READ(&d, "aws cloudtrail get-trail-status --name {} --region {}", name, e->region);
    DRAFT_READ(&d, "aws cloudtrail get-event-selectors --trail-name {} --region {}", name,
               e->region);
    if (str_eq(e->action, STR("DeleteTrail"))) {
        draft_note(&d, DRAFT_COMMANDS,
                   "the trail is gone: make it again from its definition (aws cloudtrail "
                   "create-trail, put-event-selectors), then");
    } else if (!str_eq(e->action, STR("StopLogging"))) {
        draft_note(&d, DRAFT_COMMANDS,
                   "put the selectors or settings back that the trail's definition has (aws "
                   "cloudtrail put-event-selectors, update-trail), then");
    }
    DRAFT_COMMAND(&d, "aws cloudtrail start-logging --name {} --region {}", name, e->region);
    DRAFT_UNDO_LINE(&d, "aws cloudtrail stop-logging --name {} --region {}", name, e->region);
    return draft_end(&d, err);
}

static enum err_code log_group(struct case_file *c, const struct event *e, struct arena *a,
                               struct err *err)
{
    struct str name = event_attr_get(e, ATTR_LOG_GROUP);
    struct draft d;
    if (name.len == 0) {
        return ERR_OK;
    }
    draft_begin(&d, c, a, "logging_restore", name);
    draft_why(&d, "%.*s touched this log group", STR_ARG(e->action));
    draft_breaks(&d, "nobody; what was deleted does not come back");
    DRAFT_READ(&d, "aws logs describe-log-groups --log-group-name-prefix {} --region {}", name,
               e->region);
    if (str_eq(e->action, STR("DeleteLogGroup"))) {
        DRAFT_COMMAND(&d, "aws logs create-log-group --log-group-name {} --region {}", name,
                      e->region);
    }
    DRAFT_COMMAND(&d,
                  "aws logs put-retention-policy --log-group-name {} --retention-in-days 365 "
                  "--region {}",
                  name, e->region);
    draft_note(&d, DRAFT_UNDO, "put the retention back that was read before");
    return draft_end(&d, err);
}

static enum err_code plan(struct case_file *c, struct arena *a, struct err *err)
{
    static const char *const trails[] = {"StopLogging", "DeleteTrail", "UpdateTrail",
                                         "PutEventSelectors"};
    static const char *const groups[] = {"DeleteLogGroup", "DeleteLogStream", "PutRetentionPolicy"};
    for (size_t i = 0; i < c->timeline.len; i++) {
        const struct event *e = c->timeline.at[i];
        enum err_code rc = ERR_OK;
        for (size_t k = 0; rc == ERR_OK && k < ARRAY_LEN(trails); k++) {
            rc = draft_did(e, "cloudtrail", trails[k]) ? trail(c, e, a, err) : ERR_OK;
        }
        for (size_t k = 0; rc == ERR_OK && k < ARRAY_LEN(groups); k++) {
            rc = draft_did(e, "logs", groups[k]) ? log_group(c, e, a, err) : ERR_OK;
        }
        if (rc) {
            return rc;
        }
    }
    return ERR_OK;
}

extern const struct respond_ops respond_logging_restore;
const struct respond_ops respond_logging_restore = {
    .name = "logging_restore",
    .summary = "switch logging on again",
    .phase = RESPOND_LOGGING,
    .plan = plan,
};
