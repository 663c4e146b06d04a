/*
 * preserve_evidence - read and keep what containment is about to change. Read-only calls.
 */
#include "respond/google.h"

static enum err_code keep_function(struct case_file *c, const struct function_key *f,
                                   struct arena *a, struct err *err)
{
    static const char *const reads[] = {
        "aws lambda get-function --function-name {} --region {}",
        "aws lambda get-policy --function-name {} --region {}",
        "aws lambda list-versions-by-function --function-name {} --region {}",
        "aws lambda list-aliases --function-name {} --region {}",
        "aws lambda list-function-url-configs --function-name {} --region {}",
        "aws lambda list-event-source-mappings --function-name {} --region {}",
        "aws lambda get-function-concurrency --function-name {} --region {}",
        "aws lambda get-function-event-invoke-config --function-name {} --region {}",
        "aws lambda get-function-code-signing-config --function-name {} --region {}",
    };
    struct draft d;
    draft_begin(&d, c, a, "preserve_evidence", f->name);
    draft_why(&d, "keeps code, configuration and policy of %.*s before anything is changed",
              STR_ARG(f->name));
    draft_breaks(&d, "nobody: it only reads");
    draft_note(&d, DRAFT_COMMANDS,
               "keep the output of each line, with its SHA-256; the account must be the case's");
    for (size_t i = 0; i < ARRAY_LEN(reads); i++) {
        DRAFT_COMMAND(&d, reads[i], f->name, f->region);
    }
    DRAFT_COMMAND(&d,
                  "curl -fsSo code.zip \"$(aws lambda get-function --function-name {} --region {} "
                  "--query Code.Location --output text)\" && openssl dgst -sha256 code.zip",
                  f->name, f->region);
    struct str group;
    if (arena_printf(a, &group, "/aws/lambda/%.*s", STR_ARG(f->name))) {
        DRAFT_COMMAND(&d, "aws logs filter-log-events --log-group-name {} --region {}", group,
                      f->region);
    } else {
        d.failed = true;
    }
    return draft_end(&d, err);
}

static enum err_code keep_role(struct case_file *c, struct str role, struct arena *a,
                               struct err *err)
{
    struct str name = draft_name(role);
    struct draft d;
    draft_begin(&d, c, a, "preserve_evidence", role);
    draft_why(&d, "keeps trust and policies of the role %.*s", STR_ARG(name));
    draft_breaks(&d, "nobody: it only reads");
    DRAFT_COMMAND(&d, "aws iam get-role --role-name {}", name);
    DRAFT_COMMAND(&d, "aws iam list-attached-role-policies --role-name {}", name);
    DRAFT_COMMAND(&d,
                  "for p in $(aws iam list-role-policies --role-name {} --query PolicyNames "
                  "--output text); do aws iam get-role-policy --role-name {} --policy-name \"$p\"; "
                  "done",
                  name, name);
    return draft_end(&d, err);
}

static enum err_code keep_user(struct case_file *c, struct str user, struct arena *a,
                               struct err *err)
{
    struct draft d;
    draft_begin(&d, c, a, "preserve_evidence", user);
    draft_why(&d, "keeps keys and policies of the user %.*s", STR_ARG(user));
    draft_breaks(&d, "nobody: it only reads");
    DRAFT_COMMAND(&d, "aws iam list-access-keys --user-name {}", user);
    DRAFT_COMMAND(&d, "aws iam list-attached-user-policies --user-name {}", user);
    DRAFT_COMMAND(&d, "aws iam list-user-policies --user-name {}", user);
    DRAFT_COMMAND(&d, "aws iam list-groups-for-user --user-name {}", user);
    DRAFT_COMMAND(&d, "aws iam list-mfa-devices --user-name {}", user);
    return draft_end(&d, err);
}

static enum err_code plan(struct case_file *c, struct arena *a, struct err *err)
{
    enum err_code rc = ERR_OK;
    for (size_t i = 0; rc == ERR_OK && i < c->functions.len; i++) {
        const struct function_key *f = &c->functions.at[i];
        if (f->name.len != 0 && str_eq(f->provider, STR("aws"))) {
            rc = keep_function(c, f, a, err);
        } else if (f->name.len != 0 && str_eq(f->provider, STR("gcp"))) {
            rc = google_preserve(c, f, a, err);
        }
    }
    for (size_t i = 0; rc == ERR_OK && i < c->timeline.len; i++) {
        const struct event *e = c->timeline.at[i];
        struct str role = event_attr_get(e, ATTR_ROLE);
        struct str target = event_attr_get(e, ATTR_TARGET_ROLE);
        struct str user = event_attr_get(e, ATTR_TARGET_USER);
        if (!draft_is_aws(e)) {
            continue;
        }
        rc = role.len != 0 ? keep_role(c, role, a, err) : ERR_OK;
        rc = rc || target.len == 0 ? rc : keep_role(c, target, a, err);
        rc = rc || user.len == 0 ? rc : keep_user(c, user, a, err);
        if (rc == ERR_OK && e->who.kind == IDENTITY_USER && e->who.name.len != 0) {
            rc = keep_user(c, e->who.name, a, err);
        }
    }
    return rc;
}

extern const struct respond_ops respond_preserve_evidence;
const struct respond_ops respond_preserve_evidence = {
    .name = "preserve_evidence",
    .summary = "read and keep code, configuration, policies and logs first",
    .phase = RESPOND_PRESERVE,
    .plan = plan,
};
