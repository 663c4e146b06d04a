#include "baseline/model.h"

#include <math.h>

#include "baseline/chart.h"
#include "baseline/values.h"

enum { DAY_HOURS = 24, CELLS = 2 * DAY_HOURS, HOUR_MINUTES = 60, CELL_MAX = 5 * CALLS_WEEKS };

/* Of deviations above the median: what lies further is cut. */
#define CUT_AT          6.0
#define PRIOR_WEEKS_MAX 6.0

/* Values of one hour of the week in the weeks that have logs. */
struct slot {
    double at[CALLS_WEEKS];
    unsigned n;
};

static struct slot slot_of(const struct calls *c, const struct covered *days, unsigned week_hour)
{
    struct slot s = {.n = 0};
    int32_t newest = (int32_t)calls_week_hour(c->newest_hour);
    int32_t back = (newest - (int32_t)week_hour + CALLS_WEEK_HOURS) % CALLS_WEEK_HOURS;
    for (int32_t w = 0; w < CALLS_WEEKS; w++) {
        /* The newest hour may be of today and not over: it is one of six, and reads low. */
        int32_t hour = c->newest_hour - back - w * CALLS_WEEK_HOURS;
        int32_t day = hour / DAY_HOURS - (hour % DAY_HOURS < 0 ? 1 : 0);
        if (hour > c->newest_hour - CALLS_HOURS && hour >= c->first_hour &&
            covered_has(days, day)) {
            s.at[s.n++] = calls_of_hour(c, hour);
        }
    }
    return s;
}

/* Working days and weekends, by hour of the day. */
static unsigned cell_of(unsigned week_hour)
{
    return week_hour % DAY_HOURS + (week_hour / DAY_HOURS >= 5 ? (unsigned)DAY_HOURS : 0U);
}

struct cell {
    double at[CELL_MAX];
    size_t n;
    double median, spread, mean;
};

/* Median and spread first; the mean is that of the values that are cut. */
static void measure(struct cell *cell)
{
    double away[CELL_MAX] = {0};
    cell->median = median_of(cell->at, cell->n);
    for (size_t i = 0; i < cell->n; i++) {
        away[i] = fabs(cell->at[i] - cell->median);
    }
    cell->spread = fmax(1.4826 * median_of(away, cell->n), sqrt(fmax(cell->median, 1)));
}

static void fill_cells(const struct slot slots[CALLS_WEEK_HOURS], struct cell cells[CELLS])
{
    for (unsigned h = 0; h < CALLS_WEEK_HOURS; h++) {
        struct cell *cell = &cells[cell_of(h)];
        for (unsigned i = 0; i < slots[h].n; i++) {
            cell->at[cell->n++] = slots[h].at[i];
        }
    }
    for (unsigned i = 0; i < CELLS; i++) {
        measure(&cells[i]);
    }
}

/* Cut what one week alone has. What is so in most weeks of the slot is usual for it. */
static void cut(struct slot *s, const struct cell *cell)
{
    double values[CALLS_WEEKS];
    for (unsigned i = 0; i < s->n; i++) {
        values[i] = s->at[i];
    }
    double middle = s->n >= 3 ? median_of(values, s->n) : 0;
    double base = fmax(middle, cell->median);
    double most = base + CUT_AT * fmax(cell->spread, sqrt(fmax(base, 1)));
    /* A holiday makes no hour vary, and no usual one rarer. */
    double least = middle - CUT_AT * sqrt(fmax(middle, 1));
    for (unsigned i = 0; i < s->n && s->n >= 3; i++) {
        s->at[i] = fmax(fmin(s->at[i], most), least);
    }
}

static double sum_of(const struct slot *s)
{
    double sum = 0;
    for (unsigned i = 0; i < s->n; i++) {
        sum += s->at[i];
    }
    return sum;
}

static double prior_weeks(double mean)
{
    return fmin(PRIOR_WEEKS_MAX, MODEL_PRIOR_CALLS / fmax(mean, 1e-6));
}

static void means_of_cells(const struct slot slots[CALLS_WEEK_HOURS], struct cell cells[CELLS])
{
    for (unsigned h = 0; h < CALLS_WEEK_HOURS; h++) {
        struct cell *cell = &cells[cell_of(h)];
        cell->mean += cell->n == 0 ? 0 : sum_of(&slots[h]) / (double)cell->n;
    }
}

/* Pearson's dispersion of the values about what was fitted to them, and what of the variance grows
 * with the square of the mean. Each value drew the fit to itself by its leverage,
 * 1 / (values + prior). */
static void measure_spread(const struct slot slots[CALLS_WEEK_HOURS],
                           const struct cell cells[CELLS], struct model *m)
{
    double pearson = 0;
    double freedom = 0;
    double over = 0;
    double squares = 0;
    for (unsigned h = 0; h < CALLS_WEEK_HOURS; h++) {
        const struct slot *s = &slots[h];
        for (unsigned i = 0; i < s->n; i++) {
            double away = s->at[i] - m->slot[h];
            double free = 1 - 1 / (s->n + prior_weeks(cells[cell_of(h)].mean));
            pearson += away * away / m->slot[h];
            freedom += free;
            over += away * away / free - m->slot[h];
            squares += m->slot[h] * m->slot[h];
        }
    }
    m->dispersion = freedom > 0 ? fmax(1, pearson / freedom) : 1;
    /* Of few weeks the fit swings, too. */
    m->swing = squares > 0 ? fmax(0, over / squares) * (1 + LEARN_DAYS_MIN / (double)m->days) : 0;
}

void model_fit(const struct calls *c, const struct covered *days, struct model *out)
{
    struct slot slots[CALLS_WEEK_HOURS] = {{.n = 0}};
    struct cell cells[CELLS] = {{.n = 0}};
    int32_t first = c->first_hour / DAY_HOURS - (c->first_hour % DAY_HOURS < 0 ? 1 : 0);
    *out = (struct model){.days = c->any ? covered_count(days, first) : 0};
    for (unsigned h = 0; h < CALLS_WEEK_HOURS && c->any; h++) {
        slots[h] = slot_of(c, days, h);
        out->calls += sum_of(&slots[h]);
    }
    out->known = out->days >= LEARN_DAYS_MIN && out->calls >= LEARN_COUNT_MIN;
    if (!out->known) {
        return;
    }
    fill_cells(slots, cells);
    for (unsigned h = 0; h < CALLS_WEEK_HOURS; h++) {
        cut(&slots[h], &cells[cell_of(h)]);
    }
    means_of_cells(slots, cells);
    for (unsigned h = 0; h < CALLS_WEEK_HOURS; h++) {
        double mean = cells[cell_of(h)].mean;
        double weight = prior_weeks(mean);
        out->slot[h] = (sum_of(&slots[h]) + 0.5 + weight * mean) / (slots[h].n + weight);
        out->mean += out->slot[h] / CALLS_WEEK_HOURS;
    }
    measure_spread(slots, cells, out);
    out->clump = calls_clump(c);
}

double model_minute(const struct model *m, int64_t minute)
{
    int64_t from_middle = minute - HOUR_MINUTES / 2;
    int64_t before = from_middle / HOUR_MINUTES; /* its middle lies before */
    double part = (double)(from_middle % HOUR_MINUTES) / HOUR_MINUTES;
    double from = m->slot[calls_week_hour((int32_t)before)];
    double to = m->slot[calls_week_hour((int32_t)before + 1)];
    return (from + (to - from) * part) / HOUR_MINUTES;
}

double model_variance(const struct model *m, double mean, unsigned minutes)
{
    double hours = minutes > HOUR_MINUTES ? (double)minutes / HOUR_MINUTES : 1;
    double swings = mean + m->swing * mean * mean / hours;
    double clumps = minutes < HOUR_MINUTES ? (m->clump - 1) / minutes : 0;
    return fmax(m->dispersion * mean, swings) +
           mean * mean * clumps * (1 - (double)minutes / HOUR_MINUTES);
}

double model_dispersion(const struct model *m, int64_t minute)
{
    double mean = model_minute(m, minute);
    double hour = fmax(m->dispersion, 1 + m->swing * mean * HOUR_MINUTES);
    return fmax(1, hour + mean * (m->clump - 1));
}
