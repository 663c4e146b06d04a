/*
 * call - who can say whether it was meant: the owners of the functions, and who is on call. Never
 * somebody who acted in the case.
 */
#include "playbook/inquiry.h"

enum { CALLS_MAX = 3 }; /* of a kind */

struct caller {
    const struct inquiry *q;
    int64_t now_us; /* the end of the window */
    size_t count;   /* of this kind so far */
    bool failed;
};

static bool acted(const struct inquiry *q, const struct person *p, struct str id)
{
    for (size_t i = 0; i < q->file->actors.len; i++) {
        const struct actor *a = q->file->actors.at[i];
        if (str_ieq(a->root, id) || (p != NULL && context_person(q->judge->context, a) == p)) {
            return true;
        }
    }
    return false;
}

static bool can_be_called(const struct caller *k, const struct person *p)
{
    return p->status != PERSON_TERMINATED && p->status != PERSON_INACTIVE &&
           (p->terminated_us == TIME_NONE || k->now_us < p->terminated_us) &&
           (!person_on_leave(p, k->now_us) || person_on_call(p, k->now_us));
}

static bool is_there(const struct case_file *c, struct str id)
{
    for (size_t i = 0; i < c->calls.len; i++) {
        if (str_ieq(c->calls.at[i].who, id)) {
            return true;
        }
    }
    return false;
}

static void add(struct caller *k, const struct person *p, struct str id, const char *what,
                struct str of)
{
    struct case_file *c = k->q->file;
    struct call_to one = {.who = p != NULL ? p->id : id, .name = p != NULL ? p->name : STR_EMPTY};
    if (k->failed || k->count >= CALLS_MAX || one.who.len == 0 || is_there(c, one.who) ||
        acted(k->q, p, id) || (p != NULL && !can_be_called(k, p))) {
        return;
    }
    k->count++;
    k->failed = !arena_printf(k->q->arena, &one.why, "%s%s%.*s", what, of.len != 0 ? " of " : "",
                              STR_ARG(of)) ||
                !arena_dup(k->q->arena, one.who, &one.who) ||
                !arena_dup(k->q->arena, one.name, &one.name) || !VEC_PUSH(&c->calls, one);
}

bool inquiry_owns_any(const struct inquiry *q, const struct project *pr)
{
    const struct case_file *c = q->file;
    for (size_t i = 0; i < c->functions.len; i++) {
        const struct function_key *f = &c->functions.at[i];
        if (env_any(&pr->functions, f->name) &&
            (pr->accounts.len == 0 || env_any(&pr->accounts, f->account))) {
            return true;
        }
    }
    return false;
}

static void add_owners(struct caller *k)
{
    const struct context *c = k->q->judge->context;
    k->count = 0;
    for (size_t i = 0; i < c->projects.len; i++) {
        const struct project *pr = &c->projects.at[i];
        bool now = (pr->from_us == TIME_NONE || k->now_us >= pr->from_us) &&
                   (pr->to_us == TIME_NONE || k->now_us < pr->to_us);
        if (now && inquiry_owns_any(k->q, pr)) {
            add(k, context_person_named(c, pr->member), pr->member, "owner", pr->project);
        }
    }
}

static void add_on_call(struct caller *k)
{
    const struct context *c = k->q->judge->context;
    k->count = 0;
    for (size_t i = 0; i < c->people.len; i++) {
        const struct person *p = &c->people.at[i];
        if (person_on_call(p, k->now_us)) {
            add(k, p, p->id, "on call", p->groups.len != 0 ? p->groups.at[0] : p->department);
        }
    }
}

/* The one who approved the change knows what was meant. */
static void add_approvers(struct caller *k)
{
    const struct inquiry *q = k->q;
    k->count = 0;
    for (size_t i = 0; i < q->subject_count; i++) {
        const struct change_match *m = q->subjects[i].match;
        if (m != NULL && m->change != NULL && m->class >= MATCH_M2 &&
            m->change->approver.len != 0) {
            add(k, context_person_named(q->judge->context, m->change->approver),
                m->change->approver, "approver", m->change->id);
        }
    }
}

enum err_code inquiry_call(struct inquiry *q, struct err *err)
{
    int64_t until = q->judge->until_us;
    struct caller k = {.q = q, .now_us = until != TIME_NONE ? until : q->file->last_us};
    add_owners(&k);
    add_on_call(&k);
    add_approvers(&k);
    return k.failed ? inquiry_no_memory(q, err) : ERR_OK;
}
