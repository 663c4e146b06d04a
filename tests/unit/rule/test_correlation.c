/*
 * Correlations: what they count, group and order, whatever order the events come in.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "base/buf.h"
#include "base/mem.h"
#include "base/timefmt.h"
#include "rule/correlate.h"
#include "rule/rule_priv.h"
#include "tests/unit/rule/table.h"

/* Two rules: `a` and `b` of field r; an event of r: ab is one of both. */
#define BASE                                                                                       \
    "title: a\nid: ida\nname: a\nlogsource: {product: gcp}\n"                                      \
    "detection: {s: {r: [a, ab]}, condition: s}\n---\n"                                            \
    "title: b\nname: b\nlogsource: {product: gcp}\n"                                               \
    "detection: {s: {r: [b, ab]}, condition: s}\n---\n"                                            \
    "title: c\nname: c\nlogsource: {product: gcp}\n"                                               \
    "detection: {s: {r: c}, condition: s}\n---\n"
#define ONE(type, rules, rest)                                                                     \
    BASE "title: C\nname: C\ncorrelation:\n  type: " type "\n  rules: [" rules                     \
         "]\n  timespan: 10m\n" rest

/* What is found: "C u=x 0-60 2;" a match: title, group, first and last second, events. */
struct found {
    struct buf text;
    size_t refs;
};

static bool on_match(void *arg, const struct correlation_match *m)
{
    struct found *f = arg;
    buf_add(&f->text, m->detection->title);
    for (size_t i = 0; i < m->group_count; i++) {
        buf_printf(&f->text, " %.*s=%.*s", STR_ARG(m->group_names[i]), STR_ARG(m->group_values[i]));
    }
    buf_printf(&f->text, " %lld-%lld %llu;", (long long)(m->first_us / TIME_SECOND_US),
               (long long)(m->last_us / TIME_SECOND_US), (unsigned long long)m->events);
    f->refs += m->ref_count;
    return !f->text.failed;
}

struct bench {
    struct rule_set *set;
    struct json_paths *paths;
    struct json_scanner *scanner;
    struct json_record *record;
    struct rule_matcher *matcher;
    size_t plain_hits;
};

static void bench_open(struct bench *b, const char *rules)
{
    struct err err = {0};
    *b = (struct bench){.set = table_set(), .paths = json_paths_new()};
    assert_non_null(b->set);
    assert_non_null(b->paths);
    assert_int_equal(rule_set_add(b->set, STR("c.yml"), str_of(rules), false, &err), ERR_OK);
    assert_int_equal(rule_set_compile(b->set, b->paths, &err), ERR_OK);
    b->scanner = json_scanner_new(b->paths, json_variant_best());
    b->record = calloc(1, sizeof(*b->record));
    b->matcher = rule_matcher_new(b->set);
    assert_non_null(b->scanner);
    assert_non_null(b->record);
    assert_non_null(b->matcher);
}

static void bench_close(struct bench *b)
{
    rule_matcher_free(b->matcher);
    free(b->record);
    json_scanner_free(b->scanner);
    json_paths_free(b->paths);
    rule_set_free(b->set);
}

static void no_issue(const struct bench *b)
{
    const struct rule_issue *issue;
    if (rule_set_issues(b->set, &issue) != 0) {
        fail_msg("%u: %.*s", issue->line, STR_ARG(issue->reason));
    }
}

/* "second {json}" to the log. */
static void see(struct bench *b, struct hit_log *log, struct str line, size_t ref)
{
    char *rest;
    long second = strtol(line.ptr, &rest, 10);
    struct str event = str_trim(str_from(line, (size_t)(rest - line.ptr)));
    char *text = calloc(1, event.len + JSON_PADDING);
    assert_non_null(text);
    memcpy(text, event.ptr, event.len);
    json_pad(text, event.len);
    size_t used;
    struct json_fault fault;
    assert_int_equal(json_scan(b->scanner, text, event.len, 0, b->record, &used, &fault), JSON_OK);
    const struct detection *const *hits;
    b->plain_hits += rule_match(b->matcher, STR("gcp.audit"), b->record, &hits);
    int64_t time_us = second < 0 ? TIME_NONE : (int64_t)second * TIME_SECOND_US;
    assert_true(hit_log_add(log, b->matcher, b->record, time_us, (void *)(uintptr_t)(ref + 1)));
    free(text);
}

/* Lines in order, backwards, and dealt to two threads: always the same. */
enum deal { IN_ORDER, BACKWARDS, DEALT, DEALS };

static void run(struct bench *b, const char *events, enum deal deal, size_t limit,
                struct found *out, uint64_t *evicted)
{
    struct str lines[512];
    size_t count = 0;
    struct str rest = str_of(events);
    struct str line;
    while (str_cut(&rest, '\n', &line)) {
        if (str_trim(line).len != 0) {
            lines[count++] = line;
        }
    }
    struct hit_log *log[2] = {hit_log_new(b->set, limit), hit_log_new(b->set, limit)};
    assert_non_null(log[0]);
    assert_non_null(log[1]);
    for (size_t i = 0; i < count; i++) {
        size_t at = deal == BACKWARDS ? count - 1 - i : i;
        see(b, log[deal == DEALT ? i % 2 : 0], lines[at], at);
    }
    struct err err = {0};
    assert_true(hit_log_merge(log[1], log[0]));
    assert_int_equal(correlate(b->set, log[1], on_match, out, &err), ERR_OK);
    *evicted = hit_log_evicted(log[1]) + hit_log_undated(log[1]);
    hit_log_free(log[0]);
    hit_log_free(log[1]);
}

static void check(const char *name, const char *rules, const char *events, const char *want)
{
    struct bench b;
    bench_open(&b, rules);
    no_issue(&b);
    for (unsigned deal = 0; deal < DEALS; deal++) {
        struct found f = {0};
        uint64_t evicted;
        run(&b, events, (enum deal)deal, HIT_LOG_MAX, &f, &evicted);
        struct str got = buf_str(&f.text);
        if (!str_eq(got, str_of(want))) {
            fail_msg("%s (%u): \"%.*s\", not \"%s\"", name, deal, STR_ARG(got), want);
        }
        buf_free(&f.text);
    }
    bench_close(&b);
}

#define A(t, rest) #t " {\"r\":\"a\"" rest "}\n"
#define B(t, rest) #t " {\"r\":\"b\"" rest "}\n"
#define U(u)       ",\"u\":\"" u "\""
#define N(n)       ",\"n\":" n

static void test_types(void **state)
{
    (void)state;
    static const struct {
        const char *name, *rules, *events, *want;
    } rows[] = {
        {"count", ONE("event_count", "a", "  condition: {gte: 3}\n"), A(0, "") A(1, "") A(2, ""),
         "C 0-2 3;"},
        {"too few", ONE("event_count", "a", "  condition: {gte: 3}\n"), A(0, "") A(1, ""), ""},
        {"a window has both its ends", ONE("event_count", "a", "  condition: {gte: 2}\n"),
         A(0, "") A(600, ""), "C 0-600 2;"},
        {"and no more", ONE("event_count", "a", "  condition: {gte: 2}\n"), A(0, "") A(601, ""),
         ""},
        {"it slides", ONE("event_count", "a", "  condition: {gte: 3}\n"),
         A(0, "") A(500, "") A(700, "") A(900, ""), "C 500-900 3;"},
        {"windows that overlap are one match", ONE("event_count", "a", "  condition: {gte: 2}\n"),
         A(0, "") A(300, "") A(700, "") A(5000, "") A(5001, ""), "C 0-700 3;C 5000-5001 2;"},
        {"in one second", ONE("event_count", "a", "  condition: {gte: 3}\n"),
         A(7, "") A(7, "") A(7, ""), "C 7-7 3;"},
        {"more than", ONE("event_count", "a", "  condition: {gt: 2}\n"), A(0, "") A(1, ""), ""},
        {"a range", ONE("event_count", "a", "  condition: {gt: 1, lte: 2}\n"), A(0, "") A(1, ""),
         "C 0-1 2;"},
        {"fewer than", ONE("event_count", "a", "  condition: {lt: 2}\n"), A(0, ""), "C 0-0 1;"},
        {"just so many", ONE("event_count", "a", "  condition: {eq: 2}\n"), A(0, "") A(1, ""),
         "C 0-1 2;"},
        {"not so many", ONE("event_count", "a", "  condition: {neq: 1}\n"), A(0, ""), ""},
        {"two rules, an event of both is one",
         ONE("event_count", "a, b", "  condition: {gte: 2}\n"), "0 {\"r\":\"ab\"}\n", ""},
        {"two rules", ONE("event_count", "a, b", "  condition: {gte: 2}\n"), A(0, "") B(1, ""),
         "C 0-1 2;"},
        {"groups", ONE("event_count", "a", "  group-by: [u]\n  condition: {gte: 2}\n"),
         A(0, U("x")) A(1, U("y")) A(2, U("y")), "C u=y 1-2 2;"},
        {"groups, whatever the case",
         ONE("event_count", "a", "  group-by: [u]\n  condition: {gte: 2}\n"),
         A(0, U("y")) A(1, U("Y")), "C u=y 0-1 2;"},
        {"without the field, in no group",
         ONE("event_count", "a", "  group-by: [u]\n  condition: {gte: 2}\n"),
         A(0, "") A(1, "") A(2, ",\"u\":null") A(3, ",\"u\":null"), ""},
        {"an empty text is a value",
         ONE("event_count", "a", "  group-by: [u]\n  condition: {gte: 2}\n"),
         A(0, U("")) A(1, U("")), "C u= 0-1 2;"},
        {"two fields of a group",
         ONE("event_count", "a", "  group-by: [u, v.w]\n  condition: {gte: 2}\n"),
         A(0, U("x") ",\"v\":{\"w\":1}") A(1, U("x") ",\"v\":{\"w\":2}")
             A(2, U("x") ",\"v\":{\"w\":2}"),
         "C u=x v.w=2 1-2 2;"},
        {"an array of one", ONE("event_count", "a", "  group-by: [u]\n  condition: {gte: 2}\n"),
         A(0, ",\"u\":[\"x\"]") A(1, U("x")), "C u=x 0-1 2;"},
        {"values", ONE("value_count", "a", "  condition: {field: u, gte: 2}\n"),
         A(0, U("x")) A(1, U("x")) A(2, U("y")), "C 0-2 3;"},
        {"the same value", ONE("value_count", "a", "  condition: {field: u, gte: 2}\n"),
         A(0, U("x")) A(1, U("X")) A(2, ""), ""},
        {"a value leaves", ONE("value_count", "a", "  condition: {field: u, gte: 2}\n"),
         A(0, U("x")) A(700, U("y")) A(1300, U("x")), "C 700-1300 2;"},
        {"values of two fields", ONE("value_count", "a", "  condition: {field: [u, n], gte: 2}\n"),
         A(0, U("x") N("1")) A(1, U("x") N("2")) A(2, U("y")), "C 0-2 3;"},
        {"sum", ONE("value_sum", "a", "  condition: {field: n, gt: 10}\n"),
         A(0, N("5")) A(1, N("\"5.5\"")) A(2, N("\"x\"")), "C 0-1 2;"},
        {"sum slides", ONE("value_sum", "a", "  condition: {field: n, gte: 10}\n"),
         A(0, N("6")) A(700, N("4")) A(1000, N("5")), ""},
        {"average", ONE("value_avg", "a", "  condition: {field: n, gt: 4, lt: 6}\n"),
         A(0, N("1")) A(1, N("9")), "C 0-1 2;"},
        {"no number, no average", ONE("value_avg", "a", "  condition: {field: n, lt: 6}\n"),
         A(0, U("x")), ""},
        {"percentile",
         ONE("value_percentile", "a", "  condition: {field: n, percentile: 50, eq: 2}\n"),
         A(0, N("1")) A(1, N("9")) A(2, N("2")), "C 0-2 3;"},
        {"percentile between two",
         ONE("value_percentile", "a", "  condition: {field: n, percentile: 50, eq: 1.5}\n"),
         A(0, N("1")) A(1, N("2")), "C 0-1 2;"},
        {"a rare value", ONE("value_percentile", "a", "  condition: {field: u, lte: 25}\n"),
         A(0, U("x")) A(1, U("x")) A(2, U("x")) A(3, U("y")), "C 0-3 4;"},
        {"together", ONE("temporal", "a, b", "  group-by: [u]\n"), B(0, U("x")) A(9, U("x")),
         "C u=x 0-9 2;"},
        {"together, too late", ONE("temporal", "a, b", ""), B(0, "") A(601, ""), ""},
        {"together, one event is enough", ONE("temporal", "a, b", ""), "0 {\"r\":\"ab\"}\n",
         "C 0-0 1;"},
        {"two of three", ONE("temporal", "a, b, c", "  condition: {gte: 2}\n"),
         B(0, "") "9 {\"r\":\"c\"}\n", "C 0-9 2;"},
        {"in order", ONE("temporal_ordered", "a, b", ""), A(0, "") B(9, ""), "C 0-9 2;"},
        {"not in order", ONE("temporal_ordered", "a, b", ""), B(0, "") A(9, ""), ""},
        {"in order within the time", ONE("temporal_ordered", "a, b", ""),
         A(0, "") B(601, "") A(602, ""), ""},
        {"the latest beginning", ONE("temporal_ordered", "a, b", ""),
         A(0, "") A(500, "") B(900, ""), "C 500-900 2;"},
        {"in one second, two events", ONE("temporal_ordered", "a, b", ""), A(0, "") B(0, ""),
         "C 0-0 2;"},
        {"one event is not before itself", ONE("temporal_ordered", "a, b", ""),
         "0 {\"r\":\"ab\"}\n", ""},
        {"three in order", ONE("temporal_ordered", "a, b, c", ""),
         "0 {\"r\":\"c\"}\n" A(1, "") "2 {\"r\":\"c\"}\n" B(3, "") "4 {\"r\":\"c\"}\n", "C 0-4 5;"},
        {"two in order of three", ONE("temporal_ordered", "a, b, c", "  condition: {gte: 2}\n"),
         B(0, "") A(1, "") "2 {\"r\":\"c\"}\n", "C 0-2 3;"},
    };
    for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
        check(rows[i].name, rows[i].rules, rows[i].events, rows[i].want);
    }
}

static void test_aliases_and_chains(void **state)
{
    (void)state;
    static const char aliases[] =
        ONE("temporal", "a, b", "  group-by: [who]\n  aliases:\n    who: {a: u, b: v.w}\n");
    check("alias", aliases, A(0, U("x")) B(1, ",\"v\":{\"w\":\"x\"}"), "C who=x 0-1 2;");
    check("alias, other values", aliases, A(0, U("x")) B(1, ",\"v\":{\"w\":\"y\"}"), "");
    static const char by_id[] = ONE("event_count", "ida",
                                    "  group-by: [who]\n  aliases: {who: {a: u}}\n"
                                    "  condition: {gte: 2}\n");
    check("alias by name, rule by id", by_id, A(0, U("x")) A(1, U("x")), "C who=x 0-1 2;");

    static const char chain[] =
        "title: Top\ncorrelation: {type: temporal_ordered, rules: [C, b], group-by: [u], "
        "timespan: 10m}\n---\n" ONE("event_count", "a", "  group-by: [u]\n  condition: {gte: 2}\n");
    check("a chain", chain, A(0, U("x")) A(60, U("x")) B(120, U("x")), "Top u=x 0-120 3;");
    check("the last of the many counts", chain, A(0, U("x")) A(500, U("x")) B(1000, U("x")),
          "Top u=x 0-1000 3;");
    check("a chain of another", chain, A(0, U("x")) A(60, U("x")) B(120, U("y")), "");
    check("before it", chain, B(0, U("x")) A(10, U("x")) A(60, U("x")), "");

    /* The outer group is not the inner one: it is taken from the events. */
    static const char other[] =
        "title: Top\ncorrelation: {type: temporal, rules: [C, b], group-by: [u], "
        "timespan: 10m}\n---\n" ONE("event_count", "a",
                                    "  group-by: [host]\n  condition: {gte: 2}\n");
    check("another group", other,
          A(0, U("x") ",\"host\":1") A(1, U("y") ",\"host\":1") B(2, U("x")), "Top u=x 0-2 3;");

    static const char counted[] =
        "title: Top\ncorrelation: {type: event_count, rules: [C], group-by: [], timespan: 1h, "
        "condition: {gte: 2}}\n---\n" ONE("temporal", "a, b", "  group-by: [u]\n");
    check("a count of a chain", counted, A(0, U("x")) B(1, U("x")) A(1000, U("y")) B(1001, U("y")),
          "Top 0-1001 4;");
}

static void test_generate(void **state)
{
    (void)state;
    static const struct {
        const char *rules;
        size_t hits;
    } rows[] = {
        {ONE("event_count", "a", "  condition: {gte: 2}\n"), 0},
        {ONE("event_count", "a", "  condition: {gte: 2}\n  generate: true\n"), 2},
        {ONE("event_count", "a", "  condition: {gte: 2}\ngenerate: true\n"), 2},
    };
    for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
        struct bench b;
        struct found f = {0};
        uint64_t evicted;
        bench_open(&b, rows[i].rules);
        no_issue(&b);
        run(&b, A(0, "") A(1, ""), IN_ORDER, HIT_LOG_MAX, &f, &evicted);
        assert_int_equal(b.plain_hits, rows[i].hits);
        assert_int_equal(f.refs, 2);
        buf_free(&f.text);
        bench_close(&b);
    }
}

/* Of more hits than are kept the newest stay, in any order of coming, and the rest is counted. */
static void test_bounded(void **state)
{
    (void)state;
    struct buf events = {0};
    for (int i = 0; i < 400; i++) {
        buf_printf(&events, "%d {\"r\":\"a\",\"u\":\"%d\"}\n", i, i);
    }
    buf_add_cstr(&events, "-1 {\"r\":\"a\"}\n");
    struct bench b;
    bench_open(&b, ONE("value_count", "a", "  condition: {field: u, gte: 20}\n"));
    buf_addc(&events, '\0');
    for (unsigned deal = 0; deal < DEALS; deal++) {
        struct found f = {0};
        uint64_t evicted;
        run(&b, events.ptr, (enum deal)deal, 30, &f, &evicted);
        assert_true(str_eq(buf_str(&f.text), STR("C 370-399 30;")));
        assert_int_equal(evicted, 371);
        buf_free(&f.text);
    }
    buf_free(&events);
    bench_close(&b);
}

/* One bad reference costs only the rule that has it. */
static void test_refused(void **state)
{
    (void)state;
#define BAD(rest) BASE "title: X\ncorrelation: {" rest "}\n"
    static const struct {
        const char *text, *why;
        size_t kept;
    } rows[] = {
        {BAD("type: temporal, rules: [a, nope], timespan: 5m"),
         "refers to 'nope', which is no rule that was loaded", 3},
        {BASE "title: n\nname: n\nlogsource: {product: windows}\n"
              "detection: {s: {a: b}, condition: s}\n---\n"
              "title: X\ncorrelation: {type: temporal, rules: [a, n], timespan: 5m}\n",
         "which cannot be used: for another log source", 3},
        {BASE "title: X\nname: x\ncorrelation: {type: temporal, rules: [y], timespan: 5m}\n---\n"
              "title: Y\nname: y\ncorrelation: {type: temporal, rules: [x], timespan: 5m}\n",
         "refers to itself", 3},
        {BASE "title: b\nid: b2\nname: b\nlogsource: {product: gcp}\n"
              "detection: {s: {a: b}, condition: s}\n---\n"
              "title: X\ncorrelation: {type: temporal, rules: [b], timespan: 5m}\n",
         "a name that several rules have", 4},
        {BASE "title: X\nname: x\ncorrelation: {type: temporal, rules: [z], timespan: 5m}\n---\n"
              "title: Y\ncorrelation: {type: temporal, rules: [x, a], timespan: 5m}\n",
         "refers to 'x', which cannot be used: refers to 'z'", 3},
        {BAD("type: near, rules: [a], timespan: 5m"), "correlation type 'near'", 3},
        {BAD("type: temporal, rules: [a, a], timespan: 5m"), "names 'a' twice", 3},
        {BAD("type: temporal, rules: [], timespan: 5m"), "names no rule", 3},
        {BAD("type: temporal, timespan: 5m"), "names no rule", 3},
        {BAD("type: temporal, rules: [a]"), "timespan must be", 3},
        {BAD("type: temporal, rules: [a], timespan: 5"), "timespan must be", 3},
        {BAD("type: temporal, rules: [a], timespan: 5w"), "timespan must be", 3},
        {BAD("type: temporal, rules: [a], timespan: 0m"), "timespan must be", 3},
        {BAD("type: temporal, rules: [a], timespan: 999999999d"), "timespan must be", 3},
        {BAD("type: event_count, rules: [a], timespan: 5m"), "no number to compare", 3},
        {BAD("type: event_count, rules: [a], timespan: 5m, condition: {gte: x}"), "is no number",
         3},
        {BAD("type: event_count, rules: [a], timespan: 5m, condition: {more: 1}"),
         "condition.more is none of", 3},
        {BAD("type: event_count, rules: [a], timespan: 5m, condition: a and b"),
         "condition must be a mapping", 3},
        {BAD("type: event_count, rules: [a], timespan: 5m, condition: {gte: 1, field: u}"),
         "takes no condition.field", 3},
        {BAD("type: value_count, rules: [a], timespan: 5m, condition: {gte: 1}"),
         "needs condition.field", 3},
        {BAD("type: value_sum, rules: [a], timespan: 5m, condition: {gte: 1, field: [u, v]}"),
         "measures one field", 3},
        {BAD("type: value_percentile, rules: [a], timespan: 5m, condition: {gte: 1, field: u, "
             "percentile: 101}"),
         "from 0 to 100", 3},
        {BAD("type: temporal, rules: [a], timespan: 5m, group-by: [{a: b}]"), "must be texts", 3},
        {BAD("type: temporal, rules: [a], timespan: 5m, aliases: {x: y}"), "a field for each rule",
         3},
        {BAD("type: temporal, rules: [a], timespan: 5m, generate: maybe"), "true or false", 3},
        {BASE "title: X\ncorrelation: [a]\n", "'correlation' must be a mapping", 3},
    };
    for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
        struct bench b;
        const struct rule_issue *issue;
        bench_open(&b, rows[i].text);
        size_t count = rule_set_issues(b.set, &issue);
        bool told = false;
        for (size_t k = 0; k < count; k++) {
            told = told || (str_find(issue[k].reason, str_of(rows[i].why)) != SIZE_MAX &&
                            issue[k].line > 12);
        }
        if (!told) {
            fail_msg("%s: not told: %.*s", rows[i].why,
                     STR_ARG(count == 0 ? STR("nothing") : issue[0].reason));
        }
        assert_int_equal(rule_set_count(b.set), rows[i].kept);
        bench_close(&b);
    }
}

/* Rules, an event of each, and all that is found, under a failing allocator. */
static enum err_code torture_once(void)
{
    static const char rules[] =
        "title: Top\ncorrelation: {type: temporal_ordered, rules: [C, b], group-by: [u], "
        "timespan: 10m}\n---\n" ONE("value_percentile", "a",
                                    "  group-by: [u]\n  condition: {field: n, percentile: 50, "
                                    "gte: 1}\n") "---\n"
                                                 "title: F\nlogsource: {product: gcp}\nfilter: "
                                                 "{rules: [a], s: {v: 1}, condition: not s}\n";
    static const char *const lines[] = {"{\"r\":\"a\",\"u\":\"x\",\"n\":1}",
                                        "{\"r\":\"a\",\"u\":\"x\",\"n\":2}",
                                        "{\"r\":\"b\",\"u\":\"x\"}"};
    struct err err = {0};
    struct found f = {0};
    char text[256];
    struct rule_set *set = table_set();
    struct json_paths *paths = json_paths_new();
    enum err_code rc = set == NULL || paths == NULL ? ERR_NOMEM : ERR_OK;
    rc = rc ? rc : rule_set_add(set, STR("c.yml"), str_of(rules), false, &err);
    rc = rc ? rc : rule_set_compile(set, paths, &err);
    struct rule_matcher *m = rc ? NULL : rule_matcher_new(set);
    struct hit_log *log = rc ? NULL : hit_log_new(set, 8);
    struct json_scanner *scanner = rc ? NULL : json_scanner_new(paths, json_variant_best());
    struct json_record *record = calloc(1, sizeof(*record));
    rc = m == NULL || log == NULL || scanner == NULL || record == NULL ? ERR_NOMEM : rc;
    for (size_t i = 0; rc == ERR_OK && i < ARRAY_LEN(lines); i++) {
        size_t used;
        struct json_fault fault;
        size_t len = strlen(lines[i]);
        memset(text, 0, sizeof(text));
        memcpy(text, lines[i], len);
        const struct detection *const *hits;
        if (json_scan(scanner, text, len, 0, record, &used, &fault) != JSON_OK) {
            rc = ERR_NOMEM;
            break;
        }
        (void)rule_match(m, STR("gcp.audit"), record, &hits);
        rc = hit_log_add(log, m, record, (int64_t)i * TIME_SECOND_US, NULL) ? ERR_OK : ERR_NOMEM;
    }
    rc = rc ? rc : correlate(set, log, on_match, &f, &err);
    if (rc == ERR_OK && !str_eq(buf_str(&f.text), STR("Top u=x 0-2 3;"))) {
        fail_msg("%.*s", STR_ARG(buf_str(&f.text)));
    }
    buf_free(&f.text);
    json_scanner_free(scanner);
    free(record);
    hit_log_free(log);
    rule_matcher_free(m);
    json_paths_free(paths);
    rule_set_free(set);
    return rc;
}

static void test_no_memory(void **state)
{
    (void)state;
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
    assert_true(failures > 50);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_types),    cmocka_unit_test(test_aliases_and_chains),
        cmocka_unit_test(test_generate), cmocka_unit_test(test_bounded),
        cmocka_unit_test(test_refused),  cmocka_unit_test(test_no_memory),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
