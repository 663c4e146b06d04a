#include "network/beacon.h"

#include <math.h>
#include <stdlib.h>

enum {
    HOURS = 24,
    HOURS_SEEN_MIN = 6, /* duration says nothing of less */
    RUN_FULL_H = 12,    /* so long a run of hours is full duration */
    BIMODAL_HOURS_MIN = 11,
    NEIGHBOURS = 8, /* how many contacts ahead an echo is looked for */
    ECHO_BINS = 256,
    DAY_S = 86400,
};

/* Intervals of less than this quartile range say nothing about skewness. */
#define SKEW_RANGE_MIN 10.0
/* Deviation by mean of intervals, from which on they come in bursts. */
#define BURSTY         1.3
#define UNLIKE         0.1
#define ONE_SIZE       0.05
#define KS_CRITICAL    1.36 /* at 5 %: nearer to random intervals than this is random */
/* Echo bins grow by a twelfth: a jitter of 10 % stays within two of them. */
#define ECHO_GROWS     (1.0 / 12)

static double at_most_one(double v)
{
    return v < 0 ? 0 : v > 1 ? 1 : v;
}

static int by_value(const void *a, const void *b)
{
    const double *x = a;
    const double *y = b;
    return (*x > *y) - (*x < *y);
}

static double quantile(const double *sorted, size_t n, double part)
{
    double at = part * (double)(n - 1);
    size_t low = (size_t)at;
    size_t high = low + 1 < n ? low + 1 : low;
    return sorted[low] + (sorted[high] - sorted[low]) * (at - (double)low);
}

/* ---- evenness: skewness and deviation ---- */

static double even(double q1, double q2, double q3, double mad, double unusable)
{
    bool flat = q3 - q1 < SKEW_RANGE_MIN || q2 <= q1 || q2 >= q3;
    double skew = flat ? 0 : (q1 + q3 - 2 * q2) / (q3 - q1);
    double near = q2 < 1 ? unusable : at_most_one((q2 - mad) / q2);
    return ((1 - fabs(skew)) + near) / 2;
}

static double time_part(struct beacon *b, double *interval, size_t n)
{
    double away[2 * SERIES_EDGE];
    qsort(interval, n, sizeof(*interval), by_value);
    b->median_s = quantile(interval, n, 0.5);
    for (size_t i = 0; i < n; i++) {
        away[i] = fabs(interval[i] - b->median_s);
    }
    qsort(away, n, sizeof(*away), by_value);
    return even(quantile(interval, n, 0.25), b->median_s, quantile(interval, n, 0.75),
                quantile(away, n, 0.5), 1);
}

static double size_part(struct beacon *b, const struct sizes *s)
{
    b->few_sizes = !s->more;
    double median = sizes_quantile(s, 0.5);
    double part =
        even(sizes_quantile(s, 0.25), median, sizes_quantile(s, 0.75), sizes_mad(s, median), 0);
    return b->few_sizes ? 1 : part;
}

/* ---- against jitter ---- */

static void disperse(struct beacon *b, const double *sorted, size_t n)
{
    double sum = 0;
    double square = 0;
    for (size_t i = 0; i < n; i++) {
        sum += sorted[i];
        square += sorted[i] * sorted[i];
    }
    double mean = sum / (double)n;
    double variance = square / (double)n - mean * mean;
    b->dispersion = mean > 0 ? sqrt(variance > 0 ? variance : 0) / mean : 0;
    for (size_t i = 0; i < n && mean > 0; i++) {
        double chance = 1 - exp(-sorted[i] / mean);
        double low = fabs(chance - (double)i / (double)n);
        double high = fabs((double)(i + 1) / (double)n - chance);
        b->chance = fmax(b->chance, fmax(low, high));
    }
}

static unsigned echo_bin(double lag)
{
    double bin = log(lag) / log(1 + ECHO_GROWS);
    return bin < 0 ? 0 : bin >= ECHO_BINS ? ECHO_BINS - 1 : (unsigned)bin;
}

/* The lag at which most contacts find another, in two neighbouring bins, less what contacts at
 * random times of the same rate would find there. */
static double echo_of(const uint32_t *second, size_t from, size_t to)
{
    uint32_t lags[ECHO_BINS] = {0};
    double n = (double)(to - from);
    double rate =
        second[to - 1] > second[from] ? (n - 1) / (double)(second[to - 1] - second[from]) : 0;
    for (size_t i = from; i < to; i++) {
        for (size_t k = i + 1; k < to && k <= i + NEIGHBOURS; k++) {
            uint32_t lag = second[k] - second[i];
            if (lag > 0) {
                lags[echo_bin(lag)]++;
            }
        }
    }
    double best = 0;
    for (unsigned i = 0; i + 1 < ECHO_BINS; i++) {
        double lag = pow(1 + ECHO_GROWS, i);
        double width = lag * (pow(1 + ECHO_GROWS, 2) - 1);
        double found = at_most_one((lags[i] + lags[i + 1]) / n);
        double chance = at_most_one(rate * (width < 1 ? 1 : width));
        best = chance < 1 ? fmax(best, (found - chance) / (1 - chance)) : best;
    }
    return best;
}

/* ---- hours ---- */

struct hours {
    double at[HOURS]; /* contacts; each part is a 24th of the window */
    double window_s;
    unsigned seen, run;
};

static struct hours hours_of(const struct series *when, uint32_t from_s, uint32_t to_s)
{
    struct hours h = {0};
    double span = when->max_s - when->min_s;
    double logs = to_s > from_s ? (double)(to_s - from_s) : 0;
    h.window_s = fmax(fmin(DAY_S, logs), span) + 1;
    double start = fmin(when->min_s, fmax(from_s, (double)to_s - h.window_s + 1));
    double base = (double)(when->min_s - when->min_s % when->bin_s);
    for (unsigned i = 0; i < SERIES_BINS; i++) {
        double middle = base + (i + 0.5) * when->bin_s;
        double hour = (fmin(fmax(middle, when->min_s), when->max_s) - start) / h.window_s * HOURS;
        if (when->bins[i] > 0) {
            h.at[hour < 0 ? 0 : hour >= HOURS ? HOURS - 1 : (unsigned)hour] += when->bins[i];
        }
    }
    unsigned run = 0;
    for (unsigned i = 0; i < HOURS; i++) {
        h.seen += h.at[i] > 0;
        run = h.at[i] > 0 ? run + 1 : 0;
        h.run = run > h.run ? run : h.run;
    }
    return h;
}

/* How many of the hours used are used in the one or two most common ways, where ways are told
 * apart by a 20th of the busiest hour. One stray hour is forgiven. */
static double two_ways(const struct hours *h, double most)
{
    unsigned way[21] = {0};
    unsigned first = 0;
    unsigned second = 0;
    bool stray = false;
    if (h->seen < BIMODAL_HOURS_MIN) {
        return 0;
    }
    for (unsigned i = 0; i < HOURS; i++) {
        if (h->at[i] > 0) {
            way[(unsigned)(h->at[i] / most * 20)]++;
        }
    }
    for (unsigned i = 0; i < 21; i++) {
        stray = stray || way[i] == 1;
        if (way[i] > first) {
            second = first;
            first = way[i];
        } else if (way[i] > second) {
            second = way[i];
        }
    }
    return at_most_one((double)(first + second) / (h->seen - (stray ? 1 : 0)));
}

static double spread_part(const struct hours *h)
{
    double sum = 0;
    double square = 0;
    double most = 0;
    for (unsigned i = 0; i < HOURS; i++) {
        sum += h->at[i];
        square += h->at[i] * h->at[i];
        most = fmax(most, h->at[i]);
    }
    double mean = sum / HOURS;
    double variance = square / HOURS - mean * mean;
    double alike = at_most_one(1 - sqrt(variance > 0 ? variance : 0) / mean);
    return fmax(alike, two_ways(h, most));
}

static double duration_part(const struct hours *h, const struct series *when)
{
    double hour_s = h->window_s / HOURS;
    if (h->seen * hour_s < HOURS_SEEN_MIN * 3600.0 || h->seen < HOURS_SEEN_MIN) {
        return 0;
    }
    double covered = (double)(when->max_s - when->min_s) / h->window_s;
    double run = h->run * hour_s / (RUN_FULL_H * 3600.0);
    return at_most_one(fmax(covered, run));
}

struct beacon beacon_measure(const struct series *when, const struct sizes *sizes, uint32_t from_s,
                             uint32_t to_s)
{
    struct beacon b = {0};
    uint32_t second[2 * SERIES_EDGE];
    double interval[2 * SERIES_EDGE];
    size_t gap;
    size_t n = series_seconds(when, second, &gap);
    size_t intervals = 0;
    for (size_t i = 1; i < n; i++) {
        if (i != gap && second[i] > second[i - 1]) {
            interval[intervals++] = second[i] - second[i - 1];
        }
    }
    if (n < BEACON_POINTS_MIN || intervals + 1 < BEACON_POINTS_MIN) {
        return b;
    }
    struct hours h = hours_of(when, from_s, to_s);
    b.scored = true;
    b.time = time_part(&b, interval, intervals);
    disperse(&b, interval, intervals);
    b.echo = echo_of(second, 0, gap);
    b.echo = gap < n ? fmin(b.echo, echo_of(second, gap, n)) : b.echo;
    b.time = fmax(b.time, b.echo);
    b.size_known = sizes != NULL && sizes->count >= BEACON_POINTS_MIN;
    b.size = b.size_known ? size_part(&b, sizes) : b.time;
    b.spread = spread_part(&h);
    b.duration = duration_part(&h, when);
    b.score = (b.time + b.size + b.spread + b.duration) / 4;
    bool one_size = b.size_known && b.few_sizes;
    bool random = b.chance < KS_CRITICAL / sqrt((double)intervals);
    if (b.dispersion > BURSTY || (random && !one_size)) {
        b.score -= UNLIKE;
    } else if (one_size) {
        b.score += ONE_SIZE;
    }
    b.score = at_most_one(b.score);
    return b;
}
