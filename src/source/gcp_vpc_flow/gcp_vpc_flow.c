/*
 * gcp_vpc_flow - Google VPC flow logs: one direction of a connection, sampled, as one of its ends
 * reported it.
 */
#include "source/log_entry.h"
#include "source/net.h"

static const char *const fields[] = {LOG_ENTRY_PATHS};

static int probe(const struct record *r)
{
    bool named = log_entry_log_is(r, "compute.googleapis.com/vpc_flows") ||
                 log_entry_log_is(r, "networkmanagement.googleapis.com/vpc_flows");
    struct json_view connection = log_entry_get(log_entry_view(r, LE_JSON), "connection");
    return !named ? 0 : connection.kind == JSON_OBJECT ? 100 : 80;
}

static struct str text(struct net *n, struct json_view object, const char *path)
{
    return net_view_text(n, log_entry_get(object, path));
}

static uint16_t port(struct net *n, struct json_view connection, const char *key)
{
    uint64_t v;
    return str_u64(text(n, connection, key), &v) && v <= UINT16_MAX ? (uint16_t)v : 0;
}

static int64_t time_of(struct net *n, struct json_view payload, const char *key)
{
    int64_t us;
    return time_parse_rfc3339(text(n, payload, key), &us) ? us : TIME_NONE;
}

static void fill(struct net *n)
{
    struct flow *f = n->f;
    struct json_view payload = log_entry_view(n->r, LE_JSON);
    struct json_view c = log_entry_get(payload, "connection");
    f->kind = FLOW_CONNECTION;
    f->has_client = ip_parse(text(n, c, "srcIp"), &f->client);
    f->has_server = ip_parse(text(n, c, "destIp"), &f->server);
    f->client_port = port(n, c, "srcPort");
    f->server_port = port(n, c, "destPort");
    f->protocol = net_protocol(n, text(n, c, "protocol"));
    f->has_bytes = str_u64(text(n, payload, "bytesSent"), &f->bytes_out);
    if (!str_u64(text(n, payload, "packetsSent"), &f->packets_out)) {
        f->packets_out = 0;
    }
    int64_t start = time_of(n, payload, "startTime");
    n->e->time_us = start == TIME_NONE ? n->e->time_us : start;
    f->end_us = time_of(n, payload, "endTime");
    f->state = text(n, payload, "reporter");
    f->sensor =
        text(n, payload,
             str_starts(f->state, STR("DEST")) ? "destInstance.vmName" : "srcInstance.vmName");
    if (net_server_first(f)) {
        net_swap(f);
    }
}

static enum err_code parse(const struct record *r, struct arena *a, struct event *out,
                           struct err *err)
{
    struct net n;
    enum err_code rc = log_entry_envelope(r, "gcp.vpc_flow", a, out, err);
    if (rc) {
        return rc;
    }
    out->name = STR("flow");
    out->action = out->name;
    if (net_begin(&n, r, a, out)) {
        fill(&n);
    }
    return net_end(&n, err);
}

const struct source_ops source_gcp_vpc_flow = {
    .name = "gcp.vpc_flow",
    .summary = "Google VPC flow logs",
    .reference = "https://cloud.google.com/vpc/docs/about-flow-logs-records",
    .fields = fields,
    .field_count = ARRAY_LEN(fields),
    .probe = probe,
    .parse = parse,
    .delay_us = 10 * TIME_MINUTE_US,
};
