/*
 * url_private - put a login in front of a function URL again (A2). The URL is kept: a deleted one
 * comes back under another name.
 */
#include "respond/draft.h"

static enum err_code plan(struct case_file *c, struct arena *a, struct err *err)
{
    for (size_t i = 0; i < c->timeline.len; i++) {
        const struct event *e = c->timeline.at[i];
        bool url = draft_did(e, "lambda", "CreateFunctionUrlConfig") ||
                   draft_did(e, "lambda", "UpdateFunctionUrlConfig");
        if (!url || !event_attr_is(e, ATTR_URL_AUTH, STR("NONE"))) {
            continue;
        }
        struct str name = e->function.name;
        struct draft d;
        draft_begin(&d, c, a, "url_private", name);
        draft_why(&d, "the URL of %.*s was opened to everybody", STR_ARG(name));
        draft_breaks(&d, "all callers of the URL who do not sign their requests");
        DRAFT_READ(&d, "aws lambda list-function-url-configs --function-name {} --region {}", name,
                   e->region);
        if (e->qualifier.len != 0) {
            DRAFT_COMMAND(&d,
                          "aws lambda update-function-url-config --function-name {} --qualifier {} "
                          "--auth-type AWS_IAM --region {}",
                          name, e->qualifier, e->region);
            DRAFT_UNDO_LINE(&d,
                            "aws lambda update-function-url-config --function-name {} --qualifier "
                            "{} --auth-type NONE --region {}",
                            name, e->qualifier, e->region);
        } else {
            DRAFT_COMMAND(&d,
                          "aws lambda update-function-url-config --function-name {} --auth-type "
                          "AWS_IAM --region {}",
                          name, e->region);
            DRAFT_UNDO_LINE(&d,
                            "aws lambda update-function-url-config --function-name {} --auth-type "
                            "NONE --region {}",
                            name, e->region);
        }
        enum err_code rc = draft_end(&d, err);
        if (rc) {
            return rc;
        }
    }
    return ERR_OK;
}

extern const struct respond_ops respond_url_private;
const struct respond_ops respond_url_private = {
    .name = "url_private",
    .summary = "put a login in front of a function URL again",
    .phase = RESPOND_EXPOSURE,
    .plan = plan,
};
