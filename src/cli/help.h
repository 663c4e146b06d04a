/*
 * help - what a command does and takes, from its table: as text, and as a man page.
 */
#ifndef CLI_HELP_H
#define CLI_HELP_H

#include "base/buf.h"
#include "cli/cli.h"

enum { HELP_WIDTH = 80 };

void help_overview(struct buf *out); /* all commands that are not hidden */
void help_command(struct buf *out, const struct cli_command *c);

/* mdoc(7), for man(1) and mandoc. */
void man_overview(struct buf *out);
void man_command(struct buf *out, const struct cli_command *c);

/* The sentence of an option with what the table adds: choices, default, repetition. */
void help_option_text(struct buf *out, const struct cli_option *o);

/* Exit statuses, one row each; .text NULL ends it. */
struct help_status {
    const char *status;
    const char *text;
};
extern const struct help_status help_statuses[];

#endif
