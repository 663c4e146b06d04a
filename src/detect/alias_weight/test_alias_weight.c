#include "detect/test_fixture.h"

extern const struct detect_ops detect_alias_weight;

#define LIVE      FX_ATTR(ALIAS, "live")
#define WEIGHT(x) FX_ATTR(ALIAS_WEIGHT, x)

static void test_long_and_short(void **state)
{
    (void)state;
    static const struct {
        const char *what;
        const char *weight;
        int hours;
        size_t want;
    } cases[] = {
        {"a canary of an hour", "8=0.05", 1, 0}, {"held for two days", "8=0.05", 48, 1},
        {"one in a hundred", "8=0.01", 25, 1},   {"a tenth is no small share", "8=0.1", 48, 0},
        {"nothing is routed", "8=0", 48, 0},     {"negative", "8=-0.01", 48, 0},
        {"no number", "8=small", 48, 0},         {"no version", "0.05", 48, 0},
    };
    for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
        for (int at_end = 0; at_end < 2; at_end++) {
            struct fx f;
            fx_open(&f, &detect_alias_weight);
            struct attr attrs[] = {LIVE, {ATTR_ALIAS_WEIGHT, str_of(cases[i].weight)}};
            struct event *set = fx_event(&f, "UpdateAlias", attrs, 2);
            fx_play(&f, set);
            f.now_us += cases[i].hours * TIME_HOUR_US;
            /* Either the weight is taken away, or the records just go on. */
            fx_play(&f, at_end ? FX_PLAIN(&f, "GetFunction") : FX_EVENT(&f, "UpdateAlias", LIVE));
            fx_finish(&f);
            if (f.run.hits.len != cases[i].want) {
                fail_msg("%s: %zu hits", cases[i].what, f.run.hits.len);
            }
            if (cases[i].want > 0) {
                assert_ptr_equal(fx_last(&f)->event, set);
            }
            fx_close(&f);
        }
    }
}

static void test_renewed_weight_counts_from_the_first(void **state)
{
    (void)state;
    struct fx f;
    fx_open(&f, &detect_alias_weight);
    for (int day = 0; day < 3; day++) {
        fx_play(&f, FX_EVENT(&f, "UpdateAlias", LIVE, WEIGHT("8=0.02")));
        f.now_us += 20 * TIME_HOUR_US;
    }
    fx_play(&f, FX_EVENT(&f, "DeleteAlias", LIVE));
    assert_int_equal(f.run.hits.len, 1);
    fx_close(&f);
}

/* A deployment of a Worker says per cent, and all versions. */
static void test_split_of_a_worker(void **state)
{
    (void)state;
    static const struct {
        const char *small, *large;
        int hours;
        size_t want;
    } cases[] = {
        {"v-2=5", "v-1=95", 48, 1}, {"v-2=0.5", "v-1=99.5", 25, 1}, {"v-2=10", "v-1=90", 48, 0},
        {"v-2=5", "v-1=95", 2, 0},  {"v-1=100", "v-1=100", 48, 0},
    };
    for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
        struct fx f;
        fx_open(&f, &detect_alias_weight);
        struct attr attrs[] = {{ATTR_ALIAS_WEIGHT, str_of(cases[i].large)},
                               {ATTR_ALIAS_WEIGHT, str_of(cases[i].small)}};
        struct event *split = fx_event(&f, "DeployWorker", attrs, 2);
        struct event *whole = FX_EVENT(&f, "DeployWorker", FX_ATTR(ALIAS_WEIGHT, "v-2=100"));
        split->service = whole->service = STR("cloudflare.workers");
        fx_play(&f, split);
        whole->time_us = split->time_us + cases[i].hours * TIME_HOUR_US;
        fx_play(&f, whole);
        assert_int_equal(f.run.hits.len, cases[i].want);
        if (cases[i].want > 0) {
            assert_true(str_eq(fx_last(&f)->detection->ref, STR("D105")));
        }
        fx_close(&f);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_long_and_short),
        cmocka_unit_test(test_renewed_weight_counts_from_the_first),
        cmocka_unit_test(test_split_of_a_worker),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
