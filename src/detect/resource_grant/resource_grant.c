/*
 * resource_grant - D17: the resource policy of a function lets an outsider in.
 *
 * An account of ours is not an outsider, and neither is a vendor for what it is covered for. A
 * service principal without a source is: any customer of that service can make it call (the
 * "confused deputy"). A grant to everyone without a limit is D16, a rule.
 */
#include "detect/arn.h"
#include "detect/detect.h"
#include "detect/own.h"
#include "detect/tools.h"

enum { CROSS_ACCOUNT, CONFUSED_DEPUTY };

static const struct str techniques[] = {STR_INIT("T1098")};

static const struct detection detections[] = {
    [CROSS_ACCOUNT] = {.id = STR_INIT("faaswatch.grant_cross_account"),
                       .ref = STR_INIT("D17"),
                       .title = STR_INIT("Function opened to an outside account"),
                       .description = STR_INIT("A statement in a function's resource policy lets "
                                               "an account in that is not ours."),
                       .severity = SEVERITY_HIGH,
                       .confidence = 0.7,
                       .question = Q1,
                       .indicator = KI1,
                       .entity = ENTITY_FUNCTION,
                       .techniques = techniques,
                       .technique_count = ARRAY_LEN(techniques),
                       .tactic = STR_INIT("persistence"),
                       .ours = true},
    [CONFUSED_DEPUTY] = {.id = STR_INIT("faaswatch.grant_confused_deputy"),
                         .ref = STR_INIT("D17"),
                         .title = STR_INIT("Function opened to a service without a source"),
                         .description = STR_INIT("A statement lets a service call the function "
                                                 "for whoever uses that service."),
                         .severity = SEVERITY_HIGH,
                         .confidence = 0.6,
                         .question = Q1,
                         .indicator = KI1,
                         .entity = ENTITY_FUNCTION,
                         .techniques = techniques,
                         .technique_count = ARRAY_LEN(techniques),
                         .tactic = STR_INIT("persistence"),
                         .ours = true},
};

static bool is_service(struct str principal)
{
    return str_ends(principal, STR(".amazonaws.com")) ||
           str_ends(principal, STR(".amazonaws.com.cn")) || str_ends(principal, STR(".amazon.com"));
}

/* How the sources of a statement limit it. */
struct limits {
    size_t count;
    struct str foreign;      /* account or organisation that is not ours */
    struct str organisation; /* one that nobody says is ours */
};

static bool is_organisation(struct str s)
{
    return str_starts(s, STR("o-"));
}

static struct limits limits_of(const struct detect_view *v)
{
    struct attr_iter it = {v->event, 0};
    const struct env *env = &v->context->env;
    struct limits l = {0};
    struct str source;
    while (attr_next(&it, ATTR_GRANT_SOURCE, &source)) {
        if (source.len == 0 || str_eq(source, STR("*"))) {
            continue; /* no limit at all */
        }
        l.count++;
        if (is_organisation(source)) {
            bool ours = str_eq(source, env->organization);
            l.foreign = !ours && env->organization.len > 0 ? source : l.foreign;
            l.organisation = !ours && env->organization.len == 0 ? source : l.organisation;
        } else if (own_of(v, source, event_attr_get(v->event, ATTR_GRANT_ACTION)) ==
                   OWNER_FOREIGN) {
            l.foreign = source;
        }
    }
    return l;
}

static enum err_code say_grant(const struct detect_view *v, enum severity severity,
                               struct str principal, const char *why, struct str whose)
{
    const struct event *e = v->event;
    return detect_say(v, &detections[CROSS_ACCOUNT], severity,
                      "%.*s may be called (%.*s) by %.*s%s%.*s, granted by %.*s",
                      SAY(e->function.name), SAY(event_attr_get(e, ATTR_GRANT_ACTION)),
                      SAY(principal), why, SAY(whose), SAY(event_who(e)));
}

static enum err_code look_at_service(const struct detect_view *v, struct str principal)
{
    const struct event *e = v->event;
    struct limits l = limits_of(v);
    if (l.foreign.len > 0) {
        return say_grant(v, SEVERITY_HIGH, principal, " for what is not ours: ", l.foreign);
    }
    if (l.count > 0) {
        return ERR_OK;
    }
    return detect_say(v, &detections[CONFUSED_DEPUTY], SEVERITY_HIGH,
                      "%.*s may be called by %.*s for anybody's %.*s: no source account or ARN "
                      "limits the grant by %.*s",
                      SAY(e->function.name), SAY(principal), SAY(principal), SAY(event_who(e)));
}

/* Everybody, but within a limit: then the limit says who it is. */
static enum err_code look_at_everybody(const struct detect_view *v, struct str principal)
{
    struct limits l = limits_of(v);
    if (l.foreign.len > 0) {
        return say_grant(v, SEVERITY_HIGH, principal, " within ", l.foreign);
    }
    if (l.organisation.len > 0) {
        return say_grant(v, SEVERITY_MEDIUM, principal,
                         " within an organisation that --env does not name: ", l.organisation);
    }
    return ERR_OK;
}

static enum err_code look_at_principal(const struct detect_view *v, struct str principal)
{
    struct str action = event_attr_get(v->event, ATTR_GRANT_ACTION);
    if (principal.len == 0) {
        return ERR_OK;
    }
    if (str_eq(principal, STR("*"))) {
        return look_at_everybody(v, principal);
    }
    if (is_service(principal)) {
        return look_at_service(v, principal);
    }
    switch (own_of(v, principal, action)) {
    case OWNER_FOREIGN:
        return say_grant(v, SEVERITY_HIGH, principal, ", an account that is not ours", STR_EMPTY);
    case OWNER_VENDOR:
        return say_grant(v, SEVERITY_LOW, principal, ", a vendor of --env", STR_EMPTY);
    case OWNER_UNKNOWN:
    case OWNER_OURS:
    default:
        return ERR_OK;
    }
}

static enum err_code on_event(void *state, const struct detect_view *v, struct err *err)
{
    const struct event *e = v->event;
    struct attr_iter it = {e, 0};
    struct str principal;
    enum err_code rc = ERR_OK;
    (void)state;
    (void)err;
    if (!event_is_lambda(e, "AddPermission") && !event_is_lambda(e, "PutResourcePolicy")) {
        return ERR_OK;
    }
    while (rc == ERR_OK && attr_next(&it, ATTR_GRANT_PRINCIPAL, &principal)) {
        rc = look_at_principal(v, principal);
    }
    return rc;
}

const struct detect_ops detect_resource_grant = {
    .detections = detections,
    .detection_count = ARRAY_LEN(detections),
    .state_size = 1,
    .on_event = on_event,
};
