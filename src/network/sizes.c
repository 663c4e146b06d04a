#include "network/sizes.h"

#include <math.h>

static unsigned bin_of(uint64_t v)
{
    if (v < 4) {
        return (unsigned)v;
    }
    unsigned top = 63U - (unsigned)__builtin_clzll(v);
    unsigned bin = (top - 1) * 4 + (unsigned)(v >> (top - 2) & 3);
    return bin < SIZES_BINS ? bin : SIZES_BINS - 1;
}

/* Middle of a bin; exact for the first ones. */
static double value_of(unsigned bin)
{
    if (bin < 4) {
        return bin;
    }
    double low = ldexp(1.0 + (bin & 3U) / 4.0, (int)(bin / 4 + 1));
    return low + ldexp(0.125, (int)(bin / 4 + 1));
}

static void note_distinct(struct sizes *s, uint64_t v)
{
    unsigned at = 0;
    while (at < s->distinct_len && s->distinct[at] < v) {
        at++;
    }
    if (at < s->distinct_len && s->distinct[at] == v) {
        return;
    }
    if (at == SIZES_DISTINCT) {
        s->more = true;
        return;
    }
    if (s->distinct_len == SIZES_DISTINCT) {
        s->more = true;
        s->distinct_len--;
    }
    for (unsigned i = s->distinct_len; i > at; i--) {
        s->distinct[i] = s->distinct[i - 1];
    }
    s->distinct[at] = v;
    s->distinct_len++;
}

void sizes_add(struct sizes *s, uint64_t value, uint64_t times)
{
    if (times == 0) {
        return;
    }
    uint16_t *bin = &s->bins[bin_of(value)];
    *bin = times > (uint64_t)(UINT16_MAX - *bin) ? UINT16_MAX : (uint16_t)(*bin + times);
    s->count += times;
    note_distinct(s, value);
}

/* What the bins hold: less than the count once one of them is full. */
static double held(const struct sizes *s)
{
    double sum = 0;
    for (unsigned i = 0; i < SIZES_BINS; i++) {
        sum += s->bins[i];
    }
    return sum;
}

double sizes_quantile(const struct sizes *s, double part)
{
    double want = part * held(s);
    double seen = 0;
    for (unsigned i = 0; i < SIZES_BINS; i++) {
        seen += s->bins[i];
        if (s->bins[i] > 0 && seen >= want) {
            return value_of(i);
        }
    }
    return 0;
}

/* Bins by their distance from the median, walked outwards until half of all is behind. */
double sizes_mad(const struct sizes *s, double median)
{
    int below = SIZES_BINS - 1;
    while (below >= 0 && value_of((unsigned)below) > median) {
        below--;
    }
    unsigned above = (unsigned)(below + 1);
    double all = held(s);
    double seen = 0;
    double distance = 0;
    while (seen * 2 < all && (below >= 0 || above < SIZES_BINS)) {
        double down = below >= 0 ? median - value_of((unsigned)below) : INFINITY;
        double up = above < SIZES_BINS ? value_of(above) - median : INFINITY;
        unsigned bin = down <= up ? (unsigned)below-- : above++;
        seen += s->bins[bin];
        distance = s->bins[bin] > 0 ? (down <= up ? down : up) : distance;
    }
    return distance;
}
