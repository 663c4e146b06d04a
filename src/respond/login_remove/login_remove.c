/*
 * login_remove - take away a console login that was made or changed for somebody (A12).
 */
#include "respond/draft.h"

static enum err_code plan(struct case_file *c, struct arena *a, struct err *err)
{
    for (size_t i = 0; i < c->timeline.len; i++) {
        const struct event *e = c->timeline.at[i];
        struct str user = event_attr_get(e, ATTR_TARGET_USER);
        bool made = draft_did(e, "iam", "CreateLoginProfile");
        if ((!made && !draft_did(e, "iam", "UpdateLoginProfile")) || user.len == 0) {
            continue;
        }
        struct draft d;
        draft_begin(&d, c, a, "login_remove", user);
        draft_why(&d, "a console password of %.*s was %s in this case", STR_ARG(user),
                  made ? "made" : "changed");
        draft_breaks(&d, "console logins of this user; the password cannot be put back");
        DRAFT_READ(&d, "aws iam get-login-profile --user-name {}", user);
        DRAFT_READ(&d, "aws iam list-mfa-devices --user-name {}", user);
        DRAFT_COMMAND(&d, "aws iam delete-login-profile --user-name {}", user);
        draft_note(&d, DRAFT_UNDO,
                   "give the person a new password: aws iam create-login-profile, with reset "
                   "required");
        enum err_code rc = draft_end(&d, err);
        if (rc) {
            return rc;
        }
    }
    return ERR_OK;
}

extern const struct respond_ops respond_login_remove;
const struct respond_ops respond_login_remove = {
    .name = "login_remove",
    .summary = "remove a console login that was made or changed",
    .phase = RESPOND_ACTOR,
    .plan = plan,
};
