/*
 * The scanner's own copy of the wanted paths. It also holds the keys that were met and that nobody
 * wants, LEARN_MAX an object, so that guessing the next key works for them too and a hostile
 * record cannot make it grow.
 */
#include <string.h>

#include "base/hash.h"
#include "codec/json_priv.h"

enum {
    LEARN_MAX = 500,
    CHUNK = 32,        /* entries that are allocated together */
    PROBES = 16,       /* steps in the table before a key counts as unknown */
    SEEN_SLOTS = 4096, /* above 2 * JSON_KEYS_MAX: never full */
    SCANNER_BYTES_MAX = 256 * 1024 * 1024
};
_Static_assert(sizeof(struct json_entry) == 64, "an entry is a cache line");
_Static_assert(SEEN_SLOTS > 2 * JSON_KEYS_MAX, "the table of keys must not fill");

/* ---- entries of one object ---- */

static uint64_t load_up_to_8(const char *p, size_t len)
{
    uint64_t v = 0;
    memcpy(&v, p, len < 8 ? len : 8);
    return v;
}

/* Quick rather than strong: collisions cost at most `probe_max` steps. */
static uint32_t key_hash(struct str key)
{
    uint64_t h = key.len;
    for (size_t at = 0; at < key.len; at += 8) {
        h = (h ^ load_up_to_8(key.ptr + at, key.len - at)) * 0x9e3779b97f4a7c15U;
        h ^= h >> 29;
    }
    return (uint32_t)(h >> 16);
}

static struct json_entry *entry_at(const struct json_node *n, unsigned index)
{
    return &n->chunk[index / CHUNK][index % CHUNK];
}

static const char *entry_key(const struct json_entry *e)
{
    return e->pattern_len != 0 ? e->pattern + 1 : e->key;
}

static struct json_entry *lookup(const struct json_node *n, struct str key)
{
    uint32_t at = key_hash(key);
    for (unsigned step = 0; step < n->probe_max; step++, at++) {
        unsigned index = n->table[at & n->table_mask];
        if (index == 0) {
            return NULL;
        }
        struct json_entry *e = entry_at(n, index - 1);
        if (e->key_len == key.len && memcmp(entry_key(e), key.ptr, key.len) == 0) {
            return e;
        }
    }
    return NULL;
}

/* May `"key":` be compared with the text as it stands? */
static bool is_literal(struct str key)
{
    for (size_t i = 0; i < key.len; i++) {
        unsigned char c = (unsigned char)key.ptr[i];
        if (c < 0x20 || c == '"' || c == '\\') {
            return false;
        }
    }
    return key.len + 3 <= JSON_PATTERN_MAX;
}

static bool fill_entry(struct arena *a, struct json_entry *e, struct str key)
{
    *e = (struct json_entry){.slot = -1, .key_len = (uint8_t)key.len};
    if (is_literal(key)) {
        e->pattern[0] = '"';
        memcpy(e->pattern + 1, key.ptr, key.len);
        e->pattern[key.len + 1] = '"';
        e->pattern[key.len + 2] = ':';
        e->pattern_len = (uint8_t)(key.len + 3);
        return true;
    }
    struct str copy;
    if (!arena_dup(a, key, &copy)) {
        return false;
    }
    e->key = copy.ptr;
    return true;
}

/* A free place in the table for the key, within `probes` steps, or NULL. */
static uint16_t *free_slot(const struct json_node *n, struct str key, unsigned probes,
                           unsigned *steps)
{
    uint32_t at = key_hash(key);
    for (unsigned step = 0; step < probes; step++, at++) {
        uint16_t *slot = &n->table[at & n->table_mask];
        if (*slot == 0) {
            *steps = step + 1;
            return slot;
        }
    }
    return NULL;
}

static struct json_entry *add_entry(struct arena *a, struct json_node *n, struct str key,
                                    unsigned probes)
{
    unsigned steps = 0;
    uint16_t *slot = free_slot(n, key, probes, &steps);
    if (slot == NULL || n->count == n->limit) {
        return NULL;
    }
    struct json_entry **chunk = &n->chunk[n->count / CHUNK];
    if (*chunk == NULL) {
        *chunk = ARENA_ARRAY(a, struct json_entry, CHUNK);
    }
    if (*chunk == NULL || !fill_entry(a, entry_at(n, n->count), key)) {
        n->limit = n->count; /* for good: a key must not be unknown first and known later */
        return NULL;
    }
    n->probe_max = steps > n->probe_max ? (uint16_t)steps : n->probe_max;
    struct json_entry *e = entry_at(n, n->count++);
    *slot = n->count;
    return e;
}

/* ---- the copy of the trie ---- */

static unsigned child_count(const struct json_paths *p, uint32_t node)
{
    unsigned count = 0;
    for (uint32_t at = p->nodes.at[node].child; at != 0; at = p->nodes.at[at].sibling) {
        count++;
    }
    return count;
}

static bool node_init(struct json_scanner *s, struct json_node *n, unsigned wanted)
{
    unsigned limit = wanted + LEARN_MAX;
    uint32_t slots = 1024;
    while (slots < 2 * limit) {
        slots *= 2;
    }
    n->limit = (uint16_t)limit;
    n->probe_max = PROBES;
    n->table_mask = slots - 1;
    n->head.slot = -1;
    n->other.slot = -1;
    n->table = ARENA_ARRAY(&s->arena, uint16_t, slots);
    n->chunk = ARENA_ARRAY(&s->arena, struct json_entry *, limit / CHUNK + 1);
    return n->table != NULL && n->chunk != NULL;
}

/* List every slot that ends at a member of `n` or further down. The children know theirs. */
static bool list_below(struct json_scanner *s, struct json_node *n)
{
    unsigned count = 0;
    for (unsigned i = 0; i < n->count; i++) {
        const struct json_entry *e = entry_at(n, i);
        count += (e->slot >= 0 ? 1U : 0U) + (e->child != NULL ? e->child->below_count : 0U);
    }
    n->below = ARENA_ARRAY(&s->arena, uint16_t, count);
    if (n->below == NULL) {
        return false;
    }
    for (unsigned i = 0; i < n->count; i++) {
        const struct json_entry *e = entry_at(n, i);
        if (e->slot >= 0) {
            n->below[n->below_count++] = (uint16_t)e->slot;
        }
        for (unsigned k = 0; e->child != NULL && k < e->child->below_count; k++) {
            n->below[n->below_count++] = e->child->below[k];
        }
    }
    return true;
}

/* Depth is bounded by JSON_PATH_SEGMENTS_MAX. */
static struct json_node *copy_node(struct json_scanner *s, const struct json_paths *p,
                                   uint32_t node, unsigned depth)
{
    struct json_node *n = ARENA_NEW(&s->arena, struct json_node);
    if (n == NULL || !node_init(s, n, child_count(p, node))) {
        return NULL;
    }
    n->root = depth == 0;
    n->depth = (uint8_t)depth;
    s->nodes[s->node_count++] = n;
    for (uint32_t at = p->nodes.at[node].child; at != 0; at = p->nodes.at[at].sibling) {
        struct json_entry *e = add_entry(&s->arena, n, p->nodes.at[at].key, n->table_mask);
        if (e == NULL) {
            return NULL;
        }
        e->slot = (int16_t)p->nodes.at[at].slot;
        if (p->nodes.at[at].child != 0) {
            e->child = copy_node(s, p, at, depth + 1);
            if (e->child == NULL) {
                return NULL;
            }
        }
    }
    return list_below(s, n) ? n : NULL;
}

bool json_learn_init(struct json_scanner *s, const struct json_paths *paths)
{
    arena_init(&s->arena, SCANNER_BYTES_MAX);
    s->nodes = ARENA_ARRAY(&s->arena, struct json_node *, paths->nodes.len);
    s->seen = ARENA_ARRAY(&s->arena, struct json_seen, SEEN_SLOTS);
    s->waiting = ARENA_ARRAY(&s->arena, struct json_waiting, child_count(paths, 0) + 1);
    if (s->nodes == NULL || s->seen == NULL || s->waiting == NULL) {
        return false;
    }
    s->root = copy_node(s, paths, 0, 0);
    return s->root != NULL;
}

int json_scanner_slot(const struct json_scanner *s, const struct str *keys, size_t count)
{
    const struct json_node *n = s->root;
    const struct json_entry *e = NULL;
    for (size_t i = 0; i < count; i++) {
        e = n == NULL || keys[i].len > JSON_PATH_KEY_MAX ? NULL : lookup(n, keys[i]);
        if (e == NULL) {
            return -1;
        }
        n = e->child;
    }
    return e == NULL ? -1 : e->slot;
}

/* ---- while scanning ---- */

static void note_duplicate(struct json_record *out, struct str raw)
{
    /* The walk of a subtree may have waited: the first in the text is the one to name. */
    if (!out->duplicate || raw.ptr < out->duplicate_key.ptr) {
        out->duplicate_key = raw;
    }
    out->duplicate = true;
}

/* The hash of what a key means, in pieces, so that it needs no memory. */
static uint64_t meaning_hash(struct str raw)
{
    char piece[256];
    uint64_t h = 0;
    while (raw.len > 0) {
        size_t n = json_decode(&raw, piece, sizeof(piece));
        h = hash_u64(h ^ hash_str((struct str){piece, n}));
    }
    return h;
}

static bool same_meaning(struct str a, struct str b)
{
    char x[4];
    char y[4];
    while (a.len > 0 && b.len > 0) {
        size_t n = json_decode(&a, x, sizeof(x));
        size_t m = json_decode(&b, y, sizeof(y));
        /* Both take as many whole characters as fit: equal texts give equal pieces. */
        if (n != m || memcmp(x, y, n) != 0) {
            return false;
        }
    }
    return a.len == b.len;
}

/* Keys at the top level that have no entry. */
static void see_key(struct json_walk *w, struct str raw)
{
    uint64_t hash = meaning_hash(raw);
    for (size_t at = hash;; at++) {
        struct json_seen *seen = &w->s->seen[at % SEEN_SLOTS];
        if (seen->stamp != w->s->stamp) {
            *seen = (struct json_seen){hash, raw.ptr, raw.len, w->s->stamp};
            return;
        }
        if (seen->hash == hash && same_meaning((struct str){seen->ptr, seen->len}, raw)) {
            note_duplicate(w->out, raw);
            return;
        }
    }
}

struct json_entry *json_learn_key(struct json_walk *w, struct json_node *n, struct str raw,
                                  bool escaped)
{
    char decoded[JSON_PATH_KEY_MAX + 4];
    struct str key = raw;
    struct str rest = STR_EMPTY;
    if (escaped) {
        rest = raw;
        key = (struct str){decoded, json_decode(&rest, decoded, sizeof(decoded))};
    }
    struct json_entry *e = NULL;
    if (key.len <= JSON_PATH_KEY_MAX && rest.len == 0) {
        e = lookup(n, key);
        if (e == NULL && key.len <= JSON_LEARN_KEY_MAX) {
            e = add_entry(&w->s->arena, n, key, PROBES);
        }
    }
    if (e != NULL) {
        return e;
    }
    if (n->root) {
        see_key(w, raw);
    }
    return &n->other;
}

void json_learn_again(struct json_walk *w, const struct json_node *n, const struct json_entry *e,
                      const char *key)
{
    if (e == &n->other || (!n->root && e->slot < 0 && e->child == NULL)) {
        return;
    }
    const char *close = key + 1;
    while (*close != '"') { /* it was found before, so it is there */
        close += *close == '\\' ? 2 : 1;
    }
    note_duplicate(w->out, str_make(key + 1, (size_t)(close - key - 1)));
}

void json_learn_through(struct json_record *out, const struct json_node *n, struct str array)
{
    for (unsigned i = 0; i < n->below_count; i++) {
        unsigned slot = n->below[i];
        if (!json_has(out, slot)) {
            out->have[slot / 64] |= (uint64_t)1 << (slot % 64);
            out->view[slot] = (struct json_view){.ptr = array.ptr,
                                                 .len = (uint32_t)array.len,
                                                 .kind = JSON_ARRAY,
                                                 .through = n->depth};
        }
    }
}

void json_learn_forget(struct json_scanner *s)
{
    for (size_t i = 0; i < s->node_count; i++) {
        struct json_node *n = s->nodes[i];
        for (unsigned k = 0; k < n->count; k++) {
            entry_at(n, k)->stamp = 0;
        }
        n->other.stamp = 0;
    }
    memset(s->seen, 0, SEEN_SLOTS * sizeof(*s->seen));
}
