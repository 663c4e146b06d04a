/*
 * role_quarantine - leave the execution role of a function no rights (A9). The function goes on
 * running, without rights: go with function_stop.
 */
#include "respond/draft.h"

#define DENY_ALL                                                                                   \
    "'{\"Version\":\"2012-10-17\",\"Statement\":[{\"Effect\":\"Deny\",\"Action\":\"*\","           \
    "\"Resource\":\"*\"}]}'"

static enum err_code plan(struct case_file *c, struct arena *a, struct err *err)
{
    for (size_t i = 0; i < c->timeline.len; i++) {
        const struct event *e = c->timeline.at[i];
        struct str role = event_attr_get(e, ATTR_ROLE);
        if (!draft_is_aws(e) || e->kind != EVENT_CHANGE || e->outcome != OUTCOME_OK ||
            role.len == 0 || draft_role_is_fixed(role)) {
            continue;
        }
        struct str name = draft_name(role);
        struct draft d;
        draft_begin(&d, c, a, "role_quarantine", role);
        draft_why(&d, "%.*s runs with this role", STR_ARG(e->function.name));
        draft_breaks(&d, "every function that shares the role: list them first");
        DRAFT_READ(&d,
                   "aws lambda list-functions --region {} --query "
                   "'Functions[].[FunctionName,Role]' --output text | grep -F -- {}",
                   e->region, role);
        DRAFT_READ(&d, "aws iam list-role-policies --role-name {}", name);
        DRAFT_COMMAND(&d,
                      "aws iam put-role-policy --role-name {} --policy-name faaswatch-quarantine "
                      "--policy-document " DENY_ALL,
                      name);
        DRAFT_UNDO_LINE(&d,
                        "aws iam delete-role-policy --role-name {} --policy-name "
                        "faaswatch-quarantine",
                        name);
        enum err_code rc = draft_end(&d, err);
        if (rc) {
            return rc;
        }
    }
    return ERR_OK;
}

extern const struct respond_ops respond_role_quarantine;
const struct respond_ops respond_role_quarantine = {
    .name = "role_quarantine",
    .summary = "leave the execution role of a function no rights",
    .phase = RESPOND_ROLE,
    .plan = plan,
};
