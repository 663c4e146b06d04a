#include "source/test_scan.h"

extern const struct source_ops source_okta_system;

#define OKTA(type, result, more)                                                                   \
    "{\"uuid\":\"u-1\",\"published\":\"2026-11-20T09:02:11.000Z\",\"eventType\":\"" type           \
    "\",\"actor\":{\"id\":\"00u1\",\"type\":\"User\",\"alternateId\":\"dana.k@example.com\"},"     \
    "\"client\":{\"ipAddress\":\"198.51.100.7\",\"userAgent\":{\"rawUserAgent\":\"Mozilla\"},"     \
    "\"geographicalContext\":{\"country\":\"Germany\",\"geolocation\":{\"lat\":52.5,"              \
    "\"lon\":13.4}}},\"securityContext\":{\"asNumber\":64500,\"asOrg\":\"Example Net\","           \
    "\"isProxy\":true},\"authenticationContext\":{\"externalSessionId\":\"trs1\"},"                \
    "\"outcome\":{\"result\":\"" result "\",\"reason\":\"r\"}" more "}"
#define DEBUG                                                                                      \
    ",\"debugContext\":{\"debugData\":{\"risk\":\"{reasons=x, level=HIGH}\","                      \
    "\"behaviors\":\"{New Device=POSITIVE, New IP=NEGATIVE}\",\"threatSuspected\":\"true\","       \
    "\"factor\":\"OKTA_VERIFY_PUSH\"}}"
#define LOG_ONLY                                                                                   \
    ",\"debugContext\":{\"debugData\":{\"logOnlySecurityData\":"                                   \
    "\"{\\\"risk\\\":{\\\"level\\\":\\\"MEDIUM\\\"},\\\"behaviors\\\":{\\\"New "                   \
    "Country\\\":\\\"POSITIVE\\\",\\\"Velocity\\\":\\\"NEGATIVE\\\"}}\"}}"

static const struct want {
    const char *record, *action;
    enum event_kind kind;
    enum event_outcome outcome;
    struct {
        enum event_attr id;
        const char *value;
    } attrs[6];
} wants[] = {
    {OKTA("user.session.start", "SUCCESS", DEBUG),
     "Login",
     EVENT_LOGIN,
     OUTCOME_OK,
     {{ATTR_COUNTRY, "Germany"},
      {ATTR_PLACE, "52.5000,13.4000"},
      {ATTR_OPERATOR, "AS64500 Example Net"},
      {ATTR_NOVELTY, "New Device"},
      {ATTR_FACTOR, "OKTA_VERIFY_PUSH"},
      {ATTR_SIGN_IN, "trs1"}}},
    {OKTA("user.session.start", "SUCCESS", LOG_ONLY),
     "Login",
     EVENT_LOGIN,
     OUTCOME_OK,
     {{ATTR_RISK, "anonymising proxy"}, {ATTR_NOVELTY, "New Country"}}},
    {OKTA("user.session.start", "FAILURE", ""), "Login", EVENT_LOGIN, OUTCOME_DENIED, {{0}}},
    {OKTA("user.authentication.auth_via_mfa", "SUCCESS", ""),
     "SecondFactor",
     EVENT_LOGIN,
     OUTCOME_OK,
     {{ATTR_MFA, "Yes"}}},
    {OKTA("user.authentication.auth_via_mfa", "CHALLENGE", ""),
     "SecondFactor",
     EVENT_LOGIN,
     OUTCOME_FAILED,
     {{ATTR_MFA, ""}}},
    {OKTA("user.authentication.sso", "SUCCESS",
          ",\"target\":[{\"type\":\"User\",\"displayName\":\"D\"},{\"type\":\"AppInstance\","
          "\"alternateId\":\"aws\",\"displayName\":\"AWS IAM Identity Center\"}],"
          "\"device\":{\"name\":\"PC-7\",\"managed\":true}"),
     "SingleSignOn",
     EVENT_LOGIN,
     OUTCOME_OK,
     {{ATTR_APPLICATION, "AWS IAM Identity Center"}, {ATTR_DEVICE, "PC-7, managed"}}},
    {OKTA("policy.evaluate_sign_on", "ALLOW", DEBUG),
     "policy.evaluate_sign_on",
     EVENT_OTHER,
     OUTCOME_OK,
     {{0}}},
};

static void test_records(void **state)
{
    (void)state;
    int64_t at;
    assert_true(time_parse_rfc3339(STR("2026-11-20T09:02:11Z"), &at));
    struct scan s;
    scan_init(&s, &source_okta_system);
    for (size_t i = 0; i < ARRAY_LEN(wants); i++) {
        const struct want *w = &wants[i];
        struct event e = scan_event(&s, w->record);
        expect_text(w->record, e.action, w->action);
        assert_int_equal(e.kind, w->kind);
        assert_int_equal(e.outcome, w->outcome);
        assert_true(e.time_us == at);
        assert_int_equal(e.who.kind, IDENTITY_SSO);
        expect_text("person", e.who.session_name, "dana.k@example.com");
        expect_text("account", e.account, "");
        assert_true(e.sign_in == (w->kind == EVENT_LOGIN));
        expect_text("address", e.address, "198.51.100.7");
        for (size_t k = 0; k < ARRAY_LEN(w->attrs) && w->attrs[k].value != NULL; k++) {
            expect_text(w->record, event_attr_get(&e, w->attrs[k].id), w->attrs[k].value);
        }
    }
    scan_free(&s);
}

/* Who has no mail address, who is no person, and texts that are made to hurt. */
static void test_hostile(void **state)
{
    (void)state;
    static const struct {
        const char *record;
        enum identity_kind kind;
        const char *principal, *address;
    } rows[] = {
        {"{\"uuid\":\"u\",\"published\":\"x\",\"eventType\":\"user.session.start\",\"actor\":{"
         "\"type\":\"User\",\"alternateId\":\"unknown\",\"id\":\"00u9\"},\"client\":7}",
         IDENTITY_SSO, "00u9", ""},
        {"{\"uuid\":\"u\",\"published\":\"x\",\"eventType\":\"user.session.start\",\"actor\":{"
         "\"type\":\"SystemPrincipal\",\"alternateId\":\"system@okta.com\"},\"outcome\":[]}",
         IDENTITY_SERVICE, "system@okta.com", ""},
        {"{\"uuid\":\"u\",\"published\":\"x\",\"eventType\":\"user.session.start\",\"actor\":{},"
         "\"client\":{\"ipAddress\":\"2001:db8::7\"},\"target\":[7,[],{\"type\":{}}],"
         "\"debugContext\":{\"debugData\":{\"behaviors\":\"{=,,a=POSITIVE,{\",\"risk\":\"{\","
         "\"logOnlySecurityData\":\"{{\"}}}",
         IDENTITY_SERVICE, "", "2001:db8::7"},
    };
    struct scan s;
    scan_init(&s, &source_okta_system);
    for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
        struct event e = scan_event(&s, rows[i].record);
        assert_int_equal(e.who.kind, rows[i].kind);
        expect_text(rows[i].record, e.who.principal, rows[i].principal);
        expect_text(rows[i].record, e.address, rows[i].address);
        assert_true(e.time_us == TIME_NONE);
    }
    char text[4096];
    char name[1200];
    memset(name, 'n', sizeof(name) - 1);
    name[sizeof(name) - 1] = '\0';
    (void)snprintf(text, sizeof(text),
                   "{\"uuid\":\"u\",\"published\":\"x\",\"eventType\":\"user.session.start\","
                   "\"actor\":{\"type\":\"User\",\"alternateId\":\"%s\"}}",
                   name);
    assert_int_equal(scan_event(&s, text).who.principal.len, 300);
    scan_free(&s);
}

static void test_not_ours(void **state)
{
    (void)state;
    static const char *const records[] = {
        "{}",
        "{\"eventType\":\"AwsApiCall\",\"eventVersion\":\"1.08\"}",
        "{\"eventType\":\"x\",\"published\":\"x\",\"actor\":\"x\"}",
        "{\"event_type\":\"alert\",\"timestamp\":\"x\"}",
    };
    struct scan s;
    scan_init(&s, &source_okta_system);
    for (size_t i = 0; i < ARRAY_LEN(records); i++) {
        assert_true(scan_text(&s, str_of(records[i])));
        struct record r = scan_record(&s);
        assert_int_equal(source_okta_system.probe(&r), 0);
    }
    scan_free(&s);
}

static void test_no_room(void **state)
{
    (void)state;
    struct scan s;
    scan_init(&s, &source_okta_system);
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
