/*
 * policy_detach - take back policies that were attached or written in the case (A15).
 */
#include <stdio.h>

#include "respond/draft.h"

/* Attach…: the policy's ARN is in the event, so the way back is exact. */
static enum err_code attached(struct case_file *c, const struct event *e, const char *kind,
                              struct str who, struct arena *a, struct err *err)
{
    struct str policy = event_attr_get(e, ATTR_POLICY_ARN);
    struct str target;
    char command[128];
    char undo[128];
    if (policy.len == 0 || who.len == 0) {
        return ERR_OK;
    }
    if (!arena_printf(a, &target, "%.*s %.*s", STR_ARG(who), STR_ARG(policy))) {
        return err_set(err, ERR_NOMEM, "no memory for the plan of case %.*s", STR_ARG(c->id));
    }
    (void)snprintf(command, sizeof(command),
                   "aws iam detach-%s-policy --%s-name {} --policy-arn {}", kind, kind);
    (void)snprintf(undo, sizeof(undo), "aws iam attach-%s-policy --%s-name {} --policy-arn {}",
                   kind, kind);
    struct draft d;
    draft_begin(&d, c, a, "policy_detach", target);
    draft_why(&d, "%.*s was attached to the %s %.*s", STR_ARG(draft_name(policy)), kind,
              STR_ARG(who));
    draft_breaks(&d, "what has come to rest on these rights since");
    DRAFT_COMMAND(&d, command, who, policy);
    DRAFT_UNDO_LINE(&d, undo, who, policy);
    return draft_end(&d, err);
}

/* Put…Policy: what stood under the name before is not in the log. */
static enum err_code written(struct case_file *c, const struct event *e, const char *kind,
                             struct str who, struct arena *a, struct err *err)
{
    struct str policy = draft_name(event_attr_get(e, ATTR_POLICY_ARN));
    struct str target;
    char command[128];
    char read[128];
    if (policy.len == 0 || who.len == 0) {
        return ERR_OK;
    }
    if (!arena_printf(a, &target, "%.*s %.*s", STR_ARG(who), STR_ARG(policy))) {
        return err_set(err, ERR_NOMEM, "no memory for the plan of case %.*s", STR_ARG(c->id));
    }
    (void)snprintf(command, sizeof(command),
                   "aws iam delete-%s-policy --%s-name {} --policy-name {}", kind, kind);
    (void)snprintf(read, sizeof(read), "aws iam get-%s-policy --%s-name {} --policy-name {}", kind,
                   kind);
    struct draft d;
    draft_begin(&d, c, a, "policy_detach", target);
    draft_why(&d, "the inline policy %.*s of the %s %.*s was written", STR_ARG(policy), kind,
              STR_ARG(who));
    draft_breaks(&d, "what rests on this policy; if it stood there before, put the old text back "
                     "instead");
    DRAFT_READ(&d, read, who, policy);
    DRAFT_COMMAND(&d, command, who, policy);
    draft_note(&d, DRAFT_UNDO, "put the text back that was read before");
    return draft_end(&d, err);
}

static enum err_code plan(struct case_file *c, struct arena *a, struct err *err)
{
    static const struct {
        const char *action, *kind;
        enum event_attr who;
        bool attach;
    } calls[] = {
        {"AttachRolePolicy", "role", ATTR_TARGET_ROLE, true},
        {"AttachUserPolicy", "user", ATTR_TARGET_USER, true},
        {"AttachGroupPolicy", "group", ATTR_TARGET_GROUP, true},
        {"PutRolePolicy", "role", ATTR_TARGET_ROLE, false},
        {"PutUserPolicy", "user", ATTR_TARGET_USER, false},
        {"PutGroupPolicy", "group", ATTR_TARGET_GROUP, false},
    };
    for (size_t i = 0; i < c->timeline.len; i++) {
        const struct event *e = c->timeline.at[i];
        for (size_t k = 0; k < ARRAY_LEN(calls); k++) {
            struct str who = event_attr_get(e, calls[k].who);
            if (!draft_did(e, "iam", calls[k].action) || draft_role_is_fixed(who)) {
                continue;
            }
            enum err_code rc = calls[k].attach ? attached(c, e, calls[k].kind, who, a, err)
                                               : written(c, e, calls[k].kind, who, a, err);
            if (rc) {
                return rc;
            }
        }
    }
    return ERR_OK;
}

extern const struct respond_ops respond_policy_detach;
const struct respond_ops respond_policy_detach = {
    .name = "policy_detach",
    .summary = "take back policies that were attached or written",
    .phase = RESPOND_ROLLBACK,
    .plan = plan,
};
