/*
 * What the option tables are turned into: help within 80 columns, man pages that mandoc takes
 * without a warning, completions that complete.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

#include "base/buf.h"
#include "base/utf8.h"
#include "cli/completion.h"
#include "cli/help.h"

static void check_lines(const char *name, struct str text)
{
    struct str line;
    while (str_cut(&text, '\n', &line)) {
        if (utf8_width(line) > HELP_WIDTH) {
            fail_msg("%s: too wide: %.*s", name, STR_ARG(line));
        }
        assert_true(line.len == 0 || line.ptr[line.len - 1] != ' ');
    }
}

static void test_help(void **state)
{
    (void)state;
    CLEANUP(buf_free) struct buf out = {0};
    help_overview(&out);
    check_lines("overview", buf_str(&out));
    for (size_t i = 0; cli_registry[i] != NULL; i++) {
        const struct cli_command *c = cli_registry[i];
        buf_reset(&out);
        help_command(&out, c);
        check_lines(c->name, buf_str(&out));
        for (size_t j = 0; j < c->option_count; j++) {
            CLEANUP(buf_free) struct buf option = {0};
            buf_printf(&option, "--%s", c->options[j].name);
            assert_true(str_find(buf_str(&out), buf_str(&option)) != SIZE_MAX);
        }
    }
}

/* Tables that would break parsing or a page. */
static void test_tables(void **state)
{
    (void)state;
    for (size_t i = 0; cli_registry[i] != NULL; i++) {
        const struct cli_command *c = cli_registry[i];
        assert_non_null(c->summary);
        assert_non_null(c->operands);
        assert_non_null(c->run);
        for (size_t j = 0; j < c->option_count; j++) {
            const struct cli_option *o = &c->options[j];
            assert_true(o->letter != 'h' && strcmp(o->name, "help") != 0);
            assert_true((o->value == CLI_FLAG) == (o->arg == NULL));
            assert_true(o->value != CLI_CHOICE || o->choices != NULL);
            for (size_t k = 0; k < j; k++) {
                assert_string_not_equal(o->name, c->options[k].name);
                assert_true(o->letter == '\0' || o->letter != c->options[k].letter);
            }
        }
    }
}

struct temp {
    char path[64];
};

static struct temp write_temp(const struct buf *text)
{
    struct temp t = {"/tmp/faaswatch-test-XXXXXX"};
    int fd = mkstemp(t.path);
    assert_true(fd >= 0);
    assert_int_equal(write(fd, text->ptr, text->len), (ssize_t)text->len);
    close(fd);
    return t;
}

/* Run a command and keep what it prints; its exit status. */
static int run(struct buf *out, const char *fmt, ...) PRINTF_LIKE(2, 3);
static int run(struct buf *out, const char *fmt, ...)
{
    CLEANUP(buf_free) struct buf command = {0};
    va_list ap;
    va_start(ap, fmt);
    buf_vprintf(&command, fmt, ap);
    va_end(ap);
    FILE *f = popen(command.ptr, "r");
    assert_non_null(f);
    int c;
    buf_reset(out);
    while ((c = fgetc(f)) != EOF) {
        buf_addc(out, (char)c);
    }
    return pclose(f);
}

static bool have(const char *program)
{
    CLEANUP(buf_free) struct buf out = {0};
    return run(&out, "command -v %s", program) == 0;
}

static void lint(const struct buf *page)
{
    struct temp t = write_temp(page);
    CLEANUP(buf_free) struct buf out = {0};
    int status = run(&out, "mandoc -Tlint -Wwarning %s 2>&1", t.path);
    unlink(t.path);
    if (status != 0 || out.len != 0) {
        fail_msg("mandoc: %s\n%s", out.ptr, page->ptr);
    }
}

static void test_man(void **state)
{
    (void)state;
    if (!have("mandoc")) {
        fail_msg("mandoc is missing: apt-get install mandoc");
    }
    CLEANUP(buf_free) struct buf page = {0};
    man_overview(&page);
    lint(&page);
    for (size_t i = 0; cli_registry[i] != NULL; i++) {
        buf_reset(&page);
        man_command(&page, cli_registry[i]);
        lint(&page);
    }
}

static void complete(const char *script, const char *words, const char *want)
{
    CLEANUP(buf_free) struct buf out = {0};
    int status = run(&out,
                     "bash -c 'source %s; COMP_WORDS=(faaswatch %s); "
                     "COMP_CWORD=$((${#COMP_WORDS[@]} - 1)); _faaswatch; "
                     "printf \"%%s \" \"${COMPREPLY[@]}\"'",
                     script, words);
    assert_int_equal(status, 0);
    if (strstr(out.ptr, want) == NULL) {
        fail_msg("faaswatch %s<TAB> gives \"%s\", not \"%s\"", words, out.ptr, want);
    }
}

static void test_bash(void **state)
{
    (void)state;
    CLEANUP(buf_free) struct buf script = {0};
    CLEANUP(buf_free) struct buf out = {0};
    completion_bash(&script);
    struct temp t = write_temp(&script);
    assert_int_equal(run(&out, "bash -n %s", t.path), 0);
    complete(t.path, "comp", "completion");
    complete(t.path, "completion z", "zsh");
    complete(t.path, "help ver", "version");
    complete(t.path, "version --h", "--help");
    for (size_t i = 0; cli_registry[i] != NULL; i++) {
        const struct cli_command *c = cli_registry[i];
        for (size_t j = 0; j < c->option_count; j++) {
            CLEANUP(buf_free) struct buf words = {0};
            CLEANUP(buf_free) struct buf want = {0};
            buf_printf(&words, "%s --%.3s", c->name, c->options[j].name);
            buf_printf(&want, "--%s ", c->options[j].name);
            complete(t.path, words.ptr, want.ptr);
        }
    }
    unlink(t.path);
}

/* No zsh or fish is needed to build: these are checked where they are there. */
static void test_other_shells(void **state)
{
    (void)state;
    CLEANUP(buf_free) struct buf script = {0};
    CLEANUP(buf_free) struct buf out = {0};
    completion_zsh(&script);
    assert_true(str_starts(buf_str(&script), STR("#compdef faaswatch\n")));
    if (have("zsh")) {
        struct temp t = write_temp(&script);
        assert_int_equal(run(&out, "zsh -n %s", t.path), 0);
        unlink(t.path);
    }
    buf_reset(&script);
    completion_fish(&script);
    assert_true(str_find(buf_str(&script), STR("-a completion")) != SIZE_MAX);
    if (have("fish")) {
        struct temp t = write_temp(&script);
        assert_int_equal(run(&out, "fish -n %s", t.path), 0);
        unlink(t.path);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_help),         cmocka_unit_test(test_tables),
        cmocka_unit_test(test_man),          cmocka_unit_test(test_bash),
        cmocka_unit_test(test_other_shells),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
