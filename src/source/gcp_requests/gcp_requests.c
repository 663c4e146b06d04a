/*
 * gcp_requests - the request logs of Cloud Run and Cloud Functions: each is a call of a function,
 * with its caller's address. Who called is not in them.
 */
#include <string.h>

#include "source/http_call.h"

static const char *const fields[] = {LOG_ENTRY_PATHS};

static int probe(const struct record *r)
{
    bool http = log_entry_view(r, LE_HTTP).kind == JSON_OBJECT;
    if (log_entry_log_is(r, "run.googleapis.com/requests")) {
        return http ? 100 : 80;
    }
    bool ours = log_entry_resource_is(r, "cloud_run_revision") ||
                log_entry_resource_is(r, "cloud_function");
    return http && ours && log_entry_view(r, LE_PROTO).kind == JSON_ABSENT ? 90 : 0;
}

static enum err_code parse(const struct record *r, struct arena *a, struct event *e,
                           struct err *err)
{
    static const char *const names[] = {"labels.serviceName", "labels.functionName"};
    enum err_code rc = log_entry_envelope(r, "gcp.requests", a, e, err);
    struct json_view resource = log_entry_view(r, LE_RESOURCE);
    bool fits = true;
    for (size_t i = 0; rc == ERR_OK && fits && i < ARRAY_LEN(names); i++) {
        if (e->function.name.len == 0) {
            fits = log_entry_text(log_entry_get(resource, names[i]), a, &e->function.name);
        }
    }
    if (rc != ERR_OK) {
        return rc;
    }
    e->function.provider = STR("gcp");
    e->function.account = e->account;
    e->function.region = e->region;
    e->service = log_entry_resource_is(r, "cloud_function") ? STR("cloudfunctions.googleapis.com")
                                                            : STR("run.googleapis.com");
    e->name = e->action = STR("request");
    fits = fits &&
           log_entry_text(log_entry_get(resource, "labels.revisionName"), a, &e->qualifier) &&
           http_call(log_entry_view(r, LE_HTTP), a, e);
    if (!fits) {
        return err_set(err, ERR_LIMIT, "gcp request: its texts do not fit in %zu bytes", a->limit);
    }
    return ERR_OK;
}

const struct source_ops source_gcp_requests = {
    .name = "gcp.requests",
    .summary = "Google Cloud Run and Cloud Functions request logs",
    .reference = "https://cloud.google.com/run/docs/logging",
    .fields = fields,
    .field_count = ARRAY_LEN(fields),
    .probe = probe,
    .parse = parse,
    .delay_us = 5 * TIME_MINUTE_US,
};
