#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>
#include <jansson.h>

#include "report/evidence.h"
#include "tests/unit/report/fixture.h"

extern const struct report_ops report_json;

static const char validate[] = "python3 -c '\n"
                               "import json, sys\n"
                               "try:\n"
                               "    import jsonschema\n"
                               "except ImportError:\n"
                               "    sys.exit(\"missing: apt-get install python3-jsonschema\")\n"
                               "schema = json.load(open(\"docs/triage.schema.json\"))\n"
                               "jsonschema.Draft202012Validator.check_schema(schema)\n"
                               "check = jsonschema.Draft202012Validator(schema)\n"
                               "for e in check.iter_errors(json.load(open(sys.argv[1]))):\n"
                               "    sys.exit(f\"{list(e.absolute_path)}: {e.message[:300]}\")\n"
                               "' %s 2>&1";

static void check_schema(struct fixture *f)
{
    CLEANUP(buf_free) struct buf out = {0};
    CLEANUP(buf_free) struct buf said = {0};
    fixture_write(&report_json, f, &out);
    if (fixture_run(validate, buf_str(&out), &said) != 0) {
        fail_msg("%s", said.len == 0 ? "missing: apt-get install python3" : said.ptr);
    }
}

static void test_schema(void **state)
{
    (void)state;
    CLEANUP(fixture_done) struct fixture *f = fixture_new(STR_EMPTY);
    check_schema(f);
    CLEANUP(fixture_done) struct fixture *empty = fixture_empty();
    check_schema(empty);
}

/* The schema says no where it should: else the test above would be of nothing. */
static void test_schema_refuses(void **state)
{
    (void)state;
    CLEANUP(fixture_done) struct fixture *f = fixture_empty();
    CLEANUP(buf_free) struct buf out = {0};
    CLEANUP(buf_free) struct buf said = {0};
    fixture_write(&report_json, f, &out);
    struct str text = buf_str(&out);
    size_t at = str_find(text, STR("\"files\""));
    assert_true(at != SIZE_MAX);
    out.ptr[at + 1] = 'F';
    assert_int_not_equal(fixture_run(validate, text, &said), 0);
    assert_non_null(strstr(said.ptr, "Files"));
}

static void test_hostile(void **state)
{
    (void)state;
    for (size_t i = 0; fixture_hostile[i] != NULL; i++) {
        CLEANUP(fixture_done) struct fixture *f = fixture_new(str_of(fixture_hostile[i]));
        CLEANUP(buf_free) struct buf out = {0};
        fixture_write(&report_json, f, &out);
        json_t *parsed = json_loadb(out.ptr, out.len, 0, NULL);
        assert_non_null(parsed);
        json_decref(parsed);
    }
    fixture_check_visible(&report_json);
}

static void test_secrets(void **state)
{
    (void)state;
    fixture_check_secrets(&report_json);
}

static void test_memory(void **state)
{
    (void)state;
    fixture_check_memory(&report_json);
}

static void test_evidence(void **state)
{
    (void)state;
    CLEANUP(fixture_done) struct fixture *f = fixture_new(STR_EMPTY);
    CLEANUP(buf_free) struct buf some = {0};
    CLEANUP(buf_free) struct buf all = {0};
    struct report_options o = fixture_options(f);
    o.evidence_max = 3;
    fixture_write_with(&report_json, f, &o, &some);
    o.evidence_max = SIZE_MAX;
    fixture_write_with(&report_json, f, &o, &all);
    assert_true(str_find(buf_str(&some), STR("\"evidence_total\": 150")) != SIZE_MAX);
    /* 147 records of two lines and eight members fewer. */
    assert_true(all.len > some.len + 147 * 100);
    assert_int_equal(evidence_count(150, 3), 3);
    assert_int_equal(evidence_at(150, 3, 0), 0);
    assert_int_equal(evidence_at(150, 3, 1), 74);
    assert_int_equal(evidence_at(150, 3, 2), 149);
    assert_int_equal(evidence_at(150, 1, 0), 0);
    assert_int_equal(evidence_count(0, 3), 0);
    for (size_t total = 100; total < 5000; total += 77) {
        size_t last = 0;
        for (size_t i = 1; i < 100; i++) {
            size_t at = evidence_at(total, 100, i);
            assert_true(at > last && at < total);
            last = at;
        }
        assert_int_equal(last, total - 1);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_schema),  cmocka_unit_test(test_schema_refuses),
        cmocka_unit_test(test_hostile), cmocka_unit_test(test_secrets),
        cmocka_unit_test(test_memory),  cmocka_unit_test(test_evidence),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
