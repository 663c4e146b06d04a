/*
 * rows_functions - cloudfunctions.googleapis.com, first and second generation.
 */
#include "source/gcp_audit/grants.h"
#include "source/gcp_audit/table.h"

static const struct gcp_take function_takes[] = {
    {ATTR_RUNTIME,
     GCP_TEXT,
     {"buildConfig.runtime", "runtime"},
     {"function.buildConfig.runtime", "function.runtime"}},
    {ATTR_HANDLER,
     GCP_TEXT,
     {"buildConfig.entryPoint", "entryPoint"},
     {"function.buildConfig.entryPoint", "function.entryPoint"}},
    {ATTR_ROLE,
     GCP_TEXT,
     {"serviceConfig.serviceAccountEmail", "serviceAccountEmail"},
     {"function.serviceConfig.serviceAccountEmail", "function.serviceAccountEmail"}},
    {ATTR_INGRESS,
     GCP_INGRESS,
     {"serviceConfig.ingressSettings", "ingressSettings"},
     {"function.serviceConfig.ingressSettings", "function.ingressSettings"}},
    {ATTR_SUBNET,
     GCP_TEXT,
     {"serviceConfig.vpcConnector", "vpcConnector"},
     {"function.serviceConfig.vpcConnector", "function.vpcConnector"}},
    {ATTR_TIMEOUT_S,
     GCP_NUMBER,
     {"serviceConfig.timeoutSeconds", "timeout"},
     {"function.serviceConfig.timeoutSeconds", "function.timeout"}},
    {ATTR_MEMORY_MB,
     GCP_MIB,
     {"serviceConfig.availableMemory"},
     {"function.serviceConfig.availableMemory", "function.availableMemoryMb"}},
    {ATTR_URL,
     GCP_TEXT,
     {"serviceConfig.uri", "url", "httpsTrigger.url"},
     {"function.serviceConfig.uri", "function.httpsTrigger.url"}},
    {ATTR_VERSION,
     GCP_LAST,
     {"serviceConfig.revision", "versionId"},
     {"function.serviceConfig.revision"}},
    {ATTR_TRIGGER_SOURCE,
     GCP_TEXT,
     {"eventTrigger.pubsubTopic", "eventTrigger.resource"},
     {"function.eventTrigger.pubsubTopic", "function.eventTrigger.resource",
      "function.eventTrigger.eventType"}},
    {ATTR_REPOSITORY,
     GCP_TEXT,
     {NULL},
     {"function.buildConfig.dockerRepository", "function.dockerRepository"}},
    {ATTR_TAG_KEY, GCP_KEYS, {NULL}, {"function.labels"}},
    {ATTR_UPDATE_MASK, GCP_TEXT, {NULL}, {"updateMask"}},
    {ATTR_DESCRIPTION, GCP_TEXT, {NULL}, {"function.description"}},
};
static const struct gcp_take upload_takes[] = {
    {ATTR_CODE_LOCATION, GCP_TEXT, {"uploadUrl"}, {NULL}},
};
static const struct gcp_take name_takes[] = {
    {ATTR_UPDATE_MASK, GCP_TEXT, {NULL}, {"updateMask"}},
};

/* "gs://bucket/object#generation" */
static bool add_object(struct gcp_extract *x, struct json_view source)
{
    struct str bucket = gcp_get(x, source, "bucket"), object = gcp_get(x, source, "object");
    struct str generation = gcp_get(x, source, "generation"), text;
    if (bucket.len == 0) {
        return false;
    }
    if (!arena_printf(x->a, &text, "gs://%.*s/%.*s%s%.*s", STR_ARG(bucket), STR_ARG(object),
                      generation.len != 0 ? "#" : "", STR_ARG(generation))) {
        x->full = true;
        return false;
    }
    gcp_add(x, ATTR_CODE_LOCATION, text);
    return true;
}

static void add_source(struct gcp_extract *x, struct json_view function)
{
    static const char *const places[] = {
        "buildConfig.source.repoSource.repoName",
        "buildConfig.source.gitSource.url",
        "sourceArchiveUrl",
        "sourceRepository.url",
        "sourceUploadUrl",
    };
    if (add_object(x, log_entry_get(function, "buildConfig.source.storageSource"))) {
        return;
    }
    for (size_t i = 0; i < ARRAY_LEN(places) && !gcp_added(x, ATTR_CODE_LOCATION); i++) {
        struct str url = gcp_get(x, function, places[i]);
        /* A signed address is a secret, and new each time: what stands before it is enough. */
        gcp_add(x, ATTR_CODE_LOCATION, str_head(url, str_chr(url, '?')));
    }
}

static void function_more(struct gcp_extract *x)
{
    add_source(x, log_entry_get(x->request, "function"));
    if (!gcp_added(x, ATTR_CODE_LOCATION)) {
        add_source(x, x->response);
    }
}

static void upload_more(struct gcp_extract *x)
{
    (void)add_object(x, log_entry_get(x->response, "storageSource"));
    for (size_t i = 0; i < x->count; i++) {
        struct str *v = &x->attr[i].value;
        if (x->attr[i].id == ATTR_CODE_LOCATION) {
            *v = str_head(*v, str_chr(*v, '?'));
        }
    }
}

static void subject(struct gcp_extract *x)
{
    static const char *const named[] = {"function.name", "name", "resource"};
    gcp_set_function(x, "", gcp_part(x->resource, "functions"), x->resource);
    for (size_t i = 0; i < ARRAY_LEN(named); i++) {
        struct str name = gcp_get(x, x->request, named[i]);
        gcp_set_function(x, "", gcp_part(name, "functions"), name);
    }
    gcp_set_function(x, "", gcp_get(x, x->request, "functionId"), x->resource);
    struct json_view labels = log_entry_get(log_entry_view(x->r, LE_RESOURCE), "labels");
    gcp_set_function(x, "", gcp_get(x, labels, "functionName"), x->resource);
}

static const struct gcp_row rows[] = {
    GCP_ROW("CallFunction", INVOKE, name_takes, NULL),
    GCP_ROW("CreateFunction", CHANGE, function_takes, function_more),
    GCP_ROW("UpdateFunction", CHANGE, function_takes, function_more),
    GCP_ROW("DeleteFunction", CHANGE, name_takes, NULL),
    GCP_ROW("GenerateUploadUrl", CHANGE, upload_takes, upload_more),
    GCP_ROW("SetIamPolicy", CHANGE, name_takes, gcp_add_grants),
    GCP_ROW("SetupFunctionUpgradeConfig", CHANGE, name_takes, NULL),
    GCP_ROW("RedirectFunctionUpgradeTraffic", CHANGE, name_takes, NULL),
    GCP_ROW("RollbackFunctionUpgradeTraffic", CHANGE, name_takes, NULL),
    GCP_ROW("CommitFunctionUpgrade", CHANGE, name_takes, NULL),
    GCP_ROW("AbortFunctionUpgrade", CHANGE, name_takes, NULL),
    GCP_ROW("DetachFunction", CHANGE, name_takes, NULL),
    GCP_ROW("GenerateDownloadUrl", READ, name_takes, NULL),
    GCP_ROW("GetFunction", READ, name_takes, NULL),
    GCP_ROW("ListFunctions", READ, name_takes, NULL),
    GCP_ROW("GetIamPolicy", READ, name_takes, NULL),
};

static const struct gcp_service services[] = {
    GCP_SERVICE("cloudfunctions.googleapis.com", rows, subject),
};
const struct gcp_area gcp_area_functions = {services, ARRAY_LEN(services)};
