#include "cli/estate_args.h"

#include <signal.h>
#include <string.h>

#include "cli/parse.h"
#include "cli/progress.h"

enum { JOBS_MAX = 256 };

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

static int64_t take_time(const struct cli_args *a, const char *option, bool end_of_day)
{
    int64_t us;
    bool zoned;
    bool is_date;
    if (!cli_given(a, option) || !cli_parse_time(cli_get(a, option), &us, &zoned, &is_date)) {
        return TIME_NONE;
    }
    return us + (is_date && end_of_day ? TIME_DAY_US : 0);
}

static int run(const struct cli_args *a, struct triage_options *o, struct estate **out)
{
    struct err err = {0};
    struct progress p = progress_begin();
    if (!cli_given(a, "quiet")) {
        o->progress = progress_tell;
        o->progress_arg = &p;
    }
    o->stop = &stop;
    catch_signals();
    enum err_code code = estate_build(o, out, &err);
    progress_end(&p);
    if (stop != 0) {
        if (code == ERR_OK) {
            estate_free(*out);
        }
        return CLI_INTERRUPTED;
    }
    if (code != ERR_OK) {
        cli_error("%s", err.msg);
        return code == ERR_NOMEM || code == ERR_LIMIT ? CLI_INTERNAL : CLI_USAGE;
    }
    return CLI_DONE;
}

int estate_of(const struct cli_args *a, size_t skip, struct estate **out)
{
    uint64_t jobs = 0;
    const struct str *lists;
    struct triage_options o = {.paths = a->operands + skip,
                               .path_count = a->operand_count - skip,
                               .env = cli_get(a, "env"),
                               .since_us = take_time(a, "since", false),
                               .until_us = take_time(a, "until", true)};
    if (cli_given(a, "jobs") &&
        (!str_u64(cli_get(a, "jobs"), &jobs) || jobs == 0 || jobs > JOBS_MAX)) {
        cli_error("--jobs takes a number from 1 to %d", (int)JOBS_MAX);
        return CLI_USAGE;
    }
    o.jobs = (unsigned)jobs;
    size_t n = cli_get_all(a, "functions", &lists);
    int status = CLI_DONE;
    for (size_t i = 0; status == CLI_DONE && i < n; i++) {
        status = VEC_PUSH(&o.context[CONTEXT_FUNCTIONS], lists[i]) ? CLI_DONE : CLI_INTERNAL;
    }
    n = cli_get_all(a, "intel", &lists); /* of `baseline learn` */
    for (size_t i = 0; status == CLI_DONE && i < n; i++) {
        status = VEC_PUSH(&o.intel, lists[i]) ? CLI_DONE : CLI_INTERNAL;
    }
    status = status == CLI_DONE ? run(a, &o, out) : status;
    VEC_FREE(&o.intel);
    VEC_FREE(&o.context[CONTEXT_FUNCTIONS]);
    return status;
}

int estate_status(const struct estate *e)
{
    const struct context *c = e->setup.context;
    for (size_t i = 0; i < c->notes.len; i++) {
        cli_warn("%.*s", STR_ARG(c->notes.at[i]));
    }
    for (size_t i = 0; i < c->skipped.len; i++) {
        const struct context_skip *s = &c->skipped.at[i];
        cli_warn("%.*s:%llu: row not used: %.*s", STR_ARG(s->path), (unsigned long long)s->line,
                 STR_ARG(s->reason));
    }
    size_t lost = e->scan.account.skipped.len;
    if (lost > 0) {
        cli_warn("%zu parts of the input could not be read; 'faaswatch triage' lists them", lost);
    }
    return lost > 0 || c->skips > 0 ? CLI_INCOMPLETE : CLI_DONE;
}
