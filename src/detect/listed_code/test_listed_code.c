#include "detect/test_fixture.h"

extern const struct detect_ops detect_listed_code;

#define BAD  "ec5aedf5ecc6bdadd4120932170d1b10f6cfa175cfda22951dfd882928ab279b"
#define GOOD "3edd5cf2f55a07282636d01e4b28e5a5dcbbafc9c746a24000bfbe1c41a54247"

static void with_feed(struct fx *f, const char *text)
{
    struct err err = {0};
    f->intel = intel_new();
    assert_non_null(f->intel);
    if (intel_load_text(f->intel, STR("feed.csv"), str_of(text), &err) != ERR_OK ||
        intel_finish(f->intel, &err) != ERR_OK) {
        fail_msg("%s", err.msg);
    }
}

static void test_code(void **state)
{
    (void)state;
    static const struct attr bad[] = {FX_ATTR(CODE_HASH, BAD)};
    static const struct attr image[] = {FX_ATTR(CODE_HASH, "sha256:" BAD)};
    static const struct attr good[] = {FX_ATTR(CODE_HASH, GOOD)};
    struct fx f;
    fx_open(&f, &detect_listed_code);
    with_feed(&f, "sha256,class,confidence,valid_until,name\n" BAD
                  ",malware,90,2026-12-01,ExampleMiner\n");
    assert_int_equal(fx_play(&f, fx_event(&f, "UpdateFunctionCode", good, 1)), 0);
    assert_int_equal(fx_play(&f, fx_event(&f, "UpdateFunctionCode", bad, 1)), 1);
    fx_expect_severity(&f, SEVERITY_CRITICAL);
    assert_true(str_find(fx_last(&f)->explain, STR("ExampleMiner")) != SIZE_MAX);
    assert_int_equal(fx_play(&f, fx_event(&f, "CreateFunction", image, 1)), 1);
    struct event *e = fx_event(&f, "UpdateFunctionCode", bad, 1);
    e->time_us += 30 * TIME_DAY_US; /* no longer valid */
    assert_int_equal(fx_play(&f, e), 0);
    e = fx_event(&f, "UpdateFunctionCode", bad, 1);
    e->outcome = OUTCOME_DENIED;
    assert_int_equal(fx_play(&f, e), 1);
    fx_expect_severity(&f, SEVERITY_HIGH);
    fx_close(&f);
}

static void test_doubt(void **state)
{
    (void)state;
    static const struct attr bad[] = {FX_ATTR(CODE_HASH, BAD)};
    struct fx f;
    fx_open(&f, &detect_listed_code);
    with_feed(&f,
              "{\"type\":\"bundle\",\"objects\":[{\"type\":\"indicator\",\"id\":\"indicator--1\","
              "\"confidence\":95,\"pattern\":\"[file:hashes.'SHA-256' = '" BAD
              "' AND file:name = 'x.zip']\"}]}");
    assert_int_equal(fx_play(&f, fx_event(&f, "UpdateFunctionCode", bad, 1)), 1);
    fx_expect_severity(&f, SEVERITY_MEDIUM);
    intel_free(f.intel);
    f.intel = NULL;
    assert_int_equal(fx_play(&f, fx_event(&f, "UpdateFunctionCode", bad, 1)), 0);
    fx_close(&f);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_code),
        cmocka_unit_test(test_doubt),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
