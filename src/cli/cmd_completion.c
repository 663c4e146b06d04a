#include "base/buf.h"
#include "cli/cli.h"
#include "cli/completion.h"

static int run(const struct cli_args *args)
{
    CLEANUP(buf_free) struct buf out = {0};
    struct str shell = args->operands[0];
    if (str_eq(shell, STR("bash"))) {
        completion_bash(&out);
    } else if (str_eq(shell, STR("zsh"))) {
        completion_zsh(&out);
    } else {
        completion_fish(&out);
    }
    return !out.failed && cli_print(buf_str(&out)) ? CLI_DONE : CLI_INTERNAL;
}

const struct cli_command cli_completion = {
    .name = "completion",
    .summary = "print the completion script for a shell",
    .operands = "bash|zsh|fish",
    .details = "For this session of bash:\n"
               "  source <(faaswatch completion bash)\n"
               "For good:\n"
               "  faaswatch completion bash > /etc/bash_completion.d/faaswatch\n"
               "  faaswatch completion zsh > \"${fpath[1]}/_faaswatch\"\n"
               "  faaswatch completion fish > ~/.config/fish/completions/faaswatch.fish",
    .run = run,
};
