#include "tests/unit/baseline/series.h"

#include <math.h>

double made_uniform(struct made *s)
{
    s->random ^= s->random >> 12;
    s->random ^= s->random << 25;
    s->random ^= s->random >> 27;
    uint64_t r = s->random * UINT64_C(0x2545f4914f6cdd1d);
    return ((double)(r >> 11) + 0.5) / 9007199254740992.0;
}

static double normal(struct made *s)
{
    double u = made_uniform(s);
    return sqrt(-2 * log(u)) * cos(2 * M_PI * made_uniform(s));
}

static unsigned poisson(struct made *s, double mean)
{
    double limit = exp(-mean);
    double product = made_uniform(s);
    unsigned n = 0;
    while (product > limit) {
        product *= made_uniform(s);
        n++;
    }
    return n;
}

double made_rate_at(const struct made *s, int64_t minute)
{
    double hour = (double)(minute % DAY_MINUTES) / 60;
    int64_t day = (minute - MADE_FROM) / DAY_MINUTES % 7;
    double mean = 1 - s->weekly * 2 / 7;
    double now = day >= 5 ? 1 - s->weekly : 1;
    return s->rate * now / mean * (1 + s->daily * sin((hour - 8) / 24 * 2 * M_PI));
}

unsigned made_calls(struct made *s, int64_t minute, double factor)
{
    if (s->gain > 0 && minute / 60 != s->gain_hour) { /* log-normal, mean 1 */
        double sigma = sqrt(log(1 + s->gain * s->gain));
        s->gain_hour = minute / 60;
        s->gain_now = exp(sigma * normal(s) - sigma * sigma / 2);
    }
    double gain = s->gain > 0 ? s->gain_now : 1;
    return poisson(s, made_rate_at(s, minute) * gain * factor / 60);
}

int64_t made_history(struct made *s, unsigned weeks, struct calls *c, struct covered *days)
{
    int64_t to = MADE_FROM + weeks * WEEK_MINUTES;
    for (int64_t m = MADE_FROM; m < to; m++) {
        unsigned n = made_calls(s, m, 1);
        if (n > 0) {
            calls_add(c, m, n, 0);
        }
        if (m % DAY_MINUTES == 0) {
            covered_mark(days, (int32_t)(m / DAY_MINUTES));
        }
    }
    return to;
}
