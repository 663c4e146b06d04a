/*
 * The checker with the schema is shared data: without it only the shape is tested elsewhere
 * (jsonl shares the parts), and this program says so.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <unistd.h>

#include <cmocka.h>
#include <jansson.h>

#include "tests/unit/report/fixture.h"

extern const struct report_ops report_ocsf;

static const char checker[] = "../shared/tools/ocsf_check.py";

static void check(struct fixture *f)
{
    CLEANUP(buf_free) struct buf out = {0};
    CLEANUP(buf_free) struct buf said = {0};
    CLEANUP(buf_free) struct buf command = {0};
    fixture_write(&report_ocsf, f, &out);
    buf_printf(&command, "python3 %s %%s 2>&1", checker);
    if (fixture_run(command.ptr, buf_str(&out), &said) != 0) {
        fail_msg("%s", said.len == 0 ? "missing: apt-get install python3" : said.ptr);
    }
}

static void test_schema(void **state)
{
    (void)state;
    CLEANUP(fixture_done) struct fixture *f = fixture_new(STR_EMPTY);
    check(f);
}

static void test_hostile(void **state)
{
    (void)state;
    for (size_t i = 0; fixture_hostile[i] != NULL; i++) {
        CLEANUP(fixture_done) struct fixture *f = fixture_new(str_of(fixture_hostile[i]));
        CLEANUP(buf_free) struct buf out = {0};
        fixture_write(&report_ocsf, f, &out);
        struct str rest = buf_str(&out);
        struct str line;
        size_t n = 0;
        for (; str_cut(&rest, '\n', &line); n++) {
            json_t *event = json_loadb(line.ptr, line.len, 0, NULL);
            assert_non_null(event);
            bool incident = n < fixture_result(f)->cases.len;
            json_int_t class_uid = json_integer_value(json_object_get(event, "class_uid"));
            assert_int_equal(class_uid, incident ? 2005 : 2004);
            json_decref(event);
        }
        assert_int_equal(n, fixture_result(f)->cases.len + fixture_result(f)->findings.len);
    }
}

/* A finding about which little is known still passes. */
static void test_bare(void **state)
{
    (void)state;
    CLEANUP(fixture_done) struct fixture *f = fixture_new(STR_EMPTY);
    struct finding *x = fixture_result(f)->findings.at[0];
    struct event *e = fixture_result(f)->findings.at[0]->events.len > 0
                          ? (struct event *)(uintptr_t)x->events.at[0]
                          : NULL;
    assert_non_null(e);
    *e =
        (struct event){.time_us = TIME_NONE, .last_us = TIME_NONE, .count = 1, .origin = e->origin};
    x->first_us = TIME_NONE;
    x->last_us = TIME_NONE;
    x->function = (struct function_key){0};
    x->account = STR_EMPTY;
    x->region = STR_EMPTY;
    x->explain = STR_EMPTY;
    x->actor = NULL;
    x->functions.len = 0;
    x->addresses.len = 0;
    check(f);
}

static void test_habits(void **state)
{
    (void)state;
    fixture_check_visible(&report_ocsf);
    fixture_check_secrets(&report_ocsf);
    fixture_check_memory(&report_ocsf);
}

int main(void)
{
    if (access(checker, R_OK) != 0) {
        (void)printf("skipped: no shared data\n");
        return 0;
    }
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_schema),
        cmocka_unit_test(test_hostile),
        cmocka_unit_test(test_bare),
        cmocka_unit_test(test_habits),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
