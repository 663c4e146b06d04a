/*
 * worker_tail_end - end a live tail, and take tail Workers away (C8).
 */
#include "respond/cloudflare.h"

static enum err_code tail(struct case_file *c, const struct event *e, struct arena *a,
                          struct err *err)
{
    struct draft d;
    draft_begin(&d, c, a, "worker_tail_end", e->function.name);
    struct str account = cf_part(&d, e->function.account);
    struct str script = cf_part(&d, e->function.name);
    struct str id = cf_part(&d, event_attr_get(e, ATTR_RESOURCE_ID));
    draft_why(&d, "somebody reads the runs of %.*s as they happen", STR_ARG(e->function.name));
    draft_breaks(&d, "whoever reads the tail; the Worker does not notice");
    DRAFT_READ(&d, CF_CALL("GET") "/accounts/{}/workers/scripts/{}/tails", account, script);
    DRAFT_COMMAND(&d, CF_CALL("DELETE") "/accounts/{}/workers/scripts/{}/tails/{}", account, script,
                  id);
    draft_note(&d, DRAFT_UNDO, "a tail that is wanted is started again (wrangler tail)");
    return draft_end(&d, err);
}

static enum err_code consumers(struct case_file *c, const struct event *e, struct arena *a,
                               struct err *err)
{
    struct draft d;
    draft_begin(&d, c, a, "worker_tail_end", event_attr_get(e, ATTR_DESTINATION));
    struct str account = cf_part(&d, e->function.account);
    struct str script = cf_part(&d, e->function.name);
    draft_why(&d, "the runs of %.*s are handed to another Worker", STR_ARG(e->function.name));
    draft_breaks(&d, "what the tail Worker is for: monitoring, perhaps");
    DRAFT_READ(&d, CF_CALL("GET") "/accounts/{}/workers/scripts/{}/script-settings", account,
               script);
    DRAFT_COMMAND(&d,
                  CF_CALL("PATCH") "/accounts/{}/workers/scripts/{}/script-settings --data "
                                   "'{\"tail_consumers\":[]}'",
                  account, script);
    draft_note(&d, DRAFT_UNDO, "PATCH the tail_consumers that were read before");
    return draft_end(&d, err);
}

static bool hands_on(const struct event *e)
{
    return event_has(e, ATTR_DESTINATION) &&
           (cf_did(e, "UpdateWorkerSettings") || cf_did(e, "UploadWorker") ||
            cf_did(e, "DisableWorkerLogs"));
}

static enum err_code plan(struct case_file *c, struct arena *a, struct err *err)
{
    enum err_code rc = ERR_OK;
    for (size_t i = 0; rc == ERR_OK && i < c->timeline.len; i++) {
        const struct event *e = c->timeline.at[i];
        if (cf_did(e, "StartWorkerTail")) {
            rc = tail(c, e, a, err);
        } else if (hands_on(e)) {
            rc = consumers(c, e, a, err);
        }
    }
    return rc;
}

extern const struct respond_ops respond_worker_tail_end;
const struct respond_ops respond_worker_tail_end = {
    .name = "worker_tail_end",
    .summary = "end a live tail, and take tail Workers away",
    .phase = RESPOND_LOGGING,
    .plan = plan,
};
