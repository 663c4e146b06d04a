/*
 * The inside of a tally, for the files of this folder.
 *
 * Addresses and names are kept once and then go by their index; all else is keyed by indices. A
 * table is an array in order of arrival and an index of slots beside it.
 */
#ifndef NETWORK_TALLY_PRIV_H
#define NETWORK_TALLY_PRIV_H

#include "base/arena.h"
#include "network/traffic.h"

/* Bounds that only hostile input meets; what is beyond them is not told apart. */
enum {
    TALLY_NAMES_MAX = 1 << 23,
    TALLY_ALERTS_MAX = 100000,
    TALLY_SIGHTINGS_MAX = 100000,
    TALLY_SPANS_MAX = 512, /* of one answer: beyond that one span covers all */
};

/* An answer is good a little longer than its TTL: connections are slow, caches are lenient. */
enum { TIE_GRACE_S = 60, TIE_JOIN_S = 3600 };

#define NONE UINT32_MAX

/* ---- tables ---- */

struct slots {
    uint32_t *at; /* item + 1, or 0 */
    size_t cap;
};

struct tally_ip {
    struct ip ip;
    bool listed, ranged, private;
    bool asks; /* its DNS was seen */
};

struct tally_name {
    struct str host;
    uint32_t watch; /* index into watches, or NONE: only counted */
};

struct tally_watch {
    uint32_t name;
    uint32_t alias_of; /* name, or NONE */
    struct name_info info;
    bool listed, own;
};

/* What is known of a pair that matters. */
enum grade { GRADE_NOTHING, GRADE_QUESTION, GRADE_CONNECTION, GRADE_SPOKEN };
struct track {
    struct series when;
    struct sizes *sizes;
    struct place *places;
    uint8_t place_len, place_cap;
    uint8_t grade; /* of the records counted: those of lower grade do not count */
    uint8_t by;    /* lowest enum contact_by seen at this grade */
    bool script_path;
    uint16_t port; /* lowest */
    uint16_t tools;
    uint32_t server; /* the lowest address, or NONE */
    uint64_t answered, refused, no_name, in_tls, sni, ech;
    struct str agent; /* the first in byte order */
};

struct tally_pair {
    uint32_t client, name;
    uint32_t track;  /* or NONE */
    uint32_t missed; /* records that were only counted */
};

struct tally_peer {
    uint32_t client, server;
    uint32_t track; /* or NONE */
    uint32_t connections;
    uint32_t named,
        named_watched; /* handshakes and requests with a name, and with one that matters */
    uint32_t unnamed;
    uint32_t name; /* of the named: the only one that matters, PEER_MANY of several */
    uint32_t out_min, out_max;
    uint64_t out, in;
    bool has_bytes;
    bool missed_connection, missed_unnamed; /* only counted, and may matter */
};
#define PEER_MANY (UINT32_MAX - 1)

struct span {
    uint32_t from_s, to_s;
};

/* An address that a client got as an answer. */
struct tally_answer {
    uint32_t client, address;
    uint32_t tie; /* first of its ties, or NONE: answers for names that do not matter */
};

struct tally_tie {
    uint32_t name;
    uint32_t next; /* or NONE */
    struct {
        VEC_OF(struct span);
    } spans; /* rising, apart by more than TIE_JOIN_S */
};

struct tally {
    const struct traffic_know *know;
    uint64_t key;
    struct arena texts;
    struct {
        VEC_OF(struct tally_ip);
    } ips;
    struct {
        VEC_OF(struct tally_name);
    } names;
    struct {
        VEC_OF(struct tally_watch);
    } watches;
    struct {
        VEC_OF(struct tally_pair);
    } pairs;
    struct {
        VEC_OF(struct tally_peer);
    } peers;
    struct {
        VEC_OF(struct track);
    } tracks;
    struct {
        VEC_OF(struct tally_answer);
    } answers;
    struct {
        VEC_OF(struct tally_tie);
    } ties;
    struct {
        VEC_OF(struct traffic_alert);
    } alerts;
    struct {
        VEC_OF(struct traffic_sighting);
    } sightings;
    struct slots ip_slots, name_slots, pair_slots, peer_slots, answer_slots, alert_slots,
        sighting_slots;
    uint32_t recent[2]; /* addresses met last: records of one connection follow each other */
    uint64_t records;
    int64_t first_us, last_us;
    bool has_dns, has_connections, has_names;
};

/* ---- entries (tally_entry.c): found or made; NULL or NONE: no memory ---- */

uint32_t tally_ip_of(struct tally *t, const struct ip *ip);
uint32_t tally_name_of(struct tally *t, struct str host); /* folded */
uint32_t tally_find_name(const struct tally *t, struct str host);
struct tally_pair *tally_pair_of(struct tally *t, uint32_t client, uint32_t name);
struct tally_peer *tally_peer_of(struct tally *t, uint32_t client, uint32_t server);
struct tally_peer *tally_find_peer(const struct tally *t, uint32_t client, uint32_t server);
struct tally_answer *tally_answer_of(struct tally *t, uint32_t client, uint32_t address);
struct tally_answer *tally_find_answer(const struct tally *t, uint32_t client, uint32_t address);
struct tally_tie *tally_tie_of(struct tally *t, struct tally_answer *a, uint32_t name);
struct traffic_alert *tally_alert_of(struct tally *t, const struct traffic_alert *key);
struct traffic_sighting *tally_sighting_of(struct tally *t, const struct traffic_sighting *key);
/* The name matters from now on. False: no memory. */
bool tally_watch_name(struct tally *t, uint32_t name, const struct tally_watch *as);
/* The pair's or peer's track, made when it has none. */
struct track *tally_track_of(struct tally *t, uint32_t *track);

/* ---- tracks (track.c) ---- */

void track_free(struct track *k);
/* Does a record of this grade count? Records of a lower one are forgotten when a higher comes. */
bool track_opens(struct track *k, enum grade grade);
NODISCARD bool track_place(struct track *k, const struct place *p);
NODISCARD bool track_merge(struct track *to, const struct track *from, uint32_t server);
size_t track_memory(const struct track *k); /* the struct too */
NODISCARD bool track_size(struct track *k, uint64_t bytes, uint64_t times);
int place_cmp(const struct place *a, const struct place *b);
bool tie_covers(const struct tally_tie *tie, uint32_t second);
NODISCARD bool tie_add(struct tally_tie *tie, struct span span);

#endif
