/*
 * listed_traffic - D77: hosts have contact with what a feed lists: a name, an address, a URL, a
 * file, a certificate, a fingerprint of a client.
 *
 * Judged at the times of the contacts. What many share proves less: a provider's address, the
 * parent of all of a platform's customers.
 */
#include "detect/contact.h"
#include "detect/tools.h"

enum { CONFIDENCE_LOW = 40, CONFIDENCE_SURE = 70 };

static const struct str techniques[] = {STR_INIT("T1071")};

static const struct detection detections[] = {
    {.id = STR_INIT("faaswatch.traffic_listed"),
     .ref = STR_INIT("D77"),
     .title = STR_INIT("Contact with a listed host"),
     .description = STR_INIT("A host had contact with a name, address, URL, file or certificate "
                             "that a threat-intelligence feed lists at that time."),
     .severity = SEVERITY_HIGH,
     .confidence = 0.7,
     .question = Q3,
     .indicator = KI2,
     .entity = ENTITY_ADDRESS,
     .techniques = techniques,
     .technique_count = ARRAY_LEN(techniques),
     .tactic = STR_INIT("command-and-control"),
     .ours = true},
};

/* A platform's own name, listed for some of its customers, condemns none of the others. */
static bool is_platform(const struct detect_view *v, const struct intel_hit *hit,
                        enum name_class class)
{
    struct name_info info;
    return hit->parent && class != NAME_NONE &&
           !names_classify(v->traffic->names, hit->best.value, &info);
}

static enum severity severity_of(const struct detect_view *v, const struct intel_hit *hit,
                                 enum name_class class, bool answered)
{
    bool bad = hit->best.class == INTEL_C2 || hit->best.class == INTEL_MALWARE;
    bool by_name = hit->best.kind != INTEL_IP;
    int s = SEVERITY_HIGH;
    if (is_platform(v, hit, class) || hit->best.is_harmless || hit->partial) {
        return SEVERITY_LOW;
    }
    s -= hit->shared && !by_name;
    s -= hit->best.confidence < CONFIDENCE_LOW;
    s -= hit->best.derived; /* the host of a listed URL may serve others */
    if (s == SEVERITY_HIGH && bad && answered && hit->best.confidence >= CONFIDENCE_SURE) {
        s = SEVERITY_CRITICAL;
    }
    return s < SEVERITY_LOW ? SEVERITY_LOW : (enum severity)s;
}

/* One part of a pattern of several: what else the contact shows makes it whole, or breaks it. */
static bool complete(const struct detect_view *v, const struct traffic_contact *c, int64_t at,
                     struct intel_hit *hit)
{
    struct intel_hit all;
    struct intel_seen seen = {
        .host = c->host, .port = c->port, .ip = c->has_server ? &c->server : NULL};
    if (!intel_find_seen(v->intel, &seen, at, &all)) {
        return false;
    }
    *hit = !all.partial && all.best.need_count > 0 ? all : *hit;
    return true;
}

/* Valid at the time of any of the contacts that are kept. */
static bool find(const struct detect_view *v, const struct traffic_contact *c,
                 struct intel_hit *hit)
{
    uint32_t second[2 * SERIES_EDGE];
    size_t gap;
    size_t n = series_seconds(c->when, second, &gap);
    for (size_t i = 0; i < n; i++) {
        int64_t at = (int64_t)second[i] * TIME_SECOND_US;
        if (c->host.len > 0 ? intel_find_host(v->intel, c->host, at, hit)
                            : intel_find_ip(v->intel, &c->server, at, hit)) {
            return !hit->partial || complete(v, c, at, hit);
        }
    }
    return false;
}

static enum err_code look_contact(const struct detect_view *v, const struct traffic_contact *c)
{
    struct intel_hit hit;
    if (!c->listed || !find(v, c, &hit)) {
        return ERR_OK;
    }
    struct str said;
    bool answered = contact_answered(v, c);
    struct str client = contact_client(v, c);
    struct str place = contact_place(v, c);
    if (!intel_hit_text(&hit, v->arena, &said)) {
        return ERR_NOMEM;
    }
    return contact_say(v, c, &detections[0], severity_of(v, &hit, c->name.class, answered), &hit,
                       "%.*s had contact with %.*s %llu times%s; %.*s", SAY(client), SAY(place),
                       (unsigned long long)c->count, answered ? "" : ", without an answer",
                       STR_ARG(said));
}

static bool find_again(const struct detect_view *v, const struct traffic_sighting *s,
                       struct intel_hit *hit)
{
    int64_t at = s->place.time_us;
    if (s->kind == INTEL_URL) {
        return intel_find_url(v->intel, s->host, s->value, at, hit);
    }
    if (s->kind == INTEL_CERT) {
        return intel_find_cert(v->intel, s->value, at, hit);
    }
    if (s->kind == INTEL_JA3) {
        return intel_find_ja3(v->intel, s->value, at, hit);
    }
    if (s->kind == INTEL_JA4) {
        return intel_find_ja4(v->intel, s->value, at, hit);
    }
    return intel_find_hash(v->intel, s->value, at, hit);
}

static enum err_code look_sighting(const struct detect_view *v, const struct traffic_sighting *s)
{
    struct intel_hit hit;
    struct str said;
    if (!find_again(v, s, &hit)) {
        return ERR_OK;
    }
    if (!intel_hit_text(&hit, v->arena, &said)) {
        return ERR_NOMEM;
    }
    /* Fingerprints of clients are shared by all that use the same library. */
    bool print = s->kind == INTEL_JA3 || s->kind == INTEL_JA4;
    char client[IP_TEXT_MAX];
    char server[IP_TEXT_MAX] = "";
    size_t client_len = ip_format(&s->client, client);
    size_t server_len = s->has_server ? ip_format(&s->server, server) : 0;
    struct contact_record r = {.host = s->host,
                               .client = s->client,
                               .server = s->server,
                               .has_server = s->has_server,
                               .answered = true,
                               .count = s->count,
                               .last_us = s->last_us,
                               .place = &s->place};
    enum severity severity = severity_of(v, &hit, NAME_NONE, s->answered > 0);
    severity = print && severity > SEVERITY_MEDIUM ? SEVERITY_MEDIUM : severity;
    return contact_say_record(v, &r, &detections[0], severity, &hit,
                              "%.*s: %s %.*s at %.*s, %llu times; %.*s", (int)client_len, client,
                              intel_kind_name((enum intel_kind)s->kind), SAY(s->value),
                              SAY(s->host.len > 0 ? s->host : str_make(server, server_len)),
                              (unsigned long long)s->count, STR_ARG(said));
}

static enum err_code finish(void *state, const struct detect_view *v, struct err *err)
{
    enum err_code rc = ERR_OK;
    (void)state;
    (void)err;
    if (v->traffic == NULL || v->intel == NULL) {
        return ERR_OK;
    }
    for (size_t i = 0; rc == ERR_OK && i < v->traffic->contacts.len; i++) {
        rc = look_contact(v, &v->traffic->contacts.at[i]);
    }
    for (size_t i = 0; rc == ERR_OK && i < v->traffic->sightings.len; i++) {
        rc = look_sighting(v, &v->traffic->sightings.at[i]);
    }
    return rc;
}

const struct detect_ops detect_listed_traffic = {
    .detections = detections,
    .detection_count = ARRAY_LEN(detections),
    .state_size = 1,
    .finish = finish,
};
