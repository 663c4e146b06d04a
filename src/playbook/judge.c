/*
 * judge - one case from findings to decision and plan.
 */
#include "playbook/inquiry.h"
#include "respond/respond.h"

static bool somebody_acts(const struct case_file *c)
{
    return c->decision.priority != 0;
}

static enum err_code look_around(struct inquiry *q, struct err *err)
{
    if (q->history != NULL || q->judge->events == NULL) {
        return ERR_OK;
    }
    enum err_code rc = history_new(q->judge->events, q->judge->event_count, &q->own, err);
    q->history = q->own;
    return rc;
}

static enum err_code run(struct inquiry *q, struct err *err)
{
    enum err_code rc = look_around(q, err);
    rc = rc ? rc : inquiry_cover(q, err);
    rc = rc ? rc : inquiry_gather(q, err);
    rc = rc ? rc : inquiry_weigh(q, err);
    rc = rc ? rc : inquiry_answer(q, err);
    rc = rc ? rc : inquiry_decide(q, err);
    if (rc == ERR_OK && q->judge->previous != NULL) {
        rc = inquiry_compare(q, err);
    }
    rc = rc ? rc : inquiry_step(q, err);
    inquiry_settle(q);
    if (rc == ERR_OK && inquiry_asked(q)) {
        rc = inquiry_reckon(q, err);
    }
    if (rc == ERR_OK && somebody_acts(q->file)) {
        rc = inquiry_call(q, err);
        rc = rc ? rc : inquiry_hunt(q, err);
        rc = rc ? rc : respond_plan(q->file, q->arena, err);
    }
    return rc;
}

enum err_code playbook_judge(const struct judge *j, struct case_file *c, struct arena *a,
                             struct err *err)
{
    struct inquiry q;
    inquiry_init(&q, j, c, a);
    enum err_code rc = run(&q, err);
    inquiry_release(&q);
    return rc;
}

bool playbook_is_digest(const struct case_file *c)
{
    return str_eq(c->decision.action, STR("digest"));
}
