/* Real shapes of the API and of Logpush, hostile text, and every call of the table. */
#include "source/cloudflare_audit_v2/call.h"
#include "source/test_scan.h"

extern const struct source_ops source_cloudflare_audit_v2;

#define ACCOUNT "4bb334f7c94c4a29a045f03944f072e5"

/* One record of the API; %s: method, uri, request, response. */
#define API(method, uri, request, response)                                                        \
    "{\"id\":\"f174be97-19b1-40d6-954d-70cd5fbd52db\",\"account\":{\"id\":\"" ACCOUNT              \
    "\",\"name\":\"acme\"},\"action\":{\"description\":\"d\",\"result\":\"success\","              \
    "\"time\":\"2026-11-20T09:12:00Z\",\"type\":\"update\"},\"actor\":{\"id\":\"u1\","             \
    "\"context\":\"dash\",\"email\":\"dana@acme.example\",\"ip_address\":\"198.51.100.7\","        \
    "\"type\":\"user\"},\"raw\":{\"cf_ray_id\":\"8e9b1c60ef9e1c9a\",\"method\":\"" method          \
    "\",\"status_code\":200,\"uri\":\"" uri "\",\"user_agent\":\"Mozilla/5.0\"},\"resource\":{"    \
    "\"product\":\"workers\",\"type\":\"script\",\"request\":" request ",\"response\":" response   \
    "},\"zone\":{\"id\":\"z1\",\"name\":\"acme.example\"}}"
#define SCRIPT(rest) "/accounts/" ACCOUNT "/workers/scripts/pay" rest

struct want {
    const char *record;
    const char *action;
    enum event_kind kind;
    const char *function;
    struct {
        enum event_attr id;
        const char *value;
    } attrs[5];
};

static const struct want calls[] = {
    {API("PUT", SCRIPT(""),
         "{\"metadata\":{\"main_module\":\"w.js\",\"bindings\":[{\"type\":\"kv_namespace\","
         "\"name\":"
         "\"KV\"},{\"type\":\"secret_text\",\"name\":\"S\",\"text\":\"hush\"}]}}",
         "{\"result\":{\"id\":\"pay\",\"etag\":\"ea95132c15732412\",\"last_deployed_from\":"
         "\"quick_editor\"},\"success\":true}"),
     "UploadWorker",
     EVENT_CHANGE,
     "pay",
     {{ATTR_CODE_HASH, "ea95132c15732412"},
      {ATTR_CHANNEL, "quick_editor"},
      {ATTR_BINDING, "kv_namespace:KV"},
      {ATTR_HANDLER, "w.js"}}},
    {API("POST", SCRIPT("/versions"), "null",
         "{\"id\":\"v-1\",\"metadata\":{\"author_email\":\"eve@acme.example\",\"source\":"
         "\"wrangler\"},\"resources\":{\"script\":{\"etag\":\"aa\"},\"bindings\":[]}}"),
     "UploadWorkerVersion",
     EVENT_CHANGE,
     "pay",
     {{ATTR_VERSION, "v-1"},
      {ATTR_AUTHOR, "eve@acme.example"},
      {ATTR_CHANNEL, "wrangler"},
      {ATTR_CODE_HASH, "aa"}}},
    {API("POST", SCRIPT("/deployments?force=true"),
         "{\"strategy\":\"percentage\",\"versions\":[{\"version_id\":\"v-1\",\"percentage\":5},"
         "{\"version_id\":\"v-0\",\"percentage\":95}],\"annotations\":{\"workers/message\":"
         "\"CHG0001\"}}",
         "{\"id\":\"d-1\"}"),
     "DeployWorker",
     EVENT_CHANGE,
     "pay",
     {{ATTR_ALIAS_WEIGHT, "v-1=5"}, {ATTR_DESCRIPTION, "CHG0001"}, {ATTR_RESOURCE_ID, "d-1"}}},
    {API("PUT", SCRIPT("/secrets"),
         "{\"name\":\"API_KEY\",\"text\":\"hush\",\"type\":\"secret_text\"}", "null"),
     "PutWorkerSecret",
     EVENT_CHANGE,
     "pay",
     {{ATTR_SECRET, "API_KEY"}}},
    {API("DELETE", SCRIPT("/secrets/API%5FKEY"), "null", "null"),
     "DeleteWorkerSecret",
     EVENT_CHANGE,
     "pay",
     {{ATTR_SECRET, "API_KEY"}}},
    {API("PATCH", SCRIPT("/script-settings"),
         "{\"logpush\":false,\"tail_consumers\":[{\"service\":\"sink\"}]}", "null"),
     "DisableWorkerLogs",
     EVENT_LOGGING,
     "pay",
     {{ATTR_LOGPUSH, "false"}, {ATTR_DESTINATION, "sink"}, {ATTR_TRAIL, "pay"}}},
    {API("PATCH", SCRIPT("/settings"), "{\"observability\":{\"enabled\":true}}", "null"),
     "UpdateWorkerSettings",
     EVENT_CHANGE,
     "pay",
     {{0}}},
    {API("POST", "/client/v4" SCRIPT("/subdomain"), "{\"enabled\":true,\"previews_enabled\":false}",
         "null"),
     "SetWorkersDev",
     EVENT_CHANGE,
     "pay",
     {{ATTR_STATE, "true"}, {ATTR_PREVIEWS, "false"}}},
    {API("POST", "https://api.cloudflare.com/client/v4/zones/z9/workers/routes",
         "{\"pattern\":\"acme.example/login*\",\"script\":\"pay\"}", "{\"id\":\"r-1\"}"),
     "CreateWorkerRoute",
     EVENT_CHANGE,
     "pay",
     {{ATTR_ROUTE, "acme.example/login*"},
      {ATTR_URL, "https://acme.example"},
      {ATTR_RESOURCE_ID, "r-1"},
      {ATTR_ZONE, "z9"}}},
    {API("DELETE", "/zones/z9/workers/routes/r-1", "null", "null"),
     "DeleteWorkerRoute",
     EVENT_CHANGE,
     "",
     {{ATTR_RESOURCE_ID, "r-1"}, {ATTR_ZONE, "z9"}}},
    {API("PUT", "/accounts/" ACCOUNT "/workers/domains",
         "{\"hostname\":\"login.acme.example\",\"service\":\"pay\",\"zone_id\":\"z9\"}",
         "{\"id\":\"dom-1\"}"),
     "AttachWorkerDomain",
     EVENT_CHANGE,
     "pay",
     {{ATTR_HOST, "login.acme.example"},
      {ATTR_ROUTE, "login.acme.example/*"},
      {ATTR_URL, "https://login.acme.example"},
      {ATTR_RESOURCE_ID, "dom-1"},
      {ATTR_ZONE, "z9"}}},
    {API("PUT", SCRIPT("/schedules"), "[{\"cron\":\"*/5 * * * *\"}]", "null"),
     "SetWorkerSchedules",
     EVENT_CHANGE,
     "pay",
     {{ATTR_SCHEDULE, "*/5 * * * *"}}},
    {API("POST", SCRIPT("/tails"), "null", "{\"id\":\"t-1\"}"),
     "StartWorkerTail",
     EVENT_CHANGE,
     "pay",
     {{ATTR_RESOURCE_ID, "t-1"}}},
    {API("PUT", SCRIPT("/new-thing"), "{}", "null"), "ChangeWorker", EVENT_CHANGE, "pay", {{0}}},
    {API("GET", SCRIPT("/new-thing"), "null", "null"), "GET script", EVENT_OTHER, "", {{0}}},
    {API("POST", "/accounts/" ACCOUNT "/members",
         "{\"email\":\"new@evil.example\",\"roles\":[\"r\"]}",
         "{\"id\":\"m-1\",\"roles\":[{\"name\":\"Super Administrator\"}]}"),
     "AddMember",
     EVENT_IDENTITY,
     "",
     {{ATTR_TARGET_USER, "new@evil.example"},
      {ATTR_TARGET_ROLE, "Super Administrator"},
      {ATTR_RESOURCE_ID, "m-1"}}},
    {API("POST", "/accounts/" ACCOUNT "/tokens",
         "{\"name\":\"ci\",\"policies\":[{\"effect\":\"allow\"}]}",
         "{\"id\":\"tok-1\",\"value\":\"hush\"}"),
     "CreateToken",
     EVENT_IDENTITY,
     "",
     {{ATTR_TARGET_KEY, "tok-1"},
      {ATTR_DESCRIPTION, "ci"},
      {ATTR_POLICY_DOCUMENT, "[{\"effect\":\"allow\"}]"}}},
    {API("PUT", "/user/tokens/tok-1/value", "null", "null"),
     "RollToken",
     EVENT_IDENTITY,
     "",
     {{ATTR_TARGET_KEY, "tok-1"}}},
    {API("PUT", "/accounts/" ACCOUNT "/logpush/jobs/146",
         "{\"enabled\":false,\"dataset\":\"workers_trace_events\","
         "\"destination_conf\":\"s3://b/p?secret=hush\"}",
         "null"),
     "DisableLogpushJob",
     EVENT_LOGGING,
     "",
     {{ATTR_TRAIL, "146"},
      {ATTR_STATE, "false"},
      {ATTR_DESTINATION, "s3://b/p"},
      {ATTR_DATASET, "workers_trace_events"}}},
    {API("DELETE", "/zones/z9/logpush/jobs/146", "null", "null"),
     "DeleteLogpushJob",
     EVENT_LOGGING,
     "",
     {{ATTR_TRAIL, "146"}, {ATTR_ZONE, "z9"}}},
    {API("POST", "/zones/z9/dns_records",
         "{\"type\":\"CNAME\",\"name\":\"login.acme.example\",\"content\":\"pay.x.workers.dev\"}",
         "null"),
     "CreateDnsRecord",
     EVENT_CHANGE,
     "",
     {{ATTR_HOST, "login.acme.example"}, {ATTR_TARGET, "pay.x.workers.dev"}}},
};

static void check(const struct want *w, const struct event *e)
{
    expect_text(w->record, e->action, w->action);
    if (e->kind != w->kind) {
        fail_msg("%s: kind %d", w->record, (int)e->kind);
    }
    expect_text(w->record, e->function.name, w->function);
    for (size_t i = 0; i < ARRAY_LEN(w->attrs) && w->attrs[i].value != NULL; i++) {
        expect_text(w->record, event_attr_get(e, w->attrs[i].id), w->attrs[i].value);
    }
    for (size_t i = 0; i < e->attr_count; i++) {
        if (str_find(e->attrs[i].value, STR("hush")) != SIZE_MAX) {
            fail_msg("%s: a secret's value was taken", w->record);
        }
    }
}

static void test_calls(void **state)
{
    (void)state;
    struct scan s;
    scan_init(&s, &source_cloudflare_audit_v2);
    for (size_t i = 0; i < ARRAY_LEN(calls); i++) {
        struct event e = scan_event(&s, calls[i].record);
        check(&calls[i], &e);
        expect_text("account", e.account, ACCOUNT);
        expect_text("address", e.address, "198.51.100.7");
        expect_text("who", e.who.principal, "dana@acme.example");
        assert_true(e.who.console);
        assert_int_equal(e.outcome, OUTCOME_OK);
        assert_true(e.time_us ==
                    time_of_date(2026, 11, 20) + 9 * TIME_HOUR_US + 12 * TIME_MINUTE_US);
    }
    scan_free(&s);
}

/* ---- Logpush ---- */

#define LOGPUSH(time, raw, token)                                                                  \
    "{\"AccountID\":\"" ACCOUNT "\",\"AuditLogID\":\"a-1\",\"ActionResult\":\"success\","          \
    "\"ActionTimestamp\":" time ",\"ActionType\":\"create\",\"ActorContext\":\"api_token\","       \
    "\"ActorEmail\":\"\",\"ActorIPAddress\":\"2001:db8::7\",\"ActorType\":\"account\","            \
    "\"ActorTokenDetails\":" token ",\"Raw\":" raw ",\"ResourceProduct\":\"workers\","             \
    "\"ResourceRequest\":\"{\\\"enabled\\\":true,\\\"previews_enabled\\\":true}\","                \
    "\"ResourceResponse\":{},\"ResourceType\":\"subdomain\",\"ZoneID\":\"\"}"
#define RAW_OBJECT                                                                                 \
    "{\"Method\":\"POST\",\"URI\":\"" SCRIPT(                                                      \
        "/subdomain") "\",\"StatusCode\":200,"                                                     \
                      "\"UserAgent\":\"wrangler/4\",\"CfRayID\":\"8e9b\"}"
#define RAW_TEXT "\"{\\\"method\\\":\\\"POST\\\",\\\"uri\\\":\\\"" SCRIPT("/subdomain") "\\\"}\""

static void test_logpush(void **state)
{
    (void)state;
    static const char *const records[] = {
        LOGPUSH("\"2026-11-20T09:12:00Z\"", RAW_OBJECT, "{\"TokenID\":\"tk\"}"),
        LOGPUSH("1795165920", RAW_OBJECT, "{\"token_id\":\"tk\"}"),
        LOGPUSH("1795165920000000000", RAW_TEXT, "\"{\\\"id\\\":\\\"tk\\\"}\""),
        LOGPUSH("1795165920000", RAW_TEXT, "{\"TokenID\":\"tk\"}"),
    };
    int64_t want = time_of_date(2026, 11, 20) + 9 * TIME_HOUR_US + 12 * TIME_MINUTE_US;
    struct scan s;
    scan_init(&s, &source_cloudflare_audit_v2);
    for (size_t i = 0; i < ARRAY_LEN(records); i++) {
        struct event e = scan_event(&s, records[i]);
        expect_text(records[i], e.action, "SetWorkersDev");
        expect_text(records[i], event_attr_get(&e, ATTR_STATE), "true");
        expect_text(records[i], e.function.name, "pay");
        expect_text(records[i], e.who.principal, "token:tk");
        expect_text(records[i], e.record_id, "a-1");
        expect_text(records[i], e.address, "2001:db8::7");
        assert_true(e.time_us == want);
    }
    scan_free(&s);
}

/* ---- outcomes, people, what is not ours ---- */

static void test_outcome(void **state)
{
    (void)state;
    static const struct {
        const char *record;
        enum event_outcome outcome;
        enum identity_kind kind;
        const char *principal;
    } rows[] = {
        {"{\"action\":{\"type\":\"update\",\"result\":\"failure\",\"time\":\"2026-11-20T09:12:"
         "00Z\"},"
         "\"actor\":{\"type\":\"user\",\"email\":\"a@b\"},\"raw\":{\"status_code\":403}}",
         OUTCOME_DENIED, IDENTITY_USER, "a@b"},
        {"{\"action\":{\"type\":\"update\",\"result\":\"failure\",\"time\":\"2026-11-20T09:12:"
         "00Z\"},"
         "\"actor\":{\"type\":\"system\"},\"raw\":{\"status_code\":500}}",
         OUTCOME_FAILED, IDENTITY_SERVICE, "cloudflare"},
        {"{\"action\":{\"type\":\"update\",\"result\":\"success\",\"time\":\"x\"},"
         "\"actor\":{\"type\":\"account\",\"token_id\":\"t\"},\"raw\":{}}",
         OUTCOME_OK, IDENTITY_USER, "token:t"},
        {"{\"action\":{\"type\":\"update\",\"time\":\"x\"},\"actor\":{\"type\":\"cloudflare_"
         "admin\"},"
         "\"raw\":{\"uri\":7,\"method\":[]},\"resource\":{\"request\":\"{{\"}}",
         OUTCOME_OK, IDENTITY_SERVICE, "cloudflare staff"},
    };
    struct scan s;
    scan_init(&s, &source_cloudflare_audit_v2);
    for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
        struct event e = scan_event(&s, rows[i].record);
        assert_int_equal(e.outcome, rows[i].outcome);
        assert_int_equal(e.who.kind, rows[i].kind);
        expect_text(rows[i].record, e.who.principal, rows[i].principal);
    }
    scan_free(&s);
}

static void test_not_ours(void **state)
{
    (void)state;
    static const char *const records[] = {
        "{}",
        "{\"id\":\"1\",\"when\":\"2026-11-20T09:12:00Z\",\"action\":{\"type\":\"login\"}}",
        "{\"eventVersion\":\"1.08\",\"eventName\":\"Invoke\"}",
        "{\"action\":{\"type\":\"x\"},\"actor\":{\"type\":\"User\",\"id\":1}}",
        "{\"AuditLogID\":7,\"ActionTimestamp\":\"x\"}",
    };
    struct scan s;
    scan_init(&s, &source_cloudflare_audit_v2);
    for (size_t i = 0; i < ARRAY_LEN(records); i++) {
        assert_true(scan_text(&s, str_of(records[i])));
        struct record r = scan_record(&s);
        if (source_cloudflare_audit_v2.probe(&r) != 0) {
            fail_msg("claimed: %s", records[i]);
        }
    }
    scan_free(&s);
}

static void test_paths(void **state)
{
    (void)state;
    static const struct {
        const char *uri, *path;
    } rows[] = {
        {"/accounts/a/workers", "accounts/a/workers"},
        {"/client/v4/accounts/a/?x=1", "accounts/a"},
        {"https://dash.cloudflare.com/api/v4/zones/z#f", "zones/z"},
        {"///client/v4/user///", "user"},
        {"", ""},
        {"https://host", ""},
    };
    for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
        expect_text(rows[i].uri, v2_path_of(str_of(rows[i].uri)), rows[i].path);
    }
    struct v2_params p;
    assert_null(v2_call_find(STR("PUT"), STR("accounts//workers/scripts/x"), &p));
    assert_null(v2_call_find(STR("GET"), STR("accounts/a/workers/x"), &p));
    assert_null(v2_call_find(STR(""), STR("accounts/a/workers/x"), &p));
    assert_null(v2_call_find(STR("POST"), STR("accounts/a/members/extra/parts"), &p));
}

static void test_no_room(void **state)
{
    (void)state;
    struct scan s;
    scan_init(&s, &source_cloudflare_audit_v2);
    for (size_t i = 0; i < ARRAY_LEN(calls); i++) {
        assert_true(scan_text(&s, str_of(calls[i].record)));
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
        cmocka_unit_test(test_calls),   cmocka_unit_test(test_logpush),
        cmocka_unit_test(test_outcome), cmocka_unit_test(test_not_ours),
        cmocka_unit_test(test_paths),   cmocka_unit_test(test_no_room),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
