/*
 * aws_api_gateway - access logs of REST, HTTP and WebSocket APIs: who called through an API.
 *
 * Whoever sets a stage up chooses the names; these are those of the console's own format and the
 * usual additions, named after the variables ($context.identity.sourceIp).
 */
#include "source/front_door.h"

enum field {
    REQUEST_ID,
    EXTENDED_ID,
    IP,
    SOURCE_IP,
    CALLER,
    USER,
    REQUEST_TIME,
    EPOCH,
    METHOD,
    RESOURCE_PATH,
    ROUTE_KEY,
    PATH,
    STATUS,
    API_ID,
    DOMAIN_NAME,
    ACCOUNT,
    AGENT,
    LATENCY,
    STAGE,
    FIELD_MAX_
};

static const char *const fields[FIELD_MAX_] = {
    [REQUEST_ID] = "requestId",
    [EXTENDED_ID] = "extendedRequestId",
    [IP] = "ip",
    [SOURCE_IP] = "sourceIp",
    [CALLER] = "caller",
    [USER] = "user",
    [REQUEST_TIME] = "requestTime",
    [EPOCH] = "requestTimeEpoch",
    [METHOD] = "httpMethod",
    [RESOURCE_PATH] = "resourcePath",
    [ROUTE_KEY] = "routeKey",
    [PATH] = "path",
    [STATUS] = "status",
    [API_ID] = "apiId",
    [DOMAIN_NAME] = "domainName",
    [ACCOUNT] = "accountId",
    [AGENT] = "userAgent",
    [LATENCY] = "responseLatency",
    [STAGE] = "stage",
};

static const struct logsource logsources[] = {{.product = "aws", .service = "apigateway"},
                                              {.product = "aws", .category = "webserver"}};

static bool has(const struct record *r, enum field f)
{
    return record_view(r, f).kind == JSON_STRING;
}

static int probe(const struct record *r)
{
    bool who = has(r, IP) || has(r, SOURCE_IP);
    bool what = has(r, RESOURCE_PATH) || has(r, ROUTE_KEY) || (has(r, PATH) && has(r, METHOD));
    bool when = has(r, REQUEST_TIME) || record_view(r, EPOCH).kind != JSON_ABSENT;
    return has(r, REQUEST_ID) && who && what && when ? 85 : 0;
}

/* "20/Nov/2026:09:12:00 +0000" */
static bool clf_time(struct str s, struct arena *a, int64_t *out)
{
    static const char months[] = "JanFebMarAprMayJunJulAugSepOctNovDec";
    struct str text;
    *out = TIME_NONE;
    if (s.len != 26 || s.ptr[2] != '/' || s.ptr[6] != '/' || s.ptr[11] != ':') {
        return true;
    }
    size_t month = str_find(str_of(months), str_make(s.ptr + 3, 3));
    if (month == SIZE_MAX || month % 3 != 0) {
        return true;
    }
    if (!arena_printf(a, &text,
                      "%.4s-%02zu-%.2s"
                      "T%.8s%.5s",
                      s.ptr + 7, month / 3 + 1, s.ptr, s.ptr + 12, s.ptr + 21)) {
        return false;
    }
    if (!time_parse_rfc3339(text, out)) {
        *out = TIME_NONE;
    }
    return true;
}

static bool set_time(const struct record *r, struct arena *a, struct event *e)
{
    struct str epoch;
    struct str text;
    int64_t ms;
    if (!front_door_text(r, EPOCH, a, &epoch) || !front_door_text(r, REQUEST_TIME, a, &text)) {
        return false;
    }
    if (str_i64(epoch, &ms) && ms > 0 && ms < INT64_MAX / 1000) {
        e->time_us = ms * 1000;
        return true;
    }
    if (time_parse_rfc3339(text, &e->time_us)) {
        return true;
    }
    return clf_time(text, a, &e->time_us);
}

/* "-" is what the gateway writes for what it does not know. */
static struct str told(struct str s)
{
    return str_eq(s, STR("-")) ? STR_EMPTY : s;
}

static enum err_code parse(const struct record *r, struct arena *a, struct event *e,
                           struct err *err)
{
    struct front_door_call c = {0};
    struct str ip = STR_EMPTY;
    struct str source_ip = STR_EMPTY;
    struct str user = STR_EMPTY;
    struct str route = STR_EMPTY;
    struct str resource = STR_EMPTY;
    struct str path = STR_EMPTY;
    struct str extended = STR_EMPTY;
    bool fits =
        set_time(r, a, e) && front_door_text(r, IP, a, &ip) &&
        front_door_text(r, SOURCE_IP, a, &source_ip) && front_door_text(r, CALLER, a, &c.caller) &&
        front_door_text(r, USER, a, &user) && front_door_text(r, METHOD, a, &c.method) &&
        front_door_text(r, RESOURCE_PATH, a, &resource) &&
        front_door_text(r, ROUTE_KEY, a, &route) && front_door_text(r, PATH, a, &path) &&
        front_door_text(r, STATUS, a, &c.status) && front_door_text(r, API_ID, a, &c.door) &&
        front_door_text(r, DOMAIN_NAME, a, &c.host) &&
        front_door_text(r, ACCOUNT, a, &e->account) && front_door_text(r, AGENT, a, &c.agent) &&
        front_door_text(r, LATENCY, a, &c.ms) && front_door_text(r, REQUEST_ID, a, &e->record_id) &&
        front_door_text(r, EXTENDED_ID, a, &extended);
    c.address = ip.len > 0 ? ip : source_ip;
    c.caller = told(c.caller).len > 0 ? told(c.caller) : told(user);
    c.url = told(path).len > 0 ? path : told(resource).len > 0 ? resource : told(route);
    c.agent = told(c.agent);
    e->shared_id = told(extended); /* the web firewall before it knows this one */
    c.ms = told(c.ms);
    e->service = STR("apigateway.amazonaws.com");
    e->source = STR("aws.api_gateway");
    size_t dot = str_chr(c.host, '.');
    if (c.door.len == 0 && str_find(c.host, STR(".execute-api.")) != SIZE_MAX) {
        c.door = str_head(c.host, dot);
    }
    if (!fits || !front_door_call(&c, a, e)) {
        return err_set(err, ERR_LIMIT, "api gateway log: its texts do not fit in %zu bytes",
                       a->limit);
    }
    return ERR_OK;
}

const struct source_ops source_aws_api_gateway = {
    .name = "aws.api_gateway",
    .summary = "AWS API Gateway access logs",
    .reference = "https://docs.aws.amazon.com/apigateway/latest/developerguide/set-up-logging.html",
    .fields = fields,
    .field_count = FIELD_MAX_,
    .logsources = logsources,
    .logsource_count = ARRAY_LEN(logsources),
    .probe = probe,
    .parse = parse,
    .delay_us = 5 * TIME_MINUTE_US,
};
