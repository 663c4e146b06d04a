#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "base/mem.h"
#include "rule/rule_priv.h"
#include "tests/unit/rule/table.h"

#define HEAD "title: t\nlogsource: {product: aws, service: cloudtrail}\n"
#define DET  "detection:\n"

static struct rule_set *load(const char *text, bool ours)
{
    struct rule_set *s = table_set();
    struct err err = {0};
    assert_non_null(s);
    assert_int_equal(rule_set_add(s, STR("some/rule.yml"), str_of(text), ours, &err), ERR_OK);
    return s;
}

/* What is refused, with a reason that says what and where. */
static void test_refused(void **state)
{
    (void)state;
    static const struct {
        const char *text;
        unsigned line;
        const char *reason; /* part of it */
    } rows[] = {
        {"", 0, "no rule in this file"},
        {"# nothing\n", 0, "no rule in this file"},
        {"title: [", 1, "not readable as YAML"},
        {"- a\n- b\n", 1, "a mapping is expected"},
        {"just text\n", 1, "a mapping is expected"},
        {"title: t\ncorrelation: {type: event_count}\n", 2, "correlation.rules names no rule"},
        {"title: t\nfilter: {rules: [x]}\n", 2, "'filter' with a 'condition' is missing"},
        {"title: t\naction: other\n", 2, "'action' is global, reset or repeat"},
        {"title: t\nplaceholders: [a]\n", 2, "must give values to names"},
        {"placeholders: {a: [{b: c}]}\n", 1, "takes texts and numbers"},
        {"placeholders: {a: []}\n---\n" HEAD DET " s: {a|expand: '%a%'}\n condition: s\n", 6,
         "have no values"},
        {"placeholders: {a: x}\n---\n" HEAD DET
         " s: {a|expand: '%a%%a%%a%%a%%a%'}\n condition: s\n",
         6, "is the fifth"},
        {"title: t\nstatus: unsupported\n" DET " s: {a: 1}\n", 1, "'unsupported'"},
        {"title: t\n" DET " s: {a: 1}\n condition: s\n", 1, "'logsource' is missing"},
        {"title: t\nlogsource: {product: windows}\n", 2, "for another log source"},
        {"title: t\nlogsource: {product: aws, service: vpcflow}\n", 2, "for another log source"},
        {"title: t\nlogsource:\n  category: firewall\n", 3, "for another log source"},
        {"logsource: {product: aws}\n" DET " s: {a: 1}\n condition: s\n", 1, "'title' is missing"},
        {HEAD "level: awful\n" DET " s: {a: 1}\n condition: s\n", 3, "level 'awful'"},
        {HEAD, 1, "'detection' with a 'condition' is missing"},
        {HEAD DET " s: {a: 1}\n", 4, "'detection' with a 'condition' is missing"},
        {HEAD DET " s: {a: 1}\n timeframe: 5m\n condition: s\n", 4, "'timeframe'"},
        {HEAD DET " s: {}\n condition: s\n", 4, "not empty"},
        {HEAD DET " s: []\n condition: s\n", 4, "not empty"},
        {HEAD DET " s: [[a]]\n condition: s\n", 4, "not empty"},
        {HEAD DET " s:\n  a: []\n condition: s\n", 5, "must have 1 to"},
        {HEAD DET " s:\n  a: {b: 1}\n condition: s\n", 5, "is no scalar"},
        {HEAD DET " s:\n  a: [x, null]\n condition: s\n", 5, "null cannot be one of several"},
        {HEAD DET " s:\n  a|contains: null\n condition: s\n", 5, "null takes no modifier"},
        {HEAD DET " s:\n  a|contians: x\n condition: s\n", 5, "'contians' is no modifier"},
        {HEAD DET " s:\n  'a|': x\n condition: s\n", 5, "a modifier is missing"},
        {HEAD DET " s:\n  a|all: x\n condition: s\n", 5, "at least two values"},
        {HEAD DET " s:\n  a|contains|startswith: x\n condition: s\n", 5, "only one of"},
        {HEAD DET " s:\n  a|contains|base64: x\n condition: s\n", 5, "must stand before"},
        {HEAD DET " s:\n  a|base64: x*\n condition: s\n", 5, "wildcards cannot be encoded"},
        {HEAD DET " s:\n  a|base64offset: x\n condition: s\n", 5, "too short"},
        {HEAD DET " s:\n  a|windash: '-a -b -c -d -e'\n condition: s\n", 5, "more than 4 dashes"},
        {HEAD DET " s:\n  a|expand: '%x%'\n condition: s\n", 5, "placeholder '%x%' has no values"},
        {HEAD DET " s:\n  a|re: '('\n condition: s\n", 5, "does not compile"},
        {HEAD DET " s:\n  a|re|contains: x\n condition: s\n", 5, "do not go together"},
        {HEAD DET " s:\n  a|i: x\n condition: s\n", 5, "must follow 're'"},
        {HEAD DET " s:\n  a|cidr: 10.0.0.0/33\n condition: s\n", 5, "is no network"},
        {HEAD DET " s:\n  a|cidr|re: x\n condition: s\n", 5, "cannot stand beside"},
        {HEAD DET " s:\n  a|gt: many\n condition: s\n", 5, "is no number"},
        {HEAD DET " s:\n  a|exists: 3\n condition: s\n", 5, "takes true or false"},
        {HEAD DET " s:\n  a|exists: [true, false]\n condition: s\n", 5, "takes true or false"},
        {HEAD DET " s:\n  '|exists': true\n condition: s\n", 5, "keywords can only"},
        {HEAD DET " s:\n  '': x\n condition: s\n", 5, "a field name is empty"},
        {HEAD DET " s: {a: 1}\n condition: t\n", 5, "names 't'"},
        {HEAD DET " s: {a: 1}\n condition: s and\n", 5, "ends too early"},
        {HEAD DET " s: {a: 1}\n condition: ''\n", 5, "ends too early"},
        {HEAD DET " s: {a: 1}\n condition: (s\n", 5, "')' is missing"},
        {HEAD DET " s: {a: 1}\n condition: s)\n", 5, "goes on with ')'"},
        {HEAD DET " s: {a: 1}\n condition: s s\n", 5, "goes on with 's'"},
        {HEAD DET " s: {a: 1}\n condition: 1 of x*\n", 5, "there is none"},
        {HEAD DET " s: {a: 1}\n condition: 2 of them\n", 5, "there are 1"},
        {HEAD DET " s: {a: 1}\n condition: 0 of them\n", 5, "always true"},
        {HEAD DET " _s: {a: 1}\n condition: 1 of them\n", 5, "there is none"},
        {HEAD DET " s: {a: 1}\n condition: s | count() > 5\n", 5, "goes on with '|'"},
        {HEAD DET " s: {a: 1}\n condition: {a: b}\n", 5, "must be text"},
        {HEAD DET " s: {a: 1}\n condition: ((((((((((((((((((s))))))))))))))))))\n", 5, "levels"},
    };
    for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
        struct rule_set *s = load(rows[i].text, false);
        const struct rule_issue *issue;
        size_t n = rule_set_issues(s, &issue);
        if (n != 1 || rule_set_count(s) != 0) {
            fail_msg("%zu issues, %zu rules: %s", n, rule_set_count(s), rows[i].text);
        }
        if (str_find(issue->reason, str_of(rows[i].reason)) == SIZE_MAX ||
            issue->line != rows[i].line) {
            fail_msg("line %u: %.*s\n%s", issue->line, STR_ARG(issue->reason), rows[i].text);
        }
        assert_true(str_eq(issue->path, STR("some/rule.yml")));
        assert_false(issue->loaded);
        rule_set_free(s);
    }
}

#define RULE(title)                                                                                \
    "title: " title "\nlogsource: {product: aws, service: cloudtrail}\n" DET                       \
    " s: {a: 1}\n condition: s\n"

/* A broken document costs itself, and its line is that of the file. */
static void test_neighbours(void **state)
{
    (void)state;
    struct rule_set *s = load(RULE("one") "---\ntitle: two\nlogsource: {product: aws\n---\n" RULE(
                                  "three") "---\n" RULE("three") "--- \n"
                                                                 "title: five\ncorrelation: {}\n",
                              false);
    assert_int_equal(rule_set_count(s), 2);
    assert_true(str_eq(rule_set_at(s, 0)->title, STR("one")));
    assert_true(str_eq(rule_set_at(s, 1)->title, STR("three")));
    const struct rule_issue *issue;
    assert_int_equal(rule_set_issues(s, &issue), 3);
    assert_in_range(issue[0].line, 7, 9);
    assert_true(str_find(issue[0].reason, STR("YAML")) != SIZE_MAX);
    assert_int_equal(issue[1].line, 16);
    assert_true(str_find(issue[1].reason, STR("same id")) != SIZE_MAX);
    assert_true(str_find(issue[1].reason, STR("line 10")) != SIZE_MAX);
    assert_int_equal(issue[2].line, 23);
    assert_true(str_eq(issue[2].rule, STR("five")));
    assert_true(str_find(issue[2].reason, STR("correlation type")) != SIZE_MAX);
    rule_set_free(s);
}

static void test_heads(void **state)
{
    (void)state;
    struct rule_set *s = load(
        "title: Some rule\nid: 929a690e-bef0-4204-a928-ef5e620d6fcc\nstatus: stable\n"
        "description: what it is\nauthor: A. Nonymous\nlevel: critical\n"
        "tags: [attack.t1098.003, attack.g0016, attack.Defense_Evasion, attack.T1685.002, "
        "attack.t1562.008, cve.2021.1]\n"
        "faaswatch: {ref: D14, question: Q1, indicator: KI1, entity: function, confidence: 1}\n"
        "logsource: {product: aws, service: cloudtrail}\n" DET " s: {a: 1}\n condition: s\n",
        false);
    assert_int_equal(rule_set_count(s), 1);
    const struct detection *d = rule_set_at(s, 0);
    assert_true(str_eq(d->id, STR("929a690e-bef0-4204-a928-ef5e620d6fcc")));
    assert_true(str_eq(d->author, STR("A. Nonymous")));
    assert_int_equal(d->severity, SEVERITY_CRITICAL);
    assert_int_equal(d->technique_count, 2);
    assert_true(str_eq(d->techniques[0], STR("T1098.003")));
    assert_true(str_eq(d->techniques[1], STR("T1562.008"))); /* the two are one */
    assert_true(str_eq(d->tactic, STR("defense-evasion")));
    /* The key of our pack counts in our pack only. */
    assert_false(d->ours);
    assert_int_equal(d->question, QUESTION_NONE);
    assert_int_equal(d->entity, ENTITY_ACTOR);
    assert_int_equal(d->ref.len, 0);
    rule_set_free(s);
}

static void test_our_heads(void **state)
{
    (void)state;
    static const struct {
        const char *own;
        const char *reason; /* NULL: fine */
    } rows[] = {
        {"faaswatch: {ref: D14, question: Q1, indicator: KI1, entity: function, confidence: 0.8}",
         NULL},
        {"faaswatch: {ref: D83, question: none, indicator: LS, entity: account, confidence: 1, "
         "posture: true}",
         NULL},
        {"fields: [a]", "needs the key 'faaswatch:'"},
        {"faaswatch: {question: Q1, indicator: KI1, entity: function, confidence: 0.8}",
         "ref is missing"},
        {"faaswatch: {ref: D14, question: Q5, entity: function, confidence: 0.8}", "Q1 to Q4"},
        {"faaswatch: {ref: D14, indicator: KI9, entity: function, confidence: 0.8}", "KI1 to KI4"},
        {"faaswatch: {ref: D14, entity: thing, confidence: 0.8}", "faaswatch.entity"},
        {"faaswatch: {ref: D14, entity: role, confidence: 80}", "from 0 to 1"},
        {"faaswatch: {ref: D14, entity: role, confidence: 0.8, posture: 3}", "posture"},
        {"faaswatch: {ref: D14, entity: role, confidence: 0.8, colour: red}", "faaswatch.colour"},
    };
    for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
        char text[1024];
        int n = snprintf(text, sizeof(text),
                         "%sid: i\nname: some_rule\n%s\n" DET " s: {a: 1}\n condition: s\n", HEAD,
                         rows[i].own);
        assert_true(n > 0 && (size_t)n < sizeof(text));
        struct rule_set *s = load(text, true);
        const struct rule_issue *issue;
        size_t issues = rule_set_issues(s, &issue);
        if (rows[i].reason == NULL) {
            assert_int_equal(issues, 0);
            assert_true(str_eq(rule_set_at(s, 0)->id, STR("faaswatch.some_rule")));
            assert_true(rule_set_at(s, 0)->ours);
        } else if (issues != 1 || str_find(issue->reason, str_of(rows[i].reason)) == SIZE_MAX) {
            fail_msg("%s: %.*s", rows[i].own, STR_ARG(issues == 0 ? STR_EMPTY : issue->reason));
        }
        rule_set_free(s);
    }
}

/* More fields than a record has slots: the rules that no longer fit are named. */
static void test_too_many_fields(void **state)
{
    (void)state;
    struct rule_set *s = table_set();
    struct err err = {0};
    assert_non_null(s);
    for (unsigned i = 0; i < 3; i++) {
        char text[16384];
        int n =
            snprintf(text, sizeof(text), "title: t%u\nlogsource: {product: aws}\n" DET " s:\n", i);
        for (unsigned k = 0; k < 400; k++) {
            n += snprintf(text + n, sizeof(text) - (size_t)n, "  a%ux%u: 1\n", i, k);
        }
        n += snprintf(text + n, sizeof(text) - (size_t)n, " condition: s\n");
        assert_int_equal(rule_set_add(s, STR("x.yml"), str_make(text, (size_t)n), false, &err),
                         ERR_OK);
    }
    struct json_paths *paths = json_paths_new();
    assert_non_null(paths);
    assert_int_equal(rule_set_compile(s, paths, &err), ERR_OK);
    assert_int_equal(rule_set_count(s), 2);
    const struct rule_issue *issue;
    assert_int_equal(rule_set_issues(s, &issue), 1);
    assert_true(str_eq(issue->rule, STR("t2")));
    json_paths_free(paths);
    rule_set_free(s);
}

/* ---- running out of memory ---- */

static const char torture_rules[] =
    HEAD "tags: [attack.t1098, attack.persistence]\n" DET
         " s:\n  a.b|contains: [x, 'y*z']\n  c|re: '^a+'\n  d|cidr: 10.0.0.0/8\n"
         "  e|fieldref: a.b\n  f|wide|base64offset|contains: cmd\n  g|windash: ' -a'\n  h|gt: 4\n"
         " k: [some, words]\n n: {i: null}\n condition: (s or 1 of k*) and not n\n"
         "---\ntitle: broken\n---\n: [\n";

static enum err_code torture_once(void)
{
    static const char event[] =
        "{\"eventSource\":\"s\",\"eventName\":\"N\",\"a\":{\"b\":\"\\u0078\"},"
        "\"c\":\"aaa\",\"d\":\"10.0.0.1\",\"e\":\"x\",\"w\":\"some\",\"i\":1}";
    struct err err = {0};
    enum err_code rc = ERR_NOMEM;
    struct rule_set *s = table_set();
    struct json_paths *paths = json_paths_new();
    struct json_scanner *scanner = NULL;
    struct rule_matcher *m = NULL;
    struct json_record *record = calloc(1, sizeof(*record));
    char *text = malloc(sizeof(event) + JSON_PADDING);
    assert_non_null(record);
    assert_non_null(text);
    memcpy(text, event, sizeof(event));
    json_pad(text, sizeof(event) - 1);
    if (s != NULL && paths != NULL &&
        rule_set_add(s, STR("t.yml"), str_of(torture_rules), false, &err) == ERR_OK &&
        rule_set_compile(s, paths, &err) == ERR_OK && (m = rule_matcher_new(s)) != NULL &&
        (scanner = json_scanner_new(paths, json_variant_best())) != NULL) {
        const struct rule_issue *issue;
        if (rule_set_issues(s, &issue) != 2 || rule_set_count(s) != 1) {
            fail_msg("a rule was refused for want of memory: %.*s", STR_ARG(issue->reason));
        }
        size_t used;
        struct json_fault fault;
        if (json_scan(scanner, text, sizeof(event) - 1, 0, record, &used, &fault) == JSON_OK) {
            const struct detection *const *hits;
            (void)rule_set_wants(s, STR("s"), STR("N"));
            (void)rule_match(m, STR("aws.cloudtrail"), record, &hits);
            rc = ERR_OK;
        }
    }
    json_scanner_free(scanner);
    rule_matcher_free(m);
    json_paths_free(paths);
    rule_set_free(s);
    free(record);
    free(text);
    return rc;
}

static void test_no_memory(void **state)
{
    (void)state;
    /* Some failures are made up for (a pair that is not kept), so one success is not the end. */
    unsigned long failures = 0;
    unsigned long fine = 0;
    for (unsigned long n = 1; fine < 100; n++) {
        mem_torture(n);
        enum err_code rc = torture_once();
        mem_torture(0);
        failures += rc == ERR_OK ? 0 : 1;
        fine = rc == ERR_OK ? fine + 1 : 0;
        assert_true(n < 100000);
    }
    assert_int_equal(torture_once(), ERR_OK);
    assert_true(failures > 50);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_refused),         cmocka_unit_test(test_neighbours),
        cmocka_unit_test(test_heads),           cmocka_unit_test(test_our_heads),
        cmocka_unit_test(test_too_many_fields), cmocka_unit_test(test_no_memory),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
