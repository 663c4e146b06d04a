/*
 * function_stop - let a function run nothing more (A1), where its code, its way in or its callers
 * are in question.
 */
#include "respond/draft.h"

/* Was this function touched or called in the case, and does it still exist? */
static bool in_question(const struct case_file *c, const struct function_key *f)
{
    bool touched = false;
    for (size_t i = 0; i < c->timeline.len; i++) {
        const struct event *e = c->timeline.at[i];
        if (e->outcome != OUTCOME_OK || !function_key_eq(&e->function, f)) {
            continue;
        }
        if (draft_did(e, "lambda", "DeleteFunction")) {
            return false;
        }
        touched |= e->kind == EVENT_CHANGE || e->kind == EVENT_INVOKE;
    }
    return touched;
}

static enum err_code plan(struct case_file *c, struct arena *a, struct err *err)
{
    for (size_t i = 0; i < c->functions.len; i++) {
        const struct function_key *f = &c->functions.at[i];
        if (!str_eq(f->provider, STR("aws")) || f->name.len == 0 || !in_question(c, f)) {
            continue;
        }
        struct draft d;
        draft_begin(&d, c, a, "function_stop", f->name);
        draft_why(&d, "nothing runs in %.*s any more, whatever was put into it", STR_ARG(f->name));
        draft_breaks(&d, "all its callers get 429; events wait up to six hours, queues and streams "
                         "grow; what runs now goes on for 15 minutes at most");
        DRAFT_READ(&d, "aws lambda get-function-concurrency --function-name {} --region {}",
                   f->name, f->region);
        DRAFT_COMMAND(&d,
                      "aws lambda put-function-concurrency --function-name {} "
                      "--reserved-concurrent-executions 0 --region {}",
                      f->name, f->region);
        DRAFT_UNDO_LINE(&d, "aws lambda delete-function-concurrency --function-name {} --region {}",
                        f->name, f->region);
        draft_note(
            &d, DRAFT_UNDO,
            "if a number was read before: put-function-concurrency with that number instead");
        enum err_code rc = draft_end(&d, err);
        if (rc) {
            return rc;
        }
    }
    return ERR_OK;
}

extern const struct respond_ops respond_function_stop;
const struct respond_ops respond_function_stop = {
    .name = "function_stop",
    .summary = "let a function run nothing more",
    .phase = RESPOND_FUNCTION,
    .plan = plan,
};
