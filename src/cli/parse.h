/*
 * parse - the words after a command's name to values, by the command's option table.
 *
 * `--name value`, `--name=value`, `-n value`, `-nvalue`, flags in one word (`-qC`), options and
 * operands in any order, `--` ends the options, "-" is an operand. An option that is not in the
 * table is refused with the nearest one that is.
 */
#ifndef CLI_PARSE_H
#define CLI_PARSE_H

#include "base/arena.h"
#include "cli/cli.h"

/* `words` must outlive *out; arrays live in `a`. *help: --help or -h was among the words (then
 * nothing else is checked). ERR_USAGE: the message names the word and the remedy. */
NODISCARD enum err_code cli_parse(const struct cli_command *command, const struct str *words,
                                  size_t count, struct arena *a, struct cli_args *out, bool *help,
                                  struct err *err);

/* Is `word` one of "a|b|c"? */
bool cli_in_choices(const char *choices, struct str word);

/* RFC 3339, a date and time, or a date. *zoned: it said its offset; *is_date: it is a bare date. */
NODISCARD bool cli_parse_time(struct str text, int64_t *us, bool *zoned, bool *is_date);

#endif
