/* Paths, texts, iterators, json_check, and running out of memory. */
#include "json_help.h"

static void test_text(void **state)
{
    (void)state;
    static const struct {
        const char *raw;
        struct str want;
    } cases[] = {
        {"plain", STR_INIT("plain")},
        {"\\\"\\\\\\/\\b\\f\\n\\r\\t", STR_INIT("\"\\/\b\f\n\r\t")},
        {"\\u0041\\u00e9\\u20AC", STR_INIT("A\xc3\xa9\xe2\x82\xac")},
        {"\\ud83d\\ude00!", STR_INIT("\xf0\x9f\x98\x80!")},
        {"\\ud83d!", STR_INIT("\xef\xbf\xbd!")},
        {"\\ude00\\ud83d", STR_INIT("\xef\xbf\xbd\xef\xbf\xbd")},
        {"\\ud83d\\u0041", STR_INIT("\xef\xbf\xbd"
                                    "A")},
        {"a\\u0000b", STR_INIT("a\0b")},
        {"\xc3\xa9\\n", STR_INIT("\xc3\xa9\n")},
    };
    for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
        CLEANUP(arena_free) struct arena a = {0};
        CLEANUP(buf_free) struct buf quoted = {0};
        buf_printf(&quoted, "\"%s\"", cases[i].raw);
        struct json_view v = json_view_of(buf_str(&quoted));
        struct str got;
        assert_int_equal(v.kind, JSON_STRING);
        assert_int_equal(v.escaped, strchr(cases[i].raw, '\\') != NULL);
        assert_true(json_text(v, &a, &got));
        if (!str_eq(got, cases[i].want)) {
            fail_msg("%s: %.*s", cases[i].raw, STR_ARG(got));
        }
    }
    CLEANUP(arena_free) struct arena none = {.limit = 1};
    struct str got;
    assert_false(json_text(json_view_of(STR("\"\\n\"")), &none, &got));
    assert_true(json_any_text(json_view_of(STR(" [1, 2] ")), &none, &got));
    assert_true(str_eq(got, STR("[1, 2]")));
    assert_true(json_any_text((struct json_view){0}, &none, &got));
    assert_int_equal(got.len, 0);
}

static void test_iter(void **state)
{
    (void)state;
    CLEANUP(buf_free) struct buf seen = {0};
    struct json_view v =
        json_view_of(STR(" {\"a\" : [1,\"]\",{}] , \"b\\n\":null,\"c\":{\"}\":-2e3},\"a\":true} "));
    assert_int_equal(v.kind, JSON_OBJECT);
    struct json_iter it = json_iter_of(v);
    struct json_view key;
    struct json_view value;
    while (json_iter_next(&it, &key, &value)) {
        buf_printf(&seen, "%.*s=%.*s;", (int)key.len, key.ptr, (int)value.len, value.ptr);
    }
    assert_string_equal(seen.ptr, "a=[1,\"]\",{}];b\\n=null;c={\"}\":-2e3};a=true;");
    assert_int_equal(json_member(v, STR("a")).kind, JSON_ARRAY);
    assert_int_equal(json_member(v, STR("b\n")).kind, JSON_NULL);
    assert_int_equal(json_member(v, STR("b")).kind, JSON_ABSENT);
    assert_int_equal(json_member(json_member(v, STR("c")), STR("}")).kind, JSON_NUMBER);
    assert_int_equal(json_member(json_member(v, STR("a")), STR("a")).kind, JSON_ABSENT);

    it = json_iter_of(json_member(v, STR("a")));
    for (size_t i = 0; i < 3; i++) {
        assert_true(json_iter_next(&it, &key, &value));
        assert_int_equal(key.kind, JSON_ABSENT);
    }
    assert_int_equal(value.kind, JSON_OBJECT);
    assert_false(json_iter_next(&it, &key, &value));
}

/* Text that no scan has checked: the walk ends, and never leaves the text. */
static void test_iter_broken(void **state)
{
    (void)state;
    static const char *const broken[] = {"{\"a\":1", "{\"a\"", "{\"a\\", "{a:1}",
                                         "[\"",      "[[[",    "{",      "[1 2 3]",
                                         "{\"a\":}", "[,]",    "{]",     "[\"\\"};
    for (size_t i = 0; i < ARRAY_LEN(broken); i++) {
        size_t len = strlen(broken[i]);
        char *exact = malloc(len);
        assert_non_null(exact);
        memcpy(exact, broken[i], len);
        struct json_view v = {
            .ptr = exact, .len = (uint32_t)len, .kind = exact[0] == '{' ? JSON_OBJECT : JSON_ARRAY};
        struct json_iter it = json_iter_of(v);
        struct json_view key;
        struct json_view value;
        size_t steps = 0;
        while (json_iter_next(&it, &key, &value)) {
            assert_true(++steps <= len);
        }
        assert_int_equal(json_member(v, STR("zz")).kind, JSON_ABSENT);
        free(exact);
    }
}

static void test_check(void **state)
{
    (void)state;
    static const struct {
        const char *text;
        enum json_status status;
        size_t offset;
    } cases[] = {
        {" {\"a\":[1,2,{}]} \n", JSON_OK, 0},
        {"1 2", JSON_BAD, 2},
        {"", JSON_CUT, 0},
        {"[1,]", JSON_BAD, 3},
        {"{\"a\":1,}", JSON_BAD, 7},
        {"{\"a\":}", JSON_BAD, 5},
        {"[\"\\u12\"]", JSON_BAD, 6},
        {"[\"\xf0\x9f", JSON_CUT, 4},
        {"[-", JSON_CUT, 2},
        {"\xef\xbb\xbf{}", JSON_BAD, 0},
    };
    for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
        struct json_fault fault = {0, ""};
        struct str text = str_of(cases[i].text);
        enum json_status status = json_check(text, &fault);
        if (status != cases[i].status || fault.offset != cases[i].offset) {
            fail_msg("%s: %d at %zu", cases[i].text, status, fault.offset);
        }
        assert_int_equal(json_view_of(text).kind == JSON_ABSENT, status != JSON_OK);
    }
}

static void test_paths(void **state)
{
    (void)state;
    struct json_paths *p = json_paths_new();
    assert_non_null(p);
    unsigned a = 9;
    unsigned b = 9;
    struct err err = {0};
    const struct str *segments;
    assert_int_equal(json_paths_add_dotted(p, STR("o.x"), &a, &err), ERR_OK);
    assert_int_equal(json_paths_add(p, (struct str[]){STR("o"), STR("x")}, 2, &b, &err), ERR_OK);
    assert_int_equal(a, b);
    assert_int_equal(json_paths_segments(p, a, &segments), 2);
    assert_true(str_eq(segments[1], STR("x")));
    assert_int_equal(json_paths_add(p, (struct str[]){STR("o.x")}, 1, &b, &err), ERR_OK);
    assert_int_not_equal(a, b); /* a key with a dot in it */
    assert_int_equal(err.code, ERR_OK);

    static const char *const refused[] = {"", ".a", "a.", "a..b"};
    for (size_t i = 0; i < ARRAY_LEN(refused); i++) {
        err = (struct err){0};
        b = 77;
        assert_int_equal(json_paths_add_dotted(p, str_of(refused[i]), &b, &err), ERR_SCHEMA);
        assert_int_equal(b, 77);
        assert_string_not_equal(err.msg, "");
    }
    enum err_code rc = ERR_OK;
    unsigned slots = 2;
    for (; rc == ERR_OK; slots++) {
        char name[16];
        (void)snprintf(name, sizeof(name), "n%u", slots);
        err = (struct err){0};
        rc = json_paths_add_dotted(p, str_of(name), &b, &err);
    }
    assert_int_equal(rc, ERR_LIMIT);
    assert_int_equal(slots - 1, JSON_SLOTS_MAX);
    assert_int_equal(json_paths_add_dotted(p, STR("o.x"), &b, &err), ERR_OK); /* known already */
    assert_int_equal(b, a);
    /* As many slots as there can be are all found. */
    struct trio t;
    trio_open(&t, p, JSON_SLOTS_MAX);
    static const char text[] = "{\"n2\":2,\"n1023\":1023,\"o\":{\"x\":1},\"o.x\":4}";
    char *padded = padded_copy(text, sizeof(text) - 1, ' ');
    const struct scanned *s = trio_scan(&t, text, padded, sizeof(text) - 1, 0);
    assert_int_equal(s->status, JSON_OK);
    assert_int_equal(json_got(&s->record, 1023).len, 4);
    assert_int_equal(json_got(&s->record, 0).len, 1);
    assert_int_equal(json_got(&s->record, 1).len, 1);
    free(padded);
    trio_close(&t);
    json_paths_free(p);
}

/* Records one behind the other in one buffer, as intake has them. */
static void test_sequence(void **state)
{
    (void)state;
    struct json_paths *p = json_paths_new();
    assert_non_null(p);
    unsigned slot;
    assert_int_equal(json_paths_add_dotted(p, STR("a"), &slot, NULL), ERR_OK);
    struct trio t;
    trio_open(&t, p, 1);
    static const char text[] = "{\"a\":1}\r\n  {\"a\":22}\n{\"a\":\"\x01\"}\n{\"b\":0}";
    char *padded = padded_copy(text, sizeof(text) - 1, '}');
    const struct scanned *s = trio_scan(&t, "first", padded, sizeof(text) - 1, 0);
    assert_int_equal(s->status, JSON_OK);
    assert_int_equal(s->used, 7);
    s = trio_scan(&t, "second", padded, sizeof(text) - 1, s->used);
    assert_int_equal(s->status, JSON_OK);
    assert_ptr_equal(s->record.start, padded + 11);
    assert_int_equal(json_got(&s->record, 0).len, 2);
    s = trio_scan(&t, "third", padded, sizeof(text) - 1, s->used);
    assert_int_equal(s->status, JSON_BAD);
    assert_int_equal(s->fault.offset, 26);
    s = trio_scan(&t, "fourth", padded, sizeof(text) - 1, 30);
    assert_int_equal(s->status, JSON_OK);
    assert_false(json_has(&s->record, 0));
    s = trio_scan(&t, "behind the end", padded, sizeof(text) - 1, s->used);
    assert_int_equal(s->status, JSON_CUT);
    free(padded);
    trio_close(&t);
    json_paths_free(p);
}

static bool make_scanner(struct json_paths **p, struct json_scanner **s)
{
    unsigned slot;
    *s = NULL;
    *p = json_paths_new();
    if (*p == NULL || json_paths_add_dotted(*p, STR("a.b"), &slot, NULL) != ERR_OK ||
        json_paths_add_dotted(*p, STR("aKeyThatIsLongerThanThirtyTwoBytes"), &slot, NULL) !=
            ERR_OK) {
        return false;
    }
    *s = json_scanner_new(*p, json_variant_best());
    return *s != NULL;
}

static void test_torture(void **state)
{
    (void)state;
    unsigned long n = 1;
    for (bool made = false; !made; n++) {
        struct json_paths *p;
        struct json_scanner *s;
        mem_torture(n);
        made = make_scanner(&p, &s);
        mem_torture(0);
        json_scanner_free(s);
        json_paths_free(p);
    }
    assert_true(n > 8);
}

/* Learning may fail; what is found may not change, and a duplicate is still one. */
static void test_torture_learning(void **state)
{
    (void)state;
    CLEANUP(buf_free) struct buf text = {0};
    buf_addc(&text, '{');
    for (unsigned i = 0; i < 200; i++) {
        buf_printf(&text, "\"%s%u\":0,", i % 2 == 0 ? "k" : "aLongerKeyThanFitsIntoOneCompare", i);
    }
    buf_add_cstr(&text, "\"a\":{\"b\":1},\"k100\":2}");
    char *padded = padded_copy(text.ptr, text.len, '}');
    for (unsigned long n = 1; n < 150; n++) {
        struct json_paths *p;
        struct json_scanner *s;
        struct scanned got;
        assert_true(make_scanner(&p, &s));
        mem_torture(n);
        scan_into(&got, s, padded, text.len, 0);
        mem_torture(0);
        assert_int_equal(got.status, JSON_OK);
        assert_int_equal(json_got(&got.record, 0).len, 1);
        assert_true(got.record.duplicate);
        assert_true(str_eq(got.record.duplicate_key, STR("k100")));
        json_scanner_free(s);
        json_paths_free(p);
    }
    free(padded);
}

static void test_truth(void **state)
{
    (void)state;
    static const struct {
        const char *text;
        int truth;
    } rows[] = {{"true", 1},  {"false", 0}, {"\"True\"", 1}, {"\"FALSE\"", 0}, {"\"yes\"", -1},
                {"\"\"", -1}, {"1", -1},    {"null", -1},    {"[]", -1},       {"nonsense", -1}};
    for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
        assert_int_equal(json_truth(json_view_of(str_of(rows[i].text))), rows[i].truth);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_truth),
        cmocka_unit_test(test_text),
        cmocka_unit_test(test_iter),
        cmocka_unit_test(test_iter_broken),
        cmocka_unit_test(test_check),
        cmocka_unit_test(test_paths),
        cmocka_unit_test(test_sequence),
        cmocka_unit_test(test_torture),
        cmocka_unit_test(test_torture_learning),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
