#include "rule/window.h"

#include <string.h>

#include "base/mem.h"

/* The end of a chain of slots in order. */
struct chain {
    bool is;
    int64_t start_us; /* the latest that such a chain can begin: it stays in the window longest */
    uint64_t last;    /* id of the event in it that came last */
};

struct window {
    const struct correlation *c;
    uint64_t events; /* event_count, or events with a value or number */
    double sum;
    uint64_t distinct; /* values, or slots */
    uint64_t *counts;  /* by value; by slot; or sums of a Fenwick tree over ranks */
    size_t count_len;
    const double *numbers;
    /* temporal_ordered: the best chain by slot of its last event and length - 1, with `slots` of
     * each; of the past, of this moment, and while this moment is worked through. */
    size_t slots;
    struct chain *past;
    struct chain *fresh;
    struct chain *next;
};

struct window *window_new(const struct correlation *c, size_t values, size_t ranks,
                          const double *numbers)
{
    struct window *w = mem_alloc(1, sizeof(*w));
    if (w == NULL) {
        return NULL;
    }
    w->c = c;
    w->numbers = numbers;
    w->count_len = c->has_percentile ? ranks + 1 : values + 1;
    w->count_len = w->count_len < CORRELATION_REFS_MAX ? CORRELATION_REFS_MAX : w->count_len;
    w->counts = mem_alloc(w->count_len, sizeof(*w->counts));
    w->slots = c->ref_count;
    w->past = mem_alloc(3 * w->slots * w->slots, sizeof(*w->past));
    if (w->counts == NULL || w->past == NULL) {
        window_free(w);
        return NULL;
    }
    w->fresh = w->past + w->slots * w->slots;
    w->next = w->fresh + w->slots * w->slots;
    return w;
}

void window_free(struct window *w)
{
    if (w != NULL) {
        mem_free(w->counts);
        mem_free(w->past);
        mem_free(w);
    }
}

void window_clear(struct window *w)
{
    w->events = 0;
    w->distinct = 0;
    w->sum = 0;
    memset(w->counts, 0, w->count_len * sizeof(*w->counts));
    memset(w->past, 0, w->slots * w->slots * sizeof(*w->past));
}

/* ---- order statistics: counts by rank in a Fenwick tree ---- */

static void tree_add(struct window *w, size_t rank, uint64_t weight, bool add)
{
    for (size_t i = rank + 1; i < w->count_len; i += i & (~i + 1)) {
        w->counts[i] = add ? w->counts[i] + weight : w->counts[i] - weight;
    }
}

/* The number at this place, from 0, of the sorted ones in the window. */
static double tree_at(const struct window *w, uint64_t place)
{
    size_t at = 0;
    size_t step = 1;
    while (step * 2 < w->count_len) {
        step *= 2;
    }
    for (; step != 0; step /= 2) {
        if (at + step < w->count_len && w->counts[at + step] <= place) {
            at += step;
            place -= w->counts[at];
        }
    }
    return w->numbers[at];
}

/* Between two places linearly, as statisticians and databases mostly have it. */
static double percentile(const struct window *w)
{
    double place = (double)(w->events - 1) * w->c->percentile / 100;
    uint64_t low = (uint64_t)place;
    double part = place - (double)low;
    double a = tree_at(w, low);
    double b = low + 1 < w->events ? tree_at(w, low + 1) : a;
    return a * (1 - part) + b * part;
}

/* ---- adding and removing ---- */

static void count_one(struct window *w, size_t i, uint64_t weight, bool add)
{
    w->distinct += add && w->counts[i] == 0 ? 1 : 0;
    w->counts[i] = add ? w->counts[i] + weight : w->counts[i] - weight;
    w->distinct -= !add && w->counts[i] == 0 ? 1 : 0;
}

static void change(struct window *w, const struct entry *e, bool add)
{
    uint64_t weight = e->weight;
    switch (w->c->type) {
    case CORRELATION_TEMPORAL:
    case CORRELATION_TEMPORAL_ORDERED:
        count_one(w, e->slot, weight, add);
        return;
    case CORRELATION_VALUE_COUNT:
        if (e->value != 0) {
            count_one(w, e->value, weight, add);
        }
        return;
    case CORRELATION_EVENT_COUNT:
        weight = e->again ? 0 : weight;
        break;
    case CORRELATION_VALUE_SUM:
    case CORRELATION_VALUE_AVG:
        weight = e->again || !e->has_number ? 0 : weight;
        w->sum += weight == 0 ? 0 : (add ? 1 : -1) * e->number * (double)weight;
        break;
    case CORRELATION_VALUE_PERCENTILE:
        weight = e->again || !(w->c->has_percentile ? e->has_number : e->value != 0) ? 0 : weight;
        if (weight != 0 && w->c->has_percentile) {
            tree_add(w, e->rank, weight, add);
        } else if (weight != 0) {
            count_one(w, e->value, weight, add);
        }
        break;
    }
    w->events = add ? w->events + weight : w->events - weight;
    if (w->events == 0) {
        w->sum = 0; /* what rounding left */
    }
}

void window_add(struct window *w, const struct entry *e)
{
    change(w, e, true);
}

void window_remove(struct window *w, const struct entry *e)
{
    change(w, e, false);
}

/* ---- order ---- */

static void take_better(struct chain *to, const struct chain *from, const struct entry *e)
{
    if (from->is && (!to->is || from->start_us > to->start_us)) {
        *to = (struct chain){true, from->start_us, e->id};
    }
}

/* One more event behind the chains of lower slots. Those of this very moment may be continued by
 * another event only: an event is not before itself. */
static void extend(struct window *w, const struct entry *e)
{
    size_t n = w->slots;
    struct chain *to = &w->next[e->slot * n];
    to[0] = (struct chain){true, e->time_us, e->id};
    for (size_t below = 0; below < e->slot; below++) {
        for (size_t len = 0; len + 1 < n; len++) {
            const struct chain *fresh = &w->fresh[below * n + len];
            take_better(&to[len + 1], &w->past[below * n + len], e);
            if (fresh->last != e->id) {
                take_better(&to[len + 1], fresh, e);
            }
        }
    }
}

/* The longest chain in order that is in the window. */
static double longest(struct window *w, const struct entry *e, size_t count)
{
    size_t n = w->slots;
    size_t bytes = n * n * sizeof(*w->past);
    memset(w->fresh, 0, bytes);
    memset(w->next, 0, bytes);
    for (size_t slot = 0; slot < n; slot++) {
        for (size_t i = 0; i < count; i++) {
            if (e[i].slot == slot) {
                extend(w, &e[i]);
            }
        }
        memcpy(w->fresh, w->next, bytes);
    }
    size_t best = 0;
    size_t i = 0;
    for (size_t set = 0; set < n; set++) {
        for (size_t steps = 1; steps <= n; steps++, i++) {
            const struct chain *c = &w->fresh[i];
            if (c->is && (!w->past[i].is || c->start_us >= w->past[i].start_us)) {
                w->past[i] = *c;
            }
            c = &w->past[i];
            if (c->is && e->time_us - c->start_us <= w->c->span_us && steps > best) {
                best = steps;
            }
        }
    }
    return (double)best;
}

bool window_measure(struct window *w, const struct entry *e, size_t count, double *out)
{
    switch (w->c->type) {
    case CORRELATION_EVENT_COUNT:
        *out = (double)w->events;
        return true;
    case CORRELATION_VALUE_COUNT:
    case CORRELATION_TEMPORAL:
        *out = (double)w->distinct;
        return true;
    case CORRELATION_TEMPORAL_ORDERED:
        *out = longest(w, e, count);
        return true;
    case CORRELATION_VALUE_SUM:
        *out = w->sum;
        return w->events != 0;
    case CORRELATION_VALUE_AVG:
        *out = w->events == 0 ? 0 : w->sum / (double)w->events;
        return w->events != 0;
    case CORRELATION_VALUE_PERCENTILE:
        break;
    }
    if (w->events == 0) {
        return false;
    }
    if (w->c->has_percentile) {
        *out = percentile(w);
        return true;
    }
    /* The rarest value of this moment. */
    uint64_t least = UINT64_MAX;
    for (size_t i = 0; i < count; i++) {
        uint64_t n = e[i].value == 0 ? UINT64_MAX : w->counts[e[i].value];
        least = n < least ? n : least;
    }
    *out = 100.0 * (double)least / (double)w->events;
    return least != UINT64_MAX;
}
