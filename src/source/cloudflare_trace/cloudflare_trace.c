/*
 * cloudflare_trace - what Workers did: Logpush (dataset workers_trace_events), `wrangler tail
 * --format json`, and the items that a tail Worker is handed.
 *
 * Such a record is a run: outcome, times, log lines, errors. Logpush names no caller; the other
 * two carry the request's headers, and cf-connecting-ip among them is written by Cloudflare's
 * edge, not by the caller: with it the record is a call.
 */
#include "source/cloudflare.h"

enum { LINES_MAX = 12, LINE_BYTES = 400 };

/* clang-format off */
#define TRACE_FIELDS(F)                                                                            \
    F(LP_TIME, "EventTimestampMs") F(LP_TYPE, "EventType") F(LP_SCRIPT, "ScriptName")              \
    F(LP_VERSION, "ScriptVersion.id") F(LP_VERSION_ID, "ScriptVersion.ID")                         \
    F(LP_OUTCOME, "Outcome") F(LP_CPU, "CPUTimeMs") F(LP_WALL, "WallTimeMs")                       \
    F(LP_RAY, "Event.RayID") F(LP_REQUEST, "Event.Request") F(LP_STATUS, "Event.Response.Status")  \
    F(LP_LOGS, "Logs") F(LP_EXCEPTIONS, "Exceptions") F(LP_ENTRYPOINT, "Entrypoint")               \
    F(LP_ACCOUNT, "AccountID")                                                                     \
    F(TIME, "eventTimestamp") F(SCRIPT, "scriptName") F(VERSION, "scriptVersion.id")               \
    F(OUTCOME, "outcome") F(CPU, "cpuTime") F(WALL, "wallTime") F(EVENT, "event")                  \
    F(LOGS, "logs") F(EXCEPTIONS, "exceptions") F(ENTRYPOINT, "entrypoint")                        \
    F(CHANNEL, "diagnosticsChannelEvents") F(MODEL, "executionModel")
/* clang-format on */

enum field {
#define AS_ID(id, path) id,
    TRACE_FIELDS(AS_ID)
#undef AS_ID
        FIELD_MAX_
};

static const char *const fields[FIELD_MAX_] = {
#define AS_PATH(id, path) [id] = path,
    TRACE_FIELDS(AS_PATH)
#undef AS_PATH
};

static const char NAME[] = "cloudflare.trace";

static bool is(const struct record *r, enum field f, enum json_kind kind)
{
    return record_view(r, f).kind == kind;
}

static int probe(const struct record *r)
{
    if (cf_view(r, LP_TIME).kind != JSON_ABSENT &&
        (is(r, LP_SCRIPT, JSON_STRING) || is(r, LP_OUTCOME, JSON_STRING))) {
        return 100;
    }
    bool run = is(r, OUTCOME, JSON_STRING) && cf_view(r, TIME).kind != JSON_ABSENT;
    bool lists = is(r, LOGS, JSON_ARRAY) && is(r, EXCEPTIONS, JSON_ARRAY);
    return run && (lists || is(r, CHANNEL, JSON_ARRAY) || is(r, MODEL, JSON_STRING)) ? 95 : 0;
}

/* ---- what came in ---- */

/* Which handler ran: the members of `event` tell. */
static struct str handler_of(struct json_view event)
{
    static const struct {
        const char *member;
        struct str handler;
    } kinds[] = {
        {"request", STR_INIT("fetch")},        {"cron", STR_INIT("scheduled")},
        {"queue", STR_INIT("queue")},          {"mailFrom", STR_INIT("email")},
        {"rpcMethod", STR_INIT("worker_rpc")}, {"scheduledTime", STR_INIT("alarm")},
        {"consumedEvents", STR_INIT("tail")},  {"getWebSocketEvent", STR_INIT("websocket")},
    };
    for (size_t i = 0; i < ARRAY_LEN(kinds); i++) {
        if (cf_at(event, kinds[i].member).kind != JSON_ABSENT) {
            return kinds[i].handler;
        }
    }
    return STR_EMPTY;
}

/* The host of "https://HOST:port/…", without its port. */
static struct str host_of(struct str url)
{
    size_t at = str_find(url, STR("://"));
    if (at == SIZE_MAX) {
        return STR_EMPTY;
    }
    url = str_from(url, at + 3);
    size_t end = 0;
    while (end < url.len && url.ptr[end] != '/' && url.ptr[end] != '?' && url.ptr[end] != '#' &&
           url.ptr[end] != ':') {
        end++;
    }
    return str_head(url, end);
}

/* "https://user@HOST/path?query": a query may hold what is nobody's business. */
static void add_url(struct cf_extract *x, struct str url)
{
    cf_add(x, ATTR_HOST, host_of(url));
    url = str_head(url, str_chr(url, '?'));
    cf_add(x, ATTR_URL, str_head(url, LINE_BYTES));
}

static void request(struct cf_extract *x, struct json_view event)
{
    struct json_view call = cf_at(event, "request");
    struct json_view headers = cf_at(call, "headers");
    struct str ray = cf_text(x, cf_at(headers, "cf-ray"));
    cf_add(x, ATTR_RAY, str_head(ray, str_chr(ray, '-')));
    x->e->name = cf_text(x, cf_at(call, "method"));
    x->e->user_agent = cf_text(x, cf_at(headers, "user-agent"));
    cf_address(x->e, cf_text(x, cf_at(headers, "cf-connecting-ip")));
    add_url(x, cf_text(x, cf_at(call, "url")));
    cf_add(x, ATTR_STATUS, cf_text(x, cf_at(event, "response.status")));
    cf_add(x, ATTR_SCHEDULE, cf_text(x, cf_at(event, "cron")));
}

static void logpush_request(struct cf_extract *x)
{
    struct json_view call = cf_object(x, cf_view(x->r, LP_REQUEST));
    cf_add(x, ATTR_RAY, cf_text(x, cf_view(x->r, LP_RAY)));
    x->e->name = cf_text(x, cf_member_loose(call, STR("Method")));
    add_url(x, cf_text(x, cf_member_loose(call, STR("URL"))));
    cf_add(x, ATTR_STATUS, cf_text(x, cf_view(x->r, LP_STATUS)));
}

/* ---- what it wrote ---- */

static void add_line(struct cf_extract *x, enum event_attr id, struct json_view v)
{
    struct str text = STR_EMPTY;
    if (v.kind != JSON_ABSENT && !json_any_text(v, x->a, &text)) {
        x->full = true;
        return;
    }
    cf_add(x, id, str_head(text, LINE_BYTES));
}

/* Each line: a message is a text, or the list of what console.log was given. */
static void lines(struct cf_extract *x, struct json_view list)
{
    struct json_iter it = json_iter_of(list);
    struct json_view k;
    struct json_view item;
    for (int n = 0; list.kind == JSON_ARRAY && n < LINES_MAX && !x->full; n++) {
        if (!json_iter_next(&it, &k, &item)) {
            return;
        }
        struct json_view message = cf_member_loose(item, STR("message"));
        struct json_iter parts = json_iter_of(message);
        struct json_view part;
        /* One thing was logged, as nearly always: it is the line. */
        if (message.kind == JSON_ARRAY && json_iter_next(&parts, &k, &part) &&
            !json_iter_next(&parts, &k, &(struct json_view){0})) {
            message = part;
        }
        add_line(x, ATTR_LOG_LINE, message);
    }
}

static void exceptions(struct cf_extract *x, struct json_view list)
{
    struct json_iter it = json_iter_of(list);
    struct json_view k;
    struct json_view item;
    for (int n = 0; list.kind == JSON_ARRAY && n < LINES_MAX && !x->full; n++) {
        if (!json_iter_next(&it, &k, &item)) {
            return;
        }
        struct str name = cf_text(x, cf_member_loose(item, STR("name")));
        struct str text = cf_text(x, cf_member_loose(item, STR("message")));
        cf_add(x, ATTR_EXCEPTION,
               cf_printf(x, "%.*s: %.*s", STR_ARG(str_head(name, 80)),
                         STR_ARG(str_head(text, LINE_BYTES))));
    }
}

/* "pay" of "pay.acme.workers.dev", and of a preview, "0a1b2c3d-pay.acme.workers.dev". */
static struct str script_of_host(struct str host)
{
    static const struct str suffix = STR_INIT(".workers.dev");
    size_t dot = str_chr(host, '.');
    if (!str_iends(host, suffix) || dot == SIZE_MAX || host.len <= dot + 1 + suffix.len) {
        return STR_EMPTY;
    }
    struct str name = str_head(host, dot);
    size_t hex = 0;
    while (hex < name.len &&
           (chr_is_digit(name.ptr[hex]) || (name.ptr[hex] >= 'a' && name.ptr[hex] <= 'f'))) {
        hex++;
    }
    return hex == 8 && hex < name.len && name.ptr[hex] == '-' ? str_from(name, 9) : name;
}

/* ---- parse ---- */

static enum err_code parse(const struct record *r, struct arena *a, struct event *out,
                           struct err *err)
{
    struct cf_extract x = {.r = r, .a = a, .e = out};
    struct json_view event = cf_view(r, EVENT);
    struct str type = cf_text(&x, cf_view(r, LP_TYPE));
    struct str end = cf_text(&x, cf_either(r, OUTCOME, LP_OUTCOME));
    out->time_us = cf_time(&x, cf_either(r, TIME, LP_TIME));
    out->account = cf_text(&x, cf_view(r, LP_ACCOUNT));
    out->service = STR("cloudflare.workers");
    out->kind = EVENT_RUN;
    out->data_event = true;
    out->outcome = str_eq(end, STR("ok")) || str_eq(end, STR("canceled")) ||
                           str_eq(end, STR("responseStreamDisconnected"))
                       ? OUTCOME_OK
                       : OUTCOME_FAILED;
    cf_function(&x, out->account, cf_text(&x, cf_either(r, SCRIPT, LP_SCRIPT)));
    struct json_view version = cf_either(r, VERSION, LP_VERSION);
    out->qualifier = cf_text(&x, version.kind != JSON_ABSENT ? version : cf_view(r, LP_VERSION_ID));
    if (event.kind == JSON_OBJECT) {
        request(&x, event);
    } else {
        logpush_request(&x);
    }
    for (size_t i = 0; i < x.count; i++) {
        if (x.attr[i].id == ATTR_HOST) { /* local runs name no script */
            cf_function(&x, out->account, script_of_host(x.attr[i].value));
        }
        out->record_id = x.attr[i].id == ATTR_RAY ? x.attr[i].value : out->record_id;
    }
    out->action = type.len != 0 ? type : handler_of(event);
    out->name = out->name.len != 0 ? out->name : out->action;
    out->kind = out->address.len != 0 ? EVENT_INVOKE : EVENT_RUN;
    out->who.kind = out->kind == EVENT_INVOKE ? IDENTITY_ANONYMOUS : IDENTITY_UNKNOWN;
    cf_add(&x, ATTR_RUN_OUTCOME, end);
    cf_add(&x, ATTR_CPU_MS, cf_text(&x, cf_either(r, CPU, LP_CPU)));
    cf_add(&x, ATTR_WALL_MS, cf_text(&x, cf_either(r, WALL, LP_WALL)));
    cf_add(&x, ATTR_HANDLER, cf_text(&x, cf_either(r, ENTRYPOINT, LP_ENTRYPOINT)));
    lines(&x, cf_either(r, LOGS, LP_LOGS));
    exceptions(&x, cf_either(r, EXCEPTIONS, LP_EXCEPTIONS));
    return cf_keep(&x, NAME, err);
}

static const struct logsource logsources[] = {
    {.product = "cloudflare", .service = "workers_trace_events"}};

extern const struct source_ops source_cloudflare_trace;
const struct source_ops source_cloudflare_trace = {
    .name = NAME,
    .summary = "Cloudflare Workers: trace events of Logpush, wrangler tail and tail Workers",
    .reference = "https://developers.cloudflare.com/logs/logpush/logpush-job/datasets/account/"
                 "workers_trace_events/",
    .fields = fields,
    .field_count = FIELD_MAX_,
    .logsources = logsources,
    .logsource_count = ARRAY_LEN(logsources),
    .probe = probe,
    .parse = parse,
    .delay_us = 15 * TIME_MINUTE_US,
};
