#include "detect/test_usual.h"

extern const struct detect_ops detect_new_caller;

static void test_new(void **state)
{
    (void)state;
    static const struct {
        unsigned days, per_hour;
        size_t hits;
    } rows[] = {{20, 1, 1}, {14, 1, 1}, {13, 1, 0}};
    for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
        struct fx f;
        struct baseline b;
        fx_open(&f, &detect_new_caller);
        baseline_init(&b);
        fx_learn_calls(&f, &b, rows[i].days, rows[i].per_hour, &f.ci);
        f.baseline = &b;
        assert_int_equal(fx_play(&f, fx_call(&f, &f.ci, 1)), 0);
        assert_int_equal(fx_play(&f, fx_call(&f, &f.dana, 1)), rows[i].hits);
        struct event *denied = fx_call(&f, &f.dana, 1);
        denied->outcome = OUTCOME_DENIED;
        assert_int_equal(fx_play(&f, denied), 0);
        f.baseline = NULL;
        assert_int_equal(fx_play(&f, fx_call(&f, &f.dana, 1)), 0);
        fx_close(&f);
        baseline_free(&b);
    }
}

/* One call a week ago, to be known today, makes nobody usual. */
static void test_trained(void **state)
{
    (void)state;
    struct fx f;
    struct baseline b;
    fx_open(&f, &detect_new_caller);
    baseline_init(&b);
    fx_learn_calls(&f, &b, 20, 1, &f.ci);
    f.baseline = &b;
    struct event *e = fx_call(&f, &f.dana, 1);
    e->time_us -= 7 * TIME_DAY_US;
    assert_int_equal(baseline_learn(&b, e), ERR_OK);
    assert_int_equal(fx_play(&f, fx_call(&f, &f.dana, 1)), 1);
    fx_expect_severity(&f, SEVERITY_LOW);
    fx_close(&f);
    baseline_free(&b);
}

static void test_idle(void **state)
{
    (void)state;
    struct fx f;
    struct baseline b;
    fx_open(&f, &detect_new_caller);
    baseline_init(&b);
    fx_learn_calls(&f, &b, 40, 1, &f.ci);
    f.baseline = &b;
    struct event *e = fx_call(&f, NULL, 1);
    e->function.name = STR("old");
    e->who = (struct identity){.kind = IDENTITY_ANONYMOUS};
    e->address = STR("203.0.113.9");
    assert_true(ip_parse(e->address, &e->ip));
    assert_int_equal(fx_play(&f, e), 1);
    assert_int_equal(fx_count(&f, "faaswatch.idle_function_called"), 1);
    assert_int_equal(fx_play(&f, e), 0); /* once */
    fx_close(&f);
    baseline_free(&b);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(test_new), cmocka_unit_test(test_trained),
                                       cmocka_unit_test(test_idle)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
