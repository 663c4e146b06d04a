#include "cli/estate_args.h"
#include "engine/usual.h"
#include "sys/file.h"

static int write_out(const struct baseline *b, struct str path, bool clobber)
{
    struct err err = {0};
    CLEANUP(buf_free) struct buf out = {0};
    baseline_write(b, &out);
    if (out.failed) {
        cli_error("no memory for the baseline");
        return CLI_INTERNAL;
    }
    enum err_code code = file_write(path, buf_str(&out), clobber, &err);
    if (code != ERR_OK) {
        cli_error("%s%s", err.msg, code == ERR_USAGE ? "; -C overwrites it" : "");
        return code == ERR_USAGE ? CLI_USAGE : CLI_INTERNAL;
    }
    return CLI_DONE;
}

/* Said on standard output: it is the command's result, the file is for a program. */
static bool tell(const struct baseline *b, struct str path)
{
    CLEANUP(buf_free) struct buf out = {0};
    struct usual_tally t = usual_tally(b);
    char from[TIME_TEXT_MAX] = "";
    char to[TIME_TEXT_MAX] = "";
    if (b->covered.any) {
        (void)time_format(b->covered.first_day * TIME_DAY_US, from);
        (void)time_format(b->covered.newest_day * TIME_DAY_US, to);
    }
    buf_printf(&out,
               "%.*s: %zu functions, %.10s to %.10s; calls of %zu are enough to say what is "
               "usual\n",
               STR_ARG(path), b->functions.len, from, to, t.known);
    if (t.known < t.functions) {
        buf_printf(&out,
                   "%zu more were called, on logs of %u days at most: %d days and %d calls are "
                   "needed\n",
                   t.functions - t.known, t.most_days, (int)LEARN_DAYS_MIN, (int)LEARN_COUNT_MIN);
    }
    struct actor_tally who = actor_tally(b);
    if (who.actors > 0) {
        buf_printf(&out, "changes of %zu of %zu actors are enough to say what they usually do\n",
                   who.known, who.actors);
    }
    return cli_print(buf_str(&out));
}

static int learn(const struct cli_args *args, const struct estate *e)
{
    struct err err = {0};
    struct baseline b;
    struct baseline logs;
    struct str_list more = {0};
    struct str path = cli_get(args, "output");
    const struct str *values;
    size_t n = cli_get_all(args, "merge", &values);
    enum err_code code = ERR_OK;
    baseline_init(&b);
    baseline_init(&logs);
    for (size_t i = 0; code == ERR_OK && i < n; i++) {
        code = VEC_PUSH(&more, values[i]) ? ERR_OK : err_set(&err, ERR_NOMEM, "no memory");
    }
    code = code ? code : usual_load(&more, &b, &err);
    code = code ? code : usual_learn(e, &logs, &err);
    if (code == ERR_OK && baseline_merge(&b, &logs) != ERR_OK) {
        code = err_set(&err, ERR_NOMEM, "no memory for the baseline");
    }
    int status = CLI_INTERNAL;
    if (code != ERR_OK) {
        cli_error("%s", err.msg);
        status = code == ERR_NOMEM ? CLI_INTERNAL : CLI_USAGE;
    } else {
        status = write_out(&b, path, cli_given(args, "clobber"));
        status = status == CLI_DONE && !tell(&b, path) ? CLI_INTERNAL : status;
    }
    VEC_FREE(&more);
    baseline_free(&logs);
    baseline_free(&b);
    return status == CLI_DONE ? estate_status(e) : status;
}

static int run(const struct cli_args *args)
{
    struct estate *e = NULL;
    if (!str_eq(args->operands[0], STR("learn"))) {
        cli_error("baseline does not know \"%.*s\"; it takes learn",
                  STR_ARG(str_head(args->operands[0], 80)));
        return CLI_USAGE;
    }
    if (args->operand_count < 2 || !cli_given(args, "output")) {
        cli_error("baseline learn needs logs and a file: faaswatch baseline learn PATH… -o FILE");
        return CLI_USAGE;
    }
    if (!cli_given(args, "clobber") && file_kind(cli_get(args, "output"), NULL) != FILE_ABSENT) {
        cli_error("-o %.*s exists; -C overwrites it", STR_ARG(cli_get(args, "output")));
        return CLI_USAGE;
    }
    int status = estate_of(args, 1, &e);
    if (status != CLI_DONE) {
        return status;
    }
    status = learn(args, e);
    estate_free(e);
    return status;
}

static const struct cli_option options[] = {
    {.name = "output",
     .letter = 'o',
     .value = CLI_FILE,
     .arg = "FILE",
     .help = "the baseline to write, for 'triage --baseline'"},
    {.name = "merge",
     .value = CLI_FILE,
     .repeatable = true,
     .arg = "FILE",
     .help = "a baseline of earlier logs, to add to; the logs must not overlap"},
    {.name = "intel",
     .value = CLI_FILE,
     .repeatable = true,
     .arg = "PATH",
     .help = "a MaxMind database or providers' ranges: whose network an actor used"},
    {.name = "clobber", .letter = 'C', .help = "overwrite the file of -o"},
    ESTATE_OPTIONS};

const struct cli_command cli_baseline = {
    .name = "baseline",
    .summary = "learn from logs what is usual",
    .operands = "learn [PATH…]",
    .details =
        "learn PATH… -o FILE writes what the logs tell of each function: how often it was called "
        "at which hour of the week, by whom, from how many addresses, by whom and how it was "
        "changed, and how its runs went; of each actor: networks, tools, actions and hours. "
        "Actors, callers and addresses are kept as hashes, at most 8 KB a function.\n"
        "14 days with logs and 20 calls are needed before it says what is usual; six weeks are "
        "better. Give logs of a time in which all was well.\n"
        "  faaswatch baseline learn logs-october/ -o usual.fwb\n"
        "  faaswatch baseline learn logs-november/ --merge usual.fwb -o usual-2.fwb\n"
        "  faaswatch triage --baseline usual-2.fwb logs-today/",
    .options = options,
    .option_count = ARRAY_LEN(options),
    .run = run,
};
