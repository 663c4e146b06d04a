#include "network/series.h"

#include <string.h>

#include "base/mem.h"

void series_free(struct series *s)
{
    mem_free(s->low);
    mem_free(s->high);
    mem_free(s->bins);
    *s = (struct series){0};
}

/* ---- bins ---- */

static void bin_one(uint16_t *bin, uint32_t n)
{
    uint32_t sum = *bin + n;
    *bin = (uint16_t)(sum > UINT16_MAX ? UINT16_MAX : sum);
}

/* Make the bins reach from `min_s` to `max_s`: wider when they must, shifted when the first moves.
 * The outcome depends on the span alone. */
static void bins_reach(struct series *s, uint32_t min_s, uint32_t max_s)
{
    uint32_t wide = s->bin_s;
    while (max_s / wide - min_s / wide >= SERIES_BINS) {
        wide *= 2;
    }
    if (wide == s->bin_s && min_s / wide == s->min_s / wide) {
        return;
    }
    uint16_t fresh[SERIES_BINS] = {0};
    uint32_t was = s->min_s / s->bin_s;
    uint32_t base = min_s / wide;
    uint32_t used = s->max_s / s->bin_s - was;
    for (uint32_t i = 0; i <= used; i++) {
        bin_one(&fresh[(was + i) / (wide / s->bin_s) - base], s->bins[i]);
    }
    memcpy(s->bins, fresh, sizeof(fresh));
    s->bin_s = wide;
}

static void span_reach(struct series *s, uint32_t min_s, uint32_t max_s)
{
    min_s = min_s < s->min_s ? min_s : s->min_s;
    max_s = max_s > s->max_s ? max_s : s->max_s;
    bins_reach(s, min_s, max_s);
    s->min_s = min_s;
    s->max_s = max_s;
}

/* ---- points ---- */

/* Room for one more, up to SERIES_EDGE: 8, 16, … */
static bool room(uint64_t **at, uint16_t len, uint16_t *cap)
{
    if (len < *cap || *cap == SERIES_EDGE) {
        return true;
    }
    unsigned more = *cap == 0 ? 8 : *cap * 2U;
    more = more > SERIES_EDGE ? SERIES_EDGE : more;
    uint64_t *grown = mem_resize(*at, more, sizeof(**at));
    if (grown == NULL) {
        return false;
    }
    *at = grown;
    *cap = (uint16_t)more;
    return true;
}

/* Where `v` stands or would stand. */
static size_t place_of(const uint64_t *at, size_t len, uint64_t v)
{
    if (len == 0 || at[len - 1] < v) {
        return len; /* logs are mostly in order */
    }
    size_t low = 0;
    size_t high = len;
    while (low < high) {
        size_t mid = low + (high - low) / 2;
        if (at[mid] < v) {
            low = mid + 1;
        } else {
            high = mid;
        }
    }
    return low;
}

static void insert(uint64_t *at, uint16_t *len, size_t where, uint64_t v)
{
    memmove(&at[where + 1], &at[where], (*len - where) * sizeof(*at));
    at[where] = v;
    ++*len;
}

/* `v` is not among the earliest: is it among the latest? */
static void put_high(struct series *s, uint64_t v)
{
    size_t where = place_of(s->high, s->high_len, v);
    if (where < s->high_len && s->high[where] == v) {
        return;
    }
    if (s->high_len < SERIES_EDGE) {
        insert(s->high, &s->high_len, where, v);
        return;
    }
    s->dropped = true;
    if (where > 0) {
        memmove(&s->high[0], &s->high[1], (where - 1) * sizeof(v));
        s->high[where - 1] = v;
    }
}

static void put(struct series *s, uint64_t v)
{
    size_t where = place_of(s->low, s->low_len, v);
    if (where < s->low_len && s->low[where] == v) {
        return;
    }
    if (s->low_len < SERIES_EDGE) {
        insert(s->low, &s->low_len, where, v);
    } else if (where == SERIES_EDGE) {
        put_high(s, v);
    } else {
        uint64_t out = s->low[SERIES_EDGE - 1];
        s->low_len--;
        insert(s->low, &s->low_len, where, v);
        put_high(s, out);
    }
}

static bool ready(struct series *s)
{
    if (s->bins == NULL) {
        s->bins = mem_alloc(SERIES_BINS, sizeof(*s->bins));
    }
    return s->bins != NULL && room(&s->low, s->low_len, &s->low_cap) &&
           (s->low_len < SERIES_EDGE || room(&s->high, s->high_len, &s->high_cap));
}

bool series_add(struct series *s, uint32_t second, uint32_t tag)
{
    if (!ready(s)) {
        return false;
    }
    if (s->added == 0) {
        s->min_s = s->max_s = second;
        s->bin_s = SERIES_BIN_MIN_S;
    }
    span_reach(s, second, second);
    bin_one(&s->bins[second / s->bin_s - s->min_s / s->bin_s], 1);
    s->added++;
    put(s, (uint64_t)second << 32 | tag);
    return true;
}

static bool put_all(struct series *to, const uint64_t *at, size_t len)
{
    for (size_t i = 0; i < len; i++) {
        if (!ready(to)) {
            return false;
        }
        put(to, at[i]);
    }
    return true;
}

bool series_merge(struct series *to, const struct series *from)
{
    if (from->added == 0) {
        return true;
    }
    if (!ready(to)) {
        return false;
    }
    if (to->added == 0) {
        to->min_s = from->min_s;
        to->max_s = from->max_s;
        to->bin_s = from->bin_s;
    }
    /* The common span is at least as long as either, and so is its bin. */
    span_reach(to, from->min_s, from->max_s);
    uint32_t base = to->min_s / to->bin_s;
    uint32_t was = from->min_s / from->bin_s;
    for (uint32_t i = 0; i <= from->max_s / from->bin_s - was; i++) {
        bin_one(&to->bins[(was + i) / (to->bin_s / from->bin_s) - base], from->bins[i]);
    }
    to->added += from->added;
    to->dropped |= from->dropped;
    return put_all(to, from->low, from->low_len) && put_all(to, from->high, from->high_len);
}

/* ---- reading ---- */

uint64_t series_count(const struct series *s)
{
    return s->dropped ? s->added : (uint64_t)s->low_len + s->high_len;
}

size_t series_seconds(const struct series *s, uint32_t out[2 * SERIES_EDGE], size_t *gap)
{
    size_t n = 0;
    for (size_t i = 0; i < s->low_len; i++) {
        out[n++] = (uint32_t)(s->low[i] >> 32);
    }
    for (size_t i = 0; i < s->high_len; i++) {
        out[n++] = (uint32_t)(s->high[i] >> 32);
    }
    *gap = s->dropped ? s->low_len : n;
    return n;
}

size_t series_memory(const struct series *s)
{
    return ((size_t)s->low_cap + s->high_cap) * sizeof(uint64_t) +
           (s->bins != NULL ? SERIES_BINS * sizeof(uint16_t) : 0);
}
