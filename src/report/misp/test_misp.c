#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <jansson.h>

#include "tests/unit/report/fixture.h"

extern const struct report_ops report_misp;

static json_t *load(struct fixture *f)
{
    CLEANUP(buf_free) struct buf out = {0};
    fixture_write(&report_misp, f, &out);
    json_t *whole = json_loadb(out.ptr, out.len, JSON_REJECT_DUPLICATES, NULL);
    assert_non_null(whole);
    return whole;
}

static void test_marks(void **state)
{
    (void)state;
    CLEANUP(fixture_done) struct fixture *f = fixture_new(STR_EMPTY);
    json_t *whole = load(f);
    const json_t *event = json_object_get(whole, "Event");
    const json_t *attributes = json_object_get(event, "Attribute");
    assert_int_equal(json_array_size(attributes), 2);
    const json_t *address = json_array_get(attributes, 0);
    assert_string_equal(json_string_value(json_object_get(address, "type")), "ip-src");
    assert_string_equal(json_string_value(json_object_get(address, "value")), "185.220.101.34");
    assert_true(json_is_true(json_object_get(address, "to_ids")));
    assert_string_equal(json_string_value(json_object_get(event, "threat_level_id")), "1");
    assert_string_equal(json_string_value(json_object_get(event, "date")), "2026-11-21");
    json_decref(whole);
}

static void test_hostile(void **state)
{
    (void)state;
    for (size_t i = 0; fixture_hostile[i] != NULL; i++) {
        CLEANUP(fixture_done) struct fixture *f = fixture_new(str_of(fixture_hostile[i]));
        json_decref(load(f));
    }
    CLEANUP(fixture_done) struct fixture *none = fixture_empty();
    json_decref(load(none));
}

static void test_habits(void **state)
{
    (void)state;
    fixture_check_visible(&report_misp);
    fixture_check_secrets(&report_misp);
    fixture_check_memory(&report_misp);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_marks),
        cmocka_unit_test(test_hostile),
        cmocka_unit_test(test_habits),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
