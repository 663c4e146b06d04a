/*
 * traffic - who had contact with which name or address, out of all that the network sensors saw.
 *
 * Pass 1: each worker has a tally and adds every EVENT_TRAFFIC to it. A pair of a client and a name
 * (or address) that matters is tracked: rhythm, sizes, first and last places. Any other is only
 * counted. What matters: names of serverless platforms, what a feed lists, names of our own
 * functions, provider ranges. The outcome does not depend on the order of records or on how workers
 * share them.
 *
 * Records of one connection are told apart by kind, so it counts once: handshakes and requests are
 * contacts; a connection's own record brings bytes, and is a contact only where nothing else told
 * of that client and server; a DNS question is one only where no connection was seen at all.
 *
 * A contact's name comes from SNI, QUIC, Host header, then passive DNS (answers that this client
 * got, bounded by their TTL), else only the address is known.
 *
 * Memory: about 3.7 KB a tracked pair at most, under 100 bytes one that is counted.
 *
 * Something may turn out to matter after it was only counted (a name whose CNAME is learned later):
 * traffic_look_again then says so, and the records must be added again to tallies that are seeded
 * with what the first look learned. The second look always suffices.
 */
#ifndef NETWORK_TRAFFIC_H
#define NETWORK_TRAFFIC_H

#include "base/err.h"
#include "base/vec.h"
#include "model/event.h"
#include "model/flow.h"
#include "network/names.h"
#include "network/series.h"
#include "network/sizes.h"

/* Where a contact's name comes from. */
enum contact_by {
    CONTACT_BY_SNI,
    CONTACT_BY_QUIC,
    CONTACT_BY_HEADER,
    CONTACT_BY_DNS,      /* of the address, by an answer the client had got */
    CONTACT_BY_QUESTION, /* the name was asked for; no connection was seen */
    CONTACT_BY_NOTHING,  /* only the address is known */
    CONTACT_BY_MAX_
};
const char *contact_by_name(enum contact_by by);

/* Programs that are no browser, by how their user agents begin; a set is 1 << value. */
enum agent_tool {
    AGENT_CURL,
    AGENT_WGET,
    AGENT_PYTHON,
    AGENT_GO,
    AGENT_POWERSHELL,
    AGENT_RUBY,
    AGENT_PERL,
    AGENT_JAVA,
    AGENT_NODE,
    AGENT_TOOL_MAX_
};
const char *agent_tool_name(enum agent_tool t);

enum { TRAFFIC_PLACES_MAX = 8 }; /* the first and the last half as many */

/* One record, to point at. */
struct place {
    int64_t time_us;
    struct origin origin;
    const char *source; /* static */
    char id[20];        /* the record's flow id, cut; NUL-terminated if shorter */
    uint8_t kind;       /* enum flow_kind */
};

/* A pair of a client and a name, or of a client and an address. */
struct traffic_contact {
    struct str host; /* "" only the address is known */
    struct name_info name;
    struct str alias_of; /* serverless name that `host` is a CNAME of, or "" */
    bool listed;         /* the name or the address is in a feed at some time */
    struct ip client;
    struct ip server; /* one of them: the lowest seen; valid when has_server */
    bool has_server;
    uint16_t port; /* of the server; 0 unknown */
    enum contact_by by;
    uint64_t count;
    int64_t first_us, last_us;
    const struct series *when;
    const struct sizes *sizes;    /* of what was sent, or NULL */
    bool has_bytes, bytes_shared; /* shared: estimated by this name's share of connections */
    uint64_t connections, bytes_out, bytes_in;
    uint64_t answered;   /* something came back */
    uint64_t refused;    /* the network refused it */
    uint64_t no_name;    /* handshakes without SNI among them */
    uint64_t other_sni;  /* requests inside TLS for a name that no handshake of the client said */
    uint64_t ech;        /* handshakes whose SNI is an outer name */
    unsigned tools;      /* set of 1 << enum agent_tool */
    struct str agent;    /* a user agent, or "" */
    bool script_path;    /* a request for /macros/s/.../exec */
    size_t name_clients; /* clients that had contact with this name */
    bool asked;          /* the client's DNS was seen, and some answer held this address */
    bool dns_seen;       /* the client's DNS was seen */
    const struct place *places; /* first and last records, in order of time */
    size_t place_count;
};

/* A signature of the IDS, folded by client, server, name, signature and five minutes. */
struct traffic_alert {
    struct ip client, server;
    bool has_client, has_server;
    struct str host; /* of the server, as far as known */
    uint64_t signature_id;
    struct str signature, category;
    uint32_t severity;
    bool blocked;
    uint64_t count;
    struct place place; /* of the first */
    int64_t last_us;
};

/* A feed's entry that is no name and no address: URL, hash, fingerprint. */
struct traffic_hit {
    unsigned kind;    /* whatever the one who knows tells them apart by */
    struct str value; /* what was seen */
};
struct traffic_sighting {
    unsigned kind;
    struct str value, host;
    struct ip client, server;
    bool has_client, has_server;
    uint64_t count, answered;
    struct place place;
    int64_t last_us;
};

/* What the tallies ask; all functions may be called from any thread, and none may be NULL. */
struct traffic_know {
    const struct names *names;
    void *arg;
    bool (*listed_host)(void *arg, struct str host);
    bool (*listed_ip)(void *arg, const struct ip *ip);
    bool (*ranged_ip)(void *arg, const struct ip *ip); /* in a provider's range */
    size_t (*sight)(void *arg, const struct event *e, struct traffic_hit out[4]);
};

struct tally;
/* `know` must outlive the tally. `seed`: what an earlier look learned, or NULL. */
NODISCARD struct tally *tally_new(const struct traffic_know *know, const struct tally *seed);
void tally_free(struct tally *t);
/* Any event; those without a flow or a time tell nothing here. False: no memory. */
NODISCARD bool tally_add(struct tally *t, const struct event *e);
/* Records that told something. */
uint64_t tally_records(const struct tally *t);
/* As if all that was added to `from` had been added to `to`. False: no memory. */
NODISCARD bool tally_merge(struct tally *to, const struct tally *from);
/* A name of our own: it matters. Before traffic_of. False: no memory. */
NODISCARD bool tally_own(struct tally *t, struct str host);
/* Something that matters was only counted: look again, with this tally as seed. */
bool tally_look_again(const struct tally *t);

struct traffic {
    const struct tally *tally;
    const struct names *names;
    struct {
        VEC_OF(struct traffic_contact);
    } contacts; /* by host, client, server */
    struct {
        VEC_OF(struct traffic_alert);
    } alerts; /* by time, client, server, signature */
    struct {
        VEC_OF(struct traffic_sighting);
    } sightings;
    uint64_t records;
    size_t clients;                           /* that had contact with anything */
    int64_t first_us, last_us;                /* of all records; TIME_NONE without any */
    bool has_dns, has_connections, has_names; /* what kinds of records there are */
};

/* Contacts of a tally, which must outlive them. False: no memory. */
NODISCARD bool traffic_of(struct tally *t, struct traffic *out);
void traffic_free(struct traffic *t);

/* For tests and documentation: bytes held for the tracked and for the counted. */
struct tally_memory {
    size_t tracked, tracked_bytes, tracked_most;
    size_t counted, counted_bytes;
};
struct tally_memory tally_memory_of(const struct tally *t);

#endif
