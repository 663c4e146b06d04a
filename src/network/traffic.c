/*
 * traffic - from a tally to contacts: connections without a name get one, bytes go to names.
 */
#include "network/traffic.h"

#include <stdlib.h>
#include <string.h>

#include "network/tally_priv.h"

const char *contact_by_name(enum contact_by by)
{
    static const char *const names[CONTACT_BY_MAX_] = {
        [CONTACT_BY_SNI] = "SNI",
        [CONTACT_BY_QUIC] = "QUIC",
        [CONTACT_BY_HEADER] = "Host header",
        [CONTACT_BY_DNS] = "passive DNS",
        [CONTACT_BY_QUESTION] = "DNS question",
        [CONTACT_BY_NOTHING] = "address",
    };
    return (unsigned)by < CONTACT_BY_MAX_ ? names[by] : "";
}

const char *agent_tool_name(enum agent_tool t)
{
    static const char *const names[AGENT_TOOL_MAX_] = {
        [AGENT_CURL] = "curl",
        [AGENT_WGET] = "wget",
        [AGENT_PYTHON] = "Python",
        [AGENT_GO] = "Go",
        [AGENT_POWERSHELL] = "PowerShell",
        [AGENT_RUBY] = "Ruby",
        [AGENT_PERL] = "Perl",
        [AGENT_JAVA] = "Java",
        [AGENT_NODE] = "Node",
    };
    return (unsigned)t < AGENT_TOOL_MAX_ ? names[t] : "";
}

/* ---- names for connections without one ---- */

/* The name whose answers cover most of the track's points; the first in order of bytes among
 * equals. NONE: no answer covers any. */
static uint32_t name_by_answers(const struct tally *t, const struct track *k,
                                const struct tally_answer *a)
{
    uint32_t second[2 * SERIES_EDGE];
    size_t gap;
    size_t n = series_seconds(&k->when, second, &gap);
    uint32_t best = NONE;
    size_t most = 0;
    for (uint32_t i = a->tie; i != NONE; i = t->ties.at[i].next) {
        const struct tally_tie *tie = &t->ties.at[i];
        size_t covered = 0;
        for (size_t p = 0; p < n; p++) {
            covered += tie_covers(tie, second[p]);
        }
        if (covered > most || (covered == most && covered > 0 &&
                               str_cmp(t->names.at[tie->name].host, t->names.at[best].host) < 0)) {
            most = covered;
            best = tie->name;
        }
    }
    return best;
}

/* Is this peer a contact of its own: nobody said a name for it? */
static bool is_nameless(const struct tally *t, const struct tally_peer *p)
{
    return p->track != NONE &&
           (t->tracks.at[p->track].grade == GRADE_SPOKEN ? p->unnamed > 0 : p->named == 0);
}

/* A nameless peer joins the pair that an answer names. Its track stays where it is when the server
 * is listed: that is told by address. */
static bool name_peer(struct tally *t, struct tally_peer *p, uint32_t *name)
{
    const struct tally_answer *a = tally_find_answer(t, p->client, p->server);
    *name = NONE;
    if (!is_nameless(t, p) || a == NULL) {
        return true;
    }
    *name = name_by_answers(t, &t->tracks.at[p->track], a);
    if (*name == NONE) {
        return true;
    }
    struct tally_pair *pair = tally_pair_of(t, p->client, *name);
    if (pair == NULL) {
        return false;
    }
    uint32_t into = pair->track;
    struct track *to = tally_track_of(t, &into);
    if (to == NULL) {
        return false;
    }
    pair->track = into;
    struct track from = t->tracks.at[p->track];
    from.by = CONTACT_BY_DNS;
    from.grade = GRADE_SPOKEN; /* as good as spoken: better than a question */
    uint32_t server = from.server;
    if (to->grade == GRADE_SPOKEN && to->server != NONE &&
        (server == NONE ||
         memcmp(&t->ips.at[to->server].ip, &t->ips.at[server].ip, sizeof(struct ip)) < 0)) {
        server = to->server;
    }
    return track_merge(to, &from, server);
}

/* ---- bytes ---- */

struct bytes {
    uint64_t connections, out, in;
    bool has, shared;
};

/* A part of the peer's connections, as if each were of the mean size but the least and the most. */
static bool give_bytes(struct tally *t, const struct tally_peer *p, uint32_t track, double part,
                       struct bytes *b)
{
    uint64_t n = (uint64_t)((double)p->connections * part + 0.5);
    b->connections += n;
    if (!p->has_bytes) {
        return true;
    }
    b->has = true;
    b->shared |= part < 1;
    b->out += (uint64_t)((double)p->out * part);
    b->in += (uint64_t)((double)p->in * part);
    struct track *k = &t->tracks.at[track];
    if (n < 3) {
        return track_size(k, p->out / p->connections, n);
    }
    uint64_t rest = p->out - p->out_min - p->out_max;
    uint64_t mean = p->connections > 2 ? rest / (p->connections - 2) : p->out_min;
    return track_size(k, p->out_min, 1) && track_size(k, p->out_max, 1) &&
           track_size(k, mean, n - 2);
}

/* Whose the peer's bytes are: the name's that was told or found, if it matters. */
static bool spread_peer(struct tally *t, const struct tally_peer *p, uint32_t found,
                        struct bytes *by_track)
{
    uint32_t name = found != NONE ? found : p->name;
    double part = found != NONE || p->named_watched == p->named
                      ? 1
                      : (double)p->named_watched / (double)p->named;
    if (p->connections == 0) {
        return true;
    }
    if (p->track != NONE && t->ips.at[p->server].listed &&
        !give_bytes(t, p, p->track, 1, &by_track[p->track])) {
        return false;
    }
    if (name == NONE || name == PEER_MANY) {
        return true;
    }
    struct tally_pair *pair = tally_pair_of(t, p->client, name);
    return pair != NULL &&
           (pair->track == NONE || give_bytes(t, p, pair->track, part, &by_track[pair->track]));
}

/* ---- contacts ---- */

static struct traffic_contact contact_of(const struct tally *t, uint32_t client,
                                         const struct track *k, const struct bytes *b)
{
    struct traffic_contact c = {.host = STR_EMPTY,
                                .alias_of = STR_EMPTY,
                                .client = t->ips.at[client].ip,
                                .has_server = k->server != NONE,
                                .port = k->port,
                                .by = k->by < CONTACT_BY_MAX_ ? (enum contact_by)k->by
                                                              : CONTACT_BY_NOTHING,
                                .count = series_count(&k->when),
                                .first_us = (int64_t)k->when.min_s * TIME_SECOND_US,
                                .last_us = (int64_t)k->when.max_s * TIME_SECOND_US,
                                .when = &k->when,
                                .sizes = k->sizes,
                                .has_bytes = b->has,
                                .bytes_shared = b->shared,
                                .connections = b->connections,
                                .bytes_out = b->out,
                                .bytes_in = b->in,
                                .answered = k->answered,
                                .refused = k->refused,
                                .no_name = k->no_name,
                                .ech = k->ech,
                                .other_sni = k->sni == 0 ? k->in_tls : 0,
                                .tools = k->tools,
                                .agent = k->agent,
                                .script_path = k->script_path,
                                .dns_seen = t->ips.at[client].asks,
                                .places = k->places,
                                .place_count = k->place_len};
    c.name = (struct name_info){.provider = STR_EMPTY, .tenant = STR_EMPTY};
    if (k->server != NONE) {
        c.server = t->ips.at[k->server].ip;
        c.asked = tally_find_answer(t, client, k->server) != NULL;
    }
    if (c.answered == 0 && b->in > 0) {
        c.answered = b->connections;
    }
    return c;
}

static bool add_pairs(struct tally *t, const struct bytes *by_track, const size_t *clients,
                      struct traffic *out)
{
    for (size_t i = 0; i < t->pairs.len; i++) {
        const struct tally_pair *p = &t->pairs.at[i];
        const struct tally_name *n = &t->names.at[p->name];
        if (p->track == NONE || n->watch == NONE || t->tracks.at[p->track].when.added == 0) {
            continue;
        }
        const struct tally_watch *w = &t->watches.at[n->watch];
        struct traffic_contact c =
            contact_of(t, p->client, &t->tracks.at[p->track], &by_track[p->track]);
        c.host = n->host;
        c.name = w->info;
        c.listed = w->listed;
        c.name_clients = clients[p->name];
        if (w->alias_of != NONE) {
            c.alias_of = t->names.at[w->alias_of].host;
        }
        if (!VEC_PUSH(&out->contacts, c)) {
            return false;
        }
    }
    return true;
}

/* Addresses without a name, and listed ones whatever their name. */
static bool add_peers(struct tally *t, const uint32_t *found, const struct bytes *by_track,
                      struct traffic *out)
{
    for (size_t i = 0; i < t->peers.len; i++) {
        const struct tally_peer *p = &t->peers.at[i];
        bool listed = t->ips.at[p->server].listed;
        if (p->track == NONE || t->tracks.at[p->track].when.added == 0 ||
            (!listed && (found[i] != NONE || !is_nameless(t, p)))) {
            continue;
        }
        struct traffic_contact c =
            contact_of(t, p->client, &t->tracks.at[p->track], &by_track[p->track]);
        c.server = t->ips.at[p->server].ip;
        c.has_server = true;
        c.listed = listed;
        c.by = CONTACT_BY_NOTHING;
        c.asked = tally_find_answer(t, p->client, p->server) != NULL;
        if (!VEC_PUSH(&out->contacts, c)) {
            return false;
        }
    }
    return true;
}

/* ---- order ---- */

static int by_contact(const void *x, const void *y)
{
    const struct traffic_contact *a = x;
    const struct traffic_contact *b = y;
    int d = str_cmp(a->host, b->host);
    d = d != 0 ? d : memcmp(&a->client, &b->client, sizeof(a->client));
    return d != 0 ? d : memcmp(&a->server, &b->server, sizeof(a->server));
}

static int by_alert(const void *x, const void *y)
{
    const struct traffic_alert *a = x;
    const struct traffic_alert *b = y;
    int d = place_cmp(&a->place, &b->place);
    d = d != 0 ? d : memcmp(&a->client, &b->client, sizeof(a->client));
    d = d != 0 ? d : memcmp(&a->server, &b->server, sizeof(a->server));
    d = d != 0 ? d : (a->signature_id > b->signature_id) - (a->signature_id < b->signature_id);
    return d != 0 ? d : str_cmp(a->host, b->host);
}

static int by_sighting(const void *x, const void *y)
{
    const struct traffic_sighting *a = x;
    const struct traffic_sighting *b = y;
    int d = place_cmp(&a->place, &b->place);
    d = d != 0 ? d : (a->kind > b->kind) - (a->kind < b->kind);
    return d != 0 ? d : str_cmp(a->value, b->value);
}

/* The server of an alert by name: what the client called it. */
static void name_alert(const struct tally *t, struct traffic_alert *a, uint32_t client,
                       uint32_t server, const uint32_t *found)
{
    const struct tally_peer *p = tally_find_peer(t, client, server);
    if (a->host.len > 0 || p == NULL) {
        return;
    }
    uint32_t name = found[p - t->peers.at] != NONE ? found[p - t->peers.at] : p->name;
    if (name != NONE && name != PEER_MANY) {
        a->host = t->names.at[name].host;
    }
}

static bool add_alerts(struct tally *t, const uint32_t *found, struct traffic *out)
{
    for (size_t i = 0; i < t->alerts.len; i++) {
        struct traffic_alert a = t->alerts.at[i];
        if (a.has_client && a.has_server) {
            uint32_t client = tally_ip_of(t, &a.client);
            uint32_t server = tally_ip_of(t, &a.server);
            if (client == NONE || server == NONE) {
                return false;
            }
            name_alert(t, &a, client, server, found);
        }
        if (!VEC_PUSH(&out->alerts, a)) {
            return false;
        }
    }
    for (size_t i = 0; i < t->sightings.len; i++) {
        if (!VEC_PUSH(&out->sightings, t->sightings.at[i])) {
            return false;
        }
    }
    return true;
}

static void sort_all(struct traffic *out)
{
    if (out->contacts.len > 1) {
        qsort(out->contacts.at, out->contacts.len, sizeof(*out->contacts.at), by_contact);
    }
    if (out->alerts.len > 1) {
        qsort(out->alerts.at, out->alerts.len, sizeof(*out->alerts.at), by_alert);
    }
    if (out->sightings.len > 1) {
        qsort(out->sightings.at, out->sightings.len, sizeof(*out->sightings.at), by_sighting);
    }
}

/* Clients of each name, and of all. */
static size_t count_clients(const struct tally *t, size_t *clients, bool *seen)
{
    size_t n = 0;
    for (size_t i = 0; i < t->pairs.len; i++) {
        clients[t->pairs.at[i].name]++;
        n += !seen[t->pairs.at[i].client];
        seen[t->pairs.at[i].client] = true;
    }
    for (size_t i = 0; i < t->peers.len; i++) {
        n += !seen[t->peers.at[i].client];
        seen[t->peers.at[i].client] = true;
    }
    return n;
}

static bool make_all(struct tally *t, struct traffic *out)
{
    uint32_t *found = mem_alloc(t->peers.len + 1, sizeof(*found));
    bool fine = found != NULL;
    for (size_t i = 0; fine && i < t->peers.len; i++) {
        fine = name_peer(t, &t->peers.at[i], &found[i]);
    }
    /* No further tracks are made from here on. */
    struct bytes *by_track = mem_alloc(t->tracks.len + 1, sizeof(*by_track));
    size_t *clients = mem_alloc(t->names.len + 1, sizeof(*clients));
    bool *seen = mem_alloc(t->ips.len + 1, sizeof(*seen));
    fine = fine && by_track != NULL && clients != NULL && seen != NULL;
    for (size_t i = 0; fine && i < t->peers.len; i++) {
        fine = spread_peer(t, &t->peers.at[i], found[i], by_track);
    }
    if (fine) {
        out->clients = count_clients(t, clients, seen);
    }
    fine = fine && add_pairs(t, by_track, clients, out) && add_peers(t, found, by_track, out) &&
           add_alerts(t, found, out);
    mem_free(found);
    mem_free(by_track);
    mem_free(clients);
    mem_free(seen);
    return fine;
}

bool traffic_of(struct tally *t, struct traffic *out)
{
    struct traffic fresh = {.tally = t,
                            .names = t->know->names,
                            .records = t->records,
                            .first_us = t->first_us,
                            .last_us = t->last_us,
                            .has_dns = t->has_dns,
                            .has_connections = t->has_connections,
                            .has_names = t->has_names};
    if (!make_all(t, &fresh)) {
        traffic_free(&fresh);
        return false;
    }
    sort_all(&fresh);
    *out = fresh;
    return true;
}

void traffic_free(struct traffic *t)
{
    VEC_FREE(&t->contacts);
    VEC_FREE(&t->alerts);
    VEC_FREE(&t->sightings);
    *t = (struct traffic){0};
}

struct tally_memory tally_memory_of(const struct tally *t)
{
    struct tally_memory m = {0};
    for (size_t i = 0; i < t->tracks.len; i++) {
        size_t n = track_memory(&t->tracks.at[i]);
        m.tracked++;
        m.tracked_bytes += n;
        m.tracked_most = n > m.tracked_most ? n : m.tracked_most;
    }
    m.counted = t->pairs.len + t->peers.len;
    m.counted_bytes = t->pairs.cap * sizeof(*t->pairs.at) + t->peers.cap * sizeof(*t->peers.at) +
                      t->names.cap * sizeof(*t->names.at) + t->ips.cap * sizeof(*t->ips.at) +
                      t->answers.cap * sizeof(*t->answers.at) + t->texts.used +
                      (t->pair_slots.cap + t->peer_slots.cap + t->name_slots.cap + t->ip_slots.cap +
                       t->answer_slots.cap) *
                          sizeof(uint32_t);
    return m;
}
