/*
 * History for the tests of detections that read baselines: calls and changes of "pay" on the days
 * before the fixture's now.
 */
#ifndef DETECT_TEST_USUAL_H
#define DETECT_TEST_USUAL_H

#include "detect/test_fixture.h"

/* Events of the days before, learnt: `per_hour` calls each hour by the actor, from an address. */
static inline void fx_learn_calls(struct fx *f, struct baseline *b, unsigned days,
                                  unsigned per_hour, const struct actor *caller)
{
    struct event *e = FX_PLAIN(f, "Invoke");
    e->kind = EVENT_INVOKE;
    e->actor = caller;
    e->address = STR("198.51.100.7");
    int64_t day = f->now_us / TIME_DAY_US;
    for (int64_t h = (day - days) * 24; h < day * 24; h++) {
        for (unsigned i = 0; i < per_hour; i++) {
            e->time_us = e->last_us = h * TIME_HOUR_US + (i * 3600 / per_hour) * TIME_SECOND_US;
            assert_int_equal(baseline_survey(b, e), ERR_OK);
            assert_int_equal(baseline_learn(b, e), ERR_OK);
        }
    }
}

/* A call of now, `count` times within the minute. */
static inline struct event *fx_call(struct fx *f, const struct actor *caller, uint64_t count)
{
    struct event *e = FX_PLAIN(f, "Invoke");
    e->kind = EVENT_INVOKE;
    e->actor = caller;
    e->count = count;
    return e;
}

#endif
