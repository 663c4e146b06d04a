/*
 * model - what rate of calls is usual at which hour of the week, learnt from counts.
 *
 * An hour of the week has at most six values: their sum is shrunk towards the mean of the same hour
 * on all working days (or weekend days), as a Gamma prior worth MODEL_PRIOR_CALLS calls, so that
 * rare calls borrow strength and frequent ones speak for themselves:
 *
 *     usual = (sum + 0.5 + weight * mean of the hour) / (values + weight)
 *
 * Values far above the median of theirs are cut, so that one week of somebody's making moves it
 * little. Cost: linear in CALLS_HOURS.
 */
#ifndef BASELINE_MODEL_H
#define BASELINE_MODEL_H

#include "baseline/calls.h"
#include "baseline/coverage.h"

#define MODEL_PRIOR_CALLS 60.0

struct model {
    bool known;                    /* enough history; else the next two say what there is */
    unsigned days;                 /* with logs since the first call: LEARN_DAYS_MIN are needed */
    double calls;                  /* in the last six weeks: LEARN_COUNT_MIN are needed */
    double slot[CALLS_WEEK_HOURS]; /* calls an hour, by hour of the week from Monday 00:00 UTC */
    double mean;                   /* of them */
    double dispersion;             /* variance / mean of an hour's count, at least 1 (Pearson's) */
    double swing; /* variance of an hour's rate by its square: hours swing as a whole */
    double clump; /* calls_clump */
};

void model_fit(const struct calls *c, const struct covered *days, struct model *out);

/* Usual calls in one minute since 1970: between the middles of hours, in proportion. */
double model_minute(const struct model *m, int64_t minute);
/* Variance of the count of `minutes` of which `mean` calls are usual: the larger of
 * dispersion * mean and mean + swing * mean^2 / hours; and in windows below an hour what clumping
 * adds, mean^2 * (clump - 1) / minutes. */
double model_variance(const struct model *m, double mean, unsigned minutes);
/* variance / mean of one minute's count, where its hour and its clumps vary with it. */
double model_dispersion(const struct model *m, int64_t minute);

#endif
