/*
 * suricata_fast - lines of Suricata's and Snort's fast.log. intake cuts them under the names of EVE
 * (intake/table_shapes.c).
 */
#include <stdio.h>

#include "source/net.h"

enum field {
    TIMESTAMP,
    SIGNATURE,
    SIGNATURE_ID,
    CATEGORY,
    SEVERITY,
    PROTO,
    SRC_IP,
    SRC_PORT,
    DEST_IP,
    DEST_PORT,
    FIELD_MAX_
};

static const char *const fields[FIELD_MAX_] = {
    [TIMESTAMP] = "timestamp",
    [SIGNATURE] = "alert.signature",
    [SIGNATURE_ID] = "alert.signature_id",
    [CATEGORY] = "alert.category",
    [SEVERITY] = "alert.severity",
    [PROTO] = "proto",
    [SRC_IP] = "src_ip",
    [SRC_PORT] = "src_port",
    [DEST_IP] = "dest_ip",
    [DEST_PORT] = "dest_port",
};

static int probe(const struct record *r)
{
    return r->json->table && record_view(r, SIGNATURE).kind == JSON_STRING &&
                   record_view(r, SIGNATURE_ID).kind == JSON_STRING
               ? 100
               : 0;
}

static bool digits(struct str s, size_t at, size_t n, unsigned *out)
{
    uint64_t v = 0;
    bool fine = s.len >= at + n && str_u64(str_head(str_from(s, at), n), &v);
    *out = fine ? (unsigned)v : 0;
    return fine;
}

/* MM/DD/YYYY-HH:MM:SS.ffffff as Suricata has it, YY/MM/DD-… as Snort with its year, MM/DD-…: no
 * year, so no time. No zone is ever told: taken for UTC. */
static int64_t time_of(struct str s)
{
    unsigned year = 0;
    unsigned month = 0;
    unsigned day = 0;
    size_t dash = str_chr(s, '-');
    struct str clock = dash == SIZE_MAX ? STR_EMPTY : str_from(s, dash + 1);
    bool full =
        dash == 10 && digits(s, 6, 4, &year) && digits(s, 0, 2, &month) && digits(s, 3, 2, &day);
    bool two = !full && dash == 8 && digits(s, 0, 2, &year) && digits(s, 3, 2, &month) &&
               digits(s, 6, 2, &day);
    if ((!full && !two) || clock.len < 8 || clock.len > 15) {
        return TIME_NONE;
    }
    char text[TIME_TEXT_MAX + 8];
    int n = snprintf(text, sizeof(text), "%04u-%02u-%02uT%.*sZ", two ? 2000 + year : year, month,
                     day, STR_ARG(clock));
    int64_t us;
    return n > 0 && time_parse_rfc3339(str_make(text, (size_t)n), &us) ? us : TIME_NONE;
}

static enum err_code parse(const struct record *r, struct arena *a, struct event *out,
                           struct err *err)
{
    struct net n = {.r = r, .a = a, .e = out};
    out->time_us = time_of(net_text(&n, TIMESTAMP));
    out->name = STR("alert");
    out->action = out->name;
    if (net_begin(&n, r, a, out)) {
        struct flow *f = n.f;
        f->kind = FLOW_ALERT;
        f->has_client = net_ip(&n, SRC_IP, &f->client);
        f->has_server = net_ip(&n, DEST_IP, &f->server);
        f->client_port = net_port(&n, SRC_PORT);
        f->server_port = net_port(&n, DEST_PORT);
        f->protocol = net_protocol(&n, net_text(&n, PROTO));
        f->signature = net_text(&n, SIGNATURE);
        f->signature_id = net_count(&n, SIGNATURE_ID);
        f->category = net_text(&n, CATEGORY);
        uint64_t severity = net_count(&n, SEVERITY);
        f->severity = severity <= UINT8_MAX ? (uint32_t)severity : 0;
        if (net_server_first(f)) {
            net_swap(f);
        }
    }
    return net_end(&n, err);
}

const struct source_ops source_suricata_fast = {
    .name = "suricata.fast",
    .summary = "Suricata's and Snort's fast.log: an alert a line",
    .reference = "https://docs.suricata.io/en/latest/output/index.html",
    .fields = fields,
    .field_count = FIELD_MAX_,
    .probe = probe,
    .parse = parse,
    .delay_us = TIME_MINUTE_US,
};
