/*
 * function_egress - D51: what leaves through a NAT that our functions stand behind goes to a listed
 * host, a mining pool or a resolver over HTTPS.
 *
 * Only functions inside a network leave through it; of the others no network log tells.
 */
#include "detect/contact.h"
#include "detect/tools.h"

static const struct str techniques[] = {STR_INIT("T1496")};

static const struct detection detections[] = {
    {.id = STR_INIT("faaswatch.function_egress"),
     .ref = STR_INIT("D51"),
     .title = STR_INIT("Traffic of functions to a listed or mining host"),
     .description =
         STR_INIT("From a NAT address of --env there was contact with a host that a feed "
                  "lists, with a mining pool, or with a resolver over HTTPS."),
     .severity = SEVERITY_CRITICAL,
     .confidence = 0.8,
     .question = Q4,
     .indicator = KI3,
     .entity = ENTITY_ADDRESS,
     .techniques = techniques,
     .technique_count = ARRAY_LEN(techniques),
     .tactic = STR_INIT("impact"),
     .ours = true},
};

/* NULL: nothing is wrong with it. */
static const char *wrong_with(const struct detect_view *v, const struct traffic_contact *c,
                              enum severity *severity, struct intel_hit *hit, bool *listed)
{
    *severity = SEVERITY_CRITICAL;
    *listed = c->listed && v->intel != NULL &&
              (c->host.len > 0 ? intel_find_host(v->intel, c->host, c->first_us, hit)
                               : intel_find_ip(v->intel, &c->server, c->first_us, hit));
    if (c->name.class == NAME_MINING) {
        return "a mining pool";
    }
    if (*listed) {
        bool doubt = (hit->shared && hit->best.kind == INTEL_IP) || hit->parent ||
                     hit->best.is_harmless || hit->best.class == INTEL_SCANNER;
        *severity = doubt ? SEVERITY_MEDIUM : SEVERITY_CRITICAL;
        return "a listed host";
    }
    *severity = SEVERITY_HIGH;
    return c->name.class == NAME_DOH ? "a resolver over HTTPS, past our own" : NULL;
}

static enum err_code look(const struct detect_view *v, const struct traffic_contact *c)
{
    enum severity severity = SEVERITY_HIGH;
    struct intel_hit hit;
    bool listed = false;
    const char *what = contact_from_nat(v, c) ? wrong_with(v, c, &severity, &hit, &listed) : NULL;
    if (what == NULL) {
        return ERR_OK;
    }
    struct str client = contact_client(v, c);
    struct str place = contact_place(v, c);
    return contact_say(v, c, &detections[0], severity, listed ? &hit : NULL,
                       "From %.*s, a NAT of ours, %llu contacts with %.*s: %s", SAY(client),
                       (unsigned long long)c->count, SAY(place), what);
}

static enum err_code finish(void *state, const struct detect_view *v, struct err *err)
{
    enum err_code rc = ERR_OK;
    (void)state;
    (void)err;
    for (size_t i = 0; v->traffic != NULL && rc == ERR_OK && i < v->traffic->contacts.len; i++) {
        rc = look(v, &v->traffic->contacts.at[i]);
    }
    return rc;
}

const struct detect_ops detect_function_egress = {
    .detections = detections,
    .detection_count = ARRAY_LEN(detections),
    .state_size = 1,
    .finish = finish,
};
