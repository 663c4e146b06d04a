/*
 * Several documents of a text: global parts, filters, placeholders.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "tests/unit/rule/one.h"

#define RULE(name, selection)                                                                      \
    "title: " name "\nname: " name "\nlogsource: {product: gcp}\n"                                 \
    "detection: {s: {" selection "}, condition: s}\n"
#define FILTER(rules, rest)                                                                        \
    "title: F\nlogsource: {product: gcp}\nfilter:\n  rules: " rules "\n" rest
#define NOT_ADMIN "  s: {user|startswith: adm_}\n  condition: not s\n"

struct row {
    const char *name, *rules, *event, *titles, *issue;
};

static void run(const struct row *rows, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        struct one o;
        one_open(&o, rows[i].rules);
        struct str issue = one_issue(&o);
        if (rows[i].issue == NULL ? issue.len != 0
                                  : str_find(issue, str_of(rows[i].issue)) == SIZE_MAX) {
            fail_msg("%s: issue \"%.*s\"", rows[i].name, STR_ARG(issue));
        }
        struct str got = one_hits(&o, "gcp.audit", rows[i].event);
        if (!str_eq(got, str_of(rows[i].titles))) {
            fail_msg("%s: \"%.*s\", not \"%s\"", rows[i].name, STR_ARG(got), rows[i].titles);
        }
        one_close(&o);
    }
}

static void test_action(void **state)
{
    (void)state;
    static const struct row rows[] = {
        {"global",
         "action: global\nlogsource: {product: gcp}\ndetection: {condition: s}\n---\n"
         "title: one\ndetection: {s: {a: 1}}\n---\ntitle: two\ndetection: {s: {a: 2}}\n",
         "{\"a\":2}", "two", NULL},
        {"global, deep",
         "action: global\ntitle: t\nid: g\nlogsource: {product: gcp}\n"
         "detection: {s: {a: 1}, condition: s and x}\n---\n"
         "id: one\ntitle: one\ndetection: {x: {b: 1}}\n---\n"
         "id: two\ntitle: two\ndetection: {x: {b: 2}, s: {a: 3}}\n",
         "{\"a\":3,\"b\":2}", "two", NULL},
        {"reset",
         "action: global\ndetection: {s: {a: 1}}\n---\naction: reset\n---\n"
         "title: one\nlogsource: {product: gcp}\ndetection: {condition: s}\n",
         "{\"a\":1}", "", "no selection"},
        {"repeat",
         RULE("one", "a: 1") "---\naction: repeat\ntitle: two\nname: two\n"
                             "detection: {s: {a: 2}}\n",
         "{\"a\":2}", "two", NULL},
        {"repeat adds",
         RULE("one", "a: 1") "---\naction: repeat\ntitle: two\nname: two\n"
                             "detection: {s: {b: 2}}\n",
         "{\"a\":1,\"b\":2}", "one,two", NULL},
        {"the parts of no rule are none", "action: global\na: 1\n---\n" RULE("one", "a: 1"),
         "{\"a\":1}", "one", NULL},
    };
    run(rows, ARRAY_LEN(rows));
}

static void test_filters(void **state)
{
    (void)state;
#define TWO RULE("one", "a: 1") "---\n" RULE("two", "a: 1") "---\n"
    static const struct row rows[] = {
        {"a filter is and", TWO FILTER("[one]", NOT_ADMIN), "{\"a\":1,\"user\":\"adm_x\"}", "two",
         NULL},
        {"and lets the rest pass", TWO FILTER("[one]", NOT_ADMIN), "{\"a\":1,\"user\":\"x\"}",
         "one,two", NULL},
        {"before its rules", FILTER("[two]", NOT_ADMIN) "---\n" TWO, "{\"a\":1,\"user\":\"adm_x\"}",
         "one", NULL},
        {"any", TWO FILTER("any", NOT_ADMIN), "{\"a\":1,\"user\":\"adm_x\"}", "", NULL},
        {"as the specification has it",
         TWO FILTER("[one]", "  selection: {user|startswith: adm_}\n  condition: selection\n"),
         "{\"a\":1,\"user\":\"x\"}", "two", NULL},
        {"a bad reference costs only itself", TWO FILTER("[nope, one]", NOT_ADMIN),
         "{\"a\":1,\"user\":\"adm_x\"}", "two", "refers to 'nope'"},
        {"a broken filter narrows nothing",
         TWO FILTER("[one]", "  s: {user|nope: adm_}\n  condition: not s\n"),
         "{\"a\":1,\"user\":\"adm_x\"}", "one,two", "no modifier"},
        {"no rules", TWO "title: F\nlogsource: {product: gcp}\nfilter:\n" NOT_ADMIN,
         "{\"a\":1,\"user\":\"adm_x\"}", "one,two", "names no rule"},
        {"another log source",
         TWO "title: F\nlogsource: {product: aws}\nfilter:\n  rules: [one]\n" NOT_ADMIN,
         "{\"a\":1,\"user\":\"adm_x\"}", "one,two", "is for another log source"},
        {"a log source that is not read",
         TWO "title: F\nlogsource: {product: x}\nfilter:\n  rules: [one]\n" NOT_ADMIN,
         "{\"a\":1,\"user\":\"adm_x\"}", "one,two", "for another log source"},
        {"no log source", TWO "title: F\nfilter:\n  rules: [one]\n" NOT_ADMIN,
         "{\"a\":1,\"user\":\"adm_x\"}", "one,two", "'logsource' is missing"},
        {"a correlation has no records",
         TWO "title: C\nname: C\ncorrelation: {type: temporal, rules: [one], timespan: 1m, "
             "generate: true}\n---\n" FILTER("[C]", NOT_ADMIN),
         "{\"a\":1}", "one,two", "is a correlation"},
    };
    run(rows, ARRAY_LEN(rows));
}

/* A filter of one kind of record leaves the others alone. */
static void test_filter_of_a_kind(void **state)
{
    (void)state;
    struct one o;
    one_open(&o, "title: one\nname: one\nlogsource: {product: sensor}\n"
                 "detection: {s: {a: 1}, condition: s}\n---\n"
                 "title: F\nlogsource: {product: sensor, category: dns}\n"
                 "filter: {rules: [one], s: {b: 1}, condition: not s}\n");
    assert_int_equal(one_issue(&o).len, 0);
    assert_int_equal(one_hits(&o, "sensor", "{\"event_type\":\"dns\",\"a\":1,\"b\":1}").len, 0);
    assert_int_equal(one_hits(&o, "sensor", "{\"event_type\":\"dns\",\"a\":1,\"b\":2}").len, 3);
    assert_int_equal(one_hits(&o, "sensor", "{\"event_type\":\"x\",\"a\":1,\"b\":1}").len, 3);
    assert_int_equal(rule_set_filters(o.set), 1);
    assert_int_equal(rule_matcher_hidden(o.matcher, 0), 1);
    assert_true(str_eq(rule_set_filter_title(o.set, 0), STR("F")));
    one_close(&o);
}

static void test_placeholders(void **state)
{
    (void)state;
#define GIVEN "placeholders:\n  Admins: ['adm_*', root]\n  n: [1, 2]\n  net: 10.0.0.0/8\n---\n"
    static const struct row rows[] = {
        {"a list of patterns", GIVEN RULE("one", "u|expand: '%Admins%'"), "{\"u\":\"adm_x\"}",
         "one", NULL},
        {"none of the list", GIVEN RULE("one", "u|expand: '%Admins%'"), "{\"u\":\"%Admins%\"}", "",
         NULL},
        {"in a text", GIVEN RULE("one", "u|expand: 'x-%n%-%n%'"), "{\"u\":\"x-2-1\"}", "one", NULL},
        {"without the modifier it is text", GIVEN RULE("one", "u: '%n%'"), "{\"u\":\"%n%\"}", "one",
         NULL},
        {"escaped per cent sign", GIVEN RULE("one", "u|expand: '\\%n%n%'"), "{\"u\":\"%n2\"}",
         "one", NULL},
        {"a single per cent sign", GIVEN RULE("one", "u|expand: '5% of %n%'"),
         "{\"u\":\"5% of 1\"}", "", "has no values"},
        {"with contains", GIVEN RULE("one", "u|contains|expand: '%n%'"), "{\"u\":\"a2b\"}", "one",
         NULL},
        {"all: one of each", GIVEN RULE("one", "u|contains|all|expand: ['%n%', '%Admins%']"),
         "{\"u\":\"2 root\"}", "one", NULL},
        {"all: one is missing", GIVEN RULE("one", "u|contains|all|expand: ['%n%', '%Admins%']"),
         "{\"u\":\"1 2\"}", "", NULL},
        {"a network", GIVEN RULE("one", "u|cidr|expand: '%net%'"), "{\"u\":\"10.1.2.3\"}", "one",
         NULL},
        {"not given", RULE("one", "u|expand: '%Admins%'"), "{\"u\":\"root\"}", "",
         "placeholder '%Admins%' has no values"},
    };
    run(rows, ARRAY_LEN(rows));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_action),
        cmocka_unit_test(test_filters),
        cmocka_unit_test(test_filter_of_a_kind),
        cmocka_unit_test(test_placeholders),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
