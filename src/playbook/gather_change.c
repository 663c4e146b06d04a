/*
 * gather_change - what is known about a change: its record, its build, what came before.
 */
#include "context/read.h"
#include "playbook/history.h"
#include "playbook/inquiry.h"

#define LOOK_BACK_US (90 * TIME_DAY_US)
enum { LOOK_BACK_EVENTS = 2000 };

/* "repo:owner/name:ref:refs/heads/main" -> "owner/name" */
static struct str subject_repository(struct str root)
{
    if (!str_starts(root, STR("repo:"))) {
        return STR_EMPTY;
    }
    struct str rest = str_from(root, 5);
    struct str repository;
    return str_cut(&rest, ':', &repository) ? repository : STR_EMPTY;
}

static struct str bound_repository(const struct env *env, struct str root)
{
    struct str own = subject_repository(root);
    for (size_t i = 0; own.len == 0 && i < env->pipelines.len; i++) {
        if (env_pattern(env->pipelines.at[i].name, root)) {
            return env->pipelines.at[i].repository;
        }
    }
    return own;
}

/* A pipeline may note its build when it is done; one that ends long after the deployment is not
 * what was deployed. */
#define BUILT_LATE_US TIME_HOUR_US

/* CI built this hash before, for this function, in the repository that this identity deploys, from
 * a reviewed commit on a protected branch. Each alone can be had by somebody else. */
static bool proves(const struct env *env, const struct event *e, const struct build *b)
{
    if (e->actor == NULL || !e->actor->pipeline || !b->reviewed || !b->protected_branch ||
        b->commit.len == 0) {
        return false;
    }
    bool late = e->time_us == TIME_NONE ||
                (b->built_us != TIME_NONE && b->built_us > e->time_us + BUILT_LATE_US);
    struct str repository = bound_repository(env, e->actor->root);
    return !late && (repository.len == 0 || str_ieq(repository, b->repository)) &&
           (b->function.len == 0 || env_pattern(b->function, e->function.name));
}

static bool same_artefact(const struct build *b, struct str hash)
{
    return str_eq(b->code_sha256, hash) || str_eq(b->signed_sha256, hash) ||
           str_eq(b->image_digest, hash);
}

/* One package may hold several functions, and be built more than once: any build may prove it. */
static void gather_build(const struct context *c, struct subject *s)
{
    char hex[64];
    struct str hash = event_attr_get(s->event, ATTR_CODE_HASH);
    s->build = context_build_of(c, hash);
    if (s->build == NULL || !hash_normalise(hash, hex)) {
        return;
    }
    for (size_t i = 0; !s->pipeline_proved && i < c->builds.len; i++) {
        const struct build *b = &c->builds.at[i];
        if (same_artefact(b, str_make(hex, sizeof(hex))) && proves(&c->env, s->event, b)) {
            s->build = b;
            s->pipeline_proved = true;
        }
    }
}

static bool same_attempt(const struct event *a, const struct event *b)
{
    return str_eq(a->action, b->action) && function_key_eq(&a->function, &b->function);
}

static void gather_attempts(const struct inquiry *q, struct subject *s)
{
    const struct event *e = s->event;
    if (e->actor == NULL || e->time_us == TIME_NONE) {
        return;
    }
    struct history_slice before = history_between(history_of_actor(q->history, e->actor),
                                                  e->time_us - TIME_HOUR_US, e->time_us);
    size_t from = before.len > LOOK_BACK_EVENTS ? before.len - LOOK_BACK_EVENTS : 0;
    for (size_t i = from; i < before.len; i++) {
        if (before.at[i]->outcome == OUTCOME_DENIED && same_attempt(before.at[i], e)) {
            s->denied_before++;
        }
    }
}

static void gather_earlier(const struct inquiry *q, struct subject *s)
{
    const struct event *e = s->event;
    if (e->function.name.len == 0 || e->time_us == TIME_NONE) {
        return;
    }
    struct history_slice before = history_between(history_of_function(q->history, &e->function),
                                                  e->time_us - LOOK_BACK_US, e->time_us);
    size_t from = before.len > LOOK_BACK_EVENTS ? before.len - LOOK_BACK_EVENTS : 0;
    struct str hash = event_attr_get(e, ATTR_CODE_HASH);
    struct str last_hash = STR_EMPTY;
    s->same_way = true;
    for (size_t i = from; i < before.len; i++) {
        const struct event *b = before.at[i];
        if (b->kind != EVENT_CHANGE || b->outcome != OUTCOME_OK) {
            continue;
        }
        if (event_has(b, ATTR_CODE_HASH)) {
            last_hash = event_attr_get(b, ATTR_CODE_HASH);
        }
        if (b->actor == e->actor && e->actor != NULL) {
            s->changed_before++;
            s->same_way = s->same_way && b->who.console == e->who.console;
        }
    }
    s->same_code = hash.len != 0 && str_eq(hash, last_hash);
}

void gather_change(const struct inquiry *q, struct subject *s)
{
    const struct context *c = q->judge->context;
    const struct event *e = s->event;
    s->change_required = env_change_required(&c->env, e->account);
    s->ticket_required = str_eq(c->env.change_required, STR("ticket"));
    gather_attempts(q, s);
    if (!subject_is_change(s)) {
        return;
    }
    s->match = q->judge->run == NULL ? NULL : detect_match(q->judge->run, e);
    gather_build(c, s);
    gather_earlier(q, s);
    for (size_t i = 0; i < c->env.freezes.len && e->time_us != TIME_NONE; i++) {
        const struct span *f = &c->env.freezes.at[i];
        s->frozen |= (f->from_us == TIME_NONE || e->time_us >= f->from_us) &&
                     (f->to_us == TIME_NONE || e->time_us < f->to_us);
    }
}
