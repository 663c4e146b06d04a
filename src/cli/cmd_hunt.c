#include <signal.h>
#include <string.h>

#include "cli/cli.h"
#include "cli/hunt_out.h"
#include "cli/parse.h"
#include "cli/progress.h"
#include "report/report.h"

static volatile int stop;

static void on_signal(int number)
{
    (void)number;
    stop = 1;
}

static void catch_signals(void)
{
    struct sigaction act;
    memset(&act, 0, sizeof(act));
    act.sa_handler = on_signal;
    act.sa_flags = (int)SA_RESETHAND;
    (void)sigemptyset(&act.sa_mask);
    (void)sigaction(SIGINT, &act, NULL);
    (void)sigaction(SIGTERM, &act, NULL);
}

static int fail(enum err_code code, const struct err *err)
{
    cli_error("%s", err->msg);
    return code == ERR_NOMEM ? CLI_INTERNAL : CLI_USAGE;
}

static int64_t time_of(const struct cli_args *a, const char *option, bool end)
{
    int64_t us;
    bool zoned;
    bool is_date;
    if (!cli_given(a, option) || !cli_parse_time(cli_get(a, option), &us, &zoned, &is_date)) {
        return TIME_NONE;
    }
    return us + (is_date && end ? TIME_DAY_US : 0);
}

static int print(const struct cli_args *a, const struct hunt_seeds *s, const struct hunt_result *r)
{
    CLEANUP(buf_free) struct buf out = {0};
    struct str format = cli_get(a, "format");
    bool fine = true;
    if (str_eq(format, STR("json"))) {
        hunt_out_json(&out, s, r);
    } else if (str_eq(format, STR("stix"))) {
        fine = hunt_out_stix(&out, s, r);
    } else {
        hunt_out_text(&out, s, r);
    }
    if (!fine || out.failed) {
        cli_error("no memory for the result");
        return CLI_INTERNAL;
    }
    if (!cli_print(buf_str(&out))) {
        return CLI_INTERNAL;
    }
    if (r->account.skipped.len > 0) {
        return CLI_INCOMPLETE;
    }
    for (size_t i = 0; cli_given(a, "fail-on-hit") && i < r->groups.len; i++) {
        if (r->groups.at[i].count > r->groups.at[i].known) {
            return CLI_FOUND;
        }
    }
    return CLI_DONE;
}

static int search(const struct cli_args *a, const struct hunt_seeds *s)
{
    struct progress p = progress_begin();
    struct err err = {0};
    struct hunt_result r = {0};
    uint64_t jobs = 0;
    if (cli_given(a, "jobs") && (!str_u64(cli_get(a, "jobs"), &jobs) || jobs == 0 || jobs > 256)) {
        cli_error("--jobs takes a number from 1 to 256");
        return CLI_USAGE;
    }
    struct hunt_options o = {.paths = a->operands + 1,
                             .path_count = a->operand_count - 1,
                             .marks = s->marks.at,
                             .mark_count = s->marks.len,
                             .known = s->known.at,
                             .known_count = s->known.len,
                             .since_us = time_of(a, "since", false),
                             .until_us = time_of(a, "until", true),
                             .jobs = (unsigned)jobs,
                             .stop = &stop};
    if (!cli_given(a, "quiet")) {
        o.progress = progress_tell;
        o.progress_arg = &p;
    }
    catch_signals();
    enum err_code rc = hunt_run(&o, &r, &err);
    progress_end(&p);
    if (rc != ERR_OK) {
        return fail(rc, &err);
    }
    int status = stop != 0 ? CLI_INTERRUPTED : print(a, s, &r);
    hunt_result_free(&r);
    return status;
}

/* The same marks for logs that are elsewhere. */
static int queries(const struct cli_args *a, const struct hunt_seeds *s)
{
    CLEANUP(buf_free) struct buf out = {0};
    struct err err = {0};
    struct report_options o = {.zone_name = STR("UTC"), .width = 100};
    const struct report_ops *ops = report_find(cli_get(a, "queries"));
    if (ops == NULL) {
        cli_error("--queries takes queries or sigma");
        return CLI_USAGE;
    }
    enum err_code rc = ops->write(&s->result, &o, &out, &err);
    if (rc != ERR_OK) {
        return fail(rc, &err);
    }
    return cli_print(buf_str(&out)) ? CLI_DONE : CLI_INTERNAL;
}

static int run(const struct cli_args *args)
{
    struct hunt_seeds s = {0};
    struct err err = {0};
    const struct str *only;
    size_t only_count = cli_get_all(args, "case", &only);
    bool asks = cli_given(args, "queries");
    if (!asks && args->operand_count < 2) {
        cli_error("hunt needs logs: faaswatch hunt CASE.json LOGS…, or --queries");
        return CLI_USAGE;
    }
    enum err_code rc = hunt_seeds_read(args->operands[0], only, only_count, &s, &err);
    if (rc != ERR_OK) {
        return fail(rc, &err);
    }
    if (s.unknown > 0) {
        cli_warn("%llu marks are of kinds that this version does not know",
                 (unsigned long long)s.unknown);
    }
    int status = asks ? queries(args, &s) : search(args, &s);
    hunt_seeds_free(&s);
    return status;
}

static const struct cli_option options[] = {
    {.name = "case",
     .value = CLI_TEXT,
     .repeatable = true,
     .arg = "ID",
     .help = "only this case: its id, or at least its first four digits"},
    {.name = "queries",
     .value = CLI_CHOICE,
     .arg = "FORM",
     .choices = "queries|sigma",
     .help = "do not search: print queries for Athena, BigQuery, Splunk and KQL, or Sigma rules"},
    {.name = "since",
     .value = CLI_TIME,
     .arg = "TIME",
     .help = "leave out records before this time"},
    {.name = "until",
     .value = CLI_TIME,
     .arg = "TIME",
     .help = "leave out records from this time on; a date means all of that day"},
    {.name = "format",
     .value = CLI_CHOICE,
     .arg = "NAME",
     .choices = "terminal|json|stix",
     .fallback = "terminal",
     .help = "how to print: stix gives STIX 2.1 sightings"},
    {.name = "fail-on-hit",
     .help = "exit 1 when a mark is found in a record that is not of the case"},
    {.name = "quiet", .letter = 'q', .help = "no progress"},
    {.name = "jobs",
     .letter = 'j',
     .value = CLI_COUNT,
     .arg = "N",
     .help = "workers; without it one a core"},
};

const struct cli_command cli_hunt = {
    .name = "hunt",
    .summary = "look for the marks of a case in other logs",
    .operands = "CASE.json [PATH…]",
    .details = "Takes what would show a case elsewhere (code hashes, layers, keys, addresses, "
               "names, …) from a result as JSON and looks for it in logs of other accounts, "
               "projects, regions and sources, every byte accounted for. Whole results and single "
               "cases of a pack will do.\n"
               "For logs that are elsewhere, --queries prints the same as queries.\n"
               "  faaswatch hunt case/cases/5010b37d5ebc.json all-logs/\n"
               "  faaswatch hunt report.json --format stix all-logs/ > sightings.stix.json\n"
               "  faaswatch hunt report.json --queries sigma > hunt.yml",
    .options = options,
    .option_count = ARRAY_LEN(options),
    .run = run,
};
