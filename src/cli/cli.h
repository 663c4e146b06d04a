/*
 * cli - commands and their options, one table for parsing, --help, man pages and completions.
 *
 * TO ADD A COMMAND: one file src/cli/cmd_<name>.c with `const struct cli_command cli_<name>` and
 * its page docs/commands/<name>.md. The build finds it.
 */
#ifndef CLI_CLI_H
#define CLI_CLI_H

#include <stdbool.h>
#include <stddef.h>

#include "base/attr.h"
#include "base/err.h"
#include "base/str.h"

enum cli_status {
    CLI_DONE = 0,
    CLI_FOUND = 1,      /* something at or above --fail-on */
    CLI_USAGE = 2,      /* usage, configuration, an output that exists */
    CLI_INCOMPLETE = 3, /* done, but some input could not be read */
    CLI_INTERNAL = 4,
    CLI_INTERRUPTED = 130
};

/* CLI_COUNT: a whole number, or one of `choices` ("all"). CLI_TIME: RFC 3339 or a date. CLI_FILE
 * and CLI_DIR are only for completion; both take any path, "-" included. */
enum cli_value { CLI_FLAG, CLI_TEXT, CLI_FILE, CLI_DIR, CLI_CHOICE, CLI_COUNT, CLI_TIME };

struct cli_option {
    const char *name; /* "intel": --intel */
    char letter;      /* short form, or '\0' */
    enum cli_value value;
    bool repeatable;
    const char *arg;      /* name of its value in help: "PATH"; NULL for flags */
    const char *choices;  /* CLI_CHOICE: "auto|always|never"; CLI_COUNT: words besides numbers */
    const char *fallback; /* default, as text, or NULL */
    const char *help;     /* one sentence */
};

/* What was given. Values are in order. */
struct cli_args {
    const struct cli_command *command;
    const struct str *operands;
    size_t operand_count;
    /* Values of options: parallel to command->options. */
    struct cli_given {
        size_t count;
        const struct str *values;
    } * given;
};

struct cli_command {
    const char *name;
    const char *summary;  /* one line */
    const char *operands; /* "PATH…", "[COMMAND]", "bash|zsh|fish"; "" takes none. '[' makes it
                             optional, "…" repeatable, '|' a choice */
    const char *details;  /* paragraphs for help and the man page; an indented line stands alone */
    const struct cli_option *options;
    size_t option_count;
    bool hidden;
    int (*run)(const struct cli_args *args); /* enum cli_status; has said what went wrong */
};
extern const struct cli_command *const cli_registry[]; /* by name; NULL ends it. Generated. */

const struct cli_command *cli_find(struct str name); /* NULL: none of that name */

bool cli_given(const struct cli_args *a, const char *option);
/* Last value given, else the default, else "". */
struct str cli_get(const struct cli_args *a, const char *option);
size_t cli_get_all(const struct cli_args *a, const char *option, const struct str **out);

/* The whole program: parse, run, say the status in words. The result is the exit status. */
int cli_main(int argc, char **argv);

const char *cli_status_text(int status); /* "done, but some input could not be read" */

/* All of `text` to standard output. False, and said, when it cannot be written; a reader that
 * went away (EPIPE) is no fault. */
NODISCARD bool cli_print(struct str text);

/* "faaswatch: <message>" on stderr, safe for terminals. */
void cli_error(const char *fmt, ...) PRINTF_LIKE(1, 2);
void cli_warn(const char *fmt, ...) PRINTF_LIKE(1, 2);

#endif
