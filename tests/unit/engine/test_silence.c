/* Gaps in what is never quiet are told; quiet is not. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "base/mem.h"
#include "engine/silence.h"

#define DAY0  (INT64_C(20400) * TIME_DAY_US)
#define HOURS TIME_HOUR_US

/* ---- activity ---- */

/* Any order, any split over workers: the same. */
static void test_order(void **state)
{
    (void)state;
    enum { TIMES = 3000 };
    static int64_t times[TIMES];
    uint64_t seed = 7;
    for (size_t i = 0; i < TIMES; i++) {
        seed = seed * 6364136223846793005U + 1442695040888963407U;
        times[i] = DAY0 + (int64_t)(seed >> 33) % (40 * TIME_DAY_US / 1000) * 1000;
    }
    struct activity one = {0};
    static struct activity parts[3];
    for (size_t i = 0; i < TIMES; i++) {
        activity_note(&one, times[i]);
        activity_note(&parts[i % 3], times[TIMES - 1 - i]);
    }
    activity_note(&one, TIME_NONE);
    activity_merge(&parts[2], &parts[0]);
    activity_merge(&parts[2], &parts[1]);
    struct activity none = {0};
    activity_merge(&parts[2], &none);
    activity_merge(&none, &parts[2]);
    assert_int_equal(one.first, none.first);
    assert_int_equal(one.last, none.last);
    assert_int_equal(one.shift, none.shift);
    assert_memory_equal(one.bits, none.bits, sizeof(one.bits));
    assert_true(one.last - one.first < ACTIVITY_SLOTS);
    int64_t slot = activity_slot_us(&one);
    for (size_t i = 0; i < TIMES; i++) {
        int64_t from = times[i] / slot * slot;
        assert_int_equal(activity_in(&one, from, from + slot).active, 1);
    }
}

static void test_extremes(void **state)
{
    (void)state;
    struct activity a = {0};
    struct activity_gap gap;
    assert_false(activity_longest_gap(&a, &gap));
    assert_int_equal(activity_in(&a, 0, HOURS).active, 0);
    activity_note(&a, -7 * TIME_DAY_US);
    activity_note(&a, INT64_MAX / 4);
    assert_true(a.last - a.first < ACTIVITY_SLOTS);
    assert_true(activity_longest_gap(&a, &gap));
    assert_true(gap.to_us > gap.from_us);
}

/* ---- silence ---- */

static struct scan_result scan;
static struct arena arena;

static struct seen_account *account(const char *name)
{
    static const struct source_ops source = {.name = "aws.cloudtrail"};
    struct seen_account s = {.source = &source, .account = str_of(name)};
    assert_true(VEC_PUSH(&scan.seen, s));
    return &scan.seen.at[scan.seen.len - 1];
}

/* A record every `step` minutes in these hours. */
static void busy(struct seen_account *s, int from_hour, int to_hour, int step)
{
    for (int64_t us = from_hour * HOURS; us < to_hour * HOURS; us += step * TIME_MINUTE_US) {
        activity_note(&s->activity, DAY0 + us);
    }
}

static size_t found(void)
{
    struct err err = {0};
    assert_int_equal(silence_find(&scan, &arena, &err), ERR_OK);
    return scan.events.len;
}

static void clear(void)
{
    VEC_FREE(&scan.seen);
    VEC_FREE(&scan.events);
    arena_free(&arena);
    scan = (struct scan_result){0};
}

static void test_gap(void **state)
{
    (void)state;
    struct seen_account *s = account("111122223333");
    busy(s, 0, 30, 2);
    busy(s, 33, 60, 2);
    assert_int_equal(found(), 1);
    const struct event *e = scan.events.at[0];
    assert_int_equal(e->time_us, DAY0 + 30 * HOURS);
    assert_int_equal(e->last_us, DAY0 + 33 * HOURS);
    assert_int_equal(scan.seen.at[0].gap_from_us, e->time_us);
    assert_true(str_eq(e->account, STR("111122223333")));
    assert_true(str_find(event_attr_get(e, ATTR_DESCRIPTION), STR("no records from")) != SIZE_MAX);
    clear();
}

static void quiet(void)
{
    assert_int_equal(found(), 0);
    clear();
}

static void test_quiet(void **state)
{
    (void)state;
    struct seen_account *s = account("short gap");
    busy(s, 0, 30, 2);
    busy(s, 31, 60, 2);
    quiet();
    s = account("seldom");
    busy(s, 0, 200, 90);
    quiet();
    s = account("nights and a weekend");
    for (int day = 0; day < 14; day++) {
        if (day % 7 < 5) {
            busy(s, day * 24 + 8, day * 24 + 18, 1);
        }
    }
    quiet();
    s = account("one old record"); /* history of another time is no gap */
    busy(s, 0, 1, 70);
    busy(s, 300, 330, 1);
    quiet();
    s = account("two gaps alike");
    busy(s, 0, 20, 2);
    busy(s, 24, 50, 2);
    busy(s, 53, 90, 2);
    quiet();
}

static void test_end(void **state)
{
    (void)state;
    struct seen_account *s = account("stops");
    busy(s, 0, 40, 2);
    assert_int_equal(found(), 0); /* nothing says that time went on */
    s = account("goes on");
    busy(s, 0, 48, 2);
    assert_int_equal(found(), 1);
    assert_int_equal(scan.events.at[0]->time_us, DAY0 + 40 * HOURS);
    assert_true(str_eq(scan.events.at[0]->account, STR("stops")));
    clear();
    s = account("stops");
    busy(s, 0, 12, 2); /* not known for long */
    s = account("goes on");
    busy(s, 0, 48, 2);
    assert_int_equal(found(), 0);
    clear();
}

static void test_memory(void **state)
{
    (void)state;
    struct seen_account *s = account("a");
    busy(s, 0, 30, 2);
    busy(s, 33, 60, 2);
    for (unsigned long n = 1; n < 20; n++) {
        struct err err = {0};
        mem_torture(n);
        enum err_code rc = silence_find(&scan, &arena, &err);
        mem_torture(0);
        if (rc == ERR_OK) {
            break;
        }
        assert_int_equal(rc, ERR_NOMEM);
    }
    assert_int_equal(scan.events.len, 1);
    clear();
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_order), cmocka_unit_test(test_extremes),
        cmocka_unit_test(test_gap),   cmocka_unit_test(test_quiet),
        cmocka_unit_test(test_end),   cmocka_unit_test(test_memory),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
