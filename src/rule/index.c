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
#define BYTES_MAX ((size_t)32 << 20) /* of all pairs; rules that match any pair would need more */

struct pair {
    struct pair_key key; /* texts behind the candidates, in the same block */
    struct candidates can;
};

struct pairs {
    atomic_uint used;
    atomic_size_t bytes;
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

bool rule_is_deep(const struct binding *b, const struct pair_key *k)
{
    struct subject s = {.pair = k, .alone = true};
    return b->deep && expr_eval(b->when, &s) != TRUTH_NO;
}

static char *copy_text(struct json_view *v, char *to)
{
    if (v->len != 0) {
        memcpy(to, v->ptr, v->len);
    }
    v->ptr = to;
    return to + v->len;
}

/* The rules that a pair can match, found before it is known how much room they take. */
struct found {
    const struct binding **at;
    size_t count;
    struct member *member; /* they need a value of another field too */
    size_t member_count;
    bool deep;
};

static bool find_rules(const struct pair_key *k, struct found *f)
{
    const struct rule_log *log = k->log;
    f->at = mem_alloc(log->bound.len + 1, sizeof(*f->at));
    f->member = mem_alloc(log->bound.len + 1, sizeof(*f->member));
    for (size_t i = 0; f->at != NULL && f->member != NULL && i < log->bound.len; i++) {
        const struct binding *b = log->bound.at[i];
        if (b->grouped || !rule_can_match(b, k)) {
            continue;
        }
        const struct test *need = group_need(b, k);
        if (need != NULL) {
            f->member[f->member_count++] = (struct member){b, need};
        } else {
            f->at[f->count++] = b;
            f->deep = f->deep || rule_is_deep(b, k);
        }
    }
    return f->at != NULL && f->member != NULL;
}

/* One block: the pair, its groups, their members, its other candidates, its texts. */
static struct pair *lay_out(struct pairs *t, const struct pair_key *k, struct found *f)
{
    size_t groups = groups_fill(f->member, f->member_count, NULL);
    size_t bytes = sizeof(struct pair) + groups * sizeof(struct group) +
                   f->member_count * sizeof(*f->member) + f->count * sizeof(*f->at) +
                   k->value[0].len + k->value[1].len;
    if (atomic_fetch_add_explicit(&t->bytes, bytes, memory_order_relaxed) > BYTES_MAX) {
        return NULL;
    }
    struct pair *p = mem_alloc(1, bytes);
    if (p == NULL) {
        return NULL;
    }
    struct group *group = (struct group *)(p + 1);
    struct member *member = (struct member *)(group + groups);
    const struct binding **at = (const struct binding **)(member + f->member_count);
    if (f->member_count != 0) {
        memcpy(member, f->member, f->member_count * sizeof(*member));
    }
    if (f->count != 0) {
        memcpy(at, f->at, f->count * sizeof(*at));
    }
    p->key = *k;
    (void)copy_text(&p->key.value[1], copy_text(&p->key.value[0], (char *)(at + f->count)));
    p->can = (struct candidates){.at = at, .count = f->count, .groups = group, .deep = f->deep};
    p->can.group_count = groups_fill(member, f->member_count, group);
    return p;
}

static struct pair *make(struct pairs *t, const struct pair_key *k)
{
    struct found f = {0};
    struct pair *p = find_rules(k, &f) ? lay_out(t, k, &f) : NULL;
    mem_free(f.at);
    mem_free(f.member);
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
    struct pair *fresh = make(t, k);
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
