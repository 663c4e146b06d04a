#include "base/buf.h"
#include "cli/cli.h"

static int run(const struct cli_args *args)
{
    (void)args;
    return cli_print(STR("faaswatch " FW_VERSION "\n")) ? CLI_DONE : CLI_INTERNAL;
}

const struct cli_command cli_version = {
    .name = "version",
    .summary = "print the version",
    .operands = "",
    .run = run,
};
