#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <jansson.h>

#include "tests/unit/report/fixture.h"

extern const struct report_ops report_timesketch;

/* One object a line, with what Timesketch needs, in order of time, each event once. */
static void check(struct fixture *f, size_t *lines)
{
    CLEANUP(buf_free) struct buf out = {0};
    fixture_write(&report_timesketch, f, &out);
    struct str rest = buf_str(&out);
    struct str line;
    json_int_t before = INT64_MIN;
    for (*lines = 0; str_cut(&rest, '\n', &line); (*lines)++) {
        json_t *event = json_loadb(line.ptr, line.len, JSON_REJECT_DUPLICATES, NULL);
        assert_non_null(event);
        assert_true(json_is_string(json_object_get(event, "message")));
        assert_true(json_is_string(json_object_get(event, "datetime")));
        assert_true(json_is_string(json_object_get(event, "timestamp_desc")));
        json_int_t at = json_integer_value(json_object_get(event, "timestamp"));
        assert_true(at >= before);
        before = at;
        json_decref(event);
    }
}

static void test_lines(void **state)
{
    (void)state;
    size_t n;
    for (size_t i = 0; fixture_hostile[i] != NULL; i++) {
        CLEANUP(fixture_done) struct fixture *f = fixture_new(str_of(fixture_hostile[i]));
        check(f, &n);
        assert_true(n > 0);
    }
    CLEANUP(fixture_done) struct fixture *f = fixture_new(STR_EMPTY);
    struct result *r = fixture_result(f);
    struct case_file *other = r->cases.at[1];
    size_t once;
    check(f, &once);
    /* The same event in a second case: one line, two tags. */
    assert_true(VEC_PUSH(&other->timeline, r->cases.at[0]->timeline.at[0]));
    check(f, &n);
    assert_int_equal(n, once);
    CLEANUP(fixture_done) struct fixture *none = fixture_empty();
    check(none, &n);
    assert_int_equal(n, 0);
}

static void test_undated(void **state)
{
    (void)state;
    CLEANUP(fixture_done) struct fixture *f = fixture_new(STR_EMPTY);
    struct event *e = (struct event *)(uintptr_t)fixture_result(f)->cases.at[0]->timeline.at[0];
    CLEANUP(buf_free) struct buf out = {0};
    e->time_us = TIME_NONE;
    fixture_write(&report_timesketch, f, &out);
    assert_true(str_find(buf_str(&out), STR("Undated record")) != SIZE_MAX);
}

static void test_habits(void **state)
{
    (void)state;
    fixture_check_visible(&report_timesketch);
    fixture_check_secrets(&report_timesketch);
    fixture_check_memory(&report_timesketch);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_lines),
        cmocka_unit_test(test_undated),
        cmocka_unit_test(test_habits),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
