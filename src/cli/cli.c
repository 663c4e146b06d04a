#include "cli/cli.h"

#include <errno.h>
#include <signal.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "base/arena.h"
#include "base/buf.h"
#include "base/hash.h"
#include "base/utf8.h"
#include "cli/help.h"
#include "cli/nearest.h"
#include "cli/parse.h"
#include "sys/entropy.h"

static void say(const char *kind, const char *fmt, va_list ap) PRINTF_LIKE(2, 0);

static void say(const char *kind, const char *fmt, va_list ap)
{
    CLEANUP(buf_free) struct buf raw = {0};
    CLEANUP(buf_free) struct buf safe = {0};
    buf_vprintf(&raw, fmt, ap);
    utf8_add_visible(&safe, buf_str(&raw));
    (void)fprintf(stderr, "faaswatch: %s%.*s\n", kind, STR_ARG(buf_str(&safe)));
}

void cli_error(const char *fmt, ...)
{
    va_list ap;
    va_start(ap, fmt);
    say("", fmt, ap);
    va_end(ap);
}

void cli_warn(const char *fmt, ...)
{
    va_list ap;
    va_start(ap, fmt);
    say("warning: ", fmt, ap);
    va_end(ap);
}

bool cli_print(struct str text)
{
    while (text.len > 0) {
        ssize_t n = write(STDOUT_FILENO, text.ptr, text.len);
        if (n < 0 && errno == EINTR) {
            continue;
        }
        if (n < 0 && errno == EPIPE) {
            return true;
        }
        if (n < 0) {
            cli_error("standard output cannot be written: %s", strerror(errno));
            return false;
        }
        text = str_from(text, (size_t)n);
    }
    return true;
}

const char *cli_status_text(int status)
{
    switch (status) {
    case CLI_DONE:
        return "done";
    case CLI_FOUND:
        return "done, and something is at or above --fail-on";
    case CLI_USAGE:
        return "nothing was done: usage, configuration, or an output that exists";
    case CLI_INCOMPLETE:
        return "done, but some input could not be read";
    case CLI_INTERRUPTED:
        return "interrupted, nothing was written";
    default:
        return "internal error";
    }
}

const struct cli_command *cli_find(struct str name)
{
    for (size_t i = 0; cli_registry[i] != NULL; i++) {
        if (str_eq(name, str_of(cli_registry[i]->name))) {
            return cli_registry[i];
        }
    }
    return NULL;
}

static const struct cli_given *given_of(const struct cli_args *a, const char *option,
                                        const struct cli_option **out)
{
    for (size_t i = 0; i < a->command->option_count; i++) {
        if (strcmp(a->command->options[i].name, option) == 0) {
            *out = &a->command->options[i];
            return &a->given[i];
        }
    }
    *out = NULL;
    return NULL;
}

bool cli_given(const struct cli_args *a, const char *option)
{
    const struct cli_option *o;
    const struct cli_given *g = given_of(a, option, &o);
    return g != NULL && g->count > 0;
}

struct str cli_get(const struct cli_args *a, const char *option)
{
    const struct cli_option *o;
    const struct cli_given *g = given_of(a, option, &o);
    if (g == NULL) {
        return STR_EMPTY;
    }
    return g->count > 0 ? g->values[g->count - 1] : str_of(o->fallback);
}

size_t cli_get_all(const struct cli_args *a, const char *option, const struct str **out)
{
    const struct cli_option *o;
    const struct cli_given *g = given_of(a, option, &o);
    *out = g == NULL ? NULL : g->values;
    return g == NULL ? 0 : g->count;
}

static int unknown_command(struct str name)
{
    struct nearest near = {.typed = name};
    for (size_t i = 0; cli_registry[i] != NULL; i++) {
        if (!cli_registry[i]->hidden) {
            nearest_try(&near, cli_registry[i]->name);
        }
    }
    if (near.name != NULL) {
        cli_error("unknown command %.*s; the nearest is %s", STR_ARG(name), near.name);
    } else if (str_chr(name, '/') != SIZE_MAX || str_chr(name, '.') != SIZE_MAX) {
        cli_error("unknown command %.*s; to triage files: faaswatch triage %.*s", STR_ARG(name),
                  STR_ARG(name));
    } else {
        cli_error("unknown command %.*s; faaswatch help lists them", STR_ARG(name));
    }
    return CLI_USAGE;
}

static int print_help(const struct cli_command *c)
{
    CLEANUP(buf_free) struct buf out = {0};
    if (c == NULL) {
        help_overview(&out);
    } else {
        help_command(&out, c);
    }
    return !out.failed && cli_print(buf_str(&out)) ? CLI_DONE : CLI_INTERNAL;
}

static int run_command(const struct str *words, size_t count, struct arena *a)
{
    const struct cli_command *c = cli_find(words[0]);
    if (c == NULL) {
        return unknown_command(words[0]);
    }
    struct cli_args args = {0};
    struct err err = {0};
    bool help = false;
    enum err_code code = cli_parse(c, words + 1, count - 1, a, &args, &help, &err);
    if (code != ERR_OK) {
        cli_error("%s", err.msg);
        return code == ERR_USAGE ? CLI_USAGE : CLI_INTERNAL;
    }
    return help ? print_help(c) : c->run(&args);
}

static int dispatch(int argc, char **argv, struct arena *a)
{
    struct str *words = ARENA_ARRAY(a, struct str, (size_t)argc + 1);
    if (words == NULL) {
        cli_error("no memory for the command line");
        return CLI_INTERNAL;
    }
    size_t count = 0;
    for (int i = 1; i < argc; i++) {
        words[count++] = str_of(argv[i]);
    }
    if (count == 0) {
        cli_error("which command? faaswatch help lists them; to begin: faaswatch triage logs/");
        return CLI_USAGE;
    }
    if (str_eq(words[0], STR("--help")) || str_eq(words[0], STR("-h"))) {
        return print_help(NULL);
    }
    if (str_eq(words[0], STR("--version")) || str_eq(words[0], STR("-V"))) {
        words[0] = STR("version");
    }
    return run_command(words, count, a);
}

int cli_main(int argc, char **argv)
{
    /* A reader that goes away must not kill us between an output and its rename. */
    (void)signal(SIGPIPE, SIG_IGN);
    uint64_t key[2];
    struct err err = {0};
    if (entropy_fill(key, sizeof(key), &err) != ERR_OK) {
        cli_error("%s", err.msg);
        return CLI_INTERNAL;
    }
    hash_seed(key[0], key[1]);
    CLEANUP(arena_free) struct arena a = {0};
    int status = dispatch(argc, argv, &a);
    if (status != CLI_DONE) {
        (void)fprintf(stderr, "faaswatch: exit status %d: %s\n", status, cli_status_text(status));
    }
    return status;
}
