#include "engine/propose.h"

#include <stdlib.h>

#include "detect/arn.h"

/* What one value was seen with, while events are walked. */
struct seen_with {
    struct map people; /* roots of the actors */
    bool certain;      /* one is enough: its identity provider says that it is CI */
    struct proposal p;
};

struct proposer {
    const struct estate *estate;
    const struct env *env;
    struct arena *arena;
    struct map by_kind[PROPOSE_KIND_MAX_]; /* value to struct seen_with */
};

static void proposer_free(struct proposer *pr)
{
    for (unsigned k = 0; k < PROPOSE_KIND_MAX_; k++) {
        for (size_t i = 0; i < pr->by_kind[k].len; i++) {
            struct seen_with *s = pr->by_kind[k].at[i].value;
            if (s != NULL) {
                map_free(&s->people);
            }
        }
        map_free(&pr->by_kind[k]);
    }
}

void proposals_free(struct proposal_list *list)
{
    for (size_t i = 0; i < list->len; i++) {
        VEC_FREE(&list->at[i].actions);
    }
    VEC_FREE(list);
}

/* ---- noting ---- */

static void widen(struct proposal *p, uint64_t count, int64_t first_us, int64_t last_us)
{
    p->count += count;
    if (first_us != TIME_NONE && (p->first_us == TIME_NONE || first_us < p->first_us)) {
        p->first_us = first_us;
    }
    p->last_us = last_us > p->last_us ? last_us : p->last_us;
}

static struct seen_with *seen_of(struct proposer *pr, enum proposal_kind kind, struct str value)
{
    struct map_entry *m = map_intern(&pr->by_kind[kind], pr->arena, value);
    if (m == NULL) {
        return NULL;
    }
    if (m->value == NULL) {
        struct seen_with *s = ARENA_NEW(pr->arena, struct seen_with);
        if (s == NULL) {
            return NULL;
        }
        s->p = (struct proposal){
            .kind = kind, .value = m->key, .first_us = TIME_NONE, .last_us = TIME_NONE};
        m->value = s;
    }
    return m->value;
}

static bool note(struct proposer *pr, enum proposal_kind kind, struct str value,
                 const struct event *e)
{
    struct seen_with *s = seen_of(pr, kind, value);
    if (s == NULL) {
        return false;
    }
    widen(&s->p, e->count, e->time_us, e->last_us);
    return e->actor == NULL || map_put(&s->people, e->actor->root) != NULL;
}

/* ---- what an event suggests ---- */

static bool is_person(const struct actor *a)
{
    bool human = a->kind == IDENTITY_USER || a->kind == IDENTITY_SSO ||
                 (a->kind == IDENTITY_FEDERATED && str_chr(a->root, '@') != SIZE_MAX);
    return human && a->resolved && !a->pipeline && !str_ends(a->root, STR("gserviceaccount.com"));
}

static bool changes_function(const struct event *e)
{
    return (e->kind == EVENT_CHANGE && e->function.name.len > 0) || e->kind == EVENT_DEPLOY;
}

static bool is_known_pipeline(const struct env *env, struct str root)
{
    for (size_t i = 0; i < env->pipelines.len; i++) {
        if (env_pattern(env->pipelines.at[i].name, root)) {
            return true;
        }
    }
    return false;
}

static bool note_pipeline(struct proposer *pr, const struct event *e)
{
    const struct actor *a = e->actor;
    if (a == NULL || !changes_function(e) || e->outcome != OUTCOME_OK) {
        return true;
    }
    bool machine =
        a->pipeline || a->kind == IDENTITY_ROLE || str_ends(a->root, STR("gserviceaccount.com"));
    if (!machine || is_known_pipeline(pr->env, a->root)) {
        return true;
    }
    struct seen_with *s = seen_of(pr, PROPOSE_PIPELINE, a->root);
    if (s == NULL) {
        return false;
    }
    s->certain |= a->pipeline;
    return note(pr, PROPOSE_PIPELINE, a->root, e);
}

static bool note_range(struct proposer *pr, const struct event *e)
{
    enum range_kind kind;
    bool fits = e->actor != NULL && e->address.len > 0 && e->outcome == OUTCOME_OK &&
                e->kind != EVENT_INVOKE && e->kind != EVENT_TRAFFIC && is_person(e->actor) &&
                !ip_is_private(&e->ip) && !env_range_of(pr->env, &e->ip, &kind);
    return !fits || note(pr, PROPOSE_RANGE, e->address, e);
}

static bool is_known_vendor(const struct env *env, struct str account)
{
    for (size_t i = 0; i < env->vendors.len; i++) {
        if (env_any(&env->vendors.at[i].principals, account)) {
            return true;
        }
    }
    return false;
}

static bool add_action(struct proposal *p, struct str action)
{
    for (size_t i = 0; i < p->actions.len; i++) {
        if (str_eq(p->actions.at[i], action)) {
            return true;
        }
    }
    return p->actions.len > PROPOSE_ACTIONS_MAX || VEC_PUSH(&p->actions, action);
}

/* Another account that did something here: a vendor, a partner, or somebody who got in. */
static bool note_vendor(struct proposer *pr, const struct event *e)
{
    struct str account = e->who.account;
    bool other = is_account_id(account) && e->outcome == OUTCOME_OK &&
                 !str_eq(account, e->account) && e->kind != EVENT_TRAFFIC &&
                 !inventory_account_is_ours(pr->estate->inventory, account) &&
                 e->who.kind != IDENTITY_SERVICE && !is_known_vendor(pr->env, account);
    if (!other) {
        return true;
    }
    struct seen_with *s = seen_of(pr, PROPOSE_VENDOR, account);
    return s != NULL && note(pr, PROPOSE_VENDOR, account, e) && add_action(&s->p, e->action);
}

/* "o-" and 10 to 32 letters or digits, whole. */
static struct str organization_in(struct str text)
{
    for (size_t at = 0; at + 12 <= text.len; at++) {
        bool begins = text.ptr[at] == 'o' && text.ptr[at + 1] == '-' &&
                      (at == 0 || (!chr_is_alnum(text.ptr[at - 1]) && text.ptr[at - 1] != '-'));
        size_t end = at + 2;
        while (begins && end < text.len && chr_is_alnum(text.ptr[end])) {
            end++;
        }
        if (begins && end - at >= 12 && end - at <= 34) {
            return str_make(text.ptr + at, end - at);
        }
    }
    return STR_EMPTY;
}

static bool note_attrs(struct proposer *pr, const struct event *e)
{
    bool fine = true;
    for (size_t i = 0; fine && e->outcome == OUTCOME_OK && i < e->attr_count; i++) {
        struct str v = e->attrs[i].value;
        struct str found;
        switch ((int)e->attrs[i].id) {
        case ATTR_LAYER:
            found = arn_account(v);
            fine = found.len == 0 || inventory_account_is_ours(pr->estate->inventory, found) ||
                   env_any(&pr->env->layer_accounts, found) ||
                   note(pr, PROPOSE_LAYER_ACCOUNT, found, e);
            break;
        case ATTR_GRANT_SOURCE:
        case ATTR_POLICY_DOCUMENT:
        case ATTR_TRUST_DOCUMENT:
            found = pr->env->organization.len > 0 ? STR_EMPTY : organization_in(v);
            fine = found.len == 0 || note(pr, PROPOSE_ORGANIZATION, found, e);
            break;
        default:
            break;
        }
    }
    return fine;
}

/* ---- what the estate suggests ---- */

static bool note_accounts(struct proposer *pr)
{
    const struct scan_result *scan = &pr->estate->scan;
    for (size_t i = 0; i < scan->seen.len; i++) {
        const struct seen_account *s = &scan->seen.at[i];
        if (s->account.len == 0 || env_account_is_ours(pr->env, s->account)) {
            continue;
        }
        struct seen_with *w = seen_of(pr, PROPOSE_ACCOUNT, s->account);
        if (w == NULL) {
            return false;
        }
        widen(&w->p, s->records, s->first_us, s->last_us);
        if (map_put(&w->people, str_of(s->source->name)) == NULL) {
            return false;
        }
    }
    return true;
}

/* Its own settings say so, or somebody called it who gave no name. */
static const char *why_public(const struct estate_function *f)
{
    const struct function_state *s = &f->function->now;
    if (str_eq(s->url_auth, STR("NONE"))) {
        return "its URL asks nobody who they are";
    }
    if (str_eq(s->invoker_check, STR("off"))) {
        return "the check of who calls is off";
    }
    if (s->open_known && s->open) {
        return "it answers at workers.dev";
    }
    return s->routes.len > 0 ? "routes lead to it" : NULL;
}

static bool note_public(struct proposer *pr)
{
    for (size_t i = 0; i < pr->estate->functions.len; i++) {
        const struct estate_function *f = &pr->estate->functions.at[i];
        const char *why = why_public(f);
        struct str name = f->function->key.name;
        if (why == NULL || f->function->now.deleted || env_any(&pr->env->public_functions, name)) {
            continue;
        }
        struct seen_with *w = seen_of(pr, PROPOSE_PUBLIC, name);
        if (w == NULL ||
            !arena_printf(pr->arena, &w->p.why, "%.*s: %s", STR_ARG(f->function->text), why)) {
            return false;
        }
        widen(&w->p, f->events, f->first_us, f->last_us);
    }
    return true;
}

/* ---- which of it is proposed ---- */

static bool is_enough(const struct seen_with *s)
{
    switch (s->p.kind) {
    case PROPOSE_RANGE:
        return s->people.len >= PROPOSE_PEOPLE_MIN;
    case PROPOSE_PIPELINE:
        return s->certain || s->p.count >= PROPOSE_CHANGES_MIN;
    case PROPOSE_ACCOUNT:
    case PROPOSE_ORGANIZATION:
    case PROPOSE_VENDOR:
    case PROPOSE_LAYER_ACCOUNT:
    case PROPOSE_PUBLIC:
    case PROPOSE_KIND_MAX_:
        break;
    }
    return true;
}

static bool explain(struct arena *a, struct seen_with *s)
{
    struct proposal *p = &s->p;
    switch (p->kind) {
    case PROPOSE_ACCOUNT:
        return s->people.len == 1 ? arena_printf(a, &p->why, "%.*s", STR_ARG(s->people.at[0].key))
                                  : arena_printf(a, &p->why, "in %zu kinds of logs", s->people.len);
    case PROPOSE_ORGANIZATION:
        p->why = STR("grants are limited to it");
        return true;
    case PROPOSE_PIPELINE:
        p->why = STR("changes of functions");
        return true;
    case PROPOSE_RANGE:
        return arena_printf(a, &p->why, "%zu people come from it", s->people.len);
    case PROPOSE_VENDOR:
        p->why = STR("another account acts in yours");
        return true;
    case PROPOSE_LAYER_ACCOUNT:
        p->why = STR("functions run its layers");
        return true;
    case PROPOSE_PUBLIC:
    case PROPOSE_KIND_MAX_:
        break;
    }
    return true;
}

static int by_evidence(const void *a, const void *b)
{
    const struct proposal *x = a;
    const struct proposal *y = b;
    if (x->kind != y->kind) {
        return (int)x->kind - (int)y->kind;
    }
    return x->count != y->count ? (x->count < y->count) - (x->count > y->count)
                                : str_cmp(x->value, y->value);
}

static bool collect(struct proposer *pr, struct proposal_list *out)
{
    for (unsigned k = 0; k < PROPOSE_KIND_MAX_; k++) {
        for (size_t i = 0; i < pr->by_kind[k].len; i++) {
            struct seen_with *s = pr->by_kind[k].at[i].value;
            if (!is_enough(s)) {
                VEC_FREE(&s->p.actions);
                continue;
            }
            if (!explain(pr->arena, s) || !VEC_PUSH(out, s->p)) {
                return false;
            }
            s->p.actions.at = NULL; /* it is the list's now */
        }
    }
    if (out->len > 1) {
        qsort(out->at, out->len, sizeof(*out->at), by_evidence);
    }
    return true;
}

enum err_code propose(const struct estate *e, struct arena *a, struct proposal_list *out,
                      struct err *err)
{
    struct proposer pr = {.estate = e, .env = &e->setup.context->env, .arena = a};
    bool fine = note_accounts(&pr) && note_public(&pr);
    for (size_t i = 0; fine && i < e->scan.events.len; i++) {
        const struct event *event = e->scan.events.at[i];
        fine = note_pipeline(&pr, event) && note_range(&pr, event) && note_vendor(&pr, event) &&
               note_attrs(&pr, event);
    }
    fine = fine && collect(&pr, out);
    for (size_t i = 0; !fine && i < pr.by_kind[PROPOSE_VENDOR].len; i++) {
        struct seen_with *s = pr.by_kind[PROPOSE_VENDOR].at[i].value;
        if (s != NULL && s->p.actions.at != NULL) {
            VEC_FREE(&s->p.actions);
        }
    }
    proposer_free(&pr);
    if (!fine) {
        proposals_free(out);
        return err_set(err, ERR_NOMEM, "no memory for proposals");
    }
    return ERR_OK;
}
