/*
 * gcp_access - D65 to D67: powerful roles are bound, keys of service accounts made, functions given
 * accounts that their deployer never used.
 */
#include "base/map.h"
#include "detect/gcp_access/member.h"
#include "detect/tools.h"

enum { OUTSIDE, POWERFUL, KEY, ENABLED, ACT_AS, DEFAULT_ACCOUNT };

static const struct str techniques_grant[] = {STR_INIT("T1098.003")};
static const struct str techniques_key[] = {STR_INIT("T1098.001")};
static const struct str techniques_as[] = {STR_INIT("T1078.004"), STR_INIT("T1548")};

#define DETECTION(name, number, headline, meaning, level, sure, about, which, first)               \
    {                                                                                              \
        .id = STR_INIT("faaswatch." name), .ref = STR_INIT(number), .title = STR_INIT(headline),   \
        .description = STR_INIT(meaning), .severity = SEVERITY_##level, .confidence = (sure),      \
        .question = Q2, .indicator = KI4, .entity = ENTITY_##about, .techniques = (which),         \
        .technique_count = ARRAY_LEN(which), .tactic = STR_INIT(first), .ours = true               \
    }

static const struct detection detections[] = {
    [OUTSIDE] = DETECTION("gcp_grant_outside", "D65", "Powerful role for somebody outside",
                          "A policy of Google Cloud gives everybody, or a member outside the "
                          "organisation, a role that leads to more rights.",
                          HIGH, 0.9, ROLE, techniques_grant, "privilege-escalation"),
    [POWERFUL] = DETECTION("gcp_grant_powerful", "D65", "Powerful role bound",
                           "A policy of Google Cloud gives a member a role that leads to more "
                           "rights, and that it was not known to have.",
                           HIGH, 0.6, ROLE, techniques_grant, "privilege-escalation"),
    [KEY] = DETECTION("gcp_account_key", "D66", "Key of a service account made",
                      "A key of a service account was made or uploaded: whoever has it is the "
                      "account, from anywhere, for as long as it is not taken away.",
                      HIGH, 0.6, ROLE, techniques_key, "persistence"),
    [ENABLED] = DETECTION("gcp_account_enabled", "D66", "Service account switched on again",
                          "A service account or a key of one that had been disabled can be used "
                          "again.",
                          HIGH, 0.5, ROLE, techniques_key, "persistence"),
    [ACT_AS] =
        DETECTION("gcp_act_as", "D67", "Function given an account that its deployer never used",
                  "Somebody deployed a function with a service account that it did not "
                  "have, and that was never given by him to any before.",
                  HIGH, 0.6, FUNCTION, techniques_as, "privilege-escalation"),
    [DEFAULT_ACCOUNT] = {.id = STR_INIT("faaswatch.gcp_default_account"),
                         .ref = STR_INIT("D67"),
                         .title = STR_INIT("Function runs as a default service account"),
                         .description = STR_INIT("Default accounts often have the role Editor: "
                                                 "what runs as one may do nearly everything."),
                         .severity = SEVERITY_LOW,
                         .confidence = 0.4,
                         .question = Q2,
                         .indicator = KI4,
                         .entity = ENTITY_FUNCTION,
                         .techniques = techniques_as,
                         .technique_count = ARRAY_LEN(techniques_as),
                         .tactic = STR_INIT("privilege-escalation"),
                         .ours = true,
                         .is_posture = true},
};

/* What an actor deployed so far. */
struct deployer {
    unsigned deployments;
};
enum { DEPLOYMENTS_MIN = 3 }; /* before a first time says anything */

struct state {
    struct map granted;   /* resource, role and member */
    struct map deployers; /* actor -> struct deployer */
    struct map used;      /* actor and account */
};

/* Was it in the set? Notes that it is now, if the call did anything. ERR_NOMEM. */
static enum err_code noted(struct map *set, const struct detect_view *v, struct str key, bool *was)
{
    static char yes;
    struct map_entry *m = map_put(set, key);
    if (m == NULL) {
        return ERR_NOMEM;
    }
    *was = m->value != NULL;
    m->value = event_ok(v->event) ? &yes : m->value;
    return ERR_OK;
}

/* ---- D65 ---- */

static enum err_code look_at_grant(struct state *st, const struct detect_view *v, struct str role,
                                   struct str member)
{
    const struct event *e = v->event;
    struct str key;
    bool was;
    if (!member_role_is_powerful(role) || member_is_agent(member)) {
        return ERR_OK;
    }
    if (!arena_printf(v->arena, &key, "%.*s\n%.*s\n%.*s", STR_ARG(event_attr_get(e, ATTR_TARGET)),
                      STR_ARG(role), STR_ARG(member)) ||
        noted(&st->granted, v, key, &was) != ERR_OK) {
        return ERR_NOMEM;
    }
    enum member_side side = member_side_of(v, member);
    /* What a policy states whole may have stood there before; of members inside that is no news. */
    bool whole = event_has(e, ATTR_POLICY_SET);
    if ((was && whole) || (whole && side == MEMBER_INSIDE)) {
        return ERR_OK;
    }
    bool outside = side != MEMBER_INSIDE;
    enum severity severity = side == MEMBER_EVERYBODY ? SEVERITY_CRITICAL : SEVERITY_HIGH;
    return detect_say(v, &detections[outside ? OUTSIDE : POWERFUL], severity,
                      "%.*s gave %.*s%s the role %.*s on %.*s", SAY(event_who(e)), SAY(member),
                      side == MEMBER_OUTSIDE ? ", who is not of the organisation," : "", SAY(role),
                      SAY(event_attr_get(e, ATTR_TARGET)));
}

static enum err_code look_at_policy(struct state *st, const struct detect_view *v)
{
    const struct event *e = v->event;
    struct str role = STR_EMPTY;
    enum err_code rc = ERR_OK;
    for (size_t i = 0; rc == ERR_OK && i < e->attr_count; i++) {
        if (e->attrs[i].id == ATTR_GRANT_ACTION) {
            role = e->attrs[i].value;
        } else if (e->attrs[i].id == ATTR_GRANT_PRINCIPAL) {
            rc = look_at_grant(st, v, role, e->attrs[i].value);
        }
    }
    return rc;
}

/* ---- D66 ---- */

static enum err_code look_at_key(const struct detect_view *v)
{
    static const struct {
        const char *action;
        int which;
        const char *what;
    } rows[] = {
        {"CreateServiceAccountKey", KEY, "made a key of"},
        {"UploadServiceAccountKey", KEY, "uploaded a key for"},
        {"hmacKeys.create", KEY, "made an HMAC key of"},
        {"EnableServiceAccount", ENABLED, "switched on"},
        {"EnableServiceAccountKey", ENABLED, "switched on a key of"},
        {"UndeleteServiceAccount", ENABLED, "brought back"},
    };
    const struct event *e = v->event;
    for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
        if (str_eq(e->action, str_of(rows[i].action))) {
            struct str whose = event_attr_get(e, ATTR_TARGET_USER);
            return detect_say(v, &detections[rows[i].which], SEVERITY_HIGH, "%.*s %s %.*s%s%.*s",
                              SAY(event_who(e)), rows[i].what,
                              SAY(whose.len > 0 ? whose : STR("a service account")),
                              e->address.len > 0 ? " from " : "", SAY(e->address));
        }
    }
    return ERR_OK;
}

/* ---- D67 ---- */

static struct deployer *deployer_of(struct state *st, const struct detect_view *v, struct str who)
{
    struct map_entry *m = map_put(&st->deployers, who);
    if (m != NULL && m->value == NULL) {
        m->value = ARENA_NEW(v->arena, struct deployer);
    }
    return m == NULL ? NULL : m->value;
}

static bool is_default_account(struct str mail)
{
    return str_ends(mail, STR("-compute@developer.gserviceaccount.com")) ||
           str_ends(mail, STR("@appspot.gserviceaccount.com"));
}

static enum err_code look_at_account(struct state *st, const struct detect_view *v)
{
    const struct event *e = v->event;
    struct str account = event_attr_get(e, ATTR_ROLE);
    struct str who = event_actor_key(e);
    struct str was = v->function->before.role;
    struct str key;
    bool used;
    if (account.len == 0 || who.len == 0 || e->who.kind == IDENTITY_SERVICE) {
        return ERR_OK;
    }
    struct deployer *d = deployer_of(st, v, who);
    if (d == NULL || !arena_printf(v->arena, &key, "%.*s\n%.*s", STR_ARG(who), STR_ARG(account)) ||
        noted(&st->used, v, key, &used) != ERR_OK) {
        return ERR_NOMEM;
    }
    unsigned before = d->deployments;
    d->deployments += event_ok(e) ? 1 : 0;
    if (str_ieq(was, account)) {
        return ERR_OK; /* it is the function's own */
    }
    if (!used && (was.len > 0 || before >= DEPLOYMENTS_MIN)) {
        return detect_say(
            v, &detections[ACT_AS], SEVERITY_HIGH,
            "%.*s gave %.*s the account %.*s, which was never given by him to any in %u "
            "deployments%s%.*s",
            SAY(event_who(e)), SAY(e->function.name), SAY(account), before,
            was.len > 0 ? "; it ran as " : "", SAY(was));
    }
    return !is_default_account(account)
               ? ERR_OK
               : detect_say(v, &detections[DEFAULT_ACCOUNT], SEVERITY_LOW,
                            "%.*s runs as the default account %.*s, deployed by %.*s",
                            SAY(e->function.name), SAY(account), SAY(event_who(e)));
}

static enum err_code on_event(void *state, const struct detect_view *v, struct err *err)
{
    const struct event *e = v->event;
    (void)err;
    if (!str_eq(e->source, STR("gcp.audit"))) {
        return ERR_OK;
    }
    if (e->kind == EVENT_CHANGE && v->function != NULL) {
        return look_at_account(state, v);
    }
    if (e->kind != EVENT_IDENTITY) {
        return ERR_OK;
    }
    enum err_code rc = look_at_policy(state, v);
    return rc ? rc : look_at_key(v);
}

static void release(void *state)
{
    struct state *st = state;
    map_free(&st->granted);
    map_free(&st->deployers);
    map_free(&st->used);
}

const struct detect_ops detect_gcp_access = {
    .detections = detections,
    .detection_count = ARRAY_LEN(detections),
    .state_size = sizeof(struct state),
    .on_event = on_event,
    .release = release,
};
