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

/* ---- the payload ---- */

void log_head_forget(struct framer *f)
{
    buf_reset(&f->log_head);
    f->function_log = false;
}

/* A member as it stands in the payload, "name":"text". */
static void head_member(struct framer *f, enum envelope_slot slot, const char *name)
{
    struct json_view v = json_got(f->own, f->slot[slot]);
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

bool log_is_function_event(const struct framer *f)
{
    return f->function_log || is_function_stream(json_got(f->own, f->slot[SLOT_LOG_STREAM_NAME]));
}

void log_head_take(struct framer *f)
{
    log_head_forget(f);
    struct json_view group = json_got(f->own, f->slot[SLOT_LOG_GROUP]);
    if (group.kind != JSON_STRING) {
        group = json_got(f->own, f->slot[SLOT_LOG_GROUP_NAME]);
    }
    f->function_log = is_function_stream(json_got(f->own, f->slot[SLOT_LOG_STREAM])) ||
                      (group.kind == JSON_STRING &&
                       str_starts((struct str){group.ptr, group.len}, STR("/aws/lambda/")));
    head_member(f, SLOT_LOG_GROUP, "logGroup");
    head_member(f, SLOT_LOG_GROUP_NAME, "logGroup");
    head_member(f, SLOT_LOG_STREAM, "logStream");
    head_member(f, SLOT_OWNER, "owner");
    f->failed = f->failed || f->log_head.failed;
}

/* ---- a line ---- */

/* The record in f->line, `n` bytes of the text. */
static void emit_line(struct framer *f, size_t n, const struct origin *origin, struct str raw)
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
    f->known = REASON_LINE;
    framer_emit(f, f->record, origin, raw, n);
    f->known = NULL;
}

void log_line(struct framer *f, struct str event, size_t n, const struct origin *origin,
              struct str raw)
{
    buf_reset(&f->line);
    buf_addc(&f->line, '{');
    buf_add(&f->line, buf_str(&f->log_head));
    if (f->log_head.len > 0) {
        buf_addc(&f->line, ',');
    }
    buf_add(&f->line, str_from(event, 1));
    emit_line(f, n, origin, raw);
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
static bool is_function_row(struct json_view row)
{
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
        if ((str_eq(name, STR("@logStream")) && is_function_stream(value)) ||
            (str_eq(name, STR("@log")) &&
             str_find((struct str){value.ptr, value.len}, STR(":/aws/lambda/")) != SIZE_MAX)) {
            return true;
        }
    }
    return false;
}

/* {"field":"@message","value":"…"} as "message":"…". */
static void row_member(struct framer *f, struct json_view cell)
{
    struct json_view field = json_member(cell, STR("field"));
    struct json_view value = json_member(cell, STR("value"));
    if (field.kind != JSON_STRING || value.kind != JSON_STRING) {
        return;
    }
    struct str name = {field.ptr, field.len};
    if (str_starts(name, STR("@"))) {
        name = str_from(name, 1);
    }
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
    if (message.kind == JSON_STRING && !is_function_row(row) &&
        envelope_message(f, message, raw.len, &origin, raw)) {
        return STEP_ON;
    }
    emit_line(f, raw.len, &origin, raw);
    return STEP_ON;
}
