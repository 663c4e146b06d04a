/*
 * habit - what somebody usually does, beside which function: an actor's networks, tools, actions
 * and hours; an account's regions and runtimes.
 *
 * Bounded and plain. Values are hashes; hours are counted by hour of the day on working days,
 * Saturdays and Sundays (72 bins, UTC), each hour of history once, and weigh half after 45 days.
 */
#ifndef BASELINE_HABIT_H
#define BASELINE_HABIT_H

#include "baseline/values.h"

enum {
    HABIT_BINS = 72,
    /* Fewer hours than this cannot show that an hour is rarer than one in a hundred. */
    HABIT_HOURS_MIN = 100
};

struct habit {
    struct values values;
    bool any_hour;
    int32_t first_hour, newest_hour; /* since 1970, with something done in them */
    float bins[HABIT_BINS];
};

/* Something was done in this hour. Hours that come again, or not in rising order, count once. */
void habit_add_hour(struct habit *h, int32_t hour);
/* As if all of `from` had been added; of logs that do not overlap. */
void habit_merge(struct habit *to, const struct habit *from);
/* Forget what was first seen on this day or later. Hours of those days weigh in until they decay. */
void habit_cut(struct habit *h, int32_t day);

/* 0 to 71: hour of the day, + 24 on Saturdays, + 48 on Sundays. */
unsigned habit_bin(int32_t hour);
/* Hours that are remembered, with the weights they have in the hour `at`. */
double habit_hours(const struct habit *h, int32_t at);
/* Part of the hours (0 to 1) that lie in bins as rare as this hour's, or rarer: how surprising it is.
 * A kernel of two hours either way smooths the bins, so that work an hour later, or summer time, is
 * no surprise; what was done once counts as never, so that one night does not make nights usual; as
 * much as one hour is spread evenly over all bins. Cost: HABIT_BINS squared / 8. */
double habit_hour_chance(const struct habit *h, int32_t hour);

#endif
