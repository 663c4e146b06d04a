/*
 * entra_signin - Microsoft Entra's sign-in logs: Microsoft Graph, Azure Monitor's export, and tables
 * of Log Analytics (SigninLogs).
 *
 * The three say the same under the same names but for case: in Graph at the top, in the export inside
 * `properties`, in the tables at the top in another case.
 */
#include "source/login.h"

enum field {
    CREATED,
    CATEGORY,
    PROPERTIES,
    GENERATED,
    USER,
    USER_TABLE,
    APP,
    APP_TABLE,
    TIME,
    /* Asked for only so that the scanner sees when one of them stands twice. */
    TWICE_USER,
    TWICE_ADDRESS,
    TWICE_STATUS,
    FIELD_MAX_
};

static const char *const fields[FIELD_MAX_] = {
    [CREATED] = "createdDateTime",
    [CATEGORY] = "category",
    [PROPERTIES] = "properties",
    [GENERATED] = "TimeGenerated",
    [USER] = "userPrincipalName",
    [USER_TABLE] = "UserPrincipalName",
    [APP] = "appDisplayName",
    [APP_TABLE] = "AppDisplayName",
    [TIME] = "time",
    [TWICE_USER] = "properties.userPrincipalName",
    [TWICE_ADDRESS] = "properties.ipAddress",
    [TWICE_STATUS] = "properties.status.errorCode",
};

static const char NAME[] = "entra.signin";

/* clang-format off */
#define ENTRA_MEMBERS(M)                                                                           \
    M(ID, "id") M(CREATED_AT, "createdDateTime") M(UPN, "userPrincipalName") M(USER_ID, "userId")  \
    M(APPLICATION, "appDisplayName") M(APPLICATION_ID, "appId") M(ADDRESS, "ipAddress")            \
    M(AGENT, "userAgent") M(CLIENT, "clientAppUsed") M(CORRELATION, "correlationId")               \
    M(SESSION, "sessionId") M(STATUS, "status") M(RESULT, "resultType")                            \
    M(RESULT_TEXT, "resultDescription") M(REQUIREMENT, "authenticationRequirement")                \
    M(DETAILS, "authenticationDetails") M(DEVICE, "deviceDetail") M(LOCATION, "location")          \
    M(LOCATION_TABLE, "locationDetails") M(AS, "autonomousSystemNumber")                           \
    M(LEVEL, "riskLevelDuringSignIn") M(LEVEL_ALL, "riskLevelAggregated") M(STATE, "riskState")    \
    M(RISKS, "riskEventTypes_v2") M(RISKS_OLD, "riskEventTypes") M(INTERACTIVE, "isInteractive")   \
    M(EVENT_TYPES, "signInEventTypes") M(PRINCIPAL, "servicePrincipalName")                        \
    M(PRINCIPAL_ID, "servicePrincipalId") M(TENANT, "tenantId")                                    \
    M(TENANT_TABLE, "AADTenantId") M(KIND, "category") M(TIME_TABLE, "TimeGenerated")
/* clang-format on */

enum member {
#define AS_MEMBER(id, name) M_##id,
    ENTRA_MEMBERS(AS_MEMBER)
#undef AS_MEMBER
        M_MAX_
};

static const char *const members[M_MAX_] = {
#define AS_NAME(id, name) [M_##id] = name,
    ENTRA_MEMBERS(AS_NAME)
#undef AS_NAME
};

/* ---- probe ---- */

static bool is_text(const struct record *r, enum field f)
{
    return record_view(r, f).kind == JSON_STRING;
}

static int probe(const struct record *r)
{
    struct json_view category = record_view(r, CATEGORY);
    if (category.kind == JSON_STRING && record_view(r, PROPERTIES).kind == JSON_OBJECT &&
        str_iends((struct str){category.ptr, category.len}, STR("SignInLogs"))) {
        return 100;
    }
    if (is_text(r, CREATED) && is_text(r, USER) && record_view(r, APP).kind != JSON_ABSENT) {
        return 100;
    }
    return is_text(r, GENERATED) && is_text(r, USER_TABLE) && is_text(r, APP_TABLE) ? 95 : 0;
}

/* ---- parse ---- */

struct entra {
    struct login l;
    struct json_view outer[M_MAX_]; /* of the record */
    struct json_view in[M_MAX_];    /* of its properties, or of the record */
};

static struct json_view view(const struct entra *x, enum member m)
{
    return x->in[m].kind != JSON_ABSENT ? x->in[m] : x->outer[m];
}

static struct str text(struct entra *x, enum member m)
{
    return login_text(&x->l, view(x, m));
}

/* Objects and lists stand in tables as JSON text. */
static struct json_view object(struct entra *x, enum member m)
{
    return cf_object(&x->l.x, view(x, m));
}

static struct json_view array(struct entra *x, enum member m)
{
    return cf_array(&x->l.x, view(x, m));
}

/* Error codes that only ask the user for more: the sign-in goes on, under another id. */
static bool is_interrupt(uint64_t code)
{
    static const uint32_t codes[] = {16000, 16001, 16003, 50058, 50072, 50074, 50076,
                                     50079, 50097, 50125, 50127, 50129, 50140, 50143,
                                     50144, 50203, 51006, 65001, 81012, 81014};
    for (size_t i = 0; i < ARRAY_LEN(codes); i++) {
        if (codes[i] == code) {
            return true;
        }
    }
    return false;
}

static void outcome(struct entra *x)
{
    struct event *e = x->l.x.e;
    struct json_view status = object(x, M_STATUS);
    struct str code = login_at(&x->l, status, "errorCode");
    uint64_t number = 0;
    code = code.len != 0 ? code : text(x, M_RESULT);
    if (code.len == 0 || (str_u64(code, &number) && number == 0)) {
        return;
    }
    e->outcome = is_interrupt(number) ? OUTCOME_FAILED : OUTCOME_DENIED;
    e->error_code = code;
    e->error_message = login_at(&x->l, status, "failureReason");
    if (e->error_message.len == 0) {
        e->error_message = text(x, M_RESULT_TEXT);
    }
}

static void who(struct entra *x)
{
    struct str mail = text(x, M_UPN);
    struct str id = text(x, M_USER_ID);
    struct str machine = text(x, M_PRINCIPAL);
    if (mail.len != 0 || (id.len != 0 && machine.len == 0)) {
        login_person(&x->l, mail, id);
    } else {
        login_machine(&x->l, machine.len != 0 ? machine : text(x, M_PRINCIPAL_ID));
    }
}

/* Tokens that are renewed without anybody at the keyboard are told by the hundred. */
static bool is_silent(struct entra *x)
{
    struct json_view types = array(x, M_EVENT_TYPES);
    struct json_iter it = json_iter_of(types);
    struct json_view key, one;
    if (json_truth(view(x, M_INTERACTIVE)) == 0 ||
        str_ifind(text(x, M_KIND), STR("NonInteractive")) != SIZE_MAX) {
        return true;
    }
    return types.kind == JSON_ARRAY && json_iter_next(&it, &key, &one) &&
           str_ieq(login_text(&x->l, one), STR("nonInteractiveUser"));
}

static void factors(struct entra *x)
{
    struct json_view list = array(x, M_DETAILS);
    struct json_iter it = json_iter_of(list);
    struct json_view key, step;
    for (int i = 0; i < LOGIN_FACTS_MAX && list.kind == JSON_ARRAY; i++) {
        if (!json_iter_next(&it, &key, &step)) {
            break;
        }
        if (json_truth(cf_at(step, "succeeded")) != 0) {
            login_fact(&x->l, ATTR_FACTOR, login_at(&x->l, step, "authenticationMethod"));
        }
    }
    struct str need = text(x, M_REQUIREMENT);
    if (str_ieq(need, STR("multiFactorAuthentication"))) {
        login_mfa(&x->l, x->l.x.e->outcome == OUTCOME_OK);
    } else if (str_ieq(need, STR("singleFactorAuthentication"))) {
        login_mfa(&x->l, false);
    }
}

static void place(struct entra *x)
{
    struct json_view location = object(x, M_LOCATION);
    if (location.kind == JSON_ABSENT) {
        location = object(x, M_LOCATION_TABLE);
    }
    struct str country = login_at(&x->l, location, "countryOrRegion");
    struct str flat = text(x, M_LOCATION); /* of the export and the table: "DE" */
    login_fact(&x->l, ATTR_COUNTRY, country.len != 0 ? country : flat);
    login_place(&x->l, cf_at(location, "geoCoordinates.latitude"),
                cf_at(location, "geoCoordinates.longitude"));
    login_operator(&x->l, text(x, M_AS), STR_EMPTY);
}

static void device(struct entra *x)
{
    struct json_view d = object(x, M_DEVICE);
    struct str name = login_at(&x->l, d, "displayName");
    int managed = json_truth(cf_at(d, "isManaged"));
    name = name.len != 0 ? name : login_at(&x->l, d, "deviceId");
    name = name.len != 0 ? name : login_at(&x->l, d, "operatingSystem");
    if (name.len != 0) {
        login_fact(&x->l, ATTR_DEVICE,
                   cf_printf(&x->l.x, "%.*s%s", STR_ARG(name),
                             managed == 1   ? ", managed"
                             : managed == 0 ? ", not managed"
                                            : ""));
    }
}

/* What Entra calls a risk and what is only new to it; the words are those of riskEventType. */
static bool is_novelty(struct str risk)
{
    static const struct str words[] = {
        STR_INIT("unfamiliarFeatures"),   STR_INIT("newCountry"),
        STR_INIT("mcasNewCountry"),       STR_INIT("unlikelyTravel"),
        STR_INIT("mcasImpossibleTravel"), STR_INIT("impossibleTravel"),
    };
    for (size_t i = 0; i < ARRAY_LEN(words); i++) {
        if (str_ieq(risk, words[i])) {
            return true;
        }
    }
    return false;
}

static void risks(struct entra *x)
{
    struct str level = text(x, M_LEVEL);
    struct json_view list = array(x, M_RISKS);
    if (list.kind == JSON_ABSENT) {
        list = array(x, M_RISKS_OLD);
    }
    level = level.len != 0 ? level : text(x, M_LEVEL_ALL);
    if (str_ieq(level, STR("medium")) || str_ieq(level, STR("high"))) {
        login_fact(&x->l, ATTR_RISK, cf_printf(&x->l.x, "risk %.*s", STR_ARG(level)));
    }
    struct str state = text(x, M_STATE);
    if (str_ieq(state, STR("atRisk")) || str_ieq(state, STR("confirmedCompromised"))) {
        login_fact(&x->l, ATTR_RISK, state);
    }
    struct json_iter it = json_iter_of(list);
    struct json_view key, one;
    for (int i = 0; i < LOGIN_FACTS_MAX && list.kind == JSON_ARRAY; i++) {
        if (!json_iter_next(&it, &key, &one)) {
            return;
        }
        struct str risk = login_text(&x->l, one);
        login_fact(&x->l, is_novelty(risk) ? ATTR_NOVELTY : ATTR_RISK, risk);
    }
}

static void when(struct entra *x)
{
    static const enum member times[] = {M_CREATED_AT, M_TIME_TABLE};
    struct event *e = x->l.x.e;
    e->time_us = TIME_NONE;
    for (size_t i = 0; e->time_us == TIME_NONE && i < ARRAY_LEN(times); i++) {
        e->time_us = cf_time(&x->l.x, view(x, times[i]));
    }
    if (e->time_us == TIME_NONE) {
        e->time_us = cf_time(&x->l.x, cf_view(x->l.x.r, TIME));
    }
}

static enum err_code parse(const struct record *r, struct arena *a, struct event *out,
                           struct err *err)
{
    struct entra x = {.l = {.x = {.r = r, .a = a, .e = out}}};
    struct json_view whole = {
        .ptr = r->json->start, .len = (uint32_t)r->json->len, .kind = JSON_OBJECT};
    login_members(whole, members, M_MAX_, x.outer);
    login_members(cf_view(r, PROPERTIES), members, M_MAX_, x.in);
    when(&x);
    outcome(&x);
    who(&x);
    out->record_id = text(&x, M_ID);
    out->user_agent = text(&x, M_AGENT);
    out->kind = is_silent(&x) ? EVENT_OTHER : EVENT_LOGIN;
    out->name = out->kind == EVENT_LOGIN ? STR("Sign-in activity") : STR("Silent sign-in activity");
    out->action = out->kind == EVENT_LOGIN ? STR("Login") : STR("SilentLogin");
    login_address(&x.l, text(&x, M_ADDRESS));
    struct str session = text(&x, M_SESSION);
    login_fact(&x.l, ATTR_SIGN_IN, session.len != 0 ? session : text(&x, M_CORRELATION));
    struct str app = text(&x, M_APPLICATION);
    login_fact(&x.l, ATTR_APPLICATION, app.len != 0 ? app : text(&x, M_APPLICATION_ID));
    struct str tenant = text(&x, M_TENANT);
    login_fact(&x.l, ATTR_TENANT, tenant.len != 0 ? tenant : text(&x, M_TENANT_TABLE));
    factors(&x);
    place(&x);
    device(&x);
    risks(&x);
    return login_keep(&x.l, NAME, "login.microsoftonline.com", err);
}

static const struct logsource logsources[] = {{.product = "azure", .service = "signinlogs"}};

extern const struct source_ops source_entra_signin;
const struct source_ops source_entra_signin = {
    .name = NAME,
    .summary = "Microsoft Entra sign-in logs: Graph, Azure Monitor, Log Analytics",
    .reference = "https://learn.microsoft.com/graph/api/resources/signin",
    .fields = fields,
    .field_count = FIELD_MAX_,
    .logsources = logsources,
    .logsource_count = ARRAY_LEN(logsources),
    .probe = probe,
    .parse = parse,
    .sign_ins = true,
    .delay_us = 60 * TIME_MINUTE_US,
};
