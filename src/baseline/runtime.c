#include "baseline/runtime.h"

#include <math.h>
#include <stdlib.h>

#include "baseline/chart.h"

#define HALF_LIFE_DAYS 45.0
#define VALUE_MOST     1e12

/* Bucket 0 holds what is below `low`; each octave above has so many. */
static const struct {
    const char *name;
    double low, per_octave;
} scales[RUN_METRIC_MAX_] = {
    [RUN_DURATION] = {"duration", 1, 2.75},   /* to 15 minutes */
    [RUN_MEMORY] = {"memory", 24, 6.25},      /* to 10 GiB */
    [RUN_INIT] = {"init time", 4, 4},         /* to a minute */
    [RUN_CPU] = {"processor time", 0.25, 3},  /* to a minute */
    [RUN_SUBREQUESTS] = {"subrequests", 1, 5} /* to 2000 */
};

const char *run_metric_name(enum run_metric m)
{
    return scales[m].name;
}

double runtime_step(enum run_metric m)
{
    return exp2(1 / scales[m].per_octave);
}

static unsigned bucket_of(enum run_metric m, double value)
{
    if (value < scales[m].low) {
        return 0;
    }
    double at = 1 + floor(log2(value / scales[m].low) * scales[m].per_octave + 1e-9);
    return at > RUN_BUCKETS - 1 ? RUN_BUCKETS - 1U : (unsigned)at;
}

/* The middle of a bucket, as ratios go. */
static double middle_of(enum run_metric m, unsigned bucket)
{
    double at = bucket == 0 ? -0.5 : bucket - 0.5;
    return scales[m].low * exp2(at / scales[m].per_octave);
}

static void weaken(struct runtime *r, double keep)
{
    for (unsigned m = 0; m < RUN_METRIC_MAX_; m++) {
        for (unsigned i = 0; i < RUN_BUCKETS; i++) {
            r->at[m][i] *= (float)keep;
        }
    }
    r->lines *= (float)keep;
    r->line_runs *= (float)keep;
}

/* Returns what something of this day weighs. */
static float advance(struct runtime *r, int32_t day)
{
    if (!r->any) {
        r->any = true;
        r->first_day = r->newest_day = day;
    }
    r->first_day = day < r->first_day ? day : r->first_day;
    if (day > r->newest_day) {
        weaken(r, exp2((r->newest_day - day) / HALF_LIFE_DAYS));
        r->newest_day = day;
    }
    return (float)exp2((day - r->newest_day) / HALF_LIFE_DAYS);
}

void runtime_add(struct runtime *r, enum run_metric m, double value, int32_t day)
{
    if (value >= 0 && value <= VALUE_MOST) {
        float weight = advance(r, day);
        r->at[m][bucket_of(m, value)] += weight;
    }
}

void runtime_add_lines(struct runtime *r, double lines, double runs, int32_t day)
{
    double weight = (double)advance(r, day);
    r->lines += (float)(lines * weight);
    r->line_runs += (float)(runs * weight);
}

void runtime_merge(struct runtime *to, const struct runtime *from)
{
    if (!from->any) {
        return;
    }
    float weight = advance(to, from->newest_day);
    to->first_day = from->first_day < to->first_day ? from->first_day : to->first_day;
    for (unsigned m = 0; m < RUN_METRIC_MAX_; m++) {
        for (unsigned i = 0; i < RUN_BUCKETS; i++) {
            to->at[m][i] += from->at[m][i] * weight;
        }
    }
    to->lines += from->lines * weight;
    to->line_runs += from->line_runs * weight;
}

void runtime_cut(struct runtime *r, int32_t day)
{
    if (!r->any || r->newest_day < day) {
        return;
    }
    int64_t inside = (int64_t)r->newest_day - day + 1;
    int64_t all = (int64_t)r->newest_day - r->first_day + 1;
    if (4 * inside > all) {
        *r = (struct runtime){.any = false};
    }
}

double runtime_count(const struct runtime *r, enum run_metric m)
{
    double sum = 0;
    for (unsigned i = 0; i < RUN_BUCKETS; i++) {
        sum += (double)r->at[m][i];
    }
    return sum;
}

double runtime_quantile(const struct runtime *r, enum run_metric m, double q)
{
    double left = q * runtime_count(r, m);
    unsigned last = 0;
    for (unsigned i = 0; i < RUN_BUCKETS; i++) {
        if (r->at[m][i] > 0) {
            last = i;
            left -= (double)r->at[m][i];
            if (left <= 0) {
                return middle_of(m, i);
            }
        }
    }
    return runtime_count(r, m) > 0 ? middle_of(m, last) : 0;
}

double runtime_part_above(const struct runtime *r, enum run_metric m, double value)
{
    double all = runtime_count(r, m);
    double above = 0;
    for (unsigned i = bucket_of(m, value); i < RUN_BUCKETS; i++) {
        above += (double)r->at[m][i];
    }
    return all > 0 ? above / all : 0;
}

/* Rank sums over buckets: all of one bucket are ties. */
static double chance_of(const double usual[RUN_BUCKETS], const double now[RUN_BUCKETS], double nu,
                        double nn)
{
    double below = 0; /* usual ones in lower buckets */
    double u = 0;     /* pairs in which now is the larger; ties count half */
    double ties = 0;
    for (unsigned i = 0; i < RUN_BUCKETS; i++) {
        double t = usual[i] + now[i];
        u += now[i] * (below + usual[i] / 2);
        below += usual[i];
        ties += t * t * t - t;
    }
    double n = nu + nn;
    double variance = nu * nn / 12 * (n + 1 - ties / (n * (n - 1)));
    if (variance <= 0) {
        return 1; /* all in one bucket */
    }
    double z = (u - nu * nn / 2 - 0.5) / sqrt(variance);
    return erfc(z / sqrt(2)) / 2;
}

struct run_shift runtime_compare(const struct runtime *r, enum run_metric m, double *now, size_t n)
{
    double usual[RUN_BUCKETS];
    double here[RUN_BUCKETS] = {0};
    double count = runtime_count(r, m);
    double scale = count > RUN_WEIGHT_MAX ? RUN_WEIGHT_MAX / count : 1;
    struct run_shift out = {.known = count >= RUN_LEAST && n >= RUN_LEAST,
                            .usual = runtime_quantile(r, m, 0.5),
                            .now = median_of(now, n),
                            .chance = 1};
    if (!out.known) {
        return out;
    }
    for (unsigned i = 0; i < RUN_BUCKETS; i++) {
        usual[i] = (double)r->at[m][i] * scale;
    }
    for (size_t i = 0; i < n; i++) {
        here[bucket_of(m, now[i])] += 1;
    }
    out.chance = chance_of(usual, here, count * scale, (double)n);
    return out;
}
