/*
 * Rules by a field that they need a value of.
 *
 * A rule has often one test that must hold for it to match, whatever else its condition says. Rules
 * whose such test looks at the same field are a group: for a value, a mask says whose tests hold,
 * and a rule is only evaluated when its bit is set. What the mask leaves out cannot match; what it
 * lets in is evaluated as ever.
 *
 * Rules that do not look at the index fields are in groups of the log. The others are in groups of
 * each pair that they can match (index.c): with the pair known, more tests must hold than without
 * it. Values repeat (types of identity, user agents, error codes), so masks of larger groups are
 * kept by value; and of a shallow record shallow.c says what it can about fields that lie deeper.
 */
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "rule/rule_priv.h"

enum { CACHED_FROM = 2 }; /* fewer tests are made as quickly as their mask is found */

struct value_slot {
    const struct group *group; /* NULL: free */
    uint32_t len;
    char text[GROUP_VALUE_MAX];
    uint64_t mask;
};

/* ---- the test that a rule needs ---- */

/* Regular expressions are counted, so that they must not be tried once more than their rule is: with
 * a pair, where a rule may be evaluated as well, they are no help. */
static bool is_usable(const struct test *t, const struct pair_key *k)
{
    return t->field != NULL && !t->negated && t->kind != TEST_NULL && t->kind != TEST_FIELD &&
           (t->kind != TEST_EXISTS || t->wanted) && (t->kind != TEST_REGEX || k == NULL);
}

/* A field of the top level is there before the record is looked into; and an equal text leaves
 * fewer records than a pattern. */
static bool is_better(const struct test *a, const struct test *b)
{
    if (b == NULL || a->field->deep != b->field->deep) {
        return b == NULL || b->field->deep;
    }
    bool equal = a->kind == TEST_PATTERN && a->at.pattern[0].kind == PATTERN_EQUAL;
    bool was = b->kind == TEST_PATTERN && b->at.pattern[0].kind == PATTERN_EQUAL;
    return equal && !was;
}

/* A test that holds whenever the expression does, or NULL. `k`: of records of this pair; NULL: of
 * any. The depth is that of rules. */
static const struct test *needed(const struct expr *e, const struct pair_key *k)
{
    if (e->kind == EXPR_TEST) {
        return is_usable(e->test, k) ? e->test : NULL;
    }
    struct subject pair = {.pair = k};
    size_t open = 0; /* children that the pair does not decide */
    size_t need = e->kind == EXPR_AND ? e->count : e->kind == EXPR_AT_LEAST ? e->need : 1;
    const struct test *best = NULL;
    for (size_t i = 0; i < e->count && e->kind != EXPR_NOT; i++) {
        enum truth truth = k == NULL ? TRUTH_UNKNOWN : expr_eval(e->child[i], &pair);
        need -= truth == TRUTH_YES && need > 0 ? 1 : 0;
        if (truth == TRUTH_UNKNOWN) {
            const struct test *t = needed(e->child[i], k);
            best = t != NULL && is_better(t, best) ? t : best;
            open++;
        }
    }
    return need == open ? best : NULL; /* else not each of them must hold */
}

const struct test *group_need(const struct binding *b, const struct pair_key *k)
{
    return needed(b->when, k);
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

/* ---- making groups ---- */

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

/* Fields in any order, the same beside each other; of one field in the order of the rules. */
static int by_field(const void *a, const void *b)
{
    const struct member *x = a;
    const struct member *y = b;
    uintptr_t f = (uintptr_t)x->need->field;
    uintptr_t g = (uintptr_t)y->need->field;
    return f != g ? (f > g ? 1 : -1)
                  : (x->rule->order > y->rule->order) - (x->rule->order < y->rule->order);
}

size_t groups_fill(struct member *at, size_t count, struct group *out)
{
    size_t groups = 0;
    if (count > 1) {
        qsort(at, count, sizeof(*at), by_field);
    }
    for (size_t i = 0, n = 0; i < count; i += n, groups++) {
        const struct field *f = at[i].need->field;
        for (n = 1; i + n < count && n < GROUP_RULES_MAX && at[i + n].need->field == f;) {
            n++;
        }
        if (out != NULL) {
            struct group *g = &out[groups];
            *g = (struct group){.field = f, .at = &at[i], .count = n, .exact = true};
            for (size_t k = 0; k < n; k++) {
                note_texts(g, at[i + k].need);
            }
        }
    }
    return groups;
}

bool groups_make(struct rule_set *s, struct rule_log *log)
{
    struct member *members = ARENA_ARRAY(&s->arena, struct member, log->bound.len + 1);
    size_t count = 0;
    for (size_t i = 0; members != NULL && i < log->bound.len; i++) {
        struct binding *b = log->bound.at[i];
        b->order = i;
        const struct test *t = looks_at_index(b) ? NULL : needed(b->when, NULL);
        if (t != NULL) {
            members[count++] = (struct member){b, t};
            b->grouped = true;
        }
    }
    if (members == NULL || count == 0) {
        return members != NULL;
    }
    log->groups = ARENA_ARRAY(&s->arena, struct group, groups_fill(members, count, NULL));
    if (log->groups == NULL) {
        return false;
    }
    log->group_count = groups_fill(members, count, log->groups);
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
        mask |= test_probe(g->at[i].need, s) != TRUTH_NO ? UINT64_C(1) << i : 0;
        if (s->matcher->gave_up != gave_up) {
            matcher_note_slow(s->matcher, &g->at[i].rule->rule->about);
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
    h = (h ^ h >> 32 ^ (uint64_t)(uintptr_t)g >> 4) * UINT64_C(0x9E3779B97F4A7C15);
    return (size_t)(h >> 40) % GROUP_CACHE;
}

/* The rules of the group that the record's value lets in. */
static uint64_t mask_of(struct rule_matcher *m, const struct group *g, const struct json_record *r)
{
    struct subject s = {.record = r, .matcher = m, .partial = r->shallow && g->field->deep};
    struct json_view v;
    if (s.partial) {
        return test_all(g, &s);
    }
    if (!field_view(g->field, r, &v)) {
        return 0; /* the tests need a value */
    }
    if (v.kind != JSON_STRING || v.escaped || v.len > GROUP_VALUE_MAX) {
        return test_all(g, &s);
    }
    if (g->exact) {
        size_t bit = filter_bit(v.ptr, v.len);
        if ((g->filter[bit / 64] >> bit % 64 & 1U) == 0) {
            return 0;
        }
    }
    if (g->count < CACHED_FROM) {
        return test_all(g, &s);
    }
    struct value_slot *slot = &m->values[slot_of(g, v)];
    if (slot->group == g && slot->len == v.len &&
        (v.len == 0 || memcmp(slot->text, v.ptr, v.len) == 0)) {
        return slot->mask;
    }
    uint64_t gave_up = m->gave_up;
    uint64_t mask = test_all(g, &s);
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

/* Add what the groups let in to m->some, which is in order and stays so: hits are told in the order
 * of the rules. There are few. */
static size_t let_in(struct rule_matcher *m, const struct group *groups, size_t group_count,
                     const struct json_record *r, size_t count)
{
    for (size_t i = 0; i < group_count; i++) {
        for (uint64_t mask = mask_of(m, &groups[i], r); mask != 0; mask &= mask - 1) {
            const struct binding *b = groups[i].at[__builtin_ctzll(mask)].rule;
            size_t k = count++;
            for (; k > 0 && m->some[k - 1]->order > b->order; k--) {
                m->some[k] = m->some[k - 1];
            }
            m->some[k] = b;
        }
    }
    return count;
}

size_t groups_candidates(struct rule_matcher *m, const struct rule_log *log,
                         const struct json_record *r, const struct candidates *bound)
{
    size_t count = bound->count;
    if (count != 0) {
        memcpy(m->some, bound->at, count * sizeof(*m->some));
    }
    count = let_in(m, log->groups, log->group_count, r, count);
    return let_in(m, bound->groups, bound->group_count, r, count);
}
