/*
 * runtime - how runs of a function usually go: time, memory, start, processor, subrequests, as
 * histograms; and how much it writes to its log.
 *
 * Bounded and plain. Buckets are geometric, so that a median is known to within a step (7 to 30 %,
 * see runtime_step). Weights fall by half in 45 days.
 */
#ifndef BASELINE_RUNTIME_H
#define BASELINE_RUNTIME_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum run_metric {
    RUN_DURATION,    /* milliseconds from begin to end */
    RUN_MEMORY,      /* MiB, the most that was used */
    RUN_INIT,        /* milliseconds to start a sandbox, of its first run */
    RUN_CPU,         /* milliseconds of processor time */
    RUN_SUBREQUESTS, /* requests that a run made */
    RUN_METRIC_MAX_
};
const char *run_metric_name(enum run_metric m); /* "duration", … */

enum { RUN_BUCKETS = 56 };

struct runtime {
    bool any;
    int32_t first_day, newest_day; /* since 1970; the weights are as of the newest */
    float at[RUN_METRIC_MAX_][RUN_BUCKETS];
    float lines, line_runs; /* lines written, and runs, where the log has lines at all */
};

/* What one run told; what is negative or not a number is left out. Days may come in any order. */
void runtime_add(struct runtime *r, enum run_metric m, double value, int32_t day);
void runtime_add_lines(struct runtime *r, double lines, double runs, int32_t day);
/* As if all of `from` had been added; of logs that do not overlap. */
void runtime_merge(struct runtime *to, const struct runtime *from);
/* The window begins on this day. Sums cannot forget a part: they are kept, weakened by the days of
 * the window that are in them, while these are at most a quarter of all; else all is forgotten. */
void runtime_cut(struct runtime *r, int32_t day);

double runtime_count(const struct runtime *r, enum run_metric m); /* runs, with their weights */
/* The value below which the part `q` (0 to 1) lies: 0 where nothing is known. */
double runtime_quantile(const struct runtime *r, enum run_metric m, double q);
/* Part of the runs at or above a value, to within a step. */
double runtime_part_above(const struct runtime *r, enum run_metric m, double value);
/* Upper by lower bound of a bucket. */
double runtime_step(enum run_metric m);

/* Values of now held against the usual ones. */
struct run_shift {
    bool known;        /* RUN_LEAST values or more on both sides */
    double usual, now; /* medians */
    double chance;     /* one-sided probability of so large a rank sum (Mann-Whitney, normal
                           approximation with ties): of a shift upwards */
};
enum { RUN_LEAST = 20 };
/* Source: Mann and Whitney 1947; SciPy: mannwhitneyu(now, usual, alternative='greater',
 * method='asymptotic') on values put into their buckets. Cost: n log n. `now` gets sorted. The usual
 * side counts as RUN_WEIGHT_MAX runs at most. */
enum { RUN_WEIGHT_MAX = 2000 };
struct run_shift runtime_compare(const struct runtime *r, enum run_metric m, double *now, size_t n);

#endif
