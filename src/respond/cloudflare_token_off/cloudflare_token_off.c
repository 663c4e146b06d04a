/*
 * cloudflare_token_off - switch off an API token that acted, or that was made (C6).
 */
#include "respond/cloudflare.h"

/* A token belongs to an account or to a person; the person's can only be changed by the person. */
static void call(struct draft *d, struct str account, struct str token, bool owned)
{
    if (owned) {
        DRAFT_READ(d, CF_CALL("GET") "/accounts/{}/tokens/{}", account, token);
        DRAFT_COMMAND(d,
                      CF_CALL("GET") "/accounts/{}/tokens/{} | jq '.result | .status = "
                                     "\"disabled\"' | " CF_CALL("PUT") "/accounts/{}/tokens/{} "
                                                                       "--data @-",
                      account, token, account, token);
        DRAFT_UNDO_LINE(d,
                        CF_CALL("GET") "/accounts/{}/tokens/{} | jq '.result | .status = "
                                       "\"active\"' | " CF_CALL("PUT") "/accounts/{}/tokens/{} "
                                                                       "--data @-",
                        account, token, account, token);
        return;
    }
    draft_note(d, DRAFT_COMMANDS,
               "with a token of the person it belongs to; else take the person out of the account");
    DRAFT_READ(d, CF_CALL("GET") "/user/tokens/{}", token);
    DRAFT_COMMAND(d,
                  CF_CALL("GET") "/user/tokens/{} | jq '.result | .status = \"disabled\"' "
                                 "| " CF_CALL("PUT") "/user/tokens/{} --data @-",
                  token, token);
    DRAFT_UNDO_LINE(d,
                    CF_CALL("GET") "/user/tokens/{} | jq '.result | .status = \"active\"' "
                                   "| " CF_CALL("PUT") "/user/tokens/{} --data @-",
                    token, token);
}

static enum err_code off(struct case_file *c, const struct event *e, struct str token, bool owned,
                         const char *what, struct arena *a, struct err *err)
{
    struct draft d;
    draft_begin(&d, c, a, "cloudflare_token_off", token);
    draft_why(&d, "the token %.*s %s", STR_ARG(token), what);
    draft_breaks(&d, "whatever else uses the token: deployments, monitoring");
    call(&d, cf_part(&d, e->account), cf_part(&d, token), owned);
    return draft_end(&d, err);
}

static bool makes_token(const struct event *e)
{
    return cf_did_in(e, "iam", "CreateToken") || cf_did_in(e, "iam", "RollToken") ||
           cf_did_in(e, "iam", "UpdateToken");
}

static bool acts(const struct event *e)
{
    return e->outcome == OUTCOME_OK && e->kind == EVENT_CHANGE && e->who.access_key.len > 0 &&
           str_starts(e->service, STR("cloudflare."));
}

static enum err_code plan(struct case_file *c, struct arena *a, struct err *err)
{
    enum err_code rc = ERR_OK;
    for (size_t i = 0; rc == ERR_OK && i < c->timeline.len; i++) {
        const struct event *e = c->timeline.at[i];
        struct str made = event_attr_get(e, ATTR_TARGET_KEY);
        if (makes_token(e) && made.len > 0) {
            bool owned = str_find(e->name, STR("user/")) == SIZE_MAX;
            rc = off(c, e, made, owned, "was made or changed here", a, err);
        }
        if (rc == ERR_OK && acts(e)) {
            bool owned = str_starts(e->who.principal, STR("token:"));
            rc = off(c, e, e->who.access_key, owned, "made these changes", a, err);
        }
    }
    return rc;
}

extern const struct respond_ops respond_cloudflare_token_off;
const struct respond_ops respond_cloudflare_token_off = {
    .name = "cloudflare_token_off",
    .summary = "switch off an API token that acted, or that was made",
    .phase = RESPOND_ACTOR,
    .plan = plan,
};
