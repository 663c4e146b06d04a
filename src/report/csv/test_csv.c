#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "base/utf8.h"
#include "codec/csv.h"
#include "tests/unit/report/fixture.h"

extern const struct report_ops report_csv;

enum { COLUMNS = 28, TITLE = 4 };

static void read_rows(struct buf *out, struct fixture *f)
{
    CLEANUP(arena_free) struct arena a = {0};
    struct csv c;
    struct csv_row row;
    size_t rows = 0;
    assert_int_equal(csv_open(&c, buf_str(out), ',', &a, NULL), ERR_OK);
    while (csv_next(&c, &row, NULL) == ERR_OK && row.count > 0) {
        assert_null(row.fault);
        assert_int_equal(row.count, COLUMNS);
        if (rows > 0) {
            struct str title = row.field[TITLE];
            assert_true(str_find(title, STR("Function code replaced")) != SIZE_MAX);
        }
        rows++;
    }
    csv_close(&c);
    assert_int_equal(rows, fixture_result(f)->findings.len + 1);
}

/* Whatever the texts are: as many rows as findings, as many fields as columns. */
static void test_shape(void **state)
{
    (void)state;
    for (size_t i = 0; fixture_hostile[i] != NULL; i++) {
        CLEANUP(fixture_done) struct fixture *f = fixture_new(str_of(fixture_hostile[i]));
        CLEANUP(buf_free) struct buf out = {0};
        fixture_write(&report_csv, f, &out);
        read_rows(&out, f);
    }
}

struct cell {
    const char *text;
    const char *want; /* as the field reads */
};

static const struct cell cells[] = {
    {"=1+1", "'=1+1"},
    {"+1", "'+1"},
    {"-1", "'-1"},
    {"@SUM(A1)", "'@SUM(A1)"},
    {"\t=1", "'\\x09=1"},
    {"\r=1", "'\\x0d=1"},
    {"\n=1", "'\\x0a=1"},
    {" =1", "' =1"},
    {"\"=1", "'\"=1"},
    {"'=1", "''=1"},
    {"\xef\xbb\xbf=1", "'\\ufeff=1"},
    {"\xef\xbc\x9d"
     "1",
     "'\xef\xbc\x9d"
     "1"},
    {" \" \xef\xbc\x8b"
     "1",
     "' \" \xef\xbc\x8b"
     "1"},
    {"|calc", "'|calc"},
    {"a=1", "a=1"},
    {"a,b\"c", "a,b\"c"},
    {"x\ny", "x\\x0ay"},
    {"'plain", "'plain"},
    {"", ""},
};

static void test_cells(void **state)
{
    (void)state;
    for (size_t i = 0; i < ARRAY_LEN(cells); i++) {
        CLEANUP(fixture_done) struct fixture *f = fixture_new(STR_EMPTY);
        CLEANUP(buf_free) struct buf out = {0};
        CLEANUP(arena_free) struct arena a = {0};
        struct csv c;
        struct csv_row row;
        fixture_result(f)->findings.at[0]->explain = str_of(cells[i].text);
        fixture_write(&report_csv, f, &out);
        assert_int_equal(csv_open(&c, buf_str(&out), ',', &a, NULL), ERR_OK);
        assert_int_equal(csv_next(&c, &row, NULL), ERR_OK);
        assert_int_equal(csv_next(&c, &row, NULL), ERR_OK);
        struct str field = row.field[COLUMNS - 1];
        if (!str_eq(field, str_of(cells[i].want))) {
            fail_msg("\"%s\" becomes \"%.*s\"", cells[i].text, STR_ARG(field));
        }
        csv_close(&c);
    }
}

/* No field of any report begins like a formula. */
static void test_formulas(void **state)
{
    (void)state;
    for (size_t i = 0; fixture_hostile[i] != NULL; i++) {
        CLEANUP(fixture_done) struct fixture *f = fixture_new(str_of(fixture_hostile[i]));
        fixture_result(f)->findings.at[0]->explain = str_of(fixture_hostile[i]);
        CLEANUP(buf_free) struct buf out = {0};
        CLEANUP(arena_free) struct arena a = {0};
        struct csv c;
        struct csv_row row;
        fixture_write(&report_csv, f, &out);
        assert_int_equal(csv_open(&c, buf_str(&out), ',', &a, NULL), ERR_OK);
        while (csv_next(&c, &row, NULL) == ERR_OK && row.count > 0) {
            for (size_t j = 0; j < row.count; j++) {
                struct str s = str_trim(row.field[j]);
                assert_true(s.len == 0 || str_chr(STR("=+-@\t"), s.ptr[0]) == SIZE_MAX);
                assert_false(str_starts(s, STR("\xef\xbc\x9d")));
            }
        }
        csv_close(&c);
    }
}

/* Lines end with CRLF; apart from that the rules for all texts hold. */
static void test_habits(void **state)
{
    (void)state;
    for (size_t i = 0; fixture_hostile[i] != NULL; i++) {
        CLEANUP(fixture_done) struct fixture *f = fixture_new(str_of(fixture_hostile[i]));
        CLEANUP(buf_free) struct buf out = {0};
        fixture_write(&report_csv, f, &out);
        struct str rest = buf_str(&out);
        struct str line;
        while (str_cut(&rest, '\n', &line)) {
            assert_true(str_ends(line, STR("\r")));
            line.len--;
            uint32_t code;
            while (utf8_next(&line, &code)) {
                assert_false(utf8_is_unsafe(code));
            }
        }
    }
    fixture_check_secrets(&report_csv);
    fixture_check_memory(&report_csv);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_shape),
        cmocka_unit_test(test_cells),
        cmocka_unit_test(test_formulas),
        cmocka_unit_test(test_habits),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
