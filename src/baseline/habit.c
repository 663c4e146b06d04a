#include "baseline/habit.h"

#include <math.h>

enum { DAY_HOURS = 24, SATURDAY = 2, SUNDAY = 3, REACH = 2 };
#define HALF_LIFE_HOURS (45.0 * DAY_HOURS)

unsigned habit_bin(int32_t hour)
{
    int32_t day = hour / DAY_HOURS;
    unsigned kind = day % 7 == SATURDAY ? 1 : day % 7 == SUNDAY ? 2 : 0; /* 1970-01-01: Thursday */
    return kind * DAY_HOURS + (unsigned)(hour % DAY_HOURS);
}

/* Make `hour` the newest; what was before weighs less. */
static void advance(struct habit *h, int32_t hour)
{
    float keep = (float)exp2((h->newest_hour - hour) / HALF_LIFE_HOURS);
    for (unsigned i = 0; i < HABIT_BINS; i++) {
        h->bins[i] *= keep;
    }
    h->newest_hour = hour;
}

void habit_add_hour(struct habit *h, int32_t hour)
{
    if (hour < 0 || (h->any_hour && hour <= h->newest_hour)) {
        return;
    }
    if (!h->any_hour) {
        h->any_hour = true;
        h->first_hour = h->newest_hour = hour;
    }
    advance(h, hour);
    h->bins[habit_bin(hour)] += 1;
}

void habit_merge(struct habit *to, const struct habit *from)
{
    values_merge(&to->values, &from->values);
    if (!from->any_hour) {
        return;
    }
    if (!to->any_hour) {
        to->any_hour = true;
        to->first_hour = from->first_hour;
        to->newest_hour = from->newest_hour;
    }
    if (from->newest_hour > to->newest_hour) {
        advance(to, from->newest_hour);
    }
    to->first_hour = from->first_hour < to->first_hour ? from->first_hour : to->first_hour;
    float keep = (float)exp2((from->newest_hour - to->newest_hour) / HALF_LIFE_HOURS);
    for (unsigned i = 0; i < HABIT_BINS; i++) {
        to->bins[i] += from->bins[i] * keep;
    }
}

void habit_cut(struct habit *h, int32_t day)
{
    values_cut(&h->values, day);
    if (h->any_hour && h->first_hour / DAY_HOURS >= day) {
        *h = (struct habit){.values = h->values};
    }
}

double habit_hours(const struct habit *h, int32_t at)
{
    double sum = 0;
    for (unsigned i = 0; i < HABIT_BINS; i++) {
        sum += (double)h->bins[i];
    }
    return at <= h->newest_hour ? sum : sum * exp2((h->newest_hour - at) / HALF_LIFE_HOURS);
}

static double smoothed(const struct habit *h, unsigned bin)
{
    static const double kernel[REACH + 1] = {3.0 / 9, 2.0 / 9, 1.0 / 9};
    unsigned day = bin / DAY_HOURS * DAY_HOURS;
    double sum = 1.0 / HABIT_BINS;
    for (int away = -REACH; away <= REACH; away++) {
        unsigned at = (bin % DAY_HOURS + DAY_HOURS + (unsigned)away) % DAY_HOURS;
        double often = fmax(0, (double)h->bins[day + at] - 1);
        sum += often * kernel[away < 0 ? -away : away];
    }
    return sum;
}

double habit_hour_chance(const struct habit *h, int32_t hour)
{
    double here = smoothed(h, habit_bin(hour));
    double rarer = 0;
    double all = 0;
    for (unsigned i = 0; i < HABIT_BINS; i++) {
        double mass = smoothed(h, i);
        rarer += mass <= here * (1 + 1e-9) ? mass : 0;
        all += mass;
    }
    return rarer / all;
}
