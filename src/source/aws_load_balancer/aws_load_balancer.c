/*
 * aws_load_balancer - access logs of Application and Classic Load Balancers: who called what stands
 * behind them. A target group may have a function as its target.
 */
#include "source/front_door.h"

enum field {
    TYPE,
    TIME,
    ELB,
    CLIENT,
    TARGET_TIME,
    BACKEND_TIME,
    STATUS,
    REQUEST,
    AGENT,
    GROUP,
    TRACE,
    DOMAIN_NAME,
    ACTIONS,
    CREATED,
    FIELD_MAX_
};

static const char *const fields[FIELD_MAX_] = {
    [TYPE] = "type",
    [TIME] = "time",
    [ELB] = "elb",
    [CLIENT] = "client:port",
    [TARGET_TIME] = "target_processing_time",
    [BACKEND_TIME] = "backend_processing_time",
    [STATUS] = "elb_status_code",
    [REQUEST] = "request",
    [AGENT] = "user_agent",
    [GROUP] = "target_group_arn",
    [TRACE] = "trace_id",
    [DOMAIN_NAME] = "domain_name",
    [ACTIONS] = "actions_executed",
    [CREATED] = "request_creation_time",
};

static const struct logsource logsources[] = {{.product = "aws", .service = "elb"},
                                              {.product = "aws", .category = "webserver"}};

static int probe(const struct record *r)
{
    return record_view(r, ELB).kind == JSON_STRING && record_view(r, CLIENT).kind == JSON_STRING &&
                   record_view(r, REQUEST).kind == JSON_STRING
               ? 95
               : 0;
}

static enum err_code parse(const struct record *r, struct arena *a, struct event *e,
                           struct err *err)
{
    struct front_door_call c = {0};
    struct str time = STR_EMPTY;
    struct str request = STR_EMPTY;
    struct str seconds = STR_EMPTY;
    struct str backend = STR_EMPTY;
    struct str actions = STR_EMPTY;
    struct str elb = STR_EMPTY;
    bool fits =
        front_door_text(r, TIME, a, &time) && front_door_text(r, REQUEST, a, &request) &&
        front_door_text(r, GROUP, a, &c.door) && front_door_text(r, ELB, a, &elb) &&
        front_door_text(r, CLIENT, a, &c.address) && front_door_text(r, AGENT, a, &c.agent) &&
        front_door_text(r, STATUS, a, &c.status) && front_door_text(r, DOMAIN_NAME, a, &c.host) &&
        front_door_text(r, TRACE, a, &e->record_id) && front_door_text(r, ACTIONS, a, &actions) &&
        front_door_text(r, TARGET_TIME, a, &seconds) &&
        front_door_text(r, BACKEND_TIME, a, &backend) &&
        front_door_seconds(seconds.len > 0 ? seconds : backend, a, &c.ms);
    front_door_place(c.door, e);
    c.door = c.door.len > 0 ? c.door : elb;
    /* "GET https://host:443/path HTTP/2.0" */
    if (!str_cut(&request, ' ', &c.method) || !str_cut(&request, ' ', &c.url)) {
        c.method = c.url = STR_EMPTY;
    }
    c.blocked = str_find(actions, STR("waf-failed")) != SIZE_MAX ? STR("waf-failed") : STR_EMPTY;
    e->service = STR("elasticloadbalancing.amazonaws.com");
    e->source = STR("aws.load_balancer");
    if (!time_parse_rfc3339(time, &e->time_us)) {
        e->time_us = TIME_NONE;
    }
    if (!fits || !front_door_call(&c, a, e)) {
        return err_set(err, ERR_LIMIT, "load balancer log: its texts do not fit in %zu bytes",
                       a->limit);
    }
    return ERR_OK;
}

const struct source_ops source_aws_load_balancer = {
    .name = "aws.load_balancer",
    .summary = "AWS Application and Classic Load Balancer access logs",
    .reference = "https://docs.aws.amazon.com/elasticloadbalancing/latest/application/"
                 "load-balancer-access-logs.html",
    .fields = fields,
    .field_count = FIELD_MAX_,
    .logsources = logsources,
    .logsource_count = ARRAY_LEN(logsources),
    .probe = probe,
    .parse = parse,
    .delay_us = 10 * TIME_MINUTE_US,
};
