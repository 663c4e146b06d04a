/*
 * logpush_restore - switch the delivery of logs on again (C9).
 */
#include "respond/cloudflare.h"

static enum err_code job(struct case_file *c, const struct event *e, struct arena *a,
                         struct err *err)
{
    struct str zone = event_attr_get(e, ATTR_ZONE);
    struct str kind = zone.len > 0 ? STR("zones") : STR("accounts");
    struct str id = event_attr_get(e, ATTR_TRAIL);
    struct draft d;
    draft_begin(&d, c, a, "logpush_restore", id);
    struct str owner = cf_part(&d, zone.len > 0 ? zone : e->account);
    struct str part = cf_part(&d, id);
    draft_why(&d, "%.*s touched this log job", STR_ARG(e->action));
    draft_breaks(&d, "nobody; what was not delivered meanwhile does not come back");
    DRAFT_READ(&d, CF_CALL("GET") "/{}/{}/logpush/jobs", kind, owner);
    if (cf_did_in(e, "logpush", "DeleteLogpushJob")) {
        draft_note(&d, DRAFT_COMMANDS,
                   "the job is gone: make it again from its definition, with a new proof of "
                   "ownership of the destination:");
        DRAFT_COMMAND(&d, CF_CALL("POST") "/{}/{}/logpush/jobs --data @job.json", kind, owner);
        draft_note(&d, DRAFT_UNDO, "DELETE .../logpush/jobs/ and the id that the answer has");
        return draft_end(&d, err);
    }
    DRAFT_COMMAND(&d, CF_CALL("PUT") "/{}/{}/logpush/jobs/{} --data '{\"enabled\":true}'", kind,
                  owner, part);
    DRAFT_UNDO_LINE(&d, CF_CALL("PUT") "/{}/{}/logpush/jobs/{} --data '{\"enabled\":false}'", kind,
                    owner, part);
    return draft_end(&d, err);
}

static enum err_code script(struct case_file *c, const struct event *e, struct arena *a,
                            struct err *err)
{
    struct draft d;
    draft_begin(&d, c, a, "logpush_restore", e->function.name);
    struct str account = cf_part(&d, e->function.account);
    struct str name = cf_part(&d, e->function.name);
    draft_why(&d, "logs of %.*s were switched off", STR_ARG(e->function.name));
    draft_breaks(&d, "nobody");
    DRAFT_READ(&d, CF_CALL("GET") "/accounts/{}/workers/scripts/{}/script-settings", account, name);
    DRAFT_COMMAND(&d,
                  CF_CALL("PATCH") "/accounts/{}/workers/scripts/{}/script-settings --data "
                                   "'{\"logpush\":true,\"observability\":{\"enabled\":true}}'",
                  account, name);
    draft_note(&d, DRAFT_UNDO, "PATCH the settings that were read before");
    return draft_end(&d, err);
}

static enum err_code plan(struct case_file *c, struct arena *a, struct err *err)
{
    enum err_code rc = ERR_OK;
    for (size_t i = 0; rc == ERR_OK && i < c->timeline.len; i++) {
        const struct event *e = c->timeline.at[i];
        if (cf_did_in(e, "logpush", "DisableLogpushJob") ||
            cf_did_in(e, "logpush", "DeleteLogpushJob") ||
            cf_did_in(e, "logpush", "UpdateLogpushJob")) {
            rc = job(c, e, a, err);
        } else if (cf_did(e, "DisableWorkerLogs")) {
            rc = script(c, e, a, err);
        }
    }
    return rc;
}

extern const struct respond_ops respond_logpush_restore;
const struct respond_ops respond_logpush_restore = {
    .name = "logpush_restore",
    .summary = "switch delivery of Cloudflare logs on again",
    .phase = RESPOND_LOGGING,
    .plan = plan,
};
