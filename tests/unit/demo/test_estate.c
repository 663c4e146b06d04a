#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <jansson.h>

#include "base/timefmt.h"
#include "demo/estate.h"

static void test_is_json(void **state)
{
    (void)state;
    CLEANUP(buf_free) struct buf b = {0};
    struct estate e;
    estate_init(&e, 7);
    int64_t from = time_of_date(2026, 11, 20);
    unsigned count = estate_file(&e, from, from + TIME_DAY_US, 1 << 20, &b);
    json_error_t fault;
    json_t *doc = json_loadb(b.ptr, b.len, JSON_REJECT_DUPLICATES, &fault);
    if (doc == NULL) {
        fail_msg("byte %d: %s", fault.position, fault.text);
    }
    assert_int_equal(json_array_size(json_object_get(doc, "Records")), count);
    size_t mean = b.len / count;
    assert_in_range(mean, 1200, 1700);
    json_decref(doc);
}

static void test_same_seed(void **state)
{
    (void)state;
    CLEANUP(buf_free) struct buf a = {0};
    CLEANUP(buf_free) struct buf b = {0};
    struct estate e;
    estate_init(&e, 42);
    (void)estate_file(&e, 0, TIME_HOUR_US, 50000, &a);
    estate_init(&e, 42);
    (void)estate_file(&e, 0, TIME_HOUR_US, 50000, &b);
    assert_true(str_eq(buf_str(&a), buf_str(&b)));
    estate_init(&e, 43);
    buf_reset(&b);
    (void)estate_file(&e, 0, TIME_HOUR_US, 50000, &b);
    assert_false(str_eq(buf_str(&a), buf_str(&b)));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_is_json),
        cmocka_unit_test(test_same_seed),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
