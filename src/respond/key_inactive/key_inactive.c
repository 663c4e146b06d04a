/*
 * key_inactive - switch off the long-lived access keys that were used or made (A10).
 */
#include "respond/draft.h"

static bool is_long_lived(struct str key)
{
    return str_starts(key, STR("AKIA"));
}

static enum err_code one(struct case_file *c, struct str user, struct str key, const char *why,
                         struct arena *a, struct err *err)
{
    if (!is_long_lived(key) || user.len == 0) {
        return ERR_OK;
    }
    struct draft d;
    draft_begin(&d, c, a, "key_inactive", key);
    draft_why(&d, "the key %s %.*s", why, STR_ARG(user));
    draft_breaks(&d, "whatever else uses this key; sessions made with it live on until they expire "
                     "(user_quarantine stops them)");
    DRAFT_READ(&d, "aws iam get-access-key-last-used --access-key-id {}", key);
    DRAFT_COMMAND(&d,
                  "aws iam update-access-key --user-name {} --access-key-id {} --status Inactive",
                  user, key);
    DRAFT_UNDO_LINE(&d,
                    "aws iam update-access-key --user-name {} --access-key-id {} --status Active",
                    user, key);
    return draft_end(&d, err);
}

static enum err_code plan(struct case_file *c, struct arena *a, struct err *err)
{
    for (size_t i = 0; i < c->timeline.len; i++) {
        const struct event *e = c->timeline.at[i];
        enum err_code rc = ERR_OK;
        if (e->who.kind == IDENTITY_USER) {
            rc = one(c, e->who.name, e->who.access_key, "was used by", a, err);
        }
        if (rc == ERR_OK && draft_did(e, "iam", "CreateAccessKey")) {
            struct str user = event_attr_get(e, ATTR_TARGET_USER);
            rc = one(c, user.len != 0 ? user : e->who.name, event_attr_get(e, ATTR_ISSUED_KEY),
                     "was made in this case for", a, err);
        }
        if (rc) {
            return rc;
        }
    }
    return ERR_OK;
}

extern const struct respond_ops respond_key_inactive;
const struct respond_ops respond_key_inactive = {
    .name = "key_inactive",
    .summary = "switch off access keys that were used or made",
    .phase = RESPOND_ACTOR,
    .plan = plan,
};
