#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <unistd.h>

#include <cmocka.h>
#include <jansson.h>

#include "tests/unit/report/fixture.h"

extern const struct report_ops report_cacao;

static json_t *load(struct fixture *f)
{
    CLEANUP(buf_free) struct buf out = {0};
    fixture_write(&report_cacao, f, &out);
    json_t *book = json_loadb(out.ptr, out.len, JSON_REJECT_DUPLICATES, NULL);
    assert_non_null(book);
    return book;
}

/* Where a step goes on success, "" at the end. */
static const char *next_of(const json_t *step)
{
    const char *s = json_string_value(json_object_get(step, "on_success"));
    s = s != NULL ? s : json_string_value(json_object_get(step, "on_completion"));
    return s == NULL ? "" : s;
}

/* From the start every step leads on to the end; the number of steps on the way. */
static size_t walk(const json_t *book)
{
    const json_t *flow = json_object_get(book, "workflow");
    const char *at = json_string_value(json_object_get(book, "workflow_start"));
    size_t n = 0;
    for (; n < 100; n++) {
        const json_t *step = json_object_get(flow, at);
        assert_non_null(step);
        const char *failed = json_string_value(json_object_get(step, "on_failure"));
        assert_true(failed == NULL || json_object_get(flow, failed) != NULL);
        at = next_of(step);
        if (at[0] == '\0') {
            assert_string_equal(json_string_value(json_object_get(step, "type")), "end");
            return n;
        }
    }
    fail_msg("the workflow does not end");
    return n;
}

static void test_steps(void **state)
{
    (void)state;
    CLEANUP(fixture_done) struct fixture *f = fixture_new(STR_EMPTY);
    json_t *book = load(f);
    /* start, approve, keep and stop the function, revoke the sessions */
    assert_int_equal(walk(book), 5);
    json_decref(book);
    CLEANUP(fixture_done) struct fixture *none = fixture_empty();
    book = load(none);
    assert_int_equal(walk(book), 2);
    json_decref(book);
}

static void test_hostile(void **state)
{
    (void)state;
    for (size_t i = 0; fixture_hostile[i] != NULL; i++) {
        CLEANUP(fixture_done) struct fixture *f = fixture_new(str_of(fixture_hostile[i]));
        json_t *book = load(f);
        assert_int_equal(walk(book), 5);
        json_decref(book);
    }
}

/* The checker with the schema is shared data. */
static void test_schema(void **state)
{
    (void)state;
    static const char checker[] = "../shared/tools/cacao_check.py";
    if (access(checker, R_OK) != 0) {
        print_message("no shared data: the schema is not tested here\n");
        skip();
    }
    CLEANUP(buf_free) struct buf probe = {0};
    if (fixture_run("python3 -c 'import jsonschema, referencing' %s 2>&1", STR(""), &probe) != 0) {
        print_message("no jsonschema and referencing: tests/pack checks it with pinned ones\n");
        buf_free(&probe); /* skip() jumps out of the scope */
        skip();
    }
    CLEANUP(fixture_done) struct fixture *f = fixture_new(STR_EMPTY);
    CLEANUP(buf_free) struct buf out = {0};
    CLEANUP(buf_free) struct buf said = {0};
    fixture_write(&report_cacao, f, &out);
    if (fixture_run("python3 ../shared/tools/cacao_check.py %s 2>&1", buf_str(&out), &said) != 0) {
        fail_msg("%s", said.ptr);
    }
}

static void test_habits(void **state)
{
    (void)state;
    fixture_check_visible(&report_cacao);
    fixture_check_secrets(&report_cacao);
    fixture_check_memory(&report_cacao);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_steps),
        cmocka_unit_test(test_hostile),
        cmocka_unit_test(test_schema),
        cmocka_unit_test(test_habits),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
