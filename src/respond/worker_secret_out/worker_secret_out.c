/*
 * worker_secret_out - take a secret away that was given to a Worker (C5).
 */
#include "respond/cloudflare.h"

static enum err_code out(struct case_file *c, const struct event *e, struct str name,
                         struct arena *a, struct err *err)
{
    struct draft d;
    draft_begin(&d, c, a, "worker_secret_out", name);
    struct str account = cf_part(&d, e->function.account);
    struct str script = cf_part(&d, e->function.name);
    draft_why(&d, "%.*s set the secret %.*s of %.*s", STR_ARG(e->action), STR_ARG(name),
              STR_ARG(e->function.name));
    draft_breaks(&d, "the Worker, where it needs the secret");
    DRAFT_READ(&d, CF_CALL("GET") "/accounts/{}/workers/scripts/{}/secrets", account, script);
    DRAFT_COMMAND(&d, CF_CALL("DELETE") "/accounts/{}/workers/scripts/{}/secrets/{}", account,
                  script, cf_part(&d, name));
    draft_note(&d, DRAFT_COMMANDS,
               "then make a new value where the secret is issued: what the Worker had is known to "
               "whoever changed it");
    draft_note(&d, DRAFT_UNDO, "the old value cannot be read back; PUT .../secrets with a new one");
    return draft_end(&d, err);
}

static enum err_code each(struct case_file *c, const struct event *e, struct arena *a,
                          struct err *err)
{
    enum err_code rc = ERR_OK;
    for (size_t i = 0; rc == ERR_OK && i < e->attr_count; i++) {
        if (e->attrs[i].id == ATTR_SECRET) {
            rc = out(c, e, e->attrs[i].value, a, err);
        }
    }
    return rc;
}

static enum err_code plan(struct case_file *c, struct arena *a, struct err *err)
{
    enum err_code rc = ERR_OK;
    for (size_t i = 0; rc == ERR_OK && i < c->timeline.len; i++) {
        const struct event *e = c->timeline.at[i];
        if (cf_did(e, "PutWorkerSecret")) {
            rc = each(c, e, a, err);
        }
    }
    return rc;
}

extern const struct respond_ops respond_worker_secret_out;
const struct respond_ops respond_worker_secret_out = {
    .name = "worker_secret_out",
    .summary = "take a secret away that was given to a Worker",
    .phase = RESPOND_ROLE,
    .plan = plan,
};
