/*
 * rows_logging - what is recorded and watched: trails, log groups, detectors.
 */
#include "source/cloudtrail/function_name.h"
#include "source/cloudtrail/selectors.h"
#include "source/cloudtrail/table.h"

/* ---- cloudtrail ---- */

static const struct ct_take trail_takes[] = {
    {ATTR_TRAIL, CT_TEXT, {CT_RP_NAME, CT_RP_TRAIL_NAME, CT_RP_EVENT_STORE, CT_RE_TRAIL_ARN}},
    {ATTR_MULTI_REGION, CT_TEXT, {CT_RE_MULTI_REGION, CT_RP_MULTI_REGION}},
    {ATTR_VALIDATION, CT_TEXT, {CT_RE_VALIDATION, CT_RP_VALIDATION}},
    {ATTR_BUCKET, CT_TEXT, {CT_RE_TRAIL_BUCKET, CT_RP_TRAIL_BUCKET}},
};

#define TRAIL(action) CT_ROW(action, LOGGING, trail_takes, ct_add_selectors)
static const struct ct_row trail_rows[] = {
    TRAIL("StopLogging"),
    TRAIL("StartLogging"),
    TRAIL("CreateTrail"),
    TRAIL("UpdateTrail"),
    TRAIL("DeleteTrail"),
    TRAIL("PutEventSelectors"),
    TRAIL("PutInsightSelectors"),
    TRAIL("CreateEventDataStore"),
    TRAIL("UpdateEventDataStore"),
    TRAIL("DeleteEventDataStore"),
    TRAIL("StopEventDataStoreIngestion"),
    TRAIL("DeregisterOrganizationDelegatedAdmin"),
};

/* ---- logs ---- */

static const struct ct_take group_takes[] = {
    {ATTR_LOG_GROUP, CT_TEXT, {CT_RP_LOG_GROUP, CT_RP_LOG_GROUP_ID}},
    {ATTR_RETENTION_DAYS, CT_TEXT, {CT_RP_RETENTION}},
    {ATTR_DESTINATION, CT_TEXT, {CT_RP_DESTINATION_ARN}},
    {ATTR_POLICY_DOCUMENT, CT_JSON, {CT_RP_POLICY_DOCUMENT}},
};

/* "/aws/lambda/NAME" is the group a function writes to unless told otherwise. */
static void group_more(struct ct_extract *x)
{
    static const struct str prefix = STR_INIT("/aws/lambda/");
    struct str group = ct_str(x, CT_RP_LOG_GROUP);
    if (str_starts(group, prefix)) {
        ct_set_function(x, str_from(group, prefix.len));
    }
}

#define GROUP(action) CT_ROW(action, LOGGING, group_takes, group_more)
static const struct ct_row logs_rows[] = {
    GROUP("DeleteLogGroup"),          GROUP("DeleteLogStream"),
    GROUP("PutRetentionPolicy"),      GROUP("DeleteRetentionPolicy"),
    GROUP("PutSubscriptionFilter"),   GROUP("DeleteSubscriptionFilter"),
    GROUP("PutResourcePolicy"),       GROUP("DeleteResourcePolicy"),
    GROUP("PutDataProtectionPolicy"), GROUP("DeleteMetricFilter"),
    GROUP("PutDestination"),          GROUP("PutAccountPolicy"),
};

/* ---- others that watch ---- */

static const struct ct_take watch_takes[] = {
    {ATTR_TRAIL, CT_TEXT, {CT_RP_DETECTOR, CT_RP_RECORDER, CT_RP_CHANNEL, CT_RP_NAME}},
    {ATTR_TRAIL, CT_TEXT, {CT_RP_QUERY_LOG, CT_RP_KEY_ID, CT_RP_BUCKET}},
    {ATTR_STATE, CT_TEXT, {CT_RP_ENABLE}},
};

/* One id, or a list of objects that each hold one (EC2 wraps lists so). */
static void flow_logs(struct ct_extract *x)
{
    ct_add_list(x, ATTR_TRAIL, ct_view(x->r, CT_RP_FLOW_LOGS), STR("content"));
    struct json_view v = ct_view(x->r, CT_RP_FLOW_LOGS);
    if (v.kind == JSON_OBJECT) {
        ct_add(x, ATTR_TRAIL, ct_view_str(x, json_member(v, STR("content"))));
    }
}

#define WATCH(action) CT_ROW(action, LOGGING, watch_takes, NULL)
static const struct ct_row guardduty_rows[] = {
    WATCH("CreateDetector"),
    WATCH("UpdateDetector"),
    WATCH("DeleteDetector"),
    WATCH("CreateFilter"),
    WATCH("UpdateFilter"),
    WATCH("CreateIPSet"),
    WATCH("UpdateIPSet"),
    WATCH("CreateThreatIntelSet"),
    WATCH("DeleteThreatIntelSet"),
    WATCH("DeleteMembers"),
    WATCH("DisassociateMembers"),
    WATCH("StopMonitoringMembers"),
    WATCH("DisassociateFromMasterAccount"),
    WATCH("DisassociateFromAdministratorAccount"),
    WATCH("DeletePublishingDestination"),
    WATCH("DisableOrganizationAdminAccount"),
};
static const struct ct_row hub_rows[] = {
    WATCH("DisableSecurityHub"),     WATCH("BatchDisableStandards"),
    WATCH("CreateAutomationRule"),   WATCH("DeleteMembers"),
    WATCH("DisassociateMembers"),    WATCH("DisassociateFromMasterAccount"),
    WATCH("UpdateStandardsControl"), WATCH("DisassociateFromAdministratorAccount"),
    WATCH("DeleteInsight"),          WATCH("DisableImportFindingsForProduct"),
    WATCH("DisableSecurityHubV2"),
};
static const struct ct_row config_rows[] = {
    WATCH("StopConfigurationRecorder"),
    WATCH("DeleteConfigurationRecorder"),
    WATCH("PutConfigurationRecorder"),
    WATCH("DeleteDeliveryChannel"),
    WATCH("PutDeliveryChannel"),
    WATCH("DeleteConfigRule"),
    WATCH("DeleteConfigurationAggregator"),
};
static const struct ct_row ec2_rows[] = {
    CT_ROW("DeleteFlowLogs", LOGGING, watch_takes, flow_logs),
};
static const struct ct_row resolver_rows[] = {
    WATCH("DeleteResolverQueryLogConfig"),
    WATCH("DisassociateResolverQueryLogConfig"),
};
static const struct ct_row s3_rows[] = {
    WATCH("PutBucketLifecycle"), WATCH("PutBucketLifecycleConfiguration"),
    WATCH("PutBucketLogging"),   WATCH("DeleteBucketPolicy"),
    WATCH("DeleteBucket"),
};
static const struct ct_row kms_rows[] = {WATCH("DisableKey"), WATCH("ScheduleKeyDeletion")};
static const struct ct_row organization_rows[] = {
    WATCH("LeaveOrganization"), WATCH("RemoveAccountFromOrganization"),
    WATCH("DisableAWSServiceAccess"), WATCH("DeregisterDelegatedAdministrator")};
static const struct ct_row alarm_rows[] = {WATCH("DeleteAlarms"), WATCH("DisableAlarmActions")};
static const struct ct_row macie_rows[] = {WATCH("UpdateMacieSession"), WATCH("DisableMacie")};
static const struct ct_row detective_rows[] = {WATCH("DeleteGraph")};

static const struct ct_service services[] = {
    CT_SERVICE("cloudtrail.amazonaws.com", trail_rows, NULL),
    CT_SERVICE("logs.amazonaws.com", logs_rows, NULL),
    CT_SERVICE("guardduty.amazonaws.com", guardduty_rows, NULL),
    CT_SERVICE("securityhub.amazonaws.com", hub_rows, NULL),
    CT_SERVICE("config.amazonaws.com", config_rows, NULL),
    CT_SERVICE("ec2.amazonaws.com", ec2_rows, NULL),
    CT_SERVICE("route53resolver.amazonaws.com", resolver_rows, NULL),
    CT_SERVICE("s3.amazonaws.com", s3_rows, NULL),
    CT_SERVICE("kms.amazonaws.com", kms_rows, NULL),
    CT_SERVICE("organizations.amazonaws.com", organization_rows, NULL),
    CT_SERVICE("monitoring.amazonaws.com", alarm_rows, NULL),
    CT_SERVICE("macie2.amazonaws.com", macie_rows, NULL),
    CT_SERVICE("detective.amazonaws.com", detective_rows, NULL),
};
const struct ct_area ct_area_logging = {services, ARRAY_LEN(services)};
