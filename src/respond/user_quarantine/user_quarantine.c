/*
 * user_quarantine - leave a user nothing to do with functions and identities (A11).
 *
 * The managed quarantine policy of AWS does not deny changes of function configuration, URLs,
 * invocations, event source mappings, layers, aliases and event targets, so an inline policy adds
 * them. The session that the key already made is covered too: a user's policy holds for it.
 */
#include "respond/draft.h"

#define MANAGED "arn:aws:iam::aws:policy/AWSCompromisedKeyQuarantineV3"
#define INLINE                                                                                     \
    "'{\"Version\":\"2012-10-17\",\"Statement\":[{\"Effect\":\"Deny\",\"Action\":["                \
    "\"lambda:*\",\"events:PutTargets\",\"events:PutRule\",\"scheduler:*\",\"iam:*\","             \
    "\"sts:AssumeRole\",\"sts:GetFederationToken\",\"sts:GetSessionToken\"],"                      \
    "\"Resource\":\"*\"}]}'"

static enum err_code one(struct case_file *c, struct str user, struct arena *a, struct err *err)
{
    struct draft d;
    draft_begin(&d, c, a, "user_quarantine", user);
    draft_why(&d, "the user %.*s acted in this case; keys switched off leave its sessions alive",
              STR_ARG(user));
    draft_breaks(&d, "all that this user does with functions, roles and sessions");
    DRAFT_READ(&d, "aws iam list-attached-user-policies --user-name {}", user);
    DRAFT_COMMAND(&d, "aws iam attach-user-policy --user-name {} --policy-arn " MANAGED, user);
    DRAFT_COMMAND(&d,
                  "aws iam put-user-policy --user-name {} --policy-name "
                  "faaswatch-serverless-quarantine --policy-document " INLINE,
                  user);
    DRAFT_UNDO_LINE(&d, "aws iam detach-user-policy --user-name {} --policy-arn " MANAGED, user);
    DRAFT_UNDO_LINE(&d,
                    "aws iam delete-user-policy --user-name {} --policy-name "
                    "faaswatch-serverless-quarantine",
                    user);
    return draft_end(&d, err);
}

static enum err_code plan(struct case_file *c, struct arena *a, struct err *err)
{
    for (size_t i = 0; i < c->timeline.len; i++) {
        const struct event *e = c->timeline.at[i];
        struct str made =
            draft_did(e, "iam", "CreateUser") ? event_attr_get(e, ATTR_TARGET_USER) : STR_EMPTY;
        enum err_code rc = ERR_OK;
        if (draft_is_aws(e) && e->who.kind == IDENTITY_USER && e->who.name.len != 0) {
            rc = one(c, e->who.name, a, err);
        }
        rc = rc || made.len == 0 ? rc : one(c, made, a, err);
        if (rc) {
            return rc;
        }
    }
    return ERR_OK;
}

extern const struct respond_ops respond_user_quarantine;
const struct respond_ops respond_user_quarantine = {
    .name = "user_quarantine",
    .summary = "deny a user functions, identities and new sessions",
    .phase = RESPOND_ACTOR,
    .plan = plan,
};
