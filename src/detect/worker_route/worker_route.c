/*
 * worker_route - D102: a Worker was put in front of a login, a payment or an API of a zone, or in
 * front of everything.
 *
 * A Worker on such a route sees every password and session cookie that passes, under the zone's
 * own name and certificate.
 */
#include "detect/detect.h"
#include "detect/tools.h"

static const struct str techniques[] = {STR_INIT("T1557"), STR_INIT("T1584.007")};

static const struct detection detections[] = {
    {.id = STR_INIT("faaswatch.worker_route_sensitive"),
     .ref = STR_INIT("D102"),
     .title = STR_INIT("Worker put on a login, payment or API path"),
     .description = STR_INIT("A route or domain sends a login, checkout or API path, or all of a "
                             "zone, through a Worker: it reads what passes. A planned launch looks "
                             "the same, and has a ticket."),
     .severity = SEVERITY_CRITICAL,
     .confidence = 0.7,
     .question = Q1,
     .indicator = KI1,
     .entity = ENTITY_FUNCTION,
     .techniques = techniques,
     .technique_count = ARRAY_LEN(techniques),
     .tactic = STR_INIT("credential-access"),
     .ours = true},
};

/* Whole words of a host or path: "login", "/sign-in", "auth.acme.example"; not "author". */
static const struct str words[] = {
    STR_INIT("login"),    STR_INIT("logon"),   STR_INIT("signin"),   STR_INIT("sign-in"),
    STR_INIT("sign_in"),  STR_INIT("sso"),     STR_INIT("auth"),     STR_INIT("oauth"),
    STR_INIT("oauth2"),   STR_INIT("oidc"),    STR_INIT("saml"),     STR_INIT("idp"),
    STR_INIT("session"),  STR_INIT("account"), STR_INIT("accounts"), STR_INIT("password"),
    STR_INIT("checkout"), STR_INIT("pay"),     STR_INIT("payment"),  STR_INIT("payments"),
    STR_INIT("billing"),  STR_INIT("cart"),    STR_INIT("api"),      STR_INIT("admin"),
    STR_INIT("wp-login"), STR_INIT("mail"),    STR_INIT("owa"),      STR_INIT("vpn"),
};

static bool is_word_byte(char c)
{
    char l = chr_lower(c);
    return (l >= 'a' && l <= 'z') || chr_is_digit(c) || c == '-' || c == '_';
}

/* The sensitive word that stands between the separators of a pattern, or "". */
static struct str sensitive_word(struct str pattern)
{
    size_t i = 0;
    while (i < pattern.len) {
        size_t n = 0;
        while (i + n < pattern.len && is_word_byte(pattern.ptr[i + n])) {
            n++;
        }
        struct str word = str_make(pattern.ptr + i, n);
        for (size_t k = 0; n > 0 && k < ARRAY_LEN(words); k++) {
            if (str_ieq(word, words[k])) {
                return word;
            }
        }
        i += n > 0 ? n : 1;
    }
    return STR_EMPTY;
}

static struct str without_scheme(struct str pattern)
{
    size_t at = str_find(pattern, STR("://"));
    return at == SIZE_MAX ? pattern : str_from(pattern, at + 3);
}

/* "acme.example/" followed by an asterisk: the whole of a host, and so its login too. */
static bool takes_all_paths(struct str pattern)
{
    struct str path = str_from(pattern, str_chr(pattern, '/'));
    return str_eq(path, STR("/*")) || str_eq(path, STR("*")) || str_eq(pattern, STR("*")) ||
           (path.len == 0 && str_ends(pattern, STR("*")));
}

static bool takes_all_hosts(struct str pattern)
{
    return str_starts(pattern, STR("*"));
}

/* Was the pattern there already, for this Worker? */
static bool had(const struct detect_view *v, struct str pattern)
{
    return v->function != NULL && str_list_has(&v->function->before.routes, pattern);
}

static enum err_code look_at(const struct detect_view *v, struct str route)
{
    const struct event *e = v->event;
    struct str pattern = without_scheme(route);
    struct str word = sensitive_word(pattern);
    struct str script = e->function.name.len > 0 ? e->function.name : STR("a Worker");
    if (takes_all_hosts(pattern) && takes_all_paths(pattern)) {
        return detect_say(v, &detections[0], SEVERITY_CRITICAL,
                          "%.*s was put in front of everything in the zone (%.*s) by %.*s",
                          SAY(script), SAY(pattern), SAY(event_who(e)));
    }
    if (word.len > 0) {
        return detect_say(v, &detections[0], SEVERITY_CRITICAL,
                          "%.*s was put on %.*s (\"%.*s\") by %.*s: it reads what passes there",
                          SAY(script), SAY(pattern), SAY(word), SAY(event_who(e)));
    }
    if (takes_all_paths(pattern)) {
        return detect_say(v, &detections[0], SEVERITY_HIGH,
                          "%.*s was put in front of a whole host (%.*s) by %.*s", SAY(script),
                          SAY(pattern), SAY(event_who(e)));
    }
    return ERR_OK;
}

static enum err_code on_event(void *state, const struct detect_view *v, struct err *err)
{
    const struct event *e = v->event;
    struct attr_iter it = {e, 0};
    struct str route;
    (void)state;
    (void)err;
    bool takes = str_eq(e->action, STR("CreateWorkerRoute")) ||
                 str_eq(e->action, STR("UpdateWorkerRoute")) ||
                 str_eq(e->action, STR("AttachWorkerDomain"));
    if (!takes || !str_eq(e->service, STR("cloudflare.workers"))) {
        return ERR_OK;
    }
    enum err_code rc = ERR_OK;
    while (rc == ERR_OK && attr_next(&it, ATTR_ROUTE, &route)) {
        rc = had(v, route) ? ERR_OK : look_at(v, route);
    }
    return rc;
}

const struct detect_ops detect_worker_route = {
    .detections = detections,
    .detection_count = ARRAY_LEN(detections),
    .state_size = 1,
    .on_event = on_event,
};
