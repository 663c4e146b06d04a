#include "cli/playbook.h"

static int run(const struct cli_args *args)
{
    struct str verb = args->operands[0];
    bool check = str_eq(verb, STR("check"));
    if (!check && !str_eq(verb, STR("fit"))) {
        cli_error("playbook does not know \"%.*s\"; it takes check or fit",
                  STR_ARG(str_head(verb, 80)));
        return CLI_USAGE;
    }
    if (args->operand_count != 2) {
        cli_error("playbook %s needs one %s: faaswatch playbook %s", check ? "check" : "fit",
                  check ? "file" : "directory", check ? "check FILE" : "fit DIR -o FILE");
        return CLI_USAGE;
    }
    return check ? playbook_check_run(args) : playbook_fit_run(args);
}

static const struct cli_option options[] = {
    {.name = "format",
     .value = CLI_CHOICE,
     .arg = "NAME",
     .choices = "text|json",
     .fallback = "text",
     .help = "format on standard output"},
    {.name = "playbook",
     .value = CLI_FILE,
     .arg = "FILE",
     .help = "fit: the playbook whose weights are refitted; without it the built-in one"},
    {.name = "output",
     .letter = 'o',
     .value = CLI_FILE,
     .arg = "FILE",
     .help = "fit: the playbook to write, for 'triage --playbook'"},
    {.name = "spread",
     .value = CLI_COUNT,
     .arg = "N",
     .fallback = "4",
     .help =
         "fit: how far a weight may be pulled from the expert's, in decibans (1 to 20); it never "
         "moves further than to half or to twice"},
    {.name = "clobber", .letter = 'C', .help = "overwrite the file of -o"},
};

const struct cli_command cli_playbook = {
    .name = "playbook",
    .summary = "check a playbook file, refit its weights from closed cases",
    .operands = "check|fit PATH…",
    .details =
        "check FILE tells every fault of a playbook with its line and what to do; exit 1 when "
        "there "
        "is one.\n"
        "fit DIR refits the weights from closed cases: a directory with a folder a case, each with "
        "its logs, what was given and story.json with the right answers. One in four, chosen by "
        "its "
        "name, is held back; reliability and Brier score on those are printed before and after.\n"
        "  faaswatch playbook check my-playbook.yaml\n"
        "  faaswatch playbook fit closed-cases/ -o fitted.yaml\n"
        "  faaswatch triage --playbook fitted.yaml logs/",
    .options = options,
    .option_count = ARRAY_LEN(options),
    .run = run,
};
