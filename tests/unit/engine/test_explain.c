/* Ids of --explain: found, unknown with the nearest, too short to say which. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "base/mem.h"
#include "engine/explain.h"

static struct case_file files[] = {{.id = STR_INIT("7f3a11223344")},
                                   {.id = STR_INIT("7f3b55667788")},
                                   {.id = STR_INIT("0123456789ab")}};
static struct case_file *list[] = {&files[0], &files[1], &files[2]};

static enum err_code check(const char *id, size_t cases, struct err *err)
{
    struct str ids[] = {str_of(id)};
    struct str_list wanted = {.at = ids, .len = 1};
    struct result r = {0};
    r.cases.at = list;
    r.cases.len = cases;
    return explain_check(&wanted, &r, err);
}

static void test_ids(void **state)
{
    (void)state;
    static const struct {
        const char *id;
        size_t cases;
        enum err_code code;
        const char *message;
    } rows[] = {
        {"7f3a", 3, ERR_OK, ""},
        {"7f3a11223344", 3, ERR_OK, ""},
        {"7f3", 3, ERR_USAGE, "several cases begin so: 7f3a11223344, 7f3b55667788"},
        {"7f3c", 3, ERR_NOTFOUND, "nearest: 7f3a1122, 7f3b5566, 01234567"},
        {"0123ffff", 3, ERR_NOTFOUND, "nearest: 01234567"},
        {"7f3a112233445566", 3, ERR_NOTFOUND, "no case has this id"},
        {"7f3a", 0, ERR_NOTFOUND, "this run made no case"},
    };
    for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
        struct err err = {0};
        assert_int_equal(check(rows[i].id, rows[i].cases, &err), rows[i].code);
        if (rows[i].code != ERR_OK && strstr(err.msg, rows[i].message) == NULL) {
            fail_msg("%s: \"%s\" lacks \"%s\"", rows[i].id, err.msg, rows[i].message);
        }
    }
}

static void test_no_memory(void **state)
{
    (void)state;
    for (unsigned long n = 1; n < 4; n++) {
        struct err err = {0};
        mem_torture(n);
        enum err_code code = check("7f3c", 3, &err);
        mem_torture(0);
        assert_true(code == ERR_NOMEM || code == ERR_NOTFOUND);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_ids),
        cmocka_unit_test(test_no_memory),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
