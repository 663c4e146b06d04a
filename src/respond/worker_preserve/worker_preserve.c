/*
 * worker_preserve - read and keep what containment of a Worker is about to change. Read-only calls.
 */
#include "respond/cloudflare.h"

static enum err_code keep(struct case_file *c, const struct function_key *f, struct arena *a,
                          struct err *err)
{
    static const char *const reads[] = {
        CF_CALL("GET") "/accounts/{}/workers/scripts/{}/content/v2",
        CF_CALL("GET") "/accounts/{}/workers/scripts/{}/versions",
        CF_CALL("GET") "/accounts/{}/workers/scripts/{}/deployments",
        CF_CALL("GET") "/accounts/{}/workers/scripts/{}/settings",
        CF_CALL("GET") "/accounts/{}/workers/scripts/{}/secrets",
        CF_CALL("GET") "/accounts/{}/workers/scripts/{}/schedules",
        CF_CALL("GET") "/accounts/{}/workers/scripts/{}/subdomain",
        CF_CALL("GET") "/accounts/{}/workers/scripts/{}/tails",
    };
    struct draft d;
    draft_begin(&d, c, a, "worker_preserve", f->name);
    struct str account = cf_part(&d, f->account);
    struct str script = cf_part(&d, f->name);
    draft_why(&d, "keeps code, versions and settings of %.*s before anything is changed",
              STR_ARG(f->name));
    draft_breaks(&d, "nobody: it only reads");
    draft_note(&d, DRAFT_COMMANDS,
               "keep the output of each line, with its SHA-256; the account must be the case's");
    for (size_t i = 0; i < ARRAY_LEN(reads); i++) {
        DRAFT_COMMAND(&d, reads[i], account, script);
    }
    DRAFT_COMMAND(&d, CF_CALL("GET") "/accounts/{}/workers/domains", account);
    return draft_end(&d, err);
}

static enum err_code plan(struct case_file *c, struct arena *a, struct err *err)
{
    enum err_code rc = ERR_OK;
    for (size_t i = 0; rc == ERR_OK && i < c->functions.len; i++) {
        const struct function_key *f = &c->functions.at[i];
        if (f->name.len != 0 && str_eq(f->provider, STR("cloudflare"))) {
            rc = keep(c, f, a, err);
        }
    }
    return rc;
}

extern const struct respond_ops respond_worker_preserve;
const struct respond_ops respond_worker_preserve = {
    .name = "worker_preserve",
    .summary = "read and keep code, versions and settings of a Worker first",
    .phase = RESPOND_PRESERVE,
    .plan = plan,
};
