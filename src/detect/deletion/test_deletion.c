#include "detect/test_fixture.h"

extern const struct detect_ops detect_deletion;

#define SOON    "faaswatch.function_deleted_soon"
#define AT_ONCE "faaswatch.functions_deleted_at_once"

static struct event *delete_of(struct fx *f, const char *name)
{
    struct event *e = FX_PLAIN(f, "DeleteFunction");
    e->function.name = str_of(name);
    return e;
}

static void test_soon(void **state)
{
    (void)state;
    struct fx f;
    fx_open(&f, &detect_deletion);
    fx_play(&f, FX_PLAIN(&f, "CreateFunction"));
    struct event *version = FX_PLAIN(&f, "DeleteFunction");
    version->qualifier = STR("3");
    assert_int_equal(fx_play(&f, version), 0);
    assert_int_equal(fx_play(&f, FX_PLAIN(&f, "DeleteFunction")), 1);
    assert_int_equal(fx_count(&f, SOON), 1);
    fx_expect_severity(&f, SEVERITY_MEDIUM);
    fx_play(&f, FX_PLAIN(&f, "CreateFunction"));
    f.now_us += 24 * TIME_HOUR_US;
    assert_int_equal(fx_play(&f, FX_PLAIN(&f, "DeleteFunction")), 0);
    /* Creation not in the records: its age is not known. */
    assert_int_equal(fx_play(&f, delete_of(&f, "other")), 0);
    fx_close(&f);
}

static void test_at_once(void **state)
{
    (void)state;
    struct fx f;
    fx_open(&f, &detect_deletion);
    fx_play(&f, delete_of(&f, "a"));
    fx_play(&f, delete_of(&f, "b"));
    fx_play(&f, delete_of(&f, "b")); /* the same again */
    assert_int_equal(fx_count(&f, AT_ONCE), 0);
    fx_play(&f, delete_of(&f, "c"));
    assert_int_equal(fx_count(&f, AT_ONCE), 3);
    fx_play(&f, delete_of(&f, "d"));
    assert_int_equal(fx_count(&f, AT_ONCE), 4);
    f.now_us += TIME_HOUR_US;
    fx_play(&f, delete_of(&f, "e"));
    struct event *someone_else = delete_of(&f, "g");
    someone_else->actor = &f.ci;
    fx_play(&f, someone_else);
    fx_play(&f, delete_of(&f, "h"));
    assert_int_equal(fx_count(&f, AT_ONCE), 4);
    fx_close(&f);
}

static void test_deployment_is_low(void **state)
{
    (void)state;
    struct fx f;
    fx_open(&f, &detect_deletion);
    struct deployment d = {.id = STR_INIT("stack")};
    static const char *const names[] = {"a", "b", "c"};
    for (size_t i = 0; i < ARRAY_LEN(names); i++) {
        struct event *e = delete_of(&f, names[i]);
        e->deployment = &d;
        fx_play(&f, e);
    }
    assert_int_equal(fx_count(&f, AT_ONCE), 3);
    fx_expect_severity(&f, SEVERITY_LOW);
    fx_close(&f);
}

static void test_many(void **state)
{
    (void)state;
    struct fx f;
    fx_open(&f, &detect_deletion);
    static const char names[] = "abcdefghijklmnopqrstuvwxyz";
    for (size_t i = 0; i + 1 < sizeof(names); i++) {
        struct event *e = FX_PLAIN(&f, "DeleteFunction");
        f.now_us -= TIME_MINUTE_US;
        e->time_us = f.now_us + (int64_t)i;
        e->function.name = str_make(names + i, 1);
        e->actor = &f.dana;
        if (i < 15) {
            fx_play(&f, e);
        }
    }
    assert_int_equal(fx_count(&f, AT_ONCE), 15);
    fx_close(&f);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_soon),
        cmocka_unit_test(test_at_once),
        cmocka_unit_test(test_deployment_is_low),
        cmocka_unit_test(test_many),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
