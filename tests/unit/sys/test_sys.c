#include <errno.h>
#include <fcntl.h>
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stdatomic.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cmocka.h>

#include "base/arena.h"
#include "sys/clock.h"
#include "sys/cpu.h"
#include "sys/entropy.h"
#include "sys/file.h"
#include "sys/term.h"
#include "sys/walk.h"
#include "sys/workers.h"

static char root[] = "/tmp/faaswatch-sys-XXXXXX";

static struct str below(struct arena *a, const char *name)
{
    struct str out;
    assert_true(arena_printf(a, &out, "%s/%s", root, name));
    return out;
}

static int set_up(void **state)
{
    (void)state;
    return mkdtemp(root) == NULL ? -1 : 0;
}

static int tear_down(void **state)
{
    (void)state;
    CLEANUP(arena_free) struct arena a = {0};
    struct walk_list list = {0};
    if (walk_files(str_of(root), &a, &list, NULL) == ERR_OK) {
        for (size_t i = 0; i < list.len; i++) {
            (void)unlink(list.at[i].path.ptr);
        }
    }
    VEC_FREE(&list);
    static const char *const rest[] = {"tree/b/loop", "tree/b", "tree/a.d", "tree", "link"};
    for (size_t i = 0; i < ARRAY_LEN(rest); i++) {
        struct str p = below(&a, rest[i]);
        (void)unlink(p.ptr);
        (void)rmdir(p.ptr);
    }
    return rmdir(root);
}

static void test_write_read(void **state)
{
    (void)state;
    CLEANUP(arena_free) struct arena a = {0};
    CLEANUP(buf_free) struct buf text = {0};
    struct err err = {0};
    struct str path = below(&a, "one");

    assert_int_equal(file_write(path, STR("first"), false, &err), ERR_OK);
    assert_int_equal(file_write(path, STR("second"), false, &err), ERR_USAGE);
    assert_non_null(strstr(err.msg, "--clobber"));
    assert_int_equal(file_read(path, &text, NULL), ERR_OK);
    assert_string_equal(text.ptr, "first");
    assert_int_equal(file_write(path, STR("second"), true, NULL), ERR_OK);
    assert_int_equal(file_read(path, &text, NULL), ERR_OK);
    assert_string_equal(text.ptr, "second");

    struct str link = below(&a, "link");
    assert_int_equal(symlink(path.ptr, link.ptr), 0);
    assert_int_equal(file_write(link, STR("third"), true, NULL), ERR_OK);
    assert_int_equal(file_read(path, &text, NULL), ERR_OK);
    assert_string_equal(text.ptr, "third");

    assert_int_equal(file_write(STR("/dev/null"), STR("x"), false, NULL), ERR_OK);
    assert_int_equal(file_write(str_of(root), STR("x"), true, NULL), ERR_USAGE);
    assert_int_equal(file_write(below(&a, "no/such"), STR("x"), true, NULL), ERR_NOTFOUND);
    assert_int_equal(file_kind(path, NULL), FILE_REGULAR);

    /* Nothing half-written stays. */
    struct walk_list list = {0};
    assert_int_equal(walk_files(str_of(root), &a, &list, NULL), ERR_OK);
    assert_int_equal(list.len, 2);
    VEC_FREE(&list);
}

static void test_read_bounds(void **state)
{
    (void)state;
    CLEANUP(arena_free) struct arena a = {0};
    CLEANUP(buf_free) struct buf text = {0};
    struct err err = {0};
    struct str path = below(&a, "two");
    assert_int_equal(file_write(path, STR("0123456789"), true, NULL), ERR_OK);

    static const struct {
        size_t max;
        enum err_code want;
    } rows[] = {{0, ERR_OK}, {11, ERR_OK}, {10, ERR_OK}, {9, ERR_LIMIT}, {1, ERR_LIMIT}};
    for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
        text.max = rows[i].max;
        assert_int_equal(file_read(path, &text, NULL), rows[i].want);
    }
    text.max = 0;
    assert_int_equal(file_read(below(&a, "none"), &text, &err), ERR_NOTFOUND);
    assert_non_null(strstr(err.msg, "none"));
    assert_int_equal(file_read(str_of(root), &text, NULL), ERR_IO);
    assert_int_equal(file_read(((struct str){"a\0b", 3}), &text, NULL), ERR_IO);

    for (unsigned long n = 1;; n++) {
        CLEANUP(buf_free) struct buf fresh = {0};
        mem_torture(n);
        enum err_code rc = file_read(path, &fresh, NULL);
        mem_torture(0);
        if (rc == ERR_OK) {
            assert_true(n > 1);
            break;
        }
        assert_int_equal(rc, ERR_NOMEM);
    }
}

static void test_walk_order(void **state)
{
    (void)state;
    CLEANUP(arena_free) struct arena a = {0};
    static const char *const dirs[] = {"tree", "tree/b", "tree/a.d"};
    static const char *const files[] = {"tree/b/2", "tree/b/.hidden", "tree/a", "tree/a.d/x",
                                        "tree/b-1"};
    static const char *const want[] = {"tree/a",         "tree/a.d/x", "tree/b-1",
                                       "tree/b/.hidden", "tree/b/2",   "tree/b/3"};
    for (size_t i = 0; i < ARRAY_LEN(dirs); i++) {
        assert_int_equal(mkdir(below(&a, dirs[i]).ptr, 0700), 0);
    }
    for (size_t i = 0; i < ARRAY_LEN(files); i++) {
        assert_int_equal(file_write(below(&a, files[i]), STR("abc"), false, NULL), ERR_OK);
    }
    assert_int_equal(symlink(below(&a, "tree").ptr, below(&a, "tree/b/loop").ptr), 0);
    assert_int_equal(symlink(below(&a, "tree/a").ptr, below(&a, "tree/b/3").ptr), 0);

    struct walk_list list = {0};
    assert_int_equal(walk_files(below(&a, "tree"), &a, &list, NULL), ERR_OK);
    assert_int_equal(list.len, ARRAY_LEN(want));
    for (size_t i = 0; i < list.len; i++) {
        assert_string_equal(list.at[i].path.ptr, below(&a, want[i]).ptr);
        assert_int_equal(list.at[i].size, 3);
    }
    VEC_FREE(&list);
    struct err err = {0};
    assert_int_equal(walk_files(below(&a, "nothing"), &a, &list, &err), ERR_NOTFOUND);

    for (unsigned long n = 1;; n++) {
        struct walk_list again = {0};
        CLEANUP(arena_free) struct arena own = {0};
        mem_torture(n);
        enum err_code rc = walk_files(str_of(root), &own, &again, NULL);
        mem_torture(0);
        VEC_FREE(&again);
        if (rc == ERR_OK) {
            assert_true(n > 5);
            break;
        }
        assert_int_equal(rc, ERR_NOMEM);
    }
}

struct tally {
    _Atomic uint64_t sum;
    _Atomic unsigned calls;
    unsigned jobs;
};

static void add_range(void *arg, unsigned worker, size_t from, size_t to)
{
    struct tally *t = arg;
    uint64_t sum = 0;
    for (size_t i = from; i < to; i++) {
        sum += i + 1;
    }
    atomic_fetch_add(&t->sum, worker < t->jobs ? sum : UINT64_C(1) << 60);
    atomic_fetch_add(&t->calls, 1);
}

static void test_workers(void **state)
{
    (void)state;
    static const struct {
        unsigned jobs;
        size_t items, batch;
        unsigned calls;
    } rows[] = {{1, 0, 1, 0}, {1, 10, 3, 4},     {4, 1000, 7, 143},
                {8, 3, 1, 3}, {8, 100, 1000, 1}, {100000, 10, 0, 10}};
    for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
        struct tally t = {.jobs = rows[i].jobs};
        workers_run(rows[i].jobs, rows[i].items, rows[i].batch, add_range, &t);
        assert_int_equal(t.sum, rows[i].items * (rows[i].items + 1) / 2);
        assert_int_equal(t.calls, rows[i].calls);
    }
}

static void test_machine(void **state)
{
    (void)state;
    assert_in_range(cpu_usable(), 1, 100000);
    int64_t before = clock_mono_us();
    assert_true(clock_mono_us() >= before);
    assert_true(clock_cpu_us() > 0);
    unsigned char a[64] = {0};
    unsigned char b[64] = {0};
    assert_int_equal(entropy_fill(a, sizeof(a), NULL), ERR_OK);
    assert_int_equal(entropy_fill(b, sizeof(b), NULL), ERR_OK);
    assert_memory_not_equal(a, b, sizeof(a));
}

static void test_term(void **state)
{
    (void)state;
    int fd = open("/dev/null", O_RDONLY | O_CLOEXEC);
    assert_true(fd >= 0);
    assert_false(term_is_tty(fd));
    static const struct {
        const char *columns;
        unsigned want;
    } rows[] = {{"132", 132}, {"1", 20}, {"99999", 1000}, {"wide", 80}, {"0", 80}, {NULL, 80}};
    for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
        (void)(rows[i].columns == NULL ? unsetenv("COLUMNS")
                                       : setenv("COLUMNS", rows[i].columns, 1));
        assert_int_equal(term_width(fd), rows[i].want);
    }
    (void)unsetenv("NO_COLOR");
    (void)unsetenv("CLICOLOR_FORCE");
    assert_false(term_wants_color(fd));
    (void)setenv("CLICOLOR_FORCE", "1", 1);
    assert_true(term_wants_color(fd));
    (void)setenv("NO_COLOR", "1", 1);
    assert_false(term_wants_color(fd));
    (void)close(fd);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_write_read), cmocka_unit_test(test_read_bounds),
        cmocka_unit_test(test_walk_order), cmocka_unit_test(test_workers),
        cmocka_unit_test(test_machine),    cmocka_unit_test(test_term),
    };
    return cmocka_run_group_tests(tests, set_up, tear_down);
}
