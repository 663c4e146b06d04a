/*
 * serverless_host - D69, D71, D74, D75, D76, D80, D81: which serverless names hosts have contact
 * with, whatever the rhythm.
 */
#include "detect/serverless_host/serverless_host.h"

#include "detect/contact.h"
#include "detect/tools.h"

enum {
    HISTORY_DAYS_MIN = 7,   /* of logs before a name may be called new */
    RARE_CLIENTS_MAX = 2,   /* so few hosts know it */
    ESTATE_CLIENTS_MIN = 10 /* of so many that it means something */
};
#define RARE_A_DAY_MIN 20.0

static const struct str web_service[] = {STR_INIT("T1102")};
static const struct str generation[] = {STR_INIT("T1568.002")};
static const struct str phishing[] = {STR_INIT("T1566.002")};

enum {
    NEW_NAME,
    RARE_NAME,
    RANDOM_NAME,
    OWN_UNREGISTERED,
    FOREIGN_FUNCTION,
    KIT_NAME,
    SCRIPT_TOOL
};
static const struct detection detections[] = {
    [NEW_NAME] = {.id = STR_INIT("faaswatch.serverless_host_new"),
                  .ref = STR_INIT("D69"),
                  .title = STR_INIT("Server meets a serverless host for the first time"),
                  .description = STR_INIT("A server has contact with a serverless name that nobody "
                                          "here had contact with before."),
                  .severity = SEVERITY_MEDIUM,
                  .confidence = 0.5,
                  .question = Q4,
                  .indicator = KI2,
                  .entity = ENTITY_ADDRESS,
                  .techniques = web_service,
                  .technique_count = ARRAY_LEN(web_service),
                  .tactic = STR_INIT("command-and-control"),
                  .ours = true},
    [RARE_NAME] = {.id = STR_INIT("faaswatch.serverless_host_rare"),
                   .ref = STR_INIT("D71"),
                   .title = STR_INIT("Serverless host that hardly anybody knows"),
                   .description = STR_INIT(
                       "At most two hosts have contact with a serverless name, and often."),
                   .severity = SEVERITY_MEDIUM,
                   .confidence = 0.5,
                   .question = Q4,
                   .indicator = KI2,
                   .entity = ENTITY_ADDRESS,
                   .techniques = web_service,
                   .technique_count = ARRAY_LEN(web_service),
                   .tactic = STR_INIT("command-and-control"),
                   .ours = true},
    [RANDOM_NAME] = {.id = STR_INIT("faaswatch.serverless_host_random"),
                     .ref = STR_INIT("D74"),
                     .title = STR_INIT("Serverless host with a random name"),
                     .description = STR_INIT("The customer's part of the name looks generated."),
                     .severity = SEVERITY_LOW,
                     .confidence = 0.4,
                     .question = Q4,
                     .indicator = KI2,
                     .entity = ENTITY_ADDRESS,
                     .techniques = generation,
                     .technique_count = ARRAY_LEN(generation),
                     .tactic = STR_INIT("command-and-control"),
                     .ours = true},
    [OWN_UNREGISTERED] = {.id = STR_INIT("faaswatch.own_function_unregistered"),
                          .ref = STR_INIT("D75"),
                          .title = STR_INIT("Unregistered host calls our function"),
                          .description =
                              STR_INIT("A host has contact with a URL of a function of ours, and "
                                       "no registered process says that it should."),
                          .severity = SEVERITY_MEDIUM,
                          .confidence = 0.5,
                          .question = Q4,
                          .indicator = KI2,
                          .entity = ENTITY_ADDRESS,
                          .techniques = web_service,
                          .technique_count = ARRAY_LEN(web_service),
                          .tactic = STR_INIT("command-and-control"),
                          .ours = true},
    [FOREIGN_FUNCTION] =
        {.id = STR_INIT("faaswatch.foreign_function_from_server"),
         .ref = STR_INIT("D76"),
         .title = STR_INIT("Server has contact with a function that is not ours"),
         .description = STR_INIT(
             "A server has contact with a function URL that no log or export of ours knows."),
         .severity = SEVERITY_MEDIUM,
         .confidence = 0.5,
         .question = Q4,
         .indicator = KI2,
         .entity = ENTITY_ADDRESS,
         .techniques = web_service,
         .technique_count = ARRAY_LEN(web_service),
         .tactic = STR_INIT("command-and-control"),
         .ours = true},
    [KIT_NAME] = {.id = STR_INIT("faaswatch.kit_host"),
                  .ref = STR_INIT("D80"),
                  .title = STR_INIT("Host name as a phishing kit makes it"),
                  .description =
                      STR_INIT("The name is built as those of a known kit for stolen tokens."),
                  .severity = SEVERITY_MEDIUM,
                  .confidence = 0.6,
                  .question = Q4,
                  .indicator = KI2,
                  .entity = ENTITY_ADDRESS,
                  .techniques = phishing,
                  .technique_count = ARRAY_LEN(phishing),
                  .tactic = STR_INIT("command-and-control"),
                  .ours = true},
    [SCRIPT_TOOL] =
        {.id = STR_INIT("faaswatch.script_by_tool"),
         .ref = STR_INIT("D81"),
         .title = STR_INIT("Hosted script called by a command line tool"),
         .description =
             STR_INIT("A script behind script.google.com was run by a program that is no browser."),
         .severity = SEVERITY_HIGH,
         .confidence = 0.7,
         .question = Q4,
         .indicator = KI2,
         .entity = ENTITY_ADDRESS,
         .techniques = web_service,
         .technique_count = ARRAY_LEN(web_service),
         .tactic = STR_INIT("command-and-control"),
         .ours = true},
};

struct looked {
    const struct detect_view *v;
    const struct traffic_contact *c;
    const struct function *own;
    struct str client;
    bool server;
};

static enum err_code say(const struct looked *l, int which, enum severity severity,
                         const char *what)
{
    const struct traffic_contact *c = l->c;
    return contact_say(l->v, c, &detections[which], severity, NULL,
                       "%.*s had contact with %.*s (%.*s %s) %llu times: %s; name from %s; %zu of "
                       "%zu hosts know it",
                       SAY(l->client), SAY(c->host), SAY(c->name.provider),
                       name_class_name(c->name.class), (unsigned long long)c->count, what,
                       contact_by_name(c->by), c->name_clients, l->v->traffic->clients);
}

/* When anybody first had contact with this name: contacts are sorted by host. */
static int64_t first_of_name(const struct looked *l)
{
    const struct traffic *t = l->v->traffic;
    size_t at = (size_t)(l->c - t->contacts.at);
    int64_t first = l->c->first_us;
    for (size_t i = at; i > 0 && str_eq(t->contacts.at[i - 1].host, l->c->host); i--) {
        first = t->contacts.at[i - 1].first_us < first ? t->contacts.at[i - 1].first_us : first;
    }
    for (size_t i = at + 1; i < t->contacts.len && str_eq(t->contacts.at[i].host, l->c->host);
         i++) {
        first = t->contacts.at[i].first_us < first ? t->contacts.at[i].first_us : first;
    }
    return first;
}

static enum err_code look_new(const struct looked *l)
{
    bool history = first_of_name(l) - l->v->traffic->first_us >= HISTORY_DAYS_MIN * TIME_DAY_US;
    return l->server && history && l->own == NULL
               ? say(l, NEW_NAME, SEVERITY_MEDIUM, "a server, and the first contacts with it")
               : ERR_OK;
}

static enum err_code look_rare(const struct looked *l)
{
    bool rare = l->c->name_clients <= RARE_CLIENTS_MAX &&
                l->v->traffic->clients >= ESTATE_CLIENTS_MIN &&
                (double)l->c->count / contact_days(l->c) >= RARE_A_DAY_MIN;
    return rare && l->own == NULL
               ? say(l, RARE_NAME, SEVERITY_MEDIUM, "often, and hardly anybody else")
               : ERR_OK;
}

/* Ids of function URLs are always random and say nothing. */
static enum err_code look_random(const struct looked *l)
{
    struct str left = l->c->host;
    size_t dot = str_chr(left, '.');
    left = dot == SIZE_MAX ? left : str_head(left, dot);
    bool id = str_eq(l->c->name.provider, STR("aws")) && l->c->name.class == NAME_FUNCTION;
    return !id && l->own == NULL && (label_is_random(left) || label_is_random(l->c->name.tenant))
               ? say(l, RANDOM_NAME, SEVERITY_LOW, "its name looks generated")
               : ERR_OK;
}

/* Without a register nobody can say who should call it. */
static enum err_code look_own(const struct looked *l)
{
    if (l->own == NULL || contact_process(l->v, l->c, l->own) != NULL) {
        return ERR_OK;
    }
    bool registered = l->v->context->given[CONTEXT_PROCESSES];
    return say(l, OWN_UNREGISTERED, registered ? SEVERITY_MEDIUM : SEVERITY_LOW,
               registered ? "a function of ours, and no registered process names this host"
                          : "a function of ours, and no processes are given");
}

static bool beacons_or_uploads(const struct looked *l)
{
    const struct traffic_contact *c = l->c;
    struct beacon b = contact_beacon(l->v, c);
    bool upload = c->has_bytes && c->bytes_out > 5 * c->bytes_in &&
                  (double)c->bytes_out / contact_days(c) > 20e6;
    return upload || (b.scored && b.score >= 0.8);
}

static enum err_code look_foreign(const struct looked *l)
{
    if (!l->server || l->own != NULL || l->c->name.class != NAME_FUNCTION) {
        return ERR_OK;
    }
    bool worse = beacons_or_uploads(l);
    return say(l, FOREIGN_FUNCTION, worse ? SEVERITY_HIGH : SEVERITY_MEDIUM,
               worse ? "a server, a function that is not ours, and like a beacon or far more out"
                     : "a server, and a function that is not ours");
}

static enum err_code look_kit(const struct looked *l)
{
    return host_is_kit(l->c->host)
               ? say(l, KIT_NAME, SEVERITY_MEDIUM, "its name is built as a kit's")
               : ERR_OK;
}

static enum err_code look_script(const struct looked *l)
{
    unsigned tools = 1U << AGENT_CURL | 1U << AGENT_WGET | 1U << AGENT_POWERSHELL |
                     1U << AGENT_PYTHON | 1U << AGENT_GO;
    if (l->c->name.class != NAME_SCRIPT || !l->c->script_path || (l->c->tools & tools) == 0) {
        return ERR_OK;
    }
    return contact_say(l->v, l->c, &detections[SCRIPT_TOOL], SEVERITY_HIGH, NULL,
                       "%.*s ran a script of %.*s %llu times with %.*s", SAY(l->client),
                       SAY(l->c->host), (unsigned long long)l->c->count, SAY(l->c->agent));
}

static enum err_code finish(void *state, const struct detect_view *v, struct err *err)
{
    static enum err_code (*const looks[])(const struct looked *l) = {
        look_new, look_rare, look_random, look_own, look_foreign, look_kit, look_script};
    enum err_code rc = ERR_OK;
    (void)state;
    (void)err;
    for (size_t i = 0; v->traffic != NULL && i < v->traffic->contacts.len; i++) {
        const struct traffic_contact *c = &v->traffic->contacts.at[i];
        if (c->host.len == 0 || !contact_is_serverless(v, c)) {
            continue;
        }
        struct looked l = {.v = v,
                           .c = c,
                           .own = contact_function(v, c),
                           .client = contact_client(v, c),
                           .server = contact_from_server(v, c)};
        for (size_t k = 0; rc == ERR_OK && k < ARRAY_LEN(looks); k++) {
            rc = looks[k](&l);
        }
    }
    return rc;
}

const struct detect_ops detect_serverless_host = {
    .detections = detections,
    .detection_count = ARRAY_LEN(detections),
    .state_size = 1,
    .finish = finish,
};
