/* Both spellings, three encodings of time, known and unknown words for what happened. */
#include "source/test_scan.h"

extern const struct source_ops source_cloudflare_audit;

#define API(type, resource, meta)                                                                  \
    "{\"id\":\"d5b0f326-1232-4452-8858-1089bd7168ef\",\"when\":\"2026-11-20T09:12:00Z\","          \
    "\"action\":{\"type\":\"" type "\",\"result\":true,\"info\":\"i\"},\"actor\":{\"id\":\"u1\","  \
    "\"email\":\"dana@acme.example\",\"ip\":\"198.51.100.7\",\"type\":\"user\"},"                  \
    "\"interface\":\"dash\",\"metadata\":" meta ",\"owner\":{\"id\":\"acc\"},"                     \
    "\"resource\":{\"type\":\"" resource "\",\"id\":\"r1\"}}"

static const struct {
    const char *record;
    const char *action, *service, *function;
    enum event_kind kind;
} rows[] = {
    {API("script_update", "script", "{}"), "UploadWorker", "cloudflare.workers", "r1",
     EVENT_CHANGE},
    {API("put", "worker", "{\"script_name\":\"pay\"}"), "UploadWorker", "cloudflare.workers", "pay",
     EVENT_CHANGE},
    {API("script_delete", "script", "{}"), "DeleteWorker", "cloudflare.workers", "r1",
     EVENT_CHANGE},
    {API("add", "worker_route", "{\"pattern\":\"a/*\",\"script\":\"pay\"}"), "CreateWorkerRoute",
     "cloudflare.workers", "pay", EVENT_CHANGE},
    {API("token_create", "account", "{\"token_name\":\"t\"}"), "CreateToken", "cloudflare.iam", "",
     EVENT_IDENTITY},
    {API("token_roll", "account", "{}"), "RollToken", "cloudflare.iam", "", EVENT_IDENTITY},
    {API("token_revoke", "account", "{}"), "DeleteToken", "cloudflare.iam", "", EVENT_IDENTITY},
    {API("rotate_API_key", "user", "{}"), "RollToken", "cloudflare.iam", "", EVENT_IDENTITY},
    {API("API_key_view", "user", "{}"), "API_key_view", "cloudflare.iam", "", EVENT_READ},
    {API("login", "account", "{}"), "ConsoleLogin", "cloudflare.login", "", EVENT_LOGIN},
    {API("delete", "logpush.job", "{}"), "DeleteLogpushJob", "cloudflare.logpush", "",
     EVENT_LOGGING},
    {API("add_member", "account.member", "{\"email\":\"x@evil.example\"}"), "AddMember",
     "cloudflare.iam", "", EVENT_IDENTITY},
    {API("rec_add", "DNS_record", "{}"), "rec_add", "cloudflare.other", "", EVENT_OTHER},
    {API("never_seen", "thing", "[]"), "never_seen", "cloudflare.other", "", EVENT_OTHER},
};

static void test_actions(void **state)
{
    (void)state;
    struct scan s;
    scan_init(&s, &source_cloudflare_audit);
    for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
        struct event e = scan_event(&s, rows[i].record);
        expect_text(rows[i].record, e.action, rows[i].action);
        expect_text(rows[i].record, e.service, rows[i].service);
        expect_text(rows[i].record, e.function.name, rows[i].function);
        assert_int_equal(e.kind, rows[i].kind);
        expect_text("account", e.account, "acc");
        expect_text("who", e.who.principal, "dana@acme.example");
        expect_text("address", e.address, "198.51.100.7");
    }
    scan_free(&s);
}

#define LOGPUSH(when)                                                                              \
    "{\"ActionResult\":true,\"ActionType\":\"token_create\",\"ActorEmail\":\"dana@acme.example\"," \
    "\"ActorID\":\"u1\",\"ActorIP\":\"198.51.100.7\",\"ActorType\":\"user\",\"ID\":\"x-1\","       \
    "\"Interface\":\"API\",\"Metadata\":{\"token_name\":\"t\"},\"NewValue\":\"\",\"OldValue\":{}," \
    "\"OwnerID\":\"acc\",\"ResourceID\":\"tok-1\",\"ResourceType\":\"account\",\"When\":" when "}"

static void test_logpush_times(void **state)
{
    (void)state;
    static const char *const records[] = {
        LOGPUSH("\"2026-11-20T09:12:00Z\""), LOGPUSH("1795165920"),     LOGPUSH("1795165920000"),
        LOGPUSH("1795165920000000000"),      LOGPUSH("\"1795165920\""),
    };
    struct scan s;
    scan_init(&s, &source_cloudflare_audit);
    for (size_t i = 0; i < ARRAY_LEN(records); i++) {
        struct event e = scan_event(&s, records[i]);
        assert_true(e.time_us == INT64_C(1795165920) * TIME_SECOND_US);
        expect_text(records[i], e.action, "CreateToken");
        expect_text(records[i], event_attr_get(&e, ATTR_TARGET_KEY), "tok-1");
        expect_text(records[i], e.record_id, "x-1");
    }
    static const char *const odd[] = {LOGPUSH("1795165920.0"), LOGPUSH("1.79516592e9"),
                                      LOGPUSH("1.79516592e12"), LOGPUSH("1795165920000.25")};
    for (size_t i = 0; i < ARRAY_LEN(odd); i++) {
        struct event e = scan_event(&s, odd[i]);
        assert_true(e.time_us == INT64_C(1795165920) * TIME_SECOND_US);
    }
    static const char *const undated[] = {LOGPUSH("-5"),    LOGPUSH("\"soon\""),
                                          LOGPUSH("0"),     LOGPUSH("99999999999999999999999"),
                                          LOGPUSH("1e300"), LOGPUSH("-1.5")};
    for (size_t i = 0; i < ARRAY_LEN(undated); i++) {
        struct event e = scan_event(&s, undated[i]);
        assert_true(e.time_us == TIME_NONE);
    }
    scan_free(&s);
}

static void test_odd(void **state)
{
    (void)state;
    static const struct {
        const char *record;
        bool ours;
    } odd[] = {
        {"{\"when\":\"x\",\"action\":{\"type\":\"a\",\"result\":false},\"owner\":{\"id\":\"o\"}}",
         true},
        {"{\"When\":5,\"ActionType\":\"x\",\"ID\":\"\\u001b[31m\"}", true},
        {"{\"when\":\"x\",\"action\":{\"type\":7}}", false},
        {"{\"AuditLogID\":\"a\",\"ActionTimestamp\":1,\"ActionType\":\"x\"}", false},
        {"{\"When\":5,\"ActionType\":\"x\"}", false},
        {"{}", false},
    };
    struct scan s;
    scan_init(&s, &source_cloudflare_audit);
    for (size_t i = 0; i < ARRAY_LEN(odd); i++) {
        assert_true(scan_text(&s, str_of(odd[i].record)));
        struct record r = scan_record(&s);
        assert_int_equal(s.ops->probe(&r) > 0, odd[i].ours);
        if (odd[i].ours) {
            (void)scan_event(&s, odd[i].record);
        }
    }
    scan_free(&s);
}

static void test_no_room(void **state)
{
    (void)state;
    struct scan s;
    scan_init(&s, &source_cloudflare_audit);
    for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
        assert_true(scan_text(&s, str_of(rows[i].record)));
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
        cmocka_unit_test(test_actions),
        cmocka_unit_test(test_logpush_times),
        cmocka_unit_test(test_odd),
        cmocka_unit_test(test_no_room),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
