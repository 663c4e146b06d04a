/*
 * tally_merge - what one worker saw into what another saw.
 */
#include <string.h>

#include "network/tally_priv.h"

/* Indices of the one tally in the other. */
struct maps {
    uint32_t *ip, *name;
};

static bool map_all(struct tally *to, const struct tally *from, struct maps *m)
{
    m->ip = mem_alloc(from->ips.len + 1, sizeof(*m->ip));
    m->name = mem_alloc(from->names.len + 1, sizeof(*m->name));
    bool fine = m->ip != NULL && m->name != NULL;
    for (size_t i = 0; fine && i < from->ips.len; i++) {
        m->ip[i] = tally_ip_of(to, &from->ips.at[i].ip);
        fine = m->ip[i] != NONE;
        if (fine) {
            to->ips.at[m->ip[i]].asks |= from->ips.at[i].asks;
        }
    }
    for (size_t i = 0; fine && i < from->names.len; i++) {
        m->name[i] = tally_name_of(to, from->names.at[i].host);
        fine = m->name[i] != NONE;
    }
    for (size_t i = 0; fine && i < from->watches.len; i++) {
        struct tally_watch w = from->watches.at[i];
        uint32_t name = m->name[w.name];
        w.alias_of = w.alias_of == NONE ? NONE : m->name[w.alias_of];
        /* Texts of the table live on; the tenant's stands in the name. */
        struct name_info info;
        if (names_classify(to->know->names,
                           to->names.at[w.alias_of == NONE ? name : w.alias_of].host, &info)) {
            w.info = info;
        }
        fine = tally_watch_name(to, name, &w);
    }
    return fine;
}

static bool merge_track(struct tally *to, uint32_t *into, const struct tally *from, uint32_t which,
                        const struct maps *m)
{
    if (which == NONE) {
        return true;
    }
    struct track t = from->tracks.at[which];
    struct track *k = tally_track_of(to, into);
    if (k == NULL || (t.agent.len > 0 && !arena_dup(&to->texts, t.agent, &t.agent))) {
        return false;
    }
    uint32_t theirs = t.server == NONE ? NONE : m->ip[t.server];
    uint32_t server = k->server;
    if (t.grade > k->grade ||
        (t.grade == k->grade && theirs != NONE &&
         (server == NONE ||
          memcmp(&to->ips.at[theirs].ip, &to->ips.at[server].ip, sizeof(struct ip)) < 0))) {
        server = theirs;
    }
    return track_merge(k, &t, server);
}

static bool merge_pairs(struct tally *to, const struct tally *from, const struct maps *m)
{
    for (size_t i = 0; i < from->pairs.len; i++) {
        const struct tally_pair *p = &from->pairs.at[i];
        struct tally_pair *into = tally_pair_of(to, m->ip[p->client], m->name[p->name]);
        if (into == NULL) {
            return false;
        }
        into->missed =
            p->missed > UINT32_MAX - into->missed ? UINT32_MAX : into->missed + p->missed;
        if (!merge_track(to, &into->track, from, p->track, m)) {
            return false;
        }
    }
    return true;
}

static bool merge_peers(struct tally *to, const struct tally *from, const struct maps *m)
{
    for (size_t i = 0; i < from->peers.len; i++) {
        const struct tally_peer *p = &from->peers.at[i];
        struct tally_peer *into = tally_peer_of(to, m->ip[p->client], m->ip[p->server]);
        if (into == NULL) {
            return false;
        }
        into->connections += p->connections;
        into->named += p->named;
        into->named_watched += p->named_watched;
        into->unnamed += p->unnamed;
        into->out += p->out;
        into->in += p->in;
        into->out_min = p->out_min < into->out_min ? p->out_min : into->out_min;
        into->out_max = p->out_max > into->out_max ? p->out_max : into->out_max;
        into->has_bytes |= p->has_bytes;
        into->missed_connection |= p->missed_connection;
        into->missed_unnamed |= p->missed_unnamed;
        if (p->name != NONE) {
            uint32_t name = p->name == PEER_MANY ? PEER_MANY : m->name[p->name];
            into->name = into->name == NONE || into->name == name ? name : PEER_MANY;
        }
        if (!merge_track(to, &into->track, from, p->track, m)) {
            return false;
        }
    }
    return true;
}

static bool merge_answers(struct tally *to, const struct tally *from, const struct maps *m)
{
    for (size_t i = 0; i < from->answers.len; i++) {
        const struct tally_answer *a = &from->answers.at[i];
        struct tally_answer *into = tally_answer_of(to, m->ip[a->client], m->ip[a->address]);
        if (into == NULL) {
            return false;
        }
        for (uint32_t k = a->tie; k != NONE; k = from->ties.at[k].next) {
            const struct tally_tie *tie = &from->ties.at[k];
            struct tally_tie *t = tally_tie_of(to, into, m->name[tie->name]);
            for (size_t s = 0; t != NULL && s < tie->spans.len; s++) {
                t = tie_add(t, tie->spans.at[s]) ? t : NULL;
            }
            if (t == NULL) {
                return false;
            }
        }
    }
    return true;
}

static bool merge_alerts(struct tally *to, const struct tally *from)
{
    for (size_t i = 0; i < from->alerts.len; i++) {
        const struct traffic_alert *a = &from->alerts.at[i];
        struct traffic_alert *into = tally_alert_of(to, a);
        if (into == NULL) {
            return false;
        }
        into->count += a->count;
        into->blocked &= a->blocked;
        into->last_us = a->last_us > into->last_us ? a->last_us : into->last_us;
        into->severity =
            a->severity != 0 && a->severity < into->severity ? a->severity : into->severity;
        if (place_cmp(&a->place, &into->place) < 0) {
            into->place = a->place;
        }
    }
    return true;
}

static bool merge_sightings(struct tally *to, const struct tally *from)
{
    for (size_t i = 0; i < from->sightings.len; i++) {
        const struct traffic_sighting *s = &from->sightings.at[i];
        struct traffic_sighting *into = tally_sighting_of(to, s);
        if (into == NULL) {
            return false;
        }
        into->count += s->count;
        into->answered += s->answered;
        into->last_us = s->last_us > into->last_us ? s->last_us : into->last_us;
        if (place_cmp(&s->place, &into->place) < 0) {
            into->place = s->place;
            into->server = s->server;
            if (!arena_dup(&to->texts, s->host, &into->host)) {
                return false;
            }
        }
    }
    return true;
}

bool tally_merge(struct tally *to, const struct tally *from)
{
    struct maps m = {0};
    bool fine = map_all(to, from, &m) && merge_pairs(to, from, &m) && merge_peers(to, from, &m) &&
                merge_answers(to, from, &m) && merge_alerts(to, from) && merge_sightings(to, from);
    mem_free(m.ip);
    mem_free(m.name);
    to->records += from->records;
    if (from->first_us != TIME_NONE &&
        (to->first_us == TIME_NONE || from->first_us < to->first_us)) {
        to->first_us = from->first_us;
    }
    to->last_us = from->last_us > to->last_us ? from->last_us : to->last_us;
    to->has_dns |= from->has_dns;
    to->has_connections |= from->has_connections;
    to->has_names |= from->has_names;
    return fine;
}

/* ---- what was learned too late ---- */

bool tally_own(struct tally *t, struct str host)
{
    UNSET char folded[NAME_MAX_BYTES + 1];
    struct str name;
    if (!name_fold(host, folded, &name)) {
        return true; /* no host name: nothing can have had contact with it */
    }
    uint32_t n = tally_name_of(t, name);
    struct tally_watch w = {.alias_of = NONE, .own = true};
    if (n == NONE) {
        return false;
    }
    if (!names_classify(t->know->names, t->names.at[n].host, &w.info)) {
        w.info = (struct name_info){.provider = STR_EMPTY, .tenant = STR_EMPTY};
    }
    return tally_watch_name(t, n, &w);
}

bool tally_look_again(const struct tally *t)
{
    for (size_t i = 0; i < t->pairs.len; i++) {
        if (t->pairs.at[i].missed > 0 && t->names.at[t->pairs.at[i].name].watch != NONE) {
            return true;
        }
    }
    for (size_t i = 0; i < t->peers.len; i++) {
        const struct tally_peer *p = &t->peers.at[i];
        bool alone = p->named == 0 && p->unnamed == 0;
        if (!p->missed_unnamed && !(p->missed_connection && alone)) {
            continue;
        }
        const struct tally_answer *a = tally_find_answer(t, p->client, p->server);
        if (a != NULL && a->tie != NONE) {
            return true;
        }
    }
    return false;
}
