#include "source/test_scan.h"

extern const struct source_ops source_aws_guardduty;

static void test_findings(void **state)
{
    (void)state;
    static const struct {
        const char *text, *name, *account, *id;
        bool dated;
    } rows[] = {
        {"{\"schemaVersion\":\"2.0\",\"accountId\":\"111122223333\",\"region\":\"eu-west-1\","
         "\"id\":"
         "\"f1\",\"type\":\"Backdoor:Lambda/C&CActivity.B\",\"resource\":{\"resourceType\":"
         "\"Lambda\"},\"service\":{\"serviceName\":\"guardduty\"},\"severity\":8,\"createdAt\":"
         "\"2026-11-20T09:12:00Z\"}",
         "Backdoor:Lambda/C&CActivity.B", "111122223333", "f1", true},
        {"{\"AccountId\":\"111122223333\",\"Id\":\"f1\",\"Type\":\"T\",\"Service\":{"
         "\"ServiceName\":"
         "\"guardduty\"},\"Severity\":8,\"UpdatedAt\":\"2026-11-20T09:12:00.5Z\"}",
         "T", "111122223333", "f1", true},
        {"{\"version\":\"0\",\"id\":\"0\",\"detail-type\":\"GuardDuty Finding\",\"source\":"
         "\"aws.guardduty\",\"account\":\"111122223333\",\"time\":\"2026-11-20T09:12:00Z\","
         "\"detail\":{}}",
         "", "111122223333", "0", true},
        {"{\"accountId\":7,\"id\":\"f1\",\"type\":\"T\",\"service\":{\"serviceName\":\"guardduty\"}"
         ","
         "\"severity\":\"x\",\"createdAt\":\"yesterday\"}",
         "T", "", "f1", false},
    };
    struct scan s;
    scan_init(&s, &source_aws_guardduty);
    for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
        struct event e = scan_event(&s, rows[i].text);
        assert_int_equal(e.kind, EVENT_OTHER);
        assert_int_equal(e.time_us != TIME_NONE, rows[i].dated);
        expect_text("name", e.name, rows[i].name);
        expect_text("account", e.account, rows[i].account);
        expect_text("id", e.record_id, rows[i].id);
    }
    scan_free(&s);
}

static void test_others(void **state)
{
    (void)state;
    static const char *const rows[] = {
        "{\"id\":\"f1\",\"type\":\"T\",\"service\":{},\"severity\":8}",
        "{\"id\":\"f1\",\"type\":\"T\",\"service\":\"guardduty\",\"severity\":8}",
        "{\"source\":\"aws.guardduty\"}",
        "{\"eventSource\":\"guardduty.amazonaws.com\",\"eventName\":\"ListDetectors\"}",
    };
    struct scan s;
    scan_init(&s, &source_aws_guardduty);
    for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
        assert_true(scan_text(&s, str_of(rows[i])));
        struct record r = scan_record(&s);
        assert_int_equal(source_aws_guardduty.probe(&r), 0);
    }
    scan_free(&s);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(test_findings),
                                       cmocka_unit_test(test_others)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
