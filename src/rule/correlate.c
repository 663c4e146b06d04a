/*
 * Correlations over the notes of pass 1, those that others refer to first.
 */
#include "rule/correlate.h"

#include <stdlib.h>

#include "base/buf.h"
#include "base/mem.h"
#include "rule/window.h"

enum { LOOK_BACK_MAX = 256 }; /* entries of a window that tell a correlation above its values */

/* A window in which a correlation holds; entries by index. */
struct held {
    int64_t time_us;
    size_t from;
    size_t to;
    double measure;
};

/* What a correlation above is told: a match, once for each path and values that are in it. */
struct told {
    uint32_t held; /* index */
    uint16_t path;
    const struct hit *hit;
};

/* A correlation that was evaluated. */
struct evaluated {
    struct {
        VEC_OF(struct entry);
    } entries; /* by group, time, event */
    struct {
        VEC_OF(struct held);
    } held;
    struct {
        VEC_OF(struct told);
    } told;
};

struct evaluation {
    const struct rule_set *set;
    const struct hit_log *log;
    struct evaluated *done; /* by number of the correlation */
    struct arena texts;     /* of the correlation being evaluated */
    struct map groups;      /* text -> struct group_values */
    struct map values;
    struct {
        VEC_OF(const struct group_values *);
    } by_rank;
    struct {
        VEC_OF(double);
    } numbers; /* sorted, each once */
    struct buf text;
    correlation_fn fn;
    void *arg;
    struct {
        VEC_OF(const struct hit *);
    } evidence;
    struct {
        VEC_OF(void *);
    } refs;
};

struct group_values {
    uint32_t rank; /* in order of texts */
    const struct str *values;
};

bool rule_set_correlates(const struct rule_set *s)
{
    return s->correlations.len != 0;
}

/* ---- entries ---- */

static const struct path_values *values_in(const struct path *p, const struct rule_log *log)
{
    for (size_t i = 0; i < p->value_count; i++) {
        if (p->values[i].log == log) {
            return &p->values[i];
        }
    }
    return NULL;
}

/* Texts in lower case, each with its length. False: one is missing. */
static bool join_texts(struct buf *b, const struct hit *h, const uint16_t *at, size_t count)
{
    buf_reset(b);
    for (size_t i = 0; i < count; i++) {
        struct str v = h->key->value[at[i]];
        if (v.ptr == NULL) {
            return false;
        }
        buf_printf(b, "%zu:", v.len);
        for (size_t k = 0; k < v.len; k++) {
            buf_addc(b, chr_lower(v.ptr[k]));
        }
    }
    return true;
}

/* The group of the texts in v->text; a new one takes its values as they are written first. */
static bool group_of(struct evaluation *v, const struct hit *h, const uint16_t *at, size_t count,
                     uint32_t *out)
{
    size_t before = v->groups.len;
    struct map_entry *e = map_intern(&v->groups, &v->texts, buf_str(&v->text));
    if (e == NULL) {
        return false;
    }
    *out = (uint32_t)(e - v->groups.at);
    if (v->groups.len == before) {
        return true;
    }
    struct group_values *g = ARENA_NEW(&v->texts, struct group_values);
    struct str *values = ARENA_ARRAY(&v->texts, struct str, count + 1);
    if (g == NULL || values == NULL) {
        return false;
    }
    for (size_t i = 0; i < count; i++) {
        values[i] = h->key->value[at[i]];
    }
    g->values = values;
    e->value = g;
    return true;
}

static bool measures_numbers(const struct correlation *c)
{
    return c->type == CORRELATION_VALUE_SUM || c->type == CORRELATION_VALUE_AVG ||
           c->has_percentile;
}

static bool add_value(struct evaluation *v, const struct correlation *c, const uint16_t *at,
                      struct entry *e)
{
    if (c->field_count == 0) {
        return true;
    }
    if (measures_numbers(c)) {
        struct str text = e->hit->key->value[at[0]];
        e->has_number = text.ptr != NULL && str_f64(str_trim(text), &e->number);
        return !e->has_number || !c->has_percentile || VEC_PUSH(&v->numbers, e->number);
    }
    if (!join_texts(&v->text, e->hit, at, c->field_count)) {
        return true;
    }
    const struct map_entry *m = map_intern(&v->values, &v->texts, buf_str(&v->text));
    if (m == NULL || v->text.failed) {
        return false;
    }
    e->value = (uint32_t)(m - v->values.at) + 1;
    return true;
}

/* An event without one of the group-by fields is in no group. */
static bool add_entry(struct evaluation *v, const struct correlation *c, struct entry e)
{
    const struct path_values *pv = values_in(&c->paths[e.path], e.hit->key->log);
    if (pv == NULL || !join_texts(&v->text, e.hit, pv->at, c->group_count)) {
        return true;
    }
    return !v->text.failed && group_of(v, e.hit, pv->at, c->group_count, &e.group) &&
           add_value(v, c, pv->at + c->group_count, &e) && VEC_PUSH(&v->done[c->number].entries, e);
}

static bool add_hits(struct evaluation *v, const struct correlation *c, uint16_t slot,
                     uint16_t path)
{
    for (size_t i = 0; i < v->log->hits.len; i++) {
        const struct hit *h = &v->log->hits.at[i];
        for (size_t k = 0; k < h->key->leaf_count; k++) {
            struct entry e = {.time_us = h->time_us,
                              .id = i,
                              .weight = h->count,
                              .hit = h,
                              .slot = slot,
                              .path = path};
            if (h->key->leaf[k] == c->ref[slot] && !add_entry(v, c, e)) {
                return false;
            }
        }
    }
    return true;
}

static bool add_told(struct evaluation *v, const struct correlation *c, uint16_t slot,
                     uint16_t path)
{
    size_t number = c->ref[slot]->correlation->number;
    const struct evaluated *below = &v->done[number];
    for (size_t i = 0; i < below->told.len; i++) {
        const struct told *t = &below->told.at[i];
        struct entry e = {.time_us = below->held.at[t->held].time_us,
                          .id = (uint64_t)(number + 1) << 32 | t->held,
                          .weight = 1,
                          .hit = t->hit,
                          .below = t->held + 1,
                          .slot = slot,
                          .path = (uint16_t)(path + t->path)};
        if (!add_entry(v, c, e)) {
            return false;
        }
    }
    return true;
}

static bool collect(struct evaluation *v, const struct correlation *c)
{
    bool ok = true;
    for (size_t i = 0; ok && i < c->path_count; i++) {
        const struct path *p = &c->paths[i];
        if (c->ref[p->slot]->correlation == NULL) {
            ok = add_hits(v, c, p->slot, (uint16_t)i);
        } else if (p->child == 0) {
            ok = add_told(v, c, p->slot, (uint16_t)i);
        }
    }
    return ok;
}

/* ---- order ---- */

static int number_cmp(const void *x, const void *y)
{
    const double *a = x;
    const double *b = y;
    return (*a > *b) - (*a < *b);
}

static int group_cmp(const void *x, const void *y)
{
    const struct map_entry *const *a = x;
    const struct map_entry *const *b = y;
    return str_cmp((*a)->key, (*b)->key);
}

static int entry_cmp(const void *x, const void *y)
{
    const struct entry *a = x;
    const struct entry *b = y;
    if (a->group != b->group) {
        return a->group < b->group ? -1 : 1;
    }
    if (a->time_us != b->time_us) {
        return a->time_us < b->time_us ? -1 : 1;
    }
    if (a->id != b->id) {
        return a->id < b->id ? -1 : 1;
    }
    if (a->slot != b->slot) {
        return a->slot < b->slot ? -1 : 1;
    }
    return (a->path > b->path) - (a->path < b->path);
}

/* Groups are told in the order of their texts, whatever event came first. */
static bool rank_groups(struct evaluation *v, struct evaluated *d)
{
    const struct map_entry **order = mem_alloc(v->groups.len + 1, sizeof(*order));
    if (order == NULL) {
        return false;
    }
    for (size_t i = 0; i < v->groups.len; i++) {
        order[i] = &v->groups.at[i];
    }
    if (v->groups.len > 1) {
        qsort(order, v->groups.len, sizeof(struct map_entry *), group_cmp);
    }
    bool ok = true;
    for (size_t i = 0; ok && i < v->groups.len; i++) {
        struct group_values *g = order[i]->value;
        g->rank = (uint32_t)i;
        ok = VEC_PUSH(&v->by_rank, g);
    }
    mem_free(order);
    for (size_t i = 0; i < d->entries.len; i++) {
        const struct group_values *g = v->groups.at[d->entries.at[i].group].value;
        d->entries.at[i].group = g->rank;
    }
    return ok;
}

static void rank_numbers(struct evaluation *v, struct evaluated *d)
{
    if (v->numbers.len > 1) {
        qsort(v->numbers.at, v->numbers.len, sizeof(double), number_cmp);
    }
    size_t n = 0;
    for (size_t i = 0; i < v->numbers.len; i++) {
        if (n == 0 || v->numbers.at[i] > v->numbers.at[n - 1]) {
            v->numbers.at[n++] = v->numbers.at[i];
        }
    }
    v->numbers.len = n;
    for (size_t i = 0; n != 0 && i < d->entries.len; i++) {
        struct entry *e = &d->entries.at[i];
        const double *at = e->has_number
                               ? bsearch(&e->number, v->numbers.at, n, sizeof(double), number_cmp)
                               : NULL;
        e->rank = at == NULL ? 0 : (uint32_t)(at - v->numbers.at);
    }
}

/* An event that fills two slots, or has two values of a correlation below, is one event; with two
 * numbers under two aliases it is measured twice. */
static void mark_again(const struct correlation *c, struct entry *e, size_t count)
{
    for (size_t i = 1; i < count; i++) {
        for (size_t k = i; k-- > 0 && e[k].group == e[i].group && e[k].id == e[i].id &&
                           e[k].time_us == e[i].time_us && !e[i].again;) {
            bool same = e[k].value == e[i].value && e[k].has_number == e[i].has_number &&
                        !(e[k].number < e[i].number) && !(e[k].number > e[i].number);
            e[i].again = c->type == CORRELATION_EVENT_COUNT || same;
        }
    }
}

/* ---- windows ---- */

static bool condition_holds(const struct correlation *c, double measure)
{
    return c->bounded ? correlation_holds(c, measure) : measure >= (double)c->ref_count;
}

/* One group: entries at[from..to). */
static bool slide(const struct correlation *c, struct evaluated *d, struct window *w, size_t from,
                  size_t to)
{
    const struct entry *at = d->entries.at;
    size_t first = from;
    window_clear(w);
    for (size_t i = from; i < to;) {
        size_t next = i;
        while (next < to && at[next].time_us == at[i].time_us) {
            window_add(w, &at[next++]);
        }
        while (at[i].time_us - at[first].time_us > c->span_us) {
            window_remove(w, &at[first++]);
        }
        struct held h = {.time_us = at[i].time_us, .from = first, .to = next};
        if (window_measure(w, &at[i], next - i, &h.measure) && condition_holds(c, h.measure) &&
            !VEC_PUSH(&d->held, h)) {
            return false;
        }
        i = next;
    }
    return true;
}

/* Tell the correlations above: the match once for each path and values in its window. Those of the
 * newest entries, where there are very many. */
static bool tell(struct evaluated *d)
{
    for (size_t i = 0; i < d->held.len; i++) {
        const struct held *h = &d->held.at[i];
        size_t first = d->told.len;
        size_t least = h->to - h->from > LOOK_BACK_MAX ? h->to - LOOK_BACK_MAX : h->from;
        for (size_t k = h->to; k-- > least;) {
            const struct entry *e = &d->entries.at[k];
            size_t t = first;
            while (t < d->told.len &&
                   (d->told.at[t].path != e->path || d->told.at[t].hit->key != e->hit->key)) {
                t++;
            }
            struct told fresh = {.held = (uint32_t)i, .path = e->path, .hit = e->hit};
            if (t == d->told.len && !VEC_PUSH(&d->told, fresh)) {
                return false;
            }
        }
    }
    return true;
}

/* ---- matches ---- */

static int evidence_cmp(const void *x, const void *y)
{
    const struct hit *const *a = x;
    const struct hit *const *b = y;
    return (*a > *b) - (*a < *b);
}

/* Hits lie in order of time, so the order of their places is that of time too. */
static void sort_evidence(struct evaluation *v)
{
    if (v->evidence.len > 1) {
        qsort(v->evidence.at, v->evidence.len, sizeof(struct hit *), evidence_cmp);
    }
    size_t n = 0;
    for (size_t i = 0; i < v->evidence.len; i++) {
        if (n == 0 || v->evidence.at[i] != v->evidence.at[n - 1]) {
            v->evidence.at[n++] = v->evidence.at[i];
        }
    }
    v->evidence.len = n;
}

/* A hit can be met again and again; there are never many more than there are hits. */
static bool add_evidence(struct evaluation *v, const struct hit *h)
{
    if (v->evidence.len > 2 * v->log->hits.len) {
        sort_evidence(v);
    }
    return VEC_PUSH(&v->evidence, h);
}

/* The hits behind entries [from, to), through the correlations below. Depth is bounded by theirs. */
static bool gather(struct evaluation *v, const struct correlation *c, size_t from, size_t to)
{
    const struct evaluated *d = &v->done[c->number];
    size_t seen[CORRELATION_REFS_MAX] = {0}; /* by slot: up to where it was gathered */
    for (size_t i = from; i < to; i++) {
        const struct entry *e = &d->entries.at[i];
        if (measures_numbers(c) && !e->has_number) {
            continue; /* it had no part in the measure */
        }
        if (e->below == 0) {
            if (!add_evidence(v, e->hit)) {
                return false;
            }
            continue;
        }
        const struct correlation *below = c->ref[e->slot]->correlation;
        const struct evaluated *b = &v->done[below->number];
        const struct held *h = &b->held.at[e->below - 1];
        /* Windows of one group below come in order and overlap: what was gathered is not again. */
        size_t done = seen[e->slot];
        bool overlaps = done > h->from && done <= b->entries.len &&
                        b->entries.at[done - 1].group == b->entries.at[h->from].group;
        size_t begin = overlaps ? done : h->from;
        if (begin < h->to && !gather(v, below, begin, h->to)) {
            return false;
        }
        seen[e->slot] = overlaps && done > h->to ? done : h->to;
    }
    return true;
}

/* One match: the windows held[a..b). */
static bool say_match(struct evaluation *v, const struct correlation *c, size_t a, size_t b)
{
    const struct evaluated *d = &v->done[c->number];
    const struct held *first = &d->held.at[a];
    const struct held *last = &d->held.at[b - 1];
    v->evidence.len = v->refs.len = 0;
    if (!gather(v, c, first->from, last->to)) {
        return false;
    }
    if (v->evidence.len == 0) {
        return true;
    }
    sort_evidence(v);
    uint64_t events = 0;
    for (size_t i = 0; i < v->evidence.len; i++) {
        events += v->evidence.at[i]->count;
        if (!VEC_PUSH(&v->refs, v->evidence.at[i]->ref)) {
            return false;
        }
    }
    const struct group_values *g = v->by_rank.at[d->entries.at[first->from].group];
    struct correlation_match m = {.detection = &c->rule->about,
                                  .group_names = c->by,
                                  .group_values = g->values,
                                  .group_count = c->group_count,
                                  .first_us = v->evidence.at[0]->time_us,
                                  .last_us = v->evidence.at[v->evidence.len - 1]->time_us,
                                  .span = c->span,
                                  .measure = last->measure,
                                  .events = events,
                                  .refs = v->refs.at,
                                  .ref_count = v->refs.len};
    return v->fn(v->arg, &m);
}

/* Windows of one group that overlap are one match. */
static bool say_matches(struct evaluation *v, const struct correlation *c)
{
    const struct evaluated *d = &v->done[c->number];
    for (size_t a = 0; a < d->held.len;) {
        size_t b = a + 1;
        while (b < d->held.len && d->held.at[b].from < d->held.at[b - 1].to) {
            b++;
        }
        if (!say_match(v, c, a, b)) {
            return false;
        }
        a = b;
    }
    return true;
}

static void forget(struct evaluation *v)
{
    map_free(&v->groups);
    map_free(&v->values);
    v->groups = v->values = (struct map){0};
    v->numbers.len = v->by_rank.len = 0;
    arena_free(&v->texts);
    arena_init(&v->texts, 0);
}

static bool slide_groups(const struct evaluation *v, const struct correlation *c,
                         struct evaluated *d)
{
    struct window *w = window_new(c, v->values.len, v->numbers.len, v->numbers.at);
    bool ok = w != NULL;
    for (size_t from = 0; ok && from < d->entries.len;) {
        size_t to = from;
        while (to < d->entries.len && d->entries.at[to].group == d->entries.at[from].group) {
            to++;
        }
        ok = slide(c, d, w, from, to);
        from = to;
    }
    window_free(w);
    return ok;
}

static void release(struct evaluated *d)
{
    VEC_FREE(&d->entries);
    VEC_FREE(&d->held);
    VEC_FREE(&d->told);
}

static bool evaluate(struct evaluation *v, const struct correlation *c)
{
    struct evaluated *d = &v->done[c->number];
    bool ok = collect(v, c) && rank_groups(v, d);
    if (ok && d->entries.len > 1) {
        qsort(d->entries.at, d->entries.len, sizeof(*d->entries.at), entry_cmp);
    }
    if (ok && d->entries.len != 0) {
        rank_numbers(v, d);
        mark_again(c, d->entries.at, d->entries.len);
        ok = slide_groups(v, c, d);
    }
    ok = ok && (!c->has_parent || tell(d)) && (c->rule->silent || say_matches(v, c));
    forget(v);
    if (!c->has_parent) {
        release(d);
    }
    return ok;
}

enum err_code correlate(const struct rule_set *s, struct hit_log *l, correlation_fn fn, void *arg,
                        struct err *err)
{
    struct evaluation v = {.set = s, .log = l, .fn = fn, .arg = arg};
    buf_init(&v.text, 0);
    v.done = mem_alloc(s->correlations.len + 1, sizeof(*v.done));
    bool ok = v.done != NULL && hit_log_settle(l);
    for (size_t i = 0; ok && i < s->correlations.len; i++) {
        ok = evaluate(&v, s->correlations.at[i]);
    }
    for (size_t i = 0; v.done != NULL && i < s->correlations.len; i++) {
        release(&v.done[i]);
    }
    mem_free(v.done);
    forget(&v);
    VEC_FREE(&v.by_rank);
    VEC_FREE(&v.numbers);
    VEC_FREE(&v.evidence);
    VEC_FREE(&v.refs);
    buf_free(&v.text);
    return ok ? ERR_OK : err_set(err, ERR_NOMEM, "out of memory while evaluating correlations");
}
