#include <signal.h>
#include <string.h>

#include "cli/cli.h"
#include "cli/pack.h"
#include "cli/progress.h"
#include "cli/triage_args.h"
#include "sys/file.h"

enum { FILE_WIDTH = 100 };

static volatile int stop;

static void on_signal(int number)
{
    (void)number;
    stop = 1;
}

/* The first signal asks the engine to stop; the second one, should it hang, kills. */
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

static int status_of(enum err_code code)
{
    switch (code) {
    case ERR_USAGE:
    case ERR_SCHEMA:
    case ERR_SYNTAX:
    case ERR_NOTFOUND:
    case ERR_UNSUPPORTED:
    case ERR_IO:
        return CLI_USAGE;
    case ERR_OK:
    case ERR_NOMEM:
    case ERR_LIMIT:
    case ERR_MAX_:
        break;
    }
    return CLI_INTERNAL;
}

/* One report to a file, whole or not at all. */
static enum err_code write_file(const struct triage_job *j, const struct triage_output *o,
                                const struct result *r, const struct report_options *options,
                                struct err *err)
{
    CLEANUP(buf_free) struct buf text = {0};
    enum err_code code = o->report->write(r, options, &text, err);
    if (code != ERR_OK) {
        return err_wrap(err, code, "%.*s", STR_ARG(o->path));
    }
    return file_write(o->path, buf_str(&text), j->clobber, err);
}

static int write_all(const struct triage_job *j, const struct result *r,
                     const struct report_options *options)
{
    struct report_options plain = *options;
    plain.color = false;
    plain.quiet = false;
    plain.width = FILE_WIDTH;
    int status = CLI_DONE;
    for (size_t i = 0; i < j->outputs.len; i++) {
        struct err err = {0};
        enum err_code code = write_file(j, &j->outputs.at[i], r, &plain, &err);
        if (code != ERR_OK) {
            cli_error("%s", err.msg);
            status = code == ERR_NOMEM ? CLI_INTERNAL : CLI_USAGE;
        }
    }
    /* The work is done: what cannot go to a file is still told. */
    struct err err = {0};
    CLEANUP(buf_free) struct buf text = {0};
    if (j->to_stdout->write(r, options, &text, &err) != ERR_OK) {
        cli_error("%s", err.msg);
        return CLI_INTERNAL;
    }
    return cli_print(buf_str(&text)) ? status : CLI_INTERNAL;
}

static int report(const struct triage_job *j, struct triage *t)
{
    const struct result *r = triage_result(t);
    struct report_options options = j->report;
    options.raw = triage_raw;
    options.raw_arg = t;
    options.status = triage_incomplete(r)     ? CLI_INCOMPLETE
                     : triage_job_found(j, r) ? CLI_FOUND
                                              : CLI_DONE;
    for (size_t i = 0; !options.quiet && i < r->notes.len; i++) {
        cli_warn("%.*s", STR_ARG(r->notes.at[i]));
    }
    int status = write_all(j, r, &options);
    if (j->bundle.len > 0) {
        int packed = pack_write(j, t, &options);
        bool worse = packed != CLI_DONE && (status == CLI_DONE || packed != CLI_INCOMPLETE);
        status = worse ? packed : status;
    }
    return status == CLI_DONE ? options.status : status;
}

static int run(const struct cli_args *args)
{
    CLEANUP(triage_job_free) struct triage_job j = {0};
    struct triage *t = NULL;
    struct err err = {0};
    enum err_code code = triage_job_of(args, &j, &err);
    if (code != ERR_OK) {
        cli_error("%s", err.msg);
        return status_of(code);
    }
    struct progress p = progress_begin();
    if (!j.report.quiet) {
        j.engine.progress = progress_tell;
        j.engine.progress_arg = &p;
    }
    j.engine.stop = &stop;
    catch_signals();
    code = triage_run(&j.engine, &t, &err);
    progress_end(&p);
    if (stop != 0) {
        triage_free(t);
        return CLI_INTERRUPTED;
    }
    if (code != ERR_OK) {
        cli_error("%s", err.msg);
        return status_of(code);
    }
    int status = report(&j, t);
    triage_free(t);
    return status;
}

const struct cli_command cli_triage = {
    .name = "triage",
    .summary = "read logs, answer the playbook's questions, decide what goes to T2",
    .operands = "PATH…",
    .details = "PATH is a file or a directory, as the logs lie in a bucket: gzip, zstd, zip or "
               "plain; - is standard input. Files are recognised by what is in them.\n"
               "\n"
               "Only PATH is needed. Each further input lets more questions be answered; what is "
               "missing is named in the result, and never taken for \"all clear\".\n"
               "\n"
               "The result goes to standard output, progress and warnings to standard error. "
               "Nothing reaches the network, nothing in the cloud is changed.\n"
               "\n"
               "  faaswatch triage logs/\n"
               "  faaswatch triage --intel c2.csv --changes changes.csv -o report.html logs/\n"
               "  faaswatch triage --since 2026-11-20 --until 2026-11-20 --format json logs/",
    .options = triage_option_table,
    .option_count = TRIAGE_OPTIONS,
    .run = run,
};
