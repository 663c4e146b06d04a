#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "base/arena.h"
#include "base/mem.h"
#include "cli/nearest.h"
#include "cli/parse.h"

static const struct cli_option options[] = {
    {.name = "intel", .value = CLI_FILE, .repeatable = true, .arg = "PATH", .help = "feeds"},
    {.name = "env", .value = CLI_FILE, .arg = "FILE", .help = "what is ours"},
    {.name = "output",
     .letter = 'o',
     .value = CLI_FILE,
     .repeatable = true,
     .arg = "FILE",
     .help = "write"},
    {.name = "quiet", .letter = 'q', .help = "less"},
    {.name = "clobber", .letter = 'C', .help = "overwrite"},
    {.name = "color",
     .value = CLI_CHOICE,
     .arg = "WHEN",
     .choices = "auto|always|never",
     .fallback = "auto",
     .help = "colour"},
    {.name = "evidence", .value = CLI_COUNT, .arg = "N", .choices = "all", .help = "records"},
    {.name = "since", .value = CLI_TIME, .arg = "TIME", .help = "from"},
};

static const struct cli_command paths = {
    .name = "triage", .operands = "PATH…", .options = options, .option_count = ARRAY_LEN(options)};
static const struct cli_command shell = {.name = "completion", .operands = "bash|zsh"};
static const struct cli_command maybe = {.name = "help", .operands = "[COMMAND]"};
static const struct cli_command none = {.name = "version", .operands = ""};

struct row {
    const char *name;
    const struct cli_command *command;
    const char *words[8];
    const char *message; /* part of it; NULL: accepted */
};

static const struct row rows[] = {
    {"operands and options mixed", &paths, {"a", "-q", "b"}, NULL},
    {"equals", &paths, {"--intel=x", "a"}, NULL},
    {"equals in a value", &paths, {"--intel=x=y", "a"}, NULL},
    {"cluster", &paths, {"-qCo", "x", "a"}, NULL},
    {"cluster with value", &paths, {"-qox", "a"}, NULL},
    {"end of options", &paths, {"--", "--env", "-q"}, NULL},
    {"dash is an operand", &paths, {"-"}, NULL},
    {"all is a count", &paths, {"--evidence", "all", "a"}, NULL},
    {"a date", &paths, {"--since", "2026-11-20", "a"}, NULL},
    {"unknown, near", &paths, {"--itnel", "x", "a"}, "nearest is --intel"},
    {"unknown, cut short", &paths, {"--out", "x", "a"}, "nearest is --output"},
    {"unknown, british", &paths, {"--colour", "x", "a"}, "nearest is --color"},
    {"unknown, far", &paths, {"--zebra", "a"}, "faaswatch help triage"},
    {"unknown short", &paths, {"-x", "a"}, "unknown option -x"},
    {"unknown in a cluster", &paths, {"-qx", "a"}, "unknown option -x"},
    {"missing value", &paths, {"a", "--env"}, "--env needs a value: --env FILE"},
    {"empty value", &paths, {"a", "--env="}, "--env needs a value"},
    {"missing short value", &paths, {"a", "-o"}, "-o needs a value: -o FILE"},
    {"flag with value", &paths, {"--quiet=1", "a"}, "takes no value"},
    {"bad choice", &paths, {"--color", "blue", "a"}, "auto|always|never"},
    {"bad count", &paths, {"--evidence", "-1", "a"}, "a whole number or all"},
    {"huge count", &paths, {"--evidence", "99999999999999999999", "a"}, "a whole number"},
    {"bad time", &paths, {"--since", "yesterday", "a"}, "2026-11-20T09:12:00Z"},
    {"one file twice", &paths, {"--env", "a", "--env", "b", "c"}, "given twice"},
    {"no path", &paths, {"-q"}, "needs PATH"},
    {"choice operand", &shell, {"bash"}, NULL},
    {"bad choice operand", &shell, {"tcsh"}, "takes bash|zsh"},
    {"two of one", &shell, {"bash", "zsh"}, "takes one"},
    {"optional operand", &maybe, {NULL}, NULL},
    {"no operand wanted", &none, {"x"}, "takes no operand"},
};

static size_t words_of(const struct row *r, struct str *out)
{
    size_t n = 0;
    while (n < ARRAY_LEN(r->words) && r->words[n] != NULL) {
        out[n] = str_of(r->words[n]);
        n++;
    }
    return n;
}

static void test_rows(void **state)
{
    (void)state;
    for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
        CLEANUP(arena_free) struct arena a = {0};
        struct str words[8];
        struct cli_args args = {0};
        struct err err = {0};
        bool help = false;
        enum err_code code =
            cli_parse(rows[i].command, words, words_of(&rows[i], words), &a, &args, &help, &err);
        if (rows[i].message == NULL) {
            if (code != ERR_OK) {
                fail_msg("%s: %s", rows[i].name, err.msg);
            }
        } else if (code != ERR_USAGE || strstr(err.msg, rows[i].message) == NULL) {
            fail_msg("%s: \"%s\" lacks \"%s\"", rows[i].name, err.msg, rows[i].message);
        }
    }
}

static void test_values(void **state)
{
    (void)state;
    CLEANUP(arena_free) struct arena a = {0};
    const struct str words[] = {STR("--intel"),     STR("one"),    STR("p1"),
                                STR("-qo"),         STR("r.json"), STR("-"),
                                STR("--intel=two"), STR("--"),     STR("-q")};
    struct cli_args args = {0};
    bool help = true;
    assert_int_equal(cli_parse(&paths, words, ARRAY_LEN(words), &a, &args, &help, NULL), ERR_OK);
    assert_false(help);
    const struct str *v;
    assert_int_equal(cli_get_all(&args, "intel", &v), 2);
    assert_true(str_eq(v[0], STR("one")));
    assert_true(str_eq(v[1], STR("two")));
    assert_true(str_eq(cli_get(&args, "intel"), STR("two")));
    assert_true(str_eq(cli_get(&args, "output"), STR("r.json")));
    assert_true(str_eq(cli_get(&args, "color"), STR("auto")));
    assert_true(str_eq(cli_get(&args, "env"), STR_EMPTY));
    assert_true(cli_given(&args, "quiet"));
    assert_false(cli_given(&args, "clobber"));
    assert_int_equal(cli_get_all(&args, "no-such-option", &v), 0);
    assert_int_equal(args.operand_count, 3);
    assert_true(str_eq(args.operands[0], STR("p1")));
    assert_true(str_eq(args.operands[1], STR("-")));
    assert_true(str_eq(args.operands[2], STR("-q")));
}

static void test_help_wins(void **state)
{
    (void)state;
    CLEANUP(arena_free) struct arena a = {0};
    const struct str words[] = {STR("-qh")};
    struct cli_args args = {0};
    bool help = false;
    assert_int_equal(cli_parse(&paths, words, 1, &a, &args, &help, NULL), ERR_OK);
    assert_true(help); /* though PATH is missing */
}

static void test_nearest(void **state)
{
    (void)state;
    assert_int_equal(nearest_distance(STR("kitten"), STR("sitting")), 3);
    assert_int_equal(nearest_distance(STR("ab"), STR("ba")), 1);
    assert_int_equal(nearest_distance(STR(""), STR("abc")), 3);
    assert_int_equal(nearest_distance(STR("Triage"), STR("triage")), 0);
    char far[200];
    memset(far, 'a', sizeof(far));
    assert_int_equal(nearest_distance(str_make(far, sizeof(far)), STR("a")), 200);
}

static void test_no_memory(void **state)
{
    (void)state;
    const struct str words[] = {STR("--intel"), STR("one"), STR("p1"), STR("-q"), STR("p2")};
    bool done = false;
    for (unsigned long n = 1; !done; n++) {
        CLEANUP(arena_free) struct arena a = {0};
        struct cli_args args = {0};
        struct err err = {0};
        bool help;
        mem_torture(n);
        enum err_code code = cli_parse(&paths, words, ARRAY_LEN(words), &a, &args, &help, &err);
        mem_torture(0);
        assert_true(code == ERR_OK || code == ERR_NOMEM);
        assert_true((code == ERR_OK) == (err.code == ERR_OK));
        done = code == ERR_OK;
        assert_true(n < 100);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_rows),      cmocka_unit_test(test_values),
        cmocka_unit_test(test_help_wins), cmocka_unit_test(test_nearest),
        cmocka_unit_test(test_no_memory),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
