#include "cli/env_out.h"
#include "cli/estate_args.h"

static int tell(const struct estate *e)
{
    struct err err = {0};
    CLEANUP(arena_free) struct arena a = {0};
    CLEANUP(buf_free) struct buf out = {0};
    struct proposal_list list = {0};
    if (propose(e, &a, &list, &err) != ERR_OK) {
        cli_error("%s", err.msg);
        return CLI_INTERNAL;
    }
    bool fine = env_text_of(&out, e, &list) && cli_print(buf_str(&out));
    proposals_free(&list);
    return fine ? estate_status(e) : CLI_INTERNAL;
}

static int run(const struct cli_args *args)
{
    struct estate *e = NULL;
    if (!str_eq(args->operands[0], STR("init"))) {
        cli_error("env does not know \"%.*s\"; it takes init",
                  STR_ARG(str_head(args->operands[0], 80)));
        return CLI_USAGE;
    }
    if (args->operand_count < 2) {
        cli_error("env init needs logs: faaswatch env init PATH… > env.yaml");
        return CLI_USAGE;
    }
    int status = estate_of(args, 1, &e);
    if (status != CLI_DONE) {
        return status;
    }
    status = tell(e);
    estate_free(e);
    return status;
}

static const struct cli_option options[] = {ESTATE_OPTIONS};

const struct cli_command cli_env = {
    .name = "env",
    .summary = "propose settings for --env from logs",
    .operands = "init [PATH…]",
    .details =
        "init PATH… prints an --env file with what the logs suggest: accounts, organisation, "
        "pipelines, addresses of offices, vendors, publishers of layers, public functions; each "
        "with what it rests on.\n"
        "Everything in it is commented out. The file loads as it is and changes no answer; a "
        "person accepts a setting by taking the \"# \" before its lines away.\n"
        "With --env, only what is not set there already.\n"
        "  faaswatch env init logs/ > env.yaml",
    .options = options,
    .option_count = ARRAY_LEN(options),
    .run = run,
};
