/*
 * cloudwatch_logs - log events of CloudWatch Logs: what functions and the Lambda platform wrote.
 *
 * The platform's line about the end of a run (REPORT, platform.report) is a run (EVENT_RUN). Lines of
 * the function itself and those about extensions are kept folded by the hour (EVENT_LOG); the
 * platform's other lines are counted, and rules can look into all.
 */
#include "source/cloudwatch_logs/lambda_line.h"
#include "source/log_words.h"
#include "source/source.h"

enum { ATTRS = 14, LINE_MAX = 512 };

enum field {
    GROUP,
    STREAM,
    STREAM_NAME,
    OWNER,
    TIMESTAMP,
    MESSAGE,
    ID,
    EVENT_ID,
    LOG,
    TYPE,
    TIME,
    RECORD,
    FIELD_MAX_
};

static const char *const fields[FIELD_MAX_] = {
    [GROUP] = "logGroup",
    [STREAM] = "logStream",
    [STREAM_NAME] = "logStreamName",
    [OWNER] = "owner",
    [LOG] = "log",
    [TIMESTAMP] = "timestamp",
    [MESSAGE] = "message",
    [ID] = "id",
    [EVENT_ID] = "eventId",
    [TYPE] = "type",
    [TIME] = "time",
    [RECORD] = "record",
};

static const struct logsource logsources[] = {{.product = "aws", .service = "cloudwatch"},
                                              {.product = "aws", .service = "lambda"}};

static const struct str lambda_group = STR_INIT("/aws/lambda/");

static struct str raw_text(const struct record *r, enum field f)
{
    struct json_view v = record_view(r, f);
    return v.kind == JSON_STRING ? str_make(v.ptr, v.len) : STR_EMPTY;
}

/* "2026/11/20/[$LATEST]0123…", "2026/11/20/pay[12]0123…" */
static bool is_lambda_stream(struct str stream)
{
    size_t open = str_chr(stream, '[');
    size_t close = str_chr(stream, ']');
    return stream.len > 11 && chr_is_digit(stream.ptr[0]) && stream.ptr[4] == '/' &&
           open != SIZE_MAX && close != SIZE_MAX && close > open + 1 &&
           stream.len - close == 33; /* 32 hexadecimal digits */
}

/* A record of the Telemetry API, as an extension delivers it. */
static bool is_telemetry(const struct record *r)
{
    return record_view(r, TIME).kind == JSON_STRING &&
           str_starts(raw_text(r, TYPE), STR("platform.")) &&
           record_view(r, RECORD).kind == JSON_OBJECT;
}

static int probe(const struct record *r)
{
    if (record_view(r, MESSAGE).kind != JSON_STRING) {
        return is_telemetry(r) ? 90 : 0;
    }
    if (record_view(r, GROUP).kind == JSON_STRING) {
        return 97;
    }
    if (str_find(raw_text(r, LOG), STR(":/aws/lambda/")) != SIZE_MAX ||
        is_lambda_stream(raw_text(r, STREAM)) || is_lambda_stream(raw_text(r, STREAM_NAME))) {
        return 95;
    }
    if (record_view(r, TIMESTAMP).kind == JSON_ABSENT) {
        return 0;
    }
    if (lambda_line_likely(raw_text(r, MESSAGE))) {
        return 85;
    }
    bool event = record_view(r, STREAM_NAME).kind == JSON_STRING &&
                 record_view(r, TIMESTAMP).kind == JSON_NUMBER;
    return event ? 70 : 0;
}

/* ---- envelope ---- */

static bool text_of(const struct record *r, enum field f, struct arena *a, struct str *out)
{
    struct json_view v = record_view(r, f);
    *out = STR_EMPTY;
    return v.kind != JSON_STRING || json_text(v, a, out);
}

static int64_t time_of(const struct record *r, struct arena *a)
{
    struct json_view v = record_view(r, TIMESTAMP);
    struct str text;
    int64_t ms;
    int64_t us;
    bool zoned;
    v = v.kind == JSON_ABSENT ? record_view(r, TIME) : v;
    if (!json_any_text(v, a, &text)) {
        return TIME_NONE;
    }
    if (v.kind == JSON_NUMBER) { /* milliseconds since 1970 */
        return str_i64(text, &ms) && ms > 0 && ms < INT64_MAX / 1000 ? ms * 1000 : TIME_NONE;
    }
    return v.kind == JSON_STRING && time_parse_any(text, &us, &zoned) ? us : TIME_NONE;
}

/* The function and its version, from the group ("/aws/lambda/pay") and the stream ("…[12]…"). */
static void take_function(struct str group, struct str stream, struct event *e)
{
    e->function.provider = STR("aws");
    e->function.account = e->account;
    e->function.region = e->region;
    if (str_starts(group, lambda_group)) {
        e->function.name = str_from(group, lambda_group.len);
    }
    if (!is_lambda_stream(stream)) {
        return;
    }
    size_t open = str_chr(stream, '[');
    size_t slash = str_rchr(str_head(stream, open), '/');
    e->qualifier = str_head(str_from(stream, open + 1), str_chr(stream, ']') - open - 1);
    if (e->function.name.len == 0 && slash != SIZE_MAX && slash + 1 < open) {
        e->function.name =
            str_from(str_head(stream, open), slash + 1); /* a group of its own choice */
    }
}

static bool take_envelope(const struct record *r, struct arena *a, struct event *e)
{
    struct str group;
    struct str stream;
    struct str log;
    struct str name;
    struct str event_id;
    if (!text_of(r, GROUP, a, &group) || !text_of(r, STREAM, a, &stream) ||
        !text_of(r, STREAM_NAME, a, &name) || !text_of(r, OWNER, a, &e->account) ||
        !text_of(r, LOG, a, &log) || !text_of(r, ID, a, &e->record_id) ||
        !text_of(r, EVENT_ID, a, &event_id)) {
        return false;
    }
    size_t colon = str_chr(log, ':');
    if (group.len == 0 && colon != SIZE_MAX) { /* Logs Insights: ACCOUNT:GROUP */
        e->account = str_head(log, colon);
        group = str_from(log, colon + 1);
    }
    e->record_id = e->record_id.len > 0 ? e->record_id : event_id;
    e->time_us = time_of(r, a);
    e->service = STR("lambda.amazonaws.com");
    e->name = e->action = STR("log");
    e->who.kind = IDENTITY_SERVICE;
    e->who.principal = e->service;
    take_function(group, stream.len > 0 ? stream : name, e);
    return true;
}

/* ---- the line ---- */

static bool take_line(struct str text, struct arena *a, struct event *e)
{
    struct lambda_line line;
    struct attr *attrs = ARENA_ARRAY(a, struct attr, ATTRS);
    if (attrs == NULL || !lambda_line_read(text, a, &line)) {
        return false;
    }
    if (line.name[0] != '\0') {
        e->name = e->action = str_of(line.name);
    }
    if (line.kind == LAMBDA_REPORT) {
        e->kind = EVENT_RUN;
        bool fine = line.status.len == 0 || str_eq(line.status, STR("success"));
        e->outcome = fine ? OUTCOME_OK : OUTCOME_FAILED;
        e->error_code = line.error.len > 0 ? line.error : fine ? STR_EMPTY : line.status;
    } else if (line.kind == LAMBDA_TIMEOUT) {
        e->outcome = OUTCOME_FAILED;
        e->error_code = STR("timeout");
    }
    struct log_words words = {STR_EMPTY, STR_EMPTY};
    bool own = line.kind == LAMBDA_NONE || line.kind == LAMBDA_TEXT;
    if (e->function.name.len > 0 && (own || line.kind == LAMBDA_EXTENSION)) {
        e->kind = EVENT_LOG;
        if (own && !log_words_of(text, a, &words)) {
            return false;
        }
    }
    e->region = line.region;
    e->function.region = line.region;
    e->qualifier = line.version.len > 0 ? line.version : e->qualifier;
    const struct attr all[] = {{ATTR_EXECUTION, line.request_id},
                               {ATTR_WALL_MS, line.duration_ms},
                               {ATTR_BILLED_MS, line.billed_ms},
                               {ATTR_INIT_MS, line.init_ms},
                               {ATTR_MEMORY_MB, line.memory_mb},
                               {ATTR_MEMORY_USED_MB, line.memory_used_mb},
                               {ATTR_RUN_OUTCOME, line.status},
                               {ATTR_EXTENSION, line.extension},
                               {ATTR_LOG_HOST, words.host},
                               {ATTR_LOG_WORDS, words.line},
                               {ATTR_LOG_LINE, str_head(str_trim(text), LINE_MAX)}};
    for (size_t i = 0; i < ARRAY_LEN(all); i++) {
        if (all[i].value.len > 0) {
            attrs[e->attr_count++] = all[i];
        }
    }
    e->attrs = attrs;
    return true;
}

static enum err_code parse(const struct record *r, struct arena *a, struct event *e,
                           struct err *err)
{
    struct str text = STR_EMPTY;
    bool fine = take_envelope(r, a, e) && text_of(r, MESSAGE, a, &text);
    if (fine && record_view(r, MESSAGE).kind != JSON_STRING) {
        text = str_make(r->json->start, r->json->len); /* the record is the line */
    }
    e->source = STR("aws.cloudwatch_logs");
    e->kind = EVENT_OTHER;
    e->duplicate_key = r->json->duplicate;
    if (!fine || !take_line(text, a, e)) {
        return err_set(err, ERR_LIMIT, "cloudwatch logs: its texts do not fit in %zu bytes",
                       a->limit);
    }
    return ERR_OK;
}

const struct source_ops source_cloudwatch_logs = {
    .name = "aws.cloudwatch_logs",
    .summary = "AWS CloudWatch Logs: execution logs of Lambda functions",
    .reference = "https://docs.aws.amazon.com/lambda/latest/dg/monitoring-cloudwatchlogs.html",
    .fields = fields,
    .field_count = FIELD_MAX_,
    .logsources = logsources,
    .logsource_count = ARRAY_LEN(logsources),
    .probe = probe,
    .parse = parse,
    .delay_us = 5 * TIME_MINUTE_US,
};
