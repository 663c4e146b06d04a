/*
 * aws_cloudfront - CloudFront standard logs (W3C, or JSON with the same names): who called through a
 * distribution.
 */
#include "source/front_door.h"

enum field {
    DATE,
    TIME,
    TIMESTAMP,
    CLIENT,
    METHOD,
    HOST,
    STEM,
    STATUS,
    AGENT,
    REQUEST_ID,
    HOST_HEADER,
    TAKEN,
    RESULT,
    DISTRIBUTION,
    FIELD_MAX_
};

static const char *const fields[FIELD_MAX_] = {
    [DATE] = "date",
    [TIME] = "time",
    [TIMESTAMP] = "timestamp",
    [CLIENT] = "c-ip",
    [METHOD] = "cs-method",
    [HOST] = "=cs(Host)",
    [STEM] = "cs-uri-stem",
    [STATUS] = "sc-status",
    [AGENT] = "=cs(User-Agent)",
    [REQUEST_ID] = "x-edge-request-id",
    [HOST_HEADER] = "x-host-header",
    [TAKEN] = "time-taken",
    [RESULT] = "x-edge-result-type",
    [DISTRIBUTION] = "distribution-id",
};

static const struct logsource logsources[] = {{.product = "aws", .service = "cloudfront"},
                                              {.product = "aws", .category = "webserver"}};

static int probe(const struct record *r)
{
    return record_view(r, CLIENT).kind == JSON_STRING &&
                   record_view(r, REQUEST_ID).kind == JSON_STRING &&
                   record_view(r, STEM).kind == JSON_STRING
               ? 95
               : 0;
}

/* "2026-11-20" and "09:12:00", or seconds since 1970; UTC. */
static bool set_time(const struct record *r, struct arena *a, struct event *e)
{
    struct str date;
    struct str time;
    struct str stamp;
    struct str both;
    int64_t seconds;
    e->time_us = TIME_NONE;
    if (!front_door_text(r, DATE, a, &date) || !front_door_text(r, TIME, a, &time) ||
        !front_door_text(r, TIMESTAMP, a, &stamp)) {
        return false;
    }
    if (date.len == 0 && str_i64(stamp, &seconds) && seconds > 0 && seconds < INT64_C(1) << 40) {
        e->time_us = seconds * TIME_SECOND_US;
        return true;
    }
    if (!arena_printf(a, &both, "%.*sT%.*sZ", STR_ARG(date), STR_ARG(time))) {
        return false;
    }
    if (!time_parse_rfc3339(both, &e->time_us)) {
        e->time_us = TIME_NONE;
    }
    return true;
}

static enum err_code parse(const struct record *r, struct arena *a, struct event *e,
                           struct err *err)
{
    struct front_door_call c = {0};
    struct str result = STR_EMPTY;
    struct str taken = STR_EMPTY;
    struct str host = STR_EMPTY;
    struct str id = STR_EMPTY;
    bool fits = set_time(r, a, e) && front_door_text(r, CLIENT, a, &c.address) &&
                front_door_text(r, METHOD, a, &c.method) && front_door_text(r, STEM, a, &c.url) &&
                front_door_text(r, STATUS, a, &c.status) &&
                front_door_text(r, AGENT, a, &c.agent) && front_door_text(r, HOST, a, &host) &&
                front_door_text(r, HOST_HEADER, a, &c.host) &&
                front_door_text(r, REQUEST_ID, a, &e->record_id) &&
                front_door_text(r, RESULT, a, &result) && front_door_text(r, TAKEN, a, &taken) &&
                front_door_text(r, DISTRIBUTION, a, &id) && front_door_seconds(taken, a, &c.ms);
    c.door = id.len > 0 ? id : host; /* "d111111abcdef8.cloudfront.net" names it too */
    c.host = c.host.len > 0 ? c.host : host;
    c.blocked = str_eq(result, STR("LimitExceeded")) ? result : STR_EMPTY;
    e->service = STR("cloudfront.amazonaws.com");
    e->source = STR("aws.cloudfront");
    if (!fits || !front_door_call(&c, a, e)) {
        return err_set(err, ERR_LIMIT, "cloudfront log: its texts do not fit in %zu bytes",
                       a->limit);
    }
    if (str_eq(result, STR("Hit")) || str_eq(result, STR("RefreshHit")) ||
        str_eq(result, STR("Redirect"))) {
        e->kind = EVENT_OTHER; /* answered from the cache: nothing behind it was called */
    }
    return ERR_OK;
}

const struct source_ops source_aws_cloudfront = {
    .name = "aws.cloudfront",
    .summary = "AWS CloudFront standard logs",
    .reference =
        "https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/AccessLogs.html",
    .fields = fields,
    .field_count = FIELD_MAX_,
    .logsources = logsources,
    .logsource_count = ARRAY_LEN(logsources),
    .probe = probe,
    .parse = parse,
    .delay_us = TIME_HOUR_US,
};
