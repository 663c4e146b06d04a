/*
 * What is known of a pair of eventSource and eventName: the rules that a record of it can match.
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
    struct str source;
    struct str name;
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

bool rule_can_match(const struct rule *r, struct str source, struct str name)
{
    struct subject s = {
        .source = {.ptr = source.ptr, .len = (uint32_t)source.len, .kind = JSON_STRING},
        .name = {.ptr = name.ptr, .len = (uint32_t)name.len, .kind = JSON_STRING}};
    return expr_eval(r->when, &s) != TRUTH_NO;
}

/* One block: the pair, its candidates, its texts. */
static struct pair *make(const struct rule_set *s, struct str source, struct str name)
{
    size_t count = 0;
    for (size_t i = 0; i < s->rules.len; i++) {
        count += rule_can_match(s->rules.at[i], source, name) ? 1 : 0;
    }
    struct pair *p =
        mem_alloc(1, sizeof(*p) + count * sizeof(struct rule *) + source.len + name.len);
    if (p == NULL) {
        return NULL;
    }
    const struct rule **at = (const struct rule **)(p + 1);
    char *text = (char *)(at + count);
    if (source.len != 0) {
        memcpy(text, source.ptr, source.len);
    }
    if (name.len != 0) {
        memcpy(text + source.len, name.ptr, name.len);
    }
    p->source = str_make(text, source.len);
    p->name = str_make(text + source.len, name.len);
    p->can = (struct candidates){.at = at, .count = count};
    for (size_t i = 0, n = 0; n < count; i++) {
        if (rule_can_match(s->rules.at[i], source, name)) {
            p->can.deep = p->can.deep || s->rules.at[i]->deep;
            at[n++] = s->rules.at[i];
        }
    }
    return p;
}

static uint64_t edge(struct str s, bool front)
{
    uint64_t v = 0;
    size_t n = s.len < sizeof(v) ? s.len : sizeof(v);
    if (n != 0) {
        memcpy(&v, front ? s.ptr : s.ptr + s.len - n, n);
    }
    return v;
}

static size_t quick_slot(struct str source, struct str name)
{
    uint64_t h = (edge(name, true) ^ name.len) * UINT64_C(0x9E3779B97F4A7C15);
    h = (h ^ edge(name, false)) * UINT64_C(0xC2B2AE3D27D4EB4F);
    h = (h ^ h >> 32 ^ edge(source, true) ^ source.len) * UINT64_C(0x9E3779B97F4A7C15);
    return (size_t)(h >> 32) % QUICK;
}

static bool is_pair(const struct pair *p, struct str source, struct str name)
{
    return str_eq(p->name, name) && str_eq(p->source, source);
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
        if (is_pair(there, fresh->source, fresh->name)) {
            mem_free(fresh);
            return there;
        }
    }
    mem_free(fresh);
    return NULL;
}

/* The pair's entry, made when it is new; NULL when it is not kept. */
static const struct pair *find(const struct rule_set *s, struct str source, struct str name)
{
    struct pairs *t = s->pairs;
    uint64_t hash = hash_str(name) + hash_u64(hash_str(source));
    size_t at = (size_t)hash % SLOTS;
    for (size_t i = 0; i < PROBES_MAX; i++) {
        const struct pair *p =
            atomic_load_explicit(&t->slot[(at + i) % SLOTS], memory_order_acquire);
        if (p == NULL) {
            break;
        }
        if (is_pair(p, source, name)) {
            return p;
        }
    }
    if (atomic_fetch_add_explicit(&t->used, 1, memory_order_relaxed) >= PAIRS_MAX) {
        atomic_store_explicit(&t->used, PAIRS_MAX, memory_order_relaxed);
        return NULL;
    }
    struct pair *fresh = make(s, source, name);
    return fresh == NULL ? NULL : keep(t, fresh, at);
}

bool pairs_get(const struct rule_set *s, struct str source, struct str name, struct candidates *out)
{
    struct pairs *t = s->pairs;
    if (!s->compiled || source.len + name.len > KEY_MAX) {
        return false;
    }
    _Atomic(const struct pair *) *quick = &t->quick[quick_slot(source, name)];
    const struct pair *p = atomic_load_explicit(quick, memory_order_acquire);
    if (p == NULL || !is_pair(p, source, name)) {
        p = find(s, source, name);
        if (p == NULL) {
            return false;
        }
        atomic_store_explicit(quick, p, memory_order_release);
    }
    *out = p->can;
    return true;
}
