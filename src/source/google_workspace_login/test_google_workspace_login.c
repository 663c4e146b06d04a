#include "source/test_scan.h"

extern const struct source_ops source_google_workspace_login;
extern const struct source_ops source_gcp_audit;

#define ACTIVITY(app, events)                                                                      \
    "{\"kind\":\"admin#reports#activity\",\"id\":{\"time\":\"2026-11-20T09:02:11.000Z\","          \
    "\"uniqueQualifier\":\"-7\",\"applicationName\":\"" app                                        \
    "\",\"customerId\":\"C03\"},\"actor\":{\"email\":\"dana.k@example.com\",\"profileId\":\"10\"}" \
    ","                                                                                            \
    "\"ipAddress\":\"198.51.100.7\",\"networkInfo\":{\"ipAsn\":[64500],\"regionCode\":\"DE\"},"    \
    "\"events\":" events "}"
#define EVENT(name, parameters)                                                                    \
    "{\"type\":\"login\",\"name\":\"" name "\",\"parameters\":[" parameters "]}"
#define METHODS(list) "{\"name\":\"login_challenge_method\",\"multiValue\":[" list "]}"
#define LOGGED(metadata)                                                                           \
    "{\"insertId\":\"-7\",\"logName\":\"organizations/1/logs/"                                     \
    "cloudaudit.googleapis.com%2Fdata_access\",\"timestamp\":\"2026-11-20T09:02:11Z\","            \
    "\"protoPayload\":{\"serviceName\":\"login.googleapis.com\",\"methodName\":"                   \
    "\"google.login.LoginService.loginSuccess\",\"resourceName\":\"organizations/1\","             \
    "\"authenticationInfo\":{\"principalEmail\":\"dana.k@example.com\"},"                          \
    "\"requestMetadata\":{\"callerIp\":\"198.51.100.7\"}" metadata "}}"

static const struct want {
    bool logged; /* a record of gcp.audit */
    const char *record, *action;
    enum event_kind kind;
    enum event_outcome outcome;
    const char *mfa;
    struct {
        enum event_attr id;
        const char *value;
    } attrs[3];
} wants[] = {
    {false,
     ACTIVITY("login", "[" EVENT("login_success", METHODS("\"password\",\"security_key\"")) "]"),
     "Login",
     EVENT_LOGIN,
     OUTCOME_OK,
     "Yes",
     {{ATTR_OPERATOR, "AS64500"}, {ATTR_COUNTRY, "DE"}, {ATTR_TENANT, "C03"}}},
    {false,
     ACTIVITY("login",
              "[" EVENT("login_success", METHODS("\"password\"") ",{\"name\":\"is_"
                                                                 "suspicious\","
                                                                 "\"boolValue\":true}") "]"),
     "Login",
     EVENT_LOGIN,
     OUTCOME_OK,
     "No",
     {{ATTR_RISK, "suspicious login"}}},
    {false,
     ACTIVITY("login",
              "[" EVENT("login_challenge", "") "," EVENT(
                  "login_failure", "{\"name\":\"login_failure_type\",\"value\":\"wrong\"}") "]"),
     "Login",
     EVENT_LOGIN,
     OUTCOME_DENIED,
     "",
     {{0}}},
    {false,
     ACTIVITY("login", "[" EVENT("login_verification",
                                 "{\"name\":\"is_second_factor\",\"boolValue\":true}") "]"),
     "SecondFactor",
     EVENT_LOGIN,
     OUTCOME_OK,
     "Yes",
     {{0}}},
    {false,
     ACTIVITY("login", "[" EVENT("login_challenge",
                                 "{\"name\":\"login_challenge_status\",\"value\":\"Challenge "
                                 "Failed.\"}") "]"),
     "Challenge",
     EVENT_LOGIN,
     OUTCOME_DENIED,
     "",
     {{0}}},
    {false,
     ACTIVITY("login", "[" EVENT("logout", "") "]"),
     "logout",
     EVENT_OTHER,
     OUTCOME_OK,
     "",
     {{0}}},
    {false,
     ACTIVITY("saml",
              "[" EVENT("login_success", "{\"name\":\"application_name\",\"value\":\"AWS\"}") "]"),
     "SingleSignOn",
     EVENT_LOGIN,
     OUTCOME_OK,
     "",
     {{ATTR_APPLICATION, "AWS"}}},
    {true,
     LOGGED(
         ",\"metadata\":{\"event\":[{\"eventName\":\"login_success\",\"eventType\":\"login\","
         "\"parameter\":[{\"name\":\"login_challenge_method\",\"multiStrValue\":[\"totp\"]}]}]}"),
     "Login",
     EVENT_LOGIN,
     OUTCOME_OK,
     "Yes",
     {{ATTR_TENANT, "organizations/1"}}},
    {true, LOGGED(""), "Login", EVENT_LOGIN, OUTCOME_OK, "", {{0}}},
};

static void test_records(void **state)
{
    (void)state;
    int64_t at;
    assert_true(time_parse_rfc3339(STR("2026-11-20T09:02:11Z"), &at));
    struct scan own, logged;
    scan_init(&own, &source_google_workspace_login);
    scan_init(&logged, &source_gcp_audit);
    for (size_t i = 0; i < ARRAY_LEN(wants); i++) {
        const struct want *w = &wants[i];
        struct event e = scan_event(w->logged ? &logged : &own, w->record);
        expect_text(w->record, e.action, w->action);
        if (e.kind != w->kind || e.outcome != w->outcome) {
            fail_msg("%s: kind %d, outcome %d", w->record, (int)e.kind, (int)e.outcome);
        }
        assert_true(e.time_us == at);
        assert_int_equal(e.who.kind, IDENTITY_SSO);
        expect_text("person", e.who.session_name, "dana.k@example.com");
        assert_true(e.sign_in == (w->kind == EVENT_LOGIN));
        expect_text("account", e.account, w->logged ? "organizations/1" : "");
        expect_text("address", e.address, "198.51.100.7");
        expect_text("id", e.record_id, "-7");
        expect_text(w->record, event_attr_get(&e, ATTR_MFA), w->mfa);
        for (size_t k = 0; k < ARRAY_LEN(w->attrs) && w->attrs[k].value != NULL; k++) {
            expect_text(w->record, event_attr_get(&e, w->attrs[k].id), w->attrs[k].value);
        }
    }
    scan_free(&own);
    scan_free(&logged);
}

static void test_not_ours(void **state)
{
    (void)state;
    struct scan s;
    scan_init(&s, &source_google_workspace_login);
    static const char *const others[] = {
        "{}",
        "{\"id\":{\"applicationName\":\"drive\"},\"events\":[]}",
        "{\"id\":{\"applicationName\":\"login\"},\"events\":{}}",
        "{\"id\":7,\"events\":[]}",
        LOGGED(""),
        "{\"protoPayload\":\"login.googleapis.com\"}",
    };
    for (size_t i = 0; i < ARRAY_LEN(others); i++) {
        assert_true(scan_text(&s, str_of(others[i])));
        struct record r = scan_record(&s);
        assert_int_equal(source_google_workspace_login.probe(&r), 0);
    }
    scan_free(&s);
}

static void test_hostile(void **state)
{
    (void)state;
    static const char *const rows[] = {
        ACTIVITY("login", "[]"),
        ACTIVITY("login", "[7,{},{\"name\":7,\"parameters\":[1,{\"name\":\"is_suspicious\"}]}]"),
        ACTIVITY("login", "[{\"name\":\"login_success\",\"parameters\":{\"a\":1}}]"),
        ("{\"id\":{\"applicationName\":\"login\",\"time\":{}},\"actor\":[],\"ipAddress\":7,"
         "\"networkInfo\":\"x\",\"events\":[{\"name\":\"login_success\"}]}"),
    };
    struct scan s;
    scan_init(&s, &source_google_workspace_login);
    for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
        struct event e = scan_event(&s, rows[i]);
        expect_text(rows[i], event_attr_get(&e, ATTR_MFA), "");
        expect_text(rows[i], event_attr_get(&e, ATTR_RISK), "");
    }
    scan_free(&s);
}

static void test_no_room(void **state)
{
    (void)state;
    struct scan s;
    scan_init(&s, &source_google_workspace_login);
    for (size_t i = 0; i < ARRAY_LEN(wants); i++) {
        if (wants[i].logged) {
            continue;
        }
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
        cmocka_unit_test(test_not_ours),
        cmocka_unit_test(test_hostile),
        cmocka_unit_test(test_no_room),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
