/*
 * sizes - how many bytes at a time: a histogram of quarter octaves and the distinct values while
 * they are few. The same whatever the order.
 */
#ifndef NETWORK_SIZES_H
#define NETWORK_SIZES_H

#include <stdbool.h>
#include <stdint.h>

enum { SIZES_BINS = 160, SIZES_DISTINCT = 3 };

struct sizes {
    uint64_t count;
    uint16_t bins[SIZES_BINS];         /* up to 65535 */
    uint64_t distinct[SIZES_DISTINCT]; /* the smallest, rising */
    uint8_t distinct_len;
    bool more; /* there are further ones */
};

void sizes_add(struct sizes *s, uint64_t value, uint64_t times);
/* The value that a part of all values (0 to 1) does not exceed, to a fifth of an octave. */
double sizes_quantile(const struct sizes *s, double part);
/* Median of the distances from the median. */
double sizes_mad(const struct sizes *s, double median);

#endif
