#include "baseline/drift.h"

#include <math.h>

#include "baseline/chart.h"

enum { WEEK = 7, MONDAY = 4, SATURDAY = 5 };

struct reference {
    double mean[WEEK];
    double spread;
};

static unsigned weekday(int32_t day)
{
    int32_t left = (day - MONDAY) % WEEK;
    return (unsigned)(left < 0 ? left + WEEK : left);
}

static bool is_weekend(unsigned day)
{
    return day >= SATURDAY;
}

/* One day of somebody's making must not raise the reference. */
static double capped(const struct drift_day *days, size_t n, size_t i)
{
    double same[DRIFT_REFERENCE_DAYS];
    size_t count = 0;
    for (size_t k = 0; k < n; k++) {
        if (is_weekend(weekday(days[k].day)) == is_weekend(weekday(days[i].day))) {
            same[count++] = days[k].calls;
        }
    }
    return fmin(days[i].calls, 3 * fmax(median_of(same, count), 1));
}

static struct reference refer(const struct drift_day *days, size_t n)
{
    struct reference r = {{0}, 0};
    double sum[WEEK] = {0};
    double both[2] = {0};
    double count[WEEK] = {0};
    double counts[2] = {0};
    for (size_t i = 0; i < n; i++) {
        unsigned w = weekday(days[i].day);
        double calls = capped(days, n, i);
        sum[w] += calls;
        count[w]++;
        both[is_weekend(w)] += calls;
        counts[is_weekend(w)]++;
    }
    for (unsigned w = 0; w < WEEK; w++) {
        double of_class = counts[is_weekend(w)] > 0 ? both[is_weekend(w)] / counts[is_weekend(w)]
                                                    : (both[0] + both[1]) / (double)n;
        r.mean[w] = fmax((sum[w] + of_class) / (count[w] + 1), 0.5);
    }
    double square = 0;
    double freedom = 0;
    for (size_t i = 0; i < n; i++) {
        unsigned w = weekday(days[i].day);
        double away = capped(days, n, i) / r.mean[w] - 1;
        square += away * away;
        freedom += 1 - 1 / (count[w] + 1);
    }
    r.spread = fmax(DRIFT_SPREAD_MIN, sqrt(square / freedom));
    return r;
}

/* Of the last days up to `i`, to what the reference has for them. */
static double ratio_at(const struct reference *r, const struct drift_day *days, size_t first,
                       size_t i)
{
    double calls = 0;
    double usual = 0;
    for (size_t k = i + 1; k-- > first && i - k < DRIFT_RECENT_DAYS;) {
        calls += days[k].calls;
        usual += r->mean[weekday(days[k].day)];
    }
    return usual > 0 ? calls / usual : 1;
}

struct drift drift_find(const struct drift_day *days, size_t n)
{
    struct drift out = {.ratio = 1};
    if (n <= DRIFT_REFERENCE_MIN) {
        out.missing = (unsigned)(DRIFT_REFERENCE_MIN + 1 - n);
        return out;
    }
    /* A week is left to be looked at, where there is one. */
    size_t first = n > DRIFT_REFERENCE_DAYS + WEEK  ? DRIFT_REFERENCE_DAYS
                   : n > DRIFT_REFERENCE_MIN + WEEK ? n - WEEK
                                                    : DRIFT_REFERENCE_MIN;
    struct reference r = refer(days, first);
    int32_t since = days[first].day;
    double least = fmax(DRIFT_RATIO_MIN, 1 + 3 * r.spread / sqrt(DRIFT_RECENT_DAYS));
    out.known = true;
    out.spread = r.spread;
    for (size_t i = first; i < n; i++) {
        double mean = r.mean[weekday(days[i].day)];
        double z = (days[i].calls / mean - 1) / fmax(r.spread, 1 / sqrt(mean));
        z -= 1 / sqrt((double)first); /* the reference itself may read low by that */
        since = out.sum <= 0 ? days[i].day : since;
        out.sum = cusum_next(out.sum, z);
        double ratio = ratio_at(&r, days, first, i);
        if (!out.found) {
            out.ratio = ratio;
        }
        if (!out.found && out.sum > CUSUM_LIMIT && ratio >= least) {
            out.found = true;
            out.found_day = days[i].day;
            out.since_day = since;
        }
    }
    return out;
}
