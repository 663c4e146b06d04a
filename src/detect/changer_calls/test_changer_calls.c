#include "detect/test_fixture.h"

extern const struct detect_ops detect_changer_calls;

/* The fixture's inventory does not note who changed code: put it down by hand. */
static size_t play_call(struct fx *f, const struct actor *changer, int64_t after_us,
                        const struct actor *caller)
{
    struct event *change = FX_EVENT(f, "UpdateFunctionCode", FX_ATTR(CODE_HASH, "aa"));
    fx_play(f, change);
    f->functions[0].now.code_changed_us = change->time_us;
    f->functions[0].now.code_changed_by = changer;
    struct event *e = FX_PLAIN(f, "Invoke");
    e->kind = EVENT_INVOKE;
    e->actor = caller;
    e->time_us = e->last_us = change->time_us + after_us;
    return fx_play(f, e);
}

static void test_times(void **state)
{
    (void)state;
    static const struct {
        int64_t after_us;
        size_t hits;
    } rows[] = {{TIME_SECOND_US, 1},
                {10 * TIME_MINUTE_US, 1},
                {10 * TIME_MINUTE_US + 1, 0},
                {-TIME_SECOND_US, 0},
                {0, 1}};
    for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
        struct fx f;
        fx_open(&f, &detect_changer_calls);
        assert_int_equal(play_call(&f, &f.dana, rows[i].after_us, &f.dana), rows[i].hits);
        fx_close(&f);
    }
}

static void test_somebody_else(void **state)
{
    (void)state;
    struct fx f;
    fx_open(&f, &detect_changer_calls);
    assert_int_equal(play_call(&f, &f.dana, TIME_SECOND_US, &f.ci), 0);
    assert_int_equal(play_call(&f, NULL, TIME_SECOND_US, &f.dana), 0);
    fx_close(&f);
}

/* Never changed in the logs: nobody changed it. */
static void test_unchanged(void **state)
{
    (void)state;
    struct fx f;
    fx_open(&f, &detect_changer_calls);
    struct event *e = FX_PLAIN(&f, "Invoke");
    e->kind = EVENT_INVOKE;
    assert_int_equal(fx_play(&f, e), 0);
    fx_close(&f);
}

/* Calls of one minute are one event; its last call came after the change. */
static void test_folded(void **state)
{
    (void)state;
    struct fx f;
    fx_open(&f, &detect_changer_calls);
    struct event *change = FX_EVENT(&f, "UpdateFunctionCode", FX_ATTR(CODE_HASH, "aa"));
    fx_play(&f, change);
    f.functions[0].now.code_changed_us = change->time_us;
    f.functions[0].now.code_changed_by = &f.dana;
    struct event *e = FX_PLAIN(&f, "Invoke");
    e->kind = EVENT_INVOKE;
    e->time_us = change->time_us - 5 * TIME_SECOND_US;
    e->last_us = change->time_us + 5 * TIME_SECOND_US;
    assert_int_equal(fx_play(&f, e), 1);
    fx_close(&f);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_times),
        cmocka_unit_test(test_somebody_else),
        cmocka_unit_test(test_unchanged),
        cmocka_unit_test(test_folded),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
