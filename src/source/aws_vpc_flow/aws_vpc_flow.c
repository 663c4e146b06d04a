/*
 * aws_vpc_flow - VPC flow logs: text of version 2 or with a header, in CloudWatch payloads, or JSON.
 *
 * A record tells one direction of a connection for some seconds. Column names are the vendor's;
 * exports to tables write '_' for '-'.
 */
#include "source/net.h"

enum field {
    ACCOUNT,
    ACCOUNT_,
    INTERFACE,
    INTERFACE_,
    SRC,
    DST,
    SRC_PORT,
    DST_PORT,
    PROTOCOL,
    PACKETS,
    BYTES,
    START,
    END,
    ACTION,
    STATUS,
    STATUS_,
    FLAGS,
    FLAGS_,
    PKT_SRC,
    PKT_SRC_,
    PKT_DST,
    PKT_DST_,
    REGION,
    FIELD_MAX_
};

static const char *const fields[FIELD_MAX_] = {
    [ACCOUNT] = "account-id",
    [ACCOUNT_] = "account_id",
    [INTERFACE] = "interface-id",
    [INTERFACE_] = "interface_id",
    [SRC] = "srcaddr",
    [DST] = "dstaddr",
    [SRC_PORT] = "srcport",
    [DST_PORT] = "dstport",
    [PROTOCOL] = "protocol",
    [PACKETS] = "packets",
    [BYTES] = "bytes",
    [START] = "start",
    [END] = "end",
    [ACTION] = "action",
    [STATUS] = "log-status",
    [STATUS_] = "log_status",
    [FLAGS] = "tcp-flags",
    [FLAGS_] = "tcp_flags",
    [PKT_SRC] = "pkt-srcaddr",
    [PKT_SRC_] = "pkt_srcaddr",
    [PKT_DST] = "pkt-dstaddr",
    [PKT_DST_] = "pkt_dstaddr",
    [REGION] = "region",
};

static bool has(const struct record *r, enum field f)
{
    return json_has(r->json, r->slot[f]);
}

/* The spelling of a field that is there. */
static size_t either(const struct record *r, enum field dash, enum field underscore)
{
    return has(r, dash) ? dash : underscore;
}

static int probe(const struct record *r)
{
    bool named = has(r, INTERFACE) || has(r, INTERFACE_);
    bool status = has(r, STATUS) || has(r, STATUS_);
    bool sides = has(r, SRC) && has(r, DST);
    /* A skipped or empty interval names an interface and nothing else. */
    if (named && status && (sides || has(r, START))) {
        return 100;
    }
    int marks = named + status + has(r, BYTES) + has(r, PACKETS) + has(r, PROTOCOL) +
                has(r, ACTION) + has(r, FLAGS) + has(r, FLAGS_) + has(r, PKT_DST) +
                has(r, PKT_DST_) + has(r, SRC_PORT) + has(r, DST_PORT);
    return sides && marks >= (r->json->table ? 1 : 3) ? 80 : 0;
}

/* The packet's own address, where an interface on the way stands in the other field. */
static bool side(struct net *n, enum field dash, enum field underscore, enum field plain,
                 struct ip *out)
{
    return net_ip(n, either(n->r, dash, underscore), out) || net_ip(n, plain, out);
}

/* Is the sender the server? Its first answer is SYN with ACK; else the ports tell. */
static bool from_server(struct net *n)
{
    enum { SYN = 2, ACK = 16 };
    uint64_t flags;
    if (net_number(n, either(n->r, FLAGS, FLAGS_), &flags) && (flags & SYN) != 0) {
        return (flags & ACK) != 0;
    }
    return net_server_first(n->f);
}

static void fill(struct net *n)
{
    struct flow *f = n->f;
    f->kind = FLOW_CONNECTION;
    f->has_client = side(n, PKT_SRC, PKT_SRC_, SRC, &f->client);
    f->has_server = side(n, PKT_DST, PKT_DST_, DST, &f->server);
    f->client_port = net_port(n, SRC_PORT);
    f->server_port = net_port(n, DST_PORT);
    f->protocol = net_protocol(n, net_text(n, PROTOCOL));
    f->has_bytes = net_number(n, BYTES, &f->bytes_out);
    f->packets_out = net_count(n, PACKETS);
    f->end_us = net_epoch(net_text(n, END));
    f->state = net_text(n, ACTION);
    f->rejected = str_eq(f->state, STR("REJECT"));
    f->sensor = net_text(n, either(n->r, INTERFACE, INTERFACE_));
    if (from_server(n)) {
        net_swap(f);
    }
}

static enum err_code parse(const struct record *r, struct arena *a, struct event *out,
                           struct err *err)
{
    struct net n = {.r = r, .a = a, .e = out};
    out->time_us = net_epoch(net_text(&n, START));
    out->name = STR("flow");
    out->action = out->name;
    out->account = net_text(&n, either(r, ACCOUNT, ACCOUNT_));
    out->region = net_text(&n, REGION);
    if (!has(r, SRC) && !has(r, PKT_SRC) && !has(r, PKT_SRC_)) {
        out->kind = EVENT_OTHER; /* NODATA, SKIPDATA */
        return net_end(&n, err);
    }
    if (net_begin(&n, r, a, out)) {
        fill(&n);
    }
    return net_end(&n, err);
}

const struct source_ops source_aws_vpc_flow = {
    .name = "aws.vpc_flow",
    .summary = "AWS VPC flow logs",
    .reference = "https://docs.aws.amazon.com/vpc/latest/userguide/flow-log-records.html",
    .fields = fields,
    .field_count = FIELD_MAX_,
    .probe = probe,
    .parse = parse,
    .delay_us = 15 * TIME_MINUTE_US,
};
