/*
 * net - what the sources that tell of the network share: from fields to a struct flow.
 *
 *     struct net n;
 *     if (!net_begin(&n, r, a, out)) return net_full(&n, err);
 *     n.f->kind = FLOW_TLS;
 *     n.f->host = net_host(&n, net_text(&n, FIELD_SNI));
 *     return net_end(&n, err);
 *
 * Texts point into the record where they can and into the arena where they had to be changed. When
 * the arena is full the text is empty and net_end says so.
 */
#ifndef SOURCE_NET_H
#define SOURCE_NET_H

#include "model/flow.h"
#include "source/source.h"

struct net {
    const struct record *r;
    struct arena *a;
    struct event *e;
    struct flow *f; /* zeroed, end_us TIME_NONE */
    bool full;
};

/* Hang an empty flow on *e, which becomes EVENT_TRAFFIC. False when the arena is full. */
NODISCARD bool net_begin(struct net *n, const struct record *r, struct arena *a, struct event *e);

/* ERR_LIMIT when some text did not fit. */
enum err_code net_end(const struct net *n, struct err *err);

/* ---- fields: absent, null or of another kind is "", 0, false ---- */

struct str net_view_text(struct net *n, struct json_view v); /* of a string or number */
struct str net_text(struct net *n, size_t field);
/* A whole number, from a number or a string. */
bool net_number(struct net *n, size_t field, uint64_t *out);
uint64_t net_count(struct net *n, size_t field); /* 0 when there is none */
uint16_t net_port(struct net *n, size_t field);
bool net_ip(struct net *n, size_t field, struct ip *out);
bool net_is_true(struct net *n, size_t field); /* true, "T", "true" */
/* RFC 3339; TIME_NONE when it is none. */
int64_t net_time(struct net *n, size_t field);
/* Seconds since 1970, with a fraction or without; TIME_NONE when it is no such number. */
int64_t net_epoch(struct str s);

/* ---- texts ---- */

struct str net_lower(struct net *n, struct str s);
/* Lower case, without the last dot and without a port behind it. */
struct str net_host(struct net *n, struct str s);
/* The same for a name that can have no port. */
struct str net_name(struct net *n, struct str s);
/* "tcp" for "TCP", "6", 6; other numbers stay as they are. */
struct str net_protocol(struct net *n, struct str s);

/* ---- sides ---- */

/* Client and server change places, with all that is told of each. */
void net_swap(struct flow *f);
/* Some records are told from the side of a packet's sender, who may be the server. Where nothing
 * in the record says which, a well-known port against a high one does. */
bool net_server_first(const struct flow *f);

#endif
