/*
 * estate_args - what `inventory` and `env init` share: options, the run, signals, progress.
 */
#ifndef CLI_ESTATE_ARGS_H
#define CLI_ESTATE_ARGS_H

#include "cli/cli.h"
#include "engine/estate.h"

/* Their options of the same name and meaning. */
#define ESTATE_OPTIONS                                                                             \
    {.name = "env",                                                                                \
     .value = CLI_FILE,                                                                            \
     .arg = "FILE",                                                                                \
     .help = "what is yours, as far as you have written it down"},                                 \
        {.name = "functions",                                                                      \
         .value = CLI_FILE,                                                                        \
         .repeatable = true,                                                                       \
         .arg = "PATH",                                                                            \
         .help = "functions you have: 'aws lambda list-functions', 'gcloud run services list', "   \
                 "Cloudflare's list of scripts"},                                                  \
        {.name = "since",                                                                          \
         .value = CLI_TIME,                                                                        \
         .arg = "TIME",                                                                            \
         .help = "leave out files of a bucket whose path names an earlier day"},                   \
        {.name = "until",                                                                          \
         .value = CLI_TIME,                                                                        \
         .arg = "TIME",                                                                            \
         .help = "leave out records at or after this time; a date means all of that day"},         \
        {.name = "quiet", .letter = 'q', .help = "no progress"},                                   \
    {                                                                                              \
        .name = "jobs", .letter = 'j', .value = CLI_COUNT, .arg = "N",                             \
        .help = "workers; without it one a core"                                                   \
    }

/* Read all that `a` names. `skip` operands come before the paths. CLI_DONE: *out is to be freed; any
 * other status was said. */
NODISCARD int estate_of(const struct cli_args *a, size_t skip, struct estate **out);

/* The status of a run that could print its result. */
int estate_status(const struct estate *e);

#endif
