#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>

#include <cmocka.h>

#include "intake/intake.h"
#include "sys/file.h"

static char root[] = "/tmp/test_list_XXXXXX";

static struct str make(struct arena *a, const char *day)
{
    struct str path;
    assert_true(arena_printf(a, &path, "%s/2026/11/%s", root, day));
    assert_int_equal(mkdir(path.ptr, 0755), 0);
    assert_true(arena_printf(a, &path, "%s/2026/11/%s/x.json", root, day));
    assert_int_equal(file_write(path, STR("{}"), false, NULL), ERR_OK);
    return path;
}

/* --since leaves out what a directory's paths say is older, with a day of slack; a file that is
 * named is meant. */
static void test_pruning(void **state)
{
    (void)state;
    CLEANUP(arena_free) struct arena a = {0};
    assert_non_null(mkdtemp(root));
    struct str path;
    assert_true(arena_printf(&a, &path, "%s/2026", root) && mkdir(path.ptr, 0755) == 0);
    assert_true(arena_printf(&a, &path, "%s/2026/11", root) && mkdir(path.ptr, 0755) == 0);
    struct str old = make(&a, "10");
    (void)make(&a, "19");
    (void)make(&a, "20");
    int64_t since = time_of_date(2026, 11, 20) + 9 * TIME_HOUR_US;
    struct input_list list = {0};
    struct str dir = str_of(root);
    assert_int_equal(input_list_build(&dir, 1, since, &a, &list, NULL), ERR_OK);
    assert_int_equal(list.len, 2);
    assert_int_equal(list.pruned, 1);
    VEC_FREE(&list);
    struct str both[] = {dir, old};
    struct input_list more = {0};
    assert_int_equal(input_list_build(both, 2, since, &a, &more, NULL), ERR_OK);
    assert_int_equal(more.len, 3);
    assert_true(str_eq(more.at[2].path, old));
    VEC_FREE(&more);
    char command[64];
    (void)snprintf(command, sizeof(command), "rm -r %s", root);
    assert_int_equal(system(command), 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(test_pruning)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
