/*
 * gcp_function_log - what Cloud Functions, Cloud Run services and jobs write, and what the
 * platform says of each run of a first-generation function.
 *
 * Only the platform's line about the end of a run is a run (EVENT_RUN). All other lines are the
 * function's own text: kept folded by the hour (EVENT_LOG), and rules can look into them.
 */
#include "source/log_entry.h"
#include "source/log_words.h"

enum { ATTRS = 6, MESSAGE_MAX = 512 };

static const char *const fields[] = {LOG_ENTRY_PATHS};

static const char *const types[] = {"cloud_function", "cloud_run_revision", "cloud_run_job",
                                    "cloud_run_worker_pool"};

static int probe(const struct record *r)
{
    if (log_entry_view(r, LE_PROTO).kind != JSON_ABSENT) {
        return 0;
    }
    bool text = log_entry_view(r, LE_TEXT).kind == JSON_STRING ||
                log_entry_view(r, LE_JSON).kind == JSON_OBJECT;
    bool run = log_entry_log_starts(r, "cloudfunctions.googleapis.com/") ||
               log_entry_log_is(r, "run.googleapis.com/stdout") ||
               log_entry_log_is(r, "run.googleapis.com/stderr") ||
               log_entry_log_starts(r, "run.googleapis.com/varlog");
    for (size_t i = 0; i < ARRAY_LEN(types); i++) {
        if (log_entry_resource_is(r, types[i])) {
            return run ? 95 : text ? 60 : 0; /* a request log knows itself better */
        }
    }
    return run ? 80 : 0;
}

/* ---- the end of a run ---- */

struct run {
    struct str ms;
    struct str status; /* "ok", "200", "timeout", "crash", "connection error" */
};

/* "Function execution took 1234 ms, finished with status: 'ok'", or "... status code: 200". */
static bool read_end(struct str text, struct run *out)
{
    static const struct str took = STR_INIT("Function execution took ");
    static const struct str end = STR_INIT("finished with status");
    if (!str_starts(text, took)) {
        return false;
    }
    struct str rest = str_from(text, took.len);
    size_t digits = 0;
    while (digits < rest.len && chr_is_digit(rest.ptr[digits])) {
        digits++;
    }
    size_t at = str_find(rest, end);
    out->ms = str_head(rest, digits);
    out->status = STR_EMPTY;
    if (at != SIZE_MAX) {
        struct str status = str_from(rest, at + end.len);
        size_t colon = str_chr(status, ':');
        status = str_trim(str_from(status, colon == SIZE_MAX ? status.len : colon + 1));
        if (status.len >= 2 && status.ptr[0] == '\'') {
            status = str_head(str_from(status, 1), str_chr(str_from(status, 1), '\''));
        }
        out->status = status;
    }
    return digits != 0;
}

static bool is_ok(struct str status)
{
    uint64_t code;
    return status.len == 0 || str_eq(status, STR("ok")) || (str_u64(status, &code) && code < 400);
}

/* ---- parse ---- */

static bool subject(const struct record *r, struct arena *a, struct event *e)
{
    static const char *const names[] = {"labels.functionName", "labels.serviceName"};
    struct json_view resource = log_entry_view(r, LE_RESOURCE);
    struct str job;
    for (size_t i = 0; i < ARRAY_LEN(names) && e->function.name.len == 0; i++) {
        if (!log_entry_text(log_entry_get(resource, names[i]), a, &e->function.name)) {
            return false;
        }
    }
    if (!log_entry_text(log_entry_get(resource, "labels.jobName"), a, &job) ||
        !log_entry_text(log_entry_get(resource, "labels.revisionName"), a, &e->qualifier) ||
        (job.len != 0 && e->function.name.len == 0 &&
         !arena_printf(a, &e->function.name, "job:%.*s", STR_ARG(job)))) {
        return false;
    }
    e->function.provider = STR("gcp");
    e->function.account = e->account;
    e->function.region = e->region;
    return true;
}

static struct json_view message_of(const struct record *r)
{
    struct json_view json = log_entry_view(r, LE_JSON);
    struct json_view text = log_entry_view(r, LE_TEXT);
    return text.kind == JSON_STRING ? text : log_entry_get(json, "message");
}

static bool facts(const struct record *r, struct arena *a, struct event *e)
{
    struct str text, execution;
    struct run run = {0};
    struct log_words words = {STR_EMPTY, STR_EMPTY};
    if (!log_entry_text(message_of(r), a, &text) ||
        !log_entry_text(log_entry_get(log_entry_view(r, LE_LABELS), "executionId"), a,
                        &execution)) {
        return false;
    }
    if (read_end(text, &run)) {
        e->kind = EVENT_RUN;
        e->outcome = is_ok(run.status) ? OUTCOME_OK : OUTCOME_FAILED;
        e->error_code = e->outcome == OUTCOME_OK ? STR_EMPTY : run.status;
    } else if (e->function.name.len > 0) {
        e->kind = EVENT_LOG;
        if (!log_words_of(text, a, &words)) {
            return false;
        }
    }
    struct attr *attrs = ARENA_ARRAY(a, struct attr, ATTRS);
    if (attrs == NULL) {
        return false;
    }
    const struct attr all[ATTRS] = {
        {ATTR_EXECUTION, execution},    {ATTR_WALL_MS, run.ms},
        {ATTR_RUN_OUTCOME, run.status}, {ATTR_LOG_HOST, words.host},
        {ATTR_LOG_WORDS, words.line},   {ATTR_LOG_LINE, str_head(text, MESSAGE_MAX)}};
    for (size_t i = 0; i < ATTRS; i++) {
        if (all[i].value.len != 0) {
            attrs[e->attr_count++] = all[i];
        }
    }
    e->attrs = attrs;
    return true;
}

static enum err_code parse(const struct record *r, struct arena *a, struct event *e,
                           struct err *err)
{
    enum err_code rc = log_entry_envelope(r, "gcp.function_log", a, e, err);
    if (rc != ERR_OK) {
        return rc;
    }
    e->service = log_entry_resource_is(r, "cloud_function") ? STR("cloudfunctions.googleapis.com")
                                                            : STR("run.googleapis.com");
    e->name = e->action = STR("log");
    e->who.kind = IDENTITY_SERVICE;
    e->who.principal = e->service;
    if (!subject(r, a, e) || !facts(r, a, e)) {
        return err_set(err, ERR_LIMIT, "gcp function log: its texts do not fit in %zu bytes",
                       a->limit);
    }
    return ERR_OK;
}

const struct source_ops source_gcp_function_log = {
    .name = "gcp.function_log",
    .summary = "Google Cloud Functions and Cloud Run logs",
    .reference = "https://cloud.google.com/functions/docs/monitoring/logging",
    .fields = fields,
    .field_count = ARRAY_LEN(fields),
    .probe = probe,
    .parse = parse,
    .delay_us = 5 * TIME_MINUTE_US,
};
