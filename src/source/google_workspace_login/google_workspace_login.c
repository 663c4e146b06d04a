/*
 * google_workspace_login - Google Workspace's login audit: activities of the Reports API (logins, and
 * single sign-on to applications by SAML). What is shared with Cloud Logging is a record of gcp.audit.
 */
#include "source/google_login.h"

/* clang-format off */
#define OWN_FIELDS(F)                                                                              \
    F(ID, "id") F(ACTOR, "actor") F(ADDRESS, "ipAddress") F(EVENTS, "events")                      \
    F(NETWORK, "networkInfo") F(APPLICATION, "id.applicationName") F(TIME, "id.time")              \
    F(UNIQUE, "id.uniqueQualifier") F(CUSTOMER, "id.customerId") F(EMAIL, "actor.email")           \
    F(PROFILE, "actor.profileId")
/* clang-format on */

enum field {
#define AS_ID(id, path) id,
    OWN_FIELDS(AS_ID)
#undef AS_ID
        FIELD_MAX_
};

static const char *const fields[FIELD_MAX_] = {
#define AS_PATH(id, path) [id] = path,
    OWN_FIELDS(AS_PATH)
#undef AS_PATH
};

static const char NAME[] = "google.workspace_login";

/* ---- probe ---- */

static bool says(struct json_view v, struct str want)
{
    return v.kind == JSON_STRING && str_eq((struct str){v.ptr, v.len}, want);
}

static int probe(const struct record *r)
{
    struct json_view app = record_view(r, APPLICATION);
    return (says(app, STR("login")) || says(app, STR("saml"))) &&
                   record_view(r, EVENTS).kind == JSON_ARRAY
               ? 100
               : 0;
}

/* ---- parse ---- */

static void activity(struct login *l, struct google_login *f)
{
    const struct record *r = l->x.r;
    struct event *e = l->x.e;
    struct json_view network = login_object(l, NETWORK);
    struct json_view as = cf_at(network, "ipAsn");
    struct json_iter it = json_iter_of(as);
    struct json_view key, first;
    e->time_us = cf_time(&l->x, cf_view(r, TIME));
    e->record_id = login_text(l, cf_view(r, UNIQUE));
    login_person(l, login_text(l, cf_view(r, EMAIL)), login_text(l, cf_view(r, PROFILE)));
    login_address(l, login_text(l, cf_view(r, ADDRESS)));
    login_fact(l, ATTR_TENANT, login_text(l, cf_view(r, CUSTOMER)));
    login_fact(l, ATTR_COUNTRY, login_at(l, network, "regionCode"));
    if (as.kind == JSON_ARRAY && json_iter_next(&it, &key, &first)) {
        login_operator(l, login_text(l, first), STR_EMPTY);
    }
    google_login_take(l, f, cf_view(r, EVENTS));
    f->saml = says(record_view(r, APPLICATION), STR("saml"));
}

static enum err_code parse(const struct record *r, struct arena *a, struct event *out,
                           struct err *err)
{
    struct login l = {.x = {.r = r, .a = a, .e = out}};
    struct google_login f = {0};
    activity(&l, &f);
    google_login_settle(&l, &f);
    return login_keep(&l, NAME, GOOGLE_LOGIN_SERVICE, err);
}

static const struct logsource logsources[] = {
    {.product = "gcp", .service = "google_workspace.login"}};

extern const struct source_ops source_google_workspace_login;
const struct source_ops source_google_workspace_login = {
    .name = NAME,
    .summary = "Google Workspace login audit: Reports API",
    .reference = "https://developers.google.com/workspace/admin/reports/v1/appendix/activity/login",
    .fields = fields,
    .field_count = FIELD_MAX_,
    .logsources = logsources,
    .logsource_count = ARRAY_LEN(logsources),
    .probe = probe,
    .parse = parse,
    .sign_ins = true,
    .delay_us = 2 * TIME_HOUR_US,
};
