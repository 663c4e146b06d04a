/* What is taken out of each kind of call, from records as AWS writes them. */
#include "base/buf.h"
#include "source/cloudtrail/function_name.h"
#include "source/test_scan.h"

extern const struct source_ops source_cloudtrail;

static const struct {
    const char *text, *region, *account, *name, *qualifier; /* name NULL: not a function */
} spellings[] = {
    {"pay", "", "", "pay", ""},
    {"pay:live", "", "", "pay", "live"},
    {"pay:$LATEST", "", "", "pay", "$LATEST"},
    {"111122223333:function:pay", "", "111122223333", "pay", ""},
    {"111122223333:function:pay:7", "", "111122223333", "pay", "7"},
    {"eu-west-1:111122223333:function:pay", "eu-west-1", "111122223333", "pay", ""},
    {"function:pay:live", "", "", "pay", "live"},
    {"arn:aws:lambda:eu-west-1:111122223333:function:pay", "eu-west-1", "111122223333", "pay", ""},
    {"arn:aws-us-gov:lambda:us-gov-west-1:111122223333:function:pay:live", "us-gov-west-1",
     "111122223333", "pay", "live"},
    {"arn:aws:lambda:eu-west-1:111122223333:web-function/shop/endpoint/e1", "eu-west-1",
     "111122223333", "shop", ""},
    {"arn:aws:lambda:eu-west-1:111122223333:layer:lib:3", "", "", NULL, ""},
    {"arn:aws:lambda:eu-west-1:111122223333:event-source-mapping:u", "", "", NULL, ""},
    {"arn:aws:lambda:eu-west-1:111122223333:code-signing-config:csc-1", "", "", NULL, ""},
    {"arn:aws:s3:::bucket", "", "", NULL, ""},
    {"arn:aws:lambda:eu-west-1:111122223333:function:", "", "", NULL, ""},
    {"a b", "", "", NULL, ""},
    {"a:b:c", "", "", NULL, ""},
    {"", "", "", NULL, ""},
    {":", "", "", NULL, ""},
};

static void test_spellings(void **state)
{
    (void)state;
    for (size_t i = 0; i < ARRAY_LEN(spellings); i++) {
        struct ct_function f;
        bool got = ct_function_parse(str_of(spellings[i].text), &f);
        if (got != (spellings[i].name != NULL)) {
            fail_msg("%s", spellings[i].text);
        }
        if (got) {
            expect_text(spellings[i].text, f.region, spellings[i].region);
            expect_text(spellings[i].text, f.account, spellings[i].account);
            expect_text(spellings[i].text, f.name, spellings[i].name);
            expect_text(spellings[i].text, f.qualifier, spellings[i].qualifier);
        }
    }
}

enum { WANTED_MAX = 10 };

/* "rp" and "re" are request and answer, "more" further members. */
static const struct {
    const char *service, *name, *rp, *re, *more;
    enum event_kind kind;
    const char *function, *qualifier;
    struct {
        enum event_attr id;
        const char *value;
    } wanted[WANTED_MAX]; /* ends at value NULL; "\1" as value: must not be there */
} cases[] = {
    {"lambda",
     "UpdateFunctionCode20150331v2",
     "{\"functionName\":\"arn:aws:lambda:eu-west-1:111122223333:function:pay\",\"publish\":true,"
     "\"s3Bucket\":\"b\",\"s3Key\":\"k/1.zip\",\"dryRun\":false}",
     "{\"functionArn\":\"arn:aws:lambda:eu-west-1:111122223333:function:pay:4\",\"revisionId\":"
     "\"r\","
     "\"codeSha256\":\"Pt1c8vVaBygmNtAeSyjlpdy7r8nHRqJAAL++HEGlQkc=\",\"codeSize\":211,"
     "\"version\":\"4\",\"role\":\"arn:aws:iam::111122223333:role/pay\",\"timeout\":3}",
     "",
     EVENT_CHANGE,
     "aws/111122223333/eu-west-1/pay",
     "",
     {{ATTR_CODE_HASH, "3edd5cf2f55a07282636d01e4b28e5a5dcbbafc9c746a24000bfbe1c41a54247"},
      {ATTR_CODE_SIZE, "211"},
      {ATTR_VERSION, "4"},
      {ATTR_ROLE, "arn:aws:iam::111122223333:role/pay"},
      {ATTR_TIMEOUT_S, "3"},
      {ATTR_CODE_LOCATION, "s3://b/k/1.zip"},
      {ATTR_LAYERS_SET, ""},
      {ATTR_VPC_SET, ""},
      {ATTR_DRY_RUN, "\1"}}},
    {"lambda",
     "UpdateFunctionCode20150331v2",
     "{\"functionName\":\"pay:live\",\"dryRun\":true}",
     "{\"codeSha256\":\"x\"}",
     "",
     EVENT_CHANGE,
     "aws/111122223333/eu-west-1/pay",
     "live",
     {{ATTR_DRY_RUN, ""}, {ATTR_CODE_HASH, "x"}, {ATTR_LAYERS_SET, "\1"}}},
    {"lambda",
     "CreateFunction20150331",
     "{\"functionName\":\"img\",\"code\":{\"imageUri\":\"1.dkr.ecr/"
     "x:1\"},\"tags\":{\"owner\":\"a\","
     "\"team\":\"b\"},\"layers\":[\"arn:aws:lambda:eu-west-1:9:layer:l:1\"],\"vpcConfig\":{"
     "\"subnetIds\":[\"s-1\",\"s-2\"],\"securityGroupIds\":[]},\"handler\":\"a.b\",\"runtime\":"
     "\"p\"}",
     "null",
     "",
     EVENT_CHANGE,
     "aws/111122223333/eu-west-1/img",
     "",
     {{ATTR_CODE_LOCATION, "1.dkr.ecr/x:1"},
      {ATTR_TAG_KEY, "owner"},
      {ATTR_TAG_KEY, "team"},
      {ATTR_LAYER, "arn:aws:lambda:eu-west-1:9:layer:l:1"},
      {ATTR_SUBNET, "s-2"},
      {ATTR_VPC_SET, ""},
      {ATTR_HANDLER, "a.b"},
      {ATTR_SECURITY_GROUP, "\1"}}},
    {"lambda",
     "UpdateFunctionConfiguration20150331v2",
     "{\"functionName\":\"pay\"}",
     "{\"layers\":[{\"arn\":\"arn:l:1\",\"codeSize\":1},{\"arn\":\"arn:l:2\"}]}",
     "",
     EVENT_CHANGE,
     "aws/111122223333/eu-west-1/pay",
     "",
     {{ATTR_LAYER, "arn:l:1"}, {ATTR_LAYER, "arn:l:2"}, {ATTR_LAYERS_SET, ""}}},
    {"lambda",
     "UpdateAlias20150331",
     "{\"functionName\":\"pay\",\"name\":\"live\",\"functionVersion\":\"7\",\"routingConfig\":{"
     "\"additionalVersionWeights\":{\"8\":0.01}}}",
     "null",
     "",
     EVENT_CHANGE,
     "aws/111122223333/eu-west-1/pay",
     "live",
     {{ATTR_ALIAS, "live"}, {ATTR_VERSION, "7"}, {ATTR_ALIAS_WEIGHT, "8=0.01"}}},
    {"lambda",
     "AddPermission20150331v2",
     "{\"functionName\":\"pay\",\"statementId\":\"s\",\"action\":\"lambda:InvokeFunction\","
     "\"principal\":\"*\",\"sourceAccount\":\"9\",\"principalOrgID\":\"o-1\","
     "\"functionUrlAuthType\":\"NONE\"}",
     "null",
     "",
     EVENT_CHANGE,
     "aws/111122223333/eu-west-1/pay",
     "",
     {{ATTR_GRANT_PRINCIPAL, "*"},
      {ATTR_GRANT_ACTION, "lambda:InvokeFunction"},
      {ATTR_GRANT_SOURCE, "9"},
      {ATTR_GRANT_SOURCE, "o-1"},
      {ATTR_STATEMENT_ID, "s"},
      {ATTR_GRANT_URL_AUTH, "NONE"},
      {ATTR_URL_AUTH, "\1"}}},
    {"lambda",
     "AddPermission20150331",
     "{\"functionName\":\"pay\"}",
     "{\"statement\":\"{\\\"Sid\\\":\\\"x\\\",\\\"Effect\\\":\\\"Allow\\\",\\\"Principal\\\":{"
     "\\\"AWS\\\":"
     "[\\\"arn:aws:iam::9:root\\\"]},\\\"Action\\\":\\\"lambda:*\\\",\\\"Condition\\\":{"
     "\\\"ArnLike\\\":"
     "{\\\"AWS:SourceArn\\\":\\\"arn:s\\\"}}}\"}",
     "",
     EVENT_CHANGE,
     "aws/111122223333/eu-west-1/pay",
     "",
     {{ATTR_GRANT_PRINCIPAL, "arn:aws:iam::9:root"},
      {ATTR_GRANT_ACTION, "lambda:*"},
      {ATTR_GRANT_SOURCE, "arn:s"},
      {ATTR_STATEMENT_ID, "x"}}},
    {"lambda",
     "CreateFunctionUrlConfig",
     "{\"functionName\":\"pay\",\"authType\":\"NONE\"}",
     "{\"functionUrl\":\"https://a.lambda-url.eu-west-1.on.aws/\",\"authType\":\"NONE\"}",
     "",
     EVENT_CHANGE,
     "aws/111122223333/eu-west-1/pay",
     "",
     {{ATTR_URL, "https://a.lambda-url.eu-west-1.on.aws/"}, {ATTR_URL_AUTH, "NONE"}}},
    {"lambda",
     "CreateEventSourceMapping20150331",
     "{\"functionName\":\"pay\",\"eventSourceArn\":\"arn:aws:sqs:eu-west-1:9:q\",\"enabled\":true}",
     "{\"uUID\":\"u-1\",\"functionArn\":\"arn:aws:lambda:eu-west-1:111122223333:function:pay\"}",
     "",
     EVENT_CHANGE,
     "aws/111122223333/eu-west-1/pay",
     "",
     {{ATTR_TRIGGER_SOURCE, "arn:aws:sqs:eu-west-1:9:q"},
      {ATTR_MAPPING, "u-1"},
      {ATTR_STATE, "true"}}},
    {"lambda",
     "PutFunctionEventInvokeConfig",
     "{\"functionName\":\"pay\",\"destinationConfig\":{\"onSuccess\":{\"destination\":\"arn:s\"},"
     "\"onFailure\":{\"destination\":\"arn:f\"}}}",
     "null",
     "",
     EVENT_CHANGE,
     "aws/111122223333/eu-west-1/pay",
     "",
     {{ATTR_DESTINATION, "arn:s"}, {ATTR_DESTINATION, "arn:f"}}},
    {"lambda",
     "PutFunctionConcurrency20171031",
     "{\"functionName\":\"pay\",\"reservedConcurrentExecutions\":0}",
     "null",
     "",
     EVENT_CHANGE,
     "aws/111122223333/eu-west-1/pay",
     "",
     {{ATTR_CONCURRENCY, "0"}}},
    {"lambda",
     "UntagResource20170331v2",
     "{\"resource\":\"arn:aws:lambda:eu-west-1:111122223333:function:pay\",\"tagKeys\":[\"owner\"]"
     "}",
     "null",
     "",
     EVENT_CHANGE,
     "aws/111122223333/eu-west-1/pay",
     "",
     {{ATTR_TAG_KEY, "owner"}}},
    {"lambda",
     "UpdateCodeSigningConfig",
     "{\"codeSigningConfigArn\":\"arn:c\",\"codeSigningPolicies\":{"
     "\"untrustedArtifactOnDeployment\":\"Warn\"}}",
     "null",
     "",
     EVENT_CHANGE,
     "",
     "",
     {{ATTR_CODE_SIGNING, "Warn"}, {ATTR_CODE_SIGNING, "arn:c"}}},
    {"lambda",
     "Invoke",
     "{\"functionName\":\"pay\",\"invocationType\":\"Event\"}",
     "null",
     ",\"eventCategory\":\"Data\",\"resources\":[{\"accountId\":\"9\",\"type\":\"AWS::Lambda::"
     "Function\","
     "\"ARN\":\"arn:aws:lambda:us-east-1:999988887777:function:pay\"}]",
     EVENT_INVOKE,
     "aws/999988887777/us-east-1/pay",
     "",
     {{ATTR_INVOCATION_TYPE, "Event"}}},
    {"lambda",
     "InvokeWebFunctionEndpoint",
     "null",
     "null",
     ",\"eventCategory\":\"Data\",\"resources\":[{\"type\":\"AWS::Lambda::WebFunction\","
     "\"ARN\":\"arn:aws:lambda:us-east-1:999988887777:web-function/shop\"}]",
     EVENT_INVOKE,
     "aws/999988887777/us-east-1/shop",
     "",
     {{0, NULL}}},
    {"cloudfront",
     "CreateFunction",
     "{\"name\":\"rewrite\",\"functionConfig\":{\"runtime\":\"js\"}}",
     "null",
     "",
     EVENT_CHANGE,
     "aws/111122223333//cloudfront:rewrite",
     "",
     {{0, NULL}}},
    {"cloudfront",
     "UpdateDistribution",
     "{\"id\":\"E1\",\"distributionConfig\":{\"x\":{\"lambdaFunctionARN\":"
     "\"arn:aws:lambda:us-east-1:111122223333:function:edge:3\"}}}",
     "null",
     "",
     EVENT_CHANGE,
     "aws/111122223333/us-east-1/edge",
     "3",
     {{ATTR_TARGET, "arn:aws:lambda:us-east-1:111122223333:function:edge:3"}, {ATTR_API, "E1"}}},
    {"cloudfront",
     "UpdateDistribution",
     "{\"id\":\"E1\"}",
     "null",
     "",
     EVENT_OTHER,
     "",
     "",
     {{ATTR_API, "E1"}}},
    {"iam",
     "CreateRole",
     "{\"roleName\":\"r\",\"assumeRolePolicyDocument\":\"{\\\"Version\\\":\\\"2012\\\"}\","
     "\"permissionsBoundary\":\"arn:b\"}",
     "{\"role\":{\"assumeRolePolicyDocument\":\"%7B%22x%22%7D\"}}",
     "",
     EVENT_IDENTITY,
     "",
     "",
     {{ATTR_TARGET_ROLE, "r"},
      {ATTR_TRUST_DOCUMENT, "{\"Version\":\"2012\"}"},
      {ATTR_BOUNDARY, "arn:b"}}},
    {"iam",
     "CreateRole",
     "{\"roleName\":\"r\"}",
     "{\"role\":{\"assumeRolePolicyDocument\":\"%7B%22Version%22%3A%222012%22%7D\"}}",
     "",
     EVENT_IDENTITY,
     "",
     "",
     {{ATTR_TRUST_DOCUMENT, "{\"Version\":\"2012\"}"}}},
    {"iam",
     "UpdateAssumeRolePolicy",
     "{\"roleName\":\"r\",\"policyDocument\":\"{}\"}",
     "null",
     "",
     EVENT_IDENTITY,
     "",
     "",
     {{ATTR_TRUST_DOCUMENT, "{}"}, {ATTR_POLICY_DOCUMENT, "\1"}}},
    {"iam",
     "PutUserPolicy",
     "{\"userName\":\"u\",\"policyName\":\"p\",\"policyDocument\":\"{}\"}",
     "null",
     "",
     EVENT_IDENTITY,
     "",
     "",
     {{ATTR_TARGET_USER, "u"}, {ATTR_POLICY_ARN, "p"}, {ATTR_POLICY_DOCUMENT, "{}"}}},
    {"iam",
     "CreateAccessKey",
     "null",
     "{\"accessKey\":{\"accessKeyId\":\"AKIA2\",\"userName\":\"bob\",\"status\":\"Active\"}}",
     "",
     EVENT_IDENTITY,
     "",
     "",
     {{ATTR_ISSUED_KEY, "AKIA2"}, {ATTR_TARGET_USER, "bob"}}},
    {"iam",
     "UpdateLoginProfile",
     "null",
     "null",
     ",\"userIdentity\":{\"type\":\"IAMUser\",\"userName\":\"ana\"}",
     EVENT_IDENTITY,
     "",
     "",
     {{ATTR_TARGET_USER, "ana"}}},
    {"sts",
     "AssumeRole",
     "{\"roleArn\":\"arn:aws:iam::1:role/R\",\"roleSessionName\":\"s\"}",
     "{\"credentials\":{\"accessKeyId\":\"ASIA9\"},\"assumedRoleUser\":{\"arn\":\"arn:sess\"}}",
     "",
     EVENT_ASSUME,
     "",
     "",
     {{ATTR_ASSUMED_ROLE, "arn:aws:iam::1:role/R"},
      {ATTR_SESSION_NAME, "s"},
      {ATTR_ISSUED_KEY, "ASIA9"},
      {ATTR_ISSUED_SESSION, "arn:sess"}}},
    {"sts",
     "AssumeRole",
     "null",
     "null",
     ",\"resources\":[{\"ARN\":\"arn:aws:iam::1:role/R\",\"type\":\"AWS::IAM::Role\"}]",
     EVENT_ASSUME,
     "",
     "",
     {{ATTR_ASSUMED_ROLE, "arn:aws:iam::1:role/R"}}},
    {"sts",
     "AssumeRoleWithWebIdentity",
     "{\"roleArn\":\"arn:r\"}",
     "{\"subjectFromWebIdentityToken\":\"repo:o/r\",\"credentials\":{\"accessKeyId\":\"ASIA8\"}}",
     "",
     EVENT_ASSUME,
     "",
     "",
     {{ATTR_FEDERATED_SUBJECT, "repo:o/r"}, {ATTR_ISSUED_KEY, "ASIA8"}}},
    {"sts",
     "GetFederationToken",
     "{\"name\":\"bob\",\"policy\":\"{}\"}",
     "{\"credentials\":{\"accessKeyId\":\"ASIA7\"},\"federatedUser\":{\"arn\":\"arn:fed\"}}",
     "",
     EVENT_ASSUME,
     "",
     "",
     {{ATTR_ISSUED_KEY, "ASIA7"}, {ATTR_SESSION_NAME, "bob"}, {ATTR_ISSUED_SESSION, "arn:fed"}}},
    {"signin",
     "ConsoleLogin",
     "null",
     "{\"ConsoleLogin\":\"Success\"}",
     ",\"additionalEventData\":{\"MFAUsed\":\"No\"}",
     EVENT_LOGIN,
     "",
     "",
     {{ATTR_MFA, "No"}}},
    {"events",
     "PutRule",
     "{\"name\":\"r\",\"eventPattern\":\"{\\\"source\\\":[\\\"aws.iam\\\"]}\",\"state\":"
     "\"ENABLED\"}",
     "null",
     "",
     EVENT_CHANGE,
     "",
     "",
     {{ATTR_RULE, "r"},
      {ATTR_TRIGGER_PATTERN, "{\"source\":[\"aws.iam\"]}"},
      {ATTR_STATE, "ENABLED"}}},
    {"events",
     "PutTargets",
     "{\"rule\":\"r\",\"targets\":[{\"id\":\"1\",\"arn\":\"arn:aws:sns:eu-west-1:1:t\"},{\"id\":"
     "\"2\","
     "\"arn\":\"arn:aws:lambda:eu-west-1:111122223333:function:pay\"}]}",
     "null",
     "",
     EVENT_CHANGE,
     "aws/111122223333/eu-west-1/pay",
     "",
     {{ATTR_RULE, "r"}, {ATTR_TARGET, "arn:aws:sns:eu-west-1:1:t"}}},
    {"scheduler",
     "CreateSchedule",
     "{\"name\":\"s\",\"scheduleExpression\":\"rate(1 day)\",\"target\":{\"arn\":"
     "\"arn:aws:lambda:eu-west-1:111122223333:function:pay\",\"roleArn\":\"arn:r\"}}",
     "null",
     "",
     EVENT_CHANGE,
     "aws/111122223333/eu-west-1/pay",
     "",
     {{ATTR_SCHEDULE, "rate(1 day)"}, {ATTR_ROLE, "arn:r"}}},
    {"apigateway",
     "PutIntegration",
     "{\"restApiId\":\"a1\",\"resourceId\":\"r1\",\"httpMethod\":\"ANY\",\"putIntegrationInput\":{"
     "\"uri\":\"arn:aws:apigateway:eu-west-1:lambda:path/2015-03-31/functions/"
     "arn:aws:lambda:eu-west-1:"
     "111122223333:function:pay/invocations\"}}",
     "null",
     "",
     EVENT_CHANGE,
     "aws/111122223333/eu-west-1/pay",
     "",
     {{ATTR_API, "a1"}, {ATTR_ROUTE, "ANY r1"}}},
    {"apigateway",
     "PutMethod",
     "{\"restApiId\":\"a1\",\"resourceId\":\"r1\",\"httpMethod\":\"GET\",\"authorizationType\":"
     "\"NONE\"}",
     "null",
     "",
     EVENT_CHANGE,
     "",
     "",
     {{ATTR_URL_AUTH, "NONE"}, {ATTR_ROUTE, "GET r1"}}},
    {"s3",
     "PutBucketNotification",
     "{\"bucketName\":\"b\",\"NotificationConfiguration\":{\"CloudFunctionConfiguration\":{"
     "\"CloudFunction\":\"arn:aws:lambda:eu-west-1:111122223333:function:pay\"}}}",
     "null",
     "",
     EVENT_CHANGE,
     "aws/111122223333/eu-west-1/pay",
     "",
     {{ATTR_API, "b"}}},
    {"cloudtrail",
     "UpdateTrail",
     "{\"name\":\"t\",\"isMultiRegionTrail\":false}",
     "{\"isMultiRegionTrail\":false,\"logFileValidationEnabled\":true,\"s3BucketName\":\"b\"}",
     "",
     EVENT_LOGGING,
     "",
     "",
     {{ATTR_TRAIL, "t"},
      {ATTR_MULTI_REGION, "false"},
      {ATTR_VALIDATION, "true"},
      {ATTR_BUCKET, "b"},
      {ATTR_LOGS_MANAGEMENT, "\1"}}},
    {"logs",
     "PutRetentionPolicy",
     "{\"logGroupName\":\"/aws/lambda/pay\",\"retentionInDays\":1}",
     "null",
     "",
     EVENT_LOGGING,
     "aws/111122223333/eu-west-1/pay",
     "",
     {{ATTR_LOG_GROUP, "/aws/lambda/pay"}, {ATTR_RETENTION_DAYS, "1"}}},
    {"ec2",
     "DeleteFlowLogs",
     "{\"DeleteFlowLogsRequest\":{\"FlowLogId\":{\"tag\":1,\"content\":\"fl-1\"}}}",
     "null",
     "",
     EVENT_LOGGING,
     "",
     "",
     {{ATTR_TRAIL, "fl-1"}}},
    {"guardduty",
     "UpdateDetector",
     "{\"detectorId\":\"d\",\"enable\":false}",
     "null",
     "",
     EVENT_LOGGING,
     "",
     "",
     {{ATTR_TRAIL, "d"}, {ATTR_STATE, "false"}}},
    {"cloudformation",
     "CreateStack",
     "{\"stackName\":\"s\",\"templateURL\":\"https://t\",\"roleARN\":\"arn:r\"}",
     "{\"stackId\":\"arn:stack\"}",
     "",
     EVENT_DEPLOY,
     "",
     "",
     {{ATTR_STACK, "arn:stack"},
      {ATTR_STACK, "s"},
      {ATTR_TEMPLATE, "https://t"},
      {ATTR_ROLE, "arn:r"}}},
    {"lambda",
     "CreateFunction20150331",
     "{\"omitted\":true,\"reason\":\"requestParameters too large\"}",
     "null",
     "",
     EVENT_CHANGE,
     "",
     "",
     {{ATTR_OMITTED, "requestParameters too large"}}},
    {"ecr",
     "PutImage",
     "{\"repositoryName\":\"r\"}",
     "{\"image\":{\"imageId\":{\"imageDigest\":"
     "\"sha256:3EDD5cf2f55a07282636d01e4b28e5a5dcbbafc9c746a24000bfbe1c41a54247\"}}}",
     "",
     EVENT_OTHER,
     "",
     "",
     {{ATTR_CODE_HASH, "3edd5cf2f55a07282636d01e4b28e5a5dcbbafc9c746a24000bfbe1c41a54247"}}},
};

static void test_cases(void **state)
{
    (void)state;
    struct scan s;
    scan_init(&s, &source_cloudtrail);
    for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
        char text[4096];
        snprintf(text, sizeof(text),
                 "{\"eventVersion\":\"1.08\",\"eventTime\":\"2026-11-20T09:12:00Z\","
                 "\"awsRegion\":\"eu-west-1\",\"recipientAccountId\":\"111122223333\","
                 "\"eventSource\":\"%s.amazonaws.com\",\"eventName\":\"%s\","
                 "\"requestParameters\":%s,\"responseElements\":%s%s}",
                 cases[i].service, cases[i].name, cases[i].rp, cases[i].re, cases[i].more);
        struct event e = scan_event(&s, text);
        if (e.kind != cases[i].kind) {
            fail_msg("case %zu, %s: kind %d", i, cases[i].name, (int)e.kind);
        }
        struct str key = STR_EMPTY;
        if (e.function.name.len != 0) {
            assert_true(function_key_text(&e.function, &s.arena, &key));
        }
        expect_text(cases[i].name, key, cases[i].function);
        expect_text(cases[i].name, e.qualifier, cases[i].qualifier);
        for (size_t w = 0; w < WANTED_MAX && cases[i].wanted[w].value != NULL; w++) {
            enum event_attr id = cases[i].wanted[w].id;
            const char *value = cases[i].wanted[w].value;
            bool ok = value[0] == '\1' ? !event_has(&e, id) : event_attr_is(&e, id, str_of(value));
            if (!ok) {
                fail_msg("case %zu, %s: %s is \"%.*s\", want \"%s\"", i, cases[i].name,
                         event_attr_name(id), STR_ARG(event_attr_get(&e, id)), value);
            }
        }
    }
    scan_free(&s);
}

static const struct {
    const char *what, *rp, *management, *functions, *limit;
} selectors[] = {
    {"all",
     "{\"eventSelectors\":[{\"readWriteType\":\"All\",\"includeManagementEvents\":true,"
     "\"dataResources\":[{\"type\":\"AWS::Lambda::Function\",\"values\":[\"arn:aws:lambda\"]}]}]}",
     "true", "true", ""},
    {"one function",
     "{\"eventSelectors\":[{\"dataResources\":[{\"type\":\"AWS::Lambda::Function\",\"values\":["
     "\"arn:aws:lambda:eu-west-1:1:function:x\"]}]}]}",
     "true", "true", "arn:aws:lambda:eu-west-1:1:function:x"},
    {"as an attacker leaves it",
     "{\"eventSelectors\":[{\"dataResources\":[{\"type\":\"AWS::S3::Object\",\"values\":[]},{"
     "\"type\":"
     "\"AWS::Lambda::Function\",\"values\":[]}],\"includeManagementEvents\":false,"
     "\"readWriteType\":\"ReadOnly\"}]}",
     "false", "false", ""},
    {"reads only",
     "{\"eventSelectors\":[{\"readWriteType\":\"ReadOnly\","
     "\"includeManagementEvents\":true}]}",
     "false", "false", ""},
    {"none", "{\"eventSelectors\":[]}", "false", "false", ""},
    {"advanced",
     "{\"advancedEventSelectors\":[{\"name\":\"m\",\"fieldSelectors\":[{\"field\":"
     "\"eventCategory\","
     "\"equals\":[\"Management\"]}]},{\"fieldSelectors\":[{\"field\":\"eventCategory\",\"equals\":"
     "[\"Data\"]},{\"field\":\"resources.type\",\"equals\":[\"AWS::Lambda::Function\"]}]}]}",
     "true", "true", ""},
    {"advanced, narrowed",
     "{\"advancedEventSelectors\":[{\"fieldSelectors\":[{\"field\":\"eventCategory\",\"equals\":"
     "[\"Data\"]},{\"field\":\"resources.type\",\"equals\":[\"AWS::Lambda::Function\"]},{\"field\":"
     "\"resources.ARN\",\"startsWith\":[\"arn:x\"]}]}]}",
     "false", "true", "{\"field\":\"resources.ARN\",\"startsWith\":[\"arn:x\"]}"},
    {"advanced, reads only",
     "{\"advancedEventSelectors\":[{\"fieldSelectors\":[{\"field\":\"eventCategory\",\"equals\":"
     "[\"Management\"]},{\"field\":\"readOnly\",\"equals\":[\"true\"]}]}]}",
     "false", "false", ""},
    {"advanced, other data",
     "{\"advancedEventSelectors\":[{\"fieldSelectors\":[{\"field\":\"eventCategory\",\"equals\":"
     "[\"Data\"]},{\"field\":\"resources.type\",\"equals\":[\"AWS::S3::Object\"]}]}]}",
     "false", "false", ""},
    {"odd",
     "{\"advancedEventSelectors\":[1,{\"fieldSelectors\":[null,{\"field\":1}]}],"
     "\"eventSelectors\":[[],\"x\",{\"dataResources\":{}}]}",
     "true", "false", ""},
    {"not stated", "{\"trailName\":\"t\"}", "", "", ""},
};

static void test_selectors(void **state)
{
    (void)state;
    struct scan s;
    scan_init(&s, &source_cloudtrail);
    for (size_t i = 0; i < ARRAY_LEN(selectors); i++) {
        char text[2048];
        snprintf(text, sizeof(text),
                 "{\"eventVersion\":\"1.08\",\"eventSource\":\"cloudtrail.amazonaws.com\","
                 "\"eventName\":\"PutEventSelectors\",\"requestParameters\":%s}",
                 selectors[i].rp);
        struct event e = scan_event(&s, text);
        expect_text(selectors[i].what, event_attr_get(&e, ATTR_LOGS_MANAGEMENT),
                    selectors[i].management);
        expect_text(selectors[i].what, event_attr_get(&e, ATTR_LOGS_FUNCTION_DATA),
                    selectors[i].functions);
        expect_text(selectors[i].what, event_attr_get(&e, ATTR_LOGS_FUNCTION_LIMIT),
                    selectors[i].limit);
    }
    scan_free(&s);
}

static void test_login_failure(void **state)
{
    (void)state;
    struct scan s;
    scan_init(&s, &source_cloudtrail);
    struct event e = scan_event(&s, "{\"eventSource\":\"signin.amazonaws.com\",\"eventName\":"
                                    "\"ConsoleLogin\",\"errorMessage\":\"Failed authentication\","
                                    "\"responseElements\":{\"ConsoleLogin\":\"Failure\"}}");
    assert_int_equal(e.outcome, OUTCOME_FAILED);
    e = scan_event(&s, "{\"eventSource\":\"signin.amazonaws.com\",\"eventName\":\"ConsoleLogin\","
                       "\"responseElements\":{\"ConsoleLogin\":\"Failure\"}}");
    assert_int_equal(e.outcome, OUTCOME_FAILED);
    scan_free(&s);
}

/* More attributes than an event holds: the first are kept. */
static void test_many(void **state)
{
    (void)state;
    struct scan s;
    scan_init(&s, &source_cloudtrail);
    CLEANUP(buf_free) struct buf b = {0};
    buf_add_cstr(&b, "{\"eventSource\":\"lambda.amazonaws.com\",\"eventName\":\"UntagResource\","
                     "\"requestParameters\":{\"resource\":\"f\",\"tagKeys\":[\"k\"");
    for (int i = 0; i < 1000; i++) {
        buf_printf(&b, ",\"k%d\"", i);
    }
    buf_add_cstr(&b, "]}}");
    struct event e = scan_event(&s, b.ptr);
    assert_int_equal(e.attr_count, CT_ATTRS_MAX);
    scan_free(&s);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_spellings), cmocka_unit_test(test_cases),
        cmocka_unit_test(test_selectors), cmocka_unit_test(test_login_failure),
        cmocka_unit_test(test_many),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
