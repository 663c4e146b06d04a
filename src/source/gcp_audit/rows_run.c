/*
 * rows_run - run.googleapis.com: services, jobs and worker pools, by both versions of the API.
 *
 * Version 1 (Knative) has a service's settings in annotations and replaces it whole; version 2 has
 * fields of its own, and a mask when only some are meant.
 */
#include "source/gcp_audit/grants.h"
#include "source/gcp_audit/image.h"
#include "source/gcp_audit/table.h"

enum { TRAFFIC_MAX = 16 };

static const struct gcp_take service_takes[] = {
    {ATTR_ROLE,
     GCP_TEXT,
     {"spec.template.spec.serviceAccountName", "template.serviceAccount"},
     {"service.spec.template.spec.serviceAccountName", "service.template.serviceAccount"}},
    {ATTR_URL, GCP_TEXT, {"status.url", "uri", "status.address.url"}, {"service.status.url"}},
    {ATTR_VERSION,
     GCP_LAST,
     {"status.latestCreatedRevisionName", "latestCreatedRevision"},
     {"service.spec.template.metadata.name", "service.template.revision"}},
    {ATTR_TIMEOUT_S,
     GCP_NUMBER,
     {NULL},
     {"service.spec.template.spec.timeoutSeconds", "service.template.timeout"}},
    {ATTR_TAG_KEY, GCP_KEYS, {NULL}, {"service.metadata.labels", "service.labels"}},
    {ATTR_DESCRIPTION, GCP_TEXT, {NULL}, {"service.description"}},
    {ATTR_UPDATE_MASK, GCP_TEXT, {NULL}, {"updateMask"}},
};
static const struct gcp_take job_takes[] = {
    {ATTR_ROLE,
     GCP_TEXT,
     {NULL},
     {"job.spec.template.spec.template.spec.serviceAccountName",
      "job.template.template.serviceAccount", "workerPool.template.serviceAccount"}},
    {ATTR_TAG_KEY, GCP_KEYS, {NULL}, {"job.metadata.labels", "job.labels"}},
    {ATTR_UPDATE_MASK, GCP_TEXT, {NULL}, {"updateMask"}},
};
static const struct gcp_take name_takes[] = {
    {ATTR_VERSION, GCP_LAST, {NULL}, {"revisionId"}},
};
static const struct gcp_take domain_takes[] = {
    {ATTR_URL, GCP_TEXT, {NULL}, {"domainMapping.metadata.name"}},
    {ATTR_TARGET, GCP_TEXT, {NULL}, {"domainMapping.spec.routeName"}},
};

/* ---- who can reach it ---- */

/* An annotation's key holds dots. */
static struct str annotation(struct gcp_extract *x, struct json_view service, struct str key)
{
    struct json_view all = log_entry_get(service, "metadata.annotations");
    return all.kind == JSON_OBJECT ? gcp_text(x, json_member(all, key)) : STR_EMPTY;
}

/* A service that is stated whole says by silence that a setting is as usual. */
static bool is_whole(const struct gcp_extract *x)
{
    return !gcp_added(x, ATTR_UPDATE_MASK) && (str_eq(x->e->action, STR("ReplaceService")) ||
                                               str_eq(x->e->action, STR("CreateService")) ||
                                               str_eq(x->e->action, STR("UpdateService")));
}

static void add_switch(struct gcp_extract *x, enum event_attr id, int disabled)
{
    if (disabled == 1) {
        gcp_add(x, id, STR("off"));
    } else if (disabled == 0 || is_whole(x)) {
        gcp_add(x, id, STR("on"));
    }
}

static int disabled_by(struct gcp_extract *x, struct json_view service, const char *field,
                       struct str key)
{
    int v = json_truth(log_entry_get(service, field));
    struct str note = annotation(x, service, key);
    return v != -1 ? v : note.len == 0 ? -1 : str_ieq(note, STR("true")) ? 1 : 0;
}

static const struct gcp_take ingress_takes[] = {
    {ATTR_INGRESS, GCP_INGRESS, {NULL}, {"service.ingress"}},
};

static void add_exposure(struct gcp_extract *x, struct json_view service)
{
    if (service.kind != JSON_OBJECT) {
        return;
    }
    add_switch(x, ATTR_INVOKER_CHECK,
               disabled_by(x, service, "invokerIamDisabled",
                           STR("run.googleapis.com/invoker-iam-disabled")));
    add_switch(x, ATTR_DEFAULT_URL,
               disabled_by(x, service, "defaultUriDisabled",
                           STR("run.googleapis.com/default-url-disabled")));
    gcp_take_all(x, ingress_takes, ARRAY_LEN(ingress_takes));
    struct str note = annotation(x, service, STR("run.googleapis.com/ingress"));
    if (note.len != 0 && !gcp_added(x, ATTR_INGRESS)) {
        gcp_add(x, ATTR_INGRESS,
                str_eq(note, STR("internal-and-cloud-load-balancing"))
                    ? STR("internal-and-load-balancer")
                    : note);
    } else if (!gcp_added(x, ATTR_INGRESS) && is_whole(x)) {
        gcp_add(x, ATTR_INGRESS, STR("all"));
    }
}

/* ---- what runs ---- */

static void add_traffic(struct gcp_extract *x, struct json_view service)
{
    struct json_view list = log_entry_get(service, "traffic"), key, t;
    if (list.kind == JSON_ABSENT) {
        list = log_entry_get(service, "spec.traffic");
    }
    struct json_iter it = json_iter_of(list);
    for (size_t n = 0; list.kind == JSON_ARRAY && n < TRAFFIC_MAX && json_iter_next(&it, &key, &t);
         n++) {
        struct str revision = gcp_get(x, t, "revision");
        revision = revision.len != 0 ? revision : gcp_get(x, t, "revisionName");
        revision = revision.len != 0 ? revision : STR("LATEST");
        struct str percent = gcp_get(x, t, "percent"), tag = gcp_get(x, t, "tag");
        gcp_add_joined(x, ATTR_TRAFFIC, revision, "=", percent.len != 0 ? percent : STR("0"));
        struct str text;
        if (tag.len != 0 && arena_printf(x->a, &text, "tag:%.*s", STR_ARG(tag))) {
            gcp_add_joined(x, ATTR_TRAFFIC, text, "=", revision);
        }
    }
}

static void service_more(struct gcp_extract *x)
{
    static const char *const places[] = {"template.containers", "spec.template.spec.containers"};
    struct json_view service = log_entry_get(x->request, "service");
    for (size_t i = 0; i < ARRAY_LEN(places); i++) {
        gcp_add_images(x, log_entry_get(service, places[i]));
    }
    for (size_t i = 0; i < ARRAY_LEN(places) && !gcp_added(x, ATTR_CODE_LOCATION); i++) {
        gcp_add_images(x, log_entry_get(x->response, places[i]));
    }
    add_exposure(x, service);
    add_traffic(x, service);
}

static void job_more(struct gcp_extract *x)
{
    static const char *const places[] = {
        "job.template.template.containers", "job.spec.template.spec.template.spec.containers",
        "workerPool.template.containers", "workerPool.spec.template.spec.containers"};
    for (size_t i = 0; i < ARRAY_LEN(places); i++) {
        gcp_add_images(x, log_entry_get(x->request, places[i]));
    }
}

/* ---- runs of jobs ---- */

static void add_override(struct gcp_extract *x, struct json_view o)
{
    struct json_view env = log_entry_get(o, "env"), key, v;
    struct json_iter it = json_iter_of(env);
    if (log_entry_get(o, "args").kind == JSON_ARRAY) {
        gcp_add(x, ATTR_OVERRIDE, STR("args"));
    }
    if (log_entry_get(o, "image").kind == JSON_STRING) {
        gcp_add(x, ATTR_OVERRIDE, STR("image"));
    }
    while (env.kind == JSON_ARRAY && x->count < GCP_ATTRS_MAX && json_iter_next(&it, &key, &v)) {
        gcp_add_joined(x, ATTR_OVERRIDE, STR("env "), "", gcp_get(x, v, "name"));
    }
}

/* With overrides a run is no run of what was deployed. */
static void run_more(struct gcp_extract *x)
{
    static const char *const places[] = {"overrides", "runJobRequest.overrides", "body.overrides"};
    struct json_view o = {0}, key, c;
    for (size_t i = 0; i < ARRAY_LEN(places) && o.kind != JSON_OBJECT; i++) {
        o = log_entry_get(x->request, places[i]);
    }
    if (o.kind != JSON_OBJECT) {
        return;
    }
    struct json_view list = log_entry_get(o, "containerOverrides");
    struct json_iter it = json_iter_of(list);
    while (list.kind == JSON_ARRAY && json_iter_next(&it, &key, &c)) {
        add_override(x, c);
    }
    if (log_entry_get(o, "timeout").kind != JSON_ABSENT) {
        gcp_add(x, ATTR_OVERRIDE, STR("timeout"));
    }
    if (log_entry_get(o, "taskCount").kind != JSON_ABSENT) {
        gcp_add(x, ATTR_OVERRIDE, STR("task count"));
    }
    if (gcp_added(x, ATTR_OVERRIDE)) {
        x->e->kind = EVENT_CHANGE;
    }
}

/* ---- subject ---- */

static void subject(struct gcp_extract *x)
{
    static const struct {
        const char *collection, *prefix;
    } kinds[] = {{"services", ""},
                 {"jobs", "job:"},
                 {"workerPools", "workerpool:"},
                 {"workerpools", "workerpool:"}};
    static const char *const named[] = {"name", "service.name", "resource", "job.name",
                                        "workerPool.name"};
    for (size_t k = 0; k < ARRAY_LEN(kinds); k++) {
        gcp_set_function(x, kinds[k].prefix, gcp_part(x->resource, kinds[k].collection),
                         x->resource);
    }
    for (size_t i = 0; i < ARRAY_LEN(named); i++) {
        struct str name = gcp_get(x, x->request, named[i]);
        for (size_t k = 0; k < ARRAY_LEN(kinds); k++) {
            gcp_set_function(x, kinds[k].prefix, gcp_part(name, kinds[k].collection), name);
        }
    }
    gcp_set_function(x, "", gcp_get(x, x->request, "service.metadata.name"), x->resource);
    gcp_set_function(x, "job:", gcp_get(x, x->request, "job.metadata.name"), x->resource);
    gcp_set_function(x, "", gcp_get(x, x->request, "serviceId"), x->resource);
    gcp_set_function(x, "job:", gcp_get(x, x->request, "jobId"), x->resource);
    struct json_view labels = log_entry_get(log_entry_view(x->r, LE_RESOURCE), "labels");
    gcp_set_function(x, "", gcp_get(x, labels, "serviceName"), x->resource);
    gcp_set_function(x, "job:", gcp_get(x, labels, "jobName"), x->resource);
}

static const struct gcp_row rows[] = {
    GCP_ROW("CreateService", CHANGE, service_takes, service_more),
    GCP_ROW("ReplaceService", CHANGE, service_takes, service_more),
    GCP_ROW("UpdateService", CHANGE, service_takes, service_more),
    GCP_ROW("DeleteService", CHANGE, name_takes, NULL),
    GCP_ROW("SetIamPolicy", CHANGE, name_takes, gcp_add_grants),
    GCP_ROW("CreateJob", CHANGE, job_takes, job_more),
    GCP_ROW("ReplaceJob", CHANGE, job_takes, job_more),
    GCP_ROW("UpdateJob", CHANGE, job_takes, job_more),
    GCP_ROW("DeleteJob", CHANGE, name_takes, NULL),
    GCP_ROW("RunJob", INVOKE, name_takes, run_more),
    GCP_ROW("CreateWorkerPool", CHANGE, job_takes, job_more),
    GCP_ROW("ReplaceWorkerPool", CHANGE, job_takes, job_more),
    GCP_ROW("UpdateWorkerPool", CHANGE, job_takes, job_more),
    GCP_ROW("DeleteWorkerPool", CHANGE, name_takes, NULL),
    GCP_ROW("DeleteRevision", CHANGE, name_takes, NULL),
    GCP_ROW("CreateDomainMapping", CHANGE, domain_takes, NULL),
    GCP_ROW("DeleteDomainMapping", CHANGE, domain_takes, NULL),
    /* A system event without a method: the platform says how a service stands. */
    GCP_ROW("ServiceStatus", CHANGE, service_takes, NULL),
    GCP_ROW("GetService", READ, name_takes, NULL),
    GCP_ROW("ListServices", READ, name_takes, NULL),
    GCP_ROW("GetJob", READ, name_takes, NULL),
    GCP_ROW("ListJobs", READ, name_takes, NULL),
    GCP_ROW("GetRevision", READ, name_takes, NULL),
    GCP_ROW("ListRevisions", READ, name_takes, NULL),
    GCP_ROW("GetIamPolicy", READ, name_takes, NULL),
};

static const struct gcp_service services[] = {
    GCP_SERVICE("run.googleapis.com", rows, subject),
};
const struct gcp_area gcp_area_run = {services, ARRAY_LEN(services)};
