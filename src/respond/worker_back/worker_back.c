/*
 * worker_back - deploy the version of a Worker that ran before (C1).
 */
#include "respond/cloudflare.h"

static enum err_code back(struct case_file *c, const struct event *e, struct arena *a,
                          struct err *err)
{
    struct str bad = event_attr_get(e, ATTR_VERSION);
    struct str form;
    struct draft d;
    draft_begin(&d, c, a, "worker_back", e->function.name);
    struct str account = cf_part(&d, e->function.account);
    struct str script = cf_part(&d, e->function.name);
    draft_why(&d, "%.*s changed the code of %.*s", STR_ARG(e->action), STR_ARG(e->function.name));
    draft_breaks(&d, "all callers of the Worker: they get older code. Bindings, secrets and routes "
                     "stay as they are");
    DRAFT_READ(&d, CF_CALL("GET") "/accounts/{}/workers/scripts/{}/versions", account, script);
    DRAFT_READ(&d, CF_CALL("GET") "/accounts/{}/workers/scripts/{}/deployments", account, script);
    draft_note(&d, DRAFT_COMMANDS,
               "GOOD_VERSION is the newest version made before the first change of this case; only "
               "the ten newest can be taken, and none from before a migration of Durable Objects");
    if (arena_printf(a, &form,
                     CF_CALL("POST") "/accounts/{}/workers/scripts/{}/deployments --data "
                                     "\"{\\\"strategy\\\":\\\"percentage\\\",\\\"versions\\\":["
                                     "{\\\"version_id\\\":\\\"$GOOD_VERSION\\\","
                                     "\\\"percentage\\\":100}],\\\"annotations\\\":{"
                                     "\\\"workers/message\\\":\\\"case %.*s\\\"}}\"",
                     STR_ARG(c->id))) {
        DRAFT_COMMAND(&d, form.ptr, account, script);
    } else {
        d.failed = true;
    }
    if (bad.len == 0) {
        draft_note(&d, DRAFT_UNDO, "POST the deployment that was read before");
    } else if (arena_printf(a, &form,
                            "{\"strategy\":\"percentage\",\"versions\":[{"
                            "\"version_id\":\"%.*s\",\"percentage\":100}]}",
                            STR_ARG(cf_part(&d, bad)))) {
        DRAFT_UNDO_LINE(&d, CF_CALL("POST") "/accounts/{}/workers/scripts/{}/deployments --data {}",
                        account, script, form);
    } else {
        d.failed = true;
    }
    return draft_end(&d, err);
}

static enum err_code plan(struct case_file *c, struct arena *a, struct err *err)
{
    enum err_code rc = ERR_OK;
    for (size_t i = 0; rc == ERR_OK && i < c->timeline.len; i++) {
        const struct event *e = c->timeline.at[i];
        if (cf_did(e, "UploadWorker") || cf_did(e, "UploadWorkerVersion") ||
            cf_did(e, "DeployWorker")) {
            rc = back(c, e, a, err);
        }
    }
    return rc;
}

extern const struct respond_ops respond_worker_back;
const struct respond_ops respond_worker_back = {
    .name = "worker_back",
    .summary = "deploy the version of a Worker that ran before",
    .phase = RESPOND_ROLLBACK,
    .plan = plan,
};
