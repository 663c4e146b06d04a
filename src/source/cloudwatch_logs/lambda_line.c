#include "source/cloudwatch_logs/lambda_line.h"

#include "codec/json.h"

/* ---- text ---- */

static const struct {
    struct str start;
    enum lambda_line_kind kind;
    const char *name;
} starts[] = {
    {STR_INIT("START RequestId: "), LAMBDA_START, "START"},
    {STR_INIT("END RequestId: "), LAMBDA_END, "END"},
    {STR_INIT("REPORT RequestId: "), LAMBDA_REPORT, "REPORT"},
    {STR_INIT("INIT_START "), LAMBDA_INIT, "INIT_START"},
    {STR_INIT("INIT_REPORT "), LAMBDA_INIT, "INIT_REPORT"},
    {STR_INIT("RESTORE_START "), LAMBDA_INIT, "RESTORE_START"},
    {STR_INIT("RESTORE_REPORT "), LAMBDA_INIT, "RESTORE_REPORT"},
    {STR_INIT("EXTENSION\t"), LAMBDA_EXTENSION, "EXTENSION"},
    {STR_INIT("TELEMETRY\t"), LAMBDA_EXTENSION, "TELEMETRY"},
    {STR_INIT("LOGS\t"), LAMBDA_EXTENSION, "LOGS"},
};

/* The word behind `label`, up to a tab, a line break or the end; "" when it is not there. */
static struct str labelled(struct str text, struct str label)
{
    size_t at = str_find(text, label);
    if (at == SIZE_MAX) {
        return STR_EMPTY;
    }
    struct str rest = str_from(text, at + label.len);
    size_t end = 0;
    while (end < rest.len && rest.ptr[end] != '\t' && rest.ptr[end] != '\n' &&
           rest.ptr[end] != '\r') {
        end++;
    }
    return str_trim(str_head(rest, end));
}

/* "619.31 ms" -> "619.31"; "" when it is no such thing. */
static struct str number(struct str text, struct str unit)
{
    double v;
    if (!str_ends(text, unit)) {
        return STR_EMPTY;
    }
    struct str digits = str_trim(str_head(text, text.len - unit.len));
    return str_f64(digits, &v) && v >= 0 ? digits : STR_EMPTY;
}

static struct str first_word(struct str text)
{
    size_t end = 0;
    while (end < text.len && !chr_is_space(text.ptr[end])) {
        end++;
    }
    return str_head(text, end);
}

/* "arn:aws:lambda:eu-west-1::runtime:…" */
static struct str region_of(struct str arn)
{
    struct str part = STR_EMPTY;
    for (unsigned i = 0; i < 4; i++) {
        if (!str_cut(&arn, ':', &part)) {
            return STR_EMPTY;
        }
    }
    return part;
}

static void read_text(struct str text, struct lambda_line *out)
{
    static const struct str request = STR_INIT("RequestId: ");
    struct str ms = STR(" ms");
    struct str mb = STR(" MB");
    out->request_id = first_word(labelled(text, request));
    out->version =
        out->kind == LAMBDA_START ? first_word(labelled(text, STR("Version: "))) : STR_EMPTY;
    /* "Billed Duration" and "Init Duration" hold the word too: the plain one stands behind a tab. */
    out->duration_ms = number(labelled(text, STR("\tDuration: ")), ms);
    out->billed_ms = number(labelled(text, STR("Billed Duration: ")), ms);
    out->init_ms = number(labelled(text, STR("Init Duration: ")), ms);
    out->memory_mb = number(labelled(text, STR("\tMemory Size: ")), mb);
    out->memory_used_mb = number(labelled(text, STR("Max Memory Used: ")), mb);
    out->status = labelled(text, STR("\tStatus: "));
    out->error = labelled(text, STR("\tError Type: "));
    if (out->kind == LAMBDA_EXTENSION) {
        out->extension = labelled(text, STR("\tName: "));
    }
    if (out->kind == LAMBDA_INIT) {
        out->region = region_of(labelled(text, STR("Runtime Version ARN: ")));
    }
}

static bool is_uuid(struct str s)
{
    if (s.len != 36) {
        return false;
    }
    for (size_t i = 0; i < s.len; i++) {
        bool dash = i == 8 || i == 13 || i == 18 || i == 23;
        char c = chr_lower(s.ptr[i]);
        bool hex = chr_is_digit(c) || (c >= 'a' && c <= 'f');
        if (dash ? c != '-' : !hex) {
            return false;
        }
    }
    return true;
}

/* "2026-11-20T09:12:00.000Z", a tab or blank, a request id. */
static bool is_laid_out(struct str text, struct str *request_id, struct str *rest)
{
    if (text.len < 24 + 1 + 36 || !chr_is_digit(text.ptr[0]) || text.ptr[10] != 'T' ||
        text.ptr[23] != 'Z' || (text.ptr[24] != '\t' && text.ptr[24] != ' ')) {
        return false;
    }
    *request_id = str_head(str_from(text, 25), 36);
    *rest = str_from(text, 25 + 36);
    return is_uuid(*request_id);
}

/* ---- JSON ---- */

static const struct {
    struct str type;
    enum lambda_line_kind kind;
    const char *name;
} types[] = {
    {STR_INIT("platform.start"), LAMBDA_START, "platform.start"},
    {STR_INIT("platform.runtimeDone"), LAMBDA_END, "platform.runtimeDone"},
    {STR_INIT("platform.report"), LAMBDA_REPORT, "platform.report"},
    {STR_INIT("platform.initStart"), LAMBDA_INIT, "platform.initStart"},
    {STR_INIT("platform.initRuntimeDone"), LAMBDA_INIT, "platform.initRuntimeDone"},
    {STR_INIT("platform.initReport"), LAMBDA_INIT, "platform.initReport"},
    {STR_INIT("platform.extension"), LAMBDA_EXTENSION, "platform.extension"},
    {STR_INIT("platform.telemetrySubscription"), LAMBDA_EXTENSION,
     "platform.telemetrySubscription"},
    {STR_INIT("platform.logsSubscription"), LAMBDA_EXTENSION, "platform.logsSubscription"},
    {STR_INIT("platform.logsDropped"), LAMBDA_OTHER, "platform.logsDropped"},
};

static bool text_in(struct json_view object, const char *key, struct arena *a, struct str *out)
{
    struct json_view v = json_member(object, str_of(key));
    *out = STR_EMPTY;
    return (v.kind != JSON_STRING && v.kind != JSON_NUMBER) || json_any_text(v, a, out);
}

static bool read_json(struct str text, struct arena *a, struct lambda_line *out)
{
    struct json_view all = json_view_of(text);
    struct str type;
    struct str arn;
    if (all.kind != JSON_OBJECT || !text_in(all, "type", a, &type) ||
        !str_starts(type, STR("platform."))) {
        return true;
    }
    out->kind = LAMBDA_OTHER;
    out->name = "platform";
    for (size_t i = 0; i < ARRAY_LEN(types); i++) {
        if (str_eq(type, types[i].type)) {
            out->kind = types[i].kind;
            out->name = types[i].name;
        }
    }
    struct json_view record = json_member(all, STR("record"));
    struct json_view metrics = json_member(record, STR("metrics"));
    const struct {
        struct json_view in;
        const char *key;
        struct str *to;
    } texts[] = {
        {record, "requestId", &out->request_id},
        {record, "version", &out->version},
        {record, "status", &out->status},
        {record, "errorType", &out->error},
        {record, "name", &out->extension},
        {record, "runtimeVersionArn", &arn},
        {metrics, "durationMs", &out->duration_ms},
        {metrics, "billedDurationMs", &out->billed_ms},
        {metrics, "initDurationMs", &out->init_ms},
        {metrics, "memorySizeMB", &out->memory_mb},
        {metrics, "maxMemoryUsedMB", &out->memory_used_mb},
    };
    for (size_t i = 0; i < ARRAY_LEN(texts); i++) {
        if (!text_in(texts[i].in, texts[i].key, a, texts[i].to)) {
            return false;
        }
    }
    out->region = region_of(arn);
    if (out->kind != LAMBDA_EXTENSION) {
        out->extension = STR_EMPTY;
    }
    return true;
}

/* ---- both ---- */

bool lambda_line_likely(struct str text)
{
    struct str id;
    struct str rest;
    for (size_t i = 0; i < ARRAY_LEN(starts); i++) {
        if (str_starts(text, starts[i].start)) {
            return true;
        }
    }
    return is_laid_out(text, &id, &rest) ||
           (str_starts(text, STR("{")) &&
            str_find(str_head(text, 200), STR("\"platform.")) != SIZE_MAX);
}

bool lambda_line_read(struct str text, struct arena *a, struct lambda_line *out)
{
    *out = (struct lambda_line){.name = ""};
    struct str rest;
    for (size_t i = 0; i < ARRAY_LEN(starts); i++) {
        if (str_starts(text, starts[i].start)) {
            out->kind = starts[i].kind;
            out->name = starts[i].name;
            read_text(text, out);
            return true;
        }
    }
    if (is_laid_out(text, &out->request_id, &rest)) {
        bool timed_out = str_starts(str_trim(rest), STR("Task timed out after "));
        out->kind = timed_out ? LAMBDA_TIMEOUT : LAMBDA_TEXT;
        out->name = timed_out ? "timeout" : "";
        return true;
    }
    return !str_starts(text, STR("{")) || read_json(text, a, out);
}
