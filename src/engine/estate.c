#include "engine/estate.h"

#include <stdlib.h>

#include "base/mem.h"

static enum err_code no_memory(struct err *err)
{
    return err_set(err, ERR_NOMEM, "no memory for the inventory");
}

void estate_free(struct estate *e)
{
    if (e == NULL) {
        return;
    }
    for (size_t i = 0; i < e->functions.len; i++) {
        VEC_FREE(&e->functions.at[i].sources);
        VEC_FREE(&e->functions.at[i].gateways);
        VEC_FREE(&e->functions.at[i].callers);
    }
    VEC_FREE(&e->functions);
    inventory_free(e->inventory);
    scan_result_free(&e->scan);
    VEC_FREE(&e->inputs);
    setup_free(&e->setup);
    arena_free(&e->texts);
    mem_free(e);
}

/* ---- one function ---- */

struct builder {
    struct estate *estate;
    struct map index;   /* text of a key to index + 1 into functions */
    struct map callers; /* index of a function and the caller to index + 1 into its callers */
    struct arena scratch;
};

static struct estate_function *function_of(struct builder *b, const struct function *f)
{
    struct map_entry *m = map_put(&b->index, f->text);
    struct estate *e = b->estate;
    if (m == NULL) {
        return NULL;
    }
    if (m->value == NULL) {
        struct estate_function fresh = {.function = f, .first_us = TIME_NONE, .last_us = TIME_NONE};
        if (!VEC_PUSH(&e->functions, fresh)) {
            return NULL;
        }
        m->value = (void *)(uintptr_t)e->functions.len;
    }
    return &e->functions.at[(size_t)(uintptr_t)m->value - 1];
}

static bool add(struct str_list *list, struct str text)
{
    for (size_t i = 0; i < list->len; i++) {
        if (str_eq(list->at[i], text)) {
            return true;
        }
    }
    return text.len == 0 || list->len >= ESTATE_LIST_MAX || VEC_PUSH(list, text);
}

static bool is_gateway(const struct event *e, struct str text)
{
    return str_starts(e->service, STR("apigateway.")) ||
           str_find(text, STR(":execute-api:")) != SIZE_MAX ||
           str_find(text, STR(":elasticloadbalancing:")) != SIZE_MAX;
}

/* What a change says makes the function run. */
static bool add_sources(struct estate_function *f, const struct event *e)
{
    bool fine = true;
    for (size_t i = 0; fine && i < e->attr_count; i++) {
        struct str v = e->attrs[i].value;
        switch ((int)e->attrs[i].id) {
        case ATTR_TRIGGER_SOURCE:
        case ATTR_RULE:
        case ATTR_SCHEDULE:
        case ATTR_API:
            fine = add(is_gateway(e, v) ? &f->gateways : &f->sources, v);
            break;
        case ATTR_GRANT_SOURCE: /* "this topic may call it" */
            fine = !str_starts(v, STR("arn:")) ||
                   add(is_gateway(e, v) ? &f->gateways : &f->sources, v);
            break;
        case ATTR_FRONT_DOOR:
            fine = add(&f->gateways, v);
            break;
        default:
            break;
        }
    }
    return fine;
}

static struct str caller_of(const struct event *e)
{
    if (e->who.invoked_by.len > 0) {
        return e->who.invoked_by;
    }
    bool named = e->actor != NULL && e->actor->kind != IDENTITY_ANONYMOUS &&
                 e->actor->kind != IDENTITY_UNKNOWN;
    return named ? e->actor->root : e->address.len > 0 ? e->address : STR("nobody named");
}

static bool add_caller(struct builder *b, struct estate_function *f, const struct event *e)
{
    struct str key;
    struct str who = caller_of(e);
    size_t number = (size_t)(f - b->estate->functions.at);
    if (!arena_printf(&b->scratch, &key, "%zu %.*s", number, STR_ARG(who))) {
        return false;
    }
    struct map_entry *m = map_find(&b->callers, key);
    if (m == NULL && f->callers.len >= ESTATE_CALLERS_MAX) {
        f->more_callers += e->count;
        return true;
    }
    if (m == NULL) {
        struct estate_caller fresh = {.who = who, .first_us = TIME_NONE, .last_us = TIME_NONE};
        m = map_put(&b->callers, key);
        if (m == NULL || !VEC_PUSH(&f->callers, fresh)) {
            return false;
        }
        m->value = (void *)(uintptr_t)f->callers.len;
    }
    struct estate_caller *c = &f->callers.at[(size_t)(uintptr_t)m->value - 1];
    c->count += e->count;
    c->first_us = c->first_us == TIME_NONE ? e->time_us : c->first_us;
    c->last_us = e->last_us > c->last_us ? e->last_us : c->last_us;
    return true;
}

static bool take(struct builder *b, struct event *e)
{
    const struct function *known = inventory_replay(b->estate->inventory, e);
    if (known == NULL) {
        return !inventory_out_of_memory(b->estate->inventory);
    }
    struct estate_function *f = function_of(b, known);
    if (f == NULL) {
        return false;
    }
    f->events += e->count;
    if (e->time_us != TIME_NONE) {
        f->first_us = f->first_us == TIME_NONE ? e->time_us : f->first_us;
        f->last_us = e->last_us > f->last_us ? e->last_us : f->last_us;
    }
    f->runs += e->kind == EVENT_RUN ? e->count : 0;
    f->metric_calls += e->kind == EVENT_RATE ? e->count : 0;
    bool done = e->outcome == OUTCOME_OK && !event_has(e, ATTR_DRY_RUN);
    if (e->kind == EVENT_CHANGE && done) {
        f->last_change = e;
        return add_sources(f, e);
    }
    return e->kind != EVENT_INVOKE || add_caller(b, f, e);
}

/* ---- all of them ---- */

static int by_count(const void *a, const void *b)
{
    const struct estate_caller *x = a;
    const struct estate_caller *y = b;
    return x->count != y->count ? (x->count < y->count) - (x->count > y->count)
                                : str_cmp(x->who, y->who);
}

static int by_key(const void *a, const void *b)
{
    const struct estate_function *x = a;
    const struct estate_function *y = b;
    return str_cmp(x->function->text, y->function->text);
}

/* Functions that only a list tells of. */
static bool add_listed(struct builder *b)
{
    const struct inventory *inv = b->estate->inventory;
    bool fine = true;
    for (size_t i = 0; fine && i < inventory_functions(inv); i++) {
        fine = function_of(b, inventory_function_at(inv, i)) != NULL;
    }
    for (size_t i = 0; fine && i < inventory_waiting(inv); i++) {
        const struct function *f = inventory_waiting_at(inv, i);
        fine = f == NULL || function_of(b, f) != NULL;
    }
    return fine;
}

static void finish(struct estate *e)
{
    for (size_t i = 0; i < e->functions.len; i++) {
        struct estate_function *f = &e->functions.at[i];
        if (f->callers.len > 1) {
            qsort(f->callers.at, f->callers.len, sizeof(*f->callers.at), by_count);
        }
    }
    if (e->functions.len > 1) {
        qsort(e->functions.at, e->functions.len, sizeof(*e->functions.at), by_key);
    }
    e->from_us = e->to_us = TIME_NONE;
    for (size_t i = 0; i < e->scan.seen.len; i++) {
        const struct seen_account *s = &e->scan.seen.at[i];
        if (s->first_us != TIME_NONE && (e->from_us == TIME_NONE || s->first_us < e->from_us)) {
            e->from_us = s->first_us;
        }
        e->to_us = s->last_us > e->to_us ? s->last_us : e->to_us;
    }
}

static enum err_code replay_all(struct estate *e, struct err *err)
{
    struct builder b = {.estate = e};
    e->inventory = inventory_new(e->setup.context);
    if (e->inventory == NULL ||
        !inventory_join_operations(e->inventory, e->scan.events.at, &e->scan.events.len)) {
        return no_memory(err);
    }
    enum err_code rc = inventory_resolve(e->inventory, e->scan.events.at, e->scan.events.len, err);
    bool fine = true;
    for (size_t i = 0; rc == ERR_OK && fine && i < e->scan.events.len; i++) {
        fine = take(&b, e->scan.events.at[i]);
    }
    fine = fine && add_listed(&b);
    map_free(&b.index);
    map_free(&b.callers);
    arena_free(&b.scratch);
    if (rc == ERR_OK && (!fine || inventory_out_of_memory(e->inventory))) {
        rc = no_memory(err);
    }
    if (rc == ERR_OK) {
        finish(e);
    }
    return rc;
}

enum err_code estate_build(const struct triage_options *o, struct estate **out, struct err *err)
{
    struct estate *e = mem_alloc(1, sizeof(*e));
    if (e == NULL) {
        return no_memory(err);
    }
    enum err_code rc = setup_load(o, &e->setup, err);
    rc = rc ? rc
            : input_list_build(o->paths, o->path_count, o->since_us, &e->texts, &e->inputs, err);
    rc = rc ? rc : scan_run(&e->setup, o, &e->inputs, &e->scan, err);
    rc = rc ? rc : replay_all(e, err);
    if (rc) {
        estate_free(e);
        return rc;
    }
    *out = e;
    return ERR_OK;
}
