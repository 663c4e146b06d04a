/*
 * Made series: what must be found and what must not, with the scores printed. The generator is
 * seeded, so every run judges the same series.
 */
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <time.h>

#include <cmocka.h>

#include "base/mem.h"
#include "network/beacon.h"

enum { DAY = 86400, START = 1763424000 }; /* 2025-11-18T00:00:00Z */

static uint64_t seed;

static double chance(void)
{
    seed ^= seed << 13;
    seed ^= seed >> 7;
    seed ^= seed << 17;
    return (double)(seed >> 11) / 9007199254740992.0;
}

static double exponential(double mean)
{
    return -mean * log(1 - chance());
}

struct made {
    struct series when;
    struct sizes sizes;
};

static void add(struct made *m, double second, double size)
{
    assert_true(series_add(&m->when, (uint32_t)(START + second), (uint32_t)(chance() * 1e9)));
    if (size >= 0) {
        sizes_add(&m->sizes, (uint64_t)size, 1);
    }
}

/* `jitter` 0.1: each sleep is the interval +-10 %. */
static void timer(struct made *m, double every, double jitter, double size, double size_jitter)
{
    for (double t = every; t < DAY; t += every * (1 + jitter * (2 * chance() - 1))) {
        add(m, t, size < 0 ? -1 : size * (1 + size_jitter * (2 * chance() - 1)));
    }
}

static void beacon_120(struct made *m)
{
    timer(m, 120, 0.1, 620, 0);
}
static void beacon_300(struct made *m)
{
    timer(m, 300, 0.1, 620, 0);
}
static void beacon_120_no_sizes(struct made *m)
{
    timer(m, 120, 0.1, -1, 0);
}
static void beacon_300_no_sizes(struct made *m)
{
    timer(m, 300, 0.1, -1, 0);
}
static void beacon_exact(struct made *m)
{
    timer(m, 60, 0, 300, 0);
}
static void beacon_half_jitter(struct made *m)
{
    timer(m, 300, 0.5, 620, 0.05);
}
static void beacon_fast(struct made *m)
{
    timer(m, 10, 0.1, 620, 0.1);
}
static void beacon_hourly(struct made *m)
{
    timer(m, 3600, 0.1, 620, 0.1);
}
static void beacon_random_sleep(struct made *m)
{
    for (double t = exponential(200); t < DAY; t += exponential(200)) {
        add(m, t, 480);
    }
}
/* A beacon that hides among the clicks of its user. */
static void beacon_in_noise(struct made *m)
{
    timer(m, 180, 0.05, 512, 0);
    for (double t = 9 * 3600.0; t < 17 * 3600.0; t += exponential(600)) {
        add(m, t, 300 + 4000 * chance());
    }
}
/* One beacon in ten fails. */
static void beacon_with_gaps(struct made *m)
{
    for (double t = 300; t < DAY; t += 300 * (0.9 + 0.2 * chance())) {
        if (chance() > 0.1) {
            add(m, t, 620);
        }
    }
}

/* A person: visits in working hours, each a burst of clicks, sizes as they come. */
static void person(struct made *m)
{
    for (double visit = 8.5 * 3600; visit < 17.5 * 3600; visit += exponential(1500)) {
        double t = visit;
        for (int click = 0; click < 3 + (int)(12 * chance()); click++) {
            add(m, t, exp(5 + 3 * chance()));
            t += exponential(8);
        }
    }
}
/* The same all day: somebody who never sleeps, or a kiosk. */
static void person_all_day(struct made *m)
{
    for (double visit = 0; visit < DAY; visit += exponential(2400)) {
        double t = visit;
        for (int click = 0; click < 2 + (int)(10 * chance()); click++) {
            add(m, t, exp(5 + 3 * chance()));
            t += exponential(10);
        }
    }
}
/* Telemetry: events are sent as they happen, a few together, while the application is used. */
static void telemetry_day(struct made *m)
{
    for (double t = 8 * 3600.0; t < 18 * 3600.0; t += exponential(240)) {
        for (int i = 0; i <= (int)(3 * chance()); i++) {
            add(m, t + 2 * i, 700 + 3000 * chance() * chance());
        }
    }
}
/* Telemetry of a server: all day, at random, as much as there is to tell. */
static void telemetry_all_day(struct made *m)
{
    for (double t = exponential(180); t < DAY; t += exponential(180)) {
        add(m, t, exp(5.5 + 2.5 * chance()));
    }
}
static void telemetry_no_sizes(struct made *m)
{
    for (double t = exponential(180); t < DAY; t += exponential(180)) {
        add(m, t, -1);
    }
}
/* Batches every quarter of an hour while somebody works, in sizes of what was done. */
static void telemetry_batches(struct made *m)
{
    for (double t = 8 * 3600.0; t < 18 * 3600.0; t += 900 * (0.6 + 0.8 * chance())) {
        for (int i = 0; i < 2 + (int)(4 * chance()); i++) {
            add(m, t + 1 + i * 2 * chance(), exp(6 + 3 * chance()));
        }
    }
}

static const struct {
    const char *what;
    void (*make)(struct made *m);
    bool found; /* 0.8 or more */
} rows[] = {
    {"beacon, 720 a day, +-10 %", beacon_120, true},
    {"beacon, 288 a day, +-10 %", beacon_300, true},
    {"beacon, 720 a day, +-10 %, sizes unknown", beacon_120_no_sizes, true},
    {"beacon, 288 a day, +-10 %, sizes unknown", beacon_300_no_sizes, true},
    {"beacon, every minute, no jitter", beacon_exact, true},
    {"beacon, +-50 %", beacon_half_jitter, true},
    {"beacon, 8640 a day", beacon_fast, true},
    {"beacon, hourly", beacon_hourly, true},
    {"beacon, random sleep, one size", beacon_random_sleep, true},
    {"beacon among clicks", beacon_in_noise, true},
    {"beacon that sometimes fails", beacon_with_gaps, true},
    {"person, working hours", person, false},
    {"person, all day", person_all_day, false},
    {"telemetry, working hours", telemetry_day, false},
    {"telemetry, all day", telemetry_all_day, false},
    {"telemetry, all day, sizes unknown", telemetry_no_sizes, false},
    {"telemetry in batches", telemetry_batches, false},
};

static void test_series(void **state)
{
    (void)state;
    size_t wrong = 0;
    printf("%-42s %5s %6s  time  size  spread dur.  echo  disp. chance\n", "", "n", "score");
    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        for (unsigned round = 1; round <= 20; round++) {
            struct made m = {0};
            seed = 0x9e3779b97f4a7c15U * round + i;
            rows[i].make(&m);
            struct beacon b = beacon_measure(&m.when, &m.sizes, START, START + DAY);
            bool bad = !b.scored || (b.score >= 0.8) != rows[i].found;
            wrong += bad;
            if (round == 1 || bad) {
                printf("%-42s %5llu %6.3f  %.2f  %.2f  %.2f   %.2f  %.2f  %.2f  %.2f%s\n",
                       rows[i].what, (unsigned long long)m.when.added, b.score, b.time, b.size,
                       b.spread, b.duration, b.echo, b.dispersion, b.chance, bad ? "  WRONG" : "");
            }
            series_free(&m.when);
        }
    }
    assert_int_equal(wrong, 0);
}

static void test_too_little(void **state)
{
    (void)state;
    struct made m = {0};
    assert_false(beacon_measure(&m.when, &m.sizes, START, START + DAY).scored);
    for (unsigned i = 0; i + 1 < BEACON_POINTS_MIN; i++) {
        add(&m, i * 300.0, 100);
        assert_false(beacon_measure(&m.when, &m.sizes, START, START + DAY).scored);
    }
    /* Many in one second are no rhythm. */
    for (unsigned i = 0; i < 100; i++) {
        add(&m, 0, 100);
    }
    assert_false(beacon_measure(&m.when, &m.sizes, START, START + DAY).scored);
    series_free(&m.when);
}

/* An hour of contacts is no day of them, whatever their rhythm. */
static void test_short(void **state)
{
    (void)state;
    struct made m = {0};
    for (unsigned i = 0; i < 360; i++) {
        add(&m, i * 10.0, 100);
    }
    assert_true(beacon_measure(&m.when, &m.sizes, START, START + DAY).score < 0.8);
    assert_true(beacon_measure(&m.when, &m.sizes, START, START + 3600).score < 0.8);
    series_free(&m.when);
}

/* Twice the contacts cost at most about twice the time: nothing compares all with all. */
static void test_linear(void **state)
{
    (void)state;
    double spent[2];
    for (unsigned round = 0; round < 2; round++) {
        struct made m = {0};
        clock_t from = clock();
        unsigned n = round == 0 ? 500000 : 1000000;
        for (unsigned i = 0; i < n; i++) {
            assert_true(series_add(&m.when, START + (i * 2654435761U) % (30 * DAY), i));
        }
        assert_true(series_memory(&m.when) < 3000);
        (void)beacon_measure(&m.when, &m.sizes, START, START + 30 * DAY);
        spent[round] = (double)(clock() - from) / CLOCKS_PER_SEC;
        series_free(&m.when);
    }
    printf("500,000 contacts %.3f s, 1,000,000 contacts %.3f s\n", spent[0], spent[1]);
    assert_true(spent[1] < 4 * spent[0] + 0.1);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_series),
        cmocka_unit_test(test_too_little),
        cmocka_unit_test(test_short),
        cmocka_unit_test(test_linear),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
