/*
 * rows_trigger - what makes functions and what calls them: builds, Eventarc, API gateways,
 * schedules, and the buckets that sources are uploaded to.
 */
#include "source/gcp_audit/table.h"

/* ---- builds ---- */

static const struct gcp_take build_takes[] = {
    {ATTR_TARGET_ROLE, GCP_LAST, {NULL}, {"build.serviceAccount", "trigger.serviceAccount"}},
    {ATTR_REPOSITORY,
     GCP_TEXT,
     {NULL},
     {"build.source.repoSource.repoName", "build.source.gitSource.url", "trigger.github.name"}},
    {ATTR_CODE_LOCATION, GCP_TEXT, {NULL}, {"build.source.storageSource.bucket"}},
    {ATTR_RULE, GCP_TEXT, {NULL}, {"triggerId", "trigger.name", "buildTrigger.name"}},
    {ATTR_TARGET, GCP_LIST, {NULL}, {"build.images"}},
};

/* ---- Eventarc ---- */

static const struct gcp_take eventarc_takes[] = {
    {ATTR_RULE, GCP_TEXT, {NULL}, {"triggerId", "trigger.name", "name"}},
    {ATTR_TRIGGER_SOURCE, GCP_TEXT, {NULL}, {"trigger.transport.pubsub.topic", "trigger.channel"}},
    {ATTR_TARGET_ROLE, GCP_TEXT, {NULL}, {"trigger.serviceAccount"}},
};

/* "type=google.cloud.storage.object.v1.finalized" of each filter. */
static void eventarc_more(struct gcp_extract *x)
{
    struct json_view list = log_entry_get(x->request, "trigger.eventFilters"), key, f;
    struct json_iter it = json_iter_of(list);
    while (list.kind == JSON_ARRAY && x->count < GCP_ATTRS_MAX && json_iter_next(&it, &key, &f)) {
        gcp_add_joined(x, ATTR_TRIGGER_PATTERN, gcp_get(x, f, "attribute"), "=",
                       gcp_get(x, f, "value"));
    }
    struct json_view to = log_entry_get(x->request, "trigger.destination");
    struct str region = gcp_get(x, to, "cloudRun.region");
    gcp_set_function(x, "", gcp_get(x, to, "cloudRun.service"), x->resource);
    if (region.len != 0 && x->e->function.name.len != 0) {
        x->e->function.region = region;
    }
    struct str name = gcp_get(x, to, "cloudFunction");
    gcp_set_function(x, "", gcp_part(name, "functions"), name);
}

/* ---- API gateways ---- */

static const struct gcp_take gateway_takes[] = {
    {ATTR_API, GCP_TEXT, {NULL}, {"apiId", "apiConfigId", "gatewayId"}},
    {ATTR_TARGET_ROLE, GCP_TEXT, {NULL}, {"apiConfig.gatewayServiceAccount"}},
    {ATTR_TARGET, GCP_TEXT, {NULL}, {"gateway.apiConfig"}},
};

/* ---- schedules ---- */

static const struct gcp_take schedule_takes[] = {
    {ATTR_RULE, GCP_LAST, {NULL}, {"job.name", "name"}},
    {ATTR_SCHEDULE, GCP_TEXT, {NULL}, {"job.schedule"}},
    {ATTR_TARGET, GCP_TEXT, {NULL}, {"job.httpTarget.uri", "job.pubsubTarget.topicName"}},
    {ATTR_TARGET_ROLE,
     GCP_TEXT,
     {NULL},
     {"job.httpTarget.oidcToken.serviceAccountEmail",
      "job.httpTarget.oauthToken.serviceAccountEmail"}},
};

/* The function behind an address of the provider: "https://REGION-PROJECT.cloudfunctions.net/NAME"
 * and "https://NAME-NUMBER.REGION.run.app". The older names of services hold a hash and no region,
 * so that only the inventory can tell. */
static void function_of_url(struct gcp_extract *x, struct str url)
{
    struct str rest = url, host, name;
    if (!str_starts(rest, STR("https://"))) {
        return;
    }
    rest = str_from(rest, 8);
    if (!str_cut(&rest, '/', &host)) {
        return;
    }
    if (str_ends(host, STR(".cloudfunctions.net"))) {
        struct str project = x->e->account;
        host = str_head(host, str_chr(host, '.'));
        bool ours = host.len > project.len + 1 && str_ends(host, project) &&
                    host.ptr[host.len - project.len - 1] == '-';
        if (ours && str_cut(&rest, '/', &name)) {
            gcp_set_function(x, "", str_head(name, str_chr(name, '?')), STR_EMPTY);
            x->e->function.region = str_head(host, host.len - project.len - 1);
        }
        return;
    }
    struct str label, region;
    if (str_ends(host, STR(".run.app")) && str_cut(&host, '.', &label) &&
        str_cut(&host, '.', &region) && str_eq(host, STR("run.app"))) {
        size_t dash = str_rchr(label, '-');
        uint64_t number;
        if (dash != SIZE_MAX && str_u64(str_from(label, dash + 1), &number)) {
            gcp_set_function(x, "", str_head(label, dash), STR_EMPTY);
            x->e->function.region = region;
        }
    }
}

static void schedule_more(struct gcp_extract *x)
{
    function_of_url(x, gcp_get(x, x->request, "job.httpTarget.uri"));
}

/* ---- buckets of sources ---- */

static const struct gcp_take none_takes[] = {
    {ATTR_UPDATE_MASK, GCP_TEXT, {NULL}, {"updateMask"}},
};

/* Only what functions and services are built from; the rest is not what this is about. */
static void object_more(struct gcp_extract *x)
{
    static const struct str starts[] = {STR_INIT("gcf-"), STR_INIT("run-sources-")};
    struct str bucket = gcp_part(x->resource, "buckets"), text;
    size_t at = str_find(x->resource, STR("/objects/"));
    bool source = str_ends(bucket, STR("_cloudbuild"));
    for (size_t i = 0; i < ARRAY_LEN(starts); i++) {
        source = source || str_starts(bucket, starts[i]);
    }
    if (!source || at == SIZE_MAX) {
        x->e->kind = EVENT_OTHER;
        return;
    }
    if (!arena_printf(x->a, &text, "gs://%.*s/%.*s", STR_ARG(bucket),
                      STR_ARG(str_from(x->resource, at + 9)))) {
        x->full = true;
        return;
    }
    gcp_add(x, ATTR_CODE_LOCATION, text);
}

static const struct gcp_row build_rows[] = {
    GCP_ROW("CreateBuild", CHANGE, build_takes, NULL),
    GCP_ROW("RunBuildTrigger", CHANGE, build_takes, NULL),
    GCP_ROW("CreateBuildTrigger", CHANGE, build_takes, NULL),
    GCP_ROW("UpdateBuildTrigger", CHANGE, build_takes, NULL),
    GCP_ROW("DeleteBuildTrigger", CHANGE, build_takes, NULL),
    GCP_ROW("ApproveBuild", CHANGE, build_takes, NULL),
    GCP_ROW("RetryBuild", CHANGE, build_takes, NULL),
    GCP_ROW("CreateWorkerPool", CHANGE, build_takes, NULL),
    GCP_ROW("UpdateWorkerPool", CHANGE, build_takes, NULL),
};
static const struct gcp_row eventarc_rows[] = {
    GCP_ROW("CreateTrigger", CHANGE, eventarc_takes, eventarc_more),
    GCP_ROW("UpdateTrigger", CHANGE, eventarc_takes, eventarc_more),
    GCP_ROW("DeleteTrigger", CHANGE, eventarc_takes, eventarc_more),
    GCP_ROW("CreateChannel", CHANGE, eventarc_takes, NULL),
    GCP_ROW("UpdateChannel", CHANGE, eventarc_takes, NULL),
    GCP_ROW("DeleteChannel", CHANGE, eventarc_takes, NULL),
};
static const struct gcp_row gateway_rows[] = {
    GCP_ROW("CreateApi", CHANGE, gateway_takes, NULL),
    GCP_ROW("UpdateApi", CHANGE, gateway_takes, NULL),
    GCP_ROW("DeleteApi", CHANGE, gateway_takes, NULL),
    GCP_ROW("CreateApiConfig", CHANGE, gateway_takes, NULL),
    GCP_ROW("UpdateApiConfig", CHANGE, gateway_takes, NULL),
    GCP_ROW("DeleteApiConfig", CHANGE, gateway_takes, NULL),
    GCP_ROW("CreateGateway", CHANGE, gateway_takes, NULL),
    GCP_ROW("UpdateGateway", CHANGE, gateway_takes, NULL),
    GCP_ROW("DeleteGateway", CHANGE, gateway_takes, NULL),
};
static const struct gcp_row schedule_rows[] = {
    GCP_ROW("CreateJob", CHANGE, schedule_takes, schedule_more),
    GCP_ROW("UpdateJob", CHANGE, schedule_takes, schedule_more),
    GCP_ROW("DeleteJob", CHANGE, schedule_takes, NULL),
    GCP_ROW("PauseJob", CHANGE, schedule_takes, NULL),
    GCP_ROW("ResumeJob", CHANGE, schedule_takes, NULL),
    GCP_ROW("RunJob", CHANGE, schedule_takes, NULL),
};
static const struct gcp_take hmac_takes[] = {
    {ATTR_TARGET_USER,
     GCP_TEXT,
     {"metadata.serviceAccountEmail", "serviceAccountEmail"},
     {"serviceAccountEmail"}},
};

static const struct gcp_row object_rows[] = {
    GCP_ROW("hmacKeys.create", IDENTITY, hmac_takes, NULL),
    GCP_ROW("objects.create", CHANGE, none_takes, object_more),
    GCP_ROW("objects.update", CHANGE, none_takes, object_more),
};

static const struct gcp_service services[] = {
    GCP_SERVICE("cloudbuild.googleapis.com", build_rows, NULL),
    GCP_SERVICE("eventarc.googleapis.com", eventarc_rows, NULL),
    GCP_SERVICE("apigateway.googleapis.com", gateway_rows, NULL),
    GCP_SERVICE("cloudscheduler.googleapis.com", schedule_rows, NULL),
    GCP_SERVICE("storage.googleapis.com", object_rows, NULL),
};
const struct gcp_area gcp_area_trigger = {services, ARRAY_LEN(services)};
