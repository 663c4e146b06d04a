/*
 * zeek - Zeek's logs, as JSON with "id.orig_h" or "id_orig_h", or as tables.
 *
 * Which log a record is of: `_path` (JSON that says so, and #path of a table), `@stream`, or its
 * columns. Logs without a kind of flow are known and only counted: what they tell of a connection,
 * conn.log tells too.
 */
#include <string.h>

#include "source/net.h"
#include "source/zeek/text.h"

enum zeek_field {
#define FIELD(id, path) ZEEK_##id,
#include "source/zeek/fields.def"
#undef FIELD
    ZEEK_FIELD_MAX_
};

static const char *const fields[ZEEK_FIELD_MAX_] = {
#define FIELD(id, path) [ZEEK_##id] = path,
#include "source/zeek/fields.def"
#undef FIELD
};

enum { ANSWERS_MAX = 512 };

struct zeek_log {
    struct str name;
    enum flow_kind kind;
    void (*fill)(struct net *n);
};

static bool has(const struct record *r, enum zeek_field f)
{
    return json_has(r->json, r->slot[f]);
}

static struct str text(struct net *n, enum zeek_field f)
{
    return zeek_text(n, record_view(n->r, f));
}

/* ---- logs ---- */

static void fill_conn(struct net *n)
{
    struct flow *f = n->f;
    int64_t lasted = net_epoch(net_text(n, ZEEK_DURATION));
    if (n->e->time_us != TIME_NONE && lasted != TIME_NONE) {
        f->end_us = n->e->time_us + lasted;
    }
    f->has_bytes = net_number(n, ZEEK_ORIG_BYTES, &f->bytes_out);
    f->bytes_in = net_count(n, ZEEK_RESP_BYTES);
    f->packets_out = net_count(n, ZEEK_ORIG_PKTS);
    f->packets_in = net_count(n, ZEEK_RESP_PKTS);
    f->state = text(n, ZEEK_CONN_STATE);
    f->rejected = str_eq(f->state, STR("REJ"));
}

/* Zeek gives data without types. An address says itself what it is; a name among the answers to a
 * question for an address is where the chain goes on. */
static struct str type_of(struct str asked, struct str data)
{
    struct ip ip;
    if (ip_parse(data, &ip)) {
        return ip_is_v4(&ip) ? STR("A") : STR("AAAA");
    }
    bool address = str_eq(asked, STR("A")) || str_eq(asked, STR("AAAA"));
    return address && data.len > 0 ? STR("CNAME") : asked;
}

static uint32_t ttl_of(struct json_view v)
{
    struct str s = {v.ptr, v.len};
    uint64_t ttl;
    return v.kind == JSON_NUMBER && str_u64(str_head(s, str_chr(s, '.')), &ttl) && ttl <= UINT32_MAX
               ? (uint32_t)ttl
               : 0;
}

static void answers(struct net *n, struct json_view list, struct json_view ttls)
{
    struct json_view key;
    struct json_view data;
    struct json_view ttl;
    size_t count = 0;
    struct json_iter it = json_iter_of(list);
    while (count < ANSWERS_MAX && json_iter_next(&it, &key, &data)) {
        count++;
    }
    struct dns_answer *room = count == 0 ? NULL : ARENA_ARRAY(n->a, struct dns_answer, count);
    n->full = n->full || (count != 0 && room == NULL);
    n->f->answers = room;
    it = json_iter_of(list);
    struct json_iter t = json_iter_of(ttls);
    for (size_t i = 0; room != NULL && i < count && json_iter_next(&it, &key, &data); i++) {
        struct str raw = zeek_text(n, data);
        room[i] = (struct dns_answer){.name = STR_EMPTY, .type = type_of(n->f->dns_type, raw)};
        room[i].data = str_eq(room[i].type, STR("TXT")) ? raw : net_name(n, raw);
        if (ttls.kind == JSON_ARRAY && json_iter_next(&t, &key, &ttl)) {
            room[i].ttl_s = ttl_of(ttl);
        }
        n->f->answer_count = i + 1;
    }
}

static void fill_dns(struct net *n)
{
    struct flow *f = n->f;
    f->host = net_name(n, text(n, ZEEK_QUERY));
    f->dns_type = text(n, ZEEK_QTYPE_NAME);
    f->dns_rcode = text(n, ZEEK_RCODE_NAME);
    f->rejected = net_is_true(n, ZEEK_REJECTED);
    struct json_view list = record_view(n->r, ZEEK_ANSWERS);
    if (list.kind == JSON_ARRAY) {
        answers(n, list, record_view(n->r, ZEEK_TTLS));
    }
}

/* The first element of a list, or "". */
static struct str first(struct net *n, enum zeek_field field)
{
    struct json_view list = record_view(n->r, field);
    struct json_iter it = json_iter_of(list);
    struct json_view key;
    struct json_view value;
    return list.kind == JSON_ARRAY && json_iter_next(&it, &key, &value) ? zeek_text(n, value)
                                                                        : STR_EMPTY;
}

static void fill_ssl(struct net *n)
{
    struct flow *f = n->f;
    f->host = net_name(n, text(n, ZEEK_SERVER_NAME));
    f->tls_version = text(n, ZEEK_VERSION);
    f->tls_subject = text(n, ZEEK_SUBJECT);
    f->tls_issuer = text(n, ZEEK_ISSUER);
    f->tls_fingerprint = net_lower(n, first(n, ZEEK_CERT_FPS));
    f->ja3 = text(n, ZEEK_JA3);
    f->ja3s = text(n, ZEEK_JA3S);
    f->ja4 = text(n, ZEEK_JA4);
}

static void fill_quic(struct net *n)
{
    n->f->host = net_name(n, text(n, ZEEK_SERVER_NAME));
    n->f->ja4 = text(n, ZEEK_JA4);
}

/* "X-FORWARDED-FOR -> 192.0.2.1" among the headers that proxies add. */
static struct str forwarded(struct net *n)
{
    static const struct str mark = STR_INIT("X-FORWARDED-FOR -> ");
    struct json_view list = record_view(n->r, ZEEK_PROXIED);
    struct json_iter it = json_iter_of(list);
    struct json_view key;
    struct json_view value;
    while (list.kind == JSON_ARRAY && json_iter_next(&it, &key, &value)) {
        struct str s = zeek_text(n, value);
        if (str_istarts(s, mark)) {
            return str_from(s, mark.len);
        }
    }
    return STR_EMPTY;
}

static void fill_http(struct net *n)
{
    struct flow *f = n->f;
    f->host = net_host(n, text(n, ZEEK_HOST));
    f->host_from_header = f->host.len > 0;
    f->url = text(n, ZEEK_URI);
    f->method = text(n, ZEEK_METHOD);
    f->user_agent = text(n, ZEEK_USER_AGENT);
    f->forwarded_for = forwarded(n);
    uint64_t status = net_count(n, ZEEK_STATUS_CODE);
    f->status = status < 1000 ? (uint32_t)status : 0;
}

static void fill_notice(struct net *n)
{
    struct flow *f = n->f;
    f->signature = text(n, ZEEK_NOTE);
    f->category = text(n, ZEEK_MSG);
    if (!f->has_client) { /* a notice may be about hosts and no connection */
        f->has_client = net_ip(n, ZEEK_SRC, &f->client);
        f->has_server = net_ip(n, ZEEK_DST, &f->server);
        f->server_port = net_port(n, ZEEK_P);
    }
}

/* tx_hosts sent the file, rx_hosts got it; is_orig says whether the client was the sender. */
static void fill_files(struct net *n)
{
    struct flow *f = n->f;
    if (!f->has_client) {
        bool sent = net_is_true(n, ZEEK_IS_ORIG);
        f->has_client = ip_parse(first(n, sent ? ZEEK_TX_HOSTS : ZEEK_RX_HOSTS), &f->client);
        f->has_server = ip_parse(first(n, sent ? ZEEK_RX_HOSTS : ZEEK_TX_HOSTS), &f->server);
    }
    f->id = f->id.len > 0 ? f->id : first(n, ZEEK_CONN_UIDS);
    f->service = net_lower(n, text(n, ZEEK_SOURCE));
    f->file_name = text(n, ZEEK_FILENAME);
    f->file_sha256 = net_lower(n, text(n, ZEEK_SHA256));
    f->file_sha1 = net_lower(n, text(n, ZEEK_SHA1));
    f->file_md5 = net_lower(n, text(n, ZEEK_MD5));
}

enum { LOG_CONN, LOG_DNS, LOG_SSL, LOG_HTTP, LOG_QUIC, LOG_NOTICE, LOG_FILES, LOGS_ };

static const struct zeek_log logs[LOGS_] = {
    [LOG_CONN] = {STR_INIT("conn"), FLOW_CONNECTION, fill_conn},
    [LOG_DNS] = {STR_INIT("dns"), FLOW_DNS, fill_dns},
    [LOG_SSL] = {STR_INIT("ssl"), FLOW_TLS, fill_ssl},
    [LOG_HTTP] = {STR_INIT("http"), FLOW_HTTP, fill_http},
    [LOG_QUIC] = {STR_INIT("quic"), FLOW_QUIC, fill_quic},
    [LOG_NOTICE] = {STR_INIT("notice"), FLOW_NOTICE, fill_notice},
    [LOG_FILES] = {STR_INIT("files"), FLOW_FILE, fill_files},
};

/* Sigma's names. JSON does not always say which log a record is of; a column that only this log has
 * says it too. */
#define LOG(service_, category_, column)                                                           \
    {.product = "zeek",                                                                            \
     .service = service_,                                                                          \
     .category = category_,                                                                        \
     .when = "_path",                                                                              \
     .is = service_},                                                                              \
        {.product = "zeek",                                                                        \
         .service = service_,                                                                      \
         .category = category_,                                                                    \
         .when = "@stream",                                                                        \
         .is = service_},                                                                          \
    {                                                                                              \
        .product = "zeek", .service = service_, .category = category_, .when = column              \
    }
static const struct logsource logsources[] = {
    LOG("conn", "firewall", "conn_state"), LOG("dns", "dns", "query"),
    LOG("http", "proxy", "trans_depth"),   LOG("ssl", NULL, "ssl_history"),
    LOG("quic", NULL, "client_scid"),      LOG("files", NULL, "tx_hosts"),
    LOG("notice", NULL, "note"),           LOG("x509", NULL, "certificate_version"),
    LOG("kerberos", NULL, "request_type"), LOG("rdp", NULL, "security_protocol"),
    LOG("dce_rpc", NULL, "endpoint"),      LOG("smb_files", NULL, "times_modified"),
};
#undef LOG

/* ---- which log ---- */

/* "conn" of "conn", "conn-https-to-http" (a filter's), "worker-1/conn". */
static const struct zeek_log *log_named(struct str name)
{
    size_t slash = str_rchr(name, '/');
    name = slash == SIZE_MAX ? name : str_from(name, slash + 1);
    for (size_t i = 0; i < LOGS_; i++) {
        struct str log = logs[i].name;
        if (str_starts(name, log) &&
            (name.len == log.len || name.ptr[log.len] == '-' || name.ptr[log.len] == '_')) {
            return &logs[i];
        }
    }
    return NULL;
}

static const struct zeek_log *log_by_columns(const struct record *r)
{
    if (has(r, ZEEK_CONN_STATE) || has(r, ZEEK_ORIG_PKTS)) {
        return &logs[LOG_CONN];
    }
    if (has(r, ZEEK_QUERY) || has(r, ZEEK_REJECTED)) {
        return &logs[LOG_DNS];
    }
    if (has(r, ZEEK_TRANS_DEPTH) && (has(r, ZEEK_METHOD) || has(r, ZEEK_URI))) {
        return &logs[LOG_HTTP];
    }
    if (has(r, ZEEK_CLIENT_INITIAL_DCID) || has(r, ZEEK_CLIENT_SCID)) {
        return &logs[LOG_QUIC];
    }
    if (has(r, ZEEK_SERVER_NAME) || (has(r, ZEEK_ESTABLISHED) && has(r, ZEEK_RESUMED))) {
        return &logs[LOG_SSL];
    }
    if (has(r, ZEEK_NOTE) && has(r, ZEEK_MSG)) {
        return &logs[LOG_NOTICE];
    }
    if (has(r, ZEEK_FUID) && (has(r, ZEEK_TX_HOSTS) || has(r, ZEEK_SOURCE))) {
        return &logs[LOG_FILES];
    }
    /* Columns that were cut out of a log. */
    return has(r, ZEEK_HISTORY)       ? &logs[LOG_CONN]
           : has(r, ZEEK_STATUS_CODE) ? &logs[LOG_HTTP]
                                      : NULL;
}

static struct json_view path_of(const struct record *r)
{
    struct json_view path = record_view(r, ZEEK_PATH);
    return path.kind == JSON_STRING ? path : record_view(r, ZEEK_STREAM);
}

static const struct zeek_log *log_of(const struct record *r)
{
    struct json_view path = path_of(r);
    return path.kind == JSON_STRING ? log_named(str_make(path.ptr, path.len)) : log_by_columns(r);
}

static int probe(const struct record *r)
{
    bool timed = has(r, ZEEK_TS);
    bool connected = has(r, ZEEK_UID);
    if (!timed && !connected && !r->json->table) {
        return 0;
    }
    if (path_of(r).kind == JSON_STRING) {
        return 100;
    }
    if (has(r, ZEEK_ORIG_H) || has(r, ZEEK_ORIG_H_)) {
        return connected || timed ? 100 : 0;
    }
    if (connected && (timed || r->json->table)) {
        return log_by_columns(r) != NULL || has(r, ZEEK_SERVICE) ? 80 : 0;
    }
    /* Logs that are about no connection. */
    bool known = (has(r, ZEEK_FUID) && has(r, ZEEK_SOURCE)) ||
                 (has(r, ZEEK_NOTE) && has(r, ZEEK_MSG)) ||
                 (has(r, ZEEK_NAME) && has(r, ZEEK_PEER)) || has(r, ZEEK_CERTIFICATE) ||
                 has(r, ZEEK_CERTIFICATE_) || (has(r, ZEEK_INDICATOR) && has(r, ZEEK_WHERE));
    return known ? 80 : 0;
}

/* ---- the record ---- */

static void sides(struct net *n)
{
    struct flow *f = n->f;
    bool dotted = has(n->r, ZEEK_ORIG_H);
    f->has_client = net_ip(n, dotted ? ZEEK_ORIG_H : ZEEK_ORIG_H_, &f->client);
    f->client_port = net_port(n, dotted ? ZEEK_ORIG_P : ZEEK_ORIG_P_);
    f->has_server = net_ip(n, dotted ? ZEEK_RESP_H : ZEEK_RESP_H_, &f->server);
    f->server_port = net_port(n, dotted ? ZEEK_RESP_P : ZEEK_RESP_P_);
}

/* Seconds, or a date where json_timestamps says so. */
static int64_t time_of(struct net *n)
{
    struct json_view v = record_view(n->r, ZEEK_TS);
    struct str s = {v.ptr, v.len};
    if (v.kind == JSON_STRING && str_chr(s, 'T') != SIZE_MAX) {
        return net_time(n, ZEEK_TS);
    }
    return v.kind == JSON_NUMBER || v.kind == JSON_STRING ? net_epoch(s) : TIME_NONE;
}

static enum err_code parse(const struct record *r, struct arena *a, struct event *out,
                           struct err *err)
{
    struct net n = {.r = r, .a = a, .e = out};
    const struct zeek_log *log = log_of(r);
    out->time_us = time_of(&n);
    if (log == NULL) {
        out->kind = EVENT_OTHER;
        out->name = net_view_text(&n, path_of(r));
        out->action = out->name;
        return net_end(&n, err);
    }
    out->name = log->name;
    out->action = log->name;
    if (net_begin(&n, r, a, out)) {
        n.f->kind = log->kind;
        n.f->id = text(&n, ZEEK_UID);
        n.f->community = text(&n, ZEEK_COMMUNITY);
        n.f->protocol = net_protocol(&n, text(&n, ZEEK_PROTO));
        n.f->service = text(&n, ZEEK_SERVICE);
        n.f->sensor = text(&n, ZEEK_SYSTEM);
        if (n.f->sensor.len == 0) {
            n.f->sensor = text(&n, ZEEK_SYSTEM_NAME);
        }
        sides(&n);
        log->fill(&n);
    }
    return net_end(&n, err);
}

const struct source_ops source_zeek = {
    .name = "zeek",
    .summary = "Zeek's logs of connections, names, handshakes, requests, files and notices",
    .reference = "https://docs.zeek.org/en/current/script-reference/log-files.html",
    .fields = fields,
    .field_count = ZEEK_FIELD_MAX_,
    .settles = ZEEK_UID,
    .logsources = logsources,
    .logsource_count = ARRAY_LEN(logsources),
    .probe = probe,
    .parse = parse,
    .delay_us = 10 * TIME_MINUTE_US,
};
