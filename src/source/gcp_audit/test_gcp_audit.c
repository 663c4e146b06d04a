#include "source/test_scan.h"

extern const struct source_ops source_gcp_audit;

static struct scan s;

static int set_up(void **state)
{
    (void)state;
    scan_init(&s, &source_gcp_audit);
    return 0;
}

static int tear_down(void **state)
{
    (void)state;
    scan_free(&s);
    return 0;
}

static void expect_attr(const struct event *e, enum event_attr id, const char *want)
{
    expect_text(event_attr_name(id), event_attr_get(e, id), want);
}

#define AUDIT(log, rest)                                                                           \
    "{\"logName\":\"projects/acme-prod/logs/cloudaudit.googleapis.com%2F" log                      \
    "\",\"insertId\":\"i1\",\"timestamp\":\"2026-11-20T09:12:00.123456789Z\","                     \
    "\"resource\":{\"type\":\"cloud_run_revision\",\"labels\":{\"project_id\":\"acme-prod\","      \
    "\"location\":\"europe-west1\"}}," rest "}"

/* ---- envelope ---- */

static void test_envelope(void **state)
{
    (void)state;
    struct event e = scan_event(
        &s, AUDIT("activity",
                  "\"protoPayload\":{\"serviceName\":\"run.googleapis.com\",\"methodName\":"
                  "\"google.cloud.run.v1.Services.ReplaceService\",\"resourceName\":"
                  "\"namespaces/acme-prod/services/pay\",\"authenticationInfo\":{"
                  "\"principalEmail\":\"ana@example.com\"},\"requestMetadata\":{\"callerIp\":"
                  "\"198.51.100.7\",\"callerSuppliedUserAgent\":\"google-cloud-sdk\"},"
                  "\"status\":{\"code\":7,\"message\":\"no\"}}"));
    int64_t want;
    assert_true(time_parse_rfc3339(STR("2026-11-20T09:12:00.123456Z"), &want));
    assert_true(e.time_us == want);
    assert_int_equal(e.kind, EVENT_CHANGE);
    assert_int_equal(e.outcome, OUTCOME_DENIED);
    assert_false(e.data_event);
    expect_text("source", e.source, "gcp.audit");
    expect_text("action", e.action, "ReplaceService");
    expect_text("account", e.account, "acme-prod");
    expect_text("region", e.region, "europe-west1");
    expect_text("address", e.address, "198.51.100.7");
    expect_text("user agent", e.user_agent, "google-cloud-sdk");
    expect_text("error", e.error_code, "PERMISSION_DENIED");
    expect_text("function", e.function.name, "pay");
    expect_text("provider", e.function.provider, "gcp");
    expect_text("who", e.who.principal, "ana@example.com");
    assert_int_equal(e.who.kind, IDENTITY_USER);
}

/* The same call, as five tools write it. */
static void test_spellings(void **state)
{
    (void)state;
    static const char *const texts[] = {
        AUDIT("activity",
              "\"protoPayload\":{\"serviceName\":\"run.googleapis.com\",\"methodName\":"
              "\"google.cloud.run.v2.Services.UpdateService\",\"resourceName\":\"projects/acme-"
              "prod/locations/europe-west1/services/pay\",\"authenticationInfo\":{"
              "\"principalEmail\":\"ana@example.com\"},\"requestMetadata\":{\"callerIp\":"
              "\"198.51.100.7\"},\"request\":{\"service\":{\"invokerIamDisabled\":true}}}"),
        "{\"insertid\":\"i1\",\"logname\":\"projects/acme-prod/logs/cloudaudit.googleapis.com%2F"
        "activity\",\"timestamp\":\"2026-11-20 09:12:00.123456\",\"resource\":{\"labels\":{"
        "\"project_id\":\"acme-prod\",\"location\":\"europe-west1\"}},\"protopayload\":{"
        "\"at_sign_type\":\"x\",\"serviceName\":\"run.googleapis.com\",\"methodName\":\"/Services."
        "UpdateService\",\"resourceName\":\"projects/acme-prod/locations/europe-west1/services/"
        "pay\",\"authenticationInfo\":{\"principalEmail\":\"ana@example.com\"},"
        "\"requestMetadata\":{\"callerIP\":\"198.51.100.7\"},\"request\":{\"service\":{"
        "\"invokerIamDisabled\":true}}}}",
        "{\"insert_id\":\"i1\",\"log_name\":\"projects/acme-prod/logs/cloudaudit.googleapis.com/"
        "activity\",\"timestamp\":\"2026-11-20T09:12:00.123456+00:00\",\"resource\":{\"labels\":{"
        "\"project_id\":\"acme-prod\",\"location\":\"europe-west1\"}},\"proto_payload\":{"
        "\"service_name\":\"run.googleapis.com\",\"method_name\":\"google.cloud.run.v2.Services."
        "UpdateService\",\"resource_name\":\"projects/acme-prod/locations/europe-west1/services/"
        "pay\",\"authentication_info\":{\"principal_email\":\"ana@example.com\"},"
        "\"request_metadata\":{\"caller_ip\":\"198.51.100.7\"},\"request\":{\"service\":{"
        "\"invoker_iam_disabled\":true}}}}",
        "{\"insertId\":\"i1\",\"logName\":\"projects/acme-prod/logs/cloudaudit.googleapis.com%2F"
        "activity\",\"timestamp\":\"2026-11-20 09:12:00.123456 UTC\",\"protoPayload\":null,"
        "\"resource\":{\"labels\":{\"project_id\":\"acme-prod\",\"location\":\"europe-west1\"}},"
        "\"protopayload_auditlog\":{\"serviceName\":\"run.googleapis.com\",\"methodName\":"
        "\"google.cloud.run.v2.Services.UpdateService\",\"resourceName\":\"projects/acme-prod/"
        "locations/europe-west1/services/pay\",\"authenticationInfo\":{\"principalEmail\":"
        "\"ana@example.com\"},\"requestMetadata\":{\"callerIp\":\"198.51.100.7\"},\"request\":null,"
        "\"requestJson\":\"{\\\"service\\\":{\\\"invokerIamDisabled\\\":true}}\"}}",
        AUDIT("activity",
              "\"protoPayload\":{\"serviceName\":\"run.googleapis.com\",\"methodName\":"
              "\"google.cloud.run.v1.Services.ReplaceService\",\"resourceName\":\"namespaces/acme-"
              "prod/services/pay\",\"authenticationInfo\":{\"principalSubject\":\"user:ana@"
              "example.com\"},\"requestMetadata\":{\"callerIp\":\"198.51.100.7\"},\"request\":{"
              "\"service\":{\"metadata\":{\"annotations\":{\"run.googleapis.com/invoker-iam-"
              "disabled\":\"true\"}}}}}"),
    };
    for (size_t i = 0; i < ARRAY_LEN(texts); i++) {
        struct event e = scan_event(&s, texts[i]);
        struct str key;
        assert_true(function_key_text(&e.function, &s.arena, &key));
        expect_text("key", key, "gcp/acme-prod/europe-west1/pay");
        expect_text("who", e.who.principal, "ana@example.com");
        expect_text("address", e.address, "198.51.100.7");
        expect_text("id", e.record_id, "i1");
        expect_attr(&e, ATTR_INVOKER_CHECK, "off");
        assert_int_equal(e.kind, EVENT_CHANGE);
        assert_true(e.time_us != TIME_NONE);
    }
}

static void test_methods(void **state)
{
    (void)state;
    static const struct {
        const char *service, *method, *action;
        enum event_kind kind;
    } rows[] = {
        {"cloudfunctions.googleapis.com",
         "google.cloud.functions.v1.CloudFunctionsService.UpdateFunction", "UpdateFunction",
         EVENT_CHANGE},
        {"cloudfunctions.googleapis.com",
         "google.cloud.functions.v2beta.FunctionService.CreateFunction", "CreateFunction",
         EVENT_CHANGE},
        {"cloudfunctions.googleapis.com",
         "google.cloud.functions.v1.CloudFunctionsService.CallFunction", "CallFunction",
         EVENT_INVOKE},
        {"cloudfunctions.googleapis.com", "SetIamPolicy", "SetIamPolicy", EVENT_CHANGE},
        {"run.googleapis.com", "/Services.CreateService", "CreateService", EVENT_CHANGE},
        {"run.googleapis.com", "/Jobs.RunJob", "RunJob", EVENT_INVOKE},
        {"run.googleapis.com", "google.cloud.run.v2.Jobs.UpdateJob", "UpdateJob", EVENT_CHANGE},
        {"run.googleapis.com", "google.cloud.run.v1.DomainMappings.CreateDomainMapping",
         "CreateDomainMapping", EVENT_CHANGE},
        {"cloudbuild.googleapis.com", "google.devtools.cloudbuild.v1.CloudBuild.CreateBuild",
         "CreateBuild", EVENT_CHANGE},
        {"iam.googleapis.com", "google.iam.admin.v1.SetIAMPolicy", "SetIamPolicy", EVENT_IDENTITY},
        {"iam.googleapis.com", "google.iam.admin.v1.CreateServiceAccountKey",
         "CreateServiceAccountKey", EVENT_IDENTITY},
        {"logging.googleapis.com", "google.logging.v2.ConfigServiceV2.DeleteSink", "DeleteSink",
         EVENT_LOGGING},
        {"storage.googleapis.com", "storage.objects.get", "objects.get", EVENT_OTHER},
        {"compute.googleapis.com", "v1.compute.instances.insert", "instances.insert", EVENT_OTHER},
        {"login.googleapis.com", "google.login.LoginService.loginSuccess", "Login", EVENT_LOGIN},
    };
    for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
        char text[1024];
        snprintf(text, sizeof(text),
                 "{\"protoPayload\":{\"serviceName\":\"%s\",\"methodName\":\"%s\"}}",
                 rows[i].service, rows[i].method);
        struct event e = scan_event(&s, text);
        expect_text(rows[i].method, e.action, rows[i].action);
        assert_int_equal(e.kind, rows[i].kind);
    }
}

/* ---- identities ---- */

static void test_who(void **state)
{
    (void)state;
    static const struct {
        const char *auth;
        enum identity_kind kind;
        const char *principal, *role, *subject, *account;
    } rows[] = {
        {"\"principalEmail\":\"ana@example.com\"", IDENTITY_USER, "ana@example.com", "", "", ""},
        {"\"principalEmail\":\"deploy@acme-prod.iam.gserviceaccount.com\"", IDENTITY_ROLE,
         "deploy@acme-prod.iam.gserviceaccount.com", "deploy@acme-prod.iam.gserviceaccount.com", "",
         "acme-prod"},
        {"\"principalEmail\":\"12345-compute@developer.gserviceaccount.com\"", IDENTITY_ROLE,
         "12345-compute@developer.gserviceaccount.com",
         "12345-compute@developer.gserviceaccount.com", "", "12345"},
        {"\"principalEmail\":\"service-1@gcf-admin-robot.iam.gserviceaccount.com\"",
         IDENTITY_SERVICE, "service-1@gcf-admin-robot.iam.gserviceaccount.com", "", "", ""},
        {"\"principalEmail\":\"service-1@gcp-sa-eventarc.iam.gserviceaccount.com\"",
         IDENTITY_SERVICE, "service-1@gcp-sa-eventarc.iam.gserviceaccount.com", "", "", ""},
        {"\"principalEmail\":\"deploy@acme-prod.iam.gserviceaccount.com\","
         "\"serviceAccountDelegationInfo\":[{\"firstPartyPrincipal\":{\"principalEmail\":"
         "\"ana@example.com\"}}]",
         IDENTITY_USER, "ana@example.com", "deploy@acme-prod.iam.gserviceaccount.com", "", ""},
        {"\"principalEmail\":\"deploy@acme-prod.iam.gserviceaccount.com\","
         "\"serviceAccountDelegationInfo\":[{\"principalSubject\":\"principal://iam.googleapis.com/"
         "projects/1/locations/global/workloadIdentityPools/ci/subject/repo:acme/pay:ref:refs/"
         "heads/main\"}]",
         IDENTITY_FEDERATED,
         "principal://iam.googleapis.com/projects/1/locations/global/workloadIdentityPools/ci/"
         "subject/repo:acme/pay:ref:refs/heads/main",
         "deploy@acme-prod.iam.gserviceaccount.com", "repo:acme/pay:ref:refs/heads/main", ""},
        {"\"principalEmail\":\"system:anonymous\"", IDENTITY_ANONYMOUS, "system:anonymous", "", "",
         ""},
        {"\"principalEmail\":null", IDENTITY_UNKNOWN, "", "", "", ""},
    };
    for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
        char text[1024];
        snprintf(text, sizeof(text),
                 "{\"protoPayload\":{\"serviceName\":\"x\",\"methodName\":\"y\","
                 "\"authenticationInfo\":{%s}}}",
                 rows[i].auth);
        struct event e = scan_event(&s, text);
        if (e.who.kind != rows[i].kind) {
            fail_msg("%s: %s", rows[i].auth, identity_kind_name(e.who.kind));
        }
        expect_text("principal", e.who.principal, rows[i].principal);
        expect_text("role", e.who.role, rows[i].role);
        expect_text("subject", e.who.subject, rows[i].subject);
        expect_text("account", e.who.account, rows[i].account);
    }
}

static void test_key_and_address(void **state)
{
    (void)state;
    struct event e = scan_event(
        &s, "{\"protoPayload\":{\"serviceName\":\"x\",\"methodName\":\"y\",\"authenticationInfo\":{"
            "\"principalEmail\":\"d@p.iam.gserviceaccount.com\",\"serviceAccountKeyName\":\"//iam."
            "googleapis.com/projects/p/serviceAccounts/d@p.iam.gserviceaccount.com/keys/abc123\"},"
            "\"requestMetadata\":{\"callerIp\":\"gce-internal-ip\"}}}");
    expect_text("key", e.who.access_key, "abc123");
    expect_text("address", e.address, "");
}

/* ---- what changed ---- */

static void test_run_v1(void **state)
{
    (void)state;
    struct event e = scan_event(
        &s,
        AUDIT("activity",
              "\"protoPayload\":{\"serviceName\":\"run.googleapis.com\",\"methodName\":"
              "\"google.cloud.run.v1.Services.ReplaceService\",\"resourceName\":\"namespaces/acme-"
              "prod/services/pay\",\"request\":{\"service\":{\"metadata\":{\"name\":\"pay\","
              "\"annotations\":{\"run.googleapis.com/ingress\":\"internal\"},\"labels\":{\"owner\":"
              "\"x\"}},\"spec\":{\"template\":{\"metadata\":{\"name\":\"pay-00002-abc\"},\"spec\":{"
              "\"serviceAccountName\":\"run@acme-prod.iam.gserviceaccount.com\",\"containers\":[{"
              "\"image\":\"eu.gcr.io/acme/pay@sha256:0011\"}]}},\"traffic\":[{\"revisionName\":"
              "\"pay-00001-xyz\",\"percent\":95},{\"latestRevision\":true,\"percent\":5,\"tag\":"
              "\"t\"}]}}},\"response\":{\"status\":{\"url\":\"https://pay-abc-ew.a.run.app\"}}}"));
    expect_attr(&e, ATTR_ROLE, "run@acme-prod.iam.gserviceaccount.com");
    expect_attr(&e, ATTR_CODE_LOCATION, "eu.gcr.io/acme/pay@sha256:0011");
    expect_attr(&e, ATTR_CODE_HASH, "0011");
    expect_attr(&e, ATTR_INGRESS, "internal");
    expect_attr(&e, ATTR_INVOKER_CHECK, "on");
    expect_attr(&e, ATTR_URL, "https://pay-abc-ew.a.run.app");
    expect_attr(&e, ATTR_VERSION, "pay-00002-abc");
    expect_attr(&e, ATTR_TAG_KEY, "owner");
    assert_true(event_attr_is(&e, ATTR_TRAFFIC, STR("pay-00001-xyz=95")));
    assert_true(event_attr_is(&e, ATTR_TRAFFIC, STR("LATEST=5")));
    assert_true(event_attr_is(&e, ATTR_TRAFFIC, STR("tag:t=LATEST")));
}

/* A mask says that what it does not name stays as it was. */
static void test_run_v2_mask(void **state)
{
    (void)state;
    struct event e = scan_event(
        &s, AUDIT("activity",
                  "\"protoPayload\":{\"serviceName\":\"run.googleapis.com\",\"methodName\":"
                  "\"google.cloud.run.v2.Services.UpdateService\",\"resourceName\":\"projects/"
                  "acme-prod/locations/europe-west1/services/pay\",\"request\":{\"updateMask\":"
                  "\"template\",\"service\":{\"template\":{\"containers\":[{\"image\":\"x/y:z\"}],"
                  "\"serviceAccount\":\"a@b\"}}}},\"operation\":{\"id\":\"op1\",\"first\":true}"));
    assert_false(event_has(&e, ATTR_INVOKER_CHECK));
    assert_false(event_has(&e, ATTR_INGRESS));
    assert_false(event_has(&e, ATTR_CODE_HASH));
    expect_attr(&e, ATTR_ROLE, "a@b");
    expect_attr(&e, ATTR_OPERATION, "op1");
    expect_attr(&e, ATTR_OPERATION_PART, "first");
}

static void test_functions(void **state)
{
    (void)state;
    struct event e = scan_event(
        &s, "{\"protoPayload\":{\"serviceName\":\"cloudfunctions.googleapis.com\",\"methodName\":"
            "\"google.cloud.functions.v2.FunctionService.UpdateFunction\",\"resourceName\":"
            "\"projects/acme-prod/locations/europe-west1/functions/pay\",\"request\":{\"function\":"
            "{\"buildConfig\":{\"runtime\":\"nodejs22\",\"entryPoint\":\"main\",\"source\":{"
            "\"storageSource\":{\"bucket\":\"b\",\"object\":\"o.zip\",\"generation\":\"17\"}}},"
            "\"serviceConfig\":{\"availableMemory\":\"1Gi\",\"timeoutSeconds\":540,"
            "\"ingressSettings\":\"ALLOW_INTERNAL_AND_GCLB\"},\"eventTrigger\":{\"pubsubTopic\":"
            "\"projects/p/topics/t\"}}},\"response\":{\"serviceConfig\":{\"uri\":\"https://u\","
            "\"revision\":\"projects/1/locations/l/services/pay/revisions/pay-00003-abc\"}}}}");
    expect_attr(&e, ATTR_CODE_LOCATION, "gs://b/o.zip#17");
    expect_attr(&e, ATTR_MEMORY_MB, "1024");
    expect_attr(&e, ATTR_TIMEOUT_S, "540");
    expect_attr(&e, ATTR_INGRESS, "internal-and-load-balancer");
    expect_attr(&e, ATTR_TRIGGER_SOURCE, "projects/p/topics/t");
    expect_attr(&e, ATTR_VERSION, "pay-00003-abc");
    expect_attr(&e, ATTR_URL, "https://u");
    expect_text("account", e.function.account, "acme-prod");

    e = scan_event(
        &s, "{\"protoPayload\":{\"serviceName\":\"cloudfunctions.googleapis.com\",\"methodName\":"
            "\"google.cloud.functions.v1.CloudFunctionsService.CreateFunction\",\"request\":{"
            "\"location\":\"projects/p/locations/l\",\"function\":{\"name\":\"projects/p/locations/"
            "l/functions/f\",\"availableMemoryMb\":256,\"timeout\":\"60s\",\"sourceUploadUrl\":"
            "\"https://storage.googleapis.com/b/o.zip?X-Goog-Signature=1\"}}}}");
    expect_text("name", e.function.name, "f");
    expect_text("region", e.function.region, "l");
    expect_attr(&e, ATTR_MEMORY_MB, "256");
    expect_attr(&e, ATTR_TIMEOUT_S, "60");
    expect_attr(&e, ATTR_CODE_LOCATION, "https://storage.googleapis.com/b/o.zip");
}

static void test_grants(void **state)
{
    (void)state;
    struct event e = scan_event(
        &s, "{\"protoPayload\":{\"serviceName\":\"cloudresourcemanager.googleapis.com\","
            "\"methodName\":\"SetIamPolicy\",\"resourceName\":\"projects/p\",\"serviceData\":{"
            "\"policyDelta\":{\"bindingDeltas\":[{\"action\":\"ADD\",\"role\":\"roles/owner\","
            "\"member\":\"user:eve@example.net\"},{\"action\":\"REMOVE\",\"role\":\"roles/viewer\","
            "\"member\":\"user:ana@example.com\"}],\"auditConfigDeltas\":[{\"action\":\"REMOVE\","
            "\"service\":\"allServices\",\"logType\":\"DATA_READ\"},{\"action\":\"ADD\","
            "\"service\":\"allServices\",\"logType\":\"DATA_WRITE\",\"exemptedMember\":\"user:e\"}]"
            "}},\"request\":{\"policy\":{\"bindings\":[{\"role\":\"r\",\"members\":[\"m\"]}]}}}}");
    assert_int_equal(e.kind, EVENT_IDENTITY);
    expect_attr(&e, ATTR_GRANT_ACTION, "roles/owner");
    expect_attr(&e, ATTR_GRANT_PRINCIPAL, "user:eve@example.net");
    expect_attr(&e, ATTR_GRANT_GONE, "roles/viewer user:ana@example.com");
    assert_true(event_attr_is(&e, ATTR_AUDIT_GONE, STR("allServices DATA_READ")));
    assert_true(event_attr_is(&e, ATTR_AUDIT_GONE, STR("allServices DATA_WRITE not of user:e")));
    assert_false(event_has(&e, ATTR_POLICY_SET));

    e = scan_event(
        &s, "{\"protopayload_auditlog\":{\"serviceName\":\"run.googleapis.com\",\"methodName\":"
            "\"google.cloud.run.v1.Services.SetIamPolicy\",\"resourceName\":\"projects/p/"
            "locations/l/services/pay\",\"servicedata_v1_iam\":{\"policyDelta\":{\"bindingDeltas\":"
            "[{\"action\":\"ADD\",\"role\":\"roles/run.invoker\",\"member\":\"allUsers\"}]}}}}");
    expect_attr(&e, ATTR_GRANT_PRINCIPAL, "allUsers");
    expect_text("function", e.function.name, "pay");
}

/* The public member is the last of a long list. */
static void test_long_policy(void **state)
{
    (void)state;
    char text[8192];
    size_t n = (size_t)snprintf(
        text, sizeof(text),
        "{\"protoPayload\":{\"serviceName\":\"run.googleapis.com\",\"methodName\":\"/Services."
        "SetIamPolicy\",\"request\":{\"policy\":{\"bindings\":[{\"role\":\"roles/run.invoker\","
        "\"members\":[");
    for (int i = 0; i < 200; i++) {
        n += (size_t)snprintf(text + n, sizeof(text) - n, "\"user:u%d@example.com\",", i);
    }
    snprintf(text + n, sizeof(text) - n, "\"allUsers\"]}]}}}}");
    struct event e = scan_event(&s, text);
    assert_true(event_attr_is(&e, ATTR_GRANT_PRINCIPAL, STR("allUsers")));
    assert_true(event_has(&e, ATTR_POLICY_SET));
}

static void test_around(void **state)
{
    (void)state;
    struct event e = scan_event(
        &s, AUDIT("data_access",
                  "\"protoPayload\":{\"serviceName\":\"run.googleapis.com\",\"methodName\":\"/Jobs."
                  "RunJob\",\"resourceName\":\"namespaces/acme-prod/jobs/nightly\",\"request\":{"
                  "\"overrides\":{\"containerOverrides\":[{\"args\":[\"-c\"],\"env\":[{\"name\":"
                  "\"URL\",\"value\":\"x\"}]}]}}}"));
    expect_text("job", e.function.name, "job:nightly");
    assert_int_equal(e.kind, EVENT_CHANGE);
    assert_true(e.data_event);
    assert_true(event_attr_is(&e, ATTR_OVERRIDE, STR("env URL")));
    e = scan_event(
        &s, AUDIT("data_access",
                  "\"protoPayload\":{\"serviceName\":\"eventarc.googleapis.com\",\"methodName\":"
                  "\"google.cloud.eventarc.v1.Eventarc.CreateTrigger\",\"resourceName\":\"projects/"
                  "acme-prod/locations/eu/triggers/t\",\"request\":{\"trigger\":{\"destination\":{"
                  "\"cloudRun\":{\"service\":\"pay\",\"region\":\"europe-west4\"}},"
                  "\"eventFilters\":[{\"attribute\":\"type\",\"value\":\"v\"}]}}}"));
    expect_text("region", e.function.region, "europe-west4");
    expect_attr(&e, ATTR_TRIGGER_PATTERN, "type=v");
    e = scan_event(
        &s, AUDIT("activity",
                  "\"protoPayload\":{\"serviceName\":\"cloudscheduler.googleapis.com\","
                  "\"methodName\":\"google.cloud.scheduler.v1.CloudScheduler.CreateJob\","
                  "\"request\":{\"job\":{\"name\":\"projects/p/locations/l/jobs/j\",\"schedule\":"
                  "\"* * * * *\",\"httpTarget\":{\"uri\":\"https://europe-west3-acme-prod."
                  "cloudfunctions.net/pay?x=1\"}}}}"));
    expect_text("function", e.function.name, "pay");
    expect_text("region", e.function.region, "europe-west3");
    expect_attr(&e, ATTR_RULE, "j");
    e = scan_event(
        &s, AUDIT("activity",
                  "\"protoPayload\":{\"serviceName\":\"logging.googleapis.com\",\"methodName\":"
                  "\"google.logging.v2.ConfigServiceV2.UpdateSink\",\"request\":{\"sinkName\":"
                  "\"projects/p/sinks/audit\",\"sink\":{\"disabled\":true}}}"));
    expect_attr(&e, ATTR_TRAIL, "audit");
    expect_attr(&e, ATTR_STATE, "DISABLED");
    e = scan_event(
        &s, AUDIT("data_access",
                  "\"protoPayload\":{\"serviceName\":\"storage.googleapis.com\",\"methodName\":"
                  "\"storage.objects.create\",\"resourceName\":\"projects/_/buckets/gcf-v2-uploads-"
                  "1/objects/a/b.zip\"}"));
    assert_int_equal(e.kind, EVENT_CHANGE);
    expect_attr(&e, ATTR_CODE_LOCATION, "gs://gcf-v2-uploads-1/a/b.zip");
}

/* ---- what is none of ours, and what is hostile ---- */

static void test_probe(void **state)
{
    (void)state;
    static const struct {
        const char *text;
        bool ours;
    } rows[] = {
        {"{}", false},
        {"{\"protoPayload\":\"x\"}", false},
        {"{\"protoPayload\":{}}", false},
        {"{\"protoPayload\":{\"@type\":\"type.googleapis.com/google.appengine.logging.v1."
         "RequestLog\"}}",
         false},
        {"{\"protoPayload\":{\"authorizationInfo\":[]}}", true},
        {"{\"logName\":\"projects/p/logs/run.googleapis.com%2Frequests\",\"httpRequest\":{}}",
         false},
        {"{\"eventSource\":\"lambda.amazonaws.com\",\"eventName\":\"Invoke\"}", false},
    };
    for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
        assert_true(scan_text(&s, str_of(rows[i].text)));
        struct record r = scan_record(&s);
        if ((source_gcp_audit.probe(&r) > 0) != rows[i].ours) {
            fail_msg("%s", rows[i].text);
        }
    }
}

static void test_mistyped(void **state)
{
    (void)state;
    static const char *const values[] = {"null", "1",    "true",   "\"x\"",       "[]",
                                         "{}",   "[[]]", "[null]", "{\"a\":[{}]}"};
    static const char *const fields[] = {
        "serviceName", "methodName", "resourceName", "authenticationInfo", "requestMetadata",
        "status",      "request",    "response",     "serviceData",        "authorizationInfo"};
    for (size_t f = 0; f < ARRAY_LEN(fields); f++) {
        for (size_t v = 0; v < ARRAY_LEN(values); v++) {
            char text[1024];
            snprintf(text, sizeof(text),
                     "{\"logName\":\"projects/p/logs/cloudaudit.googleapis.com/activity\","
                     "\"protoPayload\":{\"%s\":%s,\"serviceName\":\"run.googleapis.com\","
                     "\"methodName\":\"/Services.ReplaceService\",\"request\":{\"service\":%s}}}",
                     fields[f], values[v], values[v]);
            struct event e = scan_event(&s, text);
            expect_text("source", e.source, "gcp.audit");
        }
    }
}

/* Whatever room there is, a record is parsed whole or refused. */
static void test_little_memory(void **state)
{
    (void)state;
    static const char text[] =
        "{\"protopayload_auditlog\":{\"serviceName\":\"run.googleapis.com\",\"methodName\":\"/"
        "Services.ReplaceService\",\"resourceName\":\"namespaces/p/services/\\u0070ay\","
        "\"authenticationInfo\":{\"principalEmail\":\"\\u0061na@example.com\"},\"requestJson\":"
        "\"{\\\"service\\\":{\\\"metadata\\\":{\\\"annotations\\\":{\\\"run.googleapis.com/ingress"
        "\\\":\\\"all\\\"}},\\\"traffic\\\":[{\\\"percent\\\":5,\\\"tag\\\":\\\"x\\\"}]}}\"}}";
    bool refused = false;
    assert_true(scan_text(&s, str_of(text)));
    struct record r = scan_record(&s);
    for (size_t limit = 1; limit < 16384; limit += 16) {
        struct arena a;
        struct event e = {0};
        struct err err = {0};
        arena_init(&a, limit);
        enum err_code rc = source_gcp_audit.parse(&r, &a, &e, &err);
        if (rc == ERR_OK) {
            expect_text("who", e.who.principal, "ana@example.com");
            expect_attr(&e, ATTR_INGRESS, "all");
            assert_true(event_attr_is(&e, ATTR_TRAFFIC, STR("tag:x=LATEST")));
        } else {
            assert_int_equal(rc, ERR_LIMIT);
            refused = true;
        }
        arena_free(&a);
    }
    assert_true(refused);
}

static void test_duplicate_key(void **state)
{
    (void)state;
    struct event e = scan_event(&s, "{\"protoPayload\":{\"serviceName\":\"run.googleapis.com\","
                                    "\"methodName\":\"a\",\"methodName\":\"b\"}}");
    assert_true(e.duplicate_key);
    expect_text("name", e.name, "a");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(test_envelope, set_up, tear_down),
        cmocka_unit_test_setup_teardown(test_spellings, set_up, tear_down),
        cmocka_unit_test_setup_teardown(test_methods, set_up, tear_down),
        cmocka_unit_test_setup_teardown(test_who, set_up, tear_down),
        cmocka_unit_test_setup_teardown(test_key_and_address, set_up, tear_down),
        cmocka_unit_test_setup_teardown(test_run_v1, set_up, tear_down),
        cmocka_unit_test_setup_teardown(test_run_v2_mask, set_up, tear_down),
        cmocka_unit_test_setup_teardown(test_functions, set_up, tear_down),
        cmocka_unit_test_setup_teardown(test_grants, set_up, tear_down),
        cmocka_unit_test_setup_teardown(test_long_policy, set_up, tear_down),
        cmocka_unit_test_setup_teardown(test_around, set_up, tear_down),
        cmocka_unit_test_setup_teardown(test_probe, set_up, tear_down),
        cmocka_unit_test_setup_teardown(test_mistyped, set_up, tear_down),
        cmocka_unit_test_setup_teardown(test_little_memory, set_up, tear_down),
        cmocka_unit_test_setup_teardown(test_duplicate_key, set_up, tear_down),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
