/*
 * How soon a step in the rate of calls is found, and how often one is told where none is, on made
 * traffic with daily and weekly rhythm. The figures are printed.
 */
#include <stdlib.h>

#include "base/attr.h"
#include "tests/unit/baseline/series.h"

enum { HISTORIES = 20, STARTS = 15, RUNS = HISTORIES * STARTS, NOT_FOUND = 100000 };

static int by_size(const void *a, const void *b)
{
    const unsigned *x = a;
    const unsigned *y = b;
    return (*x > *y) - (*x < *y);
}

/* Minutes from the step at `at` until the alarm; the day before it is played too. */
static unsigned delay_of(struct made *s, const struct model *m, const struct calls *c, int64_t at,
                         double factor)
{
    struct watch w = {0};
    struct watch_limits limits = watch_limits_of(1);
    for (int64_t t = at - DAY_MINUTES; t < at + DAY_MINUTES; t++) {
        unsigned n = made_calls(s, t, t >= at ? factor : 1);
        if (n > 0 && watch_add(&w, m, c, &limits, t, n).tests != 0 && t >= at) {
            return (unsigned)(t - at) + 1;
        }
    }
    return NOT_FOUND;
}

/* The part of steps that is found within `most` minutes. With `level`, the traffic is scaled so that
 * its rate is `rate` where the step begins; else it is `rate` over the week. */
static double found_within(struct made like, unsigned weeks, bool level, unsigned most)
{
    static unsigned delays[RUNS];
    unsigned in_time = 0;
    struct made s = like;
    for (unsigned i = 0; i < RUNS; i++) {
        static struct calls c;
        static struct model m;
        static int64_t end;
        double part = made_uniform(&s);
        int64_t at = (int64_t)(part * (double)WEEK_MINUTES);
        /* A history serves several steps; where the level is fixed, they share their hour. */
        if (i % STARTS == 0) {
            struct covered days = {0};
            c = (struct calls){0};
            s.rate = like.rate;
            s.rate = level ? like.rate * like.rate / made_rate_at(&s, MADE_FROM + at) : like.rate;
            end = made_history(&s, weeks, &c, &days);
            end += level ? at : 0;
            model_fit(&c, &days, &m);
            assert_true(m.known);
        }
        delays[i] = delay_of(&s, &m, &c, level ? end : end + at, 3);
        in_time += delays[i] <= most ? 1 : 0;
    }
    qsort(delays, RUNS, sizeof(delays[0]), by_size);
    printf("step x3, %g calls an hour %s, %u weeks of history: median %u min, 95 %% within %u min, "
           "99 %% within %u; within %u min: %.1f %%\n",
           like.rate, level ? "when it begins" : "over the week", weeks, delays[RUNS / 2],
           delays[RUNS * 95 / 100], delays[RUNS * 99 / 100], most, 100.0 * in_time / RUNS);
    return (double)in_time / RUNS;
}

/* Alarms a function and year. */
static double false_alarms(struct made like, unsigned weeks, unsigned histories)
{
    struct made s = like;
    unsigned alarms = 0;
    struct watch_limits limits = watch_limits_of(1);
    int64_t length = 26 * WEEK_MINUTES;
    for (unsigned i = 0; i < histories; i++) {
        static struct calls c;
        struct covered days = {0};
        struct model m;
        struct watch w = {0};
        c = (struct calls){0};
        int64_t from = made_history(&s, weeks, &c, &days);
        model_fit(&c, &days, &m);
        for (int64_t t = from; t < from + length; t++) {
            unsigned n = made_calls(&s, t, 1);
            alarms += n > 0 && watch_add(&w, &m, &c, &limits, t, n).begins ? 1 : 0;
        }
    }
    double years = histories * 26.0 / 52.18;
    printf("false alarms, %g calls an hour, gain %g, %u weeks of history: %u in %.0f function "
           "years\n",
           like.rate, like.gain, weeks, alarms, years);
    return alarms / years;
}

static struct made like(double rate, double gain)
{
    return (struct made){
        .random = 88172645463325252U, .rate = rate, .daily = 0.5, .weekly = 0.4, .gain = gain};
}

static void test_steps(void **state)
{
    (void)state;
    assert_true(found_within(like(120, 0), 6, true, 15) >= 0.95);
    assert_true(found_within(like(120, 0), 2, true, 15) >= 0.95);
    assert_true(found_within(like(20, 0), 6, true, 60) >= 0.95);
    assert_true(found_within(like(20, 0), 2, true, 60) >= 0.9);
    /* Where the step begins at night, calls are rarer, and so is what tells of it. */
    assert_true(found_within(like(120, 0), 6, false, 15) >= 0.8);
    assert_true(found_within(like(20, 0), 6, false, 60) >= 0.8);
}

static void test_quiet(void **state)
{
    (void)state;
    static const double rates[] = {1, 20, 120};
    for (size_t i = 0; i < ARRAY_LEN(rates); i++) {
        assert_true(false_alarms(like(rates[i], 0), 6, 16) < 1);
        assert_true(false_alarms(like(rates[i], 0), 2, 16) < 1);
    }
    /* Hours that swing by themselves, log-normal: told less often, and found later. */
    assert_true(false_alarms(like(20, 0.1), 6, 16) < 1);
    assert_true(false_alarms(like(20, 0.3), 6, 16) < 2);
    assert_true(false_alarms(like(120, 0.3), 6, 16) < 2);
    assert_true(found_within(like(120, 0.3), 6, true, 240) >= 0.9);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(test_steps), cmocka_unit_test(test_quiet)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
