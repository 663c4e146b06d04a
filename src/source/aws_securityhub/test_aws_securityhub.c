#include "source/test_scan.h"

extern const struct source_ops source_aws_securityhub;

#define FINDING                                                                                    \
    "{\"SchemaVersion\":\"2018-10-08\",\"Id\":\"f1\",\"ProductArn\":\"arn:aws:securityhub:eu-"     \
    "west-"                                                                                        \
    "1::product/aws/guardduty\",\"AwsAccountId\":\"111122223333\",\"Title\":\"T\",\"CreatedAt\":"  \
    "\"2026-11-20T09:12:00Z\"}"

#define OCSF                                                                                       \
    "{\"class_uid\":2004,\"cloud\":{\"account\":{\"uid\":\"111122223333\"},\"region\":\"eu-west-"  \
    "1\"},"                                                                                        \
    "\"finding_info\":{\"uid\":\"u\",\"title\":\"T\",\"created_time\":1795165920123},"             \
    "\"metadata\":{"                                                                               \
    "\"product\":{\"name\":\"Security Hub\"}},\"status_id\":1,\"time\":1795165920123}"

static void test_findings(void **state)
{
    (void)state;
    static const struct {
        const char *text, *name, *account;
        bool dated;
    } rows[] = {
        {FINDING, "T", "111122223333", true},
        {"{\"actionName\":\"a\",\"findings\":[" FINDING ",{}]}", "T", "111122223333", true},
        {"{\"version\":\"0\",\"detail-type\":\"Security Hub Insight Results\",\"source\":"
         "\"aws.securityhub\",\"account\":\"111122223333\",\"time\":\"2026-11-20T09:12:00Z\","
         "\"detail\":{\"insightResults\":[{\"ann\":2}]}}",
         "", "111122223333", true},
        {OCSF, "T", "111122223333", true},
        {"{\"findings\":[" OCSF "]}", "T", "", true},
        {"{\"ProductArn\":\"p\",\"AwsAccountId\":\"1\",\"CreatedAt\":5,\"Title\":[]}", "", "1",
         false},
    };
    struct scan s;
    scan_init(&s, &source_aws_securityhub);
    for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
        struct event e = scan_event(&s, rows[i].text);
        assert_int_equal(e.kind, EVENT_OTHER);
        assert_int_equal(e.time_us != TIME_NONE, rows[i].dated);
        expect_text("name", e.name, rows[i].name);
        expect_text("account", e.account, rows[i].account);
    }
    scan_free(&s);
}

static void test_others(void **state)
{
    (void)state;
    static const char *const rows[] = {
        "{\"findings\":[]}",
        "{\"findings\":[{\"AwsAccountId\":\"1\"}]}",
        "{\"findings\":{\"ProductArn\":\"p\",\"AwsAccountId\":\"1\"}}",
        "{\"findings\":[7]}",
        "{\"class_uid\":2004,\"finding_info\":{},\"metadata\":{\"product\":{\"name\":\"x\"}}}",
        "{\"class_uid\":6003,\"finding_info\":{}}",
        "{\"source\":\"aws.securityhub\"}",
    };
    struct scan s;
    scan_init(&s, &source_aws_securityhub);
    for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
        assert_true(scan_text(&s, str_of(rows[i])));
        struct record r = scan_record(&s);
        assert_int_equal(source_aws_securityhub.probe(&r), 0);
    }
    scan_free(&s);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(test_findings),
                                       cmocka_unit_test(test_others)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
