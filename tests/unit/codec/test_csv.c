#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "base/attr.h"
#include "base/buf.h"
#include "codec/csv.h"

/* All rows as "line:a|b|c/" with '~' for a ragged row and "!fault" for a damaged one. */
static enum err_code read_all(struct str text, char sep, char comment, struct buf *out)
{
    CLEANUP(arena_free) struct arena arena = {.limit = 1 << 20};
    struct err err = {0};
    struct csv c;
    struct csv_row row;
    enum err_code rc = csv_open(&c, text, sep, &arena, &err);
    c.comment = comment;
    while (rc == ERR_OK && (rc = csv_next(&c, &row, &err)) == ERR_OK && row.count > 0) {
        buf_printf(out, "%u:", (unsigned)row.line);
        if (row.fault != NULL) {
            buf_printf(out, "!%s/", row.fault);
            continue;
        }
        for (size_t i = 0; i < row.count; i++) {
            buf_add_cstr(out, i > 0 ? "|" : "");
            buf_add(out, row.field[i]);
        }
        buf_add_cstr(out, row.ragged ? "~/" : "/");
    }
    csv_close(&c);
    assert_int_equal(err.code, rc);
    return rc;
}

static const struct {
    const char *what;
    const char *in;
    char sep, comment;
    const char *want;
} rows[] = {
    {"plain", "a,b\n1,2\n", 0, 0, "1:a|b/2:1|2/"},
    {"no last newline", "a,b\n1,2", 0, 0, "1:a|b/2:1|2/"},
    {"crlf", "a,b\r\n1,2\r\n", 0, 0, "1:a|b/2:1|2/"},
    {"utf-8 mark",
     "\xef\xbb\xbf"
     "a,b\n",
     0, 0, "1:a|b/"},
    {"semicolons found", "a;b;c,d\n1;2;3\n", 0, 0, "1:a|b|c,d/2:1|2|3/"},
    {"tabs found", "a\tb\n1\t2,5\n", 0, 0, "1:a|b/2:1|2,5/"},
    {"separators in quotes do not vote", "\"a;b;c\",d\n", 0, 0, "1:a;b;c|d/"},
    {"separator given", "a;b\n", ',', 0, "1:a;b/"},
    {"excel's sep line", "sep=;\r\na;b\r\n", 0, 0, "2:a|b/"},
    {"quoted separator", "a,\"b,c\"\n", 0, 0, "1:a|b,c/"},
    {"quoted newline counts lines", "a,\"b\nc\"\nd,e\n", 0, 0, "1:a|b\nc/3:d|e/"},
    {"doubled quotes", "\"say \"\"hi\"\"\",\"\"\"\"\n", 0, 0, "1:say \"hi\"|\"/"},
    {"empty quoted", "\"\",x\n", 0, 0, "1:|x/"},
    {"space before a quote", "a, \"b, c\" ,d\n", 0, 0, "1:a|b, c|d/"},
    {"quote inside an open field is text", "5\" pipe,b\n", 0, 0, "1:5\" pipe|b/"},
    {"trailing separator is a field", "a,\n,\n", 0, 0, "1:a|/2:|/"},
    {"empty lines are no rows", "\n\r\na,b\n\n1,2\n\n", 0, 0, "3:a|b/5:1|2/"},
    {"ragged rows are told", "a,b\n1\n1,2,3\n", 0, 0, "1:a|b/2:1~/3:1|2|3~/"},
    {"comments", "# x\na,b\n#y\n1,2\n", 0, '#', "2:a|b/4:1|2/"},
    {"one bad row costs itself", "a,b\n\"x,1\ny,2\n", 0, 0,
     "1:a|b/2:!a quote is not closed/3:y|2/"},
    {"then quotes end on their line", "a,b\n\"x,1\n\"y\",2\n\"z\n", 0, 0,
     "1:a|b/2:!text after a closing quote/3:y|2/4:!a quote is not closed/"},
    {"text after a quote", "a,b\n\"x\"y,1\nz,2\n", 0, 0,
     "1:a|b/2:!text after a closing quote/3:z|2/"},
    {"nothing", "", 0, 0, ""},
    {"only newlines", "\n\n\r\n", 0, 0, ""},
    {"a lone quote", "\"", 0, 0, "1:!a quote is not closed/"},
};

static void test_rows(void **state)
{
    (void)state;
    for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
        CLEANUP(buf_free) struct buf out = {0};
        buf_init(&out, 0);
        enum err_code rc = read_all(str_of(rows[i].in), rows[i].sep, rows[i].comment, &out);
        if (rc != ERR_OK || !str_eq(buf_str(&out), str_of(rows[i].want))) {
            fail_msg("%s: %s got %.*s want %s", rows[i].what, err_code_name(rc),
                     STR_ARG(buf_str(&out)), rows[i].want);
        }
    }
}

static void test_utf16(void **state)
{
    (void)state;
    CLEANUP(buf_free) struct buf out = {0};
    buf_init(&out, 0);
    assert_int_equal(read_all(str_make("\xff\xfe"
                                       "a\0",
                                       4),
                              0, 0, &out),
                     ERR_SYNTAX);
}

static void test_limits(void **state)
{
    (void)state;
    CLEANUP(buf_free) struct buf in = {0};
    CLEANUP(buf_free) struct buf out = {0};
    buf_init(&in, 0);
    buf_init(&out, 0);
    for (int i = 0; i < CSV_COLUMNS_MAX + 5; i++) {
        buf_add_cstr(&in, "a,");
    }
    buf_add_cstr(&in, "\nb,c\n\"");
    for (int i = 0; i < CSV_FIELD_MAX + 5; i++) {
        buf_addc(&in, 'x');
    }
    buf_add_cstr(&in, "\"\nd,e\n");
    assert_int_equal(read_all(buf_str(&in), ',', 0, &out), ERR_OK);
    assert_string_equal(out.ptr, "1:!more than 1024 columns/2:b|c/3:!a quote is not closed/4:d|e/");
}

/* A stray quote on each line must not make reading quadratic. */
static void test_many_open_quotes(void **state)
{
    (void)state;
    CLEANUP(buf_free) struct buf in = {0};
    CLEANUP(arena_free) struct arena arena = {0};
    buf_init(&in, 0);
    for (int i = 0; i < 400000; i++) {
        buf_add_cstr(&in, "\"x\"y\n");
    }
    struct csv c;
    struct csv_row row;
    struct err err = {0};
    size_t faults = 0;
    assert_int_equal(csv_open(&c, buf_str(&in), 0, &arena, &err), ERR_OK);
    while (csv_next(&c, &row, &err) == ERR_OK && row.count > 0) {
        faults += row.fault != NULL;
    }
    csv_close(&c);
    assert_int_equal(faults, 400000);
}

static void test_torture(void **state)
{
    (void)state;
    for (unsigned long n = 1;; n++) {
        CLEANUP(buf_free) struct buf out = {0};
        buf_init(&out, 0);
        assert_true(buf_reserve(&out, 256));
        mem_torture(n);
        enum err_code rc = read_all(STR("a,b\n\"x \"\"y\"\"\",2\n"), 0, 0, &out);
        mem_torture(0);
        if (rc == ERR_OK) {
            assert_true(n > 2);
            break;
        }
        assert_true(rc == ERR_LIMIT || rc == ERR_NOMEM);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_rows),    cmocka_unit_test(test_utf16),
        cmocka_unit_test(test_limits),  cmocka_unit_test(test_many_open_quotes),
        cmocka_unit_test(test_torture),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
