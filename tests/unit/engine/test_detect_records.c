/*
 * From record to finding: CloudTrail records as the provider writes them, one story a detection.
 * What the source extracts and what a detection asks for are written by different hands; this
 * holds them together.
 */
#include "detect/detect.h"
#include "source/test_scan.h"

extern const struct source_ops source_cloudtrail;

/* A record: minute of the hour, service, name, rest of the object. */
#define USER                                                                                       \
    "\"userIdentity\":{\"type\":\"IAMUser\",\"principalId\":\"AIDA1\",\"arn\":"                    \
    "\"arn:aws:iam::111122223333:user/dana\",\"accountId\":\"111122223333\",\"accessKeyId\":"      \
    "\"AKIA1\",\"userName\":\"dana\"}"
#define AT(day, minute, service, name, rest)                                                       \
    "{\"eventVersion\":\"1.09\"," USER ",\"eventTime\":\"2026-11-" day "T10:" minute ":00Z\","     \
    "\"eventSource\":\"" service ".amazonaws.com\",\"eventName\":\"" name "\",\"awsRegion\":"      \
    "\"eu-west-1\",\"sourceIPAddress\":\"203.0.113.7\",\"userAgent\":\"aws-cli/2\"," rest          \
    ",\"eventID\":\"" day minute name "\",\"readOnly\":false,\"eventType\":\"AwsApiCall\","        \
    "\"managementEvent\":true,\"recipientAccountId\":\"111122223333\"}"
#define RP(x) "\"requestParameters\":{" x "}"
#define RE(x) ",\"responseElements\":{" x "}"
#define PAY   "\"functionName\":\"pay\""
#define WHOLE                                                                                      \
    PAY ",\"functionArn\":\"arn:aws:lambda:eu-west-1:111122223333:function:pay\",\"revisionId\":"  \
        "\"r\""
#define HASH_A      "\"codeSha256\":\"qqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqo=\""
#define HASH_B      "\"codeSha256\":\"u7u7u7u7u7u7u7u7u7u7u7u7u7u7u7u7u7u7u7u7u7s=\""
#define CONFIG      "UpdateFunctionConfiguration20150331v2"
#define CODE        "UpdateFunctionCode20150331v2"
#define LAYERS(arn) ",\"layers\":[{\"arn\":\"" arn "\"}]"

enum { MOST = 7 };

static const struct {
    const char *ref;
    const char *records[MOST];
} stories[] = {
    {"D02", {AT("20", "01", "lambda", CODE, RP(PAY) RE(WHOLE "," HASH_A))}},
    {"D05",
     {AT("20", "01", "lambda", CONFIG, RP(PAY) RE(WHOLE "," HASH_A)),
      AT("20", "02", "lambda", CODE, RP(PAY) RE(WHOLE "," HASH_B)),
      AT("20", "03", "lambda", CODE, RP(PAY) RE(WHOLE "," HASH_A))}},
    {"D06",
     {AT("20", "01", "lambda", CODE, RP(PAY) RE(WHOLE ",\"codeSize\":1000")),
      AT("20", "02", "lambda", CODE, RP(PAY) RE(WHOLE ",\"codeSize\":90000"))}},
    {"D07",
     {AT("20", "01", "lambda", CONFIG, RP(PAY) RE(WHOLE)),
      AT("20", "02", "lambda", CONFIG,
         RP(PAY) RE(WHOLE LAYERS("arn:aws:lambda:eu-west-1:111122223333:layer:own:1")))}},
    {"D08",
     {AT("20", "01", "lambda", CONFIG,
         RP(PAY) RE(WHOLE LAYERS("arn:aws:lambda:eu-west-1:999988887777:layer:x:1")))}},
    {"D10",
     {AT("20", "01", "lambda", CONFIG, RP(PAY) RE(WHOLE ",\"handler\":\"app.handler\"")),
      AT("20", "02", "lambda", CONFIG, RP(PAY) RE(WHOLE ",\"handler\":\"wrap.main\""))}},
    {"D11",
     {AT("20", "01", "lambda", CONFIG,
         RP(PAY) RE(WHOLE ",\"role\":\"arn:aws:iam::111122223333:role/pay\"")),
      AT("20", "02", "lambda", CONFIG,
         RP(PAY) RE(WHOLE ",\"role\":\"arn:aws:iam::111122223333:role/admin\""))}},
    {"D12",
     {AT("20", "01", "lambda", CONFIG,
         RP(PAY) RE(WHOLE ",\"vpcConfig\":{\"subnetIds\":[\"subnet-1\"],\"securityGroupIds\":["
                          "\"sg-1\"],\"vpcId\":\"vpc-1\"}")),
      AT("20", "02", "lambda", CONFIG,
         RP(PAY) RE(WHOLE ",\"vpcConfig\":{\"subnetIds\":[],\"securityGroupIds\":[],\"vpcId\":"
                          "\"\"}"))}},
    {"D13",
     {AT("20", "01", "lambda", CONFIG, RP(PAY) RE(WHOLE ",\"timeout\":30,\"memorySize\":128")),
      AT("20", "02", "lambda", CONFIG, RP(PAY) RE(WHOLE ",\"timeout\":900,\"memorySize\":128"))}},
    {"D15",
     {AT("20", "01", "lambda", "CreateFunctionUrlConfig", RP(PAY ",\"authType\":\"AWS_IAM\"")),
      AT("20", "02", "lambda", "UpdateFunctionUrlConfig", RP(PAY ",\"authType\":\"NONE\""))}},
    {"D17",
     {AT("20", "01", "lambda", "AddPermission20150331v2",
         RP(PAY ",\"statementId\":\"s\",\"action\":\"lambda:InvokeFunction\",\"principal\":"
                "\"999988887777\""))}},
    {"D17",
     {AT("20", "01", "lambda", "AddPermission20150331v2",
         RP(PAY ",\"statementId\":\"s\",\"action\":\"lambda:InvokeFunction\",\"principal\":"
                "\"s3.amazonaws.com\""))}},
    {"D19",
     {AT("20", "01", "lambda", "CreateEventSourceMapping20150331",
         RP(PAY ",\"eventSourceArn\":\"arn:aws:sqs:eu-west-1:999988887777:q\""))}},
    {"D20",
     {AT("20", "01", "lambda", "PutFunctionEventInvokeConfig",
         RP(PAY ",\"destinationConfig\":{\"onSuccess\":{\"destination\":"
                "\"arn:aws:sqs:eu-west-1:999988887777:q\"}}"))}},
    {"D21",
     {AT("20", "01", "lambda", "UpdateAlias20150331",
         RP(PAY ",\"name\":\"live\",\"functionVersion\":\"7\",\"routingConfig\":{"
                "\"additionalVersionWeights\":{\"8\":0.01}}")),
      AT("23", "01", "lambda", CONFIG, RP(PAY) RE(WHOLE))}},
    {"D23",
     {AT("20", "01", "lambda", "CreateFunction20150331", RP(PAY) RE(WHOLE)),
      AT("20", "02", "events", "PutRule",
         RP("\"name\":\"r\",\"eventPattern\":\"{\\\"source\\\":[\\\"aws.iam\\\"],\\\"detail\\\":{"
            "\\\"eventName\\\":[\\\"CreateUser\\\"]}}\"")),
      AT("20", "03", "events", "PutTargets",
         RP("\"rule\":\"r\",\"targets\":[{\"id\":\"1\",\"arn\":"
            "\"arn:aws:lambda:eu-west-1:111122223333:function:pay\"}]"))}},
    {"D24",
     {AT("20", "02", "events", "PutRule",
         RP("\"name\":\"r\",\"scheduleExpression\":\"rate(5 minutes)\"")),
      AT("20", "03", "events", "PutTargets",
         RP("\"rule\":\"r\",\"targets\":[{\"id\":\"1\",\"arn\":"
            "\"arn:aws:lambda:eu-west-1:111122223333:function:pay\"}]"))}},
    {"D25",
     {AT("20", "01", "apigateway", "PutMethod",
         RP("\"restApiId\":\"a1\",\"resourceId\":\"r1\",\"httpMethod\":\"GET\",\"putMethodInput\":"
            "{\"authorizationType\":\"NONE\"}")),
      AT("20", "02", "apigateway", "PutIntegration",
         RP("\"restApiId\":\"a1\",\"resourceId\":\"r1\",\"httpMethod\":\"GET\","
            "\"putIntegrationInput\":{\"type\":\"AWS_PROXY\",\"uri\":"
            "\"arn:aws:apigateway:eu-west-1:lambda:path/2015-03-31/functions/"
            "arn:aws:lambda:eu-west-1:111122223333:function:pay/invocations\"}"))}},
    {"D28",
     {AT("20", "01", "lambda", "PutFunctionConcurrency20171031",
         RP(PAY ",\"reservedConcurrentExecutions\":900"))}},
    {"D31",
     {AT("20", "01", "lambda", "CreateFunction20150331", RP(PAY) RE(WHOLE)),
      AT("20", "02", "lambda", "DeleteFunction20150331", RP(PAY))}},
    {"D32",
     {AT("20", "01", "lambda", "ListFunctions20150331", RP("")),
      AT("20", "01", "lambda", "GetFunction20150331v2", RP(PAY)),
      AT("20", "01", "lambda", "GetPolicy20150331v2", RP(PAY)),
      AT("20", "02", "lambda", "ListLayers20181031", RP("")),
      AT("20", "02", "lambda", "GetAccountSettings20160819", RP(""))}},
    {"D33",
     {AT("20", "01", "lambda", "GetFunction20150331v2", RP("\"functionName\":\"a\"")),
      AT("20", "02", "lambda", "GetFunction20150331v2", RP("\"functionName\":\"b\"")),
      AT("20", "03", "lambda", "GetFunction20150331v2", RP("\"functionName\":\"c\"")),
      AT("20", "04", "lambda", "GetFunction20150331v2", RP("\"functionName\":\"d\"")),
      AT("20", "05", "lambda", "GetFunction20150331v2", RP("\"functionName\":\"e\""))}},
    {"D55",
     {AT("20", "01", "iam", "PutRolePolicy",
         RP("\"roleName\":\"pay\",\"policyName\":\"p\",\"policyDocument\":\"{\\\"Statement\\\":[{"
            "\\\"Effect\\\":\\\"Allow\\\",\\\"Action\\\":\\\"*\\\",\\\"Resource\\\":\\\"*\\\"}]}"
            "\""))}},
    {"D58",
     {AT("20", "01", "iam", "CreateRole",
         RP("\"roleName\":\"pay\",\"assumeRolePolicyDocument\":\"{\\\"Statement\\\":[{"
            "\\\"Effect\\\":\\\"Allow\\\",\\\"Principal\\\":{\\\"AWS\\\":\\\"999988887777\\\"},"
            "\\\"Action\\\":\\\"sts:AssumeRole\\\"}]}\""))}},
    {"D84",
     {AT("20", "01", "cloudtrail", "PutEventSelectors",
         RP("\"trailName\":\"main\",\"eventSelectors\":[{\"readWriteType\":\"All\","
            "\"includeManagementEvents\":true,\"dataResources\":[{\"type\":"
            "\"AWS::Lambda::Function\",\"values\":[\"arn:aws:lambda\"]}]}]")),
      AT("20", "02", "cloudtrail", "PutEventSelectors",
         RP("\"trailName\":\"main\",\"advancedEventSelectors\":[{\"fieldSelectors\":[{\"field\":"
            "\"eventCategory\",\"equals\":[\"Management\"]}]}]"))}},
};

/* The last record of a story makes the finding; without it there is none. */
static bool fires(const char *const *records, size_t count, const char *ref)
{
    struct scan scans[MOST];
    struct event events[MOST];
    struct event *list[MOST];
    struct err err = {0};
    struct finding_list findings = {0};
    struct context *c = context_new();
    assert_non_null(c);
    struct inventory *inv = inventory_new(c);
    struct detect_run *run = detect_run_new(c, NULL, inv);
    assert_non_null(run);
    for (size_t i = 0; i < count; i++) {
        scan_init(&scans[i], &source_cloudtrail);
        events[i] = scan_event(&scans[i], records[i]);
        list[i] = &events[i];
    }
    if (detect_run_events(run, list, count, &findings, &err) != ERR_OK) {
        fail_msg("%s: %s", ref, err.msg);
    }
    bool found = false;
    for (size_t i = 0; i < findings.len; i++) {
        found = found || str_eq(findings.at[i]->detection->ref, str_of(ref));
        finding_free(findings.at[i]);
    }
    VEC_FREE(&findings);
    detect_run_free(run);
    inventory_free(inv);
    context_free(c);
    for (size_t i = 0; i < count; i++) {
        scan_free(&scans[i]);
    }
    return found;
}

static void test_stories(void **state)
{
    (void)state;
    for (size_t i = 0; i < ARRAY_LEN(stories); i++) {
        size_t n = 0;
        while (n < MOST && stories[i].records[n] != NULL) {
            n++;
        }
        if (!fires(stories[i].records, n, stories[i].ref)) {
            fail_msg("%s (row %zu) does not fire", stories[i].ref, i);
        }
        if (fires(stories[i].records, n - 1, stories[i].ref)) {
            fail_msg("%s (row %zu) fires without its last record", stories[i].ref, i);
        }
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(test_stories)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
