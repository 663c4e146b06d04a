/*
 * watch - a function's calls held against its model, minute by minute: is this a spike?
 *
 * Four tests, each with its share of the false alarms that are allowed:
 *   step   Page's test for three times the usual rate: finds what goes on
 *   tail   the probability of so many calls in 1, 5, 15 or 60 minutes: finds bursts
 *   ewma   three 5-minute counts in a row far above the ones just before
 *   z      an hour far above the median of this hour of the week
 * The last two say nothing about probability; they count only where the tail of the same minutes is
 * below the limit, and are told since people know them.
 *
 * Memory: constant. Cost of a call: constant, plus the minutes since the one before while a test
 * still remembers it.
 */
#ifndef BASELINE_WATCH_H
#define BASELINE_WATCH_H

#include "baseline/chart.h"
#include "baseline/model.h"

#define WATCH_STEP_RATIO  3.0
#define WATCH_EXCESS_MIN  10.0 /* calls above the usual: fewer are never a spike */
#define WATCH_YEAR_FALSE  0.5  /* false alarms of a function and year */
#define WATCH_ESTATE_YEAR 12.0 /* of all functions together */

enum watch_test { WATCH_STEP = 1, WATCH_TAIL = 2, WATCH_EWMA = 4, WATCH_Z = 8 };

struct watch_limits {
    double step_every; /* minutes between false alarms of the step test */
    double tail;       /* probability of a single test */
};

/* Shared among so many functions (Bonferroni): each WATCH_YEAR_FALSE a year, all together
 * WATCH_ESTATE_YEAR. Four fifths go to the step test, which has the longest memory. */
struct watch_limits watch_limits_of(size_t functions);

enum { WATCH_MINUTES = 60, WATCH_BUCKET = 5 };

struct watch {
    bool begun;
    int64_t minute; /* the one that calls are added to */
    double ring[WATCH_MINUTES];
    double step; /* nats, of the minutes before */
    int64_t step_from;
    double step_calls, step_usual; /* since step_from */
    struct ewma ewma;
    double bucket_calls;
    bool ewma_high;
    int64_t alarm_minute; /* of the last alarm; 0: none */
};

struct watch_alarm {
    unsigned tests; /* set of enum watch_test; 0: no alarm */
    bool begins;    /* there was none in the hour before */
    int64_t from_minute;
    unsigned minutes;    /* from then on */
    double calls, usual; /* in them */
    double probability;  /* of so many in the window that is least likely; 1: only the step test */
};

/* `count` calls in a minute since 1970. Minutes must not go back: what is older than the newest
 * counts as of the newest. `c` is what the model was fitted to, for z. */
struct watch_alarm watch_add(struct watch *w, const struct model *m, const struct calls *c,
                             const struct watch_limits *limits, int64_t minute, double count);

#endif
