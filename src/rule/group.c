/*
 * Rules that do not look at the index fields, by a field that they need a value of.
 *
 * Each such rule has one test that must hold for it to match. Rules whose test looks at the same
 * field are a group: for a value, a mask says whose tests hold. Values repeat (types of identity,
 * user agents, error codes), so masks are kept by value, and a rule is only evaluated when its bit
 * is set. What the mask leaves out cannot match; what it lets in is evaluated as ever.
 */
#include <string.h>

#include "base/mem.h"
#include "rule/rule_priv.h"

struct value_slot {
    const struct group *group; /* NULL: free */
    uint32_t len;
    char text[GROUP_VALUE_MAX];
    uint64_t mask;
};

/* ---- making groups ---- */

static bool is_usable(const struct test *t)
{
    return t->field != NULL && !t->negated && t->kind != TEST_NULL && t->kind != TEST_FIELD &&
           (t->kind != TEST_EXISTS || t->wanted);
}

static bool is_deep(const struct field *f)
{
    for (size_t i = 0; i < f->path_count; i++) {
        if (f->path[i].key_count > 1) {
            return true;
        }
    }
    return false;
}

/* A field of the top level is there before the record is looked into; and an equal text leaves
 * fewer records than a pattern. */
static bool is_better(const struct test *a, const struct test *b)
{
    if (b == NULL || is_deep(a->field) != is_deep(b->field)) {
        return b == NULL || is_deep(b->field);
    }
    bool equal = a->kind == TEST_PATTERN && a->at.pattern[0].kind == PATTERN_EQUAL;
    bool was = b->kind == TEST_PATTERN && b->at.pattern[0].kind == PATTERN_EQUAL;
    return equal && !was;
}

/* A test that holds whenever the expression does, or NULL. */
static const struct test *needed(const struct expr *e)
{
    if (e->kind == EXPR_TEST) {
        return is_usable(e->test) ? e->test : NULL;
    }
    bool all = e->kind == EXPR_AND || (e->kind == EXPR_OR && e->count == 1) ||
               (e->kind == EXPR_AT_LEAST && e->need == e->count);
    const struct test *best = NULL;
    for (size_t i = 0; all && i < e->count; i++) {
        const struct test *t = needed(e->child[i]);
        best = t != NULL && is_better(t, best) ? t : best;
    }
    return best;
}

static bool looks_at_index(const struct binding *b)
{
    for (size_t i = 0; i < b->field_count; i++) {
        if (b->fields[i]->index != 0) {
            return true;
        }
    }
    return false;
}

/* FNV-1a without ASCII case: every rule author can compute it, and gains nothing. */
static size_t filter_bit(const char *text, size_t len)
{
    uint64_t h = UINT64_C(0xcbf29ce484222325);
    for (size_t i = 0; i < len; i++) {
        h = (h ^ (unsigned char)chr_lower(text[i])) * UINT64_C(0x100000001b3);
    }
    return (size_t)(h >> 33) % 1024;
}

static void note_texts(struct group *g, const struct test *t)
{
    bool exact = t->kind == TEST_PATTERN;
    for (size_t i = 0; exact && i < t->count; i++) {
        const struct pattern *p = &t->at.pattern[i];
        exact = p->kind == PATTERN_EQUAL && !p->has_number;
        size_t bit = filter_bit(p->text.ptr, p->text.len);
        g->filter[bit / 64] |= UINT64_C(1) << bit % 64;
    }
    g->exact = g->exact && exact;
}

static struct group *group_for(struct rule_set *s, struct rule_log *log, const struct field *f)
{
    for (size_t i = 0; i < log->groups.len; i++) {
        struct group *g = log->groups.at[i];
        if (g->field == f && g->count < GROUP_RULES_MAX) {
            return g;
        }
    }
    struct group *g = ARENA_NEW(&s->arena, struct group);
    if (g == NULL || !VEC_PUSH(&log->groups, g)) {
        return NULL;
    }
    g->field = f;
    g->exact = true;
    return g;
}

bool groups_make(struct rule_set *s, struct rule_log *log)
{
    for (size_t i = 0; i < log->bound.len; i++) {
        struct binding *b = log->bound.at[i];
        b->order = i;
        const struct test *t = looks_at_index(b) ? NULL : needed(b->when);
        if (t == NULL) {
            continue;
        }
        struct group *g = group_for(s, log, t->field);
        if (g == NULL) {
            return false;
        }
        note_texts(g, t);
        g->need[g->count] = t;
        g->at[g->count++] = b;
        b->grouped = true;
        log->grouped = true;
        log->grouped_deep = log->grouped_deep || is_deep(t->field);
    }
    return true;
}

/* ---- matching ---- */

struct value_slot *groups_cache_new(void)
{
    return mem_alloc(GROUP_CACHE, sizeof(struct value_slot));
}

static uint64_t test_all(const struct group *g, const struct subject *s)
{
    uint64_t mask = 0;
    for (size_t i = 0; i < g->count; i++) {
        uint64_t gave_up = s->matcher->gave_up;
        mask |= test_probe(g->need[i], s) == TRUTH_YES ? UINT64_C(1) << i : 0;
        if (s->matcher->gave_up != gave_up) {
            matcher_note_slow(s->matcher, &g->at[i]->rule->about);
        }
    }
    return mask;
}

static size_t slot_of(const struct group *g, struct json_view v)
{
    uint64_t head = 0;
    uint64_t tail = 0;
    size_t n = v.len < sizeof(head) ? v.len : sizeof(head);
    if (n != 0) {
        memcpy(&head, v.ptr, n);
        memcpy(&tail, v.ptr + v.len - n, n);
    }
    uint64_t h = (head ^ v.len) * UINT64_C(0x9E3779B97F4A7C15);
    h = (h ^ h >> 29 ^ tail) * UINT64_C(0xC2B2AE3D27D4EB4F);
    h = (h ^ (uint64_t)(uintptr_t)g >> 4) * UINT64_C(0x9E3779B97F4A7C15);
    return (size_t)(h >> 40) % GROUP_CACHE;
}

/* The rules of the group that the record's value lets in. */
static uint64_t mask_of(struct rule_matcher *m, const struct group *g, const struct subject *s)
{
    struct json_view v;
    if (!field_view(g->field, s->record, &v)) {
        return 0; /* the tests need a value */
    }
    if (v.kind != JSON_STRING || v.escaped || v.len > GROUP_VALUE_MAX) {
        return test_all(g, s);
    }
    if (g->exact) {
        size_t bit = filter_bit(v.ptr, v.len);
        if ((g->filter[bit / 64] >> bit % 64 & 1U) == 0) {
            return 0;
        }
    }
    struct value_slot *slot = &m->values[slot_of(g, v)];
    if (slot->group == g && slot->len == v.len &&
        (v.len == 0 || memcmp(slot->text, v.ptr, v.len) == 0)) {
        return slot->mask;
    }
    uint64_t gave_up = m->gave_up;
    uint64_t mask = test_all(g, s);
    if (m->gave_up != gave_up) {
        return mask; /* told each time */
    }
    slot->group = g;
    slot->len = v.len;
    if (v.len != 0) {
        memcpy(slot->text, v.ptr, v.len);
    }
    slot->mask = mask;
    return mask;
}

size_t groups_candidates(struct rule_matcher *m, const struct rule_log *log,
                         const struct json_record *r, const struct candidates *bound)
{
    struct subject s = {.record = r, .matcher = m};
    size_t count = 0;
    for (size_t i = 0; i < log->groups.len; i++) {
        const struct group *g = log->groups.at[i];
        for (uint64_t mask = mask_of(m, g, &s); mask != 0; mask &= mask - 1) {
            m->some[count++] = g->at[__builtin_ctzll(mask)];
        }
    }
    if (count == 0) {
        return 0;
    }
    for (size_t i = 0; i < bound->count; i++) {
        m->some[count++] = bound->at[i];
    }
    /* Hits are told in the order of the rules; there are few. */
    for (size_t i = 1; i < count; i++) {
        const struct binding *b = m->some[i];
        size_t k = i;
        for (; k > 0 && m->some[k - 1]->order > b->order; k--) {
            m->some[k] = m->some[k - 1];
        }
        m->some[k] = b;
    }
    return count;
}
