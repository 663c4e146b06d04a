/*
 * workers_dev_off - take a Worker off workers.dev, its previews too (C2).
 */
#include "respond/cloudflare.h"

static enum err_code off(struct case_file *c, const struct event *e, struct arena *a,
                         struct err *err)
{
    struct draft d;
    draft_begin(&d, c, a, "workers_dev_off", e->function.name);
    struct str account = cf_part(&d, e->function.account);
    struct str script = cf_part(&d, e->function.name);
    draft_why(&d, "%.*s was opened at workers.dev, past the zone's rules and logs",
              STR_ARG(e->function.name));
    draft_breaks(&d, "whoever calls it by its workers.dev name or a preview's");
    DRAFT_READ(&d, CF_CALL("GET") "/accounts/{}/workers/scripts/{}/subdomain", account, script);
    DRAFT_COMMAND(&d,
                  CF_CALL("POST") "/accounts/{}/workers/scripts/{}/subdomain --data "
                                  "'{\"enabled\":false,\"previews_enabled\":false}'",
                  account, script);
    DRAFT_UNDO_LINE(&d,
                    CF_CALL("POST") "/accounts/{}/workers/scripts/{}/subdomain --data "
                                    "'{\"enabled\":true,\"previews_enabled\":true}'",
                    account, script);
    return draft_end(&d, err);
}

static enum err_code plan(struct case_file *c, struct arena *a, struct err *err)
{
    enum err_code rc = ERR_OK;
    for (size_t i = 0; rc == ERR_OK && i < c->timeline.len; i++) {
        const struct event *e = c->timeline.at[i];
        if (cf_did(e, "SetWorkersDev") && (event_attr_is(e, ATTR_STATE, STR("true")) ||
                                           event_attr_is(e, ATTR_PREVIEWS, STR("true")))) {
            rc = off(c, e, a, err);
        }
    }
    return rc;
}

extern const struct respond_ops respond_workers_dev_off;
const struct respond_ops respond_workers_dev_off = {
    .name = "workers_dev_off",
    .summary = "take a Worker off workers.dev, its previews too",
    .phase = RESPOND_EXPOSURE,
    .plan = plan,
};
