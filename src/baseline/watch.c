#include "baseline/watch.h"

#include <math.h>

#include "baseline/tail.h"

enum { EWMA_GAP_MAX = 288 }; /* a day of empty buckets: the mean is then 0 */

#define YEAR_MINUTES (365.25 * 24 * 60)
#define STEP_SHARE   0.8
/* Rates of hours have longer tails than the negative binomial: log-normal ones are usual. */
#define SWING_CARE   10

static const unsigned windows[] = {1, 5, 15, 60};
enum { WINDOWS = sizeof(windows) / sizeof(windows[0]) };

struct watch_limits watch_limits_of(size_t functions)
{
    double all = functions == 0 ? 1 : (double)functions;
    double a_year = fmin(WATCH_YEAR_FALSE, WATCH_ESTATE_YEAR / all);
    return (struct watch_limits){.step_every = YEAR_MINUTES / (STEP_SHARE * a_year),
                                 .tail = (1 - STEP_SHARE) * a_year / YEAR_MINUTES / WINDOWS};
}

static double *slot(struct watch *w, int64_t minute)
{
    return &w->ring[(uint64_t)minute % WATCH_MINUTES];
}

static double step_of(const struct watch *w, const struct model *m, double calls, int64_t minute)
{
    return step_next(w->step, calls, model_minute(m, minute), WATCH_STEP_RATIO,
                     model_dispersion(m, minute));
}

/* What goes on without end is forgotten soon after it ends. */
static void finish_step(struct watch *w, const struct model *m, double most)
{
    double calls = *slot(w, w->minute);
    w->step = fmin(step_of(w, m, calls, w->minute), most);
    if (w->step > 0) {
        w->step_calls += calls;
        w->step_usual += model_minute(m, w->minute);
        return;
    }
    w->step_calls = 0;
    w->step_usual = 0;
    w->step_from = w->minute + 1;
}

static void finish_bucket(struct watch *w, int64_t empty)
{
    w->ewma_high = ewma_add(&w->ewma, w->bucket_calls);
    w->bucket_calls = 0;
    if (empty > EWMA_GAP_MAX) {
        w->ewma = (struct ewma){.seen = EWMA_WARM};
        w->ewma_high = false;
        return;
    }
    for (int64_t i = 0; i < empty; i++) {
        w->ewma_high = ewma_add(&w->ewma, 0);
    }
}

static void advance(struct watch *w, const struct model *m, double most, int64_t minute)
{
    int64_t bucket = minute / WATCH_BUCKET - w->minute / WATCH_BUCKET;
    if (bucket > 0) {
        finish_bucket(w, bucket - 1);
    }
    while (w->minute < minute) {
        finish_step(w, m, most);
        w->minute++;
        *slot(w, w->minute) = 0;
        if (w->step <= 0 && minute - w->minute > WATCH_MINUTES) { /* nothing is remembered */
            w->minute = minute - WATCH_MINUTES;
        }
    }
    if (w->step <= 0) {
        w->step_from = minute;
    }
}

static double sum_back(struct watch *w, unsigned minutes)
{
    double sum = 0;
    for (unsigned i = 0; i < minutes; i++) {
        sum += *slot(w, w->minute - i);
    }
    return sum;
}

static double usual_back(const struct watch *w, const struct model *m, unsigned minutes)
{
    return model_minute(m, w->minute - minutes / 2) * minutes;
}

static void look_at_tails(struct watch *w, const struct model *m, const struct watch_limits *limits,
                          struct watch_alarm *out)
{
    for (unsigned i = 0; i < WINDOWS; i++) {
        double calls = sum_back(w, windows[i]);
        double usual = usual_back(w, m, windows[i]);
        double p = calls - usual < WATCH_EXCESS_MIN
                       ? 1
                       : tail_of(calls, usual, model_variance(m, usual, windows[i]));
        if (p < limits->tail && p < out->probability) {
            out->tests |= WATCH_TAIL;
            out->probability = p;
            out->from_minute = w->minute - windows[i] + 1;
            out->minutes = windows[i];
            out->calls = calls;
            out->usual = usual;
        }
    }
}

/* Hours of dispersed traffic swing as a whole, so that their minutes do not speak for themselves:
 * what went on since the step began must be unlikely for such hours, too. */
static bool is_usual_swing(const struct model *m, const struct watch_limits *limits, double calls,
                           double usual, unsigned minutes)
{
    double once = WATCH_MINUTES / limits->step_every; /* tried once an hour */
    return m->dispersion > TAIL_DISPERSED &&
           tail_of(calls, usual, model_variance(m, usual, minutes)) > once / SWING_CARE;
}

static void look_at_step(struct watch *w, const struct model *m, const struct watch_limits *limits,
                         double limit, struct watch_alarm *out)
{
    double calls = w->step_calls + *slot(w, w->minute);
    double usual = w->step_usual + model_minute(m, w->minute);
    double step = step_of(w, m, *slot(w, w->minute), w->minute);
    int64_t since = w->minute - w->step_from + 1;
    unsigned minutes = since > UINT32_MAX ? UINT32_MAX : (unsigned)since;
    if (step <= limit || calls - usual < WATCH_EXCESS_MIN ||
        is_usual_swing(m, limits, calls, usual, minutes)) {
        return;
    }
    out->tests |= WATCH_STEP;
    if ((out->tests & WATCH_TAIL) == 0) {
        out->from_minute = w->step_from;
        out->minutes = minutes;
        out->calls = calls;
        out->usual = usual;
    }
}

/* The hour of the week in the weeks that are remembered. */
static bool z_is_high(struct watch *w, const struct calls *c)
{
    double values[CALLS_WEEKS];
    double median;
    size_t n = 0;
    int32_t hour = (int32_t)(w->minute / 60);
    for (int32_t i = 1; i <= CALLS_WEEKS + 1 && n < CALLS_WEEKS; i++) {
        int32_t h = hour - i * CALLS_WEEK_HOURS;
        if (h >= c->first_hour && h <= c->newest_hour) {
            values[n++] = calls_of_hour(c, h);
        }
    }
    double calls = sum_back(w, WATCH_MINUTES);
    double z = robust_z(calls, values, n, &median);
    return n >= 2 && z > ROBUST_Z_LIMIT && calls - median > ROBUST_Z_EXCESS_MIN;
}

struct watch_alarm watch_add(struct watch *w, const struct model *m, const struct calls *c,
                             const struct watch_limits *limits, int64_t minute, double count)
{
    struct watch_alarm out = {.probability = 1};
    double limit = step_limit(limits->step_every, m->mean / 60, 1);
    if (!w->begun) {
        w->begun = true;
        w->minute = minute;
        w->step_from = minute;
    }
    if (minute > w->minute) {
        advance(w, m, 1.5 * limit, minute);
    }
    *slot(w, w->minute) += count;
    w->bucket_calls += count;
    look_at_tails(w, m, limits, &out);
    look_at_step(w, m, limits, limit, &out);
    if ((out.tests & WATCH_TAIL) != 0) {
        out.tests |= w->ewma_high ? WATCH_EWMA : 0;
        out.tests |= z_is_high(w, c) ? WATCH_Z : 0;
    }
    if (out.tests != 0) {
        out.begins = w->alarm_minute == 0 || w->minute - w->alarm_minute > 60;
        w->alarm_minute = w->minute;
    }
    return out;
}
