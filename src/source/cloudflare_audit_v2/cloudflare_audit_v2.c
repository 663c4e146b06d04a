/*
 * cloudflare_audit_v2 - Cloudflare's audit log, version 2: of the API (accounts, organizations)
 * and of Logpush (dataset audit_logs_v2).
 *
 * Version 2 writes down calls of the API. What a call is follows from its method and path
 * (calls.def), not from the words of the log, which vary.
 */
#include "codec/url.h"
#include "source/cloudflare_audit_v2/take.h"

/* clang-format off */
#define V2_FIELDS(F)                                                                               \
    F(ID, "id") F(TIME, "action.time") F(TYPE, "action.type") F(RESULT, "action.result")           \
    F(DESCRIPTION, "action.description") F(ACCOUNT, "account.id")                                  \
    F(ACTOR_EMAIL, "actor.email") F(ACTOR_ID, "actor.id") F(ACTOR_IP, "actor.ip_address")          \
    F(ACTOR_CONTEXT, "actor.context") F(ACTOR_TYPE, "actor.type")                                  \
    F(TOKEN_ID, "actor.token_id") F(TOKEN_NAME, "actor.token_name") F(RAW, "raw")                  \
    F(RESOURCE_ID, "resource.id") F(PRODUCT, "resource.product") F(RESOURCE_TYPE, "resource.type") \
    F(REQUEST, "resource.request") F(RESPONSE, "resource.response")                                \
    F(ZONE_ID, "zone.id") F(ZONE_NAME, "zone.name")                                                \
    F(LP_ID, "AuditLogID") F(LP_TIME, "ActionTimestamp") F(LP_TYPE, "ActionType")                  \
    F(LP_RESULT, "ActionResult") F(LP_DESCRIPTION, "ActionDescription") F(LP_ACCOUNT, "AccountID") \
    F(LP_ACTOR_EMAIL, "ActorEmail") F(LP_ACTOR_ID, "ActorID") F(LP_ACTOR_IP, "ActorIPAddress")     \
    F(LP_ACTOR_CONTEXT, "ActorContext") F(LP_ACTOR_TYPE, "ActorType")                              \
    F(LP_TOKEN, "ActorTokenDetails") F(LP_RAW, "Raw") F(LP_RESOURCE_ID, "ResourceID")              \
    F(LP_PRODUCT, "ResourceProduct") F(LP_RESOURCE_TYPE, "ResourceType")                           \
    F(LP_REQUEST, "ResourceRequest") F(LP_RESPONSE, "ResourceResponse") F(LP_ZONE_ID, "ZoneID")    \
    F(LP_ZONE_NAME, "ZoneName")
/* clang-format on */

enum field {
#define AS_ID(id, path) id,
    V2_FIELDS(AS_ID)
#undef AS_ID
        FIELD_MAX_
};

static const char *const fields[FIELD_MAX_] = {
#define AS_PATH(id, path) [id] = path,
    V2_FIELDS(AS_PATH)
#undef AS_PATH
};

static const char NAME[] = "cloudflare.audit_v2";

/* ---- probe ---- */

static bool is_text(const struct record *r, enum field f)
{
    return record_view(r, f).kind == JSON_STRING;
}

static int probe(const struct record *r)
{
    if (is_text(r, LP_ID) && (cf_view(r, LP_TIME).kind != JSON_ABSENT || is_text(r, LP_TYPE))) {
        return 100;
    }
    /* A GCP or GitHub record has no action.time beside an actor. */
    bool acted = is_text(r, TIME) && is_text(r, TYPE);
    bool who = is_text(r, ACTOR_TYPE) || is_text(r, ACTOR_CONTEXT) || is_text(r, ACTOR_EMAIL) ||
               is_text(r, ACTOR_ID);
    bool what = cf_view(r, RAW).kind == JSON_OBJECT || is_text(r, PRODUCT) ||
                is_text(r, RESOURCE_TYPE) || is_text(r, ACCOUNT);
    return acted && who && what ? 95 : 0;
}

/* ---- who ---- */

/* A token that an account owns stands for itself, a person's for the person. */
static void identity(struct cf_extract *x)
{
    const struct record *r = x->r;
    struct identity *w = &x->e->who;
    struct json_view token = cf_object(x, cf_view(r, LP_TOKEN));
    struct str type = cf_text(x, cf_either(r, ACTOR_TYPE, LP_ACTOR_TYPE));
    struct str context = cf_text(x, cf_either(r, ACTOR_CONTEXT, LP_ACTOR_CONTEXT));
    struct str mail = cf_text(x, cf_either(r, ACTOR_EMAIL, LP_ACTOR_EMAIL));
    struct json_view id = cf_view(r, TOKEN_ID);
    struct json_view name = cf_view(r, TOKEN_NAME);
    id = id.kind != JSON_ABSENT ? id : cf_member_loose(token, STR("token_id"));
    id = id.kind != JSON_ABSENT ? id : cf_member_loose(token, STR("id"));
    name = name.kind != JSON_ABSENT ? name : cf_member_loose(token, STR("token_name"));
    name = name.kind != JSON_ABSENT ? name : cf_member_loose(token, STR("name"));
    w->access_key = cf_text(x, id);
    w->session_name = cf_text(x, name);
    w->principal_id = cf_text(x, cf_either(r, ACTOR_ID, LP_ACTOR_ID));
    w->account = x->e->account;
    w->console = str_ieq(context, STR("dash"));
    if (str_ieq(type, STR("system")) || str_ieq(type, STR("cloudflare_admin"))) {
        w->kind = IDENTITY_SERVICE;
        w->principal = str_ieq(type, STR("system")) ? STR("cloudflare") : STR("cloudflare staff");
    } else if (mail.len != 0) {
        w->kind = IDENTITY_USER;
        w->principal = mail;
        w->name = mail;
    } else if (w->access_key.len != 0) {
        w->kind = IDENTITY_USER;
        w->principal = cf_printf(x, "token:%.*s", STR_ARG(w->access_key));
        w->name = w->session_name;
    } else if (w->principal_id.len != 0) {
        w->kind = str_ieq(type, STR("account")) ? IDENTITY_ACCOUNT : IDENTITY_USER;
        w->principal = w->principal_id;
    }
}

/* ---- what ---- */

struct raw {
    struct str method, uri, status, ray;
};

static struct raw raw_of(struct cf_extract *x)
{
    struct json_view raw = cf_object(x, cf_either(x->r, RAW, LP_RAW));
    struct raw out = {
        .method = cf_text(x, cf_member_loose(raw, STR("method"))),
        .uri = cf_text(x, cf_member_loose(raw, STR("uri"))),
        .status = cf_text(x, cf_member_loose(raw, STR("status_code"))),
        .ray = cf_text(x, cf_member_loose(raw, STR("cf_ray_id"))),
    };
    x->e->user_agent = cf_text(x, cf_member_loose(raw, STR("user_agent")));
    if (out.ray.len == 0) {
        out.ray = cf_text(x, cf_member_loose(raw, STR("ray_id")));
    }
    return out;
}

static void outcome(struct cf_extract *x, const struct raw *raw)
{
    struct json_view v = cf_either(x->r, RESULT, LP_RESULT);
    struct str result = cf_text(x, v);
    bool refused = str_eq(raw->status, STR("401")) || str_eq(raw->status, STR("403"));
    bool failed = str_ieq(result, STR("failure")) || str_ieq(result, STR("failed")) ||
                  json_truth(v) == 0 || (raw->status.len == 3 && raw->status.ptr[0] >= '4');
    x->e->outcome = !failed ? OUTCOME_OK : refused ? OUTCOME_DENIED : OUTCOME_FAILED;
    x->e->error_code = !failed ? STR_EMPTY : raw->status.len != 0 ? raw->status : result;
}

/* The members of the answer, out of the API's envelope. */
static struct json_view answer_of(struct cf_extract *x)
{
    struct json_view v = cf_object(x, cf_either(x->r, RESPONSE, LP_RESPONSE));
    struct json_view inner = cf_at(v, "result");
    return inner.kind == JSON_OBJECT || inner.kind == JSON_ARRAY ? inner : v;
}

static struct json_view request_of(struct cf_extract *x)
{
    struct json_view v = cf_either(x->r, REQUEST, LP_REQUEST);
    struct json_view object = cf_object(x, v);
    return object.kind == JSON_OBJECT ? object : cf_array(x, v);
}

static struct str service_of(enum v2_family family)
{
    switch (family) {
    case V2_MEMBER:
    case V2_GROUP:
    case V2_TOKEN:
        return STR("cloudflare.iam");
    case V2_LOGPUSH:
        return STR("cloudflare.logpush");
    case V2_DNS:
        return STR("cloudflare.dns");
    case V2_SCRIPT:
    case V2_DEPLOY:
    case V2_SECRET:
    case V2_SETTINGS:
    case V2_SUBDOMAIN:
    case V2_ROUTE:
    case V2_DOMAIN:
    case V2_SCHEDULE:
    case V2_TAIL:
    case V2_OTHER:
    default:
        return STR("cloudflare.workers");
    }
}

/* A name in a path may be percent-encoded. */
static void decode(struct cf_extract *x, struct str *s)
{
    struct str out;
    if (!url_decode(*s, x->a, &out)) {
        x->full = true;
        return;
    }
    *s = out;
}

static void known_call(struct cf_extract *x, const struct v2_call *call, struct v2_body *b)
{
    struct event *e = x->e;
    decode(x, &b->path.script);
    decode(x, &b->path.id);
    e->service = service_of(call->family);
    e->name = cf_printf(x, "%.*s %.*s", STR_ARG(call->method), STR_ARG(call->path));
    e->action = call->action;
    e->kind = call->kind;
    if (e->account.len == 0) {
        e->account = b->path.account;
    }
    cf_function(x, e->account, b->path.script);
    b->request = request_of(x);
    b->answer = answer_of(x);
    v2_take(x, call, b);
}

static void other_call(struct cf_extract *x, const struct raw *raw)
{
    struct event *e = x->e;
    struct str type = cf_text(x, cf_either(x->r, RESOURCE_TYPE, LP_RESOURCE_TYPE));
    struct str product = cf_text(x, cf_either(x->r, PRODUCT, LP_PRODUCT));
    struct str verb = cf_text(x, cf_either(x->r, TYPE, LP_TYPE));
    e->service = cf_printf(x, "cloudflare.%.*s", STR_ARG(str_head(product, 40)));
    e->name = cf_printf(x, "%.*s %.*s", STR_ARG(raw->method.len != 0 ? raw->method : verb),
                        STR_ARG(str_head(type, 80)));
    e->action = e->name;
    e->read_only = str_ieq(verb, STR("view")) || str_ieq(raw->method, STR("GET"));
}

static enum err_code parse(const struct record *r, struct arena *a, struct event *out,
                           struct err *err)
{
    struct cf_extract x = {.r = r, .a = a, .e = out};
    struct v2_body b = {0};
    out->time_us = cf_time(&x, cf_either(r, TIME, LP_TIME));
    out->record_id = cf_text(&x, cf_either(r, ID, LP_ID));
    out->account = cf_text(&x, cf_either(r, ACCOUNT, LP_ACCOUNT));
    cf_address(out, cf_text(&x, cf_either(r, ACTOR_IP, LP_ACTOR_IP)));
    struct raw raw = raw_of(&x);
    outcome(&x, &raw);
    b.zone_name = cf_text(&x, cf_either(r, ZONE_NAME, LP_ZONE_NAME));
    const struct v2_call *call = v2_call_find(raw.method, v2_path_of(raw.uri), &b.path);
    if (out->account.len == 0) {
        out->account = b.path.account;
    }
    identity(&x);
    if (call != NULL) {
        if (b.path.zone.len == 0) {
            b.path.zone = cf_text(&x, cf_either(r, ZONE_ID, LP_ZONE_ID));
        }
        known_call(&x, call, &b);
    } else {
        other_call(&x, &raw);
    }
    cf_add(&x, ATTR_RAY, raw.ray);
    return cf_keep(&x, NAME, err);
}

static const struct logsource logsources[] = {
    {.product = "cloudflare", .service = "audit"},
    {.product = "cloudflare", .service = "audit_logs_v2"}};

extern const struct source_ops source_cloudflare_audit_v2;
const struct source_ops source_cloudflare_audit_v2 = {
    .name = NAME,
    .summary = "Cloudflare audit logs, version 2: API and Logpush",
    .reference = "https://developers.cloudflare.com/fundamentals/account/account-security/"
                 "audit-logs/",
    .fields = fields,
    .field_count = FIELD_MAX_,
    .logsources = logsources,
    .logsource_count = ARRAY_LEN(logsources),
    .probe = probe,
    .parse = parse,
    .delay_us = 15 * TIME_MINUTE_US,
};
