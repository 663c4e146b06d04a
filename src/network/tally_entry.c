/*
 * tally_entry - the tables of a tally: find or make.
 */
#include <string.h>

#include "base/hash.h"
#include "network/tally_priv.h"

/* ---- hashing: keyed once a process, cheaper than a hash of text for keys that are numbers ---- */

static uint64_t mix(uint64_t a, uint64_t b)
{
    __extension__ typedef unsigned __int128 wide;
    wide m = (wide)a * b;
    return (uint64_t)m ^ (uint64_t)(m >> 64);
}

static uint64_t hash_pair(const struct tally *t, uint64_t a, uint64_t b)
{
    return mix(a ^ t->key, b ^ 0x9e3779b97f4a7c15U) ^ mix(b ^ t->key, 0xa0761d6478bd642fU);
}

static uint64_t hash_ip(const struct tally *t, const struct ip *ip)
{
    uint64_t half[2];
    memcpy(half, ip->byte, sizeof(half));
    return hash_pair(t, half[0], half[1]);
}

static uint64_t hash_ids(const struct tally *t, uint32_t a, uint32_t b)
{
    return hash_pair(t, (uint64_t)a << 32 | b, t->key);
}

static uint64_t hash_text(const struct tally *t, struct str s)
{
    uint64_t h = t->key ^ s.len;
    uint64_t word = 0;
    while (s.len >= sizeof(word)) {
        memcpy(&word, s.ptr, sizeof(word));
        h = mix(h ^ word, 0xa0761d6478bd642fU);
        s = str_from(s, sizeof(word));
    }
    word = 0;
    if (s.len > 0) {
        memcpy(&word, s.ptr, s.len);
    }
    return mix(h ^ word, 0xe7037ed1a0b428dbU);
}

static uint64_t hash_alert(const struct tally *t, const struct traffic_alert *a)
{
    uint64_t slice = (uint64_t)(a->place.time_us / (5 * TIME_MINUTE_US));
    uint64_t h = hash_pair(t, a->signature_id, slice);
    return hash_pair(t, h ^ hash_ip(t, &a->client), hash_ip(t, &a->server)) ^
           hash_text(t, a->signature) ^ hash_text(t, a->host);
}

static uint64_t hash_sighting(const struct tally *t, const struct traffic_sighting *s)
{
    return hash_pair(t, hash_ip(t, &s->client) ^ s->kind, hash_text(t, s->value));
}

/* ---- slots ---- */

typedef uint64_t (*hash_at_fn)(const struct tally *t, size_t i);

/* Room for one more than `len` items at a load of at most 3/4; the items are put in anew. */
static bool slots_room(struct tally *t, struct slots *s, size_t len, hash_at_fn hash_at)
{
    if ((len + 1) * 4 <= s->cap * 3) {
        return true;
    }
    size_t cap = s->cap == 0 ? 64 : s->cap * 2;
    uint32_t *at = mem_alloc(cap, sizeof(*at));
    if (at == NULL) {
        return false;
    }
    for (size_t i = 0; i < len; i++) {
        size_t slot = (size_t)hash_at(t, i) & (cap - 1);
        while (at[slot] != 0) {
            slot = (slot + 1) & (cap - 1);
        }
        at[slot] = (uint32_t)i + 1;
    }
    mem_free(s->at);
    s->at = at;
    s->cap = cap;
    return true;
}

/* Walk the slots of `hash`: `item` is each candidate's index, `slot` the free one at the end. */
#define SLOTS_EACH(s, hash, slot, item)                                                            \
    for (size_t slot = (s)->cap == 0 ? 0 : (size_t)(hash) & ((s)->cap - 1), item = 0;              \
         (s)->cap != 0 && (s)->at[slot] != 0 && ((item = (s)->at[slot] - 1), true);                \
         slot = (slot + 1) & ((s)->cap - 1))

static void slots_put(struct slots *s, uint64_t hash, size_t item)
{
    size_t slot = (size_t)hash & (s->cap - 1);
    while (s->at[slot] != 0) {
        slot = (slot + 1) & (s->cap - 1);
    }
    s->at[slot] = (uint32_t)item + 1;
}

/* ---- addresses ---- */

static uint64_t ip_at(const struct tally *t, size_t i)
{
    return hash_ip(t, &t->ips.at[i].ip);
}

uint32_t tally_ip_of(struct tally *t, const struct ip *ip)
{
    uint64_t hash = hash_ip(t, ip);
    SLOTS_EACH(&t->ip_slots, hash, slot, i)
    {
        if (memcmp(t->ips.at[i].ip.byte, ip->byte, sizeof(ip->byte)) == 0) {
            return (uint32_t)i;
        }
    }
    struct tally_ip fresh = {.ip = *ip, .private = ip_is_private(ip)};
    if (!fresh.private) {
        fresh.listed = t->know->listed_ip(t->know->arg, ip);
        fresh.ranged = t->know->ranged_ip(t->know->arg, ip);
    }
    if (t->ips.len >= NONE - 2 || !slots_room(t, &t->ip_slots, t->ips.len, ip_at) ||
        !VEC_PUSH(&t->ips, fresh)) {
        return NONE;
    }
    slots_put(&t->ip_slots, hash, t->ips.len - 1);
    return (uint32_t)t->ips.len - 1;
}

/* ---- names ---- */

static uint64_t name_at(const struct tally *t, size_t i)
{
    return hash_text(t, t->names.at[i].host);
}

uint32_t tally_find_name(const struct tally *t, struct str host)
{
    uint64_t hash = hash_text(t, host);
    SLOTS_EACH(&t->name_slots, hash, slot, i)
    {
        if (str_eq(t->names.at[i].host, host)) {
            return (uint32_t)i;
        }
    }
    return NONE;
}

bool tally_watch_name(struct tally *t, uint32_t name, const struct tally_watch *as)
{
    struct tally_name *n = &t->names.at[name];
    if (n->watch != NONE) {
        struct tally_watch *w = &t->watches.at[n->watch];
        w->own |= as->own;
        w->listed |= as->listed;
        bool better = w->info.class == NAME_NONE && as->info.class != NAME_NONE;
        /* Of several chains the target first in order of bytes tells, whoever saw it first. */
        bool lower = w->alias_of != NONE && as->alias_of != NONE &&
                     str_cmp(t->names.at[as->alias_of].host, t->names.at[w->alias_of].host) < 0;
        if (better || lower) {
            w->info = as->info;
            w->alias_of = as->alias_of;
        }
        return true;
    }
    struct tally_watch w = *as;
    w.name = name;
    if (!VEC_PUSH(&t->watches, w)) {
        return false;
    }
    n->watch = (uint32_t)t->watches.len - 1;
    return true;
}

static bool matters(enum name_class c)
{
    return name_class_is_serverless(c) || c == NAME_MINING || c == NAME_DOH;
}

uint32_t tally_name_of(struct tally *t, struct str host)
{
    uint32_t known = tally_find_name(t, host);
    if (known != NONE) {
        return known;
    }
    struct tally_name fresh = {.watch = NONE};
    if (t->names.len >= TALLY_NAMES_MAX) {
        host = STR("(too many names)");
        known = tally_find_name(t, host);
        if (known != NONE) {
            return known;
        }
    }
    if (!arena_dup(&t->texts, host, &fresh.host) ||
        !slots_room(t, &t->name_slots, t->names.len, name_at) || !VEC_PUSH(&t->names, fresh)) {
        return NONE;
    }
    uint32_t name = (uint32_t)t->names.len - 1;
    slots_put(&t->name_slots, hash_text(t, fresh.host), name);
    struct tally_watch w = {.alias_of = NONE};
    bool found = names_classify(t->know->names, fresh.host, &w.info);
    w.info = found ? w.info : (struct name_info){.provider = STR_EMPTY, .tenant = STR_EMPTY};
    w.listed = t->know->listed_host(t->know->arg, fresh.host);
    if (!w.listed && !matters(w.info.class)) {
        return name;
    }
    return tally_watch_name(t, name, &w) ? name : NONE;
}

/* ---- pairs and peers ---- */

static uint64_t pair_at(const struct tally *t, size_t i)
{
    return hash_ids(t, t->pairs.at[i].client, t->pairs.at[i].name);
}

struct tally_pair *tally_pair_of(struct tally *t, uint32_t client, uint32_t name)
{
    uint64_t hash = hash_ids(t, client, name);
    SLOTS_EACH(&t->pair_slots, hash, slot, i)
    {
        if (t->pairs.at[i].client == client && t->pairs.at[i].name == name) {
            return &t->pairs.at[i];
        }
    }
    struct tally_pair fresh = {.client = client, .name = name, .track = NONE};
    if (t->pairs.len >= NONE - 2 || !slots_room(t, &t->pair_slots, t->pairs.len, pair_at) ||
        !VEC_PUSH(&t->pairs, fresh)) {
        return NULL;
    }
    slots_put(&t->pair_slots, hash, t->pairs.len - 1);
    return &t->pairs.at[t->pairs.len - 1];
}

static uint64_t peer_at(const struct tally *t, size_t i)
{
    return hash_ids(t, t->peers.at[i].client, t->peers.at[i].server);
}

struct tally_peer *tally_find_peer(const struct tally *t, uint32_t client, uint32_t server)
{
    uint64_t hash = hash_ids(t, client, server);
    SLOTS_EACH(&t->peer_slots, hash, slot, i)
    {
        if (t->peers.at[i].client == client && t->peers.at[i].server == server) {
            return &t->peers.at[i];
        }
    }
    return NULL;
}

struct tally_peer *tally_peer_of(struct tally *t, uint32_t client, uint32_t server)
{
    struct tally_peer *known = tally_find_peer(t, client, server);
    if (known != NULL) {
        return known;
    }
    struct tally_peer fresh = {
        .client = client, .server = server, .track = NONE, .name = NONE, .out_min = UINT32_MAX};
    if (t->peers.len >= NONE - 2 || !slots_room(t, &t->peer_slots, t->peers.len, peer_at) ||
        !VEC_PUSH(&t->peers, fresh)) {
        return NULL;
    }
    slots_put(&t->peer_slots, hash_ids(t, client, server), t->peers.len - 1);
    return &t->peers.at[t->peers.len - 1];
}

struct track *tally_track_of(struct tally *t, uint32_t *track)
{
    if (*track == NONE) {
        struct track fresh = {.by = CONTACT_BY_MAX_, .server = NONE};
        if (!VEC_PUSH(&t->tracks, fresh)) {
            return NULL;
        }
        *track = (uint32_t)t->tracks.len - 1;
    }
    return &t->tracks.at[*track];
}

/* ---- answers ---- */

static uint64_t answer_at(const struct tally *t, size_t i)
{
    return hash_ids(t, t->answers.at[i].client, t->answers.at[i].address);
}

struct tally_answer *tally_find_answer(const struct tally *t, uint32_t client, uint32_t address)
{
    uint64_t hash = hash_ids(t, client, address);
    SLOTS_EACH(&t->answer_slots, hash, slot, i)
    {
        if (t->answers.at[i].client == client && t->answers.at[i].address == address) {
            return &t->answers.at[i];
        }
    }
    return NULL;
}

struct tally_answer *tally_answer_of(struct tally *t, uint32_t client, uint32_t address)
{
    struct tally_answer *known = tally_find_answer(t, client, address);
    if (known != NULL) {
        return known;
    }
    struct tally_answer fresh = {.client = client, .address = address, .tie = NONE};
    if (t->answers.len >= NONE - 2 || !slots_room(t, &t->answer_slots, t->answers.len, answer_at) ||
        !VEC_PUSH(&t->answers, fresh)) {
        return NULL;
    }
    slots_put(&t->answer_slots, hash_ids(t, client, address), t->answers.len - 1);
    return &t->answers.at[t->answers.len - 1];
}

struct tally_tie *tally_tie_of(struct tally *t, struct tally_answer *a, uint32_t name)
{
    for (uint32_t i = a->tie; i != NONE; i = t->ties.at[i].next) {
        if (t->ties.at[i].name == name) {
            return &t->ties.at[i];
        }
    }
    struct tally_tie fresh = {.name = name, .next = a->tie};
    if (!VEC_PUSH(&t->ties, fresh)) {
        return NULL;
    }
    a->tie = (uint32_t)t->ties.len - 1;
    return &t->ties.at[a->tie];
}

/* ---- alerts and sightings ---- */

static uint64_t alert_at(const struct tally *t, size_t i)
{
    return hash_alert(t, &t->alerts.at[i]);
}

static bool same_alert(const struct traffic_alert *a, const struct traffic_alert *b)
{
    return a->signature_id == b->signature_id && str_eq(a->signature, b->signature) &&
           str_eq(a->host, b->host) &&
           a->place.time_us / (5 * TIME_MINUTE_US) == b->place.time_us / (5 * TIME_MINUTE_US) &&
           memcmp(&a->client, &b->client, sizeof(a->client)) == 0 &&
           memcmp(&a->server, &b->server, sizeof(a->server)) == 0;
}

struct traffic_alert *tally_alert_of(struct tally *t, const struct traffic_alert *key)
{
    uint64_t hash = hash_alert(t, key);
    SLOTS_EACH(&t->alert_slots, hash, slot, i)
    {
        if (same_alert(&t->alerts.at[i], key)) {
            return &t->alerts.at[i];
        }
    }
    struct traffic_alert fresh = *key;
    fresh.count = 0;
    if (!arena_dup(&t->texts, key->host, &fresh.host) ||
        !arena_dup(&t->texts, key->signature, &fresh.signature) ||
        !arena_dup(&t->texts, key->category, &fresh.category) ||
        !slots_room(t, &t->alert_slots, t->alerts.len, alert_at) || !VEC_PUSH(&t->alerts, fresh)) {
        return NULL;
    }
    slots_put(&t->alert_slots, hash, t->alerts.len - 1);
    return &t->alerts.at[t->alerts.len - 1];
}

static uint64_t sighting_at(const struct tally *t, size_t i)
{
    return hash_sighting(t, &t->sightings.at[i]);
}

struct traffic_sighting *tally_sighting_of(struct tally *t, const struct traffic_sighting *key)
{
    uint64_t hash = hash_sighting(t, key);
    SLOTS_EACH(&t->sighting_slots, hash, slot, i)
    {
        const struct traffic_sighting *s = &t->sightings.at[i];
        if (s->kind == key->kind && str_eq(s->value, key->value) &&
            memcmp(&s->client, &key->client, sizeof(s->client)) == 0) {
            return &t->sightings.at[i];
        }
    }
    struct traffic_sighting fresh = *key;
    fresh.count = fresh.answered = 0;
    if (!arena_dup(&t->texts, key->host, &fresh.host) ||
        !arena_dup(&t->texts, key->value, &fresh.value) ||
        !slots_room(t, &t->sighting_slots, t->sightings.len, sighting_at) ||
        !VEC_PUSH(&t->sightings, fresh)) {
        return NULL;
    }
    slots_put(&t->sighting_slots, hash, t->sightings.len - 1);
    return &t->sightings.at[t->sightings.len - 1];
}
