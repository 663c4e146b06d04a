#include "source/test_scan.h"

extern const struct source_ops source_entra_signin;

#define COMMON                                                                                     \
    "\"userPrincipalName\":\"dana.k@example.com\",\"userId\":\"26be\",\"appDisplayName\":\"AWS "   \
    "IAM Identity Center\",\"ipAddress\":\"198.51.100.7\",\"correlationId\":\"c-1\","              \
    "\"autonomousSystemNumber\":64500,\"deviceDetail\":{\"displayName\":\"PC-7\","                 \
    "\"isManaged\":false},\"authenticationDetails\":[{\"authenticationMethod\":\"Password\","      \
    "\"succeeded\":true},{\"authenticationMethod\":\"SMS\",\"succeeded\":false}],"
#define PLACE                                                                                      \
    "\"location\":{\"countryOrRegion\":\"DE\",\"geoCoordinates\":{\"latitude\":52.5,"              \
    "\"longitude\":13.4}},"
#define GRAPH(code, need, more)                                                                    \
    "{\"id\":\"s-1\",\"createdDateTime\":\"2026-11-20T09:02:11Z\"," COMMON PLACE                   \
    "\"isInteractive\":true,\"authenticationRequirement\":\"" need                                 \
    "\",\"status\":{\"errorCode\":" code ",\"failureReason\":\"why\"}" more "}"
#define MONITOR(category, more)                                                                    \
    "{\"time\":\"2026-11-20T09:02:11.0000000Z\",\"resourceId\":\"/tenants/t/providers/"            \
    "Microsoft.aadiam\",\"operationName\":\"Sign-in activity\",\"category\":\"" category           \
    "\",\"tenantId\":\"t-1\",\"resultType\":\"0\",\"callerIpAddress\":\"198.51.100.7\","           \
    "\"location\":\"DE\",\"properties\":{\"id\":\"s-1\"," COMMON PLACE                             \
    "\"createdDateTime\":\"2026-11-20T09:02:11.00+00:00\",\"status\":{\"errorCode\":0}" more "}}"
#define TABLE                                                                                      \
    "{\"TimeGenerated\":\"2026-11-20T09:02:11Z\",\"UserPrincipalName\":\"dana.k@example.com\","    \
    "\"AppDisplayName\":\"AWS IAM Identity Center\",\"IPAddress\":\"198.51.100.7:443\","           \
    "\"ResultType\":\"0\",\"Location\":\"DE\",\"Id\":\"s-1\",\"Category\":\"SignInLogs\","         \
    "\"LocationDetails\":\"{\\\"countryOrRegion\\\":\\\"DE\\\"}\","                                \
    "\"AuthenticationRequirement\":\"singleFactorAuthentication\",\"AutonomousSystemNumber\":"     \
    "\"64500\"}"

static const struct want {
    const char *record;
    enum event_kind kind;
    enum event_outcome outcome;
    const char *mfa;
    struct {
        enum event_attr id;
        const char *value;
    } attrs[5];
} wants[] = {
    {GRAPH("0", "multiFactorAuthentication", ",\"riskLevelDuringSignIn\":\"high\""),
     EVENT_LOGIN,
     OUTCOME_OK,
     "Yes",
     {{ATTR_COUNTRY, "DE"},
      {ATTR_PLACE, "52.5000,13.4000"},
      {ATTR_DEVICE, "PC-7, not managed"},
      {ATTR_FACTOR, "Password"},
      {ATTR_RISK, "risk high"}}},
    {GRAPH("0", "singleFactorAuthentication",
           ",\"riskEventTypes_v2\":[\"unfamiliarFeatures\",\"leakedCredentials\"],"
           "\"riskState\":\"atRisk\""),
     EVENT_LOGIN,
     OUTCOME_OK,
     "No",
     {{ATTR_NOVELTY, "unfamiliarFeatures"}, {ATTR_RISK, "atRisk"}}},
    {GRAPH("50126", "multiFactorAuthentication", ""), EVENT_LOGIN, OUTCOME_DENIED, "No", {{0}}},
    {GRAPH("50140", "singleFactorAuthentication", ""), EVENT_LOGIN, OUTCOME_FAILED, "No", {{0}}},
    {MONITOR("SignInLogs", ",\"authenticationRequirement\":\"multiFactorAuthentication\""),
     EVENT_LOGIN,
     OUTCOME_OK,
     "Yes",
     {{ATTR_TENANT, "t-1"}, {ATTR_COUNTRY, "DE"}}},
    {MONITOR("NonInteractiveUserSignInLogs", ""), EVENT_OTHER, OUTCOME_OK, "", {{0}}},
    {TABLE, EVENT_LOGIN, OUTCOME_OK, "No", {{ATTR_COUNTRY, "DE"}}},
};

static void test_records(void **state)
{
    (void)state;
    int64_t at;
    assert_true(time_parse_rfc3339(STR("2026-11-20T09:02:11Z"), &at));
    struct scan s;
    scan_init(&s, &source_entra_signin);
    for (size_t i = 0; i < ARRAY_LEN(wants); i++) {
        const struct want *w = &wants[i];
        struct event e = scan_event(&s, w->record);
        if (e.kind != w->kind || e.outcome != w->outcome) {
            fail_msg("%s: kind %d, outcome %d", w->record, (int)e.kind, (int)e.outcome);
        }
        assert_true(e.time_us == at);
        assert_int_equal(e.who.kind, IDENTITY_SSO);
        expect_text("person", e.who.session_name, "dana.k@example.com");
        expect_text("account", e.account, "");
        assert_true(e.sign_in == (w->kind == EVENT_LOGIN));
        expect_text(w->record, e.address, "198.51.100.7");
        expect_text(w->record, e.record_id, "s-1");
        expect_text(w->record, event_attr_get(&e, ATTR_MFA), w->mfa);
        expect_text(w->record, event_attr_get(&e, ATTR_OPERATOR), "AS64500");
        expect_text(w->record, event_attr_get(&e, ATTR_APPLICATION), "AWS IAM Identity Center");
        for (size_t k = 0; k < ARRAY_LEN(w->attrs) && w->attrs[k].value != NULL; k++) {
            expect_text(w->record, event_attr_get(&e, w->attrs[k].id), w->attrs[k].value);
        }
    }
    scan_free(&s);
}

static void test_hostile(void **state)
{
    (void)state;
    static const struct {
        const char *record;
        enum identity_kind kind;
        const char *principal, *address;
    } rows[] = {
        {"{\"category\":\"ServicePrincipalSignInLogs\",\"time\":\"2026-11-20T09:02:11Z\","
         "\"properties\":{\"servicePrincipalName\":\"robot\",\"ipAddress\":\"[2001:db8::7]:443\"}}",
         IDENTITY_SERVICE, "robot", "2001:db8::7"},
        {"{\"category\":\"SignInLogs\",\"properties\":{\"userId\":\"u9\",\"status\":[],"
         "\"location\":7,\"deviceDetail\":\"{{\",\"authenticationDetails\":{},"
         "\"riskEventTypes_v2\":\"x\",\"ipAddress\":\":\"}}",
         IDENTITY_SSO, "u9", ""},
        {"{\"category\":\"SignInLogs\",\"properties\":{}}", IDENTITY_SERVICE, "", ""},
        {"{\"createdDateTime\":\"soon\",\"userPrincipalName\":\"a@b\",\"appDisplayName\":null,"
         "\"ipAddress\":{},\"isInteractive\":\"maybe\",\"autonomousSystemNumber\":-1,"
         "\"location\":{\"geoCoordinates\":{\"latitude\":900,\"longitude\":1}}}",
         IDENTITY_SSO, "a@b", ""},
    };
    struct scan s;
    scan_init(&s, &source_entra_signin);
    for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
        struct event e = scan_event(&s, rows[i].record);
        assert_int_equal(e.who.kind, rows[i].kind);
        expect_text(rows[i].record, e.who.principal, rows[i].principal);
        expect_text(rows[i].record, e.address, rows[i].address);
        expect_text(rows[i].record, event_attr_get(&e, ATTR_PLACE), "");
    }
    scan_free(&s);
}

static void test_not_ours(void **state)
{
    (void)state;
    static const char *const records[] = {
        "{}",
        "{\"category\":\"AuditLogs\",\"properties\":{}}",
        "{\"category\":\"SignInLogs\",\"properties\":7}",
        "{\"createdDateTime\":\"x\",\"userPrincipalName\":7,\"appDisplayName\":\"x\"}",
        "{\"TimeGenerated\":\"x\",\"UserPrincipalName\":\"x\"}",
    };
    struct scan s;
    scan_init(&s, &source_entra_signin);
    for (size_t i = 0; i < ARRAY_LEN(records); i++) {
        assert_true(scan_text(&s, str_of(records[i])));
        struct record r = scan_record(&s);
        assert_int_equal(source_entra_signin.probe(&r), 0);
    }
    scan_free(&s);
}

static void test_no_room(void **state)
{
    (void)state;
    struct scan s;
    scan_init(&s, &source_entra_signin);
    for (size_t i = 0; i < ARRAY_LEN(wants); i++) {
        assert_true(scan_text(&s, str_of(wants[i].record)));
        struct record r = scan_record(&s);
        bool done = false;
        for (unsigned long n = 1; !done && n < 200; n++) {
            struct arena a = {0};
            struct event e = {0};
            mem_torture(n);
            enum err_code rc = s.ops->parse(&r, &a, &e, NULL);
            mem_torture(0);
            arena_free(&a);
            done = rc == ERR_OK;
            assert_true(done || rc == ERR_LIMIT);
        }
        assert_true(done);
    }
    scan_free(&s);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_records),
        cmocka_unit_test(test_hostile),
        cmocka_unit_test(test_not_ours),
        cmocka_unit_test(test_no_room),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
