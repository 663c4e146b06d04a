/* What `faaswatch doctor` says of a build that is whole, and of one that is not. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "cli/doctor.h"

static void says(const struct buf *out, const char *what)
{
    if (str_find(buf_str(out), str_of(what)) == SIZE_MAX) {
        fail_msg("'%s' is not in:\n%.*s", what, STR_ARG(buf_str(out)));
    }
}

static void test_whole(void **state)
{
    (void)state;
    static const char *const what[] = {
        "faaswatch   " FW_VERSION "\n",
        "processors  ",
        " variant\n",
        " rules, playbook T1584.007\n",
        "record 16 MiB",
        "10000 zip members",
        "jansson ",
        "libyaml ",
        "libdeflate ",
        "zstd ",
        "pcre2 10.",
        "OpenSSL ",
        "all is well\n",
    };
    CLEANUP(buf_free) struct buf out = {0};
    assert_true(doctor_page(&out));
    for (size_t i = 0; i < ARRAY_LEN(what); i++) {
        says(&out, what[i]);
    }
}

static void test_not_whole(void **state)
{
    (void)state;
    static const char text[] = "schema: faaswatch.playbook/1\ntechnique: T1584.007\nrows: 5\n";
    static const struct content none[] = {{.path = NULL}};
    static const struct content broken[] = {
        {.path = "playbooks/T1584.007.yaml", .bytes = text, .len = sizeof(text) - 1},
        {.path = NULL}};
    CLEANUP(buf_free) struct buf out = {0};
    assert_false(doctor_content(&out, none));
    says(&out, "does not load: rules or playbook are missing");
    says(&out, "install a complete build again\n");
    buf_reset(&out);
    assert_false(doctor_content(&out, broken));
    says(&out, "does not load: ");
    says(&out, "rows");
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(test_whole),
                                       cmocka_unit_test(test_not_whole)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
