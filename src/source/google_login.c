#include "source/google_login.h"

#include "source/log_entry.h"

/* ---- events and their parameters ---- */

/* By weight: the first of these that an activity holds names it. */
struct google_login_known {
    struct str name;
    struct str action;
    enum event_outcome outcome;
    struct str risk;
};

static const struct google_login_known known[] = {
    {STR_INIT("login_failure"), STR_INIT("Login"), OUTCOME_DENIED, STR_INIT("")},
    {STR_INIT("login_success"), STR_INIT("Login"), OUTCOME_OK, STR_INIT("")},
    {STR_INIT("suspicious_login"), STR_INIT("Login"), OUTCOME_OK, STR_INIT("suspicious login")},
    {STR_INIT("suspicious_login_less_secure_app"), STR_INIT("Login"), OUTCOME_OK,
     STR_INIT("suspicious login by a less secure app")},
    {STR_INIT("suspicious_programmatic_login"), STR_INIT("Login"), OUTCOME_OK,
     STR_INIT("suspicious programmatic login")},
    {STR_INIT("login_verification"), STR_INIT("SecondFactor"), OUTCOME_OK, STR_INIT("")},
    {STR_INIT("login_challenge"), STR_INIT("Challenge"), OUTCOME_OK, STR_INIT("")},
};

static const struct google_login_known *known_of(struct str name)
{
    for (size_t i = 0; i < ARRAY_LEN(known); i++) {
        if (str_eq(name, known[i].name)) {
            return &known[i];
        }
    }
    return NULL;
}

static bool is_second(struct str method)
{
    static const struct str words[] = {STR_INIT("none"),
                                       STR_INIT("password"),
                                       STR_INIT("knowledge_employee_id"),
                                       STR_INIT("login_location"),
                                       STR_INIT("knowledge_preregistered_email"),
                                       STR_INIT("other"),
                                       STR_INIT("saml")};
    for (size_t i = 0; i < ARRAY_LEN(words); i++) {
        if (str_ieq(method, words[i])) {
            return false;
        }
    }
    return method.len != 0;
}

static void take_method(struct login *l, struct google_login *f, struct str method)
{
    f->methods = true;
    f->second = f->second || is_second(method);
    login_fact(l, ATTR_FACTOR, method);
}

/* The values of a parameter, under the names that the two ways in give them. */
static void take_parameter(struct login *l, struct google_login *f, struct json_view p)
{
    enum { P_NAME, VALUE, MULTI, MULTI_LOG, BOOL, P_MAX_ };
    static const char *const names[P_MAX_] = {"name", "value", "multiValue", "multiStrValue",
                                              "boolValue"};
    struct json_view v[P_MAX_];
    login_members(p, names, P_MAX_, v);
    struct str name = login_text(l, v[P_NAME]);
    struct str value = login_text(l, v[VALUE]);
    bool yes = json_truth(v[BOOL]) == 1 || json_truth(v[VALUE]) == 1;
    if (str_eq(name, STR("login_challenge_method"))) {
        struct json_view list = v[MULTI].kind == JSON_ARRAY ? v[MULTI] : v[MULTI_LOG];
        struct json_iter it = json_iter_of(list);
        struct json_view key, one;
        for (int i = 0; i < LOGIN_FACTS_MAX && list.kind == JSON_ARRAY; i++) {
            if (!json_iter_next(&it, &key, &one)) {
                break;
            }
            take_method(l, f, login_text(l, one));
        }
        if (value.len != 0) {
            take_method(l, f, value);
        }
    } else if (str_eq(name, STR("is_second_factor"))) {
        f->second = f->second || yes;
    } else if (str_eq(name, STR("is_suspicious"))) {
        f->suspicious = f->suspicious || yes;
    } else if (str_eq(name, STR("login_challenge_status"))) {
        f->failed = f->failed || str_ifind(value, STR("fail")) != SIZE_MAX;
    } else if (str_eq(name, STR("application_name"))) {
        login_fact(l, ATTR_APPLICATION, value);
    } else if (str_eq(name, STR("login_failure_type")) || str_eq(name, STR("failure_type"))) {
        l->x.e->error_code = value;
    } else if (str_eq(name, STR("login_type"))) {
        login_fact(l, ATTR_FACTOR, value);
    }
}

/* One event: name and parameters, spelt "name"/"parameters" or "eventName"/"parameter". */
static void take_event(struct login *l, struct google_login *f, struct json_view one)
{
    enum { E_NAME, E_NAME_LOG, PARAMS, PARAMS_LOG, E_MAX_ };
    static const char *const names[E_MAX_] = {"name", "eventName", "parameters", "parameter"};
    struct json_view v[E_MAX_];
    login_members(one, names, E_MAX_, v);
    struct str name = login_text(l, v[E_NAME].kind == JSON_STRING ? v[E_NAME] : v[E_NAME_LOG]);
    const struct google_login_known *k = known_of(name);
    bool first = f->name.len == 0;
    if (first || (k != NULL && (f->known == NULL || k < f->known))) {
        f->name = name;
        f->known = k;
    }
    struct json_view list = v[PARAMS].kind == JSON_ARRAY ? v[PARAMS] : v[PARAMS_LOG];
    struct json_iter it = json_iter_of(list);
    struct json_view key, p;
    for (int i = 0; i < 4 * LOGIN_FACTS_MAX && list.kind == JSON_ARRAY; i++) {
        if (!json_iter_next(&it, &key, &p)) {
            return;
        }
        take_parameter(l, f, p);
    }
}

void google_login_take(struct login *l, struct google_login *f, struct json_view list)
{
    struct json_iter it = json_iter_of(list);
    struct json_view key, one;
    for (int i = 0; i < LOGIN_FACTS_MAX && list.kind == JSON_ARRAY; i++) {
        if (!json_iter_next(&it, &key, &one)) {
            return;
        }
        take_event(l, f, one);
    }
}

void google_login_settle(struct login *l, const struct google_login *f)
{
    struct event *e = l->x.e;
    e->name = f->name;
    e->action = f->name;
    e->kind = EVENT_OTHER;
    if (f->known != NULL) {
        e->kind = EVENT_LOGIN;
        e->action = f->saml ? STR("SingleSignOn") : f->known->action;
        e->outcome = f->failed ? OUTCOME_DENIED : f->known->outcome;
        login_fact(l, ATTR_RISK, f->known->risk);
    }
    if (f->suspicious) {
        login_fact(l, ATTR_RISK, STR("suspicious login"));
    }
    bool proved = e->outcome == OUTCOME_OK;
    if (e->kind == EVENT_LOGIN && (f->second || f->methods)) {
        login_mfa(l, f->second && proved);
    }
    if (proved) {
        e->error_code = STR_EMPTY;
    }
}

/* ---- Cloud Logging ---- */

bool google_login_is(struct json_view payload)
{
    struct json_view v = log_entry_get(payload, "serviceName");
    return v.kind == JSON_STRING && str_eq((struct str){v.ptr, v.len}, STR("login.googleapis.com"));
}

/* Shared with Cloud Logging: an audit record with the activity in its metadata. */
static void logged(struct login *l, struct google_login *f)
{
    struct json_view p = log_entry_view(l->x.r, LE_PROTO);
    struct event *e = l->x.e;
    struct json_view meta = log_entry_get(p, "metadata");
    e->time_us = cf_time(&l->x, log_entry_view(l->x.r, LE_TIMESTAMP));
    e->record_id = login_text(l, log_entry_view(l->x.r, LE_INSERT_ID));
    login_person(l, login_text(l, log_entry_get(p, "authenticationInfo.principalEmail")),
                 STR_EMPTY);
    login_address(l, login_text(l, log_entry_get(p, "requestMetadata.callerIp")));
    login_fact(l, ATTR_TENANT, login_text(l, log_entry_get(p, "resourceName")));
    google_login_take(l, f, log_entry_get(meta, "event"));
    if (f->name.len == 0) { /* metadata left out: google.login.LoginService.loginSuccess */
        struct str method = login_text(l, log_entry_get(p, "methodName"));
        size_t dot = str_rchr(method, '.');
        struct str word = dot == SIZE_MAX ? method : str_from(method, dot + 1);
        f->known = str_eq(word, STR("loginSuccess"))        ? known_of(STR("login_success"))
                   : str_eq(word, STR("loginFailure"))      ? known_of(STR("login_failure"))
                   : str_eq(word, STR("loginVerification")) ? known_of(STR("login_verification"))
                   : str_eq(word, STR("loginChallenge"))    ? known_of(STR("login_challenge"))
                                                            : NULL;
        f->name = f->known != NULL ? f->known->name : word;
    }
}

enum err_code google_login_logged(const struct record *r, const char *source, struct arena *a,
                                  struct event *out, struct err *err)
{
    struct login l = {.x = {.r = r, .a = a, .e = out}};
    struct google_login f = {0};
    logged(&l, &f);
    google_login_settle(&l, &f);
    return login_keep(&l, source, GOOGLE_LOGIN_SERVICE, err);
}
