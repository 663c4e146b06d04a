#include "detect/test_fixture.h"

extern const struct detect_ops detect_breadth;

static struct function functions[1024];

static size_t deal(struct fx *f, enum event_kind kind, unsigned which, int64_t at_us)
{
    struct event *e = FX_PLAIN(f, "GetFunction");
    struct detect_view v;
    size_t had = f->run.hits.len;
    e->kind = kind;
    e->time_us = e->last_us = at_us;
    v = fx_view(f, e);
    v.function = &functions[which];
    assert_int_equal(f->ops->on_event(f->state, &v, NULL), ERR_OK);
    return f->run.hits.len - had;
}

/* `count` functions within an hour; how many hits. */
static size_t hour_of(struct fx *f, unsigned count, int64_t at_us)
{
    size_t hits = 0;
    for (unsigned i = 0; i < count; i++) {
        hits += deal(f, EVENT_READ, i, at_us + i * TIME_SECOND_US);
    }
    return hits;
}

static void test_history(void **state)
{
    (void)state;
    static const struct {
        int days;
        unsigned before, now;
        size_t hits;
        enum severity severity;
    } rows[] = {
        {20, 2, 7, 1, SEVERITY_MEDIUM},                               /* above 3 x 2 */
        {20, 2, 6, 0, SEVERITY_MEDIUM},                               /* at the limit */
        {20, 1, 5, 0, SEVERITY_MEDIUM},                               /* five are nothing */
        {20, 4, 12, 0, SEVERITY_MEDIUM},                              /* 3 x 4 */
        {20, 4, 13, 1, SEVERITY_MEDIUM},  {0, 0, 6, 1, SEVERITY_LOW}, /* no history */
        {5, 2, 7, 1, SEVERITY_LOW},                                   /* too little of it */
        {20, 2, 900, 1, SEVERITY_MEDIUM}, /* told once an hour; 512 are told apart */
    };
    for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
        struct fx f;
        fx_open(&f, &detect_breadth);
        int64_t now = f.now_us;
        for (int d = rows[i].days; d >= 1; d--) {
            for (int h = 0; h < 2; h++) {
                (void)hour_of(&f, rows[i].before, now - d * TIME_DAY_US + h * 2 * TIME_HOUR_US);
            }
        }
        assert_int_equal(f.run.hits.len, 0);
        size_t hits = hour_of(&f, rows[i].now, now);
        if (hits != rows[i].hits) {
            fail_msg("row %zu: %zu hits", i, hits);
        }
        if (hits > 0) {
            fx_expect_severity(&f, rows[i].severity);
        }
        fx_close(&f);
    }
}

/* The hour slides, and what is not the principal's own doing does not count. */
static void test_hour(void **state)
{
    (void)state;
    struct fx f;
    fx_open(&f, &detect_breadth);
    int64_t at = f.now_us + 50 * TIME_MINUTE_US;
    assert_int_equal(hour_of(&f, 4, at), 0);
    size_t hits = 0;
    for (unsigned i = 4; i < 14; i++) { /* in the next hour of the clock: the last one had 4 */
        hits += deal(&f, EVENT_CHANGE, i, at + 20 * TIME_MINUTE_US);
    }
    assert_int_equal(hits, 1);
    fx_close(&f);

    fx_open(&f, &detect_breadth);
    hits = 0;
    for (unsigned i = 0; i < 40; i++) { /* slowly */
        hits += deal(&f, EVENT_READ, i, f.now_us + i * 20 * TIME_MINUTE_US);
    }
    assert_int_equal(hits, 0);
    struct deployment stack = {.tool = STR("CloudFormation")};
    for (unsigned i = 0; i < 40; i++) {
        struct event *e = FX_PLAIN(&f, "CreateFunction");
        struct detect_view v = fx_view(&f, e);
        e->deployment = i % 2 == 0 ? &stack : NULL;
        e->kind = i % 2 == 0 ? EVENT_CHANGE : EVENT_OTHER;
        v.function = &functions[i];
        assert_int_equal(f.ops->on_event(f.state, &v, NULL), ERR_OK);
    }
    assert_int_equal(f.run.hits.len, 0);
    fx_close(&f);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(test_history), cmocka_unit_test(test_hour)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
