#include "case/join.h"

#include <stdlib.h>

/* One finding at one entity, from its first to its last event there. */
struct link {
    size_t finding;
    int64_t from_us;
    int64_t to_us;
    bool core; /* the finding makes a case by itself */
};

/* Up to six distinct texts: one more than may share an entity. */
struct sharers {
    struct str at[JOIN_SHARED_MAX + 1];
    size_t len;
};

struct entity {
    bool barred; /* never joins: shared infrastructure, pipeline, service */
    struct sharers actors;
    struct sharers functions;
    struct {
        VEC_OF(struct link);
    } links;
};

struct joining {
    const struct finding_list *findings;
    const struct context *context;
    const struct intel *intel;
    struct arena arena;
    struct map entities;
    size_t *parent; /* union-find; the root is the smallest index */
};

static void joining_free(struct joining *j)
{
    for (size_t i = 0; i < j->entities.len; i++) {
        struct entity *e = j->entities.at[i].value;
        if (e != NULL) {
            VEC_FREE(&e->links);
        }
    }
    map_free(&j->entities);
    arena_free(&j->arena);
    mem_free(j->parent);
}

/* ---- entities ---- */

static void share(struct sharers *s, struct str text)
{
    if (text.len == 0 || s->len > JOIN_SHARED_MAX) {
        return;
    }
    for (size_t i = 0; i < s->len; i++) {
        if (str_eq(s->at[i], text)) {
            return;
        }
    }
    s->at[s->len++] = text;
}

/* What is watched asks sooner: there a low finding makes a case by itself. */
static bool is_core(const struct context *c, const struct finding *f)
{
    bool watched = false;
    if (f->severity == SEVERITY_LOW && c != NULL && c->watched.len > 0) {
        for (size_t i = 0; !watched && i < f->events.len; i++) {
            watched = context_watch_of(c, f->events.at[i]) != NULL;
        }
    }
    return (f->severity >= SEVERITY_MEDIUM || watched) && !f->detection->is_posture;
}

static bool touch(struct joining *j, struct entity *e, size_t finding, const struct event *ev)
{
    int64_t to = ev->last_us > ev->time_us ? ev->last_us : ev->time_us;
    if (e->links.len > 0 && e->links.at[e->links.len - 1].finding == finding) {
        struct link *l = &e->links.at[e->links.len - 1];
        /* Events come in order, so an undated one can only be the first. */
        l->from_us = l->from_us == TIME_NONE ? ev->time_us : l->from_us;
        l->to_us = to > l->to_us ? to : l->to_us;
        return true;
    }
    struct link l = {finding, ev->time_us, to, is_core(j->context, j->findings->at[finding])};
    return VEC_PUSH(&e->links, l);
}

static struct entity *entity_of(struct joining *j, char kind, struct str text, bool *fresh)
{
    struct str key;
    if (!arena_printf(&j->arena, &key, "%c%.*s", kind, STR_ARG(text))) {
        return NULL;
    }
    struct map_entry *entry = map_put(&j->entities, key);
    if (entry == NULL) {
        return NULL;
    }
    *fresh = entry->value == NULL;
    if (*fresh) {
        entry->value = ARENA_NEW(&j->arena, struct entity);
    }
    return entry->value;
}

static bool is_shared_address(const struct joining *j, const struct ip *ip)
{
    enum range_kind kind;
    if (env_range_of(&j->context->env, ip, &kind) &&
        (kind == RANGE_NAT || kind == RANGE_CI || kind == RANGE_PROXY)) {
        return true;
    }
    return j->intel != NULL && intel_range_of(j->intel, ip).len > 0;
}

static bool actor_joins(const struct event *e)
{
    if (e->actor == NULL) {
        return e->who.kind != IDENTITY_SERVICE && e->who.kind != IDENTITY_ANONYMOUS;
    }
    return e->actor->kind != IDENTITY_SERVICE && e->actor->kind != IDENTITY_ANONYMOUS &&
           !e->actor->pipeline;
}

/* ---- links ---- */

static bool link_one(struct joining *j, char kind, struct str text, bool barred, size_t finding,
                     const struct event *ev, struct str function)
{
    bool fresh = false;
    if (text.len == 0) {
        return true;
    }
    struct entity *e = entity_of(j, kind, text, &fresh);
    if (e == NULL) {
        return false;
    }
    if (fresh && kind == 'i') {
        barred = is_shared_address(j, &ev->ip);
    }
    e->barred = e->barred || barred;
    if (kind != 'a') {
        share(&e->actors, ev->actor != NULL ? ev->actor->root : ev->who.principal);
    }
    if (kind != 'f') {
        share(&e->functions, function);
    }
    return touch(j, e, finding, ev);
}

static bool link_event(struct joining *j, size_t finding, const struct event *ev, bool by_function)
{
    struct str function = STR_EMPTY;
    struct str root = ev->actor != NULL ? ev->actor->root : STR_EMPTY;
    bool named = actor_joins(ev);
    bool ok = true;
    if (ev->function.name.len > 0) {
        ok = function_key_text(&ev->function, &j->arena, &function);
        ok = ok && (!by_function || link_one(j, 'f', function, false, finding, ev, STR_EMPTY));
    }
    /* One deployment is one thing, however many functions it touches. */
    if (ev->deployment != NULL) {
        function = ev->deployment->id;
    }
    return ok && link_one(j, 'a', root, !named, finding, ev, function) &&
           link_one(j, 's', ev->who.access_key, !named, finding, ev, function) &&
           link_one(j, 'i', ev->address, false, finding, ev, function);
}

static enum err_code link_all(struct joining *j)
{
    for (size_t i = 0; i < j->findings->len; i++) {
        const struct finding *f = j->findings->at[i];
        if (f->detection->is_posture) {
            continue;
        }
        bool by_function =
            f->detection->entity == ENTITY_FUNCTION || f->functions.len <= JOIN_SHARED_MAX;
        for (size_t k = 0; k < f->events.len; k++) {
            if (!link_event(j, i, f->events.at[k], by_function)) {
                return ERR_NOMEM;
            }
        }
    }
    return ERR_OK;
}

static bool entity_joins(const struct entity *e)
{
    return !e->barred && e->actors.len <= JOIN_SHARED_MAX && e->functions.len <= JOIN_SHARED_MAX;
}

/* ---- groups ---- */

static size_t root_of(struct joining *j, size_t i)
{
    while (j->parent[i] != i) {
        j->parent[i] = j->parent[j->parent[i]];
        i = j->parent[i];
    }
    return i;
}

static void unite(struct joining *j, size_t a, size_t b)
{
    a = root_of(j, a);
    b = root_of(j, b);
    if (a < b) {
        j->parent[b] = a;
    } else {
        j->parent[a] = b;
    }
}

static int by_time(const void *x, const void *y)
{
    const struct link *a = x;
    const struct link *b = y;
    if (a->from_us != b->from_us) {
        return a->from_us < b->from_us ? -1 : 1;
    }
    return (a->finding > b->finding) - (a->finding < b->finding);
}

/* Undated links are near undated ones only. */
static bool is_near(int64_t to_us, int64_t from_us)
{
    if (to_us == TIME_NONE || from_us == TIME_NONE) {
        return to_us == from_us;
    }
    return from_us <= to_us || from_us - to_us <= JOIN_WINDOW_US;
}

/* Links are in order of time: chain those whose gap is at most a day. */
static void unite_core(struct joining *j, const struct entity *e)
{
    const struct link *last = NULL;
    int64_t to_us = TIME_NONE;
    for (size_t i = 0; i < e->links.len; i++) {
        const struct link *l = &e->links.at[i];
        if (!l->core) {
            continue;
        }
        if (last != NULL && is_near(to_us, l->from_us)) {
            unite(j, last->finding, l->finding);
        }
        to_us = last == NULL || l->to_us > to_us ? l->to_us : to_us;
        last = l;
    }
}

/* Give each low finding at this entity the first core finding that is near. */
static void attach_low(const struct entity *e, size_t *host)
{
    for (size_t i = 0; i < e->links.len; i++) {
        const struct link *low = &e->links.at[i];
        for (size_t k = 0; k < e->links.len && !low->core; k++) {
            const struct link *c = &e->links.at[k];
            if (c->core && c->finding < host[low->finding] && is_near(low->to_us, c->from_us) &&
                is_near(c->to_us, low->from_us)) {
                host[low->finding] = c->finding;
            }
        }
    }
}

static void group_all(struct joining *j, size_t *group)
{
    for (size_t i = 0; i < j->findings->len; i++) {
        group[i] = is_core(j->context, j->findings->at[i]) ? i : JOIN_NO_CASE;
    }
    for (size_t i = 0; i < j->entities.len; i++) {
        struct entity *e = j->entities.at[i].value;
        if (entity_joins(e)) {
            qsort(e->links.at, e->links.len, sizeof(*e->links.at), by_time);
            unite_core(j, e);
            attach_low(e, group);
        }
    }
    for (size_t i = 0; i < j->findings->len; i++) {
        group[i] = group[i] == JOIN_NO_CASE ? JOIN_NO_CASE : root_of(j, group[i]);
    }
}

enum err_code join_findings(const struct finding_list *findings, const struct context *c,
                            const struct intel *intel, size_t *group, struct err *err)
{
    CLEANUP(joining_free)
    struct joining j = {.findings = findings, .context = c, .intel = intel};
    j.parent = mem_alloc(findings->len, sizeof(*j.parent));
    if (j.parent == NULL || link_all(&j) != ERR_OK) {
        return err_set(err, ERR_NOMEM, "joining %zu findings to cases: out of memory",
                       findings->len);
    }
    for (size_t i = 0; i < findings->len; i++) {
        j.parent[i] = i;
    }
    group_all(&j, group);
    return ERR_OK;
}
