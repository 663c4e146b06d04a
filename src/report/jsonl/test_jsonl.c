#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <jansson.h>

#include "tests/unit/report/fixture.h"

extern const struct report_ops report_jsonl;

/* One JSON value a line, cases first, whatever the texts are. */
static void test_lines(void **state)
{
    (void)state;
    for (size_t i = 0; fixture_hostile[i] != NULL; i++) {
        CLEANUP(fixture_done) struct fixture *f = fixture_new(str_of(fixture_hostile[i]));
        CLEANUP(buf_free) struct buf out = {0};
        fixture_write(&report_jsonl, f, &out);
        struct str rest = buf_str(&out);
        struct str line;
        size_t n = 0;
        size_t cases = fixture_result(f)->cases.len;
        for (; str_cut(&rest, '\n', &line); n++) {
            json_t *parsed = json_loadb(line.ptr, line.len, 0, NULL);
            assert_non_null(parsed);
            json_decref(parsed);
            struct str type = n < cases ? STR("\"type\":\"case\"") : STR("\"type\":\"finding\"");
            assert_true(str_find(str_head(line, 80), type) != SIZE_MAX);
        }
        assert_int_equal(n, cases + fixture_result(f)->findings.len);
    }
}

static void test_nothing(void **state)
{
    (void)state;
    CLEANUP(fixture_done) struct fixture *f = fixture_empty();
    CLEANUP(buf_free) struct buf out = {0};
    fixture_write(&report_jsonl, f, &out);
    assert_int_equal(out.len, 0);
}

static void test_habits(void **state)
{
    (void)state;
    fixture_check_visible(&report_jsonl);
    fixture_check_secrets(&report_jsonl);
    fixture_check_memory(&report_jsonl);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_lines),
        cmocka_unit_test(test_nothing),
        cmocka_unit_test(test_habits),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
