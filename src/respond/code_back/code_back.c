/*
 * code_back - put the code of a published version back into $LATEST (A6), when the case knows a
 * version from before the change.
 */
#include "respond/draft.h"

static struct str published_before(const struct case_file *c, const struct event *now)
{
    struct str version = STR_EMPTY;
    for (size_t i = 0; i < c->timeline.len && c->timeline.at[i] != now; i++) {
        const struct event *e = c->timeline.at[i];
        uint64_t number;
        struct str v = event_attr_get(e, ATTR_VERSION);
        if (draft_did(e, "lambda", "PublishVersion") &&
            function_key_eq(&e->function, &now->function) && str_u64(v, &number)) {
            version = v;
        }
    }
    return version;
}

static enum err_code plan(struct case_file *c, struct arena *a, struct err *err)
{
    for (size_t i = 0; i < c->timeline.len; i++) {
        const struct event *e = c->timeline.at[i];
        struct str version = published_before(c, e);
        if (!draft_did(e, "lambda", "UpdateFunctionCode") || version.len == 0) {
            continue;
        }
        struct str name = e->function.name;
        struct draft d;
        draft_begin(&d, c, a, "code_back", name);
        draft_why(&d, "its code was replaced; version %.*s is from before", STR_ARG(version));
        draft_breaks(&d, "callers get the code of before; layers, environment and role are not put "
                         "back by this");
        DRAFT_READ(&d, "aws lambda get-function --function-name {} --region {}", name, e->region);
        DRAFT_COMMAND(&d,
                      "curl -fsSo before.zip \"$(aws lambda get-function --function-name {} "
                      "--qualifier {} --region {} --query Code.Location --output text)\"",
                      name, version, e->region);
        DRAFT_COMMAND(&d,
                      "aws lambda update-function-code --function-name {} --zip-file "
                      "fileb://before.zip --dry-run --region {}",
                      name, e->region);
        DRAFT_COMMAND(&d,
                      "aws lambda update-function-code --function-name {} --zip-file "
                      "fileb://before.zip --region {}",
                      name, e->region);
        DRAFT_UNDO_LINE(&d,
                        "aws lambda update-function-code --function-name {} --zip-file "
                        "fileb://code.zip --region {}",
                        name, e->region);
        draft_note(&d, DRAFT_UNDO, "code.zip is the one that preserve_evidence kept");
        enum err_code rc = draft_end(&d, err);
        if (rc) {
            return rc;
        }
    }
    return ERR_OK;
}

extern const struct respond_ops respond_code_back;
const struct respond_ops respond_code_back = {
    .name = "code_back",
    .summary = "put the code of a version from before back",
    .phase = RESPOND_ROLLBACK,
    .plan = plan,
};
