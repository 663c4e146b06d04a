/* Long, deep, wide, learned: what a hostile text can do to a scan. */
#include "json_help.h"

static struct json_paths *two_paths(void)
{
    struct json_paths *p = json_paths_new();
    assert_non_null(p);
    unsigned slot;
    assert_int_equal(json_paths_add_dotted(p, STR("a"), &slot, NULL), ERR_OK);
    assert_int_equal(json_paths_add_dotted(p, STR("b.c"), &slot, NULL), ERR_OK);
    return p;
}

/* One text through all three; the result is on the portable one's record. */
static const struct scanned *scan_text(struct trio *t, const char *what, const struct buf *text,
                                       char **padded)
{
    assert_false(text->failed);
    free(*padded);
    *padded = padded_copy(text->ptr, text->len, '"');
    return trio_scan(t, what, *padded, text->len, 0);
}

static void add_many(struct buf *out, const char *s, size_t n)
{
    for (size_t i = 0; i < n; i++) {
        buf_add_cstr(out, s);
    }
}

static void test_depth(void **state)
{
    (void)state;
    static const struct {
        const char *what, *before, *open, *inner, *close, *after;
        size_t levels;
        enum json_status status;
    } cases[] = {
        {"at the limit", "", "[", "1", "]", "", JSON_DEPTH_MAX, JSON_OK},
        {"over the limit", "", "[", "1", "]", "", JSON_DEPTH_MAX + 1, JSON_TOO_DEEP},
        {"100,000 levels", "", "[", "", "", "", 100000, JSON_TOO_DEEP},
        {"objects", "{\"x\":", "{\"a\":", "1", "}", "}", JSON_DEPTH_MAX - 1, JSON_OK},
        {"objects over", "{\"x\":", "{\"a\":", "1", "}", "}", JSON_DEPTH_MAX, JSON_TOO_DEEP},
        {"below a wanted path", "{\"b\":{\"c\":", "[", "", "]", "}}", JSON_DEPTH_MAX - 2, JSON_OK},
        {"below it, over", "{\"b\":{\"c\":", "[", "", "]", "}}", JSON_DEPTH_MAX - 1, JSON_TOO_DEEP},
        {"mixed", "", "[{\"k\":", "0", "}]", "", JSON_DEPTH_MAX / 2, JSON_OK},
        {"mixed, one wrong", "", "[{\"k\":", "0", "]}", "", JSON_DEPTH_MAX / 2, JSON_BAD},
    };
    struct json_paths *some = two_paths();
    struct json_paths *every = two_paths();
    json_paths_want_all(every);
    struct trio t[2];
    trio_open(&t[0], some, 2);
    trio_open(&t[1], every, 2);
    char *padded = NULL;
    for (size_t i = 0; i < ARRAY_LEN(cases) * 2; i++) {
        CLEANUP(buf_free) struct buf text = {0};
        size_t k = i / 2;
        buf_add_cstr(&text, cases[k].before);
        add_many(&text, cases[k].open, cases[k].levels);
        buf_add_cstr(&text, cases[k].inner);
        add_many(&text, cases[k].close, cases[k].levels);
        buf_add_cstr(&text, cases[k].after);
        const struct scanned *s = scan_text(&t[i % 2], cases[k].what, &text, &padded);
        if (s->status != cases[k].status) {
            fail_msg("%s: status %d", cases[k].what, s->status);
        }
        if (s->status == JSON_TOO_DEEP) {
            size_t per_level = strlen(cases[k].open);
            size_t around = strlen(cases[k].before) > 6 ? 2 : strlen(cases[k].before) > 0 ? 1 : 0;
            assert_int_equal(s->fault.offset,
                             strlen(cases[k].before) + (JSON_DEPTH_MAX - around) * per_level);
        }
        struct json_fault fault;
        enum json_status checked = json_check(buf_str(&text), &fault);
        assert_int_equal(checked, cases[k].status);
    }
    free(padded);
    trio_close(&t[0]);
    trio_close(&t[1]);
    json_paths_free(some);
    json_paths_free(every);
}

static void add_members(struct buf *out, size_t from, size_t count, const char *form)
{
    for (size_t i = from; i < from + count; i++) {
        buf_addc(out, i > from ? ',' : ' ');
        buf_printf(out, "\"k%zu%s\":%zu", i, form, i);
    }
}

static void test_width(void **state)
{
    (void)state;
    struct json_paths *some = two_paths();
    struct json_paths *every = two_paths();
    json_paths_want_all(every);
    struct trio t[2];
    trio_open(&t[0], some, 2);
    trio_open(&t[1], every, 2);
    char *padded = NULL;
    static const struct {
        const char *before, *after;
        size_t members;
        enum json_status status[2];
    } cases[] = {
        {"{", "}", JSON_KEYS_MAX, {JSON_OK, JSON_OK}},
        {"{", "}", JSON_KEYS_MAX + 1, {JSON_TOO_WIDE, JSON_TOO_WIDE}},
        {"{", "}", 3000, {JSON_TOO_WIDE, JSON_TOO_WIDE}},
        {"{\"b\":{", "}}", 3000, {JSON_TOO_WIDE, JSON_TOO_WIDE}},
        {"{\"skipped\":{", "}}", 3000, {JSON_OK, JSON_TOO_WIDE}},
    };
    for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
        CLEANUP(buf_free) struct buf text = {0};
        buf_add_cstr(&text, cases[i].before);
        add_members(&text, 0, cases[i].members, "");
        buf_add_cstr(&text, cases[i].after);
        for (size_t k = 0; k < 2; k++) {
            const struct scanned *s = scan_text(&t[k], cases[i].before, &text, &padded);
            assert_int_equal(s->status, cases[i].status[k]);
        }
    }
    free(padded);
    trio_close(&t[0]);
    trio_close(&t[1]);
    json_paths_free(some);
    json_paths_free(every);
}

/* More keys than are learned, long ones, escaped ones: a duplicate is seen among them all. */
static void test_unlearned_duplicates(void **state)
{
    (void)state;
    struct json_paths *paths = two_paths();
    struct trio t;
    trio_open(&t, paths, 2);
    char *padded = NULL;
    CLEANUP(buf_free) struct buf longer = {0};
    add_many(&longer, "long ", 80);
    static const char *const escapes[] = {"", "\\u00e9\\n", "\xc3\xa9\\u000a"};
    for (int round = 0; round < 2; round++) {
        for (size_t twice = 0; twice < 1500; twice += 371) {
            for (size_t form = 0; form < ARRAY_LEN(escapes); form++) {
                CLEANUP(buf_free) struct buf text = {0};
                CLEANUP(buf_free) struct buf key = {0};
                buf_printf(&key, "%s%s", longer.ptr, escapes[form]);
                buf_addc(&text, '{');
                add_members(&text, 0, 1500, form == 0 ? "" : key.ptr);
                const struct scanned *s;
                buf_addc(&text, '}');
                s = scan_text(&t, "no duplicate", &text, &padded);
                assert_int_equal(s->status, JSON_OK);
                assert_false(s->record.duplicate);

                text.len--;
                /* the same key, written in the other way where there is one */
                buf_printf(&text, ",\"k%zu%s%s\":0}", twice, form == 0 ? "" : longer.ptr,
                           form == 0 ? "" : escapes[3 - form]);
                s = scan_text(&t, "a duplicate", &text, &padded);
                assert_int_equal(s->status, JSON_OK);
                assert_true(s->record.duplicate);
                assert_ptr_equal(s->record.duplicate_key.ptr + s->record.duplicate_key.len,
                                 s->record.start + s->record.len - 4);
            }
        }
    }
    free(padded);
    trio_close(&t);
    json_paths_free(paths);
}

/* Strings whose quote, backslash or fault stands at every place of every block. */
static void test_block_borders(void **state)
{
    (void)state;
    struct json_paths *paths = two_paths();
    struct trio t;
    trio_open(&t, paths, 2);
    char *padded = NULL;
    static const struct {
        const char *tail;
        enum json_status status;
    } tails[] = {
        {"", JSON_OK},         {"\\\"", JSON_OK},          {"\\\\", JSON_OK},
        {"\\\\\\\"", JSON_OK}, {"\\u0041", JSON_OK},       {"\xf0\x9f\x98\x80", JSON_OK},
        {"]}{[,:", JSON_OK},   {"\x1f", JSON_BAD},         {"\\q", JSON_BAD},
        {"\\u004", JSON_BAD},  {"\xf0\x9f\x98", JSON_BAD}, {"\xc0\xaf", JSON_BAD},
    };
    static const char *const places[] = {"{\"a\":\"%s%s\",\"z\":1}", "{\"n\":[{\"m\":\"%s%s\"}]}",
                                         "{\"n\":{\"%s%s\":[]},\"a\":2}", "{\"%s%s\":\"x\"}"};
    char filler[132];
    memset(filler, 'f', sizeof(filler));
    for (size_t len = 0; len <= 130; len++) {
        filler[len] = '\0';
        for (size_t i = 0; i < ARRAY_LEN(tails) * ARRAY_LEN(places); i++) {
            CLEANUP(buf_free) struct buf text = {0};
            const char *place = places[i % ARRAY_LEN(places)];
            size_t k = i / ARRAY_LEN(places);
            struct str form = str_of(place);
            size_t hole = str_find(form, STR("%s%s"));
            buf_add(&text, str_head(form, hole));
            buf_add_cstr(&text, filler);
            buf_add_cstr(&text, tails[k].tail);
            buf_add(&text, str_from(form, hole + 4));
            const struct scanned *s = scan_text(&t, text.ptr, &text, &padded);
            if (s->status != tails[k].status) {
                fail_msg("%s: status %d", text.ptr, s->status);
            }
            for (size_t cut = hole; s->status == JSON_OK && cut < text.len; cut += 17) {
                char *part = padded_copy(text.ptr, cut, '}');
                s = trio_scan(&t, text.ptr, part, cut, 0);
                assert_int_equal(s->status, JSON_CUT);
                free(part);
            }
        }
        filler[len] = 'f';
    }
    free(padded);
    trio_close(&t);
    json_paths_free(paths);
}

/* Records of ever new keys: what is learned stays within its bounds and everything is found. */
static void test_hostile_keys(void **state)
{
    (void)state;
    struct json_paths *paths = two_paths();
    struct trio t;
    trio_open(&t, paths, 2);
    char *padded = NULL;
    for (size_t round = 0; round < 40; round++) {
        CLEANUP(buf_free) struct buf text = {0};
        buf_add_cstr(&text, "{\"b\":{");
        add_members(&text, round * 50, 50, "");
        buf_add_cstr(&text, ",\"c\":\"found\"},");
        add_members(&text, round * 50, 50, "");
        buf_add_cstr(&text, ",\"a\":7}");
        const struct scanned *s = scan_text(&t, "new keys", &text, &padded);
        assert_int_equal(s->status, JSON_OK);
        assert_false(s->record.duplicate);
        assert_int_equal(json_got(&s->record, 0).kind, JSON_NUMBER);
        assert_int_equal(json_got(&s->record, 1).len, 5);
    }
    free(padded);
    trio_close(&t);
    json_paths_free(paths);
}

static void test_skip(void **state)
{
    (void)state;
    static const struct {
        const char *text;
        enum json_status status;
        size_t end; /* or the fault's place */
    } cases[] = {
        {"  {\"a\":[1,2]} x", JSON_OK, 13},
        {"[}", JSON_BAD, 1},
        {"\"a\\\"b\" ", JSON_OK, 6},
        {"\"a\x01\"", JSON_BAD, 2},
        {"-12.5,", JSON_OK, 5},
        {"nul", JSON_CUT, 3},
        {"{\"no\" comma}", JSON_OK, 12}, /* looked at as brackets and strings only */
        {"[[", JSON_CUT, 2},
    };
    for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
        size_t len = strlen(cases[i].text);
        char *text = padded_copy(cases[i].text, len, ']');
        enum json_status status;
        size_t used = 0;
        assert_null(trio_skip(text, len, 0, &status, &used));
        assert_int_equal(status, cases[i].status);
        struct json_fault fault;
        if (status == JSON_OK) {
            assert_int_equal(used, cases[i].end);
        } else {
            assert_int_equal(json_skip(JSON_PORTABLE, text, len, 0, &used, &fault), status);
            assert_int_equal(fault.offset, cases[i].end);
        }
        free(text);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_depth),
        cmocka_unit_test(test_width),
        cmocka_unit_test(test_unlearned_duplicates),
        cmocka_unit_test(test_block_borders),
        cmocka_unit_test(test_hostile_keys),
        cmocka_unit_test(test_skip),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
