#include "detect/test_fixture.h"

extern const struct detect_ops detect_concurrency;

static void test_values(void **state)
{
    (void)state;
    static const struct {
        const char *what;
        const char *values[3];
        size_t want;
    } cases[] = {
        {"first, low", {"100"}, 0},
        {"first, high", {"101"}, 1},
        {"five times", {"10", "50"}, 0},
        {"more than five times", {"10", "51"}, 1},
        {"fell", {"90", "10"}, 0},
        {"switched off and on", {"20", "0", "20"}, 0},
        {"switched off and on, high", {"20", "0", "500"}, 1},
        {"no number", {"many"}, 0},
        {"the largest number", {"1", "18446744073709551615"}, 1},
    };
    for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
        struct fx f;
        fx_open(&f, &detect_concurrency);
        for (size_t k = 0; k < 3 && cases[i].values[k] != NULL; k++) {
            struct attr a = {ATTR_CONCURRENCY, str_of(cases[i].values[k])};
            fx_play(&f, fx_event(&f, "PutFunctionConcurrency", &a, 1));
        }
        if (f.run.hits.len != cases[i].want) {
            fail_msg("%s: %zu hits", cases[i].what, f.run.hits.len);
        }
        fx_close(&f);
    }
}

static void test_kinds_are_apart(void **state)
{
    (void)state;
    struct fx f;
    fx_open(&f, &detect_concurrency);
    fx_play(&f, FX_EVENT(&f, "PutFunctionConcurrency", FX_ATTR(CONCURRENCY, "2")));
    assert_int_equal(
        fx_play(&f, FX_EVENT(&f, "PutProvisionedConcurrencyConfig", FX_ATTR(CONCURRENCY, "90"))),
        0);
    struct event *refused = FX_EVENT(&f, "PutFunctionConcurrency", FX_ATTR(CONCURRENCY, "1000"));
    refused->outcome = OUTCOME_DENIED;
    assert_int_equal(fx_play(&f, refused), 1);
    fx_expect_severity(&f, SEVERITY_LOW);
    /* What was refused is not the value before. */
    assert_int_equal(
        fx_play(&f, FX_EVENT(&f, "PutFunctionConcurrency", FX_ATTR(CONCURRENCY, "11"))), 1);
    fx_close(&f);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_values),
        cmocka_unit_test(test_kinds_are_apart),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
