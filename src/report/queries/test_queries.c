#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "tests/unit/report/fixture.h"

extern const struct report_ops report_queries;

static void check_has(const struct buf *out, const char *text)
{
    if (str_find(buf_str(out), str_of(text)) == SIZE_MAX) {
        fail_msg("no \"%s\" in:\n%.*s", text, (int)out->len, out->ptr);
    }
}

static struct mark *first_mark(struct fixture *f)
{
    return &fixture_result(f)->cases.at[0]->marks.at[0];
}

static void test_literals(void **state)
{
    (void)state;
    CLEANUP(fixture_done) struct fixture *f = fixture_new(STR_EMPTY);
    CLEANUP(buf_free) struct buf out = {0};
    *first_mark(f) = (struct mark){MARK_HANDLER, STR("a'b\"c\\d`e"), false};
    fixture_write(&report_queries, f, &out);
    check_has(&out, "'$.handler') = 'a''b\"c\\d_e')\n");                  /* Athena */
    check_has(&out, "'requestParameters.handler'=\"a'b\\\"c\\\\d_e\"\n"); /* Splunk */
    check_has(&out, ".handler) == \"a'b\\\"c\\\\d_e\"\n");                /* KQL */
    check_has(&out, "STRPOS(TO_JSON_STRING(t), 'a\\'b\"c\\\\d_e')");      /* BigQuery */
    check_has(&out, "eventtime >= '2026-10-21T");
    assert_true(str_find(buf_str(&out), STR("\n```\n```")) == SIZE_MAX);
}

static void test_refused(void **state)
{
    (void)state;
    CLEANUP(fixture_done) struct fixture *f = fixture_new(STR_EMPTY);
    CLEANUP(buf_free) struct buf out = {0};
    *first_mark(f) = (struct mark){MARK_HANDLER, STR("a\n| delete *"), false};
    fixture_write(&report_queries, f, &out);
    check_has(&out, "cannot be written in a query");
    assert_true(str_find(buf_str(&out), STR("delete")) == SIZE_MAX);
}

static void test_habits(void **state)
{
    (void)state;
    fixture_check_visible(&report_queries);
    fixture_check_secrets(&report_queries);
    fixture_check_memory(&report_queries);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_literals),
        cmocka_unit_test(test_refused),
        cmocka_unit_test(test_habits),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
