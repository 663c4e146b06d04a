/*
 * aws_waf - logs of the web firewall before a gateway, load balancer or distribution: who asked, and
 * whether it was let through.
 */
#include "source/front_door.h"

enum field {
    TIMESTAMP,
    ACL,
    ACTION,
    RULE,
    SOURCE_NAME,
    SOURCE_ID,
    CLIENT,
    METHOD,
    URI,
    HEADERS,
    REQUEST_ID,
    STATUS,
    FIELD_MAX_
};

static const char *const fields[FIELD_MAX_] = {
    [TIMESTAMP] = "timestamp",
    [ACL] = "webaclId",
    [ACTION] = "action",
    [RULE] = "terminatingRuleId",
    [SOURCE_NAME] = "httpSourceName",
    [SOURCE_ID] = "httpSourceId",
    [CLIENT] = "httpRequest.clientIp",
    [METHOD] = "httpRequest.httpMethod",
    [URI] = "httpRequest.uri",
    [HEADERS] = "httpRequest.headers",
    [REQUEST_ID] = "httpRequest.requestId",
    [STATUS] = "responseCodeSent",
};

static const struct logsource logsources[] = {{.product = "aws", .service = "waf"}};

static int probe(const struct record *r)
{
    return record_view(r, ACL).kind == JSON_STRING && record_view(r, ACTION).kind == JSON_STRING &&
                   record_view(r, SOURCE_NAME).kind == JSON_STRING
               ? 95
               : 0;
}

/* A header by its name, in any case. */
static bool header(const struct record *r, struct str name, struct arena *a, struct str *out)
{
    struct json_iter it = json_iter_of(record_view(r, HEADERS));
    struct json_view key;
    struct json_view one;
    *out = STR_EMPTY;
    while (record_view(r, HEADERS).kind == JSON_ARRAY && json_iter_next(&it, &key, &one)) {
        struct json_view n = json_member(one, STR("name"));
        struct json_view v = json_member(one, STR("value"));
        if (n.kind == JSON_STRING && str_ieq(str_make(n.ptr, n.len), name) &&
            v.kind == JSON_STRING) {
            return json_text(v, a, out);
        }
    }
    return true;
}

/* APIGW: "111122223333:abc123:prod"; ALB: "111122223333-app/pay/0123"; CF: "E2EXAMPLE". */
static bool set_door(struct str name, struct str id, struct arena *a, struct event *e,
                     struct front_door_call *c)
{
    struct str rest = id;
    struct str part;
    if (str_eq(name, STR("APIGW")) && str_cut(&rest, ':', &e->account) &&
        str_cut(&rest, ':', &part)) {
        return arena_printf(a, &c->door, "%.*s", STR_ARG(part));
    }
    if (str_eq(name, STR("ALB"))) {
        e->account = str_head(id, str_chr(id, '-'));
        c->door = str_from(id, e->account.len + 1);
        return true;
    }
    c->door = id;
    return true;
}

static enum err_code parse(const struct record *r, struct arena *a, struct event *e,
                           struct err *err)
{
    struct front_door_call c = {0};
    struct str acl = STR_EMPTY;
    struct str action = STR_EMPTY;
    struct str rule = STR_EMPTY;
    struct str name = STR_EMPTY;
    struct str id = STR_EMPTY;
    struct str stamp = STR_EMPTY;
    int64_t ms;
    bool fits =
        front_door_text(r, TIMESTAMP, a, &stamp) && front_door_text(r, ACL, a, &acl) &&
        front_door_text(r, ACTION, a, &action) && front_door_text(r, RULE, a, &rule) &&
        front_door_text(r, SOURCE_NAME, a, &name) && front_door_text(r, SOURCE_ID, a, &id) &&
        front_door_text(r, CLIENT, a, &c.address) && front_door_text(r, METHOD, a, &c.method) &&
        front_door_text(r, URI, a, &c.url) && front_door_text(r, STATUS, a, &c.status) &&
        front_door_text(r, REQUEST_ID, a, &e->record_id) && header(r, STR("host"), a, &c.host) &&
        header(r, STR("user-agent"), a, &c.agent);
    front_door_place(acl, e);
    fits = fits && set_door(name, id, a, e, &c);
    bool let = str_eq(action, STR("ALLOW")) || str_eq(action, STR("COUNT"));
    c.blocked = let ? STR_EMPTY : rule.len > 0 ? rule : action;
    e->time_us = str_i64(stamp, &ms) && ms > 0 && ms < INT64_MAX / 1000 ? ms * 1000 : TIME_NONE;
    e->service = STR("wafv2.amazonaws.com");
    e->source = STR("aws.waf");
    if (!fits || !front_door_call(&c, a, e)) {
        return err_set(err, ERR_LIMIT, "waf log: its texts do not fit in %zu bytes", a->limit);
    }
    return ERR_OK;
}

const struct source_ops source_aws_waf = {
    .name = "aws.waf",
    .summary = "AWS WAF logs",
    .reference = "https://docs.aws.amazon.com/waf/latest/developerguide/logging-fields.html",
    .fields = fields,
    .field_count = FIELD_MAX_,
    .logsources = logsources,
    .logsource_count = ARRAY_LEN(logsources),
    .probe = probe,
    .parse = parse,
    .delay_us = 5 * TIME_MINUTE_US,
};
