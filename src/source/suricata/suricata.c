/*
 * suricata - Suricata's EVE log: dns, tls, quic, http, flow, netflow, alert, anomaly, fileinfo.
 *
 * Records of other types are known and only counted: what they tell of a connection, its flow
 * record tells too.
 */
#include "source/suricata/eve.h"

static const char *const fields[EVE_FIELD_MAX_] = {
#define FIELD(id, path) [EVE_##id] = path,
#include "source/suricata/fields.def"
#undef FIELD
};

/* How a type of record is read. */
struct eve_type {
    struct str name;
    enum flow_kind kind;
    bool by_packet; /* src is the sender of the packet, not always the client */
    void (*fill)(struct net *n);
};

/* ---- bodies ---- */

static void fill_tls(struct net *n)
{
    struct flow *f = n->f;
    f->host = net_name(n, net_text(n, EVE_TLS_SNI));
    f->tls_version = net_text(n, EVE_TLS_VERSION);
    f->tls_subject = net_text(n, EVE_TLS_SUBJECT);
    f->tls_issuer = net_text(n, EVE_TLS_ISSUER);
    f->tls_fingerprint = net_lower(n, net_text(n, EVE_TLS_FINGERPRINT));
    f->ja3 = net_text(n, EVE_TLS_JA3);
    f->ja3s = net_text(n, EVE_TLS_JA3S);
    f->ja4 = net_text(n, EVE_TLS_JA4);
}

static void fill_quic(struct net *n)
{
    struct flow *f = n->f;
    f->host = net_name(n, net_text(n, EVE_QUIC_SNI));
    f->user_agent = net_text(n, EVE_QUIC_UA);
    f->ja3 = net_text(n, EVE_QUIC_JA3);
    f->ja3s = net_text(n, EVE_QUIC_JA3S);
    f->ja4 = net_text(n, EVE_QUIC_JA4);
}

/* HTTP/2 has no Host header: its :authority stands among the request's headers. */
static struct str authority(struct net *n)
{
    struct json_iter it = json_iter_of(record_view(n->r, EVE_HTTP_REQUEST_HEADERS));
    struct json_view key;
    struct json_view header;
    while (json_iter_next(&it, &key, &header)) {
        struct json_view name = json_member(header, STR("name"));
        if (name.kind == JSON_STRING && str_eq(str_make(name.ptr, name.len), STR(":authority"))) {
            return net_view_text(n, json_member(header, STR("value")));
        }
    }
    return STR_EMPTY;
}

static void fill_http(struct net *n)
{
    struct flow *f = n->f;
    struct str host = net_text(n, EVE_HTTP_HOSTNAME);
    if (host.len == 0 && record_view(n->r, EVE_HTTP_REQUEST_HEADERS).kind == JSON_ARRAY) {
        host = authority(n);
    }
    f->host = net_host(n, host);
    f->host_from_header = f->host.len > 0;
    f->url = net_text(n, EVE_HTTP_URL);
    f->method = net_text(n, EVE_HTTP_METHOD);
    f->user_agent = net_text(n, EVE_HTTP_USER_AGENT);
    f->forwarded_for = net_text(n, EVE_HTTP_XFF);
    uint64_t status = net_count(n, EVE_HTTP_STATUS);
    f->status = status < 1000 ? (uint32_t)status : 0;
}

static void fill_flow(struct net *n)
{
    struct flow *f = n->f;
    int64_t start = net_time(n, EVE_FLOW_START);
    n->e->time_us = start == TIME_NONE ? n->e->time_us : start;
    f->end_us = net_time(n, EVE_FLOW_END);
    f->has_bytes = net_number(n, EVE_FLOW_OUT_BYTES, &f->bytes_out);
    f->bytes_in = net_count(n, EVE_FLOW_IN_BYTES);
    f->packets_out = net_count(n, EVE_FLOW_OUT_PACKETS);
    f->packets_in = net_count(n, EVE_FLOW_IN_PACKETS);
    f->state = net_text(n, EVE_FLOW_STATE);
    f->rejected = str_eq(net_text(n, EVE_FLOW_ACTION), STR("drop"));
}

/* One direction of a connection; the other is a record of its own. */
static void fill_netflow(struct net *n)
{
    struct flow *f = n->f;
    int64_t start = net_time(n, EVE_NETFLOW_START);
    n->e->time_us = start == TIME_NONE ? n->e->time_us : start;
    f->end_us = net_time(n, EVE_NETFLOW_END);
    f->has_bytes = net_number(n, EVE_NETFLOW_BYTES, &f->bytes_out);
    f->packets_out = net_count(n, EVE_NETFLOW_PACKETS);
}

/* What the connection was about, beside an alert or a file. */
static void fill_context(struct net *n)
{
    if (record_view(n->r, EVE_TLS_VERSION).kind != JSON_ABSENT ||
        record_view(n->r, EVE_TLS_SNI).kind != JSON_ABSENT) {
        fill_tls(n);
    } else if (record_view(n->r, EVE_QUIC_VERSION).kind != JSON_ABSENT) {
        fill_quic(n);
    } else if (record_view(n->r, EVE_HTTP_URL).kind != JSON_ABSENT ||
               record_view(n->r, EVE_HTTP_HOSTNAME).kind != JSON_ABSENT) {
        fill_http(n);
    } else if (eve_has_dns(n)) {
        eve_fill_dns(n);
    }
}

static void fill_alert(struct net *n)
{
    struct flow *f = n->f;
    f->signature_id = net_count(n, EVE_ALERT_SIGNATURE_ID);
    f->signature = net_text(n, EVE_ALERT_SIGNATURE);
    f->category = net_text(n, EVE_ALERT_CATEGORY);
    uint64_t severity = net_count(n, EVE_ALERT_SEVERITY);
    f->severity = severity <= UINT8_MAX ? (uint32_t)severity : 0;
    f->blocked = str_eq(net_text(n, EVE_ALERT_ACTION), STR("blocked"));
    fill_context(n);
    if (f->forwarded_for.len == 0) {
        f->forwarded_for = net_text(n, EVE_XFF);
    }
}

static void fill_anomaly(struct net *n)
{
    n->f->signature = net_text(n, EVE_ANOMALY_EVENT);
    n->f->category = net_text(n, EVE_ANOMALY_TYPE);
    n->f->signature_id = net_count(n, EVE_ANOMALY_CODE);
}

static void fill_file(struct net *n)
{
    fill_context(n);
    n->f->file_name = net_text(n, EVE_FILE_NAME);
    n->f->file_sha256 = net_lower(n, net_text(n, EVE_FILE_SHA256));
    n->f->file_sha1 = net_lower(n, net_text(n, EVE_FILE_SHA1));
    n->f->file_md5 = net_lower(n, net_text(n, EVE_FILE_MD5));
}

static void fill_drop(struct net *n)
{
    n->f->rejected = true;
    n->f->state = STR("drop");
}

static const struct eve_type types[] = {
    {STR_INIT("flow"), FLOW_CONNECTION, false, fill_flow},
    {STR_INIT("dns"), FLOW_DNS, false, eve_fill_dns},
    {STR_INIT("tls"), FLOW_TLS, false, fill_tls},
    {STR_INIT("http"), FLOW_HTTP, false, fill_http},
    {STR_INIT("http2"), FLOW_HTTP, false, fill_http},
    {STR_INIT("quic"), FLOW_QUIC, true, fill_quic},
    {STR_INIT("alert"), FLOW_ALERT, true, fill_alert},
    {STR_INIT("anomaly"), FLOW_ANOMALY, true, fill_anomaly},
    {STR_INIT("fileinfo"), FLOW_FILE, true, fill_file},
    {STR_INIT("netflow"), FLOW_CONNECTION, true, fill_netflow},
    {STR_INIT("drop"), FLOW_CONNECTION, true, fill_drop},
};

static const struct logsource logsources[] = {
    {.product = "suricata", .service = "dns", .category = "dns", .when = "event_type", .is = "dns"},
    {.product = "suricata",
     .service = "http",
     .category = "proxy",
     .when = "event_type",
     .is = "http"},
    {.product = "suricata",
     .service = "flow",
     .category = "firewall",
     .when = "event_type",
     .is = "flow"},
    {.product = "suricata", .service = "tls", .when = "event_type", .is = "tls"},
    {.product = "suricata", .service = "alert", .when = "event_type", .is = "alert"},
    {.product = "suricata", .service = "eve"},
};

/* ---- the record ---- */

static struct str plain(const struct record *r, enum eve_field f)
{
    struct json_view v = record_view(r, f);
    return v.kind == JSON_STRING ? (struct str){v.ptr, v.len} : STR_EMPTY;
}

static int probe(const struct record *r)
{
    if (record_view(r, EVE_EVENT_TYPE).kind != JSON_STRING ||
        record_view(r, EVE_TIMESTAMP).kind != JSON_STRING) {
        return 0;
    }
    if (record_view(r, EVE_SRC_IP).kind == JSON_STRING &&
        record_view(r, EVE_DEST_IP).kind == JSON_STRING) {
        return record_view(r, EVE_PROTO).kind == JSON_STRING ? 100 : 80;
    }
    struct str type = plain(r, EVE_EVENT_TYPE);
    bool own = (str_eq(type, STR("stats")) && record_view(r, EVE_STATS).kind == JSON_OBJECT) ||
               (str_eq(type, STR("engine")) && record_view(r, EVE_ENGINE).kind == JSON_OBJECT);
    return own ? 100 : record_view(r, EVE_FLOW_ID).kind == JSON_NUMBER ? 80 : 0;
}

/* The packet's sender is the server. The record says so, or the flow that it belongs to, or the
 * ports do. */
static bool from_server(struct net *n)
{
    struct str direction = plain(n->r, EVE_DIRECTION);
    if (direction.len > 0) {
        return str_eq(direction, STR("to_client"));
    }
    struct ip starter;
    if (net_ip(n, EVE_FLOW_SRC_IP, &starter) && n->f->has_client) {
        uint16_t port = net_port(n, EVE_FLOW_SRC_PORT);
        return memcmp(&starter, &n->f->client, sizeof(starter)) != 0 ||
               (port != 0 && port != n->f->client_port);
    }
    return net_server_first(n->f);
}

static void sides(struct net *n)
{
    struct flow *f = n->f;
    f->has_client = net_ip(n, EVE_SRC_IP, &f->client);
    f->has_server = net_ip(n, EVE_DEST_IP, &f->server);
    f->client_port = net_port(n, EVE_SRC_PORT);
    f->server_port = net_port(n, EVE_DEST_PORT);
    f->protocol = net_protocol(n, plain(n->r, EVE_PROTO));
}

static enum err_code parse(const struct record *r, struct arena *a, struct event *out,
                           struct err *err)
{
    struct net n = {.r = r, .a = a, .e = out};
    out->time_us = net_time(&n, EVE_TIMESTAMP);
    out->name = net_text(&n, EVE_EVENT_TYPE);
    out->action = out->name;
    const struct eve_type *type = NULL;
    for (size_t i = 0; type == NULL && i < ARRAY_LEN(types); i++) {
        type = str_eq(types[i].name, out->name) ? &types[i] : NULL;
    }
    if (type == NULL) {
        out->kind = EVENT_OTHER;
        return net_end(&n, err);
    }
    if (net_begin(&n, r, a, out)) {
        n.f->kind = type->kind;
        n.f->id = net_text(&n, EVE_FLOW_ID);
        n.f->community = net_text(&n, EVE_COMMUNITY);
        n.f->service = net_text(&n, EVE_APP_PROTO);
        n.f->sensor = net_text(&n, EVE_HOST);
        if (n.f->sensor.len == 0) {
            n.f->sensor = net_text(&n, EVE_IN_IFACE);
        }
        sides(&n);
        type->fill(&n);
        if (type->by_packet ? from_server(&n) : type->kind == FLOW_DNS && eve_dns_from_server(&n)) {
            net_swap(n.f);
        }
    }
    return net_end(&n, err);
}

const struct source_ops source_suricata = {
    .name = "suricata.eve",
    .summary = "Suricata's EVE log: alerts, names, handshakes, requests and flows",
    .reference = "https://docs.suricata.io/en/latest/output/eve/eve-json-format.html",
    .fields = fields,
    .field_count = EVE_FIELD_MAX_,
    .settles = EVE_EVENT_TYPE,
    .logsources = logsources,
    .logsource_count = ARRAY_LEN(logsources),
    .index = {"event_type"},
    .probe = probe,
    .parse = parse,
    .delay_us = 10 * TIME_MINUTE_US,
};
