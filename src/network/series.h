/*
 * series - points in time, kept in bounded memory; the same whatever the order they come in.
 *
 * Up to 2 * SERIES_EDGE distinct points are kept whole; of more, the earliest and the latest
 * SERIES_EDGE each, so that a rhythm is seen exactly at both ends. How many fell into which part of
 * the whole span is counted in at most SERIES_BINS bins, whose width doubles as the span grows.
 */
#ifndef NETWORK_SERIES_H
#define NETWORK_SERIES_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/attr.h"

enum { SERIES_EDGE = 144, SERIES_BINS = 128, SERIES_BIN_MIN_S = 900 };

struct series {
    uint64_t *low, *high; /* rising; second << 32 | tag */
    uint16_t low_len, low_cap, high_len, high_cap;
    bool dropped;   /* points in the middle are only counted */
    uint64_t added; /* all that was added, copies too */
    uint32_t min_s; /* of all points; seconds since 1970 */
    uint32_t max_s;
    uint32_t bin_s; /* width of a bin; the first begins at min_s rounded down to it */
    uint16_t *bins; /* how many were added, up to 65535 */
};

void series_free(struct series *s);
/* Points of the same second and tag are one. False: no memory, and nothing changed. */
NODISCARD bool series_add(struct series *s, uint32_t second, uint32_t tag);
/* As if all that was added to `from` had been added to `to`. False: no memory. */
NODISCARD bool series_merge(struct series *to, const struct series *from);

/* Distinct points while all are kept, else all that was added. */
uint64_t series_count(const struct series *s);
/* The seconds that are kept, rising, up to 2 * SERIES_EDGE of them; returns how many. *gap: index
 * of the first that follows the part in the middle that is not kept, or their number. */
size_t series_seconds(const struct series *s, uint32_t out[2 * SERIES_EDGE], size_t *gap);
size_t series_memory(const struct series *s); /* bytes beside the struct */

#endif
