#include "cli/triage_args.h"

#include <unistd.h>

#include "bundle/bundle.h"
#include "cli/parse.h"
#include "report/evidence.h"
#include "sys/file.h"
#include "sys/term.h"

enum { JOBS_MAX = 256, CASE_DIGITS_MIN = 4 };

const struct cli_option triage_option_table[TRIAGE_OPTIONS] = {
    {.name = "env",
     .value = CLI_FILE,
     .arg = "FILE",
     .help = "what is yours: accounts, address ranges, pipelines, allow-lists, thresholds, names "
             "of columns"},
    {.name = "rules",
     .letter = 'r',
     .value = CLI_FILE,
     .repeatable = true,
     .arg = "PATH",
     .help = "Sigma rules besides the built-in ones: a file or a directory"},
    {.name = "intel",
     .value = CLI_FILE,
     .repeatable = true,
     .arg = "PATH",
     .help = "threat intelligence: addresses and names known to be bad, ranges of providers"},
    {.name = "iam",
     .value = CLI_FILE,
     .repeatable = true,
     .arg = "PATH",
     .help = "who may do what at the start: aws iam get-account-authorization-details"},
    {.name = "changes",
     .value = CLI_FILE,
     .repeatable = true,
     .arg = "PATH",
     .help = "change records: ServiceNow, Jira, GitHub deployments, CSV"},
    {.name = "people",
     .value = CLI_FILE,
     .repeatable = true,
     .arg = "PATH",
     .help = "the staff list: SCIM or CSV"},
    {.name = "projects",
     .value = CLI_FILE,
     .repeatable = true,
     .arg = "PATH",
     .help = "who works on what: CSV"},
    {.name = "builds",
     .value = CLI_FILE,
     .repeatable = true,
     .arg = "PATH",
     .help = "what CI built: function, commit, hash"},
    {.name = "processes",
     .value = CLI_FILE,
     .repeatable = true,
     .arg = "PATH",
     .help = "who may call which function, when and how often"},
    {.name = "alerts",
     .value = CLI_FILE,
     .repeatable = true,
     .arg = "PATH",
     .help = "known alerts and incidents: GuardDuty, Security Hub, SCC, Suricata, CSV"},
    {.name = "functions",
     .value = CLI_FILE,
     .repeatable = true,
     .arg = "PATH",
     .help = "functions you have: 'aws lambda list-functions', 'gcloud run services list', "
             "Cloudflare's list of scripts"},
    {.name = "baseline",
     .value = CLI_FILE,
     .repeatable = true,
     .arg = "FILE",
     .help =
         "what was usual before, from 'faaswatch baseline learn'; adds to the history that lies "
         "before --since in the logs"},
    {.name = "playbook",
     .value = CLI_FILE,
     .arg = "FILE",
     .help = "another playbook than the built-in one: weights, rows, deadlines; see 'faaswatch "
             "playbook'"},
    {.name = "attest",
     .value = CLI_FILE,
     .repeatable = true,
     .arg = "FILE",
     .help =
         "what people said about cases: case, question, answer, who, channel, expires; never the "
         "actor, never through the actor's account"},
    {.name = "watch",
     .value = CLI_FILE,
     .repeatable = true,
     .arg = "FILE",
     .help = "what is judged more sharply, until when: functions, actors, roles, addresses"},
    {.name = "previous",
     .value = CLI_FILE,
     .arg = "RESULT",
     .help = "an earlier result, as --format json wrote it: tells what is new, changed, unchanged; "
             "what was closed stays closed while nothing is new"},
    {.name = "digest-keys",
     .value = CLI_FILE,
     .arg = "FILE",
     .help = "verify CloudTrail's signed digests with these public keys, the output of 'aws "
             "cloudtrail list-public-keys'; reads the logs a second time"},
    {.name = "since",
     .value = CLI_TIME,
     .arg = "TIME",
     .help = "begin of the incident window; records before it are history"},
    {.name = "until",
     .value = CLI_TIME,
     .arg = "TIME",
     .help = "end of the incident window; a date means all of that day"},
    {.name = "tz",
     .value = CLI_TEXT,
     .arg = "OFFSET",
     .fallback = "UTC",
     .help = "offset from UTC such as +02:00, for display and for times given without one"},
    {.name = "output",
     .letter = 'o',
     .value = CLI_FILE,
     .repeatable = true,
     .arg = "FILE",
     .help = "write the result to a file too; the format comes from its name: .txt .json .jsonl "
             ".csv .md .html .ocsf.jsonl .stix.json .misp.json .timesketch.jsonl .cacao.json "
             ".sigma.yml .queries.md; - is standard output"},
    {.name = "format",
     .value = CLI_CHOICE,
     .arg = "NAME",
     .choices =
         "terminal|json|jsonl|csv|markdown|html|ocsf|stix|misp|timesketch|cacao|sigma|queries",
     .fallback = "terminal",
     .help = "format on standard output"},
    {.name = "bundle",
     .value = CLI_DIR,
     .arg = "DIR",
     .help = "write a hand-over pack: all reports, the records they rest on byte for byte, and a "
             "manifest of hashes"},
    {.name = "pseudonymise",
     .value = CLI_FILE,
     .arg = "KEYFILE",
     .help = "with --bundle, for a pack that leaves the house: other names for persons, accounts, "
             "addresses and hosts of yours, the same for the same key"},
    {.name = "clobber",
     .letter = 'C',
     .help = "overwrite files of -o that exist, replace a pack of --bundle"},
    {.name = "fail-on",
     .value = CLI_CHOICE,
     .arg = "LEVEL",
     .choices = "informational|low|medium|high|critical|escalate",
     .help = "exit 1 when a finding is that severe, or when a case escalates"},
    {.name = "evidence",
     .value = CLI_COUNT,
     .arg = "N",
     .choices = "all",
     .fallback = "100",
     .help = "most records shown a finding, or all"},
    {.name = "explain",
     .value = CLI_TEXT,
     .repeatable = true,
     .arg = "CASE",
     .help = "show the arithmetic of this case: its id, or how it begins (4 digits or more)"},
    {.name = "quiet", .letter = 'q', .help = "only the cases; no progress"},
    {.name = "color",
     .value = CLI_CHOICE,
     .arg = "WHEN",
     .choices = "auto|always|never",
     .fallback = "auto",
     .help = "colour on standard output"},
    {.name = "jobs",
     .letter = 'j',
     .value = CLI_COUNT,
     .arg = "N",
     .help = "workers; without it one a core"},
};

void triage_job_free(struct triage_job *j)
{
    VEC_FREE(&j->engine.rules);
    VEC_FREE(&j->engine.intel);
    VEC_FREE(&j->engine.iam);
    VEC_FREE(&j->engine.baselines);
    VEC_FREE(&j->engine.explain);
    for (unsigned k = 0; k < CONTEXT_KIND_MAX_; k++) {
        VEC_FREE(&j->engine.context[k]);
    }
    VEC_FREE(&j->outputs);
}

static enum err_code take_list(const struct cli_args *a, const char *option, struct str_list *list,
                               struct err *err)
{
    const struct str *values;
    size_t n = cli_get_all(a, option, &values);
    for (size_t i = 0; i < n; i++) {
        if (!VEC_PUSH(list, values[i])) {
            return err_set(err, ERR_NOMEM, "no memory for the options");
        }
    }
    return ERR_OK;
}

static enum err_code take_zone(const struct cli_args *a, struct triage_job *j, struct err *err)
{
    struct str zone = cli_get(a, "tz");
    if (!time_parse_offset(zone, &j->report.zone_us)) {
        return err_set(err, ERR_USAGE, "--tz takes an offset such as +02:00, or UTC, not \"%.*s\"",
                       STR_ARG(str_head(zone, 80)));
    }
    j->report.zone_name = zone;
    return ERR_OK;
}

static int64_t take_time(const struct cli_args *a, const char *option, int64_t zone_us,
                         bool end_of_day)
{
    int64_t us;
    bool zoned;
    bool is_date;
    if (!cli_given(a, option) || !cli_parse_time(cli_get(a, option), &us, &zoned, &is_date)) {
        return TIME_NONE;
    }
    return us - (zoned ? 0 : zone_us) + (is_date && end_of_day ? TIME_DAY_US : 0);
}

static enum err_code take_window(const struct cli_args *a, struct triage_job *j, struct err *err)
{
    enum err_code code = take_zone(a, j, err);
    if (code != ERR_OK) {
        return code;
    }
    j->engine.since_us = take_time(a, "since", j->report.zone_us, false);
    j->engine.until_us = take_time(a, "until", j->report.zone_us, true);
    if (j->engine.until_us != TIME_NONE && j->engine.since_us >= j->engine.until_us) {
        return err_set(err, ERR_USAGE, "--since must lie before --until");
    }
    return ERR_OK;
}

static enum err_code check_output(const struct cli_args *a, const struct triage_job *j,
                                  struct str path, struct err *err)
{
    for (size_t i = 0; i < j->outputs.len; i++) {
        if (str_eq(j->outputs.at[i].path, path)) {
            return err_set(err, ERR_USAGE, "-o %.*s is given twice", STR_ARG(path));
        }
    }
    for (size_t i = 0; i < a->operand_count; i++) {
        if (str_eq(a->operands[i], path)) {
            return err_set(err, ERR_USAGE, "-o %.*s would overwrite an input", STR_ARG(path));
        }
    }
    enum file_kind kind = file_kind(path, NULL);
    size_t slash = str_rchr(path, '/');
    struct str parent = slash == SIZE_MAX ? STR(".") : str_head(path, slash + 1);
    if (file_kind(parent, NULL) != FILE_DIRECTORY) {
        return err_set(err, ERR_USAGE, "-o %.*s: there is no directory %.*s", STR_ARG(path),
                       STR_ARG(parent));
    }
    if (kind == FILE_DIRECTORY) {
        return err_set(err, ERR_USAGE, "-o %.*s is a directory", STR_ARG(path));
    }
    if (kind == FILE_REGULAR && !j->clobber) {
        return err_set(err, ERR_USAGE, "-o %.*s exists; -C overwrites it", STR_ARG(path));
    }
    return ERR_OK;
}

static enum err_code take_outputs(const struct cli_args *a, struct triage_job *j, struct err *err)
{
    const struct str *paths;
    size_t n = cli_get_all(a, "output", &paths);
    j->clobber = cli_given(a, "clobber");
    j->to_stdout = report_find(cli_get(a, "format"));
    for (size_t i = 0; i < n; i++) {
        if (str_eq(paths[i], STR("-"))) {
            continue; /* standard output always has the result */
        }
        struct triage_output o = {paths[i], report_of_path(paths[i])};
        if (o.report == NULL) {
            return err_set(err, ERR_USAGE,
                           "-o %.*s: the name says no format; it takes .txt .json .jsonl .csv .md "
                           ".html .ocsf.jsonl .stix.json .misp.json .timesketch.jsonl .cacao.json "
                           ".sigma.yml .queries.md",
                           STR_ARG(paths[i]));
        }
        enum err_code code = check_output(a, j, paths[i], err);
        if (code != ERR_OK) {
            return code;
        }
        if (!VEC_PUSH(&j->outputs, o)) {
            return err_set(err, ERR_NOMEM, "no memory for the options");
        }
    }
    return ERR_OK;
}

static void take_display(const struct cli_args *a, struct triage_job *j)
{
    struct str color = cli_get(a, "color");
    uint64_t n;
    j->report.quiet = cli_given(a, "quiet");
    j->report.width = term_width(STDOUT_FILENO);
    j->report.color = str_eq(color, STR("always")) ||
                      (str_eq(color, STR("auto")) && term_wants_color(STDOUT_FILENO));
    j->report.evidence_asked = cli_given(a, "evidence");
    j->report.evidence_max = str_u64(cli_get(a, "evidence"), &n) && n < SIZE_MAX ? n : SIZE_MAX;
}

/* Ids of cases as reports show them. */
static enum err_code take_cases(const struct cli_args *a, struct triage_job *j, struct err *err)
{
    enum err_code code = take_list(a, "explain", &j->engine.explain, err);
    for (size_t i = 0; code == ERR_OK && i < j->engine.explain.len; i++) {
        struct str id = j->engine.explain.at[i];
        bool ok = id.len >= CASE_DIGITS_MIN;
        for (size_t k = 0; ok && k < id.len; k++) {
            ok = chr_is_digit(id.ptr[k]) || (id.ptr[k] >= 'a' && id.ptr[k] <= 'f');
        }
        if (!ok) {
            code = err_set(err, ERR_USAGE,
                           "--explain takes the id of a case, %d hexadecimal digits or more, not "
                           "\"%.*s\"",
                           (int)CASE_DIGITS_MIN, STR_ARG(str_head(id, 80)));
        }
    }
    return code;
}

static enum err_code take_lists(const struct cli_args *a, struct triage_job *j, struct err *err)
{
    enum err_code code = take_list(a, "rules", &j->engine.rules, err);
    if (code == ERR_OK) {
        code = take_list(a, "intel", &j->engine.intel, err);
    }
    if (code == ERR_OK) {
        code = take_list(a, "iam", &j->engine.iam, err);
    }
    if (code == ERR_OK) {
        code = take_list(a, "baseline", &j->engine.baselines, err);
    }
    if (code == ERR_OK) {
        code = take_cases(a, j, err);
    }
    for (unsigned k = 0; code == ERR_OK && k < CONTEXT_KIND_MAX_; k++) {
        code = take_list(a, context_kind_name((enum context_kind)k), &j->engine.context[k], err);
    }
    return code;
}

static enum err_code fill(const struct cli_args *a, struct triage_job *j, struct err *err)
{
    uint64_t jobs = 0;
    struct str fail_on = cli_get(a, "fail-on");
    j->engine.paths = a->operands;
    j->engine.path_count = a->operand_count;
    j->engine.env = cli_get(a, "env");
    j->engine.playbook = cli_get(a, "playbook");
    j->engine.previous = cli_get(a, "previous");
    j->engine.digest_keys = cli_get(a, "digest-keys");
    if (cli_given(a, "jobs") &&
        (!str_u64(cli_get(a, "jobs"), &jobs) || jobs == 0 || jobs > JOBS_MAX)) {
        return err_set(err, ERR_USAGE, "--jobs takes a number from 1 to %d", (int)JOBS_MAX);
    }
    j->engine.jobs = (unsigned)jobs;
    j->fail_on_escalate = str_eq(fail_on, STR("escalate"));
    if (!severity_parse(fail_on, &j->fail_on)) {
        j->fail_on = SEVERITY_MAX_;
    }
    take_display(a, j);
    enum err_code code = take_window(a, j, err);
    if (code == ERR_OK) {
        code = take_lists(a, j, err);
    }
    if (code == ERR_OK) {
        code = take_outputs(a, j, err);
    }
    j->bundle = cli_get(a, "bundle");
    j->pseudonym_key = cli_get(a, "pseudonymise");
    if (code == ERR_OK && j->pseudonym_key.len > 0 && j->bundle.len == 0) {
        return err_set(err, ERR_USAGE, "--pseudonymise is for a pack: give --bundle DIR too");
    }
    return code == ERR_OK && j->bundle.len > 0 ? bundle_check(j->bundle, j->clobber, err) : code;
}

enum err_code triage_job_of(const struct cli_args *a, struct triage_job *out, struct err *err)
{
    struct triage_job j = {0};
    enum err_code code = fill(a, &j, err);
    if (code != ERR_OK) {
        triage_job_free(&j);
        return code;
    }
    *out = j;
    return ERR_OK;
}

bool triage_job_found(const struct triage_job *j, const struct result *r)
{
    for (size_t i = 0; j->fail_on_escalate && i < r->cases.len; i++) {
        if (r->cases.at[i]->decision.escalate) {
            return true;
        }
    }
    for (size_t i = 0; j->fail_on < SEVERITY_MAX_ && i < r->findings.len; i++) {
        if (r->findings.at[i]->severity >= j->fail_on) {
            return true;
        }
    }
    return false;
}

bool triage_incomplete(const struct result *r)
{
    bool partial = r->skipped.len > 0 || r->rule_stops > 0;
    for (size_t i = 0; i < r->with.len; i++) {
        partial = partial || r->with.at[i].partial;
    }
    return partial;
}
