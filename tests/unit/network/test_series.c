/* The same in any order and any split: what pass 1 with any number of workers rests on. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "base/mem.h"
#include "network/series.h"
#include "network/sizes.h"

enum { POINTS = 3000, START = 1763424000 };

static uint64_t seed = 88172645463325252U;

static uint32_t random_below(uint32_t n)
{
    seed ^= seed << 13;
    seed ^= seed >> 7;
    seed ^= seed << 17;
    return (uint32_t)(seed >> 33) % n;
}

static void expect_same(const struct series *a, const struct series *b)
{
    assert_int_equal(a->low_len, b->low_len);
    assert_int_equal(a->high_len, b->high_len);
    assert_memory_equal(a->low, b->low, a->low_len * sizeof(*a->low));
    assert_memory_equal(a->high, b->high, a->high_len * sizeof(*a->high));
    assert_memory_equal(a->bins, b->bins, SERIES_BINS * sizeof(*a->bins));
    assert_int_equal(a->added, b->added);
    assert_int_equal(a->dropped, b->dropped);
    assert_int_equal(a->min_s, b->min_s);
    assert_int_equal(a->max_s, b->max_s);
    assert_int_equal(a->bin_s, b->bin_s);
}

static void test_any_order(void **state)
{
    (void)state;
    static const uint32_t spans[] = {60, 3600, 86400, 40 * 86400, 900 * 86400};
    static const size_t counts[] = {1, 7, 144, 145, 288, 289, POINTS};
    for (size_t r = 0; r < 5 * 7; r++) {
        uint32_t at[POINTS];
        size_t n = counts[r % 7];
        struct series whole = {0}, parts[3] = {{0}}, united = {0};
        for (size_t i = 0; i < n; i++) {
            at[i] = START + random_below(spans[r / 7]);
            assert_true(series_add(&whole, at[i], i % 5 == 0 ? 7 : (uint32_t)i));
        }
        for (size_t i = n; i-- > 0;) {
            uint32_t tag = i % 5 == 0 ? 7 : (uint32_t)i;
            assert_true(series_add(&parts[random_below(3)], at[i], tag));
        }
        for (size_t i = 3; i-- > 0;) {
            assert_true(series_merge(&united, &parts[i]));
            series_free(&parts[i]);
        }
        expect_same(&whole, &united);
        assert_true(series_memory(&whole) <= 2 * SERIES_EDGE * 8 + SERIES_BINS * 2);
        series_free(&whole);
        series_free(&united);
    }
}

static void test_ends_are_exact(void **state)
{
    (void)state;
    struct series s = {0};
    uint32_t got[2 * SERIES_EDGE];
    size_t gap;
    for (uint32_t i = 0; i < 10000; i++) {
        assert_true(series_add(&s, START + i * 30, i));
    }
    assert_int_equal(series_seconds(&s, got, &gap), 2 * SERIES_EDGE);
    assert_int_equal(gap, SERIES_EDGE);
    assert_int_equal(series_count(&s), 10000);
    for (uint32_t i = 0; i < SERIES_EDGE; i++) {
        assert_int_equal(got[i], START + i * 30);
        assert_int_equal(got[SERIES_EDGE + i], START + (10000 - SERIES_EDGE + i) * 30);
    }
    series_free(&s);
}

static void test_copies_are_one(void **state)
{
    (void)state;
    struct series s = {0};
    for (uint32_t i = 0; i < 500; i++) {
        assert_true(series_add(&s, START + i % 250, i % 250));
    }
    assert_int_equal(series_count(&s), 250);
    assert_false(s.dropped);
    series_free(&s);
}

static void test_sizes(void **state)
{
    (void)state;
    struct sizes s = {0};
    for (unsigned i = 0; i < 100; i++) {
        sizes_add(&s, 600, 1);
    }
    assert_false(s.more);
    assert_true(sizes_mad(&s, sizes_quantile(&s, 0.5)) < 1);
    assert_true(sizes_quantile(&s, 0.5) > 550 && sizes_quantile(&s, 0.5) < 660);
    sizes_add(&s, 1, 1);
    sizes_add(&s, 0, 1);
    assert_false(s.more);
    sizes_add(&s, UINT64_MAX / 1024, 1);
    assert_true(s.more);
    struct sizes spread = {0};
    for (unsigned i = 1; i <= 1000; i++) {
        sizes_add(&spread, i, 1);
    }
    double median = sizes_quantile(&spread, 0.5);
    assert_true(median > 430 && median < 580);
    double mad = sizes_mad(&spread, median);
    assert_true(mad > 200 && mad < 300);
}

static void test_no_memory(void **state)
{
    (void)state;
    for (unsigned long fail = 1; fail < 12; fail++) {
        struct series a = {0}, b = {0};
        bool fine = true;
        mem_torture(fail);
        for (uint32_t i = 0; fine && i < 400; i++) {
            fine = series_add(&a, START + i, i) && series_add(&b, START + 400 + i, i);
        }
        fine = fine && series_merge(&a, &b);
        mem_torture(0);
        assert_true(fine || a.low_len <= SERIES_EDGE);
        series_free(&a);
        series_free(&b);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_any_order),      cmocka_unit_test(test_ends_are_exact),
        cmocka_unit_test(test_copies_are_one), cmocka_unit_test(test_sizes),
        cmocka_unit_test(test_no_memory),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
