#include "detect/test_usual.h"

extern const struct detect_ops detect_call_rate;

static void open(struct fx *f, struct baseline *b, unsigned days, unsigned per_hour)
{
    fx_open(f, &detect_call_rate);
    baseline_init(b);
    fx_learn_calls(f, b, days, per_hour, &f->ci);
    f->baseline = b;
}

static void test_spike(void **state)
{
    (void)state;
    struct fx f;
    struct baseline b;
    open(&f, &b, 20, 20);
    assert_int_equal(fx_play(&f, fx_call(&f, &f.ci, 1)), 0);
    assert_int_equal(fx_play(&f, fx_call(&f, &f.dana, 5)), 0);
    assert_int_equal(fx_play(&f, fx_call(&f, &f.dana, 200)), 2);
    assert_int_equal(fx_count(&f, "faaswatch.call_spike"), 1);
    assert_int_equal(fx_count(&f, "faaswatch.spike_without_process"), 1);
    assert_true(str_find(fx_last(&f)->explain, STR("--processes (not given)")) != SIZE_MAX);
    /* A bystander with one call did not make it. */
    assert_int_equal(fx_play(&f, fx_call(&f, &f.ci, 1)), 0);
    fx_close(&f);
    baseline_free(&b);
}

/* Three times the usual rate, one call at a time. */
static void test_step(void **state)
{
    (void)state;
    struct fx f;
    struct baseline b;
    unsigned minutes = 0;
    open(&f, &b, 28, 20);
    while (minutes < 120 && fx_play(&f, fx_call(&f, &f.dana, 1)) == 0) {
        minutes++;
    }
    assert_true(minutes > 5 && minutes < 60);
    fx_close(&f);
    baseline_free(&b);
}

static void test_too_little_history(void **state)
{
    (void)state;
    struct fx f;
    struct baseline b;
    open(&f, &b, 13, 20);
    assert_int_equal(fx_play(&f, fx_call(&f, &f.dana, 10000)), 0);
    f.baseline = NULL;
    assert_int_equal(fx_play(&f, fx_call(&f, &f.dana, 10000)), 0);
    fx_close(&f);
    baseline_free(&b);
}

/* History is not judged. */
static void test_before_the_window(void **state)
{
    (void)state;
    struct fx f;
    struct baseline b;
    open(&f, &b, 20, 20);
    f.since_us = f.now_us + TIME_DAY_US;
    assert_int_equal(fx_play(&f, fx_call(&f, &f.dana, 10000)), 0);
    fx_close(&f);
    baseline_free(&b);
}

static void test_processes(void **state)
{
    (void)state;
    static const struct {
        const char *caller;
        double most;
        size_t hits;
    } rows[] = {{"dana.k@example.com", 500, 0}, /* explained */
                {"dana.k@example.com", 100, 2}, /* more than registered */
                {"dana.k@example.com", -1, 2},  /* says nothing about the rate */
                {"someone@example.com", 500, 2}};
    for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
        struct fx f;
        struct baseline b;
        open(&f, &b, 20, 20);
        struct process p = {.process = STR("month end"),
                            .function = STR("pay"),
                            .caller = str_of(rows[i].caller),
                            .window = {TIME_NONE, TIME_NONE},
                            .max_per_minute = rows[i].most};
        assert_true(VEC_PUSH(&f.context.processes, p));
        f.context.given[CONTEXT_PROCESSES] = true;
        assert_int_equal(fx_play(&f, fx_call(&f, &f.dana, 300)), rows[i].hits);
        VEC_FREE(&f.context.processes);
        fx_close(&f);
        baseline_free(&b);
    }
}

/* An event source that called it on days before explains a spike as far as D46 goes. */
static void test_usual_source(void **state)
{
    (void)state;
    struct fx f;
    struct baseline b;
    open(&f, &b, 20, 20);
    struct event *e = fx_call(&f, NULL, 1);
    e->who = (struct identity){.kind = IDENTITY_SERVICE, .invoked_by = STR("sqs.amazonaws.com")};
    int64_t now = e->time_us;
    for (int d = 3; d > 0; d--) {
        e->time_us = e->last_us = now - d * TIME_DAY_US;
        assert_int_equal(baseline_learn(&b, e), ERR_OK);
    }
    e->time_us = e->last_us = now;
    e->count = 300;
    assert_int_equal(fx_play(&f, e), 1);
    assert_int_equal(fx_count(&f, "faaswatch.call_spike"), 1);
    e->who.invoked_by = STR("sns.amazonaws.com");
    e->count = 900;
    assert_int_equal(fx_play(&f, e), 2);
    fx_close(&f);
    baseline_free(&b);
}

static void test_errors(void **state)
{
    (void)state;
    struct fx f;
    struct baseline b;
    open(&f, &b, 20, 120);
    size_t hits = 0;
    for (int i = 0; i < 30; i++) {
        struct event *e = fx_call(&f, &f.ci, 1);
        e->outcome = OUTCOME_FAILED;
        hits += fx_play(&f, e);
    }
    assert_true(hits > 0);
    assert_int_equal(fx_count(&f, "faaswatch.error_spike"), hits);
    fx_close(&f);
    baseline_free(&b);
}

static void test_addresses(void **state)
{
    (void)state;
    struct fx f;
    struct baseline b;
    open(&f, &b, 20, 600);
    for (int i = 0; i < 60; i++) {
        struct event *e = fx_call(&f, NULL, 1);
        e->who = (struct identity){.kind = IDENTITY_ANONYMOUS};
        assert_true(arena_printf(&f.run.arena, &e->address, "203.0.113.%d", i));
        (void)fx_play(&f, e);
    }
    assert_true(fx_count(&f, "faaswatch.caller_addresses") > 10);
    fx_expect_severity(&f, SEVERITY_MEDIUM);
    fx_close(&f);
    baseline_free(&b);
}

/* Five per cent more each day, half of it learnt as history already. */
static void test_trained(void **state)
{
    (void)state;
    struct fx f;
    struct baseline b;
    open(&f, &b, 30, 60);
    struct event *e = fx_call(&f, &f.dana, 1);
    int64_t day = e->time_us / TIME_DAY_US;
    double rate = 60;
    size_t hits = 0;
    for (int64_t h = 0; h < 24 * 24; h++) {
        rate *= h % 24 == 0 ? 1.05 : 1;
        e = fx_call(&f, &f.dana, 1);
        for (int64_t i = 0; i < (int64_t)rate; i++) {
            e->time_us = e->last_us =
                day * TIME_DAY_US + h * TIME_HOUR_US + i * TIME_HOUR_US / (int64_t)rate;
            if (h < 12 * 24) {
                assert_int_equal(baseline_learn(&b, e), ERR_OK);
            } else {
                hits += fx_play(&f, e);
            }
        }
    }
    hits += fx_finish(&f);
    assert_int_equal(fx_count(&f, "faaswatch.call_drift"), 1);
    assert_true(hits >= 1);
    fx_close(&f);
    baseline_free(&b);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_spike),
        cmocka_unit_test(test_step),
        cmocka_unit_test(test_too_little_history),
        cmocka_unit_test(test_before_the_window),
        cmocka_unit_test(test_processes),
        cmocka_unit_test(test_usual_source),
        cmocka_unit_test(test_errors),
        cmocka_unit_test(test_addresses),
        cmocka_unit_test(test_trained),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
