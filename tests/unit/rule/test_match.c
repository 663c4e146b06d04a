#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "rule/rule_priv.h"
#include "tests/unit/rule/table.h"

struct row {
    const char *name;
    const char *detection; /* YAML below `detection:` */
    const char *event;
    bool match;
};

struct bench {
    struct rule_set *set;
    struct json_paths *paths;
    struct json_scanner *scanner;
    struct json_record *record;
    struct rule_matcher *matcher;
    bool asks; /* for the whole record, of the last one */
};

static void bench_open(struct bench *b, const char *detection)
{
    char text[8192];
    int n = snprintf(text, sizeof(text),
                     "title: t\nlogsource: {product: aws, service: cloudtrail}\ndetection:\n%s",
                     detection);
    assert_true(n > 0 && (size_t)n < sizeof(text));
    struct err err = {0};
    *b = (struct bench){.set = table_set(), .paths = json_paths_new()};
    assert_non_null(b->set);
    assert_non_null(b->paths);
    assert_int_equal(rule_set_add(b->set, STR("t.yml"), str_of(text), false, &err), ERR_OK);
    const struct rule_issue *issue;
    if (rule_set_issues(b->set, &issue) != 0) {
        fail_msg("%.*s\n%s", STR_ARG(issue->reason), text);
    }
    assert_int_equal(rule_set_compile(b->set, b->paths, &err), ERR_OK);
    rule_set_decide(b->set, b->paths);
    b->scanner = json_scanner_new(b->paths, json_variant_best());
    b->record = calloc(1, sizeof(*b->record));
    b->matcher = rule_matcher_new(b->set);
    assert_non_null(b->scanner);
    assert_non_null(b->record);
    assert_non_null(b->matcher);
}

static bool bench_match(struct bench *b, const char *event)
{
    size_t len = strlen(event);
    char *text = malloc(len + JSON_PADDING);
    assert_non_null(text);
    memcpy(text, event, len);
    json_pad(text, len);
    size_t used;
    struct json_fault fault = {0};
    if (json_scan(b->scanner, text, len, 0, b->record, &used, &fault) != JSON_OK) {
        fail_msg("%s at %zu: %s", fault.reason, fault.offset, event);
    }
    const struct detection *const *hits;
    size_t n = rule_match(b->matcher, STR("aws.cloudtrail"), b->record, &hits);
    b->asks = rule_matcher_wants(b->matcher);
    size_t each = rule_match_each(b->matcher, STR("aws.cloudtrail"), b->record, &hits);
    assert_int_equal(n, each);
    assert_int_equal(rule_match(b->matcher, STR("gcp.audit"), b->record, &hits), 0);
    free(text);
    return n == 1;
}

static void bench_close(struct bench *b)
{
    rule_matcher_free(b->matcher);
    free(b->record);
    json_scanner_free(b->scanner);
    json_paths_free(b->paths);
    rule_set_free(b->set);
}

static void run_rows(const struct row *rows, size_t count)
{
    size_t wrong = 0;
    for (size_t i = 0; i < count; i++) {
        struct bench b;
        bench_open(&b, rows[i].detection);
        if (bench_match(&b, rows[i].event) != rows[i].match) {
            print_error("%s: %s\n", rows[i].name, rows[i].match ? "must match" : "must not match");
            wrong++;
        }
        bench_close(&b);
    }
    assert_int_equal(wrong, 0);
}

#define ONE(test)   " s: {" test "}\n condition: s\n"
#define RUN(rows)   run_rows(rows, ARRAY_LEN(rows))
#define COND(c)     " a: {k: 1}\n b: {l: 1}\n _c: {m: 1}\n condition: " c "\n"
#define WORDS(list) " w:\n" list " condition: w\n"

static void test_strings(void **state)
{
    (void)state;
    static const struct row rows[] = {
        {"equal", ONE("k: abc"), "{\"k\":\"abc\"}", true},
        {"case does not matter", ONE("k: abc"), "{\"k\":\"ABc\"}", true},
        {"whole string", ONE("k: abc"), "{\"k\":\"abcd\"}", false},
        {"cased", ONE("k|cased: abc"), "{\"k\":\"ABC\"}", false},
        {"cased hit", ONE("k|cased: aBc"), "{\"k\":\"aBc\"}", true},
        {"list is or", ONE("k: [x, abc]"), "{\"k\":\"abc\"}", true},
        {"map is and", ONE("k: abc, l: x"), "{\"k\":\"abc\",\"l\":\"y\"}", false},
        {"contains", ONE("k|contains: bc"), "{\"k\":\"aBCd\"}", true},
        {"startswith", ONE("k|startswith: ab"), "{\"k\":\"ABCd\"}", true},
        {"startswith not inside", ONE("k|startswith: b"), "{\"k\":\"abc\"}", false},
        {"endswith", ONE("k|endswith: cd"), "{\"k\":\"abCD\"}", true},
        {"contains all", ONE("k|contains|all: [a, c]"), "{\"k\":\"abc\"}", true},
        {"contains all misses", ONE("k|contains|all: [a, x]"), "{\"k\":\"abc\"}", false},
        {"all over elements", ONE("k|contains|all: [a, c]"), "{\"k\":[\"xa\",\"cx\"]}", true},
        {"star inside", ONE("k: a*d"), "{\"k\":\"abcd\"}", true},
        {"star takes nothing", ONE("k: a*d"), "{\"k\":\"ad\"}", true},
        {"stars go back", ONE("k: '*ab*ac'"), "{\"k\":\"xabxabac\"}", true},
        {"question mark", ONE("k: a?c"), "{\"k\":\"abc\"}", true},
        {"question mark is one", ONE("k: a?c"), "{\"k\":\"ac\"}", false},
        {"question mark is a code point", ONE("k: a?c"),
         "{\"k\":\"a\xE2\x82\xAC"
         "c\"}",
         true},
        {"escaped star", ONE("k: 'a\\*c'"), "{\"k\":\"a*c\"}", true},
        {"escaped star is no wildcard", ONE("k: 'a\\*c'"), "{\"k\":\"abc\"}", false},
        {"escaped question mark", ONE("k: 'a\\?'"), "{\"k\":\"ab\"}", false},
        {"one backslash", ONE("k: 'a\\b'"), "{\"k\":\"a\\\\b\"}", true},
        {"two backslashes are one", ONE("k: 'a\\\\b'"), "{\"k\":\"a\\\\b\"}", true},
        {"two before a star", ONE("k: 'a\\\\*'"), "{\"k\":\"a\\\\xyz\"}", true},
        {"three before a star", ONE("k: 'a\\\\\\*'"), "{\"k\":\"a\\\\*\"}", true},
        {"three before a star, no wildcard", ONE("k: 'a\\\\\\*'"), "{\"k\":\"a\\\\b\"}", false},
        {"four are two", ONE("k: 'a\\\\\\\\b'"), "{\"k\":\"a\\\\\\\\b\"}", true},
        {"escapes in the record", ONE("k|contains: '\"x\"'"), "{\"k\":\"a\\\"x\\\"b\"}", true},
        {"unicode escapes in the record", ONE("k: abc"), "{\"k\":\"\\u0061bc\"}", true},
        {"escaped key in the record", ONE("k: abc"), "{\"\\u006b\":\"abc\"}", true},
        {"neq", ONE("k|neq: abc"), "{\"k\":\"abd\"}", true},
        {"neq misses", ONE("k|neq: [abc, x]"), "{\"k\":\"ABC\"}", false},
        {"neq of nothing", ONE("k|neq: abc"), "{}", true},
        {"neq contains", ONE("k|contains|neq: b"), "{\"k\":\"abc\"}", false},
        {"policy text", ONE("p.d|contains: '\"Action\":\"*\"'"),
         "{\"p\":{\"d\":\"{\\\"Action\\\":\\\"s3:Get\\\"}\"}}", true},
        {"policy text, star escaped", ONE("p.d|contains: '\"Action\":\"\\*\"'"),
         "{\"p\":{\"d\":\"{\\\"Action\\\":\\\"s3:Get\\\"}\"}}", false},
        {"policy text, a real star", ONE("p.d|contains: '\"Action\":\"\\*\"'"),
         "{\"p\":{\"d\":\"{\\\"Action\\\":\\\"*\\\"}\"}}", true},
        {"a whole object as text", ONE("p|contains|all: ['\"s3:GetObject\"', Allow]"),
         "{\"p\":{\"d\":\"{\\\"a\\\":\\\"s3:GetObject\\\",\\\"Effect\\\":\\\"Allow\\\"}\"}}", true},
    };
    RUN(rows);
}

static void test_types(void **state)
{
    (void)state;
    static const struct row rows[] = {
        {"number", ONE("k: 443"), "{\"k\":443}", true},
        {"number as text in the record", ONE("k: 443"), "{\"k\":\"443\"}", true},
        {"number as text in the rule", ONE("k: '443'"), "{\"k\":443}", true},
        {"same number otherwise written", ONE("k: 443"), "{\"k\":443.0}", true},
        {"quoted is text", ONE("k: '443'"), "{\"k\":443.0}", false},
        {"true", ONE("k: true"), "{\"k\":true}", true},
        {"true as text", ONE("k: 'true'"), "{\"k\":true}", true},
        {"text as true", ONE("k: true"), "{\"k\":\"True\"}", true},
        {"yes is true", ONE("k: yes"), "{\"k\":true}", true},
        {"false", ONE("k: false"), "{\"k\":true}", false},
        {"null of absent", ONE("k: null"), "{\"l\":1}", true},
        {"null of null", ONE("k: null"), "{\"k\":null}", true},
        {"null of empty", ONE("k: null"), "{\"k\":\"\"}", false},
        {"null unwritten", " s:\n  k:\n condition: s\n", "{}", true},
        {"not null", ONE("k|neq: null"), "{\"k\":\"\"}", true},
        {"empty", ONE("k: ''"), "{\"k\":\"\"}", true},
        {"empty is not absent", ONE("k: ''"), "{}", false},
        {"empty is not null", ONE("k: ''"), "{\"k\":null}", false},
        {"exists", ONE("k|exists: true"), "{\"k\":null}", true},
        {"exists not", ONE("k|exists: true"), "{}", false},
        {"exists false", ONE("k|exists: false"), "{}", true},
        {"exists deep", ONE("a.b|exists: true"), "{\"a\":{\"c\":1}}", false},
        {"exists as an empty array", ONE("k|exists: true"), "{\"k\":[]}", true},
        {"star of something", ONE("k: '*'"), "{\"k\":\"x\"}", true},
        {"star of nothing", ONE("k: '*'"), "{}", false},
        {"star of null", ONE("k: '*'"), "{\"k\":null}", false},
        {"contains star of an array", ONE("k|contains: '*'"), "{\"k\":[\"x\"]}", true},
        {"contains star of an empty array", ONE("k|contains: '*'"), "{\"k\":[]}", false},
        {"gt", ONE("k|gt: 5"), "{\"k\":5.5}", true},
        {"gt misses", ONE("k|gt: 5"), "{\"k\":5}", false},
        {"gte of text", ONE("k|gte: 5"), "{\"k\":\"5\"}", true},
        {"lt", ONE("k|lt: -1"), "{\"k\":-2}", true},
        {"lte", ONE("k|lte: 1e2"), "{\"k\":100}", true},
        {"lt of no number", ONE("k|lt: 5"), "{\"k\":\"abc\"}", false},
        {"lt of absent", ONE("k|lt: 5"), "{}", false},
        {"array of scalars", ONE("k: b"), "{\"k\":[\"a\",\"b\"]}", true},
        {"through an array", ONE("r.t: b"), "{\"r\":[{\"t\":\"a\"},{\"t\":\"b\"}]}", true},
        {"through arrays", ONE("a.b.c: x"), "{\"a\":[{\"b\":[]},{\"b\":[{\"c\":[1,\"x\"]}]}]}",
         true},
        {"array in array", ONE("k: x"), "{\"k\":[[\"a\"],[[\"x\"]]]}", true},
        {"null through an array", ONE("r.t: null"), "{\"r\":[{\"u\":1}]}", true},
        {"not null through an array", ONE("r.t: null"), "{\"r\":[{\"u\":1},{\"t\":1}]}", false},
    };
    RUN(rows);
}

static void test_modifiers(void **state)
{
    (void)state;
    static const struct row rows[] = {
        {"re", ONE("k|re: '^a.c$'"), "{\"k\":\"abc\"}", true},
        {"re heeds case", ONE("k|re: ABC"), "{\"k\":\"abc\"}", false},
        {"re is found inside", ONE("k|re: b+"), "{\"k\":\"abbc\"}", true},
        {"re i", ONE("k|re|i: ABC"), "{\"k\":\"abc\"}", true},
        {"re without s", ONE("k|re: 'a.b'"), "{\"k\":\"a\\nb\"}", false},
        {"re s", ONE("k|re|s: 'a.b'"), "{\"k\":\"a\\nb\"}", true},
        {"re without m", ONE("k|re: '^b'"), "{\"k\":\"a\\nb\"}", false},
        {"re m", ONE("k|re|m: '^b'"), "{\"k\":\"a\\nb\"}", true},
        {"re i m s", ONE("k|re|i|m|s: '^B.c'"), "{\"k\":\"a\\nb\\nc\"}", true},
        {"re keeps backslashes", ONE("k|re: 'a\\.b'"), "{\"k\":\"axb\"}", false},
        {"re all", ONE("k|re|all: ['^a', 'c$']"), "{\"k\":\"abc\"}", true},
        {"cidr", ONE("k|cidr: 10.0.0.0/8"), "{\"k\":\"10.1.2.3\"}", true},
        {"cidr outside", ONE("k|cidr: 10.0.0.0/8"), "{\"k\":\"11.1.2.3\"}", false},
        {"cidr 6", ONE("k|cidr: '2001:db8::/32'"), "{\"k\":\"2001:DB8:0::1\"}", true},
        {"cidr of a name", ONE("k|cidr: 0.0.0.0/0"), "{\"k\":\"lambda.amazonaws.com\"}", false},
        {"cidr list", ONE("k|cidr: [10.0.0.0/8, 192.168.0.0/16]"), "{\"k\":\"192.168.9.9\"}", true},
        {"fieldref", ONE("k|fieldref: a.b"), "{\"k\":\"x\",\"a\":{\"b\":\"X\"}}", true},
        {"fieldref cased", ONE("k|fieldref|cased: l"), "{\"k\":\"x\",\"l\":\"X\"}", false},
        {"fieldref misses", ONE("k|fieldref: l"), "{\"k\":\"x\",\"l\":\"y\"}", false},
        {"fieldref of absent", ONE("k|fieldref: l"), "{\"k\":\"x\"}", false},
        {"fieldref neq", ONE("k|fieldref|neq: l"), "{\"k\":\"x\",\"l\":\"y\"}", true},
        {"fieldref neq same", ONE("k|fieldref|neq: l"), "{\"k\":\"x\",\"l\":\"x\"}", false},
        {"fieldref neq absent", ONE("k|fieldref|neq: l"), "{\"k\":\"x\"}", true},
        {"fieldref endswith", ONE("k|fieldref|endswith: l"),
         "{\"k\":\"arn:aws:iam::1:user/bob\",\"l\":\"/Bob\"}", true},
        {"fieldref startswith", ONE("k|fieldref|startswith: l"), "{\"k\":\"abc\",\"l\":\"b\"}",
         false},
        {"fieldref contains", ONE("k|fieldref|contains: l"), "{\"k\":\"abc\",\"l\":\"b\"}", true},
        {"fieldref contains empty", ONE("k|fieldref|contains: l"), "{\"k\":\"abc\",\"l\":\"\"}",
         false},
        {"base64", ONE("k|base64: foobar"), "{\"k\":\"Zm9vYmFy\"}", true},
        {"base64offset 0", ONE("k|base64offset|contains: foobar"), "{\"k\":\"Zm9vYmFyIQ==\"}",
         true},
        {"base64offset 1", ONE("k|base64offset|contains: foobar"), "{\"k\":\"IWZvb2JhciE=\"}",
         true},
        {"base64offset 2", ONE("k|base64offset|contains: foobar"), "{\"k\":\"ISFmb29iYXIh\"}",
         true},
        {"base64offset misses", ONE("k|base64offset|contains: foobar"), "{\"k\":\"ISFmb29iYQ==\"}",
         false},
        {"wide base64", ONE("k|wide|base64: cmd"), "{\"k\":\"YwBtAGQA\"}", true},
        {"utf16le base64", ONE("k|utf16le|base64: cmd"), "{\"k\":\"YwBtAGQA\"}", true},
        {"utf16be base64", ONE("k|utf16be|base64: cmd"), "{\"k\":\"AGMAbQBk\"}", true},
        {"utf16 base64", ONE("k|utf16|base64: cmd"), "{\"k\":\"//5jAG0AZAA=\"}", true},
        {"wide base64offset contains", ONE("k|wide|base64offset|contains: cmd"),
         "{\"k\":\"IWMAbQBkAA==\"}", true},
        {"windash", ONE("k|windash|contains: ' -enc '"), "{\"k\":\"x /enc y\"}", true},
        {"windash em dash", ONE("k|contains|windash: ' -enc '"),
         "{\"k\":\"x \xE2\x80\x94"
         "enc y\"}",
         true},
        {"windash inside a word", ONE("k|windash: a-b"), "{\"k\":\"a/b\"}", false},
        {"windash twice", ONE("k|windash: '-a -b'"),
         "{\"k\":\"/a \xE2\x80\x95"
         "b\"}",
         true},
        {"minute", ONE("t|minute: 12"), "{\"t\":\"2026-11-20T09:12:00Z\"}", true},
        {"hour", ONE("t|hour: [8, 9]"), "{\"t\":\"2026-11-20T09:12:00Z\"}", true},
        {"hour gte", ONE("t|hour|gte: 22"), "{\"t\":\"2026-11-20T23:12:00Z\"}", true},
        {"hour lt", ONE("t|hour|lt: 6"), "{\"t\":\"2026-11-20T09:12:00Z\"}", false},
        {"day", ONE("t|day: 20"), "{\"t\":\"2026-11-20T09:12:00Z\"}", true},
        {"week", ONE("t|week: 47"), "{\"t\":\"2026-11-20T09:12:00Z\"}", true},
        {"week of the year before", ONE("t|week: 53"), "{\"t\":\"2027-01-01T00:00:00Z\"}", true},
        {"week of the year after", ONE("t|week: 1"), "{\"t\":\"2024-12-30T00:00:00Z\"}", true},
        {"month", ONE("t|month: 11"), "{\"t\":\"2026-11-20T09:12:00Z\"}", true},
        {"year", ONE("t|year: 2026"), "{\"t\":\"2026-11-20T09:12:00Z\"}", true},
        {"hour of no time", ONE("t|hour: 9"), "{\"t\":\"soon\"}", false},
    };
    RUN(rows);
}

static void test_fields(void **state)
{
    (void)state;
    static const struct row rows[] = {
        {"path", ONE("a.b.c: x"), "{\"a\":{\"b\":{\"c\":\"x\"}}}", true},
        {"literal key", ONE("a.b: x"), "{\"a.b\":\"x\"}", true},
        {"literal key is first", ONE("a.b: x"), "{\"a\":{\"b\":\"x\"},\"a.b\":\"y\"}", false},
        {"name with spaces", ONE("'c uri': x"), "{\"c uri\":\"x\"}", true},
        {"name with a hyphen", ONE("c-uri|contains: x"), "{\"c-uri\":\"axb\"}", true},
        {"names heed case", ONE("K: x"), "{\"k\":\"x\"}", false},
        {"prefix and whole", ONE("a: '*', a.b: x"), "{\"a\":{\"b\":\"x\"}}", true},
        {"the first of two keys", ONE("k: x"), "{\"k\":\"x\",\"k\":\"y\"}", true},
        {"list of maps is or", " s:\n  - k: x\n  - l: y\n condition: s\n", "{\"l\":\"y\"}", true},
        {"list of maps misses", " s:\n  - k: x\n  - l: y\n condition: s\n", "{\"l\":\"x\"}", false},
        {"keyword", WORDS("  - evil\n  - worse\n"), "{\"a\":{\"b\":[\"an EVIL thing\"]}}", true},
        {"keyword misses", WORDS("  - evil\n"), "{\"a\":\"live\"}", false},
        {"keyword in an escape", WORDS("  - 'say \"hi\"'\n"), "{\"a\":\"say \\\"hi\\\"\"}", true},
        {"keyword with wildcard", WORDS("  - 'ev?l*thing'\n"), "{\"a\":\"an evil thing\"}", true},
        {"one keyword", " w: evil\n condition: w\n", "{\"a\":\"evil\"}", true},
        {"all keywords", " w:\n  '|all':\n   - evil\n   - thing\n condition: w\n",
         "{\"a\":\"evil\",\"b\":\"thing\"}", true},
        {"all keywords miss", " w:\n  '|all':\n   - evil\n   - thing\n condition: w\n",
         "{\"a\":\"evil\"}", false},
        {"keyword regular expression", " w:\n  '|re': 'e[v]il'\n condition: w\n",
         "{\"a\":\"evil\"}", true},
        {"number among keywords", WORDS("  - 4711\n"), "{\"a\":4711}", true},
    };
    RUN(rows);
}

static void test_conditions(void **state)
{
    (void)state;
    static const struct row rows[] = {
        {"and", COND("a and b"), "{\"k\":1,\"l\":1}", true},
        {"and misses", COND("a and b"), "{\"k\":1}", false},
        {"or", COND("a or b"), "{\"l\":1}", true},
        {"not", COND("not a"), "{\"l\":1}", true},
        {"not binds more than and", COND("not a and b"), "{\"l\":1}", true},
        {"and binds more than or", COND("a or b and _c"), "{\"k\":1}", true},
        {"parentheses", COND("(a or b) and _c"), "{\"k\":1}", false},
        {"tight parentheses", COND("(a)and(not(b))"), "{\"k\":1}", true},
        {"not not", COND("not not a"), "{\"k\":1}", true},
        {"capitals", COND("a AND NOT b"), "{\"k\":1}", true},
        {"1 of them", COND("1 of them"), "{\"l\":1}", true},
        {"1 of them skips _", COND("1 of them"), "{\"m\":1}", false},
        {"all of them", COND("all of them"), "{\"k\":1,\"l\":1}", true},
        {"all of them misses", COND("all of them"), "{\"k\":1,\"m\":1}", false},
        {"any of", COND("any of them"), "{\"k\":1}", true},
        {"1 of pattern", COND("1 of _*"), "{\"m\":1}", true},
        {"all of a star", COND("all of *"), "{\"k\":1,\"l\":1}", false},
        {"2 of", COND("2 of *"), "{\"k\":1,\"m\":1}", true},
        {"2 of misses", COND("2 of *"), "{\"k\":1}", false},
        {"not 1 of", COND("a and not 1 of _*"), "{\"k\":1,\"m\":1}", false},
        {"list is or", COND("[a, b and _c]"), "{\"k\":1}", true},
        {"star inside the pattern", " s_x_1: {k: 1}\n s_y_1: {l: 1}\n condition: 1 of s*1\n",
         "{\"l\":1}", true},
        {"a selection named all", " all: {k: 1}\n condition: all\n", "{\"k\":1}", true},
    };
    RUN(rows);
}

/* A pattern made to take for ever is stopped, counted, and does not match. */
static void test_regex_limit(void **state)
{
    (void)state;
    struct bench b;
    bench_open(&b, ONE("k|re: '^(a+)+$'"));
    assert_false(
        bench_match(&b, "{\"k\":\"aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaab\"}"));
    assert_true(rule_matcher_gave_up(b.matcher) > 0);
    assert_true(bench_match(&b, "{\"k\":\"aaaa\"}"));
    bench_close(&b);
}

/* Text that an expression cannot match without; never more than is certain. */
static void test_regex_required(void **state)
{
    (void)state;
    static const struct {
        const char *pattern;
        bool caseless;
        const char *required;
    } rows[] = {
        {"abc", false, "abc"},
        {".+:assumed-role/aws:.+", false, ":assumed-role/aws:"},
        {"^ab+cde$", false, "cde"},
        {"ab?cd", false, "cd"},
        {"ab{10,20}", false, ""},
        {"x{10,20}yz", false, "yz"},
        {"a\\.bc", false, "a.bc"},
        {"a\\.*bc", false, "bc"},
        {"foo|bar", false, ""},
        {"foo{bar|baz}", false, ""}, /* literal braces do not hide the alternative */
        {"foo{bar|baz", false, ""},
        {"foo{,3}bar", false, ""},
        {"foo\\{bar", false, "foo{bar"},
        {"(foo|bar)baz", false, "baz"},
        {"(foo){0,5}ba", false, "ba"},
        {"(?:foo)?bar", false, "bar"},
        {"[abc]+de", false, "de"},
        {"[]x]de[^]y]", false, "de"},
        {"[[:alpha:]]abc", false, ""},
        {"\\x41bc", false, ""},
        {"\\d\\dab", false, "ab"},
        {"\\101bc", false, ""},
        {"\\Qa*b\\E", false, ""},
        {"(?i)abc", false, ""},
        {"(?x)a b c", false, ""},
        {"(*UTF)abc", false, ""},
        {"(a(b)\\)c)de", false, "de"},
        {"\\\\Qab", false, "\\Qab"},
        {"abc", true, "abc"},
        {"task", true, ""},
        {"", false, ""},
        {"a", false, ""},
        {"ab\\", false, "ab"},
        {"(ab", false, ""},
        {"x[ab", false, ""},
    };
    struct arena a;
    arena_init(&a, 0);
    for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
        struct str found;
        assert_true(regex_required(str_of(rows[i].pattern), rows[i].caseless, &a, &found));
        if (!str_eq(found, str_of(rows[i].required))) {
            fail_msg("%s: '%.*s'", rows[i].pattern, STR_ARG(found));
        }
    }
    arena_free(&a);
}

/* What the index may leave out: nothing that could match. And which records are looked into without
 * asking the shallow one: those of rules that match what has nothing of what they ask for. */
static void test_wants(void **state)
{
    (void)state;
    static const struct {
        const char *detection;
        const char *source, *name;
        bool any, wants;
    } rows[] = {
        {ONE("eventSource: s, eventName: N, a.b: x"), "s", "N", true, false},
        {ONE("eventSource: s, eventName: N, a.b: x"), "S", "n", true, false},
        {ONE("eventSource: s, eventName: N, a.b: x"), "s", "M", false, false},
        {ONE("eventSource: s, eventName: N, a.b: null"), "s", "N", true, true},
        {ONE("eventSource: s, eventName: N, a.b|neq: x"), "s", "N", true, true},
        {ONE("eventSource: s, eventName|startswith: N, a.b: null"), "s", "N2", true, true},
        {ONE("eventSource: s, eventName: 'N*', a.b: x"), "s", "M2", false, false},
        {ONE("eventSource: s, eventName|re: '^N', a.b: x"), "s", "M2", true, false},
        {ONE("eventSource: s, eventName|re: '^N', a.b: null"), "s", "M2", true, true},
        {ONE("eventSource: s, eventName: N, k: x"), "s", "N", true, false},
        {ONE("eventSource: s, eventName: N, k: null"), "s", "N", true, false},
        {ONE("a.b: x"), "s", "M", true, false},
        {ONE("a.b|exists: false"), "s", "M", true, true},
        {ONE("k: x"), "s", "M", true, false},
        {" s: {eventName: N, a.b: x}\n f: {a.b: y}\n condition: s or f\n", "s", "M", true, false},
        {" s: {eventName: N}\n f: {a.b: y}\n condition: s and not f\n", "s", "N", true, true},
        {" s: {eventName: N}\n f: {a.b: y}\n condition: s and not f\n", "s", "M", false, false},
        {" s: {eventName: N}\n f: {a.b: y}\n condition: f and not s\n", "s", "N", false, false},
        {" s: {eventName: N}\n f: {a.b: y}\n condition: f and not s\n", "s", "M", true, false},
        {" s: {eventName: N}\n t: {a.b: y}\n condition: all of them\n", "s", "M", false, false},
    };
    for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
        struct bench b;
        bench_open(&b, rows[i].detection);
        for (int again = 0; again < 2; again++) {
            struct str source = str_of(rows[i].source);
            struct str name = str_of(rows[i].name);
            if (rule_set_any(b.set, source, name) != rows[i].any ||
                rule_set_wants(b.set, source, name) != rows[i].wants) {
                fail_msg("row %zu (%s, %s)", i, rows[i].source, rows[i].name);
            }
        }
        bench_close(&b);
    }
}

static bool never(void *arg, struct str source, struct str name)
{
    (void)arg;
    (void)source;
    (void)name;
    return false;
}

/* What a shallow record tells: a match is never left out, and what cannot match is not looked into
 * where the text of the subtree is plain. */
static void test_shallow(void **state)
{
    (void)state;
    enum tells { NO, ASKS };
    static const struct {
        const char *detection;
        const char *members;
        enum tells tells;
    } rows[] = {
        {ONE("eventName: N, a.b: x"), "\"a\":{\"b\":\"x\"}", ASKS},
        {ONE("eventName: N, a.b: x"), "\"a\":{\"b\":\"X\"}", ASKS},
        {ONE("eventName: N, a.b|cased: x"), "\"a\":{\"b\":\"X\"}", NO},
        {ONE("eventName: N, a.b: x"), "\"a\":{\"b\":\"y\"}", NO},
        {ONE("eventName: N, a.b: x"), "\"a\":{\"b\":\"\\u0078\"}", ASKS},
        {ONE("eventName: N, a.b: x"), "\"a\":{\"\\u0062\":\"y\"}", ASKS},
        {ONE("eventName: N, a.b: x"), "\"a\":{\"c\":\"x\"}", NO},
        {ONE("eventName: N, a.b: x"), "\"a\":null", NO},
        {ONE("eventName: N, a.b: x"), "\"a\":\"bx\"", NO},
        {ONE("eventName: N, a.b: x"), "\"c\":1", NO},
        {ONE("eventName: N, a.b: x"), "\"a\":[{\"b\":\"x\"}]", ASKS},
        {ONE("eventName: N, a.b: x"), "\"a\":[{\"b\":\"y\"}]", ASKS},
        {ONE("eventName: N, a.b: x"), "\"a\":{\"c\":[{\"b\":\"y\"}]}", NO},
        {ONE("eventName: N, a.b: 10"), "\"a\":{\"b\":1e1}", ASKS},
        {ONE("eventName: N, a.b|gt: 10"), "\"a\":{\"b\":9}", ASKS},
        {ONE("eventName: N, a.b|gt: 10"), "\"a\":{\"c\":11}", NO},
        {ONE("eventName: N, a.b|re: x"), "\"a\":{\"b\":\"y\"}", ASKS},
        {ONE("eventName: N, a.b|re: x"), "\"a\":{\"c\":\"x\"}", NO},
        {ONE("eventName: N, a.b: 'x*y'"), "\"a\":{\"b\":\"z\"}", ASKS},
        {ONE("eventName: N, a.b: ''"), "\"a\":{\"b\":\"z\"}", ASKS},
        {ONE("eventName: N, a.b: '*'"), "\"a\":{\"b\":\"z\"}", ASKS},
        {ONE("eventName: N, a.b|contains|all: [x, y]"), "\"a\":{\"b\":\"x\"}", ASKS},
        {ONE("eventName: N, a.b|contains|all: [x, y]"), "\"a\":{\"b\":\"z\"}", NO},
        {ONE("eventName: N, a.b|neq: x"), "\"a\":{\"b\":\"x\"}", ASKS},
        {ONE("eventName: N, a.b|neq: x"), "\"a\":{\"b\":\"y\"}", ASKS},
        {ONE("eventName: N, a.b: null"), "\"a\":{\"b\":null}", ASKS},
        {ONE("eventName: N, a.b|exists: true"), "\"a\":{\"c\":1}", NO},
        {ONE("eventName: N, a.b|fieldref: k"), "\"a\":{\"c\":\"v\"},\"k\":\"v\"", NO},
        {ONE("eventName: N, a.b|fieldref: k"), "\"a\":{\"b\":\"v\"},\"k\":\"v\"", ASKS},
        {ONE("eventName: N, k: v, a.b: x"), "\"a\":{\"b\":\"x\"},\"k\":\"w\"", NO},
        {ONE("eventName: N, k: v, a.b: x"), "\"a\":{\"b\":\"x\"},\"k\":\"v\"", ASKS},
        {ONE("a.b: x"), "\"a\":{\"b\":\"y\"}", NO},
        {ONE("a.b: x"), "\"a\":{\"b\":\"x\"}", ASKS},
        {" s: {a.b: x}\n t: {a.c: y}\n condition: s or t\n", "\"a\":{\"b\":\"y\",\"c\":\"x\"}",
         ASKS},
        {" s: {a.b: x}\n t: {a.c: y}\n condition: s or t\n", "\"a\":{\"b\":\"u\",\"c\":\"v\"}", NO},
        {" s: {a.b: x}\n t: {a.c: y}\n condition: s and not t\n", "\"a\":{\"b\":\"u\",\"c\":\"y\"}",
         NO},
    };
    for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
        struct bench b;
        bench_open(&b, rows[i].detection);
        char text[512];
        (void)snprintf(text, sizeof(text), "{\"eventSource\":\"s\",\"eventName\":\"N\",%s}%64s",
                       rows[i].members, "");
        bool matches = bench_match(&b, text);
        json_scanner_wanted(b.scanner, never, NULL);
        bool none = !bench_match(&b, text);
        if (!none || b.asks != (rows[i].tells == ASKS) || (matches && !b.asks)) {
            fail_msg("row %zu: %s asks %d", i, rows[i].members, b.asks);
        }
        bench_close(&b);
    }
}

/* More pairs than the index keeps: the same answers, only slower. */
static void test_many_pairs(void **state)
{
    (void)state;
    struct bench b;
    bench_open(&b, ONE("eventSource: s, eventName|endswith: '7', a.b: x"));
    for (unsigned i = 0; i < 10000; i++) {
        char name[32];
        int n = snprintf(name, sizeof(name), "Name%u", i);
        assert_int_equal(rule_set_any(b.set, STR("s"), str_make(name, (size_t)n)), i % 10 == 7);
    }
    assert_true(
        bench_match(&b, "{\"eventSource\":\"s\",\"eventName\":\"N99997\",\"a\":{\"b\":\"x\"}}"));
    assert_false(
        bench_match(&b, "{\"eventSource\":\"s\",\"eventName\":\"N99998\",\"a\":{\"b\":\"x\"}}"));
    char *long_name = calloc(1, 70000);
    assert_non_null(long_name);
    memset(long_name, '7', 69999);
    assert_true(rule_set_any(b.set, STR("s"), str_of(long_name)));
    free(long_name);
    bench_close(&b);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_strings),        cmocka_unit_test(test_types),
        cmocka_unit_test(test_modifiers),      cmocka_unit_test(test_fields),
        cmocka_unit_test(test_conditions),     cmocka_unit_test(test_regex_limit),
        cmocka_unit_test(test_regex_required), cmocka_unit_test(test_wants),
        cmocka_unit_test(test_shallow),        cmocka_unit_test(test_many_pairs),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
