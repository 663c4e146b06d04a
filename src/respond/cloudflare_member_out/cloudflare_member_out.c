/*
 * cloudflare_member_out - take a member out of the account (C7).
 */
#include "respond/cloudflare.h"

static enum err_code out(struct case_file *c, const struct event *e, struct arena *a,
                         struct err *err)
{
    struct str mail = event_attr_get(e, ATTR_TARGET_USER);
    struct draft d;
    draft_begin(&d, c, a, "cloudflare_member_out",
                mail.len > 0 ? mail : event_attr_get(e, ATTR_RESOURCE_ID));
    struct str account = cf_part(&d, e->account);
    struct str id = cf_part(&d, event_attr_get(e, ATTR_RESOURCE_ID));
    struct str body = cf_json(&d, (const struct cf_member[3]){{"email", mail}});
    draft_why(&d, "%.*s gave this member access or more of it", STR_ARG(e->action));
    draft_breaks(&d, "the member, in all of the account");
    DRAFT_READ(&d, CF_CALL("GET") "/accounts/{}/members/{}", account, id);
    DRAFT_COMMAND(&d, CF_CALL("DELETE") "/accounts/{}/members/{}", account, id);
    draft_note(&d, DRAFT_UNDO, "with the roles that were read before added:");
    DRAFT_UNDO_LINE(&d, CF_CALL("POST") "/accounts/{}/members --data {}", account, body);
    return draft_end(&d, err);
}

/* Who made the changes: the id is not in the log, so it is looked up by mail. */
static enum err_code actor_out(struct case_file *c, const struct event *e, struct arena *a,
                               struct err *err)
{
    struct str mail = e->who.principal;
    struct draft d;
    draft_begin(&d, c, a, "cloudflare_member_out", mail);
    struct str account = cf_part(&d, e->account);
    struct str quoted = cf_json(&d, (const struct cf_member[3]){{"m", mail}});
    draft_why(&d, "%.*s made the changes of this case", STR_ARG(mail));
    draft_breaks(&d, "the member, in all of the account");
    DRAFT_READ(&d, CF_CALL("GET") "/accounts/{}/members?per_page=50", account);
    DRAFT_COMMAND(&d,
                  "MEMBER=$(" CF_CALL("GET") "'/accounts/'{}'/members?per_page=50' | jq -r "
                                             "--argjson who {} '.result[] | select(.user.email == "
                                             "$who.m) | .id')",
                  account, quoted);
    DRAFT_COMMAND(&d, CF_CALL("DELETE") "/accounts/{}/members/\"$MEMBER\"", account);
    draft_note(&d, DRAFT_UNDO, "invite again with the roles that were read before");
    return draft_end(&d, err);
}

static bool acts(const struct event *e)
{
    return e->outcome == OUTCOME_OK && e->kind == EVENT_CHANGE && e->who.kind == IDENTITY_USER &&
           str_chr(e->who.principal, '@') != SIZE_MAX && str_starts(e->service, STR("cloudflare."));
}

static enum err_code plan(struct case_file *c, struct arena *a, struct err *err)
{
    enum err_code rc = ERR_OK;
    for (size_t i = 0; rc == ERR_OK && i < c->timeline.len; i++) {
        const struct event *e = c->timeline.at[i];
        if (cf_did_in(e, "iam", "AddMember") || cf_did_in(e, "iam", "UpdateMember")) {
            rc = out(c, e, a, err);
        } else if (acts(e)) {
            rc = actor_out(c, e, a, err);
        }
    }
    return rc;
}

extern const struct respond_ops respond_cloudflare_member_out;
const struct respond_ops respond_cloudflare_member_out = {
    .name = "cloudflare_member_out",
    .summary = "take a member out of the account",
    .phase = RESPOND_ACTOR,
    .plan = plan,
};
