/*
 * sessions_revoke - make the sessions of a role that exist now worthless (A8).
 */
#include "respond/draft.h"

/* The time is the shell's, at the moment of pasting: a plan holds no clock. */
#define POLICY                                                                                     \
    "\"{\\\"Version\\\":\\\"2012-10-17\\\",\\\"Statement\\\":[{\\\"Effect\\\":\\\"Deny\\\","       \
    "\\\"Action\\\":\\\"*\\\",\\\"Resource\\\":\\\"*\\\",\\\"Condition\\\":{\\\"DateLessThan\\\":" \
    "{\\\"aws:TokenIssueTime\\\":\\\"$(date -u +%Y-%m-%dT%H:%M:%SZ)\\\"}}}]}\""

static enum err_code one(struct case_file *c, struct str role, struct arena *a, struct err *err)
{
    struct str name = draft_name(role);
    struct draft d;
    draft_begin(&d, c, a, "sessions_revoke", role);
    draft_why(&d, "sessions of %.*s acted in this case", STR_ARG(name));
    draft_breaks(&d, "everybody who works through this role, until they get a new session; who can "
                     "take the role again is not stopped");
    DRAFT_READ(&d, "aws iam list-role-policies --role-name {}", name);
    if (str_find(role, STR("AWSReservedSSO_")) != SIZE_MAX) {
        draft_note(&d, DRAFT_COMMANDS,
                   "a role of Identity Center: disable the user there and end the sessions; the "
                   "role itself cannot be edited");
    } else {
        DRAFT_COMMAND(&d,
                      "aws iam put-role-policy --role-name {} --policy-name AWSRevokeOlderSessions "
                      "--policy-document " POLICY,
                      name);
        DRAFT_UNDO_LINE(&d,
                        "aws iam delete-role-policy --role-name {} --policy-name "
                        "AWSRevokeOlderSessions",
                        name);
        draft_note(&d, DRAFT_UNDO, "not before the role's longest session time has passed");
    }
    return draft_end(&d, err);
}

static enum err_code plan(struct case_file *c, struct arena *a, struct err *err)
{
    for (size_t i = 0; i < c->timeline.len; i++) {
        const struct identity *who = &c->timeline.at[i]->who;
        bool session = who->kind == IDENTITY_ROLE || who->kind == IDENTITY_SSO ||
                       who->kind == IDENTITY_FEDERATED;
        bool fixed = str_find(who->role, STR("/aws-service-role/")) != SIZE_MAX;
        if (!draft_is_aws(c->timeline.at[i]) || !session || who->role.len == 0 || fixed) {
            continue;
        }
        enum err_code rc = one(c, who->role, a, err);
        if (rc) {
            return rc;
        }
    }
    return ERR_OK;
}

extern const struct respond_ops respond_sessions_revoke;
const struct respond_ops respond_sessions_revoke = {
    .name = "sessions_revoke",
    .summary = "make existing sessions of a role worthless",
    .phase = RESPOND_ACTOR,
    .plan = plan,
};
