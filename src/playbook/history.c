#include "playbook/history.h"

#include "base/map.h"
#include "base/mem.h"

/* Events of one key, contiguous in `order`. */
struct group {
    size_t first, len, filled;
};

struct history {
    struct arena arena;
    struct map actors;    /* address of the actor -> group */
    struct map functions; /* text of the key -> group */
    struct map calls;     /* accounts with data events */
    const struct event **by_actor;
    const struct event **by_function;
    size_t actor_total, function_total;
};

/* A map keyed by pointer: the key is the pointer's own bytes, kept in the arena. */
static struct str pointer_key(const void *const *p)
{
    return str_make((const char *)p, sizeof(*p));
}

static struct group *group_of(struct history *h, struct map *m, struct str key)
{
    struct map_entry *e = map_intern(m, &h->arena, key);
    if (e == NULL) {
        return NULL;
    }
    if (e->value == NULL) {
        e->value = ARENA_NEW(&h->arena, struct group);
    }
    return e->value;
}

static bool function_text(const struct event *e, struct arena *scratch, struct str *out)
{
    arena_reset(scratch);
    return function_key_text(&e->function, scratch, out);
}

static bool note_account(struct history *h, const struct event *e)
{
    if (e->kind != EVENT_INVOKE && !(e->data_event && e->function.name.len != 0)) {
        return true;
    }
    return map_intern(&h->calls, &h->arena, e->account) != NULL;
}

static bool count_event(struct history *h, const struct event *e, struct arena *scratch)
{
    if (e->actor != NULL) {
        const void *p = e->actor;
        struct group *g = group_of(h, &h->actors, pointer_key(&p));
        if (g == NULL) {
            return false;
        }
        g->len++;
        h->actor_total++;
    }
    if (e->function.name.len != 0) {
        struct str text;
        struct group *g =
            function_text(e, scratch, &text) ? group_of(h, &h->functions, text) : NULL;
        if (g == NULL) {
            return false;
        }
        g->len++;
        h->function_total++;
    }
    return note_account(h, e);
}

static void place(struct map *m)
{
    size_t at = 0;
    for (size_t i = 0; i < m->len; i++) {
        struct group *g = m->at[i].value;
        g->first = at;
        at += g->len;
    }
}

static bool fill_event(struct history *h, const struct event *e, struct arena *scratch)
{
    if (e->actor != NULL) {
        const void *p = e->actor;
        struct group *g = map_get(&h->actors, pointer_key(&p));
        h->by_actor[g->first + g->filled++] = e;
    }
    if (e->function.name.len != 0) {
        struct str text;
        if (!function_text(e, scratch, &text)) {
            return false;
        }
        struct group *g = map_get(&h->functions, text);
        h->by_function[g->first + g->filled++] = e;
    }
    return true;
}

enum err_code history_new(const struct event *const *events, size_t count, struct history **out,
                          struct err *err)
{
    CLEANUP(arena_free) struct arena scratch;
    arena_init(&scratch, 0);
    struct history *h = mem_alloc(1, sizeof(*h));
    bool ok = h != NULL;
    if (ok) {
        arena_init(&h->arena, 0);
    }
    for (size_t i = 0; ok && i < count; i++) {
        ok = count_event(h, events[i], &scratch);
    }
    if (ok) {
        place(&h->actors);
        place(&h->functions);
        h->by_actor = mem_alloc(h->actor_total, sizeof(*h->by_actor));
        h->by_function = mem_alloc(h->function_total, sizeof(*h->by_function));
        ok = h->by_actor != NULL && h->by_function != NULL;
    }
    for (size_t i = 0; ok && i < count; i++) {
        ok = fill_event(h, events[i], &scratch);
    }
    if (!ok) {
        history_free(h);
        return err_set(err, ERR_NOMEM, "no memory to keep %zu events by actor and function", count);
    }
    *out = h;
    return ERR_OK;
}

void history_free(struct history *h)
{
    if (h == NULL) {
        return;
    }
    map_free(&h->actors);
    map_free(&h->functions);
    map_free(&h->calls);
    mem_free(h->by_actor);
    mem_free(h->by_function);
    arena_free(&h->arena);
    mem_free(h);
}

struct history_slice history_of_actor(const struct history *h, const struct actor *a)
{
    const void *p = a;
    const struct group *g = h == NULL || a == NULL ? NULL : map_get(&h->actors, pointer_key(&p));
    return g == NULL ? (struct history_slice){0}
                     : (struct history_slice){h->by_actor + g->first, g->len};
}

struct history_slice history_of_function(const struct history *h, const struct function_key *k)
{
    CLEANUP(arena_free) struct arena scratch;
    arena_init(&scratch, 0);
    struct str text;
    const struct group *g = NULL;
    if (h != NULL && k->name.len != 0 && function_key_text(k, &scratch, &text)) {
        g = map_get(&h->functions, text);
    }
    return g == NULL ? (struct history_slice){0}
                     : (struct history_slice){h->by_function + g->first, g->len};
}

/* First position whose time is not before `us`. */
static size_t lower_bound(struct history_slice s, int64_t us)
{
    size_t low = 0;
    size_t high = s.len;
    while (low < high) {
        size_t mid = low + (high - low) / 2;
        if (s.at[mid]->time_us < us) {
            low = mid + 1;
        } else {
            high = mid;
        }
    }
    return low;
}

struct history_slice history_between(struct history_slice s, int64_t from_us, int64_t to_us)
{
    size_t from = lower_bound(s, from_us);
    size_t to = lower_bound(s, to_us);
    return (struct history_slice){s.at == NULL ? NULL : s.at + from, to > from ? to - from : 0};
}

bool history_logs_calls(const struct history *h, struct str account)
{
    return h != NULL && map_find(&h->calls, account) != NULL;
}
