#include "bench/network_logs.h"

#include <stdio.h>

/* A site of 500 clients: 64 MB are some 100,000 to 400,000 records, some hundred a client. */
enum { CLIENTS = 500, HOSTS = 3000, USUAL = 30, START_S = 1763600000 };

static uint64_t next(uint64_t *s)
{
    *s ^= *s << 13;
    *s ^= *s >> 7;
    *s ^= *s << 17;
    return *s * UINT64_C(0x2545f4914f6cdd1d);
}

static unsigned pick(uint64_t *s, unsigned n)
{
    return (unsigned)(next(s) >> 33) % n;
}

/* What one record is about. */
struct talk {
    char client[16], server[16], host[48], stamp[40], uid[20];
    unsigned port, seconds, micros;
    uint64_t flow_id, out, in;
};

static struct talk talk_make(uint64_t *s, unsigned n)
{
    static const char *const usual[] = {"example.com", "example.org", "cdn.example.net",
                                        "api.example.com"};
    static const char *const serverless[] = {"workers.dev", "a.run.app", "pages.dev"};
    struct talk t = {.port = 1024 + pick(s, 60000), .seconds = n / 200, .micros = pick(s, 1000000)};
    unsigned c = pick(s, CLIENTS);
    /* Clients have their usual hosts, some more usual than others. */
    unsigned nth = pick(s, USUAL) * pick(s, USUAL) / USUAL;
    unsigned h = pick(s, 20) == 0 ? pick(s, HOSTS) : (c * 7919 + nth * nth * 31) % HOSTS;
    (void)snprintf(t.client, sizeof(t.client), "10.9.%u.%u", c / 250, c % 250 + 1);
    (void)snprintf(t.server, sizeof(t.server), "104.%u.%u.%u", 16 + h % 16, h / 16 % 250, h % 250);
    (void)snprintf(t.host, sizeof(t.host), "host%u.%s", h,
                   h % 25 == 0 ? serverless[h % 3] : usual[h % 4]); /* 4 in 100 matter */
    (void)snprintf(t.uid, sizeof(t.uid), "C%017llx", (unsigned long long)(next(s) >> 4));
    unsigned day = t.seconds % 86400;
    (void)snprintf(t.stamp, sizeof(t.stamp), "2025-11-20T%02u:%02u:%02u.%06u+0000", day / 3600,
                   day / 60 % 60, day % 60, t.micros);
    t.flow_id = next(s) >> 12;
    t.out = 400 + pick(s, 4000);
    t.in = 900 + pick(s, 40000);
    return t;
}

/* ---- EVE ---- */

static void eve_head(struct buf *b, const struct talk *t, const char *type, unsigned to,
                     const char *proto)
{
    buf_printf(b,
               "{\"timestamp\":\"%s\",\"flow_id\":%llu,\"in_iface\":\"eth0\",\"event_type\":\"%s\","
               "\"src_ip\":\"%s\",\"src_port\":%u,\"dest_ip\":\"%s\",\"dest_port\":%u,\"proto\":"
               "\"%s\",\"pkt_src\":\"wire/pcap\",",
               t->stamp, (unsigned long long)t->flow_id, type, t->client, t->port,
               to == 53 ? "10.9.0.53" : t->server, to, proto);
}

static void eve_dns(struct buf *b, const struct talk *t, bool answer)
{
    eve_head(b, t, "dns", 53, "UDP");
    if (!answer) {
        buf_printf(
            b,
            "\"dns\":{\"version\":2,\"type\":\"query\",\"id\":%u,\"rrname\":\"%s\",\"rrtype\":"
            "\"A\",\"tx_id\":0,\"opcode\":0}}\n",
            t->port, t->host);
        return;
    }
    buf_printf(
        b,
        "\"dns\":{\"version\":2,\"type\":\"answer\",\"id\":%u,\"flags\":\"8180\",\"qr\":true,"
        "\"rd\":true,\"ra\":true,\"opcode\":0,\"rrname\":\"%s\",\"rrtype\":\"A\",\"rcode\":"
        "\"NOERROR\",\"answers\":[{\"rrname\":\"%s\",\"rrtype\":\"A\",\"ttl\":60,\"rdata\":"
        "\"%s\"}],\"grouped\":{\"A\":[\"%s\"]}}}\n",
        t->port, t->host, t->host, t->server, t->server);
}

static void eve_tls(struct buf *b, const struct talk *t)
{
    eve_head(b, t, "tls", 443, "TCP");
    buf_printf(b,
               "\"tls\":{\"subject\":\"CN=%s\",\"issuerdn\":\"C=US, O=Example Trust, CN=CA 1\","
               "\"serial\":\"03:36:F6:3D:F0:18:43:83:5F:8F:1F:3A:0F:F6:96:B3\",\"fingerprint\":"
               "\"cb:cd:0b:c6:1d:4f:11:b2:ee:8a:be:f4:a0:82:b4:56:8d:07:4c:db\",\"sni\":\"%s\","
               "\"version\":\"TLS 1.3\",\"notbefore\":\"2025-01-01T00:00:00\",\"notafter\":"
               "\"2026-01-01T00:00:00\",\"ja3\":{\"hash\":\"e7d705a3286e19ea42f587b344ee6865\","
               "\"string\":\"771,4865-4866-4867,0-23-65281-10-11,29-23-24,0\"},\"ja3s\":{\"hash\":"
               "\"f4febc55ea12b31ae17cfb7e614afda8\",\"string\":\"771,4865,43-51\"}}}\n",
               t->host, t->host);
}

static void eve_http_body(struct buf *b, const struct talk *t)
{
    buf_printf(
        b,
        "\"http\":{\"hostname\":\"%s\",\"url\":\"/a/%u?x=1\",\"http_user_agent\":\"Mozilla/5.0 "
        "(X11; Linux x86_64) AppleWebKit/537.36 Chrome/130.0 Safari/537.36\","
        "\"http_content_type\":\"text/html\",\"http_method\":\"GET\",\"protocol\":\"HTTP/1.1\","
        "\"status\":200,\"length\":%llu}",
        t->host, t->port, (unsigned long long)t->in);
}

static void eve_flow(struct buf *b, const struct talk *t)
{
    eve_head(b, t, "flow", 443, "TCP");
    buf_printf(b,
               "\"app_proto\":\"tls\",\"flow\":{\"pkts_toserver\":%llu,\"pkts_toclient\":%llu,"
               "\"bytes_toserver\":%llu,\"bytes_toclient\":%llu,\"start\":\"%s\",\"end\":\"%s\","
               "\"age\":3,\"state\":\"closed\",\"reason\":\"timeout\",\"alerted\":false},\"tcp\":{"
               "\"tcp_flags\":\"1b\",\"tcp_flags_ts\":\"1b\",\"tcp_flags_tc\":\"1b\",\"syn\":true,"
               "\"fin\":true,\"psh\":true,\"ack\":true,\"state\":\"closed\"}}\n",
               (unsigned long long)t->out / 400, (unsigned long long)t->in / 900,
               (unsigned long long)t->out, (unsigned long long)t->in, t->stamp, t->stamp);
}

static void eve_rest(struct buf *b, const struct talk *t, unsigned kind)
{
    if (kind == 99) {
        eve_head(b, t, "alert", 443, "TCP");
        buf_printf(
            b, "\"alert\":{\"action\":\"allowed\",\"gid\":1,\"signature_id\":2001219,\"rev\":20,"
               "\"signature\":\"ET SCAN Potential Scan\",\"category\":\"Misc activity\","
               "\"severity\":3}}\n");
    } else if (kind >= 93) {
        eve_head(b, t, "fileinfo", 80, "TCP");
        eve_http_body(b, t);
        buf_printf(b,
                   ",\"app_proto\":\"http\",\"fileinfo\":{\"filename\":\"/a/%u\",\"gaps\":false,"
                   "\"state\":\"CLOSED\",\"stored\":false,\"size\":%llu,\"tx_id\":0}}\n",
                   t->port, (unsigned long long)t->in);
    } else {
        eve_head(b, t, "http", 80, "TCP");
        eve_http_body(b, t);
        buf_add_cstr(b, "}\n");
    }
}

void eve_make(struct buf *out, uint64_t seed, size_t bytes)
{
    for (unsigned n = 0; out->len < bytes && !out->failed; n++) {
        struct talk t = talk_make(&seed, n);
        unsigned kind = pick(&seed, 100);
        if (kind < 34) {
            eve_dns(out, &t, kind < 17);
        } else if (kind < 67) {
            eve_flow(out, &t);
        } else if (kind < 87) {
            eve_tls(out, &t);
        } else {
            eve_rest(out, &t, kind);
        }
    }
}

/* ---- Zeek ---- */

static const struct {
    const char *path, *fields, *types;
} shapes[ZEEK_LOGS] = {
    [ZEEK_CONN] =
        {
            "conn",
            "proto\tservice\tduration\torig_bytes\tresp_bytes\tconn_state\tlocal_orig\tlocal_resp\t"
            "missed_bytes\thistory\torig_pkts\torig_ip_bytes\tresp_pkts\tresp_ip_bytes\ttunnel_"
            "parents",
            "enum\tstring\tinterval\tcount\tcount\tstring\tbool\tbool\tcount\tstring\tcount\tcount"
            "\t"
            "count\tcount\tset[string]",
        },
    [ZEEK_DNS] =
        {
            "dns",
            "proto\ttrans_id\trtt\tquery\tqclass\tqclass_name\tqtype\tqtype_name\trcode\trcode_"
            "name\t"
            "AA\tTC\tRD\tRA\tZ\tanswers\tTTLs\trejected",
            "enum\tcount\tinterval\tstring\tcount\tstring\tcount\tstring\tcount\tstring\tbool\tbool"
            "\t"
            "bool\tbool\tcount\tvector[string]\tvector[interval]\tbool",
        },
    [ZEEK_SSL] =
        {
            "ssl",
            "version\tcipher\tcurve\tserver_name\tresumed\tlast_alert\tnext_protocol\testablished\t"
            "ssl_history\tcert_chain_fps\tclient_cert_chain_fps\tsni_matches_cert",
            "string\tstring\tstring\tstring\tbool\tstring\tstring\tbool\tstring\tvector[string]\t"
            "vector[string]\tbool",
        },
};

static void row_tail(struct buf *b, const struct talk *t, enum zeek_log_kind log)
{
    if (log == ZEEK_CONN) {
        buf_printf(b,
                   "tcp\tssl\t0.251986\t%llu\t%llu\tSF\tT\tF\t0\tShADadFf\t9\t1400\t8\t3200\t-\n",
                   (unsigned long long)t->out, (unsigned long long)t->in);
    } else if (log == ZEEK_DNS) {
        buf_printf(b,
                   "udp\t8108\t0.020000\t%s\t1\tC_INTERNET\t1\tA\t0\tNOERROR\tF\tF\tT\tT\t0\t%s\t"
                   "60.000000\tF\n",
                   t->host, t->server);
    } else {
        buf_printf(b, "TLSv13\tTLS_AES_256_GCM_SHA384\tx25519\t%s\tF\t-\th2\tT\tCsiI\t-\t-\t-\n",
                   t->host);
    }
}

static void object_tail(struct buf *b, const struct talk *t, enum zeek_log_kind log)
{
    if (log == ZEEK_CONN) {
        buf_printf(
            b,
            "\"proto\":\"tcp\",\"service\":\"ssl\",\"duration\":0.251986,\"orig_bytes\":%llu,"
            "\"resp_bytes\":%llu,\"conn_state\":\"SF\",\"local_orig\":true,\"local_resp\":"
            "false,\"missed_bytes\":0,\"history\":\"ShADadFf\",\"orig_pkts\":9,"
            "\"orig_ip_bytes\":1400,\"resp_pkts\":8,\"resp_ip_bytes\":3200}\n",
            (unsigned long long)t->out, (unsigned long long)t->in);
    } else if (log == ZEEK_DNS) {
        buf_printf(b,
                   "\"proto\":\"udp\",\"trans_id\":8108,\"rtt\":0.02,\"query\":\"%s\",\"qclass\":1,"
                   "\"qclass_name\":\"C_INTERNET\",\"qtype\":1,\"qtype_name\":\"A\",\"rcode\":0,"
                   "\"rcode_name\":\"NOERROR\",\"AA\":false,\"TC\":false,\"RD\":true,\"RA\":true,"
                   "\"Z\":0,\"answers\":[\"%s\"],\"TTLs\":[60.0],\"rejected\":false}\n",
                   t->host, t->server);
    } else {
        buf_printf(
            b,
            "\"version\":\"TLSv13\",\"cipher\":\"TLS_AES_256_GCM_SHA384\",\"curve\":\"x25519\","
            "\"server_name\":\"%s\",\"resumed\":false,\"next_protocol\":\"h2\","
            "\"established\":true,\"ssl_history\":\"CsiI\"}\n",
            t->host);
    }
}

void zeek_make(struct buf *out, enum zeek_log_kind log, bool json, uint64_t seed, size_t bytes)
{
    if (!json) {
        buf_printf(out,
                   "#separator \\x09\n#set_separator\t,\n#empty_field\t(empty)\n#unset_field\t-\n"
                   "#path\t%s\n#open\t2025-11-20-00-00-00\n#fields\tts\tuid\tid.orig_h\tid.orig_p\t"
                   "id.resp_h\tid.resp_p\t%s\n#types\ttime\tstring\taddr\tport\taddr\tport\t%s\n",
                   shapes[log].path, shapes[log].fields, shapes[log].types);
    }
    for (unsigned n = 0; out->len < bytes && !out->failed; n++) {
        struct talk t = talk_make(&seed, n);
        const char *server = log == ZEEK_DNS ? "10.9.0.53" : t.server;
        unsigned port = log == ZEEK_DNS ? 53 : 443;
        if (json) {
            buf_printf(out,
                       "{\"ts\":%u.%06u,\"uid\":\"%s\",\"id.orig_h\":\"%s\",\"id.orig_p\":%u,"
                       "\"id.resp_h\":\"%s\",\"id.resp_p\":%u,",
                       START_S + t.seconds, t.micros, t.uid, t.client, t.port, server, port);
            object_tail(out, &t, log);
        } else {
            buf_printf(out, "%u.%06u\t%s\t%s\t%u\t%s\t%u\t", START_S + t.seconds, t.micros, t.uid,
                       t.client, t.port, server, port);
            row_tail(out, &t, log);
        }
    }
}
