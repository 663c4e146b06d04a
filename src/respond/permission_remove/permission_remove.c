/*
 * permission_remove - take a statement out of a function's policy (A3).
 */
#include "respond/draft.h"

static void add_undo(struct draft *d, const struct event *e, struct str sid)
{
    struct str principal = event_attr_get(e, ATTR_GRANT_PRINCIPAL);
    struct str action = event_attr_get(e, ATTR_GRANT_ACTION);
    struct str source = event_attr_get(e, ATTR_GRANT_SOURCE);
    if (principal.len == 0 || action.len == 0) {
        draft_note(d, DRAFT_UNDO, "aws lambda add-permission, from the statement that was kept");
    } else if (str_starts(source, STR("arn:"))) {
        DRAFT_UNDO_LINE(
            d,
            "aws lambda add-permission --function-name {} --statement-id {} --action {} "
            "--principal {} --source-arn {} --region {}",
            e->function.name, sid, action, principal, source, e->region);
    } else {
        DRAFT_UNDO_LINE(
            d,
            "aws lambda add-permission --function-name {} --statement-id {} --action {} "
            "--principal {} --region {}",
            e->function.name, sid, action, principal, e->region);
    }
}

static enum err_code plan(struct case_file *c, struct arena *a, struct err *err)
{
    for (size_t i = 0; i < c->timeline.len; i++) {
        const struct event *e = c->timeline.at[i];
        struct str sid = event_attr_get(e, ATTR_STATEMENT_ID);
        struct str target;
        if (!draft_did(e, "lambda", "AddPermission") || sid.len == 0) {
            continue;
        }
        if (!arena_printf(a, &target, "%.*s %.*s", STR_ARG(e->function.name), STR_ARG(sid))) {
            return err_set(err, ERR_NOMEM, "no memory for the plan of case %.*s", STR_ARG(c->id));
        }
        struct draft d;
        draft_begin(&d, c, a, "permission_remove", target);
        draft_why(&d, "lets %.*s do %.*s on %.*s", STR_ARG(event_attr_get(e, ATTR_GRANT_PRINCIPAL)),
                  STR_ARG(event_attr_get(e, ATTR_GRANT_ACTION)), STR_ARG(e->function.name));
        draft_breaks(&d, "whoever calls the function by this statement");
        DRAFT_READ(&d, "aws lambda get-policy --function-name {} --region {}", e->function.name,
                   e->region);
        if (e->qualifier.len != 0) {
            DRAFT_COMMAND(&d,
                          "aws lambda remove-permission --function-name {} --statement-id {} "
                          "--qualifier {} --region {}",
                          e->function.name, sid, e->qualifier, e->region);
        } else {
            DRAFT_COMMAND(&d,
                          "aws lambda remove-permission --function-name {} --statement-id {} "
                          "--region {}",
                          e->function.name, sid, e->region);
        }
        add_undo(&d, e, sid);
        enum err_code rc = draft_end(&d, err);
        if (rc) {
            return rc;
        }
    }
    return ERR_OK;
}

extern const struct respond_ops respond_permission_remove;
const struct respond_ops respond_permission_remove = {
    .name = "permission_remove",
    .summary = "take a statement out of a function's policy",
    .phase = RESPOND_EXPOSURE,
    .plan = plan,
};
