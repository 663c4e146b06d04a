#include "base/buf.h"
#include "cli/cli.h"
#include "cli/help.h"

static int run(const struct cli_args *args)
{
    CLEANUP(buf_free) struct buf out = {0};
    if (args->operand_count == 0) {
        man_overview(&out);
    } else {
        const struct cli_command *c = cli_find(args->operands[0]);
        if (c == NULL) {
            cli_error("no command %.*s; faaswatch help lists them", STR_ARG(args->operands[0]));
            return CLI_USAGE;
        }
        man_command(&out, c);
    }
    return !out.failed && cli_print(buf_str(&out)) ? CLI_DONE : CLI_INTERNAL;
}

const struct cli_command cli_man = {
    .name = "man",
    .summary = "print a command's man page (mdoc), or that of the program",
    .operands = "[COMMAND]",
    .details = "  faaswatch man triage | mandoc -a",
    .hidden = true,
    .run = run,
};
