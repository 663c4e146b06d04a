/*
 * The pitfalls of Sigma that the domain reference counts, by its numbers.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "tests/unit/rule/one.h"

#define RULE(selection)                                                                            \
    "title: t\nlogsource: {product: aws, service: cloudtrail}\ndetection:\n  s:\n    " selection   \
    "\n  condition: s\n"

struct row {
    int number;
    const char *rule, *event;
    bool match;
    const char *issue; /* the rule is refused */
};

static const struct row rows[] = {
    /* (1) text without case, regular expressions with it */
    {1, RULE("k: abc"), "{\"k\":\"ABC\"}", true, NULL},
    {1, RULE("k|re: abc"), "{\"k\":\"ABC\"}", false, NULL},
    {1, RULE("k|re|i: abc"), "{\"k\":\"ABC\"}", true, NULL},
    /* (2) escapes */
    {2, RULE("k: 'a\\*b'"), "{\"k\":\"a*b\"}", true, NULL},
    {2, RULE("k: 'a\\*b'"), "{\"k\":\"axb\"}", false, NULL},
    {2, RULE("k: 'a\\\\*'"), "{\"k\":\"a\\\\xyz\"}", true, NULL},
    {2, RULE("k: 'a\\\\\\*'"), "{\"k\":\"a\\\\*\"}", true, NULL},
    {2, RULE("k: 'a\\b'"), "{\"k\":\"a\\\\b\"}", true, NULL},
    /* (3) presence: of an array's elements; exists, null and '' are three things */
    {3, RULE("k|contains: '*'"), "{\"k\":[\"x\"]}", true, NULL},
    {3, RULE("k|contains: '*'"), "{}", false, NULL},
    {3, RULE("k|contains: '*'"), "{\"k\":null}", false, NULL},
    {3, RULE("k|exists: true"), "{\"k\":null}", true, NULL},
    {3, RULE("k: null"), "{\"k\":null}", true, NULL},
    {3, RULE("k: null"), "{}", true, NULL},
    {3, RULE("k: null"), "{\"k\":\"\"}", false, NULL},
    {3, RULE("k: ''"), "{\"k\":\"\"}", true, NULL},
    {3, RULE("k: ''"), "{}", false, NULL},
    /* (4) null in a list */
    {4, RULE("k: [a, null]"), "{}", false, "null cannot be one of several"},
    /* (5) numbers and truth against text */
    {5, RULE("k: 443"), "{\"k\":\"443\"}", true, NULL},
    {5, RULE("k: '443'"), "{\"k\":443}", true, NULL},
    {5, RULE("k: 443"), "{\"k\":443.0}", true, NULL},
    {5, RULE("k: true"), "{\"k\":true}", true, NULL},
    {5, RULE("k: 'true'"), "{\"k\":true}", true, NULL},
    {5, RULE("k: true"), "{\"k\":1}", false, NULL},
    /* (6) dots: a literal key first, then a path, through arrays */
    {6, RULE("id.orig_h: x"), "{\"id.orig_h\":\"x\"}", true, NULL},
    {6, RULE("id.orig_h: x"), "{\"id\":{\"orig_h\":\"x\"}}", true, NULL},
    {6, RULE("id.orig_h: x"), "{\"id.orig_h\":\"y\",\"id\":{\"orig_h\":\"x\"}}", false, NULL},
    {6, RULE("a.b: x"), "{\"a\":[{\"b\":\"y\"},{\"b\":\"x\"}]}", true, NULL},
    /* (7) all: of one value invalid; of keywords the whole record */
    {7, RULE("k|contains|all: a"), "{\"k\":\"a\"}", false, "'all' needs at least two"},
    {7, RULE("'|all': [abc, xyz]"), "{\"k\":\"abc\",\"l\":\"xyz\"}", true, NULL},
    {7, RULE("'|all': [abc, xyz]"), "{\"k\":\"abc\"}", false, NULL},
    /* (8) the order of modifiers */
    {8, RULE("k|wide|base64offset|contains: whoami"), "{\"k\":\"dwBoAG8AYQBtAGkA\"}", true, NULL},
    {8, RULE("k|base64offset|contains: whoami"), "{\"k\":\"dwBoAG8AYQBtAGkA\"}", false, NULL},
    {8, RULE("k|contains|base64: whoami"), "{}", false, "an encoding must stand before"},
    /* (9) spaces and hyphens in names */
    {9, RULE("c-uri: /x"), "{\"c-uri\":\"/x\"}", true, NULL},
    {9, RULE("'a name': x"), "{\"a name\":\"x\"}", true, NULL},
    /* (13) text where a reference was meant is text; old pipes are refused; every session matches */
    {13, RULE("k: userIdentity.userName"),
     "{\"k\":\"bob\",\"userIdentity\":{\"userName\":\"bob\"}}", false, NULL},
    {13, RULE("k|fieldref: userIdentity.userName"),
     "{\"k\":\"bob\",\"userIdentity\":{\"userName\":\"bob\"}}", true, NULL},
    {13,
     "title: t\nlogsource: {product: aws}\ndetection:\n  s: {a: b}\n"
     "  condition: s | count() > 5\n",
     "{\"a\":\"b\"}", false, "condition"},
    {13,
     "title: t\nlogsource: {product: aws}\ndetection:\n  s: {a: b}\n  timeframe: 5m\n"
     "  condition: s\n",
     "{\"a\":\"b\"}", false, "'timeframe'"},
    {13,
     RULE("userIdentity.type: AssumedRole\n    "
          "userIdentity.sessionContext.sessionIssuer.type: Role"),
     "{\"userIdentity\":{\"type\":\"AssumedRole\",\"sessionContext\":{\"sessionIssuer\":"
     "{\"type\":\"Role\"}}}}",
     true, NULL},
};

static void test_rows(void **state)
{
    (void)state;
    for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
        struct one o;
        one_open(&o, rows[i].rule);
        struct str issue = one_issue(&o);
        bool told = rows[i].issue == NULL ? issue.len == 0
                                          : str_find(issue, str_of(rows[i].issue)) != SIZE_MAX;
        bool match = one_hits(&o, "aws.cloudtrail", rows[i].event).len != 0;
        if (!told || match != rows[i].match) {
            fail_msg("(%d) row %zu: %s, issue \"%.*s\"", rows[i].number, i,
                     match ? "matches" : "does not match", STR_ARG(issue));
        }
        one_close(&o);
    }
}

/* (10) names of the taxonomy, by the source's mapping */
static void test_taxonomy(void **state)
{
    (void)state;
    struct rule_set *s = table_set();
    struct err err = {0};
    assert_non_null(s);
    assert_int_equal(rule_set_map(s, STR("m.yaml"),
                                  STR("source: gcp.audit\n"
                                      "fields: {gcp.audit.method_name: protoPayload.methodName}\n"),
                                  &err),
                     ERR_OK);
    assert_int_equal(rule_set_add(s, STR("r.yml"),
                                  STR("title: t\nlogsource: {product: gcp, service: gcp.audit}\n"
                                      "detection: {s: {gcp.audit.method_name: x}, condition: s}\n"),
                                  false, &err),
                     ERR_OK);
    assert_int_equal(rule_set_count(s), 1);
    const struct field *f = s->logs[1].bound.at[0]->fields[0];
    assert_int_equal(f->path_count, 1);
    assert_true(str_eq(f->path[0].text, STR("protoPayload.methodName")));
    rule_set_free(s);
}

/* (11) sliding windows, late events, missing group-by fields: test_correlation.c
 * (12) a correlation needs no condition where its type has one meaning, and a timespan always */
static void test_types(void **state)
{
    (void)state;
    static const char *const kinds[] = {"event_count",     "value_count",      "value_sum",
                                        "value_avg",       "value_percentile", "temporal",
                                        "temporal_ordered"};
    for (size_t i = 0; i < ARRAY_LEN(kinds); i++) {
        CLEANUP(buf_free) struct buf b = {0};
        bool temporal = str_starts(str_of(kinds[i]), STR("temporal"));
        bool valued = str_starts(str_of(kinds[i]), STR("value"));
        buf_printf(&b,
                   "title: a\nname: a\nlogsource: {product: gcp}\n"
                   "detection: {s: {r: a}, condition: s}\n---\n"
                   "title: c\ncorrelation: {type: %s, rules: [a], timespan: 1h%s%s}\n",
                   kinds[i], temporal ? "" : ", condition: {gte: 1",
                   temporal ? ""
                   : valued ? ", field: x}"
                            : "}");
        buf_addc(&b, '\0');
        struct one o;
        one_open(&o, b.ptr);
        assert_int_equal(one_issue(&o).len, 0);
        assert_int_equal(rule_set_count(o.set), 2);
        one_close(&o);
    }
}

/* (14) the author is in what a match gives */
static void test_author(void **state)
{
    (void)state;
    struct one o;
    one_open(&o, "title: t\nauthor: A. Nonymous\nlogsource: {product: aws}\n"
                 "detection: {s: {a: b}, condition: s}\n");
    assert_true(str_eq(rule_set_at(o.set, 0)->author, STR("A. Nonymous")));
    one_close(&o);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_rows),
        cmocka_unit_test(test_taxonomy),
        cmocka_unit_test(test_types),
        cmocka_unit_test(test_author),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
