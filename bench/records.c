#include "records.h"

#include <inttypes.h>
#include <stdbool.h>

#include "base/attr.h"

struct maker {
    struct buf *out;
    uint64_t random; /* xorshift64*, Vigna 2016 */
};

static uint64_t next(struct maker *m)
{
    m->random ^= m->random >> 12;
    m->random ^= m->random << 25;
    m->random ^= m->random >> 27;
    return m->random * 0x2545f4914f6cdd1dU;
}

static unsigned below(struct maker *m, unsigned n)
{
    return (unsigned)((next(m) >> 33) % n);
}

static void add_from(struct maker *m, const char *alphabet, unsigned size, unsigned len)
{
    for (unsigned i = 0; i < len; i++) {
        buf_addc(m->out, alphabet[below(m, size)]);
    }
}

static void add_hex(struct maker *m, unsigned len)
{
    add_from(m, "0123456789abcdef", 16, len);
}

static void add_uuid(struct maker *m)
{
    static const unsigned groups[] = {8, 4, 4, 4, 12};
    for (size_t i = 0; i < ARRAY_LEN(groups); i++) {
        if (i > 0) {
            buf_addc(m->out, '-');
        }
        add_hex(m, groups[i]);
    }
}

static void add_key_id(struct maker *m, const char *prefix)
{
    buf_add_cstr(m->out, prefix);
    add_from(m, "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567", 32, 16);
}

static void add_time(struct maker *m)
{
    buf_printf(m->out, "2026-11-%02uT%02u:%02u:%02uZ", 1 + below(m, 24), below(m, 24), below(m, 60),
               below(m, 60));
}

static void add_address(struct maker *m)
{
    buf_printf(m->out, "%u.%u.%u.%u", 1 + below(m, 223), below(m, 256), below(m, 256),
               below(m, 256));
}

static const char *const agents[] = {
    "aws-cli/2.15.30 Python/3.11.8 Linux/5.10.210-201.852.amzn2.x86_64 exe/x86_64.amzn.2 "
    "prompt/off command/lambda.update-function-code",
    "Boto3/1.34.69 md/Botocore#1.34.69 ua/2.0 os/linux#6.1.79-99.167.amzn2023.x86_64 "
    "md/arch#x86_64 lang/python#3.12.2 md/pyimpl#CPython cfg/retry-mode#standard",
    "APN/1.0 HashiCorp/1.0 Terraform/1.7.5 (+https://www.terraform.io) "
    "terraform-provider-aws/5.42.0 aws-sdk-go-v2/1.26.0 os/linux lang/go#1.21.8",
    "cloudformation.amazonaws.com",
    "lambda.amazonaws.com",
    "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) "
    "Chrome/122.0.0.0 Safari/537.36",
};

/* What a template's text may name: %a account, %f function, %r region, %R role, %u uuid, %x
 * hexadecimal digits, %t time, %n number, %p policy document. */
static void add_text(struct maker *m, const char *text)
{
    static const char *const roles[] = {"ci-deployer", "AdminAccess", "order-service",
                                        "DataPlatformReader", "support-engineer"};
    static const char *const functions[] = {"orders-ingest", "thumbnail-maker", "billing-export",
                                            "auth-hook", "nightly-report"};
    for (; *text != '\0'; text++) {
        if (*text != '%') {
            buf_addc(m->out, *text);
            continue;
        }
        switch (*++text) {
        case 'a':
            buf_printf(m->out, "11112222%04u", 3330 + below(m, 8));
            break;
        case 'f':
            buf_add_cstr(m->out, functions[below(m, ARRAY_LEN(functions))]);
            break;
        case 'r':
            buf_add_cstr(m->out, below(m, 5) == 0 ? "us-east-1" : "eu-central-1");
            break;
        case 'R':
            buf_add_cstr(m->out, roles[below(m, ARRAY_LEN(roles))]);
            break;
        case 'u':
            add_uuid(m);
            break;
        case 'x':
            add_hex(m, 44);
            break;
        case 't':
            add_time(m);
            break;
        case 'p':
            buf_add_cstr(m->out, "{\\\"Version\\\":\\\"2012-10-17\\\",\\\"Statement\\\":[{"
                                 "\\\"Effect\\\":\\\"Allow\\\",\\\"Action\\\":[\\\"lambda:*\\\","
                                 "\\\"iam:PassRole\\\"],\\\"Resource\\\":\\\"*\\\"}]}");
            break;
        default:
            buf_printf(m->out, "%u", 1 + below(m, 10240));
            break;
        }
    }
}

/* An API call: how often it comes in a hundred, and its own parts of the record. */
static const struct {
    unsigned weight;
    const char *source;
    const char *name;
    bool read_only;
    const char *parameters;
    const char *response;
    const char *extra; /* members behind responseElements */
} calls[] = {
    {16, "lambda.amazonaws.com", "GetFunction20150331v2", true,
     "{\"functionName\":\"arn:aws:lambda:%r:%a:function:%f\"}", "null", ""},
    {6, "lambda.amazonaws.com", "UpdateFunctionCode20150331v2", false,
     "{\"functionName\":\"%f\",\"publish\":true,\"dryRun\":false}",
     "{\"functionName\":\"%f\",\"functionArn\":\"arn:aws:lambda:%r:%a:function:%f\","
     "\"runtime\":\"python3.12\",\"role\":\"arn:aws:iam::%a:role/%R\",\"handler\":"
     "\"app.handler\",\"codeSize\":%n,\"timeout\":30,\"memorySize\":512,\"lastModified\":\"%t\","
     "\"codeSha256\":\"%x\",\"version\":\"%n\",\"environment\":{},\"tracingConfig\":{\"mode\":"
     "\"PassThrough\"},\"revisionId\":\"%u\",\"state\":\"Active\",\"packageType\":\"Zip\","
     "\"architectures\":[\"x86_64\"],\"ephemeralStorage\":{\"size\":512},\"snapStart\":{"
     "\"applyOn\":\"None\",\"optimizationStatus\":\"Off\"},\"loggingConfig\":{\"logFormat\":"
     "\"Text\",\"logGroup\":\"/aws/lambda/%f\"}}",
     ""},
    {14, "sts.amazonaws.com", "AssumeRole", true,
     "{\"roleArn\":\"arn:aws:iam::%a:role/%R\",\"roleSessionName\":\"session-%n\","
     "\"durationSeconds\":3600}",
     "{\"credentials\":{\"accessKeyId\":\"ASIA%n\",\"sessionToken\":\"%x%x%x%x%x%x\","
     "\"expiration\":\"%t\"},\"assumedRoleUser\":{\"assumedRoleId\":\"AROA%n:session-%n\","
     "\"arn\":\"arn:aws:sts::%a:assumed-role/%R/session-%n\"}}",
     ",\"resources\":[{\"accountId\":\"%a\",\"type\":\"AWS::IAM::Role\",\"ARN\":"
     "\"arn:aws:iam::%a:role/%R\"}]"},
    {12, "s3.amazonaws.com", "GetObject", true,
     "{\"bucketName\":\"logs-%a-%r\",\"Host\":\"logs-%a-%r.s3.%r.amazonaws.com\",\"key\":"
     "\"AWSLogs/%a/CloudTrail/%r/2026/11/%n/%x.json.gz\"}",
     "null",
     ",\"additionalEventData\":{\"SignatureVersion\":\"SigV4\",\"CipherSuite\":"
     "\"TLS_AES_128_GCM_SHA256\",\"bytesTransferredIn\":0,\"SSEApplied\":\"SSE_KMS\","
     "\"AuthenticationMethod\":\"AuthHeader\",\"x-amz-id-2\":\"%x%x\",\"bytesTransferredOut\":%n}"
     ",\"resources\":[{\"type\":\"AWS::S3::Object\",\"ARN\":\"arn:aws:s3:::logs-%a-%r/%x\"},{"
     "\"accountId\":\"%a\",\"type\":\"AWS::S3::Bucket\",\"ARN\":\"arn:aws:s3:::logs-%a-%r\"}]"},
    {12, "ec2.amazonaws.com", "DescribeInstances", true,
     "{\"instancesSet\":{\"items\":[{\"instanceId\":\"i-%x\"},{\"instanceId\":\"i-%x\"}]},"
     "\"filterSet\":{\"items\":[{\"name\":\"instance-state-name\",\"valueSet\":{\"items\":[{"
     "\"value\":\"running\"}]}}]}}",
     "null", ""},
    {10, "kms.amazonaws.com", "Decrypt", true,
     "{\"encryptionAlgorithm\":\"SYMMETRIC_DEFAULT\",\"encryptionContext\":{\"aws:lambda:"
     "FunctionArn\":\"arn:aws:lambda:%r:%a:function:%f\"}}",
     "null",
     ",\"resources\":[{\"accountId\":\"%a\",\"type\":\"AWS::KMS::Key\",\"ARN\":"
     "\"arn:aws:kms:%r:%a:key/%u\"}]"},
    {8, "logs.amazonaws.com", "CreateLogStream", false,
     "{\"logGroupName\":\"/aws/lambda/%f\",\"logStreamName\":\"2026/11/20/[$LATEST]%x\"}", "null",
     ",\"apiVersion\":\"20140328\""},
    {6, "iam.amazonaws.com", "PutRolePolicy", false,
     "{\"roleName\":\"%R\",\"policyName\":\"inline-%n\",\"policyDocument\":\"%p\"}", "null", ""},
    {8, "monitoring.amazonaws.com", "DescribeAlarms", true, "{\"maxRecords\":100}", "null", ""},
    {8, "signin.amazonaws.com", "ConsoleLogin", false, "null", "{\"ConsoleLogin\":\"Success\"}",
     ",\"additionalEventData\":{\"LoginTo\":\"https://console.aws.amazon.com/console/home?"
     "region=%r\",\"MobileVersion\":\"No\",\"MFAUsed\":\"Yes\"}"},
};

static unsigned pick_call(struct maker *m)
{
    unsigned ticket = below(m, 100);
    unsigned i = 0;
    while (i + 1 < ARRAY_LEN(calls) && ticket >= calls[i].weight) {
        ticket -= calls[i++].weight;
    }
    return i;
}

static void add_identity(struct maker *m)
{
    switch (below(m, 10)) {
    case 0:
        add_text(m, "{\"type\":\"AWSService\",\"invokedBy\":\"lambda.amazonaws.com\"}");
        return;
    case 1:
        add_text(m, "{\"type\":\"IAMUser\",\"principalId\":\"");
        add_key_id(m, "AIDA");
        add_text(m, "\",\"arn\":\"arn:aws:iam::%a:user/build\",\"accountId\":\"%a\","
                    "\"accessKeyId\":\"");
        add_key_id(m, "AKIA");
        add_text(m, "\",\"userName\":\"build\"}");
        return;
    default:
        add_text(m, "{\"type\":\"AssumedRole\",\"principalId\":\"");
        add_key_id(m, "AROA");
        add_text(m, ":session-%n\",\"arn\":\"arn:aws:sts::%a:assumed-role/%R/session-%n\","
                    "\"accountId\":\"%a\",\"accessKeyId\":\"");
        add_key_id(m, "ASIA");
        add_text(m, "\",\"sessionContext\":{\"sessionIssuer\":{\"type\":\"Role\","
                    "\"principalId\":\"");
        add_key_id(m, "AROA");
        add_text(m, "\",\"arn\":\"arn:aws:iam::%a:role/%R\",\"accountId\":\"%a\",\"userName\":"
                    "\"%R\"},\"webIdFederationData\":{},\"attributes\":{\"creationDate\":\"%t\","
                    "\"mfaAuthenticated\":\"false\"}}}");
    }
}

static void add_record(struct maker *m)
{
    unsigned i = pick_call(m);
    bool denied = below(m, 25) == 0;
    add_text(m, "{\"eventVersion\":\"1.09\",\"userIdentity\":");
    add_identity(m);
    add_text(m, ",\"eventTime\":\"%t\",\"eventSource\":\"");
    buf_add_cstr(m->out, calls[i].source);
    add_text(m, "\",\"eventName\":\"");
    buf_add_cstr(m->out, calls[i].name);
    add_text(m, "\",\"awsRegion\":\"%r\",\"sourceIPAddress\":\"");
    add_address(m);
    add_text(m, "\",\"userAgent\":\"");
    buf_add_cstr(m->out, agents[below(m, ARRAY_LEN(agents))]);
    buf_addc(m->out, '"');
    if (denied) {
        add_text(m, ",\"errorCode\":\"AccessDenied\",\"errorMessage\":\"User: arn:aws:sts::%a:"
                    "assumed-role/%R/session-%n is not authorized to perform this action\"");
    }
    add_text(m, ",\"requestParameters\":");
    add_text(m, calls[i].parameters);
    add_text(m, ",\"responseElements\":");
    add_text(m, denied ? "null" : calls[i].response);
    add_text(m, calls[i].extra);
    add_text(m, ",\"requestID\":\"%u\",\"eventID\":\"%u\",\"readOnly\":");
    buf_add_cstr(m->out, calls[i].read_only ? "true" : "false");
    add_text(m, ",\"eventType\":\"AwsApiCall\",\"managementEvent\":true,\"recipientAccountId\":"
                "\"%a\",\"eventCategory\":\"Management\"");
    if (below(m, 3) != 0) {
        add_text(m, ",\"tlsDetails\":{\"tlsVersion\":\"TLSv1.3\",\"cipherSuite\":"
                    "\"TLS_AES_128_GCM_SHA256\",\"clientProvidedHostHeader\":"
                    "\"lambda.%r.amazonaws.com\"}");
    }
    if (below(m, 12) == 0) {
        add_text(m, ",\"sessionCredentialFromConsole\":\"true\"");
    }
    buf_addc(m->out, '}');
}

/* The same text, laid out as people do it. The text is ours: no care for escapes but \". */
static void lay_out(struct buf *out, struct str text)
{
    unsigned depth = 0;
    bool string = false;
    for (size_t i = 0; i < text.len; i++) {
        char c = text.ptr[i];
        bool opens = !string && (c == '{' || c == '[');
        bool closes = !string && (c == '}' || c == ']');
        depth -= closes ? 1 : 0;
        if (closes) {
            buf_printf(out, "\r\n%*s", (int)(4 * depth), "");
        }
        buf_addc(out, c);
        depth += opens ? 1 : 0;
        if (opens || (!string && c == ',')) {
            buf_printf(out, "\r\n%*s", (int)(4 * depth), "");
        } else if (!string && c == ':') {
            buf_addc(out, ' ');
        }
        if (c == '\\') {
            buf_addc(out, text.ptr[++i]);
        }
        string ^= c == '"';
    }
}

void records_make(struct buf *out, uint64_t seed, unsigned count, bool pretty)
{
    CLEANUP(buf_free) struct buf compact = {0};
    struct maker m = {.out = pretty ? &compact : out, .random = seed * 2 + 1};
    add_text(&m, "{\"Records\":[");
    for (unsigned i = 0; i < count; i++) {
        if (i > 0) {
            buf_addc(m.out, ',');
        }
        add_record(&m);
    }
    add_text(&m, "]}");
    if (pretty) {
        lay_out(out, buf_str(&compact));
        out->failed |= compact.failed;
    }
}
