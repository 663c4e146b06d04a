/*
 * trust_restore - take a stranger out of a role's trust policy (A14).
 */
#include "respond/draft.h"

static enum err_code plan(struct case_file *c, struct arena *a, struct err *err)
{
    for (size_t i = 0; i < c->timeline.len; i++) {
        const struct event *e = c->timeline.at[i];
        struct str role = event_attr_get(e, ATTR_TARGET_ROLE);
        if (!draft_did(e, "iam", "UpdateAssumeRolePolicy") || role.len == 0 ||
            draft_role_is_fixed(role)) {
            continue;
        }
        struct str name = draft_name(role);
        struct draft d;
        draft_begin(&d, c, a, "trust_restore", role);
        draft_why(&d, "who may take the role %.*s was changed", STR_ARG(name));
        draft_breaks(&d, "whoever takes the role by the statement that goes; sessions that exist "
                         "live on (sessions_revoke)");
        DRAFT_READ(&d,
                   "aws iam get-role --role-name {} --query Role.AssumeRolePolicyDocument > "
                   "trust-now.json",
                   name);
        draft_note(&d, DRAFT_COMMANDS,
                   "copy trust-now.json to trust-then.json and take the new statement out");
        DRAFT_COMMAND(&d,
                      "aws iam update-assume-role-policy --role-name {} --policy-document "
                      "file://trust-then.json",
                      name);
        DRAFT_UNDO_LINE(&d,
                        "aws iam update-assume-role-policy --role-name {} --policy-document "
                        "file://trust-now.json",
                        name);
        enum err_code rc = draft_end(&d, err);
        if (rc) {
            return rc;
        }
    }
    return ERR_OK;
}

extern const struct respond_ops respond_trust_restore;
const struct respond_ops respond_trust_restore = {
    .name = "trust_restore",
    .summary = "take a stranger out of a role's trust policy",
    .phase = RESPOND_ROLE,
    .plan = plan,
};
