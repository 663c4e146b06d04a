/*
 * rows_lambda - the calls of lambda.amazonaws.com: functions, code, exposure, invocations.
 */
#include "source/cloudtrail/function_name.h"
#include "source/cloudtrail/policy.h"
#include "source/cloudtrail/table.h"

/* ---- functions and code ---- */

static const struct ct_take function_takes[] = {
    {ATTR_CODE_HASH, CT_HASH, {CT_RE_CODE_SHA256}},
    {ATTR_CODE_SIZE, CT_TEXT, {CT_RE_CODE_SIZE}},
    {ATTR_VERSION, CT_TEXT, {CT_RE_VERSION}},
    {ATTR_RUNTIME, CT_TEXT, {CT_RE_RUNTIME, CT_RP_RUNTIME}},
    {ATTR_ARCHITECTURE, CT_LIST, {CT_RE_ARCHITECTURES, CT_RP_ARCHITECTURES}},
    {ATTR_PACKAGE, CT_TEXT, {CT_RE_PACKAGE, CT_RP_PACKAGE}},
    {ATTR_HANDLER, CT_TEXT, {CT_RE_HANDLER, CT_RP_HANDLER}},
    {ATTR_ROLE, CT_TEXT, {CT_RE_ROLE, CT_RP_ROLE}},
    {ATTR_TIMEOUT_S, CT_TEXT, {CT_RE_TIMEOUT, CT_RP_TIMEOUT}},
    {ATTR_MEMORY_MB, CT_TEXT, {CT_RE_MEMORY, CT_RP_MEMORY}},
    {ATTR_LAYER, CT_LIST, {CT_RE_LAYERS, CT_RP_LAYERS}},
    {ATTR_SUBNET, CT_LIST, {CT_RE_SUBNETS, CT_RP_SUBNETS}},
    {ATTR_SECURITY_GROUP, CT_LIST, {CT_RE_SECURITY_GROUPS, CT_RP_SECURITY_GROUPS}},
    {ATTR_DESTINATION, CT_TEXT, {CT_RP_DEAD_LETTER}},
    {ATTR_LOG_GROUP, CT_TEXT, {CT_RE_LOGGING_GROUP, CT_RP_LOGGING_GROUP}},
    {ATTR_CODE_SIGNING, CT_TEXT, {CT_RP_CODE_SIGNING_ARN}},
    {ATTR_TAG_KEY, CT_KEYS, {CT_RP_TAGS}},
    {ATTR_TAG, CT_PAIRS, {CT_RP_TAGS}},
    {ATTR_DESCRIPTION, CT_TEXT, {CT_RP_DESCRIPTION}},
    {ATTR_DRY_RUN, CT_TRUE, {CT_RP_DRY_RUN}},
};

static void add_location(struct ct_extract *x)
{
    static const enum ct_field places[][3] = {
        {CT_RP_CODE_BUCKET, CT_RP_CODE_KEY, CT_RP_CODE_IMAGE},
        {CT_RP_S3_BUCKET, CT_RP_S3_KEY, CT_RP_IMAGE_URI},
        {CT_RP_CONTENT_BUCKET, CT_RP_CONTENT_KEY, CT_RP_IMAGE_URI},
    };
    for (size_t i = 0; i < ARRAY_LEN(places); i++) {
        struct str bucket = ct_str(x, places[i][0]);
        struct str image = ct_str(x, places[i][2]);
        if (bucket.len != 0) {
            struct str path;
            if (!arena_printf(x->a, &path, "s3://%.*s/%.*s", STR_ARG(bucket),
                              STR_ARG(ct_str(x, places[i][1])))) {
                x->full = true;
                return;
            }
            ct_add(x, ATTR_CODE_LOCATION, path);
            return;
        }
        if (image.len != 0) {
            ct_add(x, ATTR_CODE_LOCATION, image);
            return;
        }
    }
}

/* An answer that names ARN and revision is the whole configuration: what it does not list (layers,
 * a network) the function does not have. A request states only what it carries. */
static void add_stated(struct ct_extract *x)
{
    bool whole = ct_view(x->r, CT_RE_FUNCTION_ARN).kind == JSON_STRING &&
                 ct_view(x->r, CT_RE_REVISION).kind == JSON_STRING;
    if (whole || ct_view(x->r, CT_RE_LAYERS).kind == JSON_ARRAY ||
        ct_view(x->r, CT_RP_LAYERS).kind == JSON_ARRAY) {
        ct_mark(x, ATTR_LAYERS_SET, STR_EMPTY);
    }
    if (whole || ct_view(x->r, CT_RE_VPC).kind == JSON_OBJECT ||
        ct_view(x->r, CT_RP_VPC).kind == JSON_OBJECT) {
        ct_mark(x, ATTR_VPC_SET, STR_EMPTY);
    }
}

static void function_more(struct ct_extract *x)
{
    add_location(x);
    add_stated(x);
}

static const struct ct_take layer_takes[] = {
    {ATTR_LAYER, CT_TEXT, {CT_RE_LAYER_VERSION_ARN, CT_RP_LAYER_NAME}},
    {ATTR_VERSION, CT_TEXT, {CT_RE_VERSION, CT_RP_VERSION_NUMBER}},
    {ATTR_CODE_HASH, CT_HASH, {CT_RE_CONTENT_SHA256}},
    {ATTR_CODE_SIZE, CT_TEXT, {CT_RE_CONTENT_SIZE}},
    {ATTR_DESCRIPTION, CT_TEXT, {CT_RP_DESCRIPTION}},
    {ATTR_STATEMENT_ID, CT_TEXT, {CT_RP_STATEMENT_ID}},
    {ATTR_GRANT_PRINCIPAL, CT_TEXT, {CT_RP_PRINCIPAL}},
    {ATTR_GRANT_ACTION, CT_TEXT, {CT_RP_ACTION}},
    {ATTR_GRANT_SOURCE, CT_TEXT, {CT_RP_ORGANIZATION}},
};

static const struct ct_take name_takes[] = {
    {ATTR_VERSION, CT_TEXT, {CT_RP_QUALIFIER}},
};

/* ---- aliases ---- */

static const struct ct_take alias_takes[] = {
    {ATTR_ALIAS, CT_TEXT, {CT_RP_NAME}},
    {ATTR_VERSION, CT_TEXT, {CT_RE_FUNCTION_VERSION, CT_RP_FUNCTION_VERSION}},
    {ATTR_DESCRIPTION, CT_TEXT, {CT_RP_DESCRIPTION}},
};

static void alias_more(struct ct_extract *x)
{
    struct json_view weights = ct_view(x->r, CT_RP_WEIGHTS);
    struct json_iter it = json_iter_of(weights);
    struct json_view key, value;
    while (weights.kind == JSON_OBJECT && x->count < CT_ATTRS_MAX &&
           json_iter_next(&it, &key, &value)) {
        struct str weight = {value.ptr, value.len};
        ct_add_joined(x, ATTR_ALIAS_WEIGHT, ct_view_str(x, key), "=", weight);
    }
    x->e->qualifier = ct_str(x, CT_RP_NAME);
}

/* ---- grants ---- */

static const struct ct_take permission_takes[] = {
    {ATTR_STATEMENT_ID, CT_TEXT, {CT_RP_STATEMENT_ID}},
    {ATTR_GRANT_PRINCIPAL, CT_TEXT, {CT_RP_PRINCIPAL}},
    {ATTR_GRANT_ACTION, CT_TEXT, {CT_RP_ACTION}},
    {ATTR_GRANT_SOURCE, CT_EACH, {CT_RP_SOURCE_ARN, CT_RP_SOURCE_ACCOUNT, CT_RP_PRINCIPAL_ORG}},
    {ATTR_GRANT_URL_AUTH, CT_TEXT, {CT_RP_URL_AUTH_LIMIT}},
};

static void permission_more(struct ct_extract *x)
{
    if (!ct_added(x, ATTR_GRANT_PRINCIPAL)) {
        ct_add_grants(x, ct_str(x, CT_RE_STATEMENT));
    }
}

static const struct ct_take policy_takes[] = {
    {ATTR_POLICY_DOCUMENT, CT_JSON, {CT_RP_POLICY, CT_RP_POLICY_DOCUMENT}},
};

static void policy_more(struct ct_extract *x)
{
    struct json_view v = ct_view(x->r, CT_RP_POLICY);
    v = v.kind == JSON_ABSENT ? ct_view(x->r, CT_RP_POLICY_DOCUMENT) : v;
    ct_add_grants(x, ct_policy_text(x, v));
}

/* ---- exposure, triggers, settings ---- */

static const struct ct_take url_takes[] = {
    {ATTR_URL, CT_TEXT, {CT_RE_FUNCTION_URL, CT_RE_ENDPOINT_URL}},
    {ATTR_URL_AUTH, CT_TEXT, {CT_RE_AUTH_TYPE, CT_RP_AUTH_TYPE}},
};
static const struct ct_take mapping_takes[] = {
    {ATTR_TRIGGER_SOURCE, CT_TEXT, {CT_RE_EVENT_SOURCE_ARN, CT_RP_EVENT_SOURCE_ARN}},
    {ATTR_MAPPING, CT_TEXT, {CT_RE_UUID, CT_RP_UUID}},
    {ATTR_STATE, CT_TEXT, {CT_RP_ENABLED}},
    {ATTR_DESTINATION, CT_TEXT, {CT_RP_ON_FAILURE}},
};
static const struct ct_take destination_takes[] = {
    {ATTR_DESTINATION, CT_EACH, {CT_RP_ON_SUCCESS, CT_RP_ON_FAILURE}},
};
static const struct ct_take concurrency_takes[] = {
    {ATTR_CONCURRENCY, CT_TEXT, {CT_RE_RESERVED, CT_RP_RESERVED, CT_RP_PROVISIONED}},
};
static const struct ct_take signing_takes[] = {
    {ATTR_CODE_SIGNING,
     CT_EACH,
     {CT_RP_CODE_SIGNING_POLICY, CT_RP_CODE_SIGNING_ARN, CT_RE_CODE_SIGNING_ARN}},
};
static const struct ct_take runtime_takes[] = {
    {ATTR_RUNTIME_UPDATE, CT_TEXT, {CT_RP_RUNTIME_UPDATE}},
    {ATTR_RUNTIME, CT_TEXT, {CT_RP_RUNTIME_ARN}},
};
static const struct ct_take tag_takes[] = {
    {ATTR_TAG_KEY, CT_KEYS, {CT_RP_TAGS, CT_RP_TAG_KEYS}},
    {ATTR_TAG, CT_PAIRS, {CT_RP_TAGS}},
};
static const struct ct_take invoke_takes[] = {
    {ATTR_INVOCATION_TYPE, CT_TEXT, {CT_RP_INVOCATION_TYPE}},
    {ATTR_VERSION, CT_TEXT, {CT_DATA_FUNCTION_VERSION}},
};

static const struct ct_row rows[] = {
    CT_ROW("Invoke", INVOKE, invoke_takes, NULL),
    CT_ROW("InvokeFunctionUrl", INVOKE, invoke_takes, NULL),
    CT_ROW("InvokeWithResponseStream", INVOKE, invoke_takes, NULL),
    CT_ROW("InvokeAsync", INVOKE, invoke_takes, NULL),
    CT_ROW("InvokeWebFunctionEndpoint", INVOKE, invoke_takes, NULL),

    CT_ROW("CreateFunction", CHANGE, function_takes, function_more),
    CT_ROW("UpdateFunctionCode", CHANGE, function_takes, function_more),
    CT_ROW("UpdateFunctionConfiguration", CHANGE, function_takes, function_more),
    CT_ROW("PublishVersion", CHANGE, function_takes, function_more),
    CT_ROW("DeleteFunction", CHANGE, name_takes, NULL),
    CT_ROW("CreateAlias", CHANGE, alias_takes, alias_more),
    CT_ROW("UpdateAlias", CHANGE, alias_takes, alias_more),
    CT_ROW("DeleteAlias", CHANGE, alias_takes, alias_more),
    CT_ROW("PublishLayerVersion", CHANGE, layer_takes, function_more),
    CT_ROW("DeleteLayerVersion", CHANGE, layer_takes, NULL),
    CT_ROW("AddLayerVersionPermission", CHANGE, layer_takes, permission_more),
    CT_ROW("RemoveLayerVersionPermission", CHANGE, layer_takes, NULL),

    CT_ROW("AddPermission", CHANGE, permission_takes, permission_more),
    CT_ROW("RemovePermission", CHANGE, permission_takes, NULL),
    CT_ROW("PutResourcePolicy", CHANGE, policy_takes, policy_more),
    CT_ROW("DeleteResourcePolicy", CHANGE, policy_takes, NULL),
    CT_ROW("CreateFunctionUrlConfig", CHANGE, url_takes, NULL),
    CT_ROW("UpdateFunctionUrlConfig", CHANGE, url_takes, NULL),
    CT_ROW("DeleteFunctionUrlConfig", CHANGE, url_takes, NULL),
    CT_ROW("CreateWebFunction", CHANGE, function_takes, function_more),
    CT_ROW("CreateWebFunctionRevision", CHANGE, function_takes, function_more),
    CT_ROW("CreateWebFunctionEndpoint", CHANGE, url_takes, NULL),
    CT_ROW("UpdateWebFunctionEndpoint", CHANGE, url_takes, NULL),
    CT_ROW("DeleteWebFunction", CHANGE, name_takes, NULL),
    CT_ROW("DeleteWebFunctionRevision", CHANGE, name_takes, NULL),
    CT_ROW("DeleteWebFunctionEndpoint", CHANGE, url_takes, NULL),

    CT_ROW("CreateEventSourceMapping", CHANGE, mapping_takes, NULL),
    CT_ROW("UpdateEventSourceMapping", CHANGE, mapping_takes, NULL),
    CT_ROW("DeleteEventSourceMapping", CHANGE, mapping_takes, NULL),
    CT_ROW("LambdaESMDisabled", CHANGE, mapping_takes, NULL),
    CT_ROW("PutFunctionEventInvokeConfig", CHANGE, destination_takes, NULL),
    CT_ROW("UpdateFunctionEventInvokeConfig", CHANGE, destination_takes, NULL),
    CT_ROW("DeleteFunctionEventInvokeConfig", CHANGE, destination_takes, NULL),
    CT_ROW("PutFunctionConcurrency", CHANGE, concurrency_takes, NULL),
    CT_ROW("DeleteFunctionConcurrency", CHANGE, concurrency_takes, NULL),
    CT_ROW("PutProvisionedConcurrencyConfig", CHANGE, concurrency_takes, NULL),
    CT_ROW("DeleteProvisionedConcurrencyConfig", CHANGE, concurrency_takes, NULL),
    CT_ROW("PutFunctionRecursionConfig", CHANGE, name_takes, NULL),
    CT_ROW("PutFunctionScalingConfig", CHANGE, name_takes, NULL),
    CT_ROW("PutFunctionCodeSigningConfig", CHANGE, signing_takes, NULL),
    CT_ROW("DeleteFunctionCodeSigningConfig", CHANGE, signing_takes, NULL),
    CT_ROW("CreateCodeSigningConfig", CHANGE, signing_takes, NULL),
    CT_ROW("UpdateCodeSigningConfig", CHANGE, signing_takes, NULL),
    CT_ROW("DeleteCodeSigningConfig", CHANGE, signing_takes, NULL),
    CT_ROW("PutRuntimeManagementConfig", CHANGE, runtime_takes, NULL),
    CT_ROW("TagResource", CHANGE, tag_takes, NULL),
    CT_ROW("UntagResource", CHANGE, tag_takes, NULL),

    CT_ROW("ListFunctions", READ, name_takes, NULL),
    CT_ROW("GetFunction", READ, name_takes, NULL),
    CT_ROW("GetFunctionConfiguration", READ, name_takes, NULL),
    CT_ROW("GetPolicy", READ, name_takes, NULL),
    CT_ROW("GetAccountSettings", READ, name_takes, NULL),
    CT_ROW("ListVersionsByFunction", READ, name_takes, NULL),
    CT_ROW("ListAliases", READ, name_takes, NULL),
    CT_ROW("GetAlias", READ, name_takes, NULL),
    CT_ROW("ListLayers", READ, layer_takes, NULL),
    CT_ROW("ListLayerVersions", READ, layer_takes, NULL),
    CT_ROW("GetLayerVersion", READ, layer_takes, NULL),
    CT_ROW("GetLayerVersionByArn", READ, layer_takes, NULL),
    CT_ROW("GetLayerVersionPolicy", READ, layer_takes, NULL),
    CT_ROW("ListEventSourceMappings", READ, mapping_takes, NULL),
    CT_ROW("GetEventSourceMapping", READ, mapping_takes, NULL),
    CT_ROW("GetFunctionUrlConfig", READ, url_takes, NULL),
    CT_ROW("ListFunctionUrlConfigs", READ, name_takes, NULL),
    CT_ROW("GetFunctionCodeSigningConfig", READ, name_takes, NULL),
    CT_ROW("GetFunctionConcurrency", READ, name_takes, NULL),
    CT_ROW("GetFunctionEventInvokeConfig", READ, name_takes, NULL),
    CT_ROW("ListFunctionEventInvokeConfigs", READ, name_takes, NULL),
    CT_ROW("GetRuntimeManagementConfig", READ, name_takes, NULL),
    CT_ROW("GetResourcePolicy", READ, name_takes, NULL),
    CT_ROW("GetWebFunction", READ, name_takes, NULL),
    CT_ROW("ListWebFunctions", READ, name_takes, NULL),
    CT_ROW("ListTags", READ, name_takes, NULL),
};

static const struct ct_service services[] = {
    CT_SERVICE("lambda.amazonaws.com", rows, ct_lambda_subject),
    CT_SERVICE("lambda-web.amazonaws.com", rows, ct_lambda_subject),
};
const struct ct_area ct_area_lambda = {services, ARRAY_LEN(services)};
