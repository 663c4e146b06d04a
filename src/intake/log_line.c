/*
 * Lines of CloudWatch Logs as records.
 *
 * A log event says nothing of the group that it stands in, and what a function wrote there is text
 * that an attacker may have chosen. So the record of a line is the log event with its group, stream
 * and owner in front:
 *     {"logGroup":…,"logStream":…,"owner":…,"id":…,"timestamp":…,"message":…}
 * A message of a function's own group is never taken for anything else, however much it looks like
 * a record of CloudTrail. An answer of Logs Insights, rows of {field, value}, becomes the same, with
 * its fields as members.
 */
#include <string.h>

#include "intake/framer.h"

static const char REASON_LINE[] = "a log message of no known source";
static const char REASON_FLOW[] =
    "a VPC flow log in a format of its own, whose field names are not in CloudWatch Logs: deliver "
    "it to S3, where each file has a header, or use the default format";
static const char REASON_AUTHOR[] =
    "a log message whose group and stream are not told, so that a function may have written it: "
    "use filter-log-events, or ask Logs Insights for @logStream and @log";

/* ---- the payload ---- */

void log_head_forget(struct framer *f)
{
    buf_reset(&f->log_head);
    f->function_log = false;
    f->log_named = false;
    f->flow_log = false;
}

/* What a payload says of itself, and the names that its log events get it under. */
enum head { HEAD_GROUP, HEAD_GROUP_NAME, HEAD_STREAM, HEAD_OWNER, HEADS_ };

static const struct {
    const char *key;
    enum envelope_slot slot;
    const char *name;
} heads[HEADS_] = {
    [HEAD_GROUP] = {"logGroup", SLOT_LOG_GROUP, "logGroup"},
    [HEAD_GROUP_NAME] = {"logGroupName", SLOT_LOG_GROUP_NAME, "logGroup"},
    [HEAD_STREAM] = {"logStream", SLOT_LOG_STREAM, "logStream"},
    [HEAD_OWNER] = {"owner", SLOT_OWNER, "owner"},
};

/* A member as it stands in the payload, "name":"text". */
static void head_member(struct framer *f, struct json_view v, const char *name)
{
    if (v.kind != JSON_STRING || v.len > LOG_HEAD_TEXT_MAX) {
        return;
    }
    buf_printf(&f->log_head, "%s\"%s\":\"", f->log_head.len > 0 ? "," : "", name);
    buf_add(&f->log_head, (struct str){v.ptr, v.len});
    buf_addc(&f->log_head, '"');
}

/* "2026/11/20/[$LATEST]0123…", "2026/11/20/pay[12]0123…": what Lambda calls its streams, in whatever
 * group; the function has no say in it. */
static bool is_function_stream(struct json_view v)
{
    struct str s = {v.ptr, v.len};
    size_t close = v.kind == JSON_STRING ? str_rchr(s, ']') : SIZE_MAX;
    return close != SIZE_MAX && s.len - close == 33 && str_chr(s, '[') < close &&
           chr_is_digit(s.ptr[0]);
}

/* "eni-0123…-all", as VPC flow logs name their streams. */
static bool is_flow_stream(struct json_view v)
{
    return v.kind == JSON_STRING && str_starts((struct str){v.ptr, v.len}, STR("eni-"));
}

enum log_author log_author_of_event(const struct framer *f)
{
    struct json_view stream = json_got(f->own, f->slot[SLOT_LOG_STREAM_NAME]);
    if (f->function_log || is_function_stream(stream)) {
        return LOG_OF_FUNCTION;
    }
    if (f->flow_log || is_flow_stream(stream)) {
        return LOG_OF_INTERFACE;
    }
    return f->log_named || stream.kind == JSON_STRING ? LOG_OF_OTHERS : LOG_NOT_TOLD;
}

static void head_set(struct framer *f, const struct json_view v[HEADS_])
{
    struct json_view group = v[HEAD_GROUP].kind == JSON_STRING ? v[HEAD_GROUP] : v[HEAD_GROUP_NAME];
    struct json_view stream = v[HEAD_STREAM];
    log_head_forget(f);
    f->flow_log = is_flow_stream(stream);
    f->log_named = group.kind == JSON_STRING || stream.kind == JSON_STRING;
    f->function_log = is_function_stream(stream) ||
                      (group.kind == JSON_STRING &&
                       str_starts((struct str){group.ptr, group.len}, STR("/aws/lambda/")));
    for (size_t i = 0; i < HEADS_; i++) {
        head_member(f, v[i], heads[i].name);
    }
    f->failed = f->failed || f->log_head.failed;
}

void log_head_take(struct framer *f)
{
    struct json_view v[HEADS_];
    for (size_t i = 0; i < HEADS_; i++) {
        v[i] = json_got(f->own, f->slot[heads[i].slot]);
    }
    head_set(f, v);
}

void log_head_walk(struct framer *f, size_t bracket)
{
    struct json_view v[HEADS_] = {{0}};
    struct json_fault fault;
    size_t i = framer_space(f, f->at + 1);
    size_t end;
    while (i < bracket && json_skip(f->variant, f->buf, f->len, i, &end, &fault) == JSON_OK) {
        struct str key = {f->buf + i + 1, end - i - 2};
        size_t value = framer_space(f, framer_space(f, end) + 1);
        if (value >= bracket ||
            json_skip(f->variant, f->buf, f->len, value, &end, &fault) != JSON_OK) {
            break;
        }
        for (size_t h = 0; f->buf[value] == '"' && h < HEADS_; h++) {
            if (v[h].kind == JSON_ABSENT && str_eq(key, str_of(heads[h].key))) {
                v[h] = (struct json_view){.ptr = f->buf + value + 1,
                                          .len = (uint32_t)(end - value - 2),
                                          .kind = JSON_STRING};
            }
        }
        i = framer_space(f, framer_space(f, end) + 1);
    }
    head_set(f, v);
}

/* ---- a line ---- */

/* The record in f->line, `n` bytes of the text. */
static void emit_line(struct framer *f, size_t n, const struct origin *origin, struct str raw,
                      enum log_author author)
{
    struct json_fault fault = {0};
    size_t used;
    if (f->line.failed || !buf_reserve(&f->line, JSON_PADDING)) {
        buf_reset(&f->line);
        framer_refuse(f, n, "a log message that is longer than a record may be (16 MiB)");
        return;
    }
    json_pad(f->line.ptr, f->line.len);
    if (json_scan(f->scanner, f->line.ptr, f->line.len, 0, f->record, &used, &fault) != JSON_OK) {
        framer_refuse(f, n, fault.reason);
        return;
    }
    f->known = author == LOG_NOT_TOLD ? REASON_AUTHOR : REASON_LINE;
    framer_emit(f, f->record, origin, raw, n);
    f->known = NULL;
}

void log_line(struct framer *f, struct str event, size_t n, const struct origin *origin,
              struct str raw, enum log_author author)
{
    if (author == LOG_OF_INTERFACE) {
        framer_unrecognised(f, n, REASON_FLOW);
        return;
    }
    buf_reset(&f->line);
    buf_addc(&f->line, '{');
    buf_add(&f->line, buf_str(&f->log_head));
    if (f->log_head.len > 0) {
        buf_addc(&f->line, ',');
    }
    buf_add(&f->line, str_from(event, 1));
    emit_line(f, n, origin, raw, author);
}

/* ---- Logs Insights ---- */

bool log_is_row(const struct framer *f, size_t bracket)
{
    static const char key[] = "\"field\"";
    size_t i = framer_space(f, bracket + 1);
    if (i >= f->len || f->buf[i] != '{') {
        return false;
    }
    i = framer_space(f, i + 1);
    return f->len - i >= sizeof(key) - 1 && memcmp(f->buf + i, key, sizeof(key) - 1) == 0;
}

bool log_is_rows(const struct framer *f, size_t bracket)
{
    size_t i = framer_space(f, bracket + 1);
    return i < f->len && f->buf[i] == '[' && log_is_row(f, i);
}

/* "log" is ACCOUNT:GROUP. */
static enum log_author author_of_row(struct json_view row)
{
    enum log_author author = LOG_NOT_TOLD;
    struct json_iter it = json_iter_of(row);
    struct json_view key;
    struct json_view cell;
    while (json_iter_next(&it, &key, &cell)) {
        struct json_view field = json_member(cell, STR("field"));
        struct json_view value = json_member(cell, STR("value"));
        if (field.kind != JSON_STRING || value.kind != JSON_STRING) {
            continue;
        }
        struct str name = {field.ptr, field.len};
        bool stream = str_eq(name, STR("@logStream"));
        bool log = str_eq(name, STR("@log"));
        if ((stream && is_function_stream(value)) ||
            (log &&
             str_find((struct str){value.ptr, value.len}, STR(":/aws/lambda/")) != SIZE_MAX)) {
            return LOG_OF_FUNCTION;
        }
        author = stream && is_flow_stream(value)             ? LOG_OF_INTERFACE
                 : (stream || log) && author == LOG_NOT_TOLD ? LOG_OF_OTHERS
                                                             : author;
    }
    return author;
}

/* {"field":"@message","value":"…"} as "message":"…". Fields without '@' are what was found in a
 * message that is JSON: its author chose them. */
static void row_member(struct framer *f, struct json_view cell)
{
    struct json_view field = json_member(cell, STR("field"));
    struct json_view value = json_member(cell, STR("value"));
    if (field.kind != JSON_STRING || value.kind != JSON_STRING) {
        return;
    }
    struct str name = {field.ptr, field.len};
    if (!str_starts(name, STR("@"))) {
        return;
    }
    name = str_from(name, 1);
    buf_add_cstr(&f->line, f->line.len > 1 ? ",\"" : "\"");
    buf_add(&f->line, name);
    buf_add_cstr(&f->line, "\":\"");
    buf_add(&f->line, (struct str){value.ptr, value.len});
    buf_addc(&f->line, '"');
}

enum framer_step log_row(struct framer *f)
{
    struct json_fault fault = {0};
    size_t end = 0;
    enum json_status status = json_skip(f->variant, f->buf, f->len, f->at, &end, &fault);
    if (status != JSON_OK) {
        return framer_fault(f, status, &fault);
    }
    struct str raw = {f->buf + f->at, end - f->at};
    struct origin origin = {
        .file = f->file, .inner = -1, .offset = f->base + f->at, .length = raw.len};
    if (raw.len > f->limits->record_bytes || json_check(raw, &fault) != JSON_OK) {
        framer_refuse(f, raw.len, fault.reason != NULL ? fault.reason : framer_reason_long);
        return STEP_ON;
    }
    struct json_view row = {.ptr = raw.ptr, .len = (uint32_t)raw.len, .kind = JSON_ARRAY};
    struct json_iter it = json_iter_of(row);
    struct json_view key;
    struct json_view cell;
    struct json_view message = {0};
    buf_reset(&f->line);
    buf_addc(&f->line, '{');
    while (json_iter_next(&it, &key, &cell)) {
        struct json_view field = json_member(cell, STR("field"));
        if (str_eq((struct str){field.ptr, field.len}, STR("@message"))) {
            message = json_member(cell, STR("value"));
        }
        row_member(f, cell);
    }
    buf_addc(&f->line, '}');
    /* A trail that is sent to CloudWatch Logs is asked for in the same way. */
    enum log_author author = author_of_row(row);
    if (message.kind == JSON_STRING && author <= LOG_OF_INTERFACE &&
        envelope_message(f, message, raw.len, &origin, raw)) {
        return STEP_ON;
    }
    emit_line(f, raw.len, &origin, raw, author);
    return STEP_ON;
}
