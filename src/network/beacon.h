/*
 * beacon - how much a host's contacts with one name look like a program that calls home.
 *
 * Derived from what is published about the score of RITA 5: four parts of equal weight, from 0 to
 * 1, over a window of a day or, where the contacts span more, their span.
 *
 *   time      intervals lie evenly about their median (Bowley skewness) and near it (MAD)
 *   size      the same of the bytes that were sent; unknown sizes count as the time does
 *   spread    the hours of the window are used alike, or in two ways
 *   duration  most of the window, or a long run of hours
 *
 * Against jitter, which lowers `time` alone: an echo (contacts that find another one at some lag
 * more often than chance would have it) may stand in for it, and a program that sends one of at
 * most three sizes gains a little. What lowers the score: bursts, as people and applications make
 * them, and intervals that cannot be told from random ones, unless all sizes are alike.
 *
 * Cost: linear in the points kept, which are bounded.
 */
#ifndef NETWORK_BEACON_H
#define NETWORK_BEACON_H

#include "network/series.h"
#include "network/sizes.h"

enum { BEACON_POINTS_MIN = 12 };

struct beacon {
    bool scored; /* false: too few contacts to say anything */
    double score;
    double time, size, spread, duration; /* the parts */
    double median_s;                     /* of the intervals */
    double dispersion;                   /* of the intervals: deviation by mean; chance has 1 */
    double echo;
    double chance; /* distance (Kolmogorov-Smirnov) of the intervals from random ones */
    bool size_known, few_sizes;
};

/* `from_s` and `to_s`: what the logs cover. `sizes` NULL or empty: not known. */
struct beacon beacon_measure(const struct series *when, const struct sizes *sizes, uint32_t from_s,
                             uint32_t to_s);

#endif
