/*
 * worker_cron_off - take all cron times away from a Worker (C4).
 */
#include "respond/cloudflare.h"

static enum err_code off(struct case_file *c, const struct event *e, struct arena *a,
                         struct err *err)
{
    struct draft d;
    draft_begin(&d, c, a, "worker_cron_off", e->function.name);
    struct str account = cf_part(&d, e->function.account);
    struct str script = cf_part(&d, e->function.name);
    draft_why(&d, "%.*s was given times at which it runs by itself", STR_ARG(e->function.name));
    draft_breaks(&d, "whatever the Worker did by the clock");
    DRAFT_READ(&d, CF_CALL("GET") "/accounts/{}/workers/scripts/{}/schedules", account, script);
    DRAFT_COMMAND(&d, CF_CALL("PUT") "/accounts/{}/workers/scripts/{}/schedules --data '[]'",
                  account, script);
    draft_note(&d, DRAFT_UNDO, "PUT the list that was read before to the same address");
    return draft_end(&d, err);
}

static enum err_code plan(struct case_file *c, struct arena *a, struct err *err)
{
    enum err_code rc = ERR_OK;
    for (size_t i = 0; rc == ERR_OK && i < c->timeline.len; i++) {
        const struct event *e = c->timeline.at[i];
        if (cf_did(e, "SetWorkerSchedules") && event_has(e, ATTR_SCHEDULE)) {
            rc = off(c, e, a, err);
        }
    }
    return rc;
}

extern const struct respond_ops respond_worker_cron_off;
const struct respond_ops respond_worker_cron_off = {
    .name = "worker_cron_off",
    .summary = "take all cron times away from a Worker",
    .phase = RESPOND_EXPOSURE,
    .plan = plan,
};
