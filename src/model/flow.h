/*
 * flow - one observation of the network beside the cloud: a connection, a name that was looked up,
 * a handshake, a request, an alert of an IDS.
 *
 * A network source fills it and hangs it on the event (event.flow, kind EVENT_TRAFFIC). It is told
 * from the side of the client: `client` asked, `server` was asked. What a record does not say stays
 * empty; nothing is guessed here. Texts live as long as the event's.
 */
#ifndef MODEL_FLOW_H
#define MODEL_FLOW_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/ip.h"
#include "base/str.h"

enum flow_kind {
    FLOW_CONNECTION, /* bytes and duration of a connection */
    FLOW_DNS,        /* a question, and its answers when they are there */
    FLOW_TLS,
    FLOW_QUIC,
    FLOW_HTTP,
    FLOW_ALERT,   /* a signature of the IDS matched */
    FLOW_ANOMALY, /* decoder or stream oddity */
    FLOW_FILE,    /* a file was seen on the wire */
    FLOW_NOTICE,  /* Zeek's notice */
    FLOW_KIND_MAX_
};
const char *flow_kind_name(enum flow_kind k); /* "connection", "dns", … */

/* One answer of a FLOW_DNS. */
struct dns_answer {
    struct str name; /* what was asked at this step of the chain; "" when only the data is known */
    struct str type; /* "A", "AAAA", "CNAME", … upper case; "" unknown */
    struct str data; /* address as text, or a name without its last dot */
    uint32_t ttl_s;  /* 0 when not told */
};

struct flow {
    enum flow_kind kind;
    struct str id;        /* joins records of one connection: flow_id, uid; "" none */
    struct str community; /* community id, or "" */
    bool has_client, has_server;
    struct ip client, server;
    uint16_t client_port, server_port; /* 0 unknown */
    struct str protocol;               /* "tcp", "udp", "icmp", lower case; or "" */
    struct str service;                /* application protocol told: "tls", "dns", … or "" */

    struct str host; /* SNI, QUIC SNI, Host header, or the name asked; lower case, no last dot */
    bool host_from_header; /* `host` is an HTTP Host header and no SNI */
    struct str url;        /* path and query, or the whole URL as told */
    struct str method;
    struct str user_agent;
    struct str forwarded_for; /* X-Forwarded-For as told */
    uint32_t status;          /* HTTP status; 0 unknown */
    struct str ja3, ja3s, ja4;
    struct str tls_version, tls_subject, tls_issuer, tls_fingerprint;
    bool ech; /* encrypted client hello: the SNI is an outer name */

    struct str dns_type;  /* type asked: "A", "AAAA", … */
    struct str dns_rcode; /* "NOERROR", "NXDOMAIN", … or "" */
    const struct dns_answer *answers;
    size_t answer_count;

    int64_t end_us;     /* end of a connection; TIME_NONE unknown */
    bool has_bytes;     /* the four counts below are told */
    uint64_t bytes_out; /* client to server */
    uint64_t bytes_in;  /* server to client */
    uint64_t packets_out, packets_in;
    struct str state; /* "closed", "SF", "REJECT", … as told */
    bool rejected;    /* the network refused it */

    uint64_t signature_id; /* FLOW_ALERT */
    struct str signature;  /* name of the signature or notice */
    struct str category;
    uint32_t severity; /* Suricata's: 1 highest … 4; 0 unknown */
    bool blocked;      /* the IPS stopped it */

    struct str file_name;   /* FLOW_FILE */
    struct str file_sha256; /* lower-case hex, or "" */
    struct str file_md5, file_sha1;
    struct str sensor; /* who saw it: sensor, interface, flow log id; or "" */
};

#endif
