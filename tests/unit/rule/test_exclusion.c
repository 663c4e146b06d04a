/*
 * Exclusions: whose record, until when, and what is refused.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "base/timefmt.h"
#include "model/exclusion.h"
#include "tests/unit/rule/one.h"

#define HEAD "title: X\nlogsource: {product: gcp}\nexclusion:\n"
#define REST                                                                                       \
    "  s: {user: ann}\n  condition: s\n  owner: o@example.com\n  reason: known\n"                  \
    "  expires: 2026-01-31\n"

static size_t hides(struct one *o, const char *source, const char *event, const char *time)
{
    const struct exclusion *const *list;
    int64_t us = TIME_NONE;
    assert_true(time == NULL || time_parse_rfc3339(str_of(time), &us));
    (void)one_hits(o, source, event);
    return rule_exclusions(o->matcher, str_of(source), o->record, us, &list);
}

static void test_records(void **state)
{
    (void)state;
    struct one o;
    one_open(&o, HEAD "  rules: [D14]\n" REST);
    assert_int_equal(one_issue(&o).len, 0);
    static const struct {
        const char *source, *event, *time;
        size_t want;
    } rows[] = {
        {"gcp.audit", "{\"user\":\"Ann\"}", "2026-01-31T23:59:59Z", 1},
        {"gcp.audit", "{\"user\":\"ann\"}", "2026-02-01T00:00:00Z", 0},
        {"gcp.audit", "{\"user\":\"bob\"}", "2026-01-01T00:00:00Z", 0},
        {"gcp.audit", "{\"user\":\"ann\"}", NULL, 0},
        {"aws.cloudtrail", "{\"user\":\"ann\"}", "2026-01-01T00:00:00Z", 0},
    };
    for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
        assert_int_equal(hides(&o, rows[i].source, rows[i].event, rows[i].time), rows[i].want);
    }
    const struct exclusion *const *all;
    assert_int_equal(rule_set_exclusions(o.set, &all), 1);
    struct detection d = {.id = STR("faaswatch.x"), .ref = STR("D14")};
    assert_true(exclusion_names(all[0], &d));
    d.ref = STR("D15");
    assert_false(exclusion_names(all[0], &d));
    one_close(&o);
}

static void test_kind_and_any(void **state)
{
    (void)state;
    struct one o;
    one_open(&o, "title: X\nlogsource: {product: sensor, service: dns}\nexclusion:\n"
                 "  rules: any\n" REST);
    const struct exclusion *const *all;
    const char *time = "2026-01-01T00:00:00Z";
    assert_int_equal(one_issue(&o).len, 0);
    assert_int_equal(hides(&o, "sensor", "{\"event_type\":\"dns\",\"user\":\"ann\"}", time), 1);
    assert_int_equal(hides(&o, "sensor", "{\"event_type\":\"http\",\"user\":\"ann\"}", time), 0);
    assert_int_equal(rule_set_exclusions(o.set, &all), 1);
    const struct detection d = {.id = STR("whatever")};
    assert_true(exclusion_names(all[0], &d));
    one_close(&o);
}

static void test_refused(void **state)
{
    (void)state;
    static const struct {
        const char *text, *why;
    } rows[] = {
        {HEAD "  rules: [a]\n  s: {a: b}\n  condition: s\n  reason: x\n  expires: 2026-01-01\n",
         "exclusion.owner is missing"},
        {HEAD "  rules: [a]\n  s: {a: b}\n  condition: s\n  owner: x\n  expires: 2026-01-01\n",
         "exclusion.reason is missing"},
        {HEAD "  rules: [a]\n  s: {a: b}\n  condition: s\n  owner: x\n  reason: y\n",
         "exclusion.expires is missing"},
        {HEAD "  rules: [a]\n  s: {a: b}\n  condition: s\n  owner: x\n  reason: y\n"
              "  expires: some day\n",
         "must be a day"},
        {HEAD REST, "names no detection"},
        {HEAD "  rules: ['']\n" REST, "must be texts"},
        {HEAD "  rules: [a]\n  owner: x\n  reason: y\n  expires: 2026-01-01\n",
         "'exclusion' with a 'condition' is missing"},
        {HEAD "  rules: [a]\n  s: {user|nope: ann}\n  condition: s\n  owner: x\n  reason: y\n"
              "  expires: 2026-01-01\n",
         "no modifier"},
        {"logsource: {product: gcp}\nexclusion:\n  rules: [a]\n" REST, "'title' is missing"},
        {"title: X\nlogsource: {product: x}\nexclusion:\n  rules: [a]\n" REST,
         "for another log source"},
    };
    for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
        struct one o;
        one_open(&o, rows[i].text);
        if (str_find(one_issue(&o), str_of(rows[i].why)) == SIZE_MAX) {
            fail_msg("%s: \"%.*s\"", rows[i].why, STR_ARG(one_issue(&o)));
        }
        one_close(&o);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_records),
        cmocka_unit_test(test_kind_and_any),
        cmocka_unit_test(test_refused),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
