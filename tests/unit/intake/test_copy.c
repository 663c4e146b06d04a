#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <unistd.h>

#include <cmocka.h>

#include "base/buf.h"
#include "base/mem.h"
#include "intake/intake.h"

struct taken {
    struct buf all; /* "header|bytes\n" a record */
};

static bool take(void *arg, size_t index, struct str header, struct str bytes)
{
    struct taken *t = arg;
    buf_printf(&t->all, "%zu:", index);
    buf_add(&t->all, header);
    buf_addc(&t->all, '|');
    buf_add(&t->all, bytes);
    buf_addc(&t->all, '\n');
    return !t->all.failed;
}

static enum err_code copy(const char *text, const struct intake_range *ranges, size_t count,
                          struct taken *t)
{
    char path[] = "/tmp/faaswatch-copy-XXXXXX";
    int fd = mkstemp(path);
    assert_true(fd >= 0);
    assert_int_equal(write(fd, text, str_of(text).len), (ssize_t)str_of(text).len);
    close(fd);
    struct intake_copy_sink sink = {t, take};
    struct intake *in = intake_new(&intake_limits_default);
    enum err_code rc =
        in == NULL ? ERR_NOMEM : intake_copy(in, str_of(path), ranges, count, &sink, NULL);
    intake_free(in);
    unlink(path);
    return rc;
}

static void check(const char *text, const struct intake_range *ranges, size_t count,
                  const char *want)
{
    struct taken t = {0};
    assert_int_equal(copy(text, ranges, count, &t), ERR_OK);
    buf_addc(&t.all, '\0');
    assert_string_equal(t.all.ptr, want);
    buf_free(&t.all);
}

static void test_json(void **state)
{
    (void)state;
    static const char text[] = "{\"Records\":[{\"a\":1},{\"b\":2}]}\n{\"c\":3}";
    const struct intake_range ranges[] = {{12, 7}, {20, 7}, {30, 7}};
    check(text, ranges, 3, "0:|{\"a\":1}\n1:|{\"b\":2}\n2:|{\"c\":3}\n");
    /* What is not there, or overlaps, is not handed out. */
    const struct intake_range odd[] = {{12, 7}, {13, 3}, {30, 100}};
    check(text, odd, 3, "0:|{\"a\":1}\n1:|\"a\"\n");
    check(text, odd, 0, "");
}

static void test_tables(void **state)
{
    (void)state;
    static const char zeek[] = "#fields\ta\tb\n1\t2\n3\t4\n#fields\tc\td\n5\t6\n";
    const struct intake_range ranges[] = {{12, 3}, {32, 3}};
    check(zeek, ranges, 2, "0:#fields\ta\tb\n|1\t2\n1:#fields\tc\td\n|5\t6\n");
    static const char csv[] = "time,who,what\n1,2,3\n4,5,6\n";
    const struct intake_range lines[] = {{14, 5}, {20, 5}};
    check(csv, lines, 2, "0:time,who,what\n|1,2,3\n1:|4,5,6\n");
}

static void test_stdin(void **state)
{
    (void)state;
    struct err err = {0};
    struct intake *in = intake_new(&intake_limits_default);
    struct intake_copy_sink sink = {NULL, take};
    assert_non_null(in);
    assert_int_equal(intake_copy(in, STR("-"), NULL, 0, &sink, &err), ERR_IO);
    assert_int_equal(intake_copy(in, STR("/nowhere/at/all"), NULL, 0, &sink, NULL), ERR_IO);
    intake_free(in);
}

static void test_memory(void **state)
{
    (void)state;
    const struct intake_range ranges[] = {{12, 3}};
    bool done = false;
    for (unsigned long n = 1; !done; n++) {
        struct taken t = {0};
        mem_torture(n);
        enum err_code rc = copy("#fields\ta\tb\n1\t2\n", ranges, 1, &t);
        mem_torture(0);
        done = rc == ERR_OK;
        assert_true(done || rc == ERR_NOMEM);
        buf_free(&t.all);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_json),
        cmocka_unit_test(test_tables),
        cmocka_unit_test(test_stdin),
        cmocka_unit_test(test_memory),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
