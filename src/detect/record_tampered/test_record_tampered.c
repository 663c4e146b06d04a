#include "detect/test_fixture.h"

extern const struct detect_ops detect_record_tampered;

static void test_tampered(void **state)
{
    (void)state;
    struct fx f;
    fx_open(&f, &detect_record_tampered);
    struct event *e = FX_PLAIN(&f, "Invoke");
    assert_int_equal(fx_play(&f, e), 0);
    e->duplicate_key = true;
    assert_int_equal(fx_play(&f, e), 1);
    fx_expect_severity(&f, SEVERITY_HIGH);
    fx_close(&f);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(test_tampered)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
