/*
 * Rules are bound to the sources that their log source means, over the fields of each.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "base/buf.h"
#include "rule/rule_priv.h"
#include "tests/unit/rule/table.h"

static const char mapping[] = "source: gcp.audit\n"
                              "fields:\n"
                              "  gcp.audit.method_name: protoPayload.methodName\n"
                              "  gcp.audit.who: [protoPayload.a.mail, protoPayload.b.mail]\n";
static const char of_sensor[] = "source: sensor\nfields: {c-uri: http.url, query: dns.rrname}\n";
static const char of_nobody[] = "source: not.there\nfields: {x: y}\n";

/* Does a rule with this log source and selection match a record of this source? -1: no rule. */
static int matches(const char *logsource, const char *selection, const char *source,
                   const char *event)
{
    struct rule_set *s = table_set();
    struct json_paths *paths = json_paths_new();
    struct err err = {0};
    assert_non_null(s);
    assert_non_null(paths);
    static const char *const maps[] = {mapping, of_sensor, of_nobody};
    for (size_t i = 0; i < ARRAY_LEN(maps); i++) {
        assert_int_equal(rule_set_map(s, STR("m.yaml"), str_of(maps[i]), &err), ERR_OK);
    }
    struct buf text = {0};
    buf_printf(&text, "title: t\nlogsource: {%s}\ndetection: {s: {%s}, condition: s}\n", logsource,
               selection);
    assert_int_equal(rule_set_add(s, STR("r.yml"), buf_str(&text), false, &err), ERR_OK);
    assert_int_equal(rule_set_compile(s, paths, &err), ERR_OK);
    int result = -1;
    if (rule_set_count(s) == 1) {
        struct json_scanner *scanner = json_scanner_new(paths, json_variant_best());
        struct json_record *record = calloc(1, sizeof(*record));
        struct rule_matcher *m = rule_matcher_new(s);
        assert_non_null(scanner);
        assert_non_null(record);
        assert_non_null(m);
        buf_reset(&text);
        buf_add_cstr(&text, event);
        assert_true(buf_reserve(&text, JSON_PADDING));
        json_pad(text.ptr, text.len);
        size_t used;
        struct json_fault fault;
        assert_int_equal(json_scan(scanner, text.ptr, text.len, 0, record, &used, &fault), JSON_OK);
        const struct detection *const *hits;
        result = (int)rule_match(m, str_of(source), record, &hits);
        assert_int_equal(rule_match_each(m, str_of(source), record, &hits), result);
        rule_matcher_free(m);
        free(record);
        json_scanner_free(scanner);
    }
    buf_free(&text);
    json_paths_free(paths);
    rule_set_free(s);
    return result;
}

static void test_sources(void **state)
{
    (void)state;
    static const struct {
        const char *name, *logsource, *selection, *source, *event;
        int want;
    } rows[] = {
        {"native names", "product: gcp, service: gcp.audit",
         "protoPayload.methodName: SetIamPolicy", "gcp.audit",
         "{\"protoPayload\":{\"methodName\":\"SetIamPolicy\"}}", 1},
        {"another source's record", "product: gcp, service: gcp.audit",
         "protoPayload.methodName: SetIamPolicy", "aws.cloudtrail",
         "{\"protoPayload\":{\"methodName\":\"SetIamPolicy\"}}", 0},
        {"a source without rules", "product: gcp", "a: b", "quiet", "{\"a\":\"b\"}", 0},
        {"a source that is not there", "product: gcp", "a: b", "nobody", "{\"a\":\"b\"}", 0},
        {"whatever the case", "product: GCP, service: Gcp.Audit", "a: b", "gcp.audit",
         "{\"a\":\"b\"}", 1},
        {"the product alone", "product: gcp", "a: b", "gcp.audit", "{\"a\":\"b\"}", 1},
        {"another service", "product: gcp, service: flow", "a: b", "gcp.audit", "{\"a\":\"b\"}",
         -1},
        {"a category that it has not", "product: gcp, category: dns", "a: b", "gcp.audit",
         "{\"a\":\"b\"}", -1},
        {"taxonomy name", "product: gcp, service: gcp.audit", "gcp.audit.method_name: SetIamPolicy",
         "gcp.audit", "{\"protoPayload\":{\"methodName\":\"setiampolicy\"}}", 1},
        {"taxonomy name, another value", "product: gcp, service: gcp.audit",
         "gcp.audit.method_name: SetIamPolicy", "gcp.audit",
         "{\"protoPayload\":{\"methodName\":\"Get\"}}", 0},
        {"first of two paths", "product: gcp", "gcp.audit.who: x", "gcp.audit",
         "{\"protoPayload\":{\"a\":{\"mail\":\"x\"},\"b\":{\"mail\":\"y\"}}}", 1},
        {"second of two paths", "product: gcp", "gcp.audit.who: y", "gcp.audit",
         "{\"protoPayload\":{\"b\":{\"mail\":\"y\"}}}", 1},
        {"the first that is there counts", "product: gcp", "gcp.audit.who: y", "gcp.audit",
         "{\"protoPayload\":{\"a\":{\"mail\":\"x\"},\"b\":{\"mail\":\"y\"}}}", 0},
        {"a literal key before the index field", "product: gcp", "protoPayload.methodName: x",
         "gcp.audit", "{\"protoPayload.methodName\":\"x\",\"protoPayload\":{\"methodName\":\"y\"}}",
         1},
        {"an absent index field", "product: gcp", "protoPayload.methodName: null", "gcp.audit",
         "{\"a\":1}", 1},
        {"an index field that is no text", "product: gcp", "protoPayload.methodName: 7",
         "gcp.audit", "{\"protoPayload\":{\"methodName\":7}}", 1},
        {"an escaped index field", "product: gcp", "protoPayload.methodName: a", "gcp.audit",
         "{\"protoPayload\":{\"methodName\":\"\\u0061\"}}", 1},
        {"a category of several products", "category: proxy", "c-uri: /x", "sensor",
         "{\"event_type\":\"http\",\"http\":{\"url\":\"/x\"}}", 1},
        {"the same, the other product", "category: proxy", "c-uri: /x", "box", "{\"c-uri\":\"/x\"}",
         1},
        {"only records of its kind", "category: proxy", "c-uri: /x", "sensor",
         "{\"event_type\":\"alert\",\"http\":{\"url\":\"/x\"}}", 0},
        {"a row without a condition takes all", "product: sensor", "x: y", "sensor",
         "{\"event_type\":\"alert\",\"x\":\"y\"}", 1},
        {"its kind is of its own", "product: sensor, category: dns", "query: a.example", "sensor",
         "{\"event_type\":\"dns\",\"dns\":{\"rrname\":\"a.example\"}}", 1},
    };
    for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
        int got = matches(rows[i].logsource, rows[i].selection, rows[i].source, rows[i].event);
        if (got != rows[i].want) {
            fail_msg("%s: %d, not %d", rows[i].name, got, rows[i].want);
        }
    }
}

static void test_mappings_refused(void **state)
{
    (void)state;
    static const struct {
        const char *text, *why;
    } rows[] = {
        {"source: gcp.audit\n", "has the keys"},
        {"fields: {a: b}\n", "has the keys"},
        {"source: gcp.audit\nfields: [a]\n", "has the keys"},
        {"source: gcp.audit\nfields: {a: ''}\n", "dotted paths"},
        {"source: gcp.audit\nfields:\n  a: b..c\n", "m.yaml:3: 'a' needs"},
        {"source: gcp.audit\nfields: {a: {b: c}}\n", "dotted paths"},
        {"source: gcp.audit\nfields: {a: []}\n", "has no path"},
        {"source: [\n", "m.yaml: line"},
    };
    for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
        struct rule_set *s = table_set();
        struct err err = {0};
        assert_non_null(s);
        assert_int_not_equal(rule_set_map(s, STR("m.yaml"), str_of(rows[i].text), &err), ERR_OK);
        if (strstr(err.msg, rows[i].why) == NULL) {
            fail_msg("%s: %s", rows[i].text, err.msg);
        }
        rule_set_free(s);
    }
}

/* A rule that is refused for one source is bound to none. */
static void test_all_or_nothing(void **state)
{
    (void)state;
    struct rule_set *s = table_set();
    struct err err = {0};
    assert_non_null(s);
    assert_int_equal(rule_set_add(s, STR("r.yml"),
                                  STR("title: t\nlogsource: {category: proxy}\n"
                                      "detection: {s: {c-uri|nope: x}, condition: s}\n"),
                                  false, &err),
                     ERR_OK);
    const struct rule_issue *issue;
    assert_int_equal(rule_set_issues(s, &issue), 1);
    for (size_t i = 0; i < s->log_count; i++) {
        assert_int_equal(s->logs[i].bound.len, 0);
    }
    rule_set_free(s);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_sources),
        cmocka_unit_test(test_mappings_refused),
        cmocka_unit_test(test_all_or_nothing),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
