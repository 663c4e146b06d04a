/*
 * log_entry - the envelope of Google Cloud Logging (LogEntry), as every exporter spells it.
 *
 * Native JSON has camelCase keys; BigQuery sinks rename the payload (protopayload_auditlog), some
 * tools write all keys in lower case or with underscores, and replace "@type". A key is therefore
 * compared without case and underscores, everywhere below the top level. What is native at the top
 * level comes from the scanner; LOG_ENTRY_PATHS are the first fields of each source that uses this.
 */
#ifndef SOURCE_LOG_ENTRY_H
#define SOURCE_LOG_ENTRY_H

#include "source/source.h"

/* In the order of enum log_entry_field. */
/* clang-format off */
#define LOG_ENTRY_PATHS                                                                            \
    "logName", "logname", "log_name", "insertId", "insertid", "insert_id", "timestamp",            \
    "receiveTimestamp", "receivetimestamp", "receive_timestamp", "severity", "resource",           \
    "operation", "labels", "trace", "httpRequest", "httprequest", "http_request", "protoPayload",  \
    "protopayload", "proto_payload", "protopayload_auditlog", "jsonPayload", "jsonpayload",        \
    "json_payload", "jsonpayload_type_loadbalancerlogentry", "textPayload", "textpayload",         \
    "text_payload"
/* clang-format on */

enum log_entry_field {
    LE_LOG_NAME,
    LE_INSERT_ID = LE_LOG_NAME + 3,
    LE_TIMESTAMP = LE_INSERT_ID + 3,
    LE_RECEIVED,
    LE_SEVERITY = LE_RECEIVED + 3,
    LE_RESOURCE,
    LE_OPERATION,
    LE_LABELS,
    LE_TRACE,
    LE_HTTP,
    LE_PROTO = LE_HTTP + 3,
    LE_JSON = LE_PROTO + 4,
    LE_TEXT = LE_JSON + 4,
    LE_FIELDS = LE_TEXT + 3
};

/* The first of the spellings of a field that is there and not null. */
struct json_view log_entry_view(const struct record *r, enum log_entry_field f);

/* A member of an object by a dotted path of camelCase keys, whatever the spelling; the first that
 * fits counts. JSON_ABSENT when there is none, or it is null. Keys that hold dots: json_member. */
struct json_view log_entry_get(struct json_view object, const char *path);

/* Strings, numbers and literals as text, anything else as "". False: no room in the arena. */
NODISCARD bool log_entry_text(struct json_view v, struct arena *a, struct str *out);

/* Does the record's log bear this name behind ".../logs/" ("run.googleapis.com/requests")? A
 * slash in it is written "%2F" or as it is. */
bool log_entry_log_is(const struct record *r, const char *name);
/* Does its name begin so ("cloudaudit.googleapis.com/")? */
bool log_entry_log_starts(const struct record *r, const char *prefix);
/* Is this resource.type? */
bool log_entry_resource_is(const struct record *r, const char *type);

/* "projects/P/…", "namespaces/P/…", "folders/…", "organizations/…": the account that it names:
 * the project alone, else "folders/1", "organizations/1". "" when it names none. */
struct str log_entry_account(struct str resource_name);

/* Time, account, region, record id, severity-independent parts of the envelope, into *e; `source`
 * is static. ERR_LIMIT when the arena has no room. */
NODISCARD enum err_code log_entry_envelope(const struct record *r, const char *source,
                                           struct arena *a, struct event *e, struct err *err);

/* A caller's address. What is none ("private", "gce-internal-ip") leaves it empty. */
void log_entry_address(struct event *e, struct str text);

#endif
