/*
 * tally - pass 1: one record into the tables, and tallies into one.
 */
#include <string.h>

#include "base/hash.h"
#include "network/tally_priv.h"

struct tally *tally_new(const struct traffic_know *know, const struct tally *seed)
{
    struct tally *t = mem_alloc(1, sizeof(*t));
    if (t == NULL) {
        return NULL;
    }
    t->know = know;
    t->key = hash_u64(0x7461);
    t->first_us = t->last_us = TIME_NONE;
    bool fine = true;
    for (size_t i = 0; fine && seed != NULL && i < seed->watches.len; i++) {
        struct tally_watch w = seed->watches.at[i];
        uint32_t name = tally_name_of(t, seed->names.at[w.name].host);
        if (w.alias_of != NONE) {
            w.alias_of = tally_name_of(t, seed->names.at[w.alias_of].host);
            fine = w.alias_of != NONE;
        }
        fine = fine && name != NONE && tally_watch_name(t, name, &w);
    }
    for (size_t i = 0; fine && seed != NULL && i < seed->answers.len; i++) {
        const struct tally_answer *from = &seed->answers.at[i];
        for (uint32_t k = from->tie; fine && k != NONE; k = seed->ties.at[k].next) {
            const struct tally_tie *tie = &seed->ties.at[k];
            uint32_t client = tally_ip_of(t, &seed->ips.at[from->client].ip);
            uint32_t address = tally_ip_of(t, &seed->ips.at[from->address].ip);
            uint32_t name = tally_name_of(t, seed->names.at[tie->name].host);
            struct tally_answer *a = client == NONE || address == NONE || name == NONE
                                         ? NULL
                                         : tally_answer_of(t, client, address);
            struct tally_tie *to = a == NULL ? NULL : tally_tie_of(t, a, name);
            fine = to != NULL;
            for (size_t s = 0; fine && s < tie->spans.len; s++) {
                fine = tie_add(to, tie->spans.at[s]);
            }
        }
    }
    if (!fine) {
        tally_free(t);
        return NULL;
    }
    return t;
}

void tally_free(struct tally *t)
{
    if (t == NULL) {
        return;
    }
    for (size_t i = 0; i < t->tracks.len; i++) {
        track_free(&t->tracks.at[i]);
    }
    for (size_t i = 0; i < t->ties.len; i++) {
        VEC_FREE(&t->ties.at[i].spans);
    }
    struct slots *const all[] = {&t->ip_slots,      &t->name_slots,   &t->pair_slots,
                                 &t->peer_slots,    &t->answer_slots, &t->alert_slots,
                                 &t->sighting_slots};
    for (size_t i = 0; i < ARRAY_LEN(all); i++) {
        mem_free(all[i]->at);
    }
    VEC_FREE(&t->ips);
    VEC_FREE(&t->names);
    VEC_FREE(&t->watches);
    VEC_FREE(&t->pairs);
    VEC_FREE(&t->peers);
    VEC_FREE(&t->tracks);
    VEC_FREE(&t->answers);
    VEC_FREE(&t->ties);
    VEC_FREE(&t->alerts);
    VEC_FREE(&t->sightings);
    arena_free(&t->texts);
    mem_free(t);
}

uint64_t tally_records(const struct tally *t)
{
    return t->records;
}

/* ---- one record ---- */

/* A record and what of it is needed again and again. */
struct seen {
    const struct event *e;
    const struct flow *f;
    uint32_t second;
    uint32_t client, server; /* NONE: not told */
};

static uint32_t second_of(int64_t time_us)
{
    int64_t s = time_us / TIME_SECOND_US;
    return s < 0 ? 0 : s > UINT32_MAX ? UINT32_MAX : (uint32_t)s;
}

static struct place place_of(const struct event *e)
{
    struct place p = {.time_us = e->time_us,
                      .origin = e->origin,
                      .source = e->source.len > 0 ? e->source.ptr : "",
                      .kind = (uint8_t)e->flow->kind};
    struct str id = str_head(e->flow->id, sizeof(p.id));
    if (id.len > 0) {
        memcpy(p.id, id.ptr, id.len);
    }
    return p;
}

static unsigned tool_of(struct str agent)
{
    static const struct {
        const char *begins;
        enum agent_tool tool;
    } rows[] = {
        {"curl/", AGENT_CURL},    {"wget/", AGENT_WGET},
        {"python", AGENT_PYTHON}, {"aiohttp", AGENT_PYTHON},
        {"httpx", AGENT_PYTHON},  {"go-http-client", AGENT_GO},
        {"ruby", AGENT_RUBY},     {"libwww-perl", AGENT_PERL},
        {"lwp", AGENT_PERL},      {"java/", AGENT_JAVA},
        {"okhttp", AGENT_JAVA},   {"apache-httpclient", AGENT_JAVA},
        {"axios", AGENT_NODE},    {"node-fetch", AGENT_NODE},
        {"undici", AGENT_NODE},   {"microsoft bits", AGENT_POWERSHELL},
    };
    for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
        if (str_istarts(agent, str_of(rows[i].begins))) {
            return 1U << rows[i].tool;
        }
    }
    return str_ifind(agent, STR("powershell")) != SIZE_MAX ? 1U << AGENT_POWERSHELL : 0;
}

/* A script's address: whoever wrote it answers behind a name that all share. */
static bool is_script_path(struct str url)
{
    return str_find(url, STR("/macros/s/")) != SIZE_MAX && str_find(url, STR("/exec")) != SIZE_MAX;
}

static bool note_agent(struct tally *t, struct track *k, struct str agent)
{
    agent = str_head(agent, 200);
    if (agent.len == 0 || (k->agent.len > 0 && str_cmp(agent, k->agent) >= 0)) {
        return true;
    }
    /* The lowest of n in a random order changes about log n times. */
    return arena_dup(&t->texts, agent, &k->agent);
}

/* Handshakes and requests, and connections that nothing else told of. */
static bool track_record(struct tally *t, struct track *k, enum grade grade, enum contact_by by,
                         const struct seen *s)
{
    const struct flow *f = s->f;
    if (!track_opens(k, grade)) {
        return true;
    }
    k->by = by < k->by ? (uint8_t)by : k->by;
    if (f->server_port != 0 && (k->port == 0 || f->server_port < k->port)) {
        k->port = f->server_port;
    }
    if (s->server != NONE && grade != GRADE_QUESTION &&
        (k->server == NONE ||
         memcmp(&t->ips.at[s->server].ip, &t->ips.at[k->server].ip, sizeof(struct ip)) < 0)) {
        k->server = s->server;
    }
    bool spoken = grade == GRADE_SPOKEN;
    bool answered =
        (f->kind == FLOW_TLS && !f->rejected) || f->status > 0 || (f->has_bytes && f->bytes_in > 0);
    k->answered += grade != GRADE_QUESTION && answered;
    k->refused += f->rejected;
    k->no_name += spoken && f->host.len == 0;
    k->sni += spoken && (f->kind == FLOW_TLS || f->kind == FLOW_QUIC) && f->host.len > 0;
    k->in_tls += spoken && f->kind == FLOW_HTTP && f->server_port == 443;
    k->ech += spoken && f->ech;
    k->tools |= (uint16_t)tool_of(f->user_agent);
    k->script_path |= f->kind == FLOW_HTTP && is_script_path(f->url);
    /* Most records are of no track: what only tracks need is made here. */
    struct place place = place_of(s->e);
    uint32_t tag = (uint32_t)hash_str(f->id);
    return note_agent(t, k, f->user_agent) && track_place(k, &place) &&
           series_add(&k->when, s->second, tag);
}

static bool add_pair(struct tally *t, uint32_t name, enum grade grade, enum contact_by by,
                     const struct seen *s)
{
    struct tally_pair *p = tally_pair_of(t, s->client, name);
    if (p == NULL) {
        return false;
    }
    if (t->names.at[name].watch == NONE) {
        p->missed += p->missed < UINT32_MAX;
        return true;
    }
    uint32_t track = p->track;
    struct track *k = tally_track_of(t, &track);
    if (k == NULL) {
        return false;
    }
    p->track = track;
    return track_record(t, k, grade, by, s);
}

/* A record of this client and server that names nothing. */
static bool add_peer(struct tally *t, struct tally_peer *p, enum grade grade, const struct seen *s)
{
    const struct tally_ip *server = &t->ips.at[s->server];
    const struct tally_answer *a = tally_find_answer(t, s->client, s->server);
    bool tied = a != NULL && a->tie != NONE;
    if (!tied && !server->listed && !(server->ranged && grade == GRADE_SPOKEN)) {
        p->missed_unnamed |= grade == GRADE_SPOKEN;
        p->missed_connection |= grade == GRADE_CONNECTION;
        return true;
    }
    uint32_t track = p->track;
    struct track *k = tally_track_of(t, &track);
    if (k == NULL) {
        return false;
    }
    p->track = track;
    return track_record(t, k, grade, CONTACT_BY_NOTHING, s);
}

static void add_name_to_peer(const struct tally *t, struct tally_peer *p, uint32_t name)
{
    p->named++;
    if (t->names.at[name].watch != NONE) {
        p->named_watched++;
        p->name = p->name == NONE || p->name == name ? name : PEER_MANY;
    }
}

static bool add_spoken(struct tally *t, const struct seen *s)
{
    const struct flow *f = s->f;
    UNSET char folded[NAME_MAX_BYTES + 1];
    struct str host;
    struct ip literal;
    bool named = name_fold(f->host, folded, &host) && !ip_parse(host, &literal);
    t->has_names = true;
    struct tally_peer *p = NULL;
    if (s->server != NONE && !t->ips.at[s->server].private &&
        (p = tally_peer_of(t, s->client, s->server)) == NULL) {
        return false;
    }
    if (!named) {
        if (p != NULL) {
            p->unnamed++;
        }
        return p == NULL || add_peer(t, p, GRADE_SPOKEN, s);
    }
    enum contact_by by = f->kind == FLOW_TLS    ? CONTACT_BY_SNI
                         : f->kind == FLOW_QUIC ? CONTACT_BY_QUIC
                                                : CONTACT_BY_HEADER;
    uint32_t name = tally_name_of(t, host);
    if (name == NONE) {
        return false;
    }
    if (p != NULL) {
        add_name_to_peer(t, p, name);
        if (t->ips.at[s->server].listed && !add_peer(t, p, GRADE_SPOKEN, s)) {
            return false;
        }
    }
    return add_pair(t, name, GRADE_SPOKEN, by, s);
}

static bool add_connection(struct tally *t, const struct seen *s)
{
    const struct flow *f = s->f;
    t->has_connections = true;
    if (s->server == NONE || t->ips.at[s->server].private) {
        return true;
    }
    struct tally_peer *p = tally_peer_of(t, s->client, s->server);
    if (p == NULL) {
        return false;
    }
    p->connections++;
    if (f->has_bytes) {
        uint32_t out = f->bytes_out > UINT32_MAX ? UINT32_MAX : (uint32_t)f->bytes_out;
        p->has_bytes = true;
        p->out += f->bytes_out;
        p->in += f->bytes_in;
        p->out_min = out < p->out_min ? out : p->out_min;
        p->out_max = out > p->out_max ? out : p->out_max;
    }
    return add_peer(t, p, GRADE_CONNECTION, s);
}

/* The serverless name that the asked name leads to, NONE when there is none. */
static uint32_t alias_target(struct tally *t, const struct flow *f, bool *fine)
{
    for (size_t i = 0; i < f->answer_count; i++) {
        const struct dns_answer *a = &f->answers[i];
        UNSET char folded[NAME_MAX_BYTES + 1];
        struct str target = STR_EMPTY;
        struct name_info info = {0};
        bool leads = (a->type.len == 0 || str_eq(a->type, STR("CNAME"))) &&
                     name_fold(a->data, folded, &target) &&
                     names_classify(t->know->names, target, &info);
        if (leads && name_class_is_serverless(info.class)) {
            uint32_t name = tally_name_of(t, target);
            *fine = name != NONE;
            return name;
        }
    }
    return NONE;
}

static bool add_answers(struct tally *t, uint32_t name, const struct seen *s)
{
    const struct flow *f = s->f;
    bool watched = name != NONE && t->names.at[name].watch != NONE;
    for (size_t i = 0; i < f->answer_count; i++) {
        struct ip ip;
        if (!ip_parse(f->answers[i].data, &ip)) {
            continue;
        }
        uint32_t address = tally_ip_of(t, &ip);
        struct tally_answer *a = address == NONE ? NULL : tally_answer_of(t, s->client, address);
        if (a == NULL) {
            return false;
        }
        struct tally_tie *tie = watched ? tally_tie_of(t, a, name) : NULL;
        uint32_t ttl = f->answers[i].ttl_s > 86400 ? 86400 : f->answers[i].ttl_s;
        struct span span = {s->second > 2 ? s->second - 2 : 0, s->second + ttl + TIE_GRACE_S};
        if (watched && (tie == NULL || !tie_add(tie, span))) {
            return false;
        }
    }
    return true;
}

static bool add_dns(struct tally *t, const struct seen *s)
{
    UNSET char folded[NAME_MAX_BYTES + 1];
    struct str host;
    bool fine = true;
    t->has_dns = true;
    t->ips.at[s->client].asks = true;
    if (!name_fold(s->f->host, folded, &host)) {
        return add_answers(t, NONE, s);
    }
    struct name_info info;
    uint32_t target = alias_target(t, s->f, &fine);
    uint32_t name = tally_find_name(t, host);
    bool listed = name == NONE && t->know->listed_host(t->know->arg, host);
    bool classified = name == NONE && names_classify(t->know->names, host, &info);
    /* Of names that nobody cares for, questions are not kept. */
    if (fine && name == NONE && (target != NONE || listed || classified)) {
        name = tally_name_of(t, host);
        fine = name != NONE;
    }
    if (fine && target != NONE && target != name) {
        struct tally_watch w = {.alias_of = target};
        w.info = t->watches.at[t->names.at[target].watch].info;
        fine = tally_watch_name(t, name, &w);
    }
    if (!fine || !add_answers(t, name, s)) {
        return false;
    }
    return name == NONE || t->names.at[name].watch == NONE ||
           add_pair(t, name, GRADE_QUESTION, CONTACT_BY_QUESTION, s);
}

static bool add_alert(struct tally *t, const struct seen *s)
{
    const struct flow *f = s->f;
    UNSET char folded[NAME_MAX_BYTES + 1];
    struct traffic_alert key = {.client = f->client,
                                .server = f->server,
                                .has_client = f->has_client,
                                .has_server = f->has_server,
                                .signature_id = f->signature_id,
                                .signature = str_head(f->signature, 300),
                                .category = str_head(f->category, 100),
                                .severity = f->severity,
                                .blocked = f->blocked,
                                .place = place_of(s->e),
                                .last_us = s->e->time_us};
    if (!name_fold(f->host, folded, &key.host)) {
        key.host = STR_EMPTY;
    }
    if (t->alerts.len >= TALLY_ALERTS_MAX) {
        return true;
    }
    struct traffic_alert *a = tally_alert_of(t, &key);
    if (a == NULL) {
        return false;
    }
    a->count++;
    a->blocked &= f->blocked;
    a->severity = f->severity != 0 && f->severity < a->severity ? f->severity : a->severity;
    a->last_us = s->e->time_us > a->last_us ? s->e->time_us : a->last_us;
    if (place_cmp(&key.place, &a->place) < 0) {
        a->place = key.place;
    }
    return true;
}

static bool add_sightings(struct tally *t, const struct seen *s)
{
    const struct flow *f = s->f;
    struct traffic_hit hits[4];
    size_t n = t->know->sight(t->know->arg, s->e, hits);
    for (size_t i = 0; i < n && t->sightings.len < TALLY_SIGHTINGS_MAX; i++) {
        struct traffic_sighting key = {.kind = hits[i].kind,
                                       .value = str_head(hits[i].value, 500),
                                       .host = str_head(f->host, NAME_MAX_BYTES),
                                       .client = f->client,
                                       .server = f->server,
                                       .has_client = f->has_client,
                                       .has_server = f->has_server,
                                       .place = place_of(s->e),
                                       .last_us = s->e->time_us};
        struct traffic_sighting *g = tally_sighting_of(t, &key);
        if (g == NULL) {
            return false;
        }
        g->count++;
        g->answered += f->kind == FLOW_TLS || f->status > 0;
        g->last_us = key.last_us > g->last_us ? key.last_us : g->last_us;
        if (place_cmp(&key.place, &g->place) < 0) {
            struct str host;
            if (!arena_dup(&t->texts, key.host, &host)) {
                return false;
            }
            g->place = key.place;
            g->host = host;
            g->server = f->server;
        }
    }
    return true;
}

static void note_time(struct tally *t, int64_t time_us)
{
    t->records++;
    t->first_us = t->first_us == TIME_NONE || time_us < t->first_us ? time_us : t->first_us;
    t->last_us = time_us > t->last_us ? time_us : t->last_us;
}

static uint32_t recent_ip(struct tally *t, unsigned which, const struct ip *ip)
{
    uint32_t last = t->recent[which];
    if (last < t->ips.len && memcmp(&t->ips.at[last].ip, ip, sizeof(*ip)) == 0) {
        return last;
    }
    t->recent[which] = tally_ip_of(t, ip);
    return t->recent[which];
}

bool tally_add(struct tally *t, const struct event *e)
{
    const struct flow *f = e->flow;
    if (f == NULL || e->time_us == TIME_NONE || !f->has_client) {
        return true;
    }
    struct seen s = {.e = e, .f = f, .second = second_of(e->time_us)};
    s.client = recent_ip(t, 0, &f->client);
    s.server = f->has_server && s.client != NONE ? recent_ip(t, 1, &f->server) : NONE;
    if (s.client == NONE || (f->has_server && s.server == NONE)) {
        return false;
    }
    note_time(t, e->time_us);
    bool fine = true;
    switch (f->kind) {
    case FLOW_TLS:
    case FLOW_QUIC:
    case FLOW_HTTP:
        fine = add_spoken(t, &s);
        break;
    case FLOW_CONNECTION:
        fine = add_connection(t, &s);
        break;
    case FLOW_DNS:
        fine = add_dns(t, &s);
        break;
    case FLOW_ALERT:
        fine = add_alert(t, &s);
        break;
    case FLOW_ANOMALY:
    case FLOW_FILE:
    case FLOW_NOTICE:
    case FLOW_KIND_MAX_:
        break;
    }
    return fine && add_sightings(t, &s);
}
