/*
 * Slow rises, on made traffic: how soon they are found, how often one is told where none is, and
 * whoever makes the baseline learn them.
 */
#include <math.h>
#include <stdlib.h>

#include "base/attr.h"
#include "baseline/drift.h"
#include "tests/unit/baseline/series.h"

enum { DAYS_MAX = 400, RUNS = 200 };

/* Normal distribution about the day's mean, as calls of many minutes are. */
static double day_of(struct made *s, int32_t day, double factor, double noise)
{
    double mean = 0;
    for (int64_t hour = 0; hour < 24; hour++) {
        mean += made_rate_at(s, day * DAY_MINUTES + hour * 60 + 30);
    }
    mean *= factor;
    double u = made_uniform(s);
    double z = sqrt(-2 * log(u)) * cos(2 * M_PI * made_uniform(s));
    return fmax(0, round(mean + z * sqrt(mean + noise * noise * mean * mean)));
}

static struct made like(double rate)
{
    return (struct made){.random = 88172645463325252U, .rate = rate, .daily = 0.5, .weekly = 0.4};
}

/* Days from the beginning of a rise of `percent` a day until it is found; DAYS_MAX: never. Nothing
 * separates history and window: whoever raises the calls teaches them, too. */
static unsigned days_until_found(struct made *s, unsigned history, double percent, double noise)
{
    static struct drift_day days[DAYS_MAX];
    double factor = 1;
    for (unsigned i = 0; i < history + 60; i++) {
        int32_t day = (int32_t)(MADE_FROM / DAY_MINUTES) + (int32_t)i;
        factor *= i >= history ? 1 + percent / 100 : 1;
        days[i] = (struct drift_day){day, day_of(s, day, factor, noise)};
        unsigned from = i + 1 > CALLS_DAYS ? i + 1 - CALLS_DAYS : 0;
        if (i >= history && drift_find(days + from, i + 1 - from).found) {
            return i - history + 1;
        }
    }
    return DAYS_MAX;
}

static int by_size(const void *a, const void *b)
{
    const unsigned *x = a;
    const unsigned *y = b;
    return (*x > *y) - (*x < *y);
}

static unsigned ramp(double rate, unsigned history, double percent, double noise)
{
    static unsigned delays[RUNS];
    struct made s = like(rate);
    for (unsigned i = 0; i < RUNS; i++) {
        delays[i] = days_until_found(&s, history, percent, noise);
    }
    qsort(delays, RUNS, sizeof(delays[0]), by_size);
    printf("%g %% more a day, %g calls an hour, days vary by %g %%, %u days of history: median %u "
           "days, 95 %% within %u, all within %u\n",
           percent, rate, noise * 100, history, delays[RUNS / 2], delays[RUNS * 95 / 100],
           delays[RUNS - 1]);
    return delays[RUNS * 95 / 100];
}

static void test_ramps(void **state)
{
    (void)state;
    static const double rates[] = {20, 120};
    for (size_t i = 0; i < ARRAY_LEN(rates); i++) {
        assert_true(ramp(rates[i], 28, 5, 0) <= 14);
        assert_true(ramp(rates[i], 14, 5, 0) <= 14);
        assert_true(ramp(rates[i], 28, 5, 0.1) <= 14);
    }
    /* The slow one: it takes longer to become much, and not longer to be found then. */
    assert_true(ramp(120, 60, 1, 0.05) < 45);
}

static void test_quiet(void **state)
{
    (void)state;
    static const struct {
        unsigned days; /* that are remembered */
        double noise;
    } rows[] = {{35, 0.05}, {60, 0.1}, {126, 0.1}, {126, 0.2}, {22, 0.1}};
    for (size_t r = 0; r < ARRAY_LEN(rows); r++) {
        struct made s = like(120);
        static struct drift_day days[DAYS_MAX];
        unsigned runs = 2000;
        unsigned alarms = 0;
        for (unsigned i = 0; i < runs; i++) {
            for (unsigned d = 0; d < rows[r].days; d++) {
                int32_t day = (int32_t)(MADE_FROM / DAY_MINUTES) + (int32_t)d;
                days[d] = (struct drift_day){day, day_of(&s, day, 1, rows[r].noise)};
            }
            alarms += drift_find(days, rows[r].days).found ? 1 : 0;
        }
        printf("drift, %u days that vary by %g %%: %u false alarms in %u functions\n", rows[r].days,
               rows[r].noise * 100, alarms, runs);
        assert_true(alarms * 20 < runs); /* in up to 126 days: less than 0.15 a year */
    }
}

/* Growth as a business has it is none: it stays below a quarter. */
static void test_growth(void **state)
{
    (void)state;
    struct made s = like(120);
    struct drift_day days[70];
    double factor = 1;
    for (unsigned i = 0; i < 70; i++) {
        int32_t day = (int32_t)(MADE_FROM / DAY_MINUTES) + (int32_t)i;
        factor *= 1.002;
        days[i] = (struct drift_day){day, day_of(&s, day, factor, 0.05)};
    }
    struct drift d = drift_find(days, 70);
    assert_true(d.known && !d.found);
}

/* One day of a hundred times the calls, put into the reference to raise it, hides no rise. */
static void test_poisoned_reference(void **state)
{
    (void)state;
    struct made s = like(120);
    struct drift_day days[50];
    double factor = 1;
    for (unsigned i = 0; i < 50; i++) {
        int32_t day = (int32_t)(MADE_FROM / DAY_MINUTES) + (int32_t)i;
        factor *= i >= 30 ? 1.05 : 1;
        days[i] = (struct drift_day){day, day_of(&s, day, i == 9 ? 100 : factor, 0.05)};
    }
    assert_true(drift_find(days, 50).found);
}

static void test_too_little(void **state)
{
    (void)state;
    struct drift_day days[DRIFT_REFERENCE_MIN + 1] = {{0, 0}};
    struct drift d = drift_find(days, 10);
    assert_false(d.known);
    assert_int_equal(d.missing, 5);
    d = drift_find(NULL, 0);
    assert_false(d.known);
    assert_int_equal(d.missing, DRIFT_REFERENCE_MIN + 1);
    d = drift_find(days, DRIFT_REFERENCE_MIN + 1); /* all zero */
    assert_true(d.known && !d.found);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_ramps),      cmocka_unit_test(test_quiet),
        cmocka_unit_test(test_growth),     cmocka_unit_test(test_poisoned_reference),
        cmocka_unit_test(test_too_little),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
