/*
 * gcp_audit - Google Cloud Audit Logs: activity, data access, system events, denied by policy.
 *
 * Fields follow google.cloud.audit.AuditLog. What a record says beyond its envelope is decided by
 * the tables of table.h. A long-running operation has two records: what was asked stands in the
 * first, how it ended in the last; they are joined later (inventory/operation.h).
 */
#include <string.h>

#include "source/gcp_audit/table.h"
#include "source/gcp_audit/who.h"
#include "source/google_login.h"

static const char *const fields[] = {
    LOG_ENTRY_PATHS,
#define GCP_MEMBER(id, name) "protoPayload." name,
    GCP_MEMBERS(GCP_MEMBER)
#undef GCP_MEMBER
    /* Asked for only so that the scanner sees when one of them stands twice. */
    "protoPayload.authenticationInfo.principalEmail",
    "protoPayload.requestMetadata.callerIp",
    "protoPayload.status.code",
};

/* ---- probe ---- */

static int probe(const struct record *r)
{
    struct json_view p = log_entry_view(r, LE_PROTO);
    if (p.kind != JSON_OBJECT) {
        return 0;
    }
    if (log_entry_log_starts(r, "cloudaudit.googleapis.com/")) {
        return 100;
    }
    /* A tool dropped or masked fields: what is left must still look like an audit record. */
    static const char *const marks[] = {"methodName", "authenticationInfo", "authorizationInfo",
                                        "requestMetadata"};
    for (size_t i = 0; i < ARRAY_LEN(marks); i++) {
        if (log_entry_get(p, marks[i]).kind != JSON_ABSENT) {
            return 90;
        }
    }
    return 0;
}

/* ---- outcome ---- */

static const char *const codes[] = {
    "OK",
    "CANCELLED",
    "UNKNOWN",
    "INVALID_ARGUMENT",
    "DEADLINE_EXCEEDED",
    "NOT_FOUND",
    "ALREADY_EXISTS",
    "PERMISSION_DENIED",
    "RESOURCE_EXHAUSTED",
    "FAILED_PRECONDITION",
    "ABORTED",
    "OUT_OF_RANGE",
    "UNIMPLEMENTED",
    "INTERNAL",
    "UNAVAILABLE",
    "DATA_LOSS",
    "UNAUTHENTICATED",
};
enum { PERMISSION_DENIED = 7, UNAUTHENTICATED = 16 };

/* Without a status: every permission that was asked for was refused? */
static bool all_refused(const struct gcp_extract *x)
{
    struct json_view list = gcp_member(x, GCP_AUTHORIZATION), key, one;
    struct json_iter it = json_iter_of(list);
    size_t refused = 0;
    while (list.kind == JSON_ARRAY && json_iter_next(&it, &key, &one)) {
        int granted = json_truth(log_entry_get(one, "granted"));
        if (granted == 1) {
            return false;
        }
        refused += granted == 0 ? 1 : 0;
    }
    return refused != 0;
}

static void outcome(struct gcp_extract *x)
{
    struct event *e = x->e;
    struct json_view status = gcp_member(x, GCP_STATUS);
    uint64_t code = 0;
    if (!str_u64(gcp_get(x, status, "code"), &code) && all_refused(x)) {
        code = PERMISSION_DENIED;
    }
    if (code == 0) {
        return; /* a message without a code is news, no error */
    }
    e->outcome =
        code == PERMISSION_DENIED || code == UNAUTHENTICATED ? OUTCOME_DENIED : OUTCOME_FAILED;
    e->error_code = code < ARRAY_LEN(codes) ? str_of(codes[code]) : gcp_get(x, status, "code");
    e->error_message = gcp_get(x, status, "message");
}

/* ---- parse ---- */

static void operation(struct gcp_extract *x)
{
    struct json_view op = log_entry_view(x->r, LE_OPERATION);
    struct str id = gcp_get(x, op, "id");
    bool first = json_truth(log_entry_get(op, "first")) == 1;
    bool last = json_truth(log_entry_get(op, "last")) == 1;
    if (id.len == 0) {
        return;
    }
    gcp_add(x, ATTR_OPERATION, id);
    if (first != last) {
        gcp_add(x, ATTR_OPERATION_PART, first ? STR("first") : STR("last"));
    }
}

/* request, or BigQuery's requestJson, which is its text. */
static struct json_view body(struct gcp_extract *x, enum gcp_member object, const char *text)
{
    struct json_view v = gcp_member(x, object);
    if (v.kind == JSON_OBJECT || x->native) {
        return v.kind == JSON_OBJECT ? v : (struct json_view){0};
    }
    struct str json = gcp_get(x, x->payload, text);
    v = json.len == 0 ? (struct json_view){0} : json_view_of(json);
    return v.kind == JSON_OBJECT ? v : (struct json_view){0};
}

static void caller(struct gcp_extract *x)
{
    struct json_view meta = gcp_member(x, GCP_CALLER);
    log_entry_address(x->e, gcp_get(x, meta, "callerIp")); /* callerIP is the same key */
    x->e->user_agent = gcp_get(x, meta, "callerSuppliedUserAgent");
}

static void names(struct gcp_extract *x)
{
    struct event *e = x->e;
    e->service = gcp_text(x, gcp_member(x, GCP_SERVICE));
    e->name = gcp_text(x, gcp_member(x, GCP_METHOD));
    e->action = gcp_action(e->name);
    x->resource = gcp_text(x, gcp_member(x, GCP_RESOURCE));
    if (e->account.len == 0) {
        e->account = log_entry_account(x->resource);
    }
    if (e->region.len == 0) {
        e->region = gcp_part(x->resource, "locations");
    }
    bool status = e->name.len == 0 && str_eq(e->service, STR("run.googleapis.com")) &&
                  log_entry_log_is(x->r, "cloudaudit.googleapis.com/system_event");
    if (status && x->response.kind == JSON_OBJECT) {
        e->action = STR("ServiceStatus");
        e->who.kind = IDENTITY_SERVICE;
        e->who.principal = e->service;
    }
}

static enum err_code keep(struct gcp_extract *x, struct err *err)
{
    if (!x->full && x->count != 0) {
        struct attr *attrs = ARENA_ARRAY(x->a, struct attr, x->count);
        x->full = attrs == NULL;
        if (attrs != NULL) {
            memcpy(attrs, x->attr, x->count * sizeof(*attrs));
            x->e->attrs = attrs;
            x->e->attr_count = x->count;
        }
    }
    if (x->full) {
        return err_set(err, ERR_LIMIT, "gcp audit record: its fields do not fit in %zu bytes",
                       x->a->limit);
    }
    return ERR_OK;
}

static enum err_code parse(const struct record *r, struct arena *a, struct event *e,
                           struct err *err)
{
    enum err_code rc = log_entry_envelope(r, "gcp.audit", a, e, err);
    if (rc != ERR_OK) {
        return rc;
    }
    if (google_login_is(log_entry_view(r, LE_PROTO))) { /* of Google Workspace, shared with us */
        return google_login_logged(r, "gcp.audit", a, e, err);
    }
    struct gcp_extract x = {.r = r, .a = a, .e = e, .payload = log_entry_view(r, LE_PROTO)};
    x.native = record_view(r, LE_FIELDS + GCP_SERVICE).kind == JSON_STRING ||
               record_view(r, LE_FIELDS + GCP_METHOD).kind == JSON_STRING;
    x.request = body(&x, GCP_REQUEST, "requestJson");
    x.response = body(&x, GCP_RESPONSE, "responseJson");
    e->data_event = log_entry_log_is(r, "cloudaudit.googleapis.com/data_access");
    names(&x);
    if (e->who.kind == IDENTITY_UNKNOWN) {
        gcp_who(&x);
    }
    caller(&x);
    outcome(&x);
    const struct gcp_service *service = NULL;
    const struct gcp_row *row = gcp_row_find(e->service, e->action, &service);
    if (row != NULL) {
        e->kind = row->kind;
        e->read_only = row->kind == EVENT_READ;
        operation(&x);
        if (service->subject != NULL) {
            service->subject(&x);
        }
        gcp_take_all(&x, row->takes, row->take_count);
        if (row->more != NULL) {
            row->more(&x);
        }
    }
    return keep(&x, err);
}

static const struct logsource logsources[] = {
    {.product = "gcp", .service = "gcp.audit"},
    {.product = "gcp", .service = "audit"},
};

const struct source_ops source_gcp_audit = {
    .name = "gcp.audit",
    .summary = "Google Cloud Audit Logs: activity, data access, system events, policy",
    .reference = "https://cloud.google.com/logging/docs/audit",
    .fields = fields,
    .field_count = ARRAY_LEN(fields),
    .logsources = logsources,
    .logsource_count = ARRAY_LEN(logsources),
    .index = {"protoPayload.serviceName", "protoPayload.methodName"},
    .probe = probe,
    .parse = parse,
    .without_data = "no data access logs of functions: CallFunction, RunJob and Eventarc changes "
                    "are off by default, and not seen here",
    .delay_us = 5 * TIME_MINUTE_US,
};
