/*
 * Learning from events, the file form, merging, values, and what somebody may do to all of it.
 */
#include "base/mem.h"
#include "baseline/baseline.h"
#include "baseline/model.h"
#include "tests/unit/baseline/series.h"

static struct event call_at(int64_t minute, const char *caller)
{
    return (struct event){
        .time_us = minute * TIME_MINUTE_US,
        .last_us = minute * TIME_MINUTE_US,
        .kind = EVENT_INVOKE,
        .count = 3,
        .address = STR_INIT("198.51.100.7"),
        .function = {STR_INIT("aws"), STR_INIT("111122223333"), STR_INIT("eu-west-1"),
                     STR_INIT("pay")},
        .who = {.kind = IDENTITY_ROLE, .principal = str_of(caller)},
    };
}

static void learn(struct baseline *b, const struct event *e)
{
    assert_int_equal(baseline_survey(b, e), ERR_OK);
    assert_int_equal(baseline_learn(b, e), ERR_OK);
}

/* A call each ten minutes from MADE_FROM on. */
static void fill(struct baseline *b, int64_t from_day, int64_t days, const char *caller)
{
    for (int64_t m = from_day * DAY_MINUTES; m < (from_day + days) * DAY_MINUTES; m += 10) {
        struct event e = call_at(MADE_FROM + m, caller);
        learn(b, &e);
    }
}

static void test_learn(void **state)
{
    (void)state;
    struct baseline b;
    struct model m;
    uint64_t hash;
    baseline_init(&b);
    fill(&b, 0, 13, "worker");
    struct event e = call_at(MADE_FROM, "worker");
    const struct usual *u = baseline_of(&b, &e.function);
    assert_non_null(u);
    model_fit(&u->calls, &b.covered, &m);
    assert_false(m.known);
    assert_int_equal(m.days, 13);
    fill(&b, 13, 1, "worker");
    u = baseline_of(&b, &e.function);
    model_fit(&u->calls, &b.covered, &m);
    assert_true(m.known);
    assert_true(m.mean > 17.5 && m.mean < 18.5);
    assert_int_equal(u->channel, CHANNEL_CALLER);
    assert_true(value_hash(STR("worker"), &hash));
    int32_t today = (int32_t)(MADE_FROM / DAY_MINUTES) + 14;
    const struct value *v = values_find(&u->values, VALUE_CALLER, hash, today);
    assert_non_null(v);
    assert_int_equal(v->days, 14);
    assert_null(values_find(&u->values, VALUE_CHANGER, hash, today));
    assert_null(values_find(&u->values, VALUE_CALLER, hash, today + VALUES_KEEP_DAYS));
    baseline_free(&b);
}

/* A metric, the function's own log and calls tell of the same calls: one of them counts. */
static void test_channels(void **state)
{
    (void)state;
    struct baseline b;
    baseline_init(&b);
    struct attr attrs[] = {{ATTR_METRIC, STR("Invocations")},
                           {ATTR_RATE_POINT, STR("2026-01-05T00:00:00Z 300 10")},
                           {ATTR_RATE_POINT, STR("2026-01-05T00:05:00Z 60 4")},
                           {ATTR_RATE_POINT, STR("nonsense")}};
    struct event rate = call_at(MADE_FROM, "");
    rate.kind = EVENT_RATE;
    rate.count = 14;
    rate.attrs = attrs;
    rate.attr_count = ARRAY_LEN(attrs);
    struct event run = call_at(MADE_FROM, "");
    run.kind = EVENT_RUN;
    run.count = 6;
    struct event *all[] = {&rate, &run};
    for (size_t i = 0; i < 2; i++) {
        assert_int_equal(baseline_survey(&b, all[i]), ERR_OK);
    }
    for (size_t i = 0; i < 2; i++) {
        assert_int_equal(baseline_learn(&b, all[i]), ERR_OK);
    }
    const struct usual *u = baseline_of(&b, &rate.function);
    assert_int_equal(u->channel, CHANNEL_METRIC);
    assert_true(calls_of_hour(&u->calls, (int32_t)(MADE_FROM / 60)) > 13.99);
    assert_true(calls_of_hour(&u->calls, (int32_t)(MADE_FROM / 60)) < 14.01);
    attrs[0].value = STR("Errors");
    assert_int_equal(event_channel(&rate), CHANNEL_NONE);
    baseline_free(&b);
}

static void test_file(void **state)
{
    (void)state;
    struct baseline b;
    struct baseline back;
    CLEANUP(buf_free) struct buf first = {0};
    CLEANUP(buf_free) struct buf second = {0};
    struct err err = {0};
    baseline_init(&b);
    fill(&b, 0, 200, "worker");
    fill(&b, 200, 1, "other");
    baseline_write(&b, &first);
    assert_false(first.failed);
    printf("201 days of a function take %zu bytes in a file, %zu in memory\n", first.len,
           sizeof(struct usual));
    assert_true(first.len <= BASELINE_FUNCTION_BYTES);
    assert_int_equal(baseline_read(&back, buf_str(&first), &err), ERR_OK);
    baseline_write(&back, &second);
    assert_true(str_eq(buf_str(&first), buf_str(&second)));
    baseline_free(&back);
    /* Cut or changed at any byte: refused or read, never worse. */
    for (size_t i = 0; i < first.len; i++) {
        struct err e = {0};
        assert_int_not_equal(baseline_read(&back, str_make(first.ptr, i), &e), ERR_OK);
        assert_true(e.msg[0] != '\0');
        char keep = first.ptr[i];
        first.ptr[i] = (char)(keep ^ 0x55);
        if (baseline_read(&back, buf_str(&first), NULL) == ERR_OK) {
            const struct event e2 = call_at(MADE_FROM, "");
            const struct usual *u = baseline_of(&back, &e2.function);
            struct model m;
            if (u != NULL) {
                model_fit(&u->calls, &back.covered, &m);
            }
        }
        baseline_free(&back);
        first.ptr[i] = keep;
    }
    baseline_free(&b);
}

static void test_merge(void **state)
{
    (void)state;
    struct baseline whole;
    struct baseline a;
    struct baseline b;
    baseline_init(&whole);
    baseline_init(&a);
    baseline_init(&b);
    fill(&whole, 0, 60, "worker");
    fill(&a, 0, 30, "worker");
    fill(&b, 30, 30, "worker");
    assert_int_equal(baseline_merge(&a, &b), ERR_OK);
    struct event e = call_at(MADE_FROM, "worker");
    const struct usual *x = baseline_of(&a, &e.function);
    const struct usual *y = baseline_of(&whole, &e.function);
    assert_memory_equal(x->calls.hour, y->calls.hour, sizeof(x->calls.hour));
    assert_memory_equal(x->calls.day, y->calls.day, sizeof(x->calls.day));
    assert_memory_equal(x->calls.addresses, y->calls.addresses, sizeof(x->calls.addresses));
    assert_int_equal(x->values.len, y->values.len);
    assert_int_equal(x->values.at[0].count, y->values.at[0].count);
    assert_int_equal(x->values.at[0].days, y->values.at[0].days);
    assert_memory_equal(&a.covered, &whole.covered, sizeof(a.covered));
    baseline_free(&whole);
    baseline_free(&a);
    baseline_free(&b);
}

/* A flood of callers pushes out no usual one; that it was there is known. */
static void test_flood(void **state)
{
    (void)state;
    struct values v = {.len = 0};
    int32_t day = 20000;
    for (int32_t d = 0; d < 20; d++) {
        values_add(&v, VALUE_CALLER, 7, day + d, 10);
    }
    assert_false(values_sum(&v, VALUE_CALLER, day + 20).crowded);
    for (uint64_t i = 0; i < 1000; i++) {
        values_add(&v, VALUE_CALLER, 1000 + i, day + 20, 5000);
    }
    assert_int_equal(v.len, VALUES_MAX);
    assert_non_null(values_find(&v, VALUE_CALLER, 7, day + 20));
    assert_true(values_sum(&v, VALUE_CALLER, day + 20).crowded);
    assert_false(values_sum(&v, VALUE_CHANGER, day + 20).crowded);
    assert_false(values_sum(&v, VALUE_CALLER, day + 21 + VALUES_KEEP_DAYS).crowded);
}

static void test_covered(void **state)
{
    (void)state;
    struct covered c = {0};
    covered_mark(&c, 1000);
    covered_mark(&c, 1003); /* a long weekend */
    covered_mark(&c, 1010); /* no logs between */
    assert_true(covered_has(&c, 1001) && covered_has(&c, 1002));
    assert_false(covered_has(&c, 1006));
    assert_false(covered_has(&c, 999) || covered_has(&c, 1011));
    assert_int_equal(covered_count(&c, 1000), 5);
    covered_mark(&c, 5000);
    assert_int_equal(covered_count(&c, 1000), 1);
}

/* What a principal did: known by days and calls, learnt only from what was allowed. */
static void test_used(void **state)
{
    (void)state;
    struct baseline b;
    struct baseline back;
    struct used u;
    struct err err = {0};
    CLEANUP(buf_free) struct buf file = {0};
    baseline_init(&b);
    struct event e = call_at(MADE_FROM, "arn:aws:sts::111122223333:assumed-role/pay/pay");
    e.who.role = STR("arn:aws:iam::111122223333:role/pay");
    e.service = STR("lambda.amazonaws.com");
    e.action = STR("Invoke");
    for (int64_t d = 0; d < 20; d++) {
        e.time_us = (MADE_FROM + d * DAY_MINUTES) * TIME_MINUTE_US;
        learn(&b, &e);
    }
    assert_int_equal(baseline_used(&b, &e, &u), ERR_OK);
    assert_true(u.known && u.before && !u.long_known);
    assert_int_equal(u.days, 20);
    e.action = STR("GetPolicy");
    e.outcome = OUTCOME_DENIED;
    learn(&b, &e);
    assert_int_equal(baseline_used(&b, &e, &u), ERR_OK);
    assert_true(u.known && !u.before);
    e.who.invoked_by = STR("athena.amazonaws.com"); /* nobody's */
    assert_int_equal(baseline_used(&b, &e, &u), ERR_OK);
    assert_false(u.known);
    e.who.invoked_by = STR_EMPTY;
    baseline_write(&b, &file);
    assert_int_equal(baseline_read(&back, buf_str(&file), &err), ERR_OK);
    assert_int_equal(baseline_merge(&back, &b), ERR_OK);
    e.action = STR("Invoke");
    assert_int_equal(baseline_used(&back, &e, &u), ERR_OK);
    assert_true(u.known && u.before);
    baseline_cut(&back, (MADE_FROM + 5 * DAY_MINUTES) * TIME_MINUTE_US);
    assert_int_equal(baseline_used(&back, &e, &u), ERR_OK);
    assert_false(u.known); /* five days are too few */
    baseline_free(&back);
    baseline_free(&b);
}

static void test_no_memory(void **state)
{
    (void)state;
    for (unsigned long n = 1; n < 1000; n++) {
        struct baseline b;
        struct event e = call_at(MADE_FROM, "worker");
        baseline_init(&b);
        mem_torture(n);
        enum err_code rc = baseline_survey(&b, &e);
        rc = rc ? rc : baseline_learn(&b, &e);
        mem_torture(0);
        baseline_free(&b);
        if (rc == ERR_OK) {
            assert_true(n > 1);
            return;
        }
        assert_int_equal(rc, ERR_NOMEM);
    }
    fail_msg("never enough memory");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_learn), cmocka_unit_test(test_channels),
        cmocka_unit_test(test_file),  cmocka_unit_test(test_merge),
        cmocka_unit_test(test_flood), cmocka_unit_test(test_covered),
        cmocka_unit_test(test_used),  cmocka_unit_test(test_no_memory),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
