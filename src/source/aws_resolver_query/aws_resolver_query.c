/*
 * aws_resolver_query - Route 53 Resolver query logs: what was asked inside a VPC, and DNS Firewall.
 */
#include "source/net.h"

enum field {
    ACCOUNT,
    REGION,
    VPC,
    TIMESTAMP,
    NAME,
    TYPE,
    RCODE,
    ANSWERS,
    SRC,
    SRC_PORT,
    TRANSPORT,
    FIREWALL,
    FIELD_MAX_
};

static const char *const fields[FIELD_MAX_] = {
    [ACCOUNT] = "account_id",  [REGION] = "region",
    [VPC] = "vpc_id",          [TIMESTAMP] = "query_timestamp",
    [NAME] = "query_name",     [TYPE] = "query_type",
    [RCODE] = "rcode",         [ANSWERS] = "answers",
    [SRC] = "srcaddr",         [SRC_PORT] = "srcport",
    [TRANSPORT] = "transport", [FIREWALL] = "firewall_rule_action",
};

enum { ANSWERS_MAX = 512 };

static int probe(const struct record *r)
{
    return record_view(r, TIMESTAMP).kind == JSON_STRING &&
                   record_view(r, NAME).kind == JSON_STRING &&
                   (record_view(r, VPC).kind == JSON_STRING ||
                    record_view(r, SRC).kind == JSON_STRING)
               ? 100
               : 0;
}

static void answers(struct net *n, struct json_view list)
{
    struct json_view key;
    struct json_view one;
    size_t count = 0;
    struct json_iter it = json_iter_of(list);
    while (count < ANSWERS_MAX && json_iter_next(&it, &key, &one)) {
        count++;
    }
    struct dns_answer *room = count == 0 ? NULL : ARENA_ARRAY(n->a, struct dns_answer, count);
    n->full = n->full || (count != 0 && room == NULL);
    n->f->answers = room;
    it = json_iter_of(list);
    for (size_t i = 0; room != NULL && i < count && json_iter_next(&it, &key, &one); i++) {
        bool object = one.kind == JSON_OBJECT;
        struct json_view none = {0};
        struct str data = net_view_text(n, object ? json_member(one, STR("Rdata")) : none);
        struct str type = net_view_text(n, object ? json_member(one, STR("Type")) : none);
        room[i] = (struct dns_answer){.name = STR_EMPTY, .type = type};
        room[i].data = str_eq(type, STR("TXT")) ? data : net_name(n, data);
        n->f->answer_count = i + 1;
    }
}

static enum err_code parse(const struct record *r, struct arena *a, struct event *out,
                           struct err *err)
{
    struct net n = {.r = r, .a = a, .e = out};
    out->time_us = net_time(&n, TIMESTAMP);
    out->name = STR("query");
    out->action = out->name;
    out->account = net_text(&n, ACCOUNT);
    out->region = net_text(&n, REGION);
    if (net_begin(&n, r, a, out)) {
        struct flow *f = n.f;
        f->kind = FLOW_DNS;
        f->has_client = net_ip(&n, SRC, &f->client);
        f->client_port = net_port(&n, SRC_PORT);
        f->protocol = net_protocol(&n, net_text(&n, TRANSPORT));
        f->host = net_name(&n, net_text(&n, NAME));
        f->dns_type = net_text(&n, TYPE);
        f->dns_rcode = net_text(&n, RCODE);
        f->state = net_text(&n, FIREWALL);
        f->rejected = str_eq(f->state, STR("BLOCK"));
        f->sensor = net_text(&n, VPC);
        if (record_view(r, ANSWERS).kind == JSON_ARRAY) {
            answers(&n, record_view(r, ANSWERS));
        }
    }
    return net_end(&n, err);
}

const struct source_ops source_aws_resolver_query = {
    .name = "aws.resolver_query",
    .summary = "Route 53 Resolver query logs",
    .reference = "https://docs.aws.amazon.com/Route53/latest/DeveloperGuide/"
                 "resolver-query-logs-format.html",
    .fields = fields,
    .field_count = FIELD_MAX_,
    .probe = probe,
    .parse = parse,
    .delay_us = 10 * TIME_MINUTE_US,
};
