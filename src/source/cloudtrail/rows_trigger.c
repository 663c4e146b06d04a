/*
 * rows_trigger - what makes functions run: rules, schedules, APIs, notifications, the edge.
 */
#include "source/cloudtrail/function_name.h"
#include "source/cloudtrail/policy.h"
#include "source/cloudtrail/table.h"

/* TARGET for each ARN of a function in a text, and the first of them is the event's function. */
static void add_function_arns(struct ct_extract *x, struct str text)
{
    struct str arn;
    while (x->count < CT_ATTRS_MAX && ct_function_next(&text, &arn)) {
        ct_add(x, ATTR_TARGET, arn);
        ct_set_function(x, arn);
    }
}

/* Targets that were taken as fields. */
static void from_targets(struct ct_extract *x)
{
    for (size_t i = 0; i < x->count; i++) {
        struct str arn, text = x->attr[i].value;
        if (x->attr[i].id == ATTR_TARGET && ct_function_next(&text, &arn)) {
            ct_set_function(x, arn);
        }
    }
}

/* Calls that concern functions only when one is named anywhere in what was asked for. */
static void if_function(struct ct_extract *x)
{
    struct json_view rp = ct_view(x->r, CT_RP);
    if (rp.kind == JSON_OBJECT) {
        add_function_arns(x, (struct str){rp.ptr, rp.len});
    }
    if (x->e->function.name.len == 0) {
        x->e->kind = EVENT_OTHER;
    }
}

/* ---- events, schedules, pipes ---- */

static const struct ct_take rule_takes[] = {
    {ATTR_RULE, CT_TEXT, {CT_RP_NAME, CT_RP_RULE}},
    {ATTR_TRIGGER_PATTERN, CT_TEXT, {CT_RP_PATTERN}},
    {ATTR_SCHEDULE, CT_TEXT, {CT_RP_SCHEDULE}},
    {ATTR_STATE, CT_TEXT, {CT_RP_STATE}},
    {ATTR_TARGET, CT_LIST, {CT_RP_TARGETS}},
    {ATTR_API, CT_TEXT, {CT_RP_EVENT_BUS}},
    {ATTR_DESCRIPTION, CT_TEXT, {CT_RP_DESCRIPTION}},
};
static const struct ct_take bus_takes[] = {
    {ATTR_API, CT_TEXT, {CT_RP_EVENT_BUS, CT_RP_NAME}},
    {ATTR_STATEMENT_ID, CT_TEXT, {CT_RP_STATEMENT_ID}},
    {ATTR_GRANT_PRINCIPAL, CT_TEXT, {CT_RP_PRINCIPAL}},
    {ATTR_GRANT_ACTION, CT_TEXT, {CT_RP_ACTION}},
    {ATTR_GRANT_SOURCE, CT_JSON, {CT_RP_CONDITION}},
    {ATTR_TARGET, CT_TEXT, {CT_RP_ENDPOINT_URL}},
};
static const struct ct_take schedule_takes[] = {
    {ATTR_RULE, CT_TEXT, {CT_RP_NAME}},
    {ATTR_SCHEDULE, CT_TEXT, {CT_RP_SCHEDULE}},
    {ATTR_STATE, CT_TEXT, {CT_RP_STATE}},
    {ATTR_TARGET, CT_TEXT, {CT_RP_TARGET_ARN, CT_RP_TARGET}},
    {ATTR_ROLE, CT_TEXT, {CT_RP_TARGET_ROLE, CT_RP_ROLE_ARN}},
    {ATTR_TRIGGER_SOURCE, CT_TEXT, {CT_RP_SOURCE}},
    {ATTR_DESCRIPTION, CT_TEXT, {CT_RP_DESCRIPTION}},
};

static void bus_more(struct ct_extract *x)
{
    ct_add_grants(x, ct_policy_text(x, ct_view(x->r, CT_RP_POLICY)));
}

static const struct ct_row events_rows[] = {
    CT_ROW("PutRule", CHANGE, rule_takes, NULL),
    CT_ROW("PutTargets", CHANGE, rule_takes, from_targets),
    CT_ROW("RemoveTargets", CHANGE, rule_takes, NULL),
    CT_ROW("EnableRule", CHANGE, rule_takes, NULL),
    CT_ROW("DisableRule", CHANGE, rule_takes, NULL),
    CT_ROW("DeleteRule", CHANGE, rule_takes, NULL),
    CT_ROW("PutPermission", CHANGE, bus_takes, bus_more),
    CT_ROW("RemovePermission", CHANGE, bus_takes, NULL),
    CT_ROW("CreateEventBus", CHANGE, bus_takes, bus_more),
    CT_ROW("CreateApiDestination", CHANGE, bus_takes, NULL),
    CT_ROW("UpdateApiDestination", CHANGE, bus_takes, NULL),
};
static const struct ct_row schedule_rows[] = {
    CT_ROW("CreateSchedule", CHANGE, schedule_takes, from_targets),
    CT_ROW("UpdateSchedule", CHANGE, schedule_takes, from_targets),
    CT_ROW("DeleteSchedule", CHANGE, schedule_takes, from_targets),
    CT_ROW("CreatePipe", CHANGE, schedule_takes, from_targets),
    CT_ROW("UpdatePipe", CHANGE, schedule_takes, from_targets),
};

/* ---- APIs ---- */

static const struct ct_take api_takes[] = {
    {ATTR_API, CT_TEXT, {CT_RP_REST_API, CT_RP_API, CT_RE_API_ID, CT_RE_ID}},
    {ATTR_ROUTE, CT_TEXT, {CT_RP_ROUTE_KEY, CT_RP_ROUTE_INPUT_KEY}},
    {ATTR_URL_AUTH,
     CT_TEXT,
     {CT_RP_AUTHORIZATION, CT_RP_METHOD_AUTHORIZATION, CT_RP_ROUTE_AUTHORIZATION,
      CT_RE_AUTHORIZATION}},
    {ATTR_TARGET, CT_TEXT, {CT_RP_URI, CT_RP_INTEGRATION_INPUT_URI, CT_RE_URI}},
    {ATTR_TARGET,
     CT_TEXT,
     {CT_RP_INTEGRATION_URI, CT_RP_V2_INTEGRATION_URI, CT_RE_INTEGRATION_URI}},
    {ATTR_TARGET, CT_TEXT, {CT_RP_TARGET, CT_RP_ROUTE_TARGET}},
};

static void api_more(struct ct_extract *x)
{
    struct str method = ct_str(x, CT_RP_HTTP_METHOD);
    if (method.len != 0) {
        ct_add_joined(x, ATTR_ROUTE, method, " ", ct_str(x, CT_RP_API_RESOURCE));
    }
    from_targets(x);
}

static const struct ct_row api_rows[] = {
    CT_ROW("PutMethod", CHANGE, api_takes, api_more),
    CT_ROW("UpdateMethod", CHANGE, api_takes, api_more),
    CT_ROW("PutIntegration", CHANGE, api_takes, api_more),
    CT_ROW("UpdateIntegration", CHANGE, api_takes, api_more),
    CT_ROW("CreateIntegration", CHANGE, api_takes, api_more),
    CT_ROW("CreateRoute", CHANGE, api_takes, api_more),
    CT_ROW("UpdateRoute", CHANGE, api_takes, api_more),
    CT_ROW("CreateApi", CHANGE, api_takes, api_more),
    CT_ROW("UpdateApi", CHANGE, api_takes, api_more),
    CT_ROW("ImportApi", CHANGE, api_takes, if_function),
    CT_ROW("ImportRestApi", CHANGE, api_takes, if_function),
    CT_ROW("PutRestApi", CHANGE, api_takes, if_function),
    CT_ROW("CreateRestApi", CHANGE, api_takes, if_function),
    CT_ROW("UpdateRestApiPolicy", CHANGE, api_takes, api_more),
    CT_ROW("UpdateRestApi", CHANGE, api_takes, if_function),
    CT_ROW("CreateDeployment", CHANGE, api_takes, if_function),
    CT_ROW("CreateStage", CHANGE, api_takes, if_function),
};

/* ---- the edge: names that Lambda also uses ---- */

static const struct ct_take edge_takes[] = {
    {ATTR_API, CT_TEXT, {CT_RP_ID}},
};

/* A CloudFront function lives in the account, not in a region. */
static void edge_function(struct ct_extract *x)
{
    struct str name = ct_str(x, CT_RP_NAME);
    if (name.len == 0) {
        name = ct_str(x, CT_RE_FUNCTION_SUMMARY_NAME);
    }
    struct str key;
    if (name.len == 0) {
        return;
    }
    if (!arena_printf(x->a, &key, "cloudfront:%.*s", STR_ARG(name))) {
        x->full = true;
        return;
    }
    x->e->function = (struct function_key){
        .provider = STR("aws"), .account = x->e->account, .region = STR_EMPTY, .name = key};
}

static const struct ct_row edge_rows[] = {
    CT_ROW("CreateFunction", CHANGE, edge_takes, edge_function),
    CT_ROW("UpdateFunction", CHANGE, edge_takes, edge_function),
    CT_ROW("PublishFunction", CHANGE, edge_takes, edge_function),
    CT_ROW("DeleteFunction", CHANGE, edge_takes, edge_function),
    CT_ROW("CreateDistribution", CHANGE, edge_takes, if_function),
    CT_ROW("CreateDistributionWithTags", CHANGE, edge_takes, if_function),
    CT_ROW("UpdateDistribution", CHANGE, edge_takes, if_function),
};

/* ---- load balancers ---- */

static const struct ct_take group_takes[] = {
    {ATTR_API, CT_TEXT, {CT_RP_TARGET_GROUP}},
};

static const struct ct_row balancer_rows[] = {
    CT_ROW("RegisterTargets", CHANGE, group_takes, if_function),
    CT_ROW("DeregisterTargets", CHANGE, group_takes, if_function),
};

/* ---- notifications and other silent triggers ---- */

static const struct ct_take silent_takes[] = {
    {ATTR_TRIGGER_SOURCE, CT_TEXT, {CT_RP_TOPIC_ARN}},
    {ATTR_API, CT_TEXT, {CT_RP_BUCKET, CT_RP_POOL}},
    {ATTR_RULE, CT_TEXT, {CT_RP_NAME}},
};
static const struct ct_take machine_takes[] = {
    {ATTR_API, CT_TEXT, {CT_RP_STATE_MACHINE, CT_RE_STATE_MACHINE, CT_RP_NAME}},
    {ATTR_ROLE, CT_TEXT, {CT_RP_ROLE_ARN}},
};

#define SILENT(action) CT_ROW(action, CHANGE, silent_takes, if_function)
static const struct ct_row s3_rows[] = {SILENT("PutBucketNotification"),
                                        SILENT("PutBucketNotificationConfiguration")};
static const struct ct_row sns_rows[] = {SILENT("Subscribe")};
static const struct ct_row cognito_rows[] = {SILENT("CreateUserPool"), SILENT("UpdateUserPool")};
static const struct ct_row iot_rows[] = {SILENT("CreateTopicRule"), SILENT("ReplaceTopicRule")};
static const struct ct_row ses_rows[] = {SILENT("CreateReceiptRule"), SILENT("UpdateReceiptRule")};
static const struct ct_row commit_rows[] = {SILENT("PutRepositoryTriggers")};
static const struct ct_row secret_rows[] = {SILENT("RotateSecret")};
static const struct ct_row states_rows[] = {
    CT_ROW("CreateStateMachine", CHANGE, machine_takes, if_function),
    CT_ROW("UpdateStateMachine", CHANGE, machine_takes, if_function),
};

static const struct ct_service services[] = {
    CT_SERVICE("events.amazonaws.com", events_rows, NULL),
    CT_SERVICE("scheduler.amazonaws.com", schedule_rows, NULL),
    CT_SERVICE("pipes.amazonaws.com", schedule_rows, NULL),
    CT_SERVICE("apigateway.amazonaws.com", api_rows, NULL),
    CT_SERVICE("cloudfront.amazonaws.com", edge_rows, NULL),
    CT_SERVICE("elasticloadbalancing.amazonaws.com", balancer_rows, NULL),
    CT_SERVICE("s3.amazonaws.com", s3_rows, NULL),
    CT_SERVICE("sns.amazonaws.com", sns_rows, NULL),
    CT_SERVICE("cognito-idp.amazonaws.com", cognito_rows, NULL),
    CT_SERVICE("iot.amazonaws.com", iot_rows, NULL),
    CT_SERVICE("ses.amazonaws.com", ses_rows, NULL),
    CT_SERVICE("codecommit.amazonaws.com", commit_rows, NULL),
    CT_SERVICE("secretsmanager.amazonaws.com", secret_rows, NULL),
    CT_SERVICE("states.amazonaws.com", states_rows, NULL),
};
const struct ct_area ct_area_trigger = {services, ARRAY_LEN(services)};
