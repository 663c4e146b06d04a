/*
 * code_changers - D116, posture: who can change the code of a production function and did not.
 *
 * A list and no case. It stands in the order of names: it is about permissions that could go, not
 * about who is worse than whom.
 */
#include "detect/tools.h"
#include "iam/book.h"

enum { NAMED_MAX = 12, DAYS_ASKED = 90 };

static const struct str techniques[] = {STR_INIT("T1648")};

static const struct detection detection = {
    .id = STR_INIT("faaswatch.code_changers"),
    .ref = STR_INIT("D116"),
    .title = STR_INIT("May change a production function's code, and does not"),
    .description =
        STR_INIT("Roles and users that the dump of the account allows to change the code "
                 "and that did not in the logs."),
    .severity = SEVERITY_LOW,
    .confidence = 0.8,
    .question = QUESTION_NONE,
    .indicator = KI4,
    .entity = ENTITY_FUNCTION,
    .techniques = techniques,
    .technique_count = ARRAY_LEN(techniques),
    .tactic = STR_INIT("persistence"),
    .ours = true,
    .is_posture = true};

struct changed {
    const struct event *last;     /* the latest event about the function: what the finding names */
    struct str_list by;           /* principals that changed its code */
    const struct function *which; /* NULL until an event named it */
};

struct code_changers {
    struct map functions; /* text of the key to struct changed */
    int64_t first_us, last_us;
};

static bool changes_code(const struct event *e)
{
    return e->kind == EVENT_CHANGE && event_ok(e) &&
           (event_is_lambda(e, "UpdateFunctionCode") || event_is_lambda(e, "CreateFunction"));
}

static bool note(struct changed *c, struct str who)
{
    return who.len == 0 || str_list_has(&c->by, who) || VEC_PUSH(&c->by, who);
}

static enum err_code on_event(void *state, const struct detect_view *v, struct err *err)
{
    struct code_changers *s = state;
    const struct event *e = v->event;
    (void)err;
    /* Only the log that tells of changes says how many days are known. */
    if (e->time_us == TIME_NONE || !str_eq(e->source, STR("aws.cloudtrail"))) {
        return ERR_OK;
    }
    s->first_us = s->first_us == 0 || e->time_us < s->first_us ? e->time_us : s->first_us;
    s->last_us = e->time_us > s->last_us ? e->time_us : s->last_us;
    if (v->book == NULL || v->function == NULL || !str_eq(e->function.provider, STR("aws")) ||
        !env_account_is_production(&v->context->env, e->function.account)) {
        return ERR_OK;
    }
    struct map_entry *m = map_put(&s->functions, v->function->text);
    if (m != NULL && m->value == NULL) {
        m->value = ARENA_NEW(v->arena, struct changed);
    }
    struct changed *c = m == NULL ? NULL : m->value;
    if (c == NULL) {
        return ERR_NOMEM;
    }
    c->last = e;
    c->which = v->function;
    bool recent = e->time_us > s->last_us - DAYS_ASKED * TIME_DAY_US;
    if (recent && changes_code(e) &&
        (!note(c, e->who.role) || !note(c, e->who.principal) ||
         (e->actor != NULL && !note(c, e->actor->root)))) {
        return ERR_NOMEM;
    }
    return ERR_OK;
}

/* The record that names the function, without who happened to act: the finding is about nobody. */
static const struct event *nobodys(const struct detect_view *v, const struct event *e)
{
    struct event *copy = ARENA_NEW(v->arena, struct event);
    if (copy != NULL) {
        *copy = *e;
        copy->actor = NULL;
        copy->who = (struct identity){0};
        copy->address = STR_EMPTY;
        copy->hit_count = 0;
    }
    return copy;
}

static enum err_code tell(const struct detect_view *v, const struct code_changers *s,
                          const struct changed *c, struct err *err)
{
    const struct function_key *k = &c->which->key;
    const struct iam_able *able = NULL;
    size_t count = 0;
    size_t idle = 0;
    struct str arn;
    struct str names = STR_EMPTY;
    if (!arena_printf(v->arena, &arn, "arn:aws:lambda:%.*s:%.*s:function:%.*s", STR_ARG(k->region),
                      STR_ARG(k->account), STR_ARG(k->name))) {
        return ERR_NOMEM;
    }
    enum err_code rc = iam_book_who_can(v->book, k->account, STR("lambda:UpdateFunctionCode"), arn,
                                        v->arena, &able, &count, err);
    for (size_t i = 0; rc == ERR_OK && i < count; i++) {
        if (str_list_has(&c->by, able[i].arn)) {
            continue;
        }
        idle++;
        if (idle <= NAMED_MAX &&
            !arena_printf(v->arena, &names, "%.*s%s%s %.*s%s", STR_ARG(names),
                          idle == 1 ? "" : ", ", able[i].is_role ? "role" : "user",
                          SAY(able[i].name), able[i].sure ? "" : " (on a condition)")) {
            return ERR_NOMEM;
        }
    }
    if (rc != ERR_OK || idle == 0) {
        return rc;
    }
    const struct event *about = nobodys(v, c->last);
    if (about == NULL) {
        return ERR_NOMEM;
    }
    int64_t days = (s->last_us - s->first_us) / TIME_DAY_US + 1;
    days = days < DAYS_ASKED ? days : DAYS_ASKED;
    return detect_say_at(v, about, &detection, SEVERITY_LOW,
                         "%zu of %zu that may change the code of %.*s did not in %lld day%s of "
                         "logs: %.*s%s",
                         idle, count, SAY(k->name), (long long)days, days == 1 ? "" : "s",
                         STR_ARG(names), idle > NAMED_MAX ? ", …" : "");
}

static enum err_code finish(void *state, const struct detect_view *v, struct err *err)
{
    struct code_changers *s = state;
    enum err_code rc = ERR_OK;
    for (size_t i = 0;
         rc == ERR_OK && v->book != NULL && iam_book_has_dump(v->book) && i < s->functions.len;
         i++) {
        rc = tell(v, s, s->functions.at[i].value, err);
    }
    return rc;
}

static void release(void *state)
{
    struct code_changers *s = state;
    for (size_t i = 0; i < s->functions.len; i++) {
        struct changed *c = s->functions.at[i].value;
        if (c != NULL) {
            VEC_FREE(&c->by);
        }
    }
    map_free(&s->functions);
}

extern const struct detect_ops detect_code_changers;
const struct detect_ops detect_code_changers = {
    .detections = &detection,
    .detection_count = 1,
    .state_size = sizeof(struct code_changers),
    .on_event = on_event,
    .finish = finish,
    .release = release,
};
