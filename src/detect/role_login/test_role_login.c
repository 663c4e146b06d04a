#include "detect/test_fixture.h"

extern const struct detect_ops detect_role_login;

#define ROLE "arn:aws:iam::111122223333:role/fn-pay"

static const struct actor lambda = {
    .root = STR_INIT("lambda.amazonaws.com"), .kind = IDENTITY_SERVICE, .resolved = true};

static struct event *assume(struct fx *f, const struct actor *who, int64_t before_us)
{
    struct event *e = FX_EVENT(f, "AssumeRole", FX_ATTR(ASSUMED_ROLE, ROLE));
    e->kind = EVENT_ASSUME;
    e->actor = who;
    e->who.kind = who->kind;
    e->function = (struct function_key){0};
    e->time_us = e->last_us = f->now_us - before_us;
    return e;
}

/* Sessions of the role on the days before, learnt. */
static void learn(struct fx *f, struct baseline *b, int days, const struct actor *who)
{
    baseline_init(b);
    for (int d = days; d >= 1; d--) {
        for (int i = 0; i < 2; i++) {
            struct event *e = assume(f, who, d * TIME_DAY_US);
            assert_int_equal(baseline_learn(b, e), ERR_OK);
        }
    }
    f->baseline = b;
}

static void test_history(void **state)
{
    (void)state;
    struct fx f;
    const struct {
        int days;
        const struct actor *before, *now;
        enum event_outcome outcome;
        size_t hits;
    } rows[] = {
        {20, &lambda, &f.dana, OUTCOME_OK, 1},     {20, &lambda, &f.ci, OUTCOME_OK, 0},
        {20, &lambda, &lambda, OUTCOME_OK, 0},     {20, &f.dana, &f.dana, OUTCOME_OK, 0},
        {20, &f.ci, &f.dana, OUTCOME_OK, 0},       {10, &lambda, &f.dana, OUTCOME_OK, 0},
        {20, &lambda, &f.dana, OUTCOME_DENIED, 0},
    };
    for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
        struct baseline b;
        fx_open(&f, &detect_role_login);
        learn(&f, &b, rows[i].days, rows[i].before);
        struct event *e = assume(&f, rows[i].now, 0);
        e->outcome = rows[i].outcome;
        if (fx_play(&f, e) != rows[i].hits) {
            fail_msg("row %zu", i);
        }
        if (rows[i].hits > 0) {
            fx_expect_severity(&f, SEVERITY_HIGH);
            assert_int_equal(fx_play(&f, assume(&f, rows[i].now, 0)), 0); /* it was told */
        }
        baseline_free(&b);
        fx_close(&f);
    }
}

/* Without history: a function's role, and a service takes it up in these logs. */
static void test_short(void **state)
{
    (void)state;
    for (int services = 0; services < 2; services++) {
        struct fx f;
        fx_open(&f, &detect_role_login);
        struct inventory *inv = inventory_new(&f.context);
        assert_non_null(inv);
        assert_int_equal(fx_play(&f, assume(&f, &f.dana, 0)), 0); /* no function's role yet */
        fx_close(&f);
        fx_open(&f, &detect_role_login);
        struct event *create = FX_EVENT(&f, "CreateFunction", FX_ATTR(ROLE, ROLE));
        assert_non_null(inventory_replay(inv, create));
        f.run.inventory = inv;
        for (int i = 0; i < services; i++) {
            assert_int_equal(fx_play(&f, assume(&f, &lambda, 0)), 0);
        }
        assert_int_equal(fx_play(&f, assume(&f, &f.dana, 0)), (size_t)services);
        if (services > 0) {
            fx_expect_severity(&f, SEVERITY_MEDIUM);
        }
        inventory_free(inv);
        fx_close(&f);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(test_history),
                                       cmocka_unit_test(test_short)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
