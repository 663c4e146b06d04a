/*
 * An event is a template with marks: '@' and a letter, replaced by a made-up value.
 *   @I identity of the template's kind    @T time        @R region      @A caller's address
 *   @U user agent      @u uuid            @a account     @k access key  @F function name
 *   @f function ARN    @x 17 hex digits   @n number      @b bucket      @o object key
 *   @h base64 hash     @r role name       @d base64-like id of 76 characters
 */
#include "demo/estate.h"

#include <stdio.h>

#include "base/timefmt.h"

enum who { PERSON, CI, WORKLOAD, SERVICE, VENDOR, CALLER };

struct template
{
    unsigned weight; /* of 1000 */
    enum who who;
    const char *text;
};

#define HEAD(version) "{\"eventVersion\":\"" version "\",\"userIdentity\":@I,\"eventTime\":\"@T\","
#define CALL(source, name)                                                                         \
    "\"eventSource\":\"" source ".amazonaws.com\",\"eventName\":\"" name                           \
    "\",\"awsRegion\":\"@R\",\"sourceIPAddress\":\"@A\",\"userAgent\":\"@U\","
#define TAIL(read_only, host)                                                                      \
    "\"requestID\":\"@u\",\"eventID\":\"@u\",\"readOnly\":" read_only                              \
    ",\"eventType\":\"AwsApiCall\",\"managementEvent\":true,\"recipientAccountId\":\"@a\","        \
    "\"eventCategory\":\"Management\",\"tlsDetails\":{\"tlsVersion\":\"TLSv1.3\","                 \
    "\"cipherSuite\":\"TLS_AES_128_GCM_SHA256\",\"clientProvidedHostHeader\":\"" host              \
    ".@R.amazonaws.com\"}}"
#define DATA_TAIL(read_only, resources, host)                                                      \
    "\"additionalEventData\":{\"SignatureVersion\":\"SigV4\",\"CipherSuite\":"                     \
    "\"TLS_AES_128_GCM_SHA256\",\"bytesTransferredIn\":0,\"AuthenticationMethod\":"                \
    "\"AuthHeader\",\"x-amz-id-2\":\"@d\",\"bytesTransferredOut\":@n},\"requestID\":\"@x\","       \
    "\"eventID\":\"@u\",\"readOnly\":" read_only ",\"resources\":[" resources                      \
    "],\"eventType\":\"AwsApiCall\",\"managementEvent\":false,\"recipientAccountId\":\"@a\","      \
    "\"eventCategory\":\"Data\",\"tlsDetails\":{\"tlsVersion\":\"TLSv1.3\",\"cipherSuite\":"       \
    "\"TLS_AES_128_GCM_SHA256\",\"clientProvidedHostHeader\":\"" host "\"}}"
#define S3_OBJECT                                                                                  \
    "{\"type\":\"AWS::S3::Object\",\"ARN\":\"arn:aws:s3:::@b/@o\"},{\"accountId\":\"@a\","         \
    "\"type\":\"AWS::S3::Bucket\",\"ARN\":\"arn:aws:s3:::@b\"}"

static const struct template ordinary[] = {
    {120, WORKLOAD,
     HEAD("1.11") CALL(
         "s3",
         "GetObject") "\"requestParameters\":{\"bucketName\":\"@b\",\"Host\":\"@b.s3.@R.amazonaws."
                      "com\","
                      "\"key\":\"@o\",\"x-id\":\"GetObject\"},\"responseElements\":null," DATA_TAIL(
                          "true", S3_OBJECT, "@b.s3.@R.amazonaws.com")},
    {60, WORKLOAD,
     HEAD("1.11") CALL("s3", "PutObject") "\"requestParameters\":{\"bucketName\":\"@b\",\"Host\":"
                                          "\"@b.s3.@R.amazonaws.com\","
                                          "\"key\":\"@o\",\"x-amz-server-side-encryption\":\"aws:"
                                          "kms\"},\"responseElements\":{"
                                          "\"x-amz-server-side-encryption\":\"aws:kms\",\"x-amz-"
                                          "server-side-encryption-aws-kms-"
                                          "key-id\":\"arn:aws:kms:@R:@a:key/@u\"}," DATA_TAIL(
                                              "false", S3_OBJECT, "@b.s3.@R.amazonaws.com")},
    {120, WORKLOAD,
     HEAD("1.11") CALL(
         "kms",
         "Decrypt") "\"requestParameters\":{\"encryptionAlgorithm\":\"SYMMETRIC_DEFAULT\","
                    "\"encryptionContext\":{\"aws:s3:arn\":\"arn:aws:s3:::@b/"
                    "@o\"}},\"responseElements\":"
                    "null,\"resources\":[{\"accountId\":\"@a\",\"type\":\"AWS::KMS::Key\",\"ARN\":"
                    "\"arn:aws:kms:@R:@a:key/@u\"}]," TAIL("true", "kms")},
    {90, PERSON,
     HEAD("1.09") CALL(
         "ec2", "DescribeInstances") "\"requestParameters\":{\"maxResults\":1000,\"instancesSet\":{"
                                     "},\"filterSet\":{\"items\":"
                                     "[{\"name\":\"instance-state-name\",\"valueSet\":{\"items\":[{"
                                     "\"value\":\"running\"},"
                                     "{\"value\":\"pending\"}]}},{\"name\":\"tag:service\","
                                     "\"valueSet\":{\"items\":["
                                     "{\"value\":\"@F\"}]}}]}},\"responseElements\":null," TAIL(
                                         "true", "ec2")},
    {50, VENDOR,
     HEAD("1.08")
         CALL("monitoring",
              "GetMetricData") "\"requestParameters\":{\"metricDataQueries\":[{\"id\":\"m1\","
                               "\"metricStat\":{\"metric\":"
                               "{\"namespace\":\"AWS/"
                               "Lambda\",\"metricName\":\"Duration\",\"dimensions\":[{\"name\":"
                               "\"FunctionName\",\"value\":\"@F\"}]},\"period\":60,\"stat\":"
                               "\"p95\"},\"returnData\":"
                               "true}],\"startTime\":\"@T\",\"endTime\":\"@T\",\"scanBy\":"
                               "\"TimestampDescending\"},"
                               "\"responseElements\":null," TAIL("true", "monitoring")},
    {60, VENDOR,
     HEAD("1.08") CALL("tagging", "GetResources") "\"requestParameters\":{\"paginationToken\":\"@"
                                                  "d\",\"resourcesPerPage\":100,"
                                                  "\"resourceTypeFilters\":[\"lambda:function\","
                                                  "\"dynamodb:table\"]},\"responseElements\":"
                                                  "null," TAIL("true", "tagging")},
    {70, WORKLOAD,
     HEAD("1.11")
         CALL("dynamodb",
              "GetItem") "\"requestParameters\":{\"tableName\":\"orders-@n\",\"key\":{\"pk\":"
                         "\"HIDDEN_DUE_TO_"
                         "SECURITY_REASONS\"},\"consistentRead\":false},\"responseElements\":null,"
                         "\"resources\":[{\"accountId\":\"@a\",\"type\":\"AWS::DynamoDB::Table\","
                         "\"ARN\":"
                         "\"arn:aws:dynamodb:@R:@a:table/orders-@n\"}]," TAIL("true", "dynamodb")},
    {50, WORKLOAD,
     HEAD("1.09") CALL(
         "logs",
         "CreateLogStream") "\"requestParameters\":{\"logStreamName\":\"2026/11/20/"
                            "[$LATEST]@x\",\"logGroupName\":"
                            "\"/aws/lambda/"
                            "@F\"},\"responseElements\":null,\"apiVersion\":\"20140328\"," TAIL(
                                "false", "logs")},
    {50, SERVICE,
     HEAD("1.08") CALL(
         "sts", "AssumeRole") "\"requestParameters\":{\"roleArn\":\"arn:aws:iam::@a:role/@r\","
                              "\"roleSessionName\":\"@F\"},\"responseElements\":{"
                              "\"credentials\":{\"accessKeyId\":\"@k\",\"sessionToken\":"
                              "\"@d@d\",\"expiration\":\"Nov 20, 2026, 9:12:00 PM\"}},"
                              "\"resources\":[{\"accountId\":\"@a\",\"type\":\"AWS::IAM::"
                              "Role\",\"ARN\":\"arn:aws:iam::@a:role/@r\"}]," TAIL("true", "sts")},
    {60, PERSON,
     HEAD("1.09")
         CALL("cloudwatch", "DescribeAlarms") "\"requestParameters\":{\"alarmTypes\":["
                                              "\"MetricAlarm\",\"CompositeAlarm\"],"
                                              "\"maxRecords\":100},\"responseElements\":null," TAIL(
                                                  "true", "monitoring")},
    {40, PERSON,
     HEAD("1.09")
         CALL("logs", "StartQuery") "\"requestParameters\":{\"logGroupNames\":[\"/aws/lambda/"
                                    "@F\"],\"startTime\":@n,"
                                    "\"endTime\":@n,\"queryString\":\"fields @\\u0040timestamp, "
                                    "message | filter level = "
                                    "\\\"ERROR\\\" | sort timestamp "
                                    "desc\",\"limit\":1000},\"responseElements\":{\"queryId\":"
                                    "\"@u\"}," TAIL("true", "logs")},
    {40, PERSON,
     HEAD("1.09")
         CALL("rds", "DescribeDBInstances") "\"requestParameters\":{\"maxRecords\":100},"
                                            "\"responseElements\":null," TAIL("true", "rds")},
    {30, CI,
     HEAD("1.09")
         CALL("ecr", "BatchGetImage") "\"requestParameters\":{\"registryId\":\"@a\","
                                      "\"repositoryName\":\"platform/@F\","
                                      "\"imageIds\":[{\"imageTag\":\"@x\"}],\"acceptedMediaTypes\":"
                                      "[\"application/vnd.oci.image."
                                      "manifest.v1+json\",\"application/"
                                      "vnd.docker.distribution.manifest.v2+json\"]},"
                                      "\"responseElements\":null," TAIL("true", "api.ecr")},
    {30, SERVICE,
     HEAD("1.08")
         CALL("config", "PutEvaluations") "\"requestParameters\":{\"evaluations\":[{"
                                          "\"complianceResourceType\":\"AWS::Lambda::"
                                          "Function\",\"complianceResourceId\":\"@F\","
                                          "\"complianceType\":\"COMPLIANT\","
                                          "\"orderingTimestamp\":\"@T\"}],\"testMode\":false},"
                                          "\"responseElements\":{"
                                          "\"failedEvaluations\":[]}," TAIL("false", "config")},
    {20, CI,
     HEAD("1.11") CALL(
         "lambda",
         "GetFunction20150331v2") "\"requestParameters\":{\"functionName\":\"@f\"},"
                                  "\"responseElements\":null,"
                                  "\"additionalEventData\":{\"functionVersion\":\"$LATEST\"}," TAIL(
                                      "true", "lambda")},
    {110, CALLER,
     HEAD("1.11") CALL(
         "lambda",
         "Invoke") "\"requestParameters\":{\"functionName\":\"@f\",\"invocationType\":"
                   "\"RequestResponse\"},"
                   "\"responseElements\":null,\"additionalEventData\":{\"functionVersion\":\"@f:$"
                   "LATEST\"},"
                   "\"requestID\":\"@u\",\"eventID\":\"@u\",\"readOnly\":false,\"resources\":[{"
                   "\"accountId\":\"@a\",\"type\":\"AWS::Lambda::Function\",\"ARN\":\"@f\"}],"
                   "\"eventType\":"
                   "\"AwsApiCall\",\"managementEvent\":false,\"recipientAccountId\":\"@a\","
                   "\"eventCategory\":"
                   "\"Data\"}"},
};

static const struct template deployment = {
    0, CI,
    HEAD("1.11") CALL(
        "lambda",
        "UpdateFunctionCode20150331v2") "\"requestParameters\":{\"functionName\":\"@F\","
                                        "\"s3Bucket\":\"acme-artifacts\",\"s3Key\":"
                                        "\"@F/"
                                        "@x.zip\",\"publish\":false,\"dryRun\":false},"
                                        "\"responseElements\":{"
                                        "\"functionName\":\"@F\",\"functionArn\":\"@f\","
                                        "\"runtime\":\"python3.12\",\"role\":"
                                        "\"arn:aws:iam::@a:role/"
                                        "fn-@F\",\"handler\":\"app.handler\",\"codeSize\":184@n,"
                                        "\"description\":\"\",\"timeout\":30,\"memorySize\":512,"
                                        "\"lastModified\":\"@T\","
                                        "\"codeSha256\":\"@h\",\"version\":\"$LATEST\","
                                        "\"environment\":{},\"tracingConfig\":{"
                                        "\"mode\":\"Active\"},\"revisionId\":\"@u\",\"state\":"
                                        "\"Active\",\"packageType\":\"Zip\","
                                        "\"architectures\":[\"arm64\"]}," TAIL("false", "lambda")};

static const char *const functions[] = {
    "payments-webhook", "orders-export", "thumbnails",      "invoice-render", "cart-events",
    "search-index",     "mail-bounce",   "session-cleanup", "price-sync",     "stock-levels",
    "fraud-score",      "user-signup",   "audit-forward",   "report-nightly", "image-resize",
    "coupon-check",     "geo-lookup",    "feed-import",     "tax-rates",      "ticket-router",
};
static const char *const people[] = {
    "ada.n",  "bo.k",   "carla.m", "dev.p",  "elin.s", "farid.h", "grace.o", "hana.t",
    "ivan.r", "june.w", "kofi.a",  "lena.b", "milo.c", "nadia.f", "omar.g",  "pia.j",
    "quin.l", "rosa.v", "sven.d",  "tara.e", "uma.i",  "vito.z",  "wim.q",   "yara.x",
};
static const char *const roles[] = {"fn-orders",    "fn-payments", "ecs-frontend",
                                    "batch-runner", "fn-search",   "eks-node"};
static const char *const regions[] = {"eu-west-1", "eu-west-1", "eu-west-1", "us-east-1"};
static const char *const accounts[] = {"111122223333", "111122223333", "444455556666"};
static const char *const agents[] = {
    "aws-cli/2.17.20 md/awscrt#0.20.11 ua/2.0 os/macos#23.5.0 md/arch#arm64 lang/python#3.11.9 "
    "md/pyimpl#CPython cfg/retry-mode#standard md/installer#exe md/prompt#off md/command#x",
    "Boto3/1.34.131 md/Botocore#1.34.131 ua/2.0 os/linux#6.1.94-99.176.amzn2023.x86_64 "
    "md/arch#x86_64 lang/python#3.12.4 md/pyimpl#CPython exec-env/AWS_Lambda_python3.12 "
    "cfg/retry-mode#legacy Botocore/1.34.131",
    "APN/1.0 HashiCorp/1.0 Terraform/1.9.2 (+https://www.terraform.io) terraform-provider-aws/"
    "5.58.0 aws-sdk-go-v2/1.30.1 os/linux lang/go#1.22.4 md/GOOS#linux md/GOARCH#amd64",
    "Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) AppleWebKit/537.36 (KHTML, like Gecko) "
    "Chrome/126.0.0.0 Safari/537.36",
    "aws-sdk-java/2.26.12 Linux/5.10.218 OpenJDK_64-Bit_Server_VM/21.0.3+9-LTS Java/21.0.3 "
    "exec-env/AWS_ECS_FARGATE io/sync http/Apache cfg/retry-mode/legacy",
};

void estate_init(struct estate *e, uint64_t seed)
{
    *e = (struct estate){.state = seed, .deploys_ppm = 500};
}

/* SplitMix64 (Steele, Lea, Flood, "Fast splittable pseudorandom number generators", 2014). */
static uint64_t next(struct estate *e)
{
    uint64_t z = (e->state += 0x9e3779b97f4a7c15U);
    z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9U;
    z = (z ^ (z >> 27)) * 0x94d049bb133111ebU;
    return z ^ (z >> 31);
}

uint64_t estate_random(struct estate *e, uint64_t below)
{
    return next(e) % below;
}

static void add_chars(struct estate *e, struct buf *out, const char *from, size_t kinds, size_t n)
{
    char text[96];
    for (size_t i = 0; i < n && i < sizeof(text); i++) {
        text[i] = from[estate_random(e, kinds)];
    }
    buf_add(out, str_make(text, n < sizeof(text) ? n : sizeof(text)));
}

static void add_hex(struct estate *e, struct buf *out, size_t n)
{
    add_chars(e, out, "0123456789abcdef", 16, n);
}

static void add_uuid(struct estate *e, struct buf *out)
{
    static const size_t parts[] = {8, 4, 4, 4, 12};
    for (size_t i = 0; i < ARRAY_LEN(parts); i++) {
        if (i > 0) {
            buf_addc(out, '-');
        }
        add_hex(e, out, parts[i]);
    }
}

static const char base64_chars[] =
    "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
static const char key_chars[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567";

/* What all marks of one event share. */
struct scene {
    struct estate *estate;
    struct buf *out;
    const char *account, *region, *function, *role, *bucket;
    const char *who_name;
    char time[TIME_TEXT_MAX];
    char key[24];
    char address[24];
    unsigned agent;
    enum who who;
};

static void add_identity(struct scene *s)
{
    struct buf *b = s->out;
    switch (s->who) {
    case PERSON:
        buf_printf(b,
                   "{\"type\":\"AssumedRole\",\"principalId\":\"AROA2DEVELOPER7EXAMPL:%s@acme."
                   "example\",\"arn\":\"arn:aws:sts::%s:assumed-role/AWSReservedSSO_Developer_"
                   "0a1b2c3d4e5f6a7b/%s@acme.example\",\"accountId\":\"%s\",\"accessKeyId\":"
                   "\"%s\",\"sessionContext\":{\"sessionIssuer\":{\"type\":\"Role\","
                   "\"principalId\":\"AROA2DEVELOPER7EXAMPL\",\"arn\":\"arn:aws:iam::%s:role/"
                   "aws-reserved/sso.amazonaws.com/eu-west-1/AWSReservedSSO_Developer_"
                   "0a1b2c3d4e5f6a7b\",\"accountId\":\"%s\",\"userName\":\"AWSReservedSSO_"
                   "Developer_0a1b2c3d4e5f6a7b\"},\"attributes\":{\"creationDate\":\"%s\","
                   "\"mfaAuthenticated\":\"false\"}}}",
                   s->who_name, s->account, s->who_name, s->account, s->key, s->account, s->account,
                   s->time);
        break;
    case CI:
        buf_printf(b,
                   "{\"type\":\"AssumedRole\",\"principalId\":\"AROA2GHADEPLOY7EXAMPL:GitHub"
                   "Actions\",\"arn\":\"arn:aws:sts::%s:assumed-role/gha-deploy/GitHubActions\","
                   "\"accountId\":\"%s\",\"accessKeyId\":\"%s\",\"sessionContext\":{"
                   "\"sessionIssuer\":{\"type\":\"Role\",\"principalId\":\"AROA2GHADEPLOY7EXAMPL"
                   "\",\"arn\":\"arn:aws:iam::%s:role/gha-deploy\",\"accountId\":\"%s\","
                   "\"userName\":\"gha-deploy\"},\"webIdFederationData\":{\"federatedProvider\":"
                   "\"arn:aws:iam::%s:oidc-provider/token.actions.githubusercontent.com\","
                   "\"attributes\":{}},\"attributes\":{\"creationDate\":\"%s\","
                   "\"mfaAuthenticated\":\"false\"}}}",
                   s->account, s->account, s->key, s->account, s->account, s->account, s->time);
        break;
    case SERVICE:
        buf_add_cstr(b, "{\"type\":\"AWSService\",\"invokedBy\":\"lambda.amazonaws.com\"}");
        break;
    case VENDOR:
        buf_printf(b,
                   "{\"type\":\"AssumedRole\",\"principalId\":\"AROA2VENDORMON7EXAMPL:Monitor"
                   "Session\",\"arn\":\"arn:aws:sts::%s:assumed-role/VendorMonitoring/Monitor"
                   "Session\",\"accountId\":\"%s\",\"accessKeyId\":\"%s\",\"sessionContext\":{"
                   "\"sessionIssuer\":{\"type\":\"Role\",\"principalId\":\"AROA2VENDORMON7EXAMPL"
                   "\",\"arn\":\"arn:aws:iam::%s:role/VendorMonitoring\",\"accountId\":\"%s\","
                   "\"userName\":\"VendorMonitoring\"},\"attributes\":{\"creationDate\":\"%s\","
                   "\"mfaAuthenticated\":\"false\"}}}",
                   s->account, s->account, s->key, s->account, s->account, s->time);
        break;
    case WORKLOAD:
    case CALLER:
    default:
        buf_printf(b,
                   "{\"type\":\"AssumedRole\",\"principalId\":\"AROA2WORKLOAD77EXAMPL:%s\","
                   "\"arn\":\"arn:aws:sts::%s:assumed-role/%s/%s\",\"accountId\":\"%s\","
                   "\"accessKeyId\":\"%s\",\"sessionContext\":{\"sessionIssuer\":{\"type\":"
                   "\"Role\",\"principalId\":\"AROA2WORKLOAD77EXAMPL\",\"arn\":\"arn:aws:iam::%s:"
                   "role/%s\",\"accountId\":\"%s\",\"userName\":\"%s\"},\"attributes\":{"
                   "\"creationDate\":\"%s\",\"mfaAuthenticated\":\"false\"}}}",
                   s->function, s->account, s->role, s->function, s->account, s->key, s->account,
                   s->role, s->account, s->role, s->time);
        break;
    }
}

static void add_mark(struct scene *s, char mark)
{
    struct estate *e = s->estate;
    struct buf *b = s->out;
    switch (mark) {
    case 'I':
        add_identity(s);
        break;
    case 'T':
        buf_add_cstr(b, s->time);
        break;
    case 'R':
        buf_add_cstr(b, s->region);
        break;
    case 'A':
        buf_add_cstr(b, s->who == SERVICE ? "lambda.amazonaws.com" : s->address);
        break;
    case 'U':
        buf_add_cstr(b, s->who == SERVICE ? "lambda.amazonaws.com" : agents[s->agent]);
        break;
    case 'u':
        add_uuid(e, b);
        break;
    case 'a':
        buf_add_cstr(b, s->account);
        break;
    case 'k':
        buf_add_cstr(b, "ASIA");
        add_chars(e, b, key_chars, 32, 16);
        break;
    case 'F':
        buf_add_cstr(b, s->function);
        break;
    case 'f':
        buf_printf(b, "arn:aws:lambda:%s:%s:function:%s", s->region, s->account, s->function);
        break;
    case 'x':
        add_hex(e, b, 17);
        break;
    case 'n':
        buf_printf(b, "%u", (unsigned)estate_random(e, 9000) + 1000);
        break;
    case 'b':
        buf_printf(b, "acme-%s-data", s->bucket);
        break;
    case 'o':
        buf_printf(b, "year=2026/month=11/day=20/part-%05u-", (unsigned)estate_random(e, 100000));
        add_hex(e, b, 12);
        buf_add_cstr(b, ".parquet");
        break;
    case 'h':
        add_chars(e, b, base64_chars, 64, 43);
        buf_addc(b, '=');
        break;
    case 'r':
        buf_add_cstr(b, s->role);
        break;
    case 'd':
        add_chars(e, b, base64_chars, 64, 76);
        break;
    default:
        buf_addc(b, '@');
        buf_addc(b, mark);
        break;
    }
}

static void expand(struct scene *s, const char *text)
{
    while (*text != '\0') {
        const char *mark = text;
        while (*mark != '\0' && *mark != '@') {
            mark++;
        }
        buf_add(s->out, str_make(text, (size_t)(mark - text)));
        if (*mark == '\0' || mark[1] == '\0') {
            return;
        }
        if (mark[1] == '\\') {
            buf_addc(s->out, '@'); /* an escaped '@' of the template itself */
            text = mark + 1;
            continue;
        }
        add_mark(s, mark[1]);
        text = mark + 2;
    }
}

static const struct template *choose(struct estate *e)
{
    if (e->deploys_ppm > 0 && estate_random(e, 1000000) < e->deploys_ppm) {
        return &deployment;
    }
    uint64_t at = estate_random(e, 1000);
    for (size_t i = 0; i < ARRAY_LEN(ordinary); i++) {
        if (at < ordinary[i].weight) {
            return &ordinary[i];
        }
        at -= ordinary[i].weight;
    }
    return &ordinary[0];
}

void estate_event(struct estate *e, int64_t time_us, struct buf *out)
{
    const struct template *t = choose(e);
    struct scene s = {
        .estate = e,
        .out = out,
        .who = t->who,
        .account = accounts[estate_random(e, ARRAY_LEN(accounts))],
        .region = regions[estate_random(e, ARRAY_LEN(regions))],
        .function = functions[estate_random(e, ARRAY_LEN(functions))],
        .role = roles[estate_random(e, ARRAY_LEN(roles))],
        .bucket = functions[estate_random(e, ARRAY_LEN(functions))],
        .who_name = people[estate_random(e, ARRAY_LEN(people))],
        .agent = (unsigned)estate_random(e, ARRAY_LEN(agents)),
    };
    /* Times of CloudTrail are whole seconds. */
    (void)time_format(time_us - time_us % TIME_SECOND_US, s.time);
    /* A person or workload keeps its session for a while: few keys, few addresses. Calls come from
     * a function's own caller, and a few functions get most of them. */
    uint64_t session = estate_random(e, 40);
    if (t->who == CI) {
        /* A pipeline looks at the functions that it deploys, not at all. */
        s.function = functions[estate_random(e, 3)];
    }
    if (t->who == CALLER) {
        uint64_t hot = estate_random(e, ARRAY_LEN(functions));
        hot = hot * estate_random(e, ARRAY_LEN(functions)) / ARRAY_LEN(functions);
        hot = hot * estate_random(e, ARRAY_LEN(functions)) / ARRAY_LEN(functions);
        s.function = functions[hot];
        s.account = accounts[hot % ARRAY_LEN(accounts)];
        s.region = regions[hot % ARRAY_LEN(regions)];
        s.role = roles[hot % ARRAY_LEN(roles)];
        s.agent = (unsigned)(hot % ARRAY_LEN(agents));
        session = hot;
    }
    struct buf small = {0};
    struct estate keys = {.state = session * 1000 + (uint64_t)t->who};
    buf_add_cstr(&small, "ASIA");
    add_chars(&keys, &small, key_chars, 32, 16);
    size_t n = small.len < sizeof(s.key) ? small.len : 0;
    for (size_t i = 0; i < n; i++) {
        s.key[i] = small.ptr[i];
    }
    buf_free(&small);
    static const char *const nets[] = {"203.0.113", "198.51.100", "192.0.2", "10.20.4"};
    const char *net = t->who == PERSON   ? nets[0]
                      : t->who == VENDOR ? nets[1]
                                         : nets[2 + session % 2];
    (void)snprintf(s.address, sizeof(s.address), "%s.%u", net, (unsigned)(session * 5 + 7) % 250);
    expand(&s, t->text);
}

unsigned estate_file(struct estate *e, int64_t from_us, int64_t until_us, size_t bytes,
                     struct buf *out)
{
    unsigned count = 0;
    size_t start = out->len;
    buf_add_cstr(out, "{\"Records\":[");
    while (out->len - start < bytes && !out->failed) {
        if (count > 0) {
            buf_addc(out, ',');
        }
        int64_t share = (int64_t)((out->len - start) * 1000 / (bytes + 1));
        estate_event(e, from_us + (until_us - from_us) / 1000 * share, out);
        count++;
    }
    buf_add_cstr(out, "]}");
    return count;
}
