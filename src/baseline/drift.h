/*
 * drift - does the number of calls a day creep up? CUSUM over days against a reference that lies
 * in the past and does not follow.
 *
 * The reference are the oldest DRIFT_REFERENCE_DAYS days that are remembered, by day of the week
 * (shrunk to working days or weekend). It does not learn from later days, so that whoever raises
 * calls a little each day, to make them usual, is held against what was before.
 */
#ifndef BASELINE_DRIFT_H
#define BASELINE_DRIFT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum { DRIFT_REFERENCE_DAYS = 28, DRIFT_REFERENCE_MIN = 14, DRIFT_RECENT_DAYS = 3 };

#define DRIFT_RATIO_MIN  1.25 /* recent days by reference: less is growth, whatever CUSUM says */
#define DRIFT_SPREAD_MIN 0.05 /* of a day's mean: calls of real days vary at least so much */

struct drift_day {
    int32_t day; /* since 1970, rising */
    double calls;
};

struct drift {
    bool known;       /* DRIFT_REFERENCE_MIN days of reference and one more at least */
    unsigned missing; /* days, when it is not known */
    bool found;
    int32_t found_day, since_day; /* when it was found; when the sum began to rise */
    double ratio;                 /* of the recent days, or when found, to the reference */
    double sum;                   /* CUSUM, in deviations */
    double spread;                /* of a day, as a part of its mean */
};

/* Days with logs only, in order; a first day that is not whole is the caller's to leave out. Cost:
 * linear. */
struct drift drift_find(const struct drift_day *days, size_t n);

#endif
