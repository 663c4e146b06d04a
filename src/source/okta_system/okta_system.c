/*
 * okta_system - Okta's System Log: the API's answer, lines of it, and what log streaming delivers.
 *
 * Sign-ins, single sign-on to applications and second factors are logins; everything else is
 * counted. A second factor has a record of its own: what belongs to one sign-in has one external
 * session id.
 */
#include "source/login.h"

/* clang-format off */
#define OKTA_FIELDS(F)                                                                             \
    F(UUID, "uuid") F(TYPE, "eventType") F(PUBLISHED, "published") F(ACTOR, "actor")               \
    F(CLIENT, "client") F(OUTCOME, "outcome") F(SECURITY, "securityContext")                       \
    F(DEBUG, "debugContext") F(CONTEXT, "authenticationContext") F(TARGET, "target")               \
    F(DEVICE, "device")                                                                            \
    /* Asked for only so that the scanner sees when one of them stands twice. */                   \
    F(ACTOR_MAIL, "actor.alternateId") F(CLIENT_IP, "client.ipAddress")                            \
    F(RESULT, "outcome.result")
/* clang-format on */

enum field {
#define AS_ID(id, path) id,
    OKTA_FIELDS(AS_ID)
#undef AS_ID
        FIELD_MAX_
};

static const char *const fields[FIELD_MAX_] = {
#define AS_PATH(id, path) [id] = path,
    OKTA_FIELDS(AS_PATH)
#undef AS_PATH
};

static const char NAME[] = "okta.system";

static int probe(const struct record *r)
{
    bool ours = record_view(r, TYPE).kind == JSON_STRING &&
                record_view(r, PUBLISHED).kind == JSON_STRING &&
                record_view(r, ACTOR).kind == JSON_OBJECT;
    return !ours ? 0 : record_view(r, UUID).kind == JSON_STRING ? 100 : 80;
}

/* What is a login, and what we call it. */
static const struct {
    struct str type;
    struct str action;
    bool factor; /* a second factor was proved */
} logins[] = {
    {STR_INIT("user.session.start"), STR_INIT("Login"), false},
    {STR_INIT("user.authentication.sso"), STR_INIT("SingleSignOn"), false},
    {STR_INIT("user.authentication.auth_via_mfa"), STR_INIT("SecondFactor"), true},
    {STR_INIT("user.authentication.verify"), STR_INIT("Verify"), false},
    {STR_INIT("user.authentication.auth_via_IDP"), STR_INIT("LoginByProvider"), false},
    {STR_INIT("user.authentication.auth_via_inbound_SAML"), STR_INIT("LoginByProvider"), false},
    {STR_INIT("user.authentication.auth_via_social"), STR_INIT("LoginByProvider"), false},
    {STR_INIT("user.authentication.auth_via_radius"), STR_INIT("LoginByRadius"), false},
    {STR_INIT("user.session.impersonation.initiate"), STR_INIT("Impersonate"), false},
};

static void kind_of(struct login *l)
{
    struct event *e = l->x.e;
    e->name = login_text(l, cf_view(l->x.r, TYPE));
    e->action = e->name;
    e->kind = EVENT_OTHER;
    for (size_t i = 0; i < ARRAY_LEN(logins); i++) {
        if (str_eq(e->name, logins[i].type)) {
            e->kind = EVENT_LOGIN;
            e->action = logins[i].action;
            if (logins[i].factor && e->outcome == OUTCOME_OK) {
                login_mfa(l, true);
            }
            return;
        }
    }
}

static void outcome(struct login *l)
{
    struct event *e = l->x.e;
    struct json_view o = login_object(l, OUTCOME);
    struct str result = login_at(l, o, "result");
    bool ok = str_ieq(result, STR("SUCCESS")) || str_ieq(result, STR("ALLOW"));
    bool refused = str_ieq(result, STR("FAILURE")) || str_ieq(result, STR("DENY"));
    if (!ok && result.len != 0) {
        e->outcome = refused ? OUTCOME_DENIED : OUTCOME_FAILED; /* CHALLENGE, SKIPPED, UNKNOWN */
        e->error_code = result;
        e->error_message = login_at(l, o, "reason");
    }
}

static void who(struct login *l)
{
    struct json_view actor = login_object(l, ACTOR);
    struct str mail = login_at(l, actor, "alternateId");
    struct str id = login_at(l, actor, "id");
    if (str_ieq(login_at(l, actor, "type"), STR("User"))) {
        login_person(l, str_ieq(mail, STR("unknown")) ? STR_EMPTY : mail, id);
    } else {
        login_machine(l, mail.len != 0 ? mail : id);
    }
}

static void client(struct login *l)
{
    struct json_view c = login_object(l, CLIENT);
    struct json_view geo = cf_at(c, "geographicalContext");
    struct json_view sec = login_object(l, SECURITY);
    login_address(l, login_at(l, c, "ipAddress"));
    l->x.e->user_agent = login_at(l, c, "userAgent.rawUserAgent");
    login_fact(l, ATTR_COUNTRY, login_at(l, geo, "country"));
    login_place(l, cf_at(geo, "geolocation.lat"), cf_at(geo, "geolocation.lon"));
    login_operator(l, login_at(l, sec, "asNumber"), login_at(l, sec, "asOrg"));
    if (json_truth(cf_at(sec, "isProxy")) == 1) {
        login_fact(l, ATTR_RISK, STR("anonymising proxy"));
    }
}

static void device(struct login *l)
{
    struct json_view d = login_object(l, DEVICE);
    struct str name = login_at(l, d, "name");
    int managed = json_truth(cf_at(d, "managed"));
    if (name.len == 0) {
        name = login_at(l, d, "id");
    }
    if (name.len != 0) {
        login_fact(l, ATTR_DEVICE,
                   cf_printf(&l->x, "%.*s%s", STR_ARG(name),
                             managed == 1   ? ", managed"
                             : managed == 0 ? ", not managed"
                                            : ""));
    }
}

/* Next "KEY=VALUE" of "{New Device=POSITIVE, New IP=NEGATIVE}". */
static bool next_pair(struct str *rest, struct str *key, struct str *value)
{
    struct str pair;
    while (str_cut(rest, ',', &pair)) {
        size_t eq = str_chr(pair, '=');
        if (eq != SIZE_MAX) {
            *key = str_trim(str_head(pair, eq));
            *value = str_trim(str_from(pair, eq + 1));
            return true;
        }
    }
    return false;
}

/* Okta writes maps as text in braces. */
static struct str inside(struct str text)
{
    text = str_trim(text);
    if (text.len >= 2 && text.ptr[0] == '{' && text.ptr[text.len - 1] == '}') {
        return str_head(str_from(text, 1), text.len - 2);
    }
    return text;
}

static void add_risk(struct login *l, struct str level)
{
    if (level.len != 0 && !str_ieq(level, STR("LOW")) && !str_ieq(level, STR("NONE"))) {
        login_fact(l, ATTR_RISK, cf_printf(&l->x, "risk %.*s", STR_ARG(str_head(level, 40))));
    }
}

static void add_behaviour(struct login *l, struct str key, struct str value, size_t *count)
{
    if (str_ieq(value, STR("POSITIVE")) && (*count)++ < LOGIN_FACTS_MAX) {
        login_fact(l, ATTR_NOVELTY, key);
    }
}

/* logOnlySecurityData is JSON in a text, with the same two things. */
static void security_data(struct login *l, struct json_view debug)
{
    struct json_view data = cf_object(&l->x, cf_at(debug, "logOnlySecurityData"));
    struct json_view behaviours = cf_at(data, "behaviors");
    struct json_iter it = json_iter_of(behaviours);
    struct json_view key, value;
    size_t count = 0;
    add_risk(l, login_at(l, data, "risk.level"));
    while (behaviours.kind == JSON_OBJECT && json_iter_next(&it, &key, &value)) {
        add_behaviour(l, login_text(l, key), login_text(l, value), &count);
    }
}

static void debug(struct login *l)
{
    struct json_view data = cf_at(login_object(l, DEBUG), "debugData");
    struct str behaviours = inside(cf_text(&l->x, cf_at(data, "behaviors")));
    struct str risk = inside(cf_text(&l->x, cf_at(data, "risk")));
    struct str key, value;
    size_t count = 0;
    if (behaviours.len == 0 && risk.len == 0) {
        security_data(l, data);
    }
    while (next_pair(&behaviours, &key, &value)) {
        add_behaviour(l, key, value, &count);
    }
    while (next_pair(&risk, &key, &value)) {
        if (str_ieq(key, STR("level"))) {
            add_risk(l, value);
        }
    }
    if (json_truth(cf_at(data, "threatSuspected")) == 1) {
        login_fact(l, ATTR_RISK, STR("threat suspected"));
    }
    login_fact(l, ATTR_FACTOR, login_at(l, data, "factor"));
}

/* The application that was signed in to. */
static void target(struct login *l)
{
    struct json_view list = cf_view(l->x.r, TARGET);
    struct json_iter it = json_iter_of(list);
    struct json_view key, one;
    for (int i = 0; i < LOGIN_FACTS_MAX && list.kind == JSON_ARRAY; i++) {
        if (!json_iter_next(&it, &key, &one)) {
            return;
        }
        if (str_ieq(login_at(l, one, "type"), STR("AppInstance"))) {
            struct str name = login_at(l, one, "displayName");
            login_fact(l, ATTR_APPLICATION, name.len != 0 ? name : login_at(l, one, "alternateId"));
            return;
        }
    }
}

static enum err_code parse(const struct record *r, struct arena *a, struct event *out,
                           struct err *err)
{
    struct login l = {.x = {.r = r, .a = a, .e = out}};
    out->time_us = cf_time(&l.x, cf_view(r, PUBLISHED));
    out->record_id = login_text(&l, cf_view(r, UUID));
    outcome(&l);
    kind_of(&l);
    who(&l);
    client(&l);
    if (out->kind == EVENT_LOGIN) {
        struct json_view context = login_object(&l, CONTEXT);
        login_fact(&l, ATTR_SIGN_IN, login_at(&l, context, "externalSessionId"));
        target(&l);
        device(&l);
        debug(&l);
    }
    return login_keep(&l, NAME, "okta.com", err);
}

static const struct logsource logsources[] = {{.product = "okta", .service = "okta"}};

extern const struct source_ops source_okta_system;
const struct source_ops source_okta_system = {
    .name = NAME,
    .summary = "Okta System Log: sign-ins, single sign-on, second factors",
    .reference = "https://developer.okta.com/docs/api/openapi/okta-management/management/tag/"
                 "SystemLog/",
    .fields = fields,
    .field_count = FIELD_MAX_,
    .logsources = logsources,
    .logsource_count = ARRAY_LEN(logsources),
    .probe = probe,
    .parse = parse,
    .sign_ins = true,
    .delay_us = 10 * TIME_MINUTE_US,
};
