/*
 * alias_back - point an alias to the version it had before (A5), when the case knows it.
 */
#include "respond/draft.h"

/* The version that an earlier event of the case gave to this alias. */
static struct str version_before(const struct case_file *c, const struct event *now)
{
    struct str version = STR_EMPTY;
    struct str alias = event_attr_get(now, ATTR_ALIAS);
    for (size_t i = 0; i < c->timeline.len && c->timeline.at[i] != now; i++) {
        const struct event *e = c->timeline.at[i];
        bool sets = draft_did(e, "lambda", "CreateAlias") || draft_did(e, "lambda", "UpdateAlias");
        if (sets && function_key_eq(&e->function, &now->function) &&
            str_eq(event_attr_get(e, ATTR_ALIAS), alias) && event_has(e, ATTR_VERSION)) {
            version = event_attr_get(e, ATTR_VERSION);
        }
    }
    return version;
}

static enum err_code plan(struct case_file *c, struct arena *a, struct err *err)
{
    for (size_t i = 0; i < c->timeline.len; i++) {
        const struct event *e = c->timeline.at[i];
        struct str alias = event_attr_get(e, ATTR_ALIAS);
        struct str now = event_attr_get(e, ATTR_VERSION);
        struct str before = version_before(c, e);
        struct str target;
        if (!draft_did(e, "lambda", "UpdateAlias") || alias.len == 0 || now.len == 0 ||
            before.len == 0 || str_eq(before, now)) {
            continue;
        }
        if (!arena_printf(a, &target, "%.*s:%.*s", STR_ARG(e->function.name), STR_ARG(alias))) {
            return err_set(err, ERR_NOMEM, "no memory for the plan of case %.*s", STR_ARG(c->id));
        }
        struct draft d;
        draft_begin(&d, c, a, "alias_back", target);
        draft_why(&d, "the alias was moved from version %.*s to %.*s", STR_ARG(before),
                  STR_ARG(now));
        draft_breaks(&d, "callers of the alias get the code of before");
        DRAFT_READ(&d, "aws lambda get-alias --function-name {} --name {} --region {}",
                   e->function.name, alias, e->region);
        DRAFT_COMMAND(&d,
                      "aws lambda update-alias --function-name {} --name {} --function-version {} "
                      "--routing-config {} --region {}",
                      e->function.name, alias, before, STR("AdditionalVersionWeights={}"),
                      e->region);
        DRAFT_UNDO_LINE(
            &d,
            "aws lambda update-alias --function-name {} --name {} --function-version {} "
            "--region {}",
            e->function.name, alias, now, e->region);
        enum err_code rc = draft_end(&d, err);
        if (rc) {
            return rc;
        }
    }
    return ERR_OK;
}

extern const struct respond_ops respond_alias_back;
const struct respond_ops respond_alias_back = {
    .name = "alias_back",
    .summary = "point an alias to the version it had before",
    .phase = RESPOND_ROLLBACK,
    .plan = plan,
};
