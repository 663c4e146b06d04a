/* The lazy rule: who is asked, when, and what comes out either way. */
#include "json_help.h"

enum { SOURCE, NAME, IDENTITY, TYPE, PARAMETER, LATE, REGION, SLOTS };

static const char *const slot_paths[SLOTS] = {
    [SOURCE] = "eventSource",
    [NAME] = "eventName",
    [IDENTITY] = "userIdentity",
    [TYPE] = "userIdentity.type",
    [PARAMETER] = "requestParameters.x",
    [LATE] = "late.y",
    [REGION] = "awsRegion",
};

struct asked {
    unsigned times;
    bool answer;
};

static bool wanted(void *arg, struct str a, struct str b)
{
    struct asked *asked = arg;
    asked->times++;
    assert_true(str_eq(a, STR("s")));
    assert_true(str_eq(b, STR("n")));
    return asked->answer;
}

#define ID "\"userIdentity\":{\"type\":\"Root\"}"
#define SN "\"eventSource\":\"s\",\"eventName\":\"n\""
#define RQ "\"requestParameters\":{\"x\":1}"

static const struct {
    const char *what;
    const char *text;
    bool asks;
    bool duplicate;
    unsigned scalars; /* top-level views of a shallow record, as bits */
} cases[] = {
    {"the usual order", "{" ID "," SN ",\"awsRegion\":\"r\"," RQ "}", true, false,
     1U << SOURCE | 1U << NAME | 1U << IDENTITY | 1U << REGION},
    {"the deciding ones last", "{" ID "," RQ "," SN "}", true, false,
     1U << SOURCE | 1U << NAME | 1U << IDENTITY},
    {"the deciding ones first", "{\"eventName\":\"n\",\"eventSource\":\"s\"," ID "," RQ "}", true,
     false, 1U << SOURCE | 1U << NAME | 1U << IDENTITY},
    {"a second source behind the decision", "{" ID "," SN ",\"eventSource\":\"t\"," RQ "}", true,
     true, 1U << SOURCE | 1U << NAME | 1U << IDENTITY},
    {"a second source before the decision",
     "{\"eventSource\":\"s\",\"eventSource\":\"t\",\"eventName\":\"n\"," ID "," RQ "}", true, true,
     1U << SOURCE | 1U << NAME | 1U << IDENTITY},
    {"another key twice behind the decision", "{" SN ",\"z\":1," ID ",\"z\":2," RQ "}", true, true,
     1U << SOURCE | 1U << NAME | 1U << IDENTITY},
    {"a waiting subtree twice", "{" ID "," ID "," SN "," RQ "}", true, true,
     1U << SOURCE | 1U << NAME | 1U << IDENTITY},
    {"a key that is written with an escape",
     "{" ID ",\"event\\u0053ource\":\"s\",\"eventName\":\"n\"," RQ "}", true, false,
     1U << SOURCE | 1U << NAME | 1U << IDENTITY},
    {"blanks", "{ " ID "\r\n,\t\"eventSource\" : \"s\" ,\n\"eventName\"\t:\t\"n\", " RQ " }", true,
     false, 1U << SOURCE | 1U << NAME | 1U << IDENTITY},
    {"no source", "{" ID ",\"eventName\":\"n\"," RQ "}", false, false, 0},
    {"a source with an escape", "{" ID ",\"eventSource\":\"\\u0073\",\"eventName\":\"n\"," RQ "}",
     false, false, 0},
    {"a source with an escape, then a plain one",
     "{" ID ",\"eventSource\":\"\\u0073\",\"eventSource\":\"s\",\"eventName\":\"n\"," RQ "}", false,
     true, 0},
    {"a source that is no string", "{" ID ",\"eventSource\":5,\"eventName\":\"n\"," RQ "}", false,
     false, 0},
    {"a source in a subtree", "{" ID ",\"q\":{\"eventSource\":\"s\"},\"eventName\":\"n\"," RQ "}",
     false, false, 0},
};

static void check_case(struct trio *lazy, struct trio *full, struct asked *asked, size_t i)
{
    size_t len = strlen(cases[i].text);
    char *text = padded_copy(cases[i].text, len, '}');
    const struct scanned *want = trio_scan(full, cases[i].what, text, len, 0);
    unsigned variants = 0;
    for (int v = 0; v < JSON_VARIANTS_; v++) {
        variants += json_variant_usable((enum json_variant)v);
    }
    *asked = (struct asked){.answer = true};
    const struct scanned *yes = trio_scan(lazy, cases[i].what, text, len, 0);
    const char *wrong = same_scan(yes, want, SLOTS);
    if (wrong != NULL || asked->times != (cases[i].asks ? variants : 0) ||
        want->record.duplicate != cases[i].duplicate) {
        fail_msg("%s: %s, asked %u times, duplicate %d", cases[i].what,
                 wrong == NULL ? "the same" : wrong, asked->times, want->record.duplicate);
    }
    assert_int_equal(json_got(&yes->record, TYPE).len, 4);
    assert_int_equal(json_got(&yes->record, PARAMETER).len, 1);

    *asked = (struct asked){.answer = false};
    const struct scanned *no = trio_scan(lazy, cases[i].what, text, len, 0);
    assert_int_equal(no->status, JSON_OK);
    assert_int_equal(no->record.shallow, cases[i].asks);
    assert_int_equal(no->record.duplicate, cases[i].duplicate);
    for (unsigned slot = 0; slot < SLOTS && cases[i].asks; slot++) {
        bool top = (cases[i].scalars >> slot & 1U) != 0;
        struct json_view v = json_got(&no->record, slot);
        if (top != (v.kind != JSON_ABSENT) ||
            (top && !same_view(v, json_got(&want->record, slot)))) {
            fail_msg("%s: %s of the shallow record", cases[i].what, slot_paths[slot]);
        }
    }
    free(text);
}

static void test_lazy(void **state)
{
    (void)state;
    struct json_paths *paths = json_paths_new();
    assert_non_null(paths);
    for (unsigned i = 0; i < SLOTS; i++) {
        unsigned slot;
        assert_int_equal(json_paths_add_dotted(paths, str_of(slot_paths[i]), &slot, NULL), ERR_OK);
        assert_int_equal(slot, i);
    }
    json_paths_decide(paths, SOURCE, NAME);
    struct trio lazy;
    struct trio full;
    trio_open(&lazy, paths, SLOTS);
    trio_open(&full, paths, SLOTS);
    struct asked asked = {0};
    trio_wanted(&lazy, wanted, &asked);
    for (int round = 0; round < 3; round++) {
        for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
            check_case(&lazy, &full, &asked, i);
        }
    }
    trio_close(&lazy);
    trio_close(&full);
    json_paths_free(paths);
}

/* What was skipped while waiting is looked at before a fault behind it is reported. */
static void test_first_fault(void **state)
{
    (void)state;
    static const char text[] = "{\"userIdentity\":{\"type\" 1},\"x\":}";
    struct json_paths *paths = json_paths_new();
    assert_non_null(paths);
    for (unsigned i = 0; i < SLOTS; i++) {
        unsigned slot;
        assert_int_equal(json_paths_add_dotted(paths, str_of(slot_paths[i]), &slot, NULL), ERR_OK);
    }
    json_paths_decide(paths, SOURCE, NAME);
    struct trio lazy;
    struct asked asked = {0};
    trio_open(&lazy, paths, SLOTS);
    trio_wanted(&lazy, wanted, &asked);
    char *padded = padded_copy(text, sizeof(text) - 1, '}');
    const struct scanned *s = trio_scan(&lazy, text, padded, sizeof(text) - 1, 0);
    assert_int_equal(s->status, JSON_BAD);
    assert_int_equal(s->fault.offset, 24);
    free(padded);
    trio_close(&lazy);
    json_paths_free(paths);
}

/* A settling member ends the waiting: all is extracted, and nobody is asked. Only as a string, and
 * only when it comes in time. */
static void test_settle(void **state)
{
    static const struct {
        const char *text;
        bool asked, deep;
    } rows[] = {
        {"{\"a\":{\"b\":1},\"mark\":\"x\",\"c\":{\"d\":2},\"s\":\"s\",\"n\":\"n\"}", false, true},
        {"{\"a\":{\"b\":1},\"s\":\"s\",\"mark\":\"x\",\"n\":\"n\",\"c\":{\"d\":2}}", false, true},
        {"{\"a\":{\"b\":1},\"s\":\"s\",\"n\":\"n\",\"mark\":\"x\",\"c\":{\"d\":2}}", true, false},
        {"{\"a\":{\"b\":1},\"mark\":7,\"s\":\"s\",\"n\":\"n\",\"c\":{\"d\":2}}", true, false},
        {"{\"a\":{\"b\":1,\"mark\":\"x\"},\"s\":\"s\",\"n\":\"n\",\"c\":{\"d\":2}}", true, false},
    };
    static const char *const names[] = {"mark", "s", "n", "a.b", "c.d"};
    (void)state;
    struct json_paths *paths = json_paths_new();
    assert_non_null(paths);
    unsigned slot[5];
    for (unsigned i = 0; i < 5; i++) {
        assert_int_equal(json_paths_add_dotted(paths, str_of(names[i]), &slot[i], NULL), ERR_OK);
    }
    json_paths_decide(paths, slot[1], slot[2]);
    json_paths_settle(paths, slot[0]);
    struct trio lazy;
    trio_open(&lazy, paths, 5);
    for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
        struct asked asked = {0};
        trio_wanted(&lazy, wanted, &asked);
        char *padded = padded_copy(rows[i].text, strlen(rows[i].text), '}');
        const struct scanned *s = trio_scan(&lazy, rows[i].text, padded, strlen(rows[i].text), 0);
        assert_int_equal(s->status, JSON_OK);
        assert_int_equal(asked.times > 0, rows[i].asked);
        assert_int_equal(json_has(&s->record, slot[3]) && json_has(&s->record, slot[4]),
                         rows[i].deep);
        free(padded);
    }
    trio_close(&lazy);
    json_paths_free(paths);
}

/* Where a scanner has a path. */
static void test_slot(void **state)
{
    (void)state;
    struct json_paths *paths = json_paths_new();
    assert_non_null(paths);
    unsigned slot;
    struct str literal = STR("id.orig_h");
    struct str nested[] = {STR("alert"), STR("gid")};
    struct str longer[] = {STR("alert"), STR("gid"), STR("x")};
    struct str unknown = STR("nothing");
    assert_int_equal(json_paths_add(paths, &literal, 1, &slot, NULL), ERR_OK);
    assert_int_equal(json_paths_add(paths, nested, 2, &slot, NULL), ERR_OK);
    struct json_scanner *s = json_scanner_new(paths, json_variant_best());
    assert_non_null(s);
    assert_int_equal(json_scanner_slot(s, &literal, 1), 0);
    assert_int_equal(json_scanner_slot(s, nested, 2), 1);
    assert_int_equal(json_scanner_slot(s, nested, 1), -1);
    assert_int_equal(json_scanner_slot(s, longer, 3), -1);
    assert_int_equal(json_scanner_slot(s, &unknown, 1), -1);
    assert_int_equal(json_scanner_slot(s, NULL, 0), -1);
    json_scanner_free(s);
    json_paths_free(paths);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(test_lazy),
                                       cmocka_unit_test(test_first_fault),
                                       cmocka_unit_test(test_settle), cmocka_unit_test(test_slot)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
