/*
 * What is known of a pair of values of a source's index fields: the rules that a record of it can
 * match.
 *
 * Pairs are learned as they come and shared by all threads: an open table of pointers that are
 * set once. Traffic has a few hundred pairs; whoever writes made-up ones into a log can fill the
 * table and no more, and what is not kept is worked out anew.
 */
#include <stdatomic.h>
#include <string.h>

#include "base/hash.h"
#include "base/mem.h"
#include "rule/rule_priv.h"

enum { SLOTS = 8192, PAIRS_MAX = 4096, PROBES_MAX = 64, KEY_MAX = 512, QUICK = 1024 };

struct pair {
    struct pair_key key; /* texts behind the candidates, in the same block */
    struct candidates can;
};

struct pairs {
    atomic_uint used;
    _Atomic(struct pair *) slot[SLOTS];
    /* The pair seen last at a cheap hash that anybody can compute: a short cut, verified, that an
     * attacker can at most make useless. */
    _Atomic(const struct pair *) quick[QUICK];
};

struct pairs *pairs_new(void)
{
    return mem_alloc(1, sizeof(struct pairs));
}

void pairs_free(struct pairs *p)
{
    for (size_t i = 0; p != NULL && i < SLOTS; i++) {
        mem_free(atomic_load_explicit(&p->slot[i], memory_order_relaxed));
    }
    mem_free(p);
}

bool rule_can_match(const struct binding *b, const struct pair_key *k)
{
    struct subject s = {.pair = k};
    return expr_eval(b->when, &s) != TRUTH_NO;
}

/* Rules in groups are found by another value. */
static bool is_candidate(const struct binding *b, const struct pair_key *k)
{
    return !b->grouped && rule_can_match(b, k);
}

static char *copy_text(struct json_view *v, char *to)
{
    if (v->len != 0) {
        memcpy(to, v->ptr, v->len);
    }
    v->ptr = to;
    return to + v->len;
}

/* One block: the pair, its candidates, its texts. */
static struct pair *make(const struct pair_key *k)
{
    const struct rule_log *log = k->log;
    size_t count = 0;
    for (size_t i = 0; i < log->bound.len; i++) {
        count += is_candidate(log->bound.at[i], k) ? 1 : 0;
    }
    struct pair *p = mem_alloc(1, sizeof(*p) + count * sizeof(struct binding *) + k->value[0].len +
                                      k->value[1].len);
    if (p == NULL) {
        return NULL;
    }
    const struct binding **at = (const struct binding **)(p + 1);
    p->key = *k;
    (void)copy_text(&p->key.value[1], copy_text(&p->key.value[0], (char *)(at + count)));
    p->can = (struct candidates){.at = at, .count = count};
    for (size_t i = 0, n = 0; n < count; i++) {
        if (is_candidate(log->bound.at[i], k)) {
            p->can.deep = p->can.deep || log->bound.at[i]->deep;
            at[n++] = log->bound.at[i];
        }
    }
    return p;
}

static uint64_t edge(struct json_view s, bool front)
{
    uint64_t v = 0;
    size_t n = s.len < sizeof(v) ? s.len : sizeof(v);
    if (n != 0) {
        memcpy(&v, front ? s.ptr : s.ptr + s.len - n, n);
    }
    return v;
}

static size_t quick_slot(const struct pair_key *k)
{
    const struct json_view *a = &k->value[0];
    const struct json_view *b = &k->value[1];
    uint64_t h = (edge(*b, true) ^ b->len) * UINT64_C(0x9E3779B97F4A7C15);
    h = (h ^ edge(*b, false)) * UINT64_C(0xC2B2AE3D27D4EB4F);
    h = (h ^ h >> 32 ^ edge(*a, true) ^ a->len) * UINT64_C(0x9E3779B97F4A7C15);
    return (size_t)(h >> 32) % QUICK;
}

static bool same_view(const struct json_view *a, const struct json_view *b)
{
    return a->kind == b->kind && a->len == b->len &&
           (a->len == 0 || memcmp(a->ptr, b->ptr, a->len) == 0);
}

static bool is_pair(const struct pair *p, const struct pair_key *k)
{
    return p->key.log == k->log && same_view(&p->key.value[1], &k->value[1]) &&
           same_view(&p->key.value[0], &k->value[0]);
}

static uint64_t hash_of(const struct pair_key *k)
{
    uint64_t h = hash_u64((uint64_t)(uintptr_t)k->log);
    for (size_t i = 0; i < RULE_INDEX_FIELDS; i++) {
        const struct json_view *v = &k->value[i];
        h = hash_u64(h + hash_str(str_make(v->len == 0 ? "" : v->ptr, v->len)) + v->kind);
    }
    return h;
}

/* Put a new pair into the first free slot from `at` on. Another thread may have been faster: then
 * its pair is as good. */
static const struct pair *keep(struct pairs *t, struct pair *fresh, size_t at)
{
    for (size_t i = 0; i < PROBES_MAX; i++) {
        struct pair *there = NULL;
        _Atomic(struct pair *) *slot = &t->slot[(at + i) % SLOTS];
        if (atomic_compare_exchange_strong_explicit(slot, &there, fresh, memory_order_acq_rel,
                                                    memory_order_acquire)) {
            return fresh;
        }
        if (is_pair(there, &fresh->key)) {
            mem_free(fresh);
            return there;
        }
    }
    mem_free(fresh);
    return NULL;
}

/* The pair's entry, made when it is new; NULL when it is not kept. */
static const struct pair *find(struct pairs *t, const struct pair_key *k)
{
    size_t at = (size_t)hash_of(k) % SLOTS;
    for (size_t i = 0; i < PROBES_MAX; i++) {
        const struct pair *p =
            atomic_load_explicit(&t->slot[(at + i) % SLOTS], memory_order_acquire);
        if (p == NULL) {
            break;
        }
        if (is_pair(p, k)) {
            return p;
        }
    }
    if (atomic_fetch_add_explicit(&t->used, 1, memory_order_relaxed) >= PAIRS_MAX) {
        atomic_store_explicit(&t->used, PAIRS_MAX, memory_order_relaxed);
        return NULL;
    }
    struct pair *fresh = make(k);
    return fresh == NULL ? NULL : keep(t, fresh, at);
}

bool pairs_get(const struct rule_set *s, const struct pair_key *k, struct candidates *out)
{
    struct pairs *t = s->pairs;
    if (!s->compiled || (size_t)k->value[0].len + k->value[1].len > KEY_MAX) {
        return false;
    }
    _Atomic(const struct pair *) *quick = &t->quick[quick_slot(k)];
    const struct pair *p = atomic_load_explicit(quick, memory_order_acquire);
    if (p == NULL || !is_pair(p, k)) {
        p = find(t, k);
        if (p == NULL) {
            return false;
        }
        atomic_store_explicit(quick, p, memory_order_release);
    }
    *out = p->can;
    return true;
}
