/*
 * triage_args - the options of `faaswatch triage`, checked, as what the engine and the reports
 * take. Everything that is wrong with a command line is found here, before any work.
 */
#ifndef CLI_TRIAGE_ARGS_H
#define CLI_TRIAGE_ARGS_H

#include "base/vec.h"
#include "cli/cli.h"
#include "engine/triage.h"
#include "report/report.h"

enum { TRIAGE_OPTIONS = 31 };
extern const struct cli_option triage_option_table[TRIAGE_OPTIONS];

struct triage_output {
    struct str path;
    const struct report_ops *report;
};

struct triage_job {
    struct triage_options engine;
    struct report_options report; /* for standard output; files get no colour */
    const struct report_ops *to_stdout;
    struct {
        VEC_OF(struct triage_output);
    } outputs;
    bool clobber;
    struct str pseudonym_key; /* file with the key of --pseudonymise; "": names stay */
    struct str bundle;        /* directory of the hand-over pack; "": none */
    bool fail_on_escalate;
    enum severity fail_on; /* SEVERITY_MAX_: nothing */
};

/* ERR_USAGE: the message names the option. Texts are those of the command line. */
NODISCARD enum err_code triage_job_of(const struct cli_args *a, struct triage_job *out,
                                      struct err *err);
void triage_job_free(struct triage_job *j); /* safe on a zeroed or half-filled one */

/* Does the result hold something at or above --fail-on? */
bool triage_job_found(const struct triage_job *j, const struct result *r);
/* Was there input that could not be read? */
bool triage_incomplete(const struct result *r);

#endif
