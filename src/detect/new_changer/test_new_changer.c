#include "detect/test_usual.h"

extern const struct detect_ops detect_new_changer;

static void learn_changes(struct fx *f, struct baseline *b, int days, const struct actor *who)
{
    for (int d = 1; d <= days; d++) {
        struct event *e = FX_PLAIN(f, "UpdateFunctionCode");
        e->actor = who;
        e->time_us -= d * TIME_DAY_US;
        assert_int_equal(baseline_learn(b, e), ERR_OK);
    }
}

static void test_changes(void **state)
{
    (void)state;
    static const struct {
        int days;
        bool console;
        size_t actor, hand;
    } rows[] = {{30, false, 1, 0}, {30, true, 1, 1}, {19, true, 0, 0}};
    for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
        struct fx f;
        struct baseline b;
        fx_open(&f, &detect_new_changer);
        baseline_init(&b);
        learn_changes(&f, &b, rows[i].days, &f.ci);
        f.baseline = &b;
        struct event *e = FX_PLAIN(&f, "UpdateFunctionCode");
        e->who.console = rows[i].console;
        assert_int_equal(fx_play(&f, e), rows[i].actor + rows[i].hand);
        assert_int_equal(fx_count(&f, "faaswatch.new_changer"), rows[i].actor);
        assert_int_equal(fx_count(&f, "faaswatch.changed_by_hand"), rows[i].hand);
        e = FX_PLAIN(&f, "UpdateFunctionCode");
        e->actor = &f.ci;
        assert_int_equal(fx_play(&f, e), 0);
        fx_close(&f);
        baseline_free(&b);
    }
}

/* People change it by hand as often as the pipeline: nothing is odd about it. */
static void test_mixed(void **state)
{
    (void)state;
    struct fx f;
    struct baseline b;
    fx_open(&f, &detect_new_changer);
    baseline_init(&b);
    learn_changes(&f, &b, 20, &f.ci);
    learn_changes(&f, &b, 20, &f.dana);
    f.baseline = &b;
    struct event *e = FX_PLAIN(&f, "UpdateFunctionCode");
    e->who.console = true;
    assert_int_equal(fx_play(&f, e), 0);
    fx_close(&f);
    baseline_free(&b);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(test_changes),
                                       cmocka_unit_test(test_mixed)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
