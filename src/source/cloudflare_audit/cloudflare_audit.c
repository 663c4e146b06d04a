/*
 * cloudflare_audit - Cloudflare's audit log, version 1: of the API and of Logpush (dataset
 * audit_logs).
 *
 * What version 1 calls the actions of Workers is documented nowhere: what a record is follows from
 * the type of its resource, and the words of its action only say create, change or delete. An
 * action that nobody has seen is told by its own name.
 */
#include "source/cloudflare.h"

/* clang-format off */
#define V1_FIELDS(F)                                                                               \
    F(ID, "id") F(WHEN, "when") F(TYPE, "action.type") F(RESULT, "action.result")                  \
    F(INFO, "action.info") F(ACTOR_EMAIL, "actor.email") F(ACTOR_ID, "actor.id")                   \
    F(ACTOR_IP, "actor.ip") F(ACTOR_TYPE, "actor.type") F(INTERFACE, "interface")                  \
    F(METADATA, "metadata") F(NEW_JSON, "newValueJson") F(NEW, "newValue") F(OWNER, "owner.id")    \
    F(RESOURCE_ID, "resource.id") F(RESOURCE_TYPE, "resource.type")                                \
    F(LP_ID, "ID") F(LP_WHEN, "When") F(LP_TYPE, "ActionType") F(LP_RESULT, "ActionResult")        \
    F(LP_ACTOR_EMAIL, "ActorEmail") F(LP_ACTOR_ID, "ActorID") F(LP_ACTOR_IP, "ActorIP")            \
    F(LP_ACTOR_TYPE, "ActorType") F(LP_INTERFACE, "Interface") F(LP_METADATA, "Metadata")          \
    F(LP_NEW, "NewValue") F(LP_OWNER, "OwnerID") F(LP_RESOURCE_ID, "ResourceID")                   \
    F(LP_RESOURCE_TYPE, "ResourceType")
/* clang-format on */

enum field {
#define AS_ID(id, path) id,
    V1_FIELDS(AS_ID)
#undef AS_ID
        FIELD_MAX_
};

static const char *const fields[FIELD_MAX_] = {
#define AS_PATH(id, path) [id] = path,
    V1_FIELDS(AS_PATH)
#undef AS_PATH
};

static const char NAME[] = "cloudflare.audit";

static bool is_text(const struct record *r, enum field f)
{
    return record_view(r, f).kind == JSON_STRING;
}

static int probe(const struct record *r)
{
    bool time = cf_view(r, LP_WHEN).kind != JSON_ABSENT;
    if (time && is_text(r, LP_TYPE) &&
        (is_text(r, LP_ID) || is_text(r, LP_OWNER) || is_text(r, LP_ACTOR_IP))) {
        return 100;
    }
    bool acted = is_text(r, WHEN) && is_text(r, TYPE);
    bool what = is_text(r, RESOURCE_TYPE) || is_text(r, OWNER) || is_text(r, INTERFACE);
    return acted && what ? 95 : 0;
}

/* ---- what ---- */

enum area { AREA_NONE, AREA_WORKER, AREA_ROUTE, AREA_TOKEN, AREA_MEMBER, AREA_LOGPUSH, AREA_LOGIN };

/* The first word that the type of the resource or the action holds. */
static enum area area_of(struct str resource, struct str action)
{
    static const struct {
        struct str word;
        enum area area;
    } words[] = {
        {STR_INIT("logpush"), AREA_LOGPUSH}, {STR_INIT("worker_route"), AREA_ROUTE},
        {STR_INIT("route"), AREA_ROUTE},     {STR_INIT("worker"), AREA_WORKER},
        {STR_INIT("script"), AREA_WORKER},   {STR_INIT("token"), AREA_TOKEN},
        {STR_INIT("api_key"), AREA_TOKEN},   {STR_INIT("member"), AREA_MEMBER},
        {STR_INIT("role"), AREA_MEMBER},     {STR_INIT("user_group"), AREA_MEMBER},
        {STR_INIT("login"), AREA_LOGIN},
    };
    for (size_t i = 0; i < ARRAY_LEN(words); i++) {
        if (str_ifind(resource, words[i].word) != SIZE_MAX ||
            str_ifind(action, words[i].word) != SIZE_MAX) {
            return words[i].area;
        }
    }
    return AREA_NONE;
}

enum verb { VERB_CHANGE, VERB_CREATE, VERB_DELETE, VERB_VIEW };

static enum verb verb_of(struct str action)
{
    static const struct {
        struct str word;
        enum verb verb;
    } words[] = {
        {STR_INIT("delete"), VERB_DELETE}, {STR_INIT("_del"), VERB_DELETE},
        {STR_INIT("remove"), VERB_DELETE}, {STR_INIT("revoke"), VERB_DELETE},
        {STR_INIT("view"), VERB_VIEW},     {STR_INIT("create"), VERB_CREATE},
        {STR_INIT("_add"), VERB_CREATE},   {STR_INIT("add"), VERB_CREATE},
    };
    for (size_t i = 0; i < ARRAY_LEN(words); i++) {
        if (str_ifind(action, words[i].word) != SIZE_MAX) {
            return words[i].verb;
        }
    }
    return VERB_CHANGE;
}

/* The same names as version 2 uses, so that all that follows sees one thing. */
static struct str action_of(enum area area, enum verb verb, struct str type)
{
    static const struct str names[][3] = {
        [AREA_NONE] = {{0}},
        [AREA_WORKER] = {STR_INIT("UploadWorker"), STR_INIT("UploadWorker"),
                         STR_INIT("DeleteWorker")},
        [AREA_ROUTE] = {STR_INIT("UpdateWorkerRoute"), STR_INIT("CreateWorkerRoute"),
                        STR_INIT("DeleteWorkerRoute")},
        [AREA_TOKEN] = {STR_INIT("UpdateToken"), STR_INIT("CreateToken"), STR_INIT("DeleteToken")},
        [AREA_MEMBER] = {STR_INIT("UpdateMember"), STR_INIT("AddMember"), STR_INIT("RemoveMember")},
        [AREA_LOGPUSH] = {STR_INIT("UpdateLogpushJob"), STR_INIT("CreateLogpushJob"),
                          STR_INIT("DeleteLogpushJob")},
        [AREA_LOGIN] = {STR_INIT("ConsoleLogin"), STR_INIT("ConsoleLogin"),
                        STR_INIT("ConsoleLogin")},
    };
    if (area == AREA_NONE || verb == VERB_VIEW) {
        return type;
    }
    if (area == AREA_TOKEN &&
        (str_ifind(type, STR("roll")) != SIZE_MAX || str_ifind(type, STR("rotate")) != SIZE_MAX)) {
        return STR("RollToken");
    }
    return names[area][verb];
}

static enum event_kind kind_of(enum area area, enum verb verb)
{
    static const enum event_kind kinds[] = {
        [AREA_NONE] = EVENT_OTHER,      [AREA_WORKER] = EVENT_CHANGE,
        [AREA_ROUTE] = EVENT_CHANGE,    [AREA_TOKEN] = EVENT_IDENTITY,
        [AREA_MEMBER] = EVENT_IDENTITY, [AREA_LOGPUSH] = EVENT_LOGGING,
        [AREA_LOGIN] = EVENT_LOGIN,
    };
    return verb == VERB_VIEW && area != AREA_LOGIN ? EVENT_READ : kinds[area];
}

static struct str service_of(enum area area)
{
    static const struct str services[] = {
        [AREA_NONE] = STR_INIT("cloudflare.other"),
        [AREA_WORKER] = STR_INIT("cloudflare.workers"),
        [AREA_ROUTE] = STR_INIT("cloudflare.workers"),
        [AREA_TOKEN] = STR_INIT("cloudflare.iam"),
        [AREA_MEMBER] = STR_INIT("cloudflare.iam"),
        [AREA_LOGPUSH] = STR_INIT("cloudflare.logpush"),
        [AREA_LOGIN] = STR_INIT("cloudflare.login"),
    };
    return services[area];
}

/* The first of some members that metadata or the new value have. */
static struct str told(struct cf_extract *x, const char *const *names, size_t count)
{
    struct json_view meta = cf_object(x, cf_either(x->r, METADATA, LP_METADATA));
    struct json_view value = cf_object(x, cf_either(x->r, NEW_JSON, LP_NEW));
    if (value.kind == JSON_ABSENT) {
        value = cf_object(x, cf_view(x->r, NEW));
    }
    for (size_t i = 0; i < count; i++) {
        struct str text = cf_text(x, cf_member_loose(meta, str_of(names[i])));
        text = text.len != 0 ? text : cf_text(x, cf_member_loose(value, str_of(names[i])));
        if (text.len != 0) {
            return text;
        }
    }
    return STR_EMPTY;
}

static void subject(struct cf_extract *x, enum area area)
{
    static const char *const scripts[] = {"script_name", "script", "worker_name", "service",
                                          "service_name"};
    static const char *const patterns[] = {"pattern", "route"};
    static const char *const mails[] = {"email", "member_email", "invited_email"};
    static const char *const names[] = {"token_name", "name"};
    static const char *const zones[] = {"zone_name", "zone_id"};
    struct str id = cf_text(x, cf_either(x->r, RESOURCE_ID, LP_RESOURCE_ID));
    cf_add(x, ATTR_RESOURCE_ID, id);
    cf_add(x, ATTR_ZONE, told(x, zones, ARRAY_LEN(zones)));
    switch (area) {
    case AREA_WORKER:
        cf_function(x, x->e->account, told(x, scripts, ARRAY_LEN(scripts)));
        cf_function(x, x->e->account, id);
        break;
    case AREA_ROUTE:
        cf_function(x, x->e->account, told(x, scripts, ARRAY_LEN(scripts)));
        cf_add(x, ATTR_ROUTE, told(x, patterns, ARRAY_LEN(patterns)));
        break;
    case AREA_TOKEN:
        cf_add(x, ATTR_TARGET_KEY, id);
        cf_add(x, ATTR_DESCRIPTION, told(x, names, ARRAY_LEN(names)));
        break;
    case AREA_MEMBER:
        cf_add(x, ATTR_TARGET_USER, told(x, mails, ARRAY_LEN(mails)));
        break;
    case AREA_LOGPUSH:
        cf_add(x, ATTR_TRAIL, id);
        cf_add(x, ATTR_TRAIL, told(x, names, ARRAY_LEN(names)));
        break;
    case AREA_LOGIN:
    case AREA_NONE:
    default:
        break;
    }
}

/* Version 1 says "dash" or "API" only. */
static void way(struct cf_extract *x, enum area area)
{
    struct str interface = cf_text(x, cf_either(x->r, INTERFACE, LP_INTERFACE));
    bool dash = str_ieq(interface, STR("dash")) || str_ieq(interface, STR("UI"));
    x->e->who.console = dash;
    if (area == AREA_WORKER && interface.len != 0) {
        cf_add(x, ATTR_CHANNEL, dash ? STR("dash") : STR("api"));
    }
}

static void identity(struct cf_extract *x)
{
    struct identity *w = &x->e->who;
    struct str type = cf_text(x, cf_either(x->r, ACTOR_TYPE, LP_ACTOR_TYPE));
    struct str mail = cf_text(x, cf_either(x->r, ACTOR_EMAIL, LP_ACTOR_EMAIL));
    w->principal_id = cf_text(x, cf_either(x->r, ACTOR_ID, LP_ACTOR_ID));
    w->account = x->e->account;
    if (mail.len != 0) {
        w->kind = IDENTITY_USER;
        w->principal = mail;
        w->name = mail;
    } else if (str_ieq(type, STR("admin")) || str_ieq(type, STR("cloudflare_admin")) ||
               str_ieq(type, STR("Cloudflare")) || str_ieq(type, STR("system"))) {
        w->kind = IDENTITY_SERVICE;
        w->principal = STR("cloudflare staff");
    } else if (w->principal_id.len != 0) {
        w->kind = IDENTITY_USER;
        w->principal = w->principal_id;
    }
}

static enum err_code parse(const struct record *r, struct arena *a, struct event *out,
                           struct err *err)
{
    struct cf_extract x = {.r = r, .a = a, .e = out};
    struct json_view result = cf_either(r, RESULT, LP_RESULT);
    struct str type = cf_text(&x, cf_either(r, TYPE, LP_TYPE));
    struct str resource = cf_text(&x, cf_either(r, RESOURCE_TYPE, LP_RESOURCE_TYPE));
    enum area area = area_of(resource, type);
    enum verb verb = verb_of(type);
    out->time_us = cf_time(&x, cf_either(r, WHEN, LP_WHEN));
    out->record_id = cf_text(&x, cf_either(r, ID, LP_ID));
    out->account = cf_text(&x, cf_either(r, OWNER, LP_OWNER));
    cf_address(out, cf_text(&x, cf_either(r, ACTOR_IP, LP_ACTOR_IP)));
    out->name = type;
    out->service = service_of(area);
    out->action = action_of(area, verb, type);
    out->kind = kind_of(area, verb);
    out->read_only = verb == VERB_VIEW;
    bool failed = json_truth(result) == 0 || str_ieq(cf_text(&x, result), STR("failure"));
    out->outcome = failed ? OUTCOME_FAILED : OUTCOME_OK;
    out->error_message = failed ? cf_text(&x, cf_view(r, INFO)) : STR_EMPTY;
    identity(&x);
    way(&x, area);
    subject(&x, area);
    return cf_keep(&x, NAME, err);
}

static const struct logsource logsources[] = {{.product = "cloudflare", .service = "audit_logs"}};

extern const struct source_ops source_cloudflare_audit;
const struct source_ops source_cloudflare_audit = {
    .name = NAME,
    .summary = "Cloudflare audit logs, version 1: API and Logpush",
    .reference = "https://developers.cloudflare.com/logs/logpush/logpush-job/datasets/account/"
                 "audit_logs/",
    .fields = fields,
    .field_count = FIELD_MAX_,
    .logsources = logsources,
    .logsource_count = ARRAY_LEN(logsources),
    .probe = probe,
    .parse = parse,
    .delay_us = 60 * TIME_MINUTE_US,
};
