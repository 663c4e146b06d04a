/* Tables fit the terminal, whatever is in their cells. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

#include <cmocka.h>

#include "base/utf8.h"
#include "cli/columns.h"

static const struct column_of columns[] = {
    {"NAME", 8, 0, false}, {"COUNT", 5, 2, true}, {"WHO", 6, 1, false}};

static void write_table(struct buf *out, const struct str *cells, size_t rows, unsigned width)
{
    buf_reset(out);
    assert_true(columns_write(out, columns, ARRAY_LEN(columns), cells, rows, width));
}

static void test_widths(void **state)
{
    (void)state;
    const struct str cells[] = {STR("payments-webhook-of-the-shop"),
                                STR("12"),
                                STR("ana@x.example"),
                                STR("a"),
                                STR("1,204"),
                                STR("role/deploy")};
    CLEANUP(buf_free) struct buf out = {0};
    write_table(&out, cells, 2, 60);
    assert_true(str_eq(buf_str(&out), STR("NAME                          COUNT  WHO\n"
                                          "payments-webhook-of-the-shop     12  ana@x.example\n"
                                          "a                             1,204  role/deploy\n")));
    for (unsigned width = 8; width < 80; width++) {
        write_table(&out, cells, 2, width);
        struct str text = buf_str(&out);
        struct str line;
        size_t lines = 0;
        while (str_cut(&text, '\n', &line)) {
            assert_true(utf8_width(line) <= width);
            assert_true(line.len == 0 || line.ptr[line.len - 1] != ' ');
            lines++;
        }
        assert_int_equal(lines, 3);
    }
    /* The one with the higher rank goes first. */
    write_table(&out, cells, 2, 18);
    assert_true(str_find(buf_str(&out), STR("COUNT")) == SIZE_MAX);
    assert_true(str_find(buf_str(&out), STR("WHO")) != SIZE_MAX);
    write_table(&out, cells, 2, 10);
    assert_true(str_find(buf_str(&out), STR("WHO")) == SIZE_MAX);
}

static void test_hostile(void **state)
{
    (void)state;
    const struct str cells[] = {STR("a\nb\x1b[31m"), STR("\xff"), STR("\xe6\x97\xa5\xe6\x9c\xac")};
    CLEANUP(buf_free) struct buf out = {0};
    write_table(&out, cells, 1, 40);
    struct str text = buf_str(&out);
    size_t lines = 0;
    for (size_t i = 0; i < text.len; i++) {
        lines += text.ptr[i] == '\n';
        assert_true(text.ptr[i] != '\x1b');
    }
    assert_int_equal(lines, 2);
}

static void test_empty(void **state)
{
    (void)state;
    CLEANUP(buf_free) struct buf out = {0};
    write_table(&out, NULL, 0, 80);
    assert_true(str_eq(buf_str(&out), STR("NAME  COUNT  WHO\n")));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_widths),
        cmocka_unit_test(test_hostile),
        cmocka_unit_test(test_empty),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
