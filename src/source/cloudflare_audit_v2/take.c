#include "source/cloudflare_audit_v2/take.h"

/* The member of the request, else of the answer. */
static struct json_view said(const struct v2_body *b, const char *path)
{
    struct json_view v = cf_at(b->request, path);
    return v.kind != JSON_ABSENT ? v : cf_at(b->answer, path);
}

/* The member of the answer, else of the request: what came out counts. */
static struct json_view made(const struct v2_body *b, const char *path)
{
    struct json_view v = cf_at(b->answer, path);
    return v.kind != JSON_ABSENT ? v : cf_at(b->request, path);
}

static void add(struct cf_extract *x, enum event_attr id, struct json_view v)
{
    cf_add(x, id, cf_text(x, v));
}

static void add_bool(struct cf_extract *x, enum event_attr id, struct json_view v)
{
    int b = json_truth(v);
    if (b >= 0) {
        cf_add(x, id, b == 1 ? STR("true") : STR("false"));
    }
}

/* ---- scripts ---- */

/* An upload is a form whose part `metadata` says what the code is bound to. */
static struct json_view metadata_of(struct cf_extract *x, const struct v2_body *b)
{
    struct json_view m = cf_object(x, cf_at(b->request, "metadata"));
    return m.kind == JSON_OBJECT ? m : b->request;
}

static void add_bindings(struct cf_extract *x, struct json_view list)
{
    struct json_iter it = json_iter_of(list);
    struct json_view k;
    struct json_view item;
    if (list.kind != JSON_ARRAY) {
        return;
    }
    cf_mark(x, ATTR_BINDINGS_SET, STR_EMPTY);
    while (!x->full && json_iter_next(&it, &k, &item)) {
        struct str type = cf_text(x, cf_at(item, "type"));
        struct str name = cf_text(x, cf_at(item, "name"));
        if (type.len != 0 || name.len != 0) {
            cf_add(x, ATTR_BINDING, cf_printf(x, "%.*s:%.*s", STR_ARG(type), STR_ARG(name)));
        }
    }
}

static void add_consumers(struct cf_extract *x, struct json_view list)
{
    cf_add_each(x, ATTR_DESTINATION, list, "service");
}

/* Author, way and message of a version or deployment. */
static void add_making(struct cf_extract *x, const struct v2_body *b)
{
    static const char *const authors[] = {"metadata.author_email", "author_email"};
    static const char *const ways[] = {"metadata.source", "source", "last_deployed_from",
                                       "resources.script.last_deployed_from"};
    for (size_t i = 0; i < ARRAY_LEN(authors) && !cf_added(x, ATTR_AUTHOR); i++) {
        add(x, ATTR_AUTHOR, cf_at(b->answer, authors[i]));
    }
    for (size_t i = 0; i < ARRAY_LEN(ways) && !cf_added(x, ATTR_CHANNEL); i++) {
        add(x, ATTR_CHANNEL, cf_at(b->answer, ways[i]));
    }
    struct json_view notes = cf_at(metadata_of(x, b), "annotations");
    if (notes.kind == JSON_ABSENT) {
        notes = made(b, "annotations");
    }
    add(x, ATTR_DESCRIPTION, cf_at(notes, "workers/message"));
    add(x, ATTR_TAG_KEY, cf_at(notes, "workers/tag"));
}

/* The answer does not say by which way: the session's kind does, and last what the client calls
 * itself. */
static void add_way_of_session(struct cf_extract *x, bool dash)
{
    static const struct {
        struct str word, way;
    } agents[] = {
        {STR_INIT("wrangler"), STR_INIT("wrangler")},
        {STR_INIT("terraform"), STR_INIT("terraform")},
        {STR_INIT("pulumi"), STR_INIT("terraform")},
    };
    if (cf_added(x, ATTR_CHANNEL)) {
        return;
    }
    for (size_t i = 0; !dash && i < ARRAY_LEN(agents); i++) {
        if (str_ifind(x->e->user_agent, agents[i].word) != SIZE_MAX) {
            cf_add(x, ATTR_CHANNEL, agents[i].way);
            return;
        }
    }
    cf_add(x, ATTR_CHANNEL, dash ? STR("dash") : STR("api"));
}

static void take_script(struct cf_extract *x, const struct v2_body *b)
{
    if (str_eq(x->e->action, STR("DeleteWorker"))) {
        return;
    }
    struct json_view meta = metadata_of(x, b);
    struct json_view etag = cf_at(b->answer, "etag");
    add(x, ATTR_CODE_HASH,
        etag.kind != JSON_ABSENT ? etag : cf_at(b->answer, "resources.script.etag"));
    /* A version's own id; a script's is its name. */
    if (str_eq(x->e->action, STR("UploadWorkerVersion"))) {
        add(x, ATTR_VERSION, cf_at(b->answer, "id"));
    } else {
        add(x, ATTR_VERSION, cf_at(b->answer, "version_id"));
    }
    add(x, ATTR_RESOURCE_ID, cf_at(b->answer, "deployment_id"));
    add(x, ATTR_HANDLER, cf_at(meta, "main_module"));
    struct json_view bindings = cf_at(meta, "bindings");
    add_bindings(x,
                 bindings.kind == JSON_ARRAY ? bindings : cf_at(b->answer, "resources.bindings"));
    add_making(x, b);
    add_way_of_session(x, x->e->who.console);
    add_consumers(x, cf_at(meta, "tail_consumers"));
    add_bool(x, ATTR_LOGPUSH, cf_at(meta, "logpush"));
}

static void take_deploy(struct cf_extract *x, const struct v2_body *b)
{
    struct json_view versions = said(b, "versions");
    struct json_iter it = json_iter_of(versions);
    struct json_view k;
    struct json_view item;
    while (versions.kind == JSON_ARRAY && !x->full && json_iter_next(&it, &k, &item)) {
        struct str id = cf_text(x, cf_at(item, "version_id"));
        struct str share = cf_text(x, cf_at(item, "percentage"));
        cf_add(x, ATTR_VERSION, id);
        cf_add(x, ATTR_ALIAS_WEIGHT, cf_printf(x, "%.*s=%.*s", STR_ARG(id), STR_ARG(share)));
    }
    struct str id = cf_text(x, cf_at(b->answer, "id"));
    cf_add(x, ATTR_RESOURCE_ID, id.len != 0 ? id : b->path.id);
    add_making(x, b);
    add_way_of_session(x, x->e->who.console);
}

/* Names only: a value has no business here, whatever the request held. */
static void take_secret(struct cf_extract *x, const struct v2_body *b)
{
    if (b->path.id.len != 0) {
        cf_add(x, ATTR_SECRET, b->path.id);
        return;
    }
    add(x, ATTR_SECRET, said(b, "name"));
    cf_add_each(x, ATTR_SECRET, cf_at(b->request, "secrets"), "name");
}

static void take_settings(struct cf_extract *x, const struct v2_body *b)
{
    struct json_view s = cf_object(x, cf_at(b->request, "settings"));
    s = s.kind == JSON_OBJECT ? s : b->request;
    add_bindings(x, cf_at(s, "bindings"));
    add_consumers(x, cf_at(s, "tail_consumers"));
    add_bool(x, ATTR_LOGPUSH, cf_at(s, "logpush"));
    int logs = json_truth(cf_at(s, "observability.enabled"));
    if (logs < 0) {
        logs = json_truth(cf_at(s, "observability.logs.enabled"));
    }
    add(x, ATTR_DESCRIPTION, cf_at(s, "annotations.workers/message"));
    if (json_truth(cf_at(s, "logpush")) == 0 || logs == 0) {
        x->e->action = STR("DisableWorkerLogs");
        x->e->kind = EVENT_LOGGING;
        cf_add(x, ATTR_TRAIL, x->e->function.name);
        cf_add(x, ATTR_STATE, STR("false"));
    }
}

/* ---- exposure ---- */

static void take_subdomain(struct cf_extract *x, const struct v2_body *b)
{
    add_bool(x, ATTR_STATE, made(b, "enabled"));
    add_bool(x, ATTR_PREVIEWS, made(b, "previews_enabled"));
    if (str_eq(x->e->action, STR("RemoveWorkersDev")) && !cf_added(x, ATTR_STATE)) {
        cf_add(x, ATTR_STATE, STR("false"));
    }
}

static void add_zone(struct cf_extract *x, const struct v2_body *b)
{
    cf_add(x, ATTR_ZONE, b->path.zone);
    cf_add(x, ATTR_ZONE, b->zone_name);
}

static void add_id(struct cf_extract *x, const struct v2_body *b)
{
    struct str id = b->path.id;
    cf_add(x, ATTR_RESOURCE_ID, id.len != 0 ? id : cf_text(x, cf_at(b->answer, "id")));
}

/* The host of a route or domain answers with this Worker: a name of ours. */
static void add_url(struct cf_extract *x, struct str pattern)
{
    size_t scheme = str_find(pattern, STR("://"));
    struct str host = scheme == SIZE_MAX ? pattern : str_from(pattern, scheme + 3);
    host = str_head(host, str_chr(host, '/'));
    if (host.len != 0 && str_chr(host, '*') == SIZE_MAX) {
        cf_add(x, ATTR_URL, cf_printf(x, "https://%.*s", STR_ARG(host)));
    }
}

static void take_route(struct cf_extract *x, const struct v2_body *b)
{
    cf_function(x, x->e->account, cf_text(x, said(b, "script")));
    add(x, ATTR_ROUTE, said(b, "pattern"));
    add_url(x, cf_text(x, said(b, "pattern")));
    add_id(x, b);
    add_zone(x, b);
}

/* A domain is a route for all of a host. */
static void take_domain(struct cf_extract *x, const struct v2_body *b)
{
    struct str zone = cf_text(x, said(b, "zone_id"));
    struct str host = cf_text(x, said(b, "hostname"));
    cf_function(x, x->e->account, cf_text(x, said(b, "service")));
    cf_add(x, ATTR_HOST, host);
    if (host.len != 0) {
        cf_add(x, ATTR_ROUTE, cf_printf(x, "%.*s/*", STR_ARG(host)));
        add_url(x, host);
    }
    add_id(x, b);
    cf_add(x, ATTR_ZONE, zone);
    cf_add(x, ATTR_ZONE, b->zone_name);
}

static void take_schedule(struct cf_extract *x, const struct v2_body *b)
{
    struct json_view list =
        b->request.kind == JSON_ARRAY ? b->request : cf_at(b->request, "schedules");
    cf_add_each(x, ATTR_SCHEDULE, list.kind == JSON_ARRAY ? list : cf_at(b->answer, "schedules"),
                "cron");
}

static void take_tail(struct cf_extract *x, const struct v2_body *b)
{
    add_id(x, b);
}

static void take_dns(struct cf_extract *x, const struct v2_body *b)
{
    add(x, ATTR_HOST, said(b, "name"));
    add(x, ATTR_TARGET, said(b, "content"));
    add_id(x, b);
    add_zone(x, b);
}

/* ---- people and tokens ---- */

static void take_member(struct cf_extract *x, const struct v2_body *b)
{
    struct str mail = cf_text(x, cf_at(b->request, "email"));
    cf_add(x, ATTR_TARGET_USER, mail.len != 0 ? mail : cf_text(x, cf_at(b->answer, "user.email")));
    struct json_view roles = cf_at(b->answer, "roles");
    cf_add_each(x, ATTR_TARGET_ROLE, roles.kind == JSON_ARRAY ? roles : cf_at(b->request, "roles"),
                "name");
    struct json_view policies = said(b, "policies");
    if (policies.kind == JSON_ARRAY) {
        cf_add(x, ATTR_POLICY_DOCUMENT, (struct str){policies.ptr, policies.len});
    }
    add_id(x, b);
}

static void take_group(struct cf_extract *x, const struct v2_body *b)
{
    struct str name = cf_text(x, said(b, "name"));
    cf_add(x, ATTR_TARGET_GROUP, name.len != 0 ? name : b->path.id);
    cf_add_each(x, ATTR_TARGET_USER, cf_array(x, cf_at(b->request, "members")), "id");
    if (b->request.kind == JSON_ARRAY) {
        cf_add_each(x, ATTR_TARGET_USER, b->request, "id");
    }
    struct json_view policies = said(b, "policies");
    if (policies.kind == JSON_ARRAY) {
        cf_add(x, ATTR_POLICY_DOCUMENT, (struct str){policies.ptr, policies.len});
    }
    add_id(x, b);
}

/* From where and until when a token may be used. */
static void add_limits(struct cf_extract *x, const struct v2_body *b)
{
    struct str until = cf_text(x, said(b, "expires_on"));
    struct json_view in = said(b, "condition.request_ip.in");
    cf_add_each(x, ATTR_GRANT_SOURCE, in, "");
    if (until.len > 0) {
        cf_add(x, ATTR_GRANT_SOURCE, cf_printf(x, "until %.*s", STR_ARG(until)));
    }
}

static void take_token(struct cf_extract *x, const struct v2_body *b)
{
    struct str id = b->path.id.len != 0 ? b->path.id : cf_text(x, cf_at(b->answer, "id"));
    cf_add(x, ATTR_TARGET_KEY, id);
    cf_add(x, ATTR_RESOURCE_ID, id);
    add(x, ATTR_DESCRIPTION, said(b, "name"));
    add(x, ATTR_STATE, said(b, "status"));
    struct json_view policies = said(b, "policies");
    if (policies.kind == JSON_ARRAY) {
        cf_add(x, ATTR_POLICY_DOCUMENT, (struct str){policies.ptr, policies.len});
    }
    add_limits(x, b);
}

/* ---- logging ---- */

/* "s3://bucket/path?access-key-id=…": what stands behind '?' may be a secret. */
static void take_logpush(struct cf_extract *x, const struct v2_body *b)
{
    struct str id = b->path.id.len != 0 ? b->path.id : cf_text(x, cf_at(b->answer, "id"));
    struct str to = cf_text(x, said(b, "destination_conf"));
    cf_add(x, ATTR_RESOURCE_ID, id);
    cf_add(x, ATTR_TRAIL, id);
    add(x, ATTR_TRAIL, said(b, "name"));
    add(x, ATTR_DATASET, said(b, "dataset"));
    add_bool(x, ATTR_STATE, made(b, "enabled"));
    cf_add(x, ATTR_DESTINATION, str_head(to, str_chr(to, '?')));
    add_zone(x, b);
    if (str_eq(x->e->action, STR("UpdateLogpushJob")) && json_truth(made(b, "enabled")) == 0) {
        x->e->action = STR("DisableLogpushJob");
    }
}

static void take_other(struct cf_extract *x, const struct v2_body *b)
{
    add_zone(x, b);
    cf_add(x, ATTR_RESOURCE_ID, b->path.id);
}

void v2_take(struct cf_extract *x, const struct v2_call *call, const struct v2_body *b)
{
    static void (*const takes[])(struct cf_extract *, const struct v2_body *) = {
        [V2_SCRIPT] = take_script,       [V2_DEPLOY] = take_deploy,
        [V2_SECRET] = take_secret,       [V2_SETTINGS] = take_settings,
        [V2_SUBDOMAIN] = take_subdomain, [V2_ROUTE] = take_route,
        [V2_DOMAIN] = take_domain,       [V2_SCHEDULE] = take_schedule,
        [V2_TAIL] = take_tail,           [V2_MEMBER] = take_member,
        [V2_GROUP] = take_group,         [V2_TOKEN] = take_token,
        [V2_LOGPUSH] = take_logpush,     [V2_DNS] = take_dns,
        [V2_OTHER] = take_other,
    };
    takes[call->family](x, b);
}
