/*
 * chart - control charts: when is a series no longer as it was?
 *
 * Plain structs that are fed one value at a time, in order; zeroed or set by the caller. Constant
 * memory and cost.
 */
#ifndef BASELINE_CHART_H
#define BASELINE_CHART_H

#include <stdbool.h>
#include <stddef.h>

/* ---- EWMA: exponentially weighted mean and variance (detection 2C) ---- */

#define EWMA_WEIGHT 0.2
#define EWMA_WIDTH  4.0 /* L */
enum { EWMA_RUN = 3, EWMA_WARM = 12 };

struct ewma {
    double mean, variance;
    unsigned seen; /* values so far, up to EWMA_WARM */
    unsigned run;  /* values in a row above the limit */
};

/* mean + L * sigma * sqrt(w / (2 - w)), in units of the values: what the next value is held
 * against. Roberts 1959; statsmodels has none, pandas: ewm(alpha=0.2, adjust=False). */
double ewma_limit(const struct ewma *e);
/* Take the next value. True: EWMA_RUN or more in a row are above the limit. Values above it are not
 * learnt, so that what goes on for long does not become usual. The first EWMA_WARM are learnt
 * whatever they are. */
bool ewma_add(struct ewma *e, double value);

/* ---- robust z ---- */

/* (value - median) / (1.4826 * MAD + max(1, 5 % of the median)): deviations, not a probability.
 * `values` gets sorted and overwritten; n = 0 gives 0. Iglewicz and Hoaglin 1993; SciPy:
 * median_abs_deviation(scale='normal'). *median may be NULL. Cost: n log n. */
double robust_z(double value, double *values, size_t n, double *median);
/* Middle of `values`, which get sorted; 0 of none. */
double median_of(double *values, size_t n);

#define ROBUST_Z_LIMIT      6.0
#define ROBUST_Z_EXCESS_MIN 50.0 /* calls above the median */

/* ---- CUSUM of standardised values, for drift ---- */

#define CUSUM_SLACK 0.5 /* k: half the shift that is looked for, in deviations */
#define CUSUM_LIMIT 8.0 /* h: a false alarm in about 19000 values (Siegmund 1985) */

/* S' = max(0, S + z - k), in deviations. Page 1954. */
double cusum_next(double sum, double z);

/* ---- CUSUM of the likelihood ratio, for steps ---- */

/* Page's test for Poisson counts between the usual mean and `ratio` times it:
 * S' = max(0, S + (count * ln(ratio) - (ratio - 1) * mean) / dispersion), in nats. No test finds
 * such a step sooner for the same rate of false alarms (Lorden 1971; Lucas 1985 for counts). */
double step_next(double sum, double count, double mean, double ratio, double dispersion);
/* The limit for S for which a false alarm comes about once in `every` values on average, when the
 * usual mean of a value is `mean`: ln(every * mean / dispersion * 0.9), at least 3. Siegmund's
 * approximation without its overshoot, so that the alarms are rather fewer. */
double step_limit(double every, double mean, double dispersion);

#endif
