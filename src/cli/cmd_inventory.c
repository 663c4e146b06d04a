#include <unistd.h>

#include "cli/estate_args.h"
#include "cli/inventory_out.h"
#include "sys/term.h"

static int run(const struct cli_args *args)
{
    struct estate *e = NULL;
    int status = estate_of(args, 0, &e);
    if (status != CLI_DONE) {
        return status;
    }
    CLEANUP(buf_free) struct buf out = {0};
    bool fine = str_eq(cli_get(args, "format"), STR("json"))
                    ? inventory_json(&out, e)
                    : inventory_text(&out, e, term_width_or(STDOUT_FILENO, TERM_WIDTH_MAX));
    status = fine && cli_print(buf_str(&out)) ? estate_status(e) : CLI_INTERNAL;
    estate_free(e);
    return status;
}

static const struct cli_option options[] = {
    ESTATE_OPTIONS,
    {.name = "format",
     .value = CLI_CHOICE,
     .arg = "FORMAT",
     .choices = "text|json",
     .fallback = "text",
     .help = "how to print; json has everything"},
};

const struct cli_command cli_inventory = {
    .name = "inventory",
    .summary = "list the functions that are yours, from logs and from exports",
    .operands = "PATH…",
    .details =
        "Functions of all providers that the logs name, or that a list given with --functions has: "
        "where they are, the names they answer under, code, role, callers, what makes them run, "
        "who changed them last. Nothing is judged.\n"
        "PATH as for triage. Only calls that are logged have callers.\n"
        "  faaswatch inventory logs/\n"
        "  aws lambda list-functions > functions.json\n"
        "  faaswatch inventory --functions functions.json --format json logs/",
    .options = options,
    .option_count = ARRAY_LEN(options),
    .run = run,
};
