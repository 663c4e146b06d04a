/*
 * cloudflare_http - requests at Cloudflare's edge: Logpush datasets http_requests and
 * firewall_events.
 *
 * A request says who asked and not which Worker answered. Where a Worker ran, the run of the same
 * Ray ID (cloudflare_trace) names it; the engine joins the two (engine/ray_join.h). Until then the
 * address is an attribute: a visitor of a zone's pages is no caller of a function.
 */
#include "source/cloudflare.h"

/* clang-format off */
#define HTTP_FIELDS(F)                                                                             \
    F(RAY, "RayID") F(START, "EdgeStartTimestamp") F(ADDRESS, "ClientIP")                          \
    F(HOST, "ClientRequestHost") F(METHOD, "ClientRequestMethod") F(PATH, "ClientRequestPath")     \
    F(AGENT, "ClientRequestUserAgent") F(STATUS, "EdgeResponseStatus")                             \
    F(WORKER, "WorkerStatus") F(WORKER_CPU, "WorkerCPUTime") F(SUBREQUEST, "WorkerSubrequest")     \
    F(SUBREQUESTS, "WorkerSubrequestCount") F(SCRIPT, "WorkerScriptName") F(ZONE, "ZoneName")      \
    F(BYTES, "EdgeResponseBytes") F(COLO, "EdgeColoCode") F(ACCOUNT, "AccountID")                  \
    F(FW_TIME, "Datetime") F(FW_ACTION, "Action") F(FW_RULE, "RuleID") F(FW_SOURCE, "Source")      \
    F(FW_STATUS, "OriginResponseStatus")
/* clang-format on */

enum field {
#define AS_ID(id, path) id,
    HTTP_FIELDS(AS_ID)
#undef AS_ID
        FIELD_MAX_
};

static const char *const fields[FIELD_MAX_] = {
#define AS_PATH(id, path) [id] = path,
    HTTP_FIELDS(AS_PATH)
#undef AS_PATH
};

static const char NAME[] = "cloudflare.http";

static bool is_text(const struct record *r, enum field f)
{
    return record_view(r, f).kind == JSON_STRING;
}

static bool is_firewall(const struct record *r)
{
    return is_text(r, FW_ACTION) && cf_view(r, FW_TIME).kind != JSON_ABSENT;
}

static int probe(const struct record *r)
{
    if (!is_text(r, RAY) || !is_text(r, ADDRESS)) {
        return 0;
    }
    bool request = cf_view(r, START).kind != JSON_ABSENT || is_text(r, HOST);
    return request || is_firewall(r) ? 100 : 0;
}

/* "" and "unknown": no Worker had to do with it. */
static bool worker_ran(struct str status)
{
    return status.len != 0 && !str_ieq(status, STR("unknown"));
}

static enum err_code parse(const struct record *r, struct arena *a, struct event *out,
                           struct err *err)
{
    struct cf_extract x = {.r = r, .a = a, .e = out};
    bool firewall = is_firewall(r);
    struct str worker = cf_text(&x, cf_view(r, WORKER));
    struct str status = cf_text(&x, cf_view(r, STATUS));
    out->time_us = cf_time(&x, cf_either(r, START, FW_TIME));
    out->account = cf_text(&x, cf_view(r, ACCOUNT));
    out->service = firewall ? STR("cloudflare.firewall") : STR("cloudflare.http");
    out->name = cf_text(&x, cf_view(r, METHOD));
    out->action = firewall ? cf_text(&x, cf_view(r, FW_ACTION)) : STR("request");
    out->kind = EVENT_OTHER;
    out->data_event = true;
    out->user_agent = cf_text(&x, cf_view(r, AGENT));
    out->who.kind = IDENTITY_ANONYMOUS;
    bool blocked =
        firewall && (str_ieq(out->action, STR("block")) || str_ieq(out->action, STR("drop")));
    out->outcome = blocked ? OUTCOME_DENIED : OUTCOME_OK;
    /* Newer jobs may name the Worker: then nothing needs joining. */
    cf_function(&x, out->account, cf_text(&x, cf_view(r, SCRIPT)));
    struct str client = cf_text(&x, cf_view(r, ADDRESS));
    if (out->function.name.len != 0) {
        out->kind = EVENT_INVOKE;
        cf_address(out, client);
    } else {
        /* Most visitors of a zone call no function: they are nobody's caller yet. */
        cf_add(&x, ATTR_CLIENT, client);
    }
    out->record_id = cf_text(&x, cf_view(r, RAY));
    cf_add(&x, ATTR_RAY, out->record_id);
    cf_add(&x, ATTR_HOST, cf_text(&x, cf_view(r, HOST)));
    cf_add(&x, ATTR_STATUS, status);
    if (worker_ran(worker)) {
        cf_add(&x, ATTR_RUN_OUTCOME, worker);
        cf_add(&x, ATTR_CPU_MS, cf_text(&x, cf_view(r, WORKER_CPU)));
        cf_add(&x, ATTR_SUBREQUESTS, cf_text(&x, cf_view(r, SUBREQUESTS)));
    }
    return cf_keep(&x, NAME, err);
}

static const struct logsource logsources[] = {{.product = "cloudflare", .service = "http_requests"},
                                              {.product = "cloudflare", .category = "webserver"}};

extern const struct source_ops source_cloudflare_http;
const struct source_ops source_cloudflare_http = {
    .name = NAME,
    .summary = "Cloudflare requests at the edge: http_requests and firewall_events of Logpush",
    .reference = "https://developers.cloudflare.com/logs/logpush/logpush-job/datasets/zone/"
                 "http_requests/",
    .fields = fields,
    .field_count = FIELD_MAX_,
    .logsources = logsources,
    .logsource_count = ARRAY_LEN(logsources),
    .probe = probe,
    .parse = parse,
    .delay_us = 15 * TIME_MINUTE_US,
};
