#include "../../../tests/unit/context/load.h"

static const char csv[] =
    "time,kind,severity,status,addresses,functions,actors,text,id\n"
    "2026-11-20T08:30:00Z,incident,high,open,203.0.113.9;2001:db8::1,pay-checkout,,Fails,INC1\n"
    "2026-11-20T08:30:00Z,ids,low,False Positive,203.0.113.9,,,x,\n"
    "2026-11-20T08:30:00Z,ids,low,resolved,203.0.113.9,,,x,\n"
    ",ids,low,resolved,203.0.113.9,,,x,\n";

static void test_csv(void **state)
{
    (void)state;
    CLEANUP(done) struct context *c = loaded(CONTEXT_ALERTS, "alerts.csv", NULL, csv);
    assert_int_equal(c->alerts.len, 3);
    const struct alert *a = &c->alerts.at[0];
    same(a->kind, "incident");
    same(a->addresses.at[1], "2001:db8::1");
    same(a->functions.at[0], "pay-checkout");
    assert_int_equal(a->status, ALERT_OPEN);
    assert_int_equal(c->alerts.at[1].status, ALERT_FALSE_POSITIVE);
    assert_int_equal(c->alerts.at[2].status, ALERT_CLOSED);
    skipped_row(c, CONTEXT_ALERTS, 5, "no time");
    at_time(c->newest_us[CONTEXT_ALERTS], "2026-11-20T08:30:00Z");
}

/* However an address is written, an event from it must meet it. */
static void test_spellings(void **state)
{
    (void)state;
    static const char *const rows[][2] = {
        {"203.0.113.9", "203.0.113.9"},
        {"203.0.113[.]9", "203.0.113.9"},
        {"203(.)0(.)113(.)9", "203.0.113.9"},
        {"203.0.113.9:443", "203.0.113.9"},
        {"::ffff:203.0.113.9", "203.0.113.9"},
        {"203.0.113.0/24", "203.0.113.0/24"},
        {"203.0.113.77/24", "203.0.113.0/24"},
        {"2001:0DB8:0:0::1", "2001:db8::1"},
        {"[2001:db8::1]:443", "2001:db8::1"},
        {"2001:db8::/32", "2001:db8::/32"},
        {"::/0", "::/0"},
        {"Evil.example", "Evil.example"},
        {"[", "["},
        {"[]", "[]"},
        {"300.1.1.1", "300.1.1.1"},
    };
    for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
        char text[128];
        (void)snprintf(text, sizeof(text), "time,kind,addresses\n2026-11-20T08:30:00Z,ids,\"%s\"\n",
                       rows[i][0]);
        CLEANUP(done) struct context *c = loaded(CONTEXT_ALERTS, "alerts.csv", NULL, text);
        assert_int_equal(c->alerts.len, 1);
        same(c->alerts.at[0].addresses.at[0], rows[i][1]);
    }
}

#define GUARDDUTY                                                                                  \
    "{\"Findings\":[{\"AccountId\":\"111122223333\",\"Id\":\"9cb1\",\"Severity\":8,\"Type\":"      \
    "\"UnauthorizedAccess:Lambda/TorClient\",\"Title\":\"Talks to Tor.\","                         \
    "\"CreatedAt\":\"2026-11-20T08:30:00.000Z\",\"UpdatedAt\":\"2026-11-20T09:30:00.000Z\","       \
    "\"Resource\":{\"ResourceType\":\"Lambda\",\"LambdaDetails\":{\"FunctionName\":"               \
    "\"pay-checkout\",\"FunctionArn\":\"arn:aws:lambda:eu-west-1:111122223333:function:pay-"       \
    "checkout\"},\"AccessKeyDetails\":{\"UserName\":\"ana\"}},"                                    \
    "\"Service\":{\"Archived\":true,\"EventFirstSeen\":\"2026-11-20T08:00:00Z\",\"Action\":{"      \
    "\"ActionType\":\"NETWORK_CONNECTION\",\"NetworkConnectionAction\":{\"LocalIpDetails\":{"      \
    "\"IpAddressV4\":\"10.0.0.5\"},\"RemoteIpDetails\":{\"IpAddressV4\":\"198.51.100.7\"}},"       \
    "\"PortProbeAction\":{\"PortProbeDetails\":[{\"RemoteIpDetails\":{\"IpAddressV4\":"            \
    "\"198.51.100.8\"}}]}}}}]}"

static void test_guardduty(void **state)
{
    (void)state;
    CLEANUP(done) struct context *c = loaded(CONTEXT_ALERTS, "gd.json", NULL, GUARDDUTY);
    assert_int_equal(c->alerts.len, 1);
    const struct alert *a = &c->alerts.at[0];
    same(a->kind, "guardduty");
    same(a->severity, "high");
    same(a->id, "9cb1");
    same(a->text, "UnauthorizedAccess:Lambda/TorClient: Talks to Tor.");
    at_time(a->time_us, "2026-11-20T08:30:00Z");
    assert_int_equal(a->status, ALERT_CLOSED);
    assert_int_equal(a->addresses.len, 2); /* the other side's only */
    same(a->addresses.at[0], "198.51.100.7");
    same(a->functions.at[0], "pay-checkout");
    same(a->actors.at[0], "ana");

    /* EventBridge writes the keys another way. */
    CLEANUP(done)
    struct context *d = loaded(
        CONTEXT_ALERTS, "eb.json", NULL,
        "{\"detail-type\":\"GuardDuty Finding\",\"source\":\"aws.guardduty\",\"detail\":{"
        "\"schemaVersion\":\"2.0\",\"id\":\"x\",\"type\":\"Recon:IAMUser/TorIPCaller\","
        "\"severity\":5,\"createdAt\":\"2026-11-20T08:30:00Z\",\"title\":\"t\",\"resource\":{"
        "\"accessKeyDetails\":{\"userName\":\"ana\"}},\"service\":{\"archived\":false,"
        "\"action\":{\"awsApiCallAction\":{\"remoteIpDetails\":{\"ipAddressV4\":"
        "\"198.51.100.7\"}}}}}}");
    assert_int_equal(d->alerts.at[0].status, ALERT_OPEN);
    same(d->alerts.at[0].severity, "medium");
    same(d->alerts.at[0].addresses.at[0], "198.51.100.7");
}

#define ASFF                                                                                       \
    "{\"SchemaVersion\":\"2018-10-08\",\"Id\":\"f1\",\"ProductArn\":"                              \
    "\"arn:aws:securityhub:eu-west-1::product/aws/inspector\",\"AwsAccountId\":"                   \
    "\"111122223333\",\"Types\":[\"TTPs/Execution\"],\"CreatedAt\":\"2026-11-20T08:30:00Z\","      \
    "\"Severity\":{\"Label\":\"HIGH\"},\"Title\":\"Odd\",\"Resources\":[{\"Type\":"                \
    "\"AwsLambdaFunction\",\"Id\":\"arn:aws:lambda:eu-west-1:111122223333:function:pay:3\"},{"     \
    "\"Type\":\"AwsIamRole\",\"Id\":\"arn:aws:iam::111122223333:role/x\"}],\"Network\":{"          \
    "\"SourceIpV4\":\"198.51.100.7\"},\"Workflow\":{\"Status\":\"NEW\"},\"RecordState\":"          \
    "\"ACTIVE\"}"

static void test_securityhub(void **state)
{
    (void)state;
    static const char *const shapes[] = {
        "{\"Findings\":[" ASFF "]}",
        "{\"detail\":{\"findings\":[" ASFF "]}}",
        "[" ASFF "]",
        ASFF,
    };
    for (size_t i = 0; i < ARRAY_LEN(shapes); i++) {
        CLEANUP(done) struct context *c = loaded(CONTEXT_ALERTS, "sh.json", NULL, shapes[i]);
        assert_int_equal(c->alerts.len, 1);
        const struct alert *a = &c->alerts.at[0];
        same(a->kind, "securityhub");
        same(a->severity, "high");
        same(a->functions.at[0], "pay");
        same(a->actors.at[0], "arn:aws:iam::111122223333:role/x");
        same(a->addresses.at[0], "198.51.100.7");
        assert_int_equal(a->status, ALERT_OPEN);
    }
}

#define SCC                                                                                        \
    "{\"notificationConfigName\":\"organizations/1/notificationConfigs/soc\",\"finding\":{"        \
    "\"name\":\"f7\",\"category\":\"Persistence: IAM Anomalous Grant\",\"severity\":\"HIGH\","     \
    "\"state\":\"ACTIVE\",\"eventTime\":\"2026-11-20T08:30:00Z\",\"resourceName\":\"//run."        \
    "googleapis.com/projects/p/locations/l/services/pay\",\"access\":{\"principalEmail\":"         \
    "\"ana@example.com\",\"callerIp\":\"198.51.100.7\"},\"connections\":[{\"destinationIp\":"      \
    "\"203.0.113.9\"}]},\"resource\":{\"name\":\"x\"}}"

static void test_scc(void **state)
{
    (void)state;
    static const char *const shapes[] = {SCC, "[" SCC "]", "{\"listFindingsResults\":[" SCC "]}"};
    for (size_t i = 0; i < ARRAY_LEN(shapes); i++) {
        CLEANUP(done) struct context *c = loaded(CONTEXT_ALERTS, "scc.json", NULL, shapes[i]);
        assert_int_equal(c->alerts.len, 1);
        const struct alert *a = &c->alerts.at[0];
        same(a->kind, "scc");
        same(a->severity, "high");
        same(a->id, "f7");
        same(a->text, "Persistence: IAM Anomalous Grant");
        same(a->functions.at[0], "pay");
        same(a->actors.at[0], "ana@example.com");
        same(a->addresses.at[0], "198.51.100.7");
        same(a->addresses.at[1], "203.0.113.9");
        assert_int_equal(a->status, ALERT_OPEN);
    }
    CLEANUP(done)
    struct context *d =
        loaded(CONTEXT_ALERTS, "scc.json", NULL,
               "{\"finding\":{\"category\":\"C\",\"mute\":\"MUTED\",\"createTime\":"
               "\"2026-11-20T08:30:00Z\",\"resourceName\":\"//compute.googleapis.com/"
               "x\"}}");
    assert_int_equal(d->alerts.at[0].status, ALERT_FALSE_POSITIVE);
    assert_int_equal(d->alerts.at[0].functions.len, 0);
    same(d->alerts.at[0].severity, "low");
}

#define OCSF                                                                                       \
    "{\"class_uid\":2004,\"finding_info\":{\"uid\":\"f9\",\"title\":\"C&C "                        \
    "activity\",\"created_time\":"                                                                 \
    "1795163400000},\"metadata\":{\"product\":{\"name\":\"Security Hub\"}},\"severity_id\":4,"     \
    "\"status_id\":1,\"resources\":[{\"type\":\"AWS::Lambda::Function\",\"uid\":\"arn:aws:lambda:" \
    "eu-"                                                                                          \
    "west-1:111122223333:function:pay\"},{\"type\":\"AWS::IAM::User\",\"uid\":\"ann\"}],"          \
    "\"evidences\":[{\"dst_endpoint\":{\"ip\":\"203.0.113.9\"}},7]}"

static void test_ocsf(void **state)
{
    (void)state;
    static const char *const texts[] = {OCSF, "{\"detail\":{\"findings\":[" OCSF "]}}"};
    for (size_t i = 0; i < ARRAY_LEN(texts); i++) {
        CLEANUP(done) struct context *c = loaded(CONTEXT_ALERTS, "o.json", NULL, texts[i]);
        assert_int_equal(c->alerts.len, 1);
        const struct alert *a = &c->alerts.at[0];
        at_time(a->time_us, "2026-11-20T08:30:00Z");
        same(a->severity, "high");
        same(a->id, "f9");
        same(a->text, "C&C activity");
        same(a->functions.at[0], "arn:aws:lambda:eu-west-1:111122223333:function:pay");
        same(a->actors.at[0], "ann");
        same(a->addresses.at[0], "203.0.113.9");
        assert_int_equal(a->status, ALERT_OPEN);
    }
    CLEANUP(done)
    struct context *d = loaded(CONTEXT_ALERTS, "o.json", NULL,
                               "[{\"class_uid\":2004,\"finding_info\":{},\"time_dt\":"
                               "\"2026-11-20T08:30:00Z\",\"verdict_id\":1},"
                               "{\"class_uid\":2004,\"finding_info\":{},\"time\":1795163400000,"
                               "\"status_id\":4,\"severity_id\":99},"
                               "{\"class_uid\":2004,\"finding_info\":{},\"time\":\"x\"}]");
    assert_int_equal(d->alerts.len, 2);
    assert_int_equal(d->alerts.at[0].status, ALERT_FALSE_POSITIVE);
    assert_int_equal(d->alerts.at[1].status, ALERT_CLOSED);
    same(d->alerts.at[1].severity, "");
}

static const char eve[] =
    "{\"timestamp\":\"2026-11-20T09:30:00.123456+0100\",\"event_type\":\"flow\"}\n"
    "{\"timestamp\":\"2026-11-20T09:30:00.123456+0100\",\"event_type\":\"alert\",\"src_ip\":"
    "\"10.0.0.5\",\"dest_ip\":\"203.0.113.9\",\"alert\":{\"signature_id\":2000001,\"signature\":"
    "\"ET MALWARE beacon\",\"severity\":1}}\n"
    "{\"timestamp\":\"soon\",\"event_type\":\"alert\",\"alert\":{}}\n";

static void test_suricata(void **state)
{
    (void)state;
    CLEANUP(done) struct context *c = loaded(CONTEXT_ALERTS, "eve.json", NULL, eve);
    assert_int_equal(c->alerts.len, 1);
    const struct alert *a = &c->alerts.at[0];
    same(a->kind, "suricata");
    same(a->severity, "high");
    same(a->id, "2000001");
    same(a->text, "ET MALWARE beacon");
    same(a->addresses.at[1], "203.0.113.9");
    at_time(a->time_us, "2026-11-20T08:30:00.123456Z");
    skipped_row(c, CONTEXT_ALERTS, 3, "timestamp");
}

static void test_refused(void **state)
{
    (void)state;
    static const char formats[] = "x|GuardDuty|Security Hub|Security Command Center|Suricata|CSV";
    refused(CONTEXT_ALERTS, "x.json", NULL, "{\"Records\":[]}", ERR_SCHEMA, formats);
    refused(CONTEXT_ALERTS, "x.csv", NULL, "time,text\nx,y\n", ERR_SCHEMA, "kind|columns:");
    refused(CONTEXT_ALERTS, "x.csv", NULL, "time,kind\n2026-11-20 08:30:00,ids\n", ERR_SCHEMA,
            "x.csv:2|timezone:|alerts");
}

static void test_torture(void **state)
{
    (void)state;
    torture(CONTEXT_ALERTS, "a.csv", NULL, csv);
    torture(CONTEXT_ALERTS, "gd.json", NULL, GUARDDUTY);
    torture(CONTEXT_ALERTS, "sh.json", NULL, ASFF);
    torture(CONTEXT_ALERTS, "o.json", NULL, OCSF);
    torture(CONTEXT_ALERTS, "scc.json", NULL, "[" SCC "," SCC "," SCC "]");
    torture(CONTEXT_ALERTS, "eve.json", NULL, eve);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_csv),         cmocka_unit_test(test_guardduty),
        cmocka_unit_test(test_securityhub), cmocka_unit_test(test_scc),
        cmocka_unit_test(test_ocsf),        cmocka_unit_test(test_suricata),
        cmocka_unit_test(test_refused),     cmocka_unit_test(test_spellings),
        cmocka_unit_test(test_torture),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
