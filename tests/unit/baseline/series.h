/*
 * Made traffic for the tests of baselines: calls with a daily and a weekly rhythm, the same in
 * every run.
 */
#ifndef TEST_BASELINE_SERIES_H
#define TEST_BASELINE_SERIES_H

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

#include <cmocka.h>

#include "baseline/watch.h"

#define DAY_MINUTES  INT64_C(1440)
#define WEEK_MINUTES (7 * DAY_MINUTES)
/* Monday 2026-01-05 00:00 UTC, in minutes since 1970. */
#define MADE_FROM    (INT64_C(20458) * DAY_MINUTES)

struct made {
    uint64_t random;
    double rate;   /* calls an hour, the mean over a week */
    double daily;  /* part by which day and night swing: 0.5 */
    double weekly; /* part that a weekend has less: 0.4 */
    double gain;   /* standard deviation of an hour's rate, as a part of it: 0 for Poisson */
    double gain_now;
    int64_t gain_hour;
};

double made_uniform(struct made *s); /* in (0, 1) */
/* Usual calls an hour at a minute, without gain. */
double made_rate_at(const struct made *s, int64_t minute);
/* Calls in a minute, at `factor` times the usual rate. */
unsigned made_calls(struct made *s, int64_t minute, double factor);
/* History: `weeks` from MADE_FROM; *days gets marked. Returns the minute after it. */
int64_t made_history(struct made *s, unsigned weeks, struct calls *c, struct covered *days);

#endif
