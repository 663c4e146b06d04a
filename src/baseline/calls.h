/*
 * calls - how often a function was called: by hour for six weeks, by day for eighteen, and how many
 * different addresses called it on each of the last 14 days.
 *
 * Bounded and plain: a struct that can be copied. Hours are counted from 1970, UTC. Only counts are
 * kept, no names. Adding hours and days depends on no order; how much calls clump within an hour is
 * measured on what comes in rising order.
 */
#ifndef BASELINE_CALLS_H
#define BASELINE_CALLS_H

#include <stdbool.h>
#include <stdint.h>

#include "baseline/sketch.h"

enum {
    CALLS_WEEK_HOURS = 168,
    CALLS_WEEKS = 6,
    CALLS_HOURS = CALLS_WEEKS * CALLS_WEEK_HOURS,
    CALLS_DAYS = 126,
    CALLS_SKETCH_DAYS = 14
};

struct calls {
    bool any;                /* something was added; else all below is 0 */
    int32_t first_hour;      /* earliest that was added */
    int32_t newest_hour;     /* latest */
    float hour[CALLS_HOURS]; /* [hour % CALLS_HOURS], the newest CALLS_HOURS of them */
    float day[CALLS_DAYS];   /* [day % CALLS_DAYS] */
    struct sketch addresses[CALLS_SKETCH_DAYS];

    /* Decayed by half in 45 days: */
    double total, errors;

    /* How calls clump: pairs of calls in one minute, and in one hour; of one hour and minute that are
     * not finished. */
    double minute_pairs, hour_pairs;
    double minute_calls, hour_calls;
    int64_t minute;
};

/* `count` calls (may be a fraction) in a minute since 1970, of which `errors` failed. Cost:
 * constant, but for what a leap in time forgets. */
void calls_add(struct calls *c, int64_t minute, double count, double errors);
/* An address, by its value_hash, on a day. */
void calls_add_address(struct calls *c, int32_t day, uint64_t hash);
/* Of logs that do not overlap: counts add up. Where they do overlap, calls count twice. */
void calls_merge(struct calls *to, const struct calls *from);

/* Forget this hour and all after it. */
void calls_cut(struct calls *c, int32_t hour);

/* What is remembered of an hour or day; 0 where nothing is. */
double calls_of_hour(const struct calls *c, int32_t hour);
double calls_of_day(const struct calls *c, int32_t day);
double calls_addresses(const struct calls *c, int32_t day);
int32_t calls_newest_day(const struct calls *c);

/* How much more often two calls of one hour fall into one minute than chance would have it: 1 for
 * independent calls, 60 when all calls of an hour come in one minute. */
double calls_clump(const struct calls *c);

/* Hour of the week, 0 = Monday 00:00 UTC. */
unsigned calls_week_hour(int32_t hour);

#endif
