/*
 * Random documents, whole, damaged and cut: the variants agree with each other, the ways of
 * scanning agree, and jansson agrees on what is JSON and what it says.
 */
#include "base/utf8.h"
#include "json_contract.h"
#include "json_help.h"

enum { DOCUMENTS = 6000, DAMAGED_EACH = 6 };

struct maker {
    struct buf out;
    uint64_t random;
};

static void add_blank(struct maker *m)
{
    static const char *const blanks[] = {
        "", "", "", "", " ", "\n", "\r\n", "\t", "\n                                      "};
    buf_add_cstr(&m->out, blanks[random_below(&m->random, ARRAY_LEN(blanks))]);
}

static void add_string(struct maker *m)
{
    static const char *const pieces[] = {
        "plain",
        "\\\"",
        "\\\\",
        "\\n",
        "\\u00e9",
        "\xc3\xa9",
        "\xe2\x82\xac",
        "]}{[",
        "\xf0\x9f\x98\x80",
        "\\ud83d\\ude00",
        "\\/",
        ",:",
        "\\u0000",
        "\x7f",
        "a longer run of text that goes over the border of a block of bytes"};
    buf_addc(&m->out, '"');
    for (size_t n = random_below(&m->random, 5); n > 0; n--) {
        buf_add_cstr(&m->out, pieces[random_below(&m->random, ARRAY_LEN(pieces))]);
    }
    buf_addc(&m->out, '"');
}

static void add_key(struct maker *m)
{
    static const char *const keys[] = {"a",
                                       "b",
                                       "c",
                                       "\\u0061",
                                       "eventSource",
                                       "eventName",
                                       "userIdentity",
                                       "type",
                                       "d",
                                       "e\\\"f",
                                       "aKeyThatIsTooLongToBeComparedInOneGoAndMore"};
    buf_printf(&m->out, "\"%s", keys[random_below(&m->random, ARRAY_LEN(keys))]);
    if (random_below(&m->random, 8) == 0) {
        buf_printf(&m->out, "%zu", random_below(&m->random, 1000));
    }
    buf_addc(&m->out, '"');
}

static void add_value(struct maker *m, unsigned depth)
{
    static const char *const scalars[] = {"true", "false",   "null",           "0",    "-1", "3.25",
                                          "1e9",  "-0.5E-3", "12345678901234", "1E400"};
    size_t kind = random_below(&m->random, depth == 0 ? 1 : depth > 5 ? 6 : 10);
    add_blank(m);
    if (depth > 0 && kind < 3) {
        buf_add_cstr(&m->out, scalars[random_below(&m->random, ARRAY_LEN(scalars))]);
    } else if (depth > 0 && kind < 6) {
        add_string(m);
    } else {
        bool object = depth == 0 || kind < 8;
        size_t n = random_below(&m->random, depth == 0 ? 12 : 5);
        buf_addc(&m->out, object ? '{' : '[');
        for (size_t i = 0; i < n; i++) {
            buf_add_cstr(&m->out, i > 0 ? "," : "");
            if (object) {
                add_blank(m);
                add_key(m);
                add_blank(m);
                buf_addc(&m->out, ':');
            }
            add_value(m, depth + 1);
        }
        add_blank(m);
        buf_addc(&m->out, object ? '}' : ']');
    }
    add_blank(m);
}

static void damage(struct maker *m, char *text, size_t len)
{
    static const char bytes[] = "{}[]\",:\\0eu \n\x01\x7f\xff\xc3\x80-.";
    for (size_t n = 1 + random_below(&m->random, 3); n > 0; n--) {
        text[random_below(&m->random, len)] = bytes[random_below(&m->random, sizeof(bytes))];
    }
}

static void check(struct contract *c, const char *text, size_t len, const char *how)
{
    const char *wrong = contract_check(c, text, len);
    if (wrong != NULL) {
        CLEANUP(buf_free) struct buf visible = {0};
        utf8_add_visible(&visible, (struct str){text, len});
        fail_msg("%s (%s): %s", wrong, how, visible.ptr);
    }
}

static void test_random(void **state)
{
    (void)state;
    struct contract c;
    contract_open(&c);
    struct maker m = {.random = 88172645463325252U};
    size_t accepted = 0;
    for (int i = 0; i < DOCUMENTS; i++) {
        buf_reset(&m.out);
        add_value(&m, 0);
        assert_false(m.out.failed);
        check(&c, m.out.ptr, m.out.len, "whole");
        assert_int_equal(c.all.got[JSON_PORTABLE].status, JSON_OK);

        size_t cut = random_below(&m.random, c.all.got[JSON_PORTABLE].used);
        check(&c, m.out.ptr, cut, "cut");
        assert_int_equal(c.all.got[JSON_PORTABLE].status, JSON_CUT);
        assert_int_equal(c.plain.got[JSON_PORTABLE].status, JSON_CUT);

        for (int k = 0; k < DAMAGED_EACH; k++) {
            char *text = malloc(m.out.len);
            assert_non_null(text);
            memcpy(text, m.out.ptr, m.out.len);
            damage(&m, text, m.out.len);
            check(&c, text, m.out.len, "damaged");
            accepted += c.all.got[JSON_PORTABLE].status == JSON_OK;
            free(text);
        }
    }
    /* Damage must be neither always fatal nor always harmless, or nothing was tested. */
    assert_in_range(accepted, DOCUMENTS * DAMAGED_EACH / 20, DOCUMENTS * DAMAGED_EACH * 19 / 20);
    buf_free(&m.out);
    contract_close(&c);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(test_random)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
