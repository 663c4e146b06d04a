/*
 * hidden_name - D73, D79: contacts whose name is hidden, or is another than the one they show.
 */
#include "detect/contact.h"
#include "detect/tools.h"

enum { DIRECT_MIN = 4, RARE_CLIENTS_MAX = 2 };

static const struct str fronting[] = {STR_INIT("T1090.004")};
static const struct str tunnelling[] = {STR_INIT("T1572")};

static const struct detection detections[] = {
    {.id = STR_INIT("faaswatch.name_hidden"),
     .ref = STR_INIT("D73"),
     .title = STR_INIT("Contact with a serverless host that hides its name"),
     .description = STR_INIT("The name inside the connection is not the one that the handshake "
                             "showed, the handshake showed none, or a program that is no browser "
                             "made it."),
     .severity = SEVERITY_MEDIUM,
     .confidence = 0.6,
     .question = Q4,
     .indicator = KI2,
     .entity = ENTITY_ADDRESS,
     .techniques = fronting,
     .technique_count = ARRAY_LEN(fronting),
     .tactic = STR_INIT("command-and-control"),
     .ours = true},
    {.id = STR_INIT("faaswatch.direct_address"),
     .ref = STR_INIT("D79"),
     .title = STR_INIT("Contact with a provider's address that no name led to"),
     .description = STR_INIT("A host speaks TLS without a name to an address in a provider's range "
                             "that its DNS never answered."),
     .severity = SEVERITY_MEDIUM,
     .confidence = 0.5,
     .question = Q4,
     .indicator = KI2,
     .entity = ENTITY_ADDRESS,
     .techniques = tunnelling,
     .technique_count = ARRAY_LEN(tunnelling),
     .tactic = STR_INIT("command-and-control"),
     .ours = true},
};

static enum err_code look_named(const struct detect_view *v, const struct traffic_contact *c)
{
    struct str client = contact_client(v, c);
    const char *what = NULL;
    enum severity severity = SEVERITY_MEDIUM;
    if (contact_function(v, c) != NULL) {
        return ERR_OK; /* our own clients may speak as they like to our functions */
    }
    if (c->other_sni > 0) {
        what = "the Host header names it, and no handshake of this host ever did (domain fronting)";
    } else if (c->no_name > 0) {
        what = "the handshakes showed no name, only DNS tells it";
    } else if (c->ech > 0) {
        what = "the handshakes were encrypted, and what they show is an outer name";
        severity = SEVERITY_LOW;
    } else if (c->tools != 0 && c->name.class == NAME_FUNCTION) {
        what = "made by a program that is no browser";
        severity = c->name_clients <= RARE_CLIENTS_MAX && !contact_is_common(v, c) ? SEVERITY_MEDIUM
                                                                                   : SEVERITY_LOW;
    }
    return what == NULL ? ERR_OK
                        : contact_say(v, c, &detections[0], severity, NULL,
                                      "%.*s had contact with %.*s %llu times: %s%s%.*s",
                                      SAY(client), SAY(c->host), (unsigned long long)c->count, what,
                                      c->agent.len > 0 ? "; user agent " : "", SAY(c->agent));
}

static enum err_code look_nameless(const struct detect_view *v, const struct traffic_contact *c)
{
    struct str range = v->intel == NULL ? STR_EMPTY : intel_range_of(v->intel, &c->server);
    /* Where the client's DNS is not seen, every address is one that no answer led to. */
    if (range.len == 0 || c->no_name < DIRECT_MIN || !c->dns_seen || c->asked) {
        return ERR_OK;
    }
    struct str client = contact_client(v, c);
    struct str server = contact_place(v, c);
    return contact_say(v, c, &detections[1], SEVERITY_MEDIUM, NULL,
                       "%.*s spoke TLS without a name to %.*s (%.*s) %llu times, and none of its "
                       "DNS answers held that address",
                       SAY(client), SAY(server), SAY(range), (unsigned long long)c->count);
}

static enum err_code finish(void *state, const struct detect_view *v, struct err *err)
{
    enum err_code rc = ERR_OK;
    (void)state;
    (void)err;
    for (size_t i = 0; v->traffic != NULL && rc == ERR_OK && i < v->traffic->contacts.len; i++) {
        const struct traffic_contact *c = &v->traffic->contacts.at[i];
        if (c->host.len > 0 && contact_is_serverless(v, c)) {
            rc = look_named(v, c);
        } else if (c->host.len == 0 && c->has_server) {
            rc = look_nameless(v, c);
        }
    }
    return rc;
}

const struct detect_ops detect_hidden_name = {
    .detections = detections,
    .detection_count = ARRAY_LEN(detections),
    .state_size = 1,
    .finish = finish,
};
