/* Weights refitted: known answers, bounds, the pull of the expert, and what the tables count. */
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "base/attr.h"
#include "fit/logit.h"

enum { ROWS = 40 };

static const uint32_t first[] = {0};
static const uint32_t second[] = {1};
static const uint32_t both[] = {0, 1};

static bool near(double a, double b, double by)
{
    return fabs(a - b) <= by;
}

/* Three of four cases with the item are suspicious: a chance of 3/4 is 10 log10(3) decibans. Hardly
 * pulled, the fit must find it. */
static void test_known(void **state)
{
    (void)state;
    struct logit_row rows[ROWS];
    double scores[ROWS];
    double w[1];
    for (size_t i = 0; i < ROWS; i++) {
        rows[i] = (struct logit_row){first, 1, 0, i % 4 != 0};
    }
    struct logit m = {.rows = rows,
                      .row_count = ROWS,
                      .prior = (double[]){0},
                      .low = (double[]){-100},
                      .high = (double[]){100},
                      .columns = 1,
                      .spread = 1e4};
    assert_true(logit_fit(&m, w, scores));
    assert_true(near(w[0], 10 * log10(3), 1e-5));
    assert_true(near(logit_chance(w[0]), 0.75, 1e-6));
    m.high = (double[]){3};
    assert_true(logit_fit(&m, w, scores));
    assert_true(near(w[0], 3, 1e-12));
    /* An offset takes part of the score on itself. */
    m.high = (double[]){100};
    for (size_t i = 0; i < ROWS; i++) {
        rows[i].offset = 2;
    }
    assert_true(logit_fit(&m, w, scores));
    assert_true(near(w[0], 10 * log10(3) - 2, 1e-5));
}

/* Without cases the expert is right; with few he is moved little; with a tight spread hardly. */
static void test_pull(void **state)
{
    (void)state;
    struct logit_row rows[4] = {{both, 2, 0, false}, {first, 1, 0, false}, {second, 1, 0, true}};
    double scores[4];
    double w[2];
    struct logit m = {.rows = rows,
                      .row_count = 0,
                      .prior = (double[]){12, 6},
                      .low = (double[]){6, 3},
                      .high = (double[]){24, 12},
                      .columns = 2,
                      .spread = 4};
    assert_true(logit_fit(&m, w, scores));
    assert_true(near(w[0], 12, 0) && near(w[1], 6, 0));
    m.row_count = 3;
    assert_true(logit_fit(&m, w, scores));
    assert_true(w[0] < 12 && w[0] >= 6);
    double loose = w[0];
    m.spread = 0.5;
    assert_true(logit_fit(&m, w, scores));
    assert_true(w[0] > loose && w[0] < 12);
}

static void test_tables(void **state)
{
    (void)state;
    struct logit_row rows[] = {
        {first, 1, 0, true}, {first, 1, 0, false}, {second, 1, 0, false}, {both, 2, 0, true}};
    double w[] = {0, -200};
    struct logit_bin bins[LOGIT_BINS];
    assert_true(near(logit_brier(rows, 4, w), (0.25 + 0.25 + 0 + 1) / 4, 1e-9));
    assert_true(near(logit_brier(rows, 0, w), 0, 0));
    logit_reliability(rows, 4, w, bins);
    assert_int_equal(bins[0].cases, 2);
    assert_int_equal(bins[0].suspicious, 1);
    assert_int_equal(bins[5].cases, 2);
    assert_int_equal(bins[5].suspicious, 1);
    assert_true(near(bins[5].chance, 1, 1e-9));
    w[0] = 1000; /* a chance of 1 is in the last tenth */
    logit_reliability(rows, 1, w, bins);
    assert_int_equal(bins[LOGIT_BINS - 1].cases, 1);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_known),
        cmocka_unit_test(test_pull),
        cmocka_unit_test(test_tables),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
