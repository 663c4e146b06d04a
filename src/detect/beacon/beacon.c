/*
 * beacon - D70: a host has contact with a serverless name as regularly as a program calls home.
 */
#include "detect/contact.h"
#include "detect/tools.h"

#define SCORE_HIGH 0.8
#define SCORE_SURE 0.9

static const struct str techniques[] = {STR_INIT("T1071.001")};

static const struct detection detections[] = {
    {.id = STR_INIT("faaswatch.beacon"),
     .ref = STR_INIT("D70"),
     .title = STR_INIT("Regular contacts with a serverless host"),
     .description = STR_INIT("A host has contact with a name of a serverless platform at "
                             "intervals, with sizes and over hours as a program makes them."),
     .severity = SEVERITY_HIGH,
     .confidence = 0.8,
     .question = Q4,
     .indicator = KI2,
     .entity = ENTITY_ADDRESS,
     .techniques = techniques,
     .technique_count = ARRAY_LEN(techniques),
     .tactic = STR_INIT("command-and-control"),
     .ours = true},
    {.id = STR_INIT("faaswatch.beacon_sure"),
     .ref = STR_INIT("D70"),
     .title = STR_INIT("Regular contacts with a serverless host"),
     .description = STR_INIT("A host has contact with a name of a serverless platform at "
                             "intervals, with sizes and over hours as a program makes them."),
     .severity = SEVERITY_HIGH,
     .confidence = 0.9,
     .question = Q4,
     .indicator = KI2,
     .entity = ENTITY_ADDRESS,
     .techniques = techniques,
     .technique_count = ARRAY_LEN(techniques),
     .tactic = STR_INIT("command-and-control"),
     .ours = true},
};

static enum err_code judge(const struct detect_view *v, const struct traffic_contact *c)
{
    if (!contact_is_serverless(v, c)) {
        return ERR_OK;
    }
    struct beacon b = contact_beacon(v, c);
    if (!b.scored || b.score < SCORE_HIGH) {
        return ERR_OK;
    }
    bool common = contact_is_common(v, c);
    const struct function *own = contact_function(v, c);
    struct str client = contact_client(v, c);
    return contact_say(
        v, c, &detections[b.score >= SCORE_SURE ? 1 : 0], common ? SEVERITY_LOW : SEVERITY_HIGH,
        NULL,
        "%.*s had contact with %.*s (%s%.*s) %llu times, every %.0f s, score %.2f: time %.2f, size "
        "%.2f%s, spread %.2f, duration %.2f; name from %s; %zu of %zu hosts know it%s",
        SAY(client), SAY(c->host), own != NULL ? "our function " : "",
        SAY(own != NULL ? own->key.name : c->name.provider), (unsigned long long)c->count,
        b.median_s, b.score, b.time, b.size, b.size_known ? "" : " (not known)", b.spread,
        b.duration, contact_by_name(c->by), c->name_clients, v->traffic->clients,
        common ? ", so rather an application" : "");
}

static enum err_code finish(void *state, const struct detect_view *v, struct err *err)
{
    enum err_code rc = ERR_OK;
    (void)state;
    (void)err;
    for (size_t i = 0; v->traffic != NULL && rc == ERR_OK && i < v->traffic->contacts.len; i++) {
        rc = judge(v, &v->traffic->contacts.at[i]);
    }
    return rc;
}

const struct detect_ops detect_beacon = {
    .detections = detections,
    .detection_count = ARRAY_LEN(detections),
    .state_size = 1,
    .finish = finish,
};
