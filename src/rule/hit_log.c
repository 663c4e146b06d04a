#include "rule/hit_log.h"

#include <stdlib.h>
#include <string.h>

#include "base/hash.h"
#include "base/mem.h"
#include "base/timefmt.h"

/* Distinct values are the attacker's to make up. */
enum { KEYS_BYTES_MAX = 96 * 1024 * 1024, VALUE_BYTES_MAX = 4096 };

struct hit_log *hit_log_new(const struct rule_set *s, size_t limit)
{
    struct hit_log *l = mem_alloc(1, sizeof(*l));
    if (l != NULL) {
        l->set = s;
        l->limit = limit;
        arena_init(&l->arena, 0);
        buf_init(&l->text, 0);
    }
    return l;
}

void hit_log_free(struct hit_log *l)
{
    if (l == NULL) {
        return;
    }
    map_free(&l->keys);
    VEC_FREE(&l->hits);
    arena_free(&l->arena);
    buf_free(&l->text);
    mem_free(l);
}

uint64_t hit_log_evicted(const struct hit_log *l)
{
    return l->evicted;
}

uint64_t hit_log_undated(const struct hit_log *l)
{
    return l->undated;
}

bool rule_matcher_counted(const struct rule_matcher *m)
{
    return m->leaf_count != 0;
}

/* ---- keys ---- */

static void add_number(struct buf *b, uint64_t n)
{
    buf_add(b, str_make((const char *)&n, sizeof(n)));
}

static bool is_asked(const struct rule_matcher *m, size_t position)
{
    for (size_t i = 0; i < m->leaf_count; i++) {
        for (size_t k = 0; k < m->leaves[i]->watched.len; k++) {
            if (m->leaves[i]->watched.at[k] == position) {
                return true;
            }
        }
    }
    return false;
}

/* Log, rules, and each value with its length; UINT64_MAX for none. The order of all of these is
 * that of the rule set, so the text is the same in every thread. */
static void key_text(struct hit_log *l, struct rule_matcher *m, const struct json_record *r)
{
    const struct rule_log *log = m->last;
    buf_reset(&l->text);
    add_number(&l->text, (uint64_t)(log - l->set->logs));
    add_number(&l->text, m->leaf_count);
    for (size_t i = 0; i < m->leaf_count; i++) {
        add_number(&l->text, m->leaves[i]->rule->number);
    }
    for (size_t i = 0; i < log->watched.len; i++) {
        struct str value;
        bool full = false;
        if (!is_asked(m, i) || !field_value_text(m, log->watched.at[i], r, &value, &full)) {
            add_number(&l->text, UINT64_MAX);
            l->text.failed = l->text.failed || full;
            continue;
        }
        value = str_head(value, VALUE_BYTES_MAX);
        add_number(&l->text, value.len);
        buf_add(&l->text, value);
    }
    arena_reset(&m->scratch);
}

static uint64_t take_number(struct str *s)
{
    uint64_t n = 0;
    memcpy(&n, s->ptr, sizeof(n));
    *s = str_from(*s, sizeof(n));
    return n;
}

/* The key that a text says; the text is ours. */
static struct hit_key *key_of(struct hit_log *l, struct str text)
{
    struct hit_key *k = ARENA_NEW(&l->arena, struct hit_key);
    if (k == NULL) {
        return NULL;
    }
    k->text = text;
    k->log = &l->set->logs[take_number(&text)];
    k->leaf_count = (size_t)take_number(&text);
    const struct rule **leaf = ARENA_ARRAY(&l->arena, const struct rule *, k->leaf_count + 1);
    struct str *value = ARENA_ARRAY(&l->arena, struct str, k->log->watched.len + 1);
    if (leaf == NULL || value == NULL) {
        return NULL;
    }
    for (size_t i = 0; i < k->leaf_count; i++) {
        leaf[i] = l->set->rules.at[take_number(&text)];
    }
    for (size_t i = 0; i < k->log->watched.len; i++) {
        uint64_t len = take_number(&text);
        value[i] = (struct str){0};
        if (len != UINT64_MAX) {
            value[i] = len == 0 ? STR_EMPTY : str_head(text, (size_t)len);
            text = str_from(text, (size_t)len);
        }
    }
    k->leaf = leaf;
    k->value = value;
    return k;
}

static const struct hit_key *intern(struct hit_log *l, struct str text)
{
    struct map_entry *e = map_intern(&l->keys, &l->arena, text);
    if (e != NULL && e->value == NULL) {
        e->value = key_of(l, e->key);
    }
    return e == NULL ? NULL : e->value;
}

/* ---- hits ---- */

static int hit_cmp(const void *x, const void *y)
{
    const struct hit *a = x;
    const struct hit *b = y;
    if (a->time_us != b->time_us) {
        return a->time_us < b->time_us ? -1 : 1;
    }
    return a->key == b->key ? 0 : str_cmp(a->key->text, b->key->text);
}

/* Copy what is left into memory of its own: the keys of what was let go are not needed. */
static bool rebuild(struct hit_log *l, size_t from)
{
    struct arena old = l->arena;
    arena_init(&l->arena, 0);
    map_free(&l->keys);
    l->keys = (struct map){0};
    bool ok = true;
    size_t kept = 0;
    for (size_t i = from; ok && i < l->hits.len; i++) {
        struct hit h = l->hits.at[i];
        h.key = intern(l, h.key->text);
        l->hits.at[kept++] = h;
        ok = h.key != NULL;
    }
    l->hits.len = ok ? kept : 0;
    memset(l->lately, 0, sizeof(l->lately));
    arena_free(&old);
    return ok;
}

static bool let_go(struct hit_log *l, size_t keep)
{
    size_t from = l->hits.len > keep ? l->hits.len - keep : 0;
    for (size_t i = 0; i < from; i++) {
        l->evicted += l->hits.at[i].count;
    }
    return from == 0 || rebuild(l, from);
}

bool hit_log_settle(struct hit_log *l)
{
    if (l->hits.len > 1) {
        qsort(l->hits.at, l->hits.len, sizeof(*l->hits.at), hit_cmp);
        memset(l->lately, 0, sizeof(l->lately));
    }
    return let_go(l, l->limit);
}

/* Letting go makes the keys anew, so it comes before one is taken. */
static bool make_room(struct hit_log *l)
{
    if (l->hits.len < l->limit * 2 && l->arena.used <= KEYS_BYTES_MAX) {
        return true;
    }
    return hit_log_settle(l) && (l->arena.used <= KEYS_BYTES_MAX || let_go(l, l->hits.len / 2));
}

static bool add(struct hit_log *l, int64_t time_us, struct str key_text, void *ref, uint64_t count)
{
    const struct hit_key *key = make_room(l) ? intern(l, key_text) : NULL;
    if (key == NULL) {
        return false;
    }
    uint64_t hash =
        hash_u64((uint64_t)time_us + hash_u64((uint64_t)(uintptr_t)key) + (uint64_t)(uintptr_t)ref);
    uint32_t *slot = &l->lately[hash % HIT_CACHE];
    struct hit *last = *slot == 0 ? NULL : &l->hits.at[*slot - 1];
    if (last != NULL && last->time_us == time_us && last->key == key && last->ref == ref) {
        last->count += count;
        return true;
    }
    struct hit h = {.time_us = time_us, .key = key, .ref = ref, .count = count};
    *slot = (uint32_t)l->hits.len + 1;
    return VEC_PUSH(&l->hits, h);
}

bool hit_log_add(struct hit_log *l, struct rule_matcher *m, const struct json_record *r,
                 int64_t time_us, void *ref)
{
    if (m->leaf_count == 0) {
        return true;
    }
    if (time_us == TIME_NONE) {
        l->undated++;
        return true;
    }
    key_text(l, m, r);
    return !l->text.failed && add(l, time_us, buf_str(&l->text), ref, 1);
}

bool hit_log_merge(struct hit_log *into, struct hit_log *from)
{
    for (size_t i = 0; i < from->hits.len; i++) {
        const struct hit *h = &from->hits.at[i];
        if (!add(into, h->time_us, h->key->text, h->ref, h->count)) {
            return false;
        }
    }
    into->evicted += from->evicted;
    into->undated += from->undated;
    from->hits.len = 0;
    from->evicted = from->undated = 0;
    return true;
}
