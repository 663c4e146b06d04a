/* The envelope: what every record says, and which records are ours. */
#include "source/cloudtrail/envelope.h"
#include "source/cloudtrail/table.h"
#include "source/cloudtrail/text.h"
#include "source/test_scan.h"

extern const struct source_ops source_cloudtrail;

#define HEAD                                                                                       \
    "\"eventVersion\":\"1.08\",\"eventTime\":\"2026-11-20T09:12:00Z\",\"awsRegion\":\"eu-west-"    \
    "1\","                                                                                         \
    "\"eventID\":\"e-1\",\"requestID\":\"r-1\",\"recipientAccountId\":\"111122223333\","

static const struct {
    const char *name, *action;
} names[] = {
    {"UpdateFunctionCode20150331v2", "UpdateFunctionCode"},
    {"CreateFunction20150331", "CreateFunction"},
    {"PublishLayerVersion20181031", "PublishLayerVersion"},
    {"CreateFunctionUrlConfig", "CreateFunctionUrlConfig"},
    {"TagResource20170331v2", "TagResource"},
    {"Env20150331", "Env"},
    {"Envv20150331", "Envv"},
    {"ListObjectsV2", "ListObjectsV2"},
    {"20150331", "20150331"},
    {"x20150331v", "x20150331v"},
    {"x19990331v2", "x19990331v2"},
    {"x20150331v12", "x"},
    {"v2", "v2"},
    {"", ""},
};

static void test_action(void **state)
{
    (void)state;
    for (size_t i = 0; i < ARRAY_LEN(names); i++) {
        expect_text(names[i].name, ct_action(str_of(names[i].name)), names[i].action);
    }
}

static const struct {
    const char *code;
    enum event_outcome want;
} codes[] = {
    {"", OUTCOME_OK},
    {"AccessDenied", OUTCOME_DENIED},
    {"AccessDeniedException", OUTCOME_DENIED},
    {"VpceAccessDenied", OUTCOME_DENIED},
    {"UnauthorizedOperation", OUTCOME_DENIED},
    {"Client.UnauthorizedOperation", OUTCOME_DENIED},
    {"Client.UnauthorizedAccess", OUTCOME_DENIED},
    {"AuthorizationErrorException", OUTCOME_DENIED},
    {"NotAuthorizedException", OUTCOME_DENIED},
    {"AuthFailure", OUTCOME_DENIED},
    {"ForbiddenException", OUTCOME_DENIED},
    {"NoSuchBucket", OUTCOME_FAILED},
    {"Client.DryRunOperation", OUTCOME_FAILED},
    {"InvalidParameterValueException", OUTCOME_FAILED},
    {"...", OUTCOME_FAILED},
};

static void test_outcome(void **state)
{
    (void)state;
    for (size_t i = 0; i < ARRAY_LEN(codes); i++) {
        if (ct_outcome_of(str_of(codes[i].code)) != codes[i].want) {
            fail_msg("%s", codes[i].code);
        }
    }
}

static const struct {
    const char *what, *text;
    bool ours;
} probes[] = {
    {"a full record", "{" HEAD "\"eventSource\":\"lambda.amazonaws.com\",\"eventName\":\"Invoke\"}",
     true},
    {"no time", "{\"eventSource\":\"s3.amazonaws.com\",\"eventName\":\"GetObject\"}", true},
    {"no source",
     "{\"eventName\":\"DeleteBucket\",\"awsRegion\":\"us-east-2\",\"userIdentity\":{},"
     "\"eventType\":\"AwsApiCall\",\"recipientAccountId\":\"1\"}",
     true},
    {"masked",
     "{\"eventVersion\":\"...\",\"eventSource\":\"...\",\"eventName\":\"ConsoleLogin\","
     "\"awsRegion\":\"...\",\"userIdentity\":{}}",
     true},
    {"an insight",
     "{" HEAD "\"eventType\":\"AwsCloudTrailInsight\",\"eventCategory\":\"Insight\","
     "\"insightDetails\":{\"state\":\"Start\",\"eventSource\":\"lambda.amazonaws.com\"}}",
     true},
    {"an S3 notification",
     "{\"eventVersion\":\"2.1\",\"eventSource\":\"aws:s3\",\"awsRegion\":\"us-east-1\","
     "\"eventTime\":\"2026-11-20T09:12:00Z\",\"eventName\":\"ObjectCreated:Put\","
     "\"userIdentity\":{\"principalId\":\"A\"},\"s3\":{}}",
     false},
    {"GuardDuty", "{\"detail-type\":\"GuardDuty Finding\",\"account\":\"1\",\"detail\":{}}", false},
    {"a name alone", "{\"eventName\":\"x\"}", false},
    {"another log", "{\"eventName\":\"click\",\"eventID\":\"1\",\"userAgent\":\"x\"}", false},
    {"eventName is a number", "{" HEAD "\"eventSource\":\"lambda.amazonaws.com\",\"eventName\":1}",
     false},
    {"an array", "[1]", false},
    {"a number", "1", false},
    {"empty", "{}", false},
};

static void test_probe(void **state)
{
    (void)state;
    struct scan s;
    scan_init(&s, &source_cloudtrail);
    for (size_t i = 0; i < ARRAY_LEN(probes); i++) {
        for (int lazy = 0; lazy < 2; lazy++) {
            s.lazy = lazy != 0;
            bool got = false;
            if (scan_text(&s, str_of(probes[i].text))) {
                struct record r = scan_record(&s);
                got = source_cloudtrail.probe(&r) > 0;
            }
            if (got != probes[i].ours) {
                fail_msg("%s", probes[i].what);
            }
        }
    }
    scan_free(&s);
}

static void test_envelope(void **state)
{
    (void)state;
    struct scan s;
    scan_init(&s, &source_cloudtrail);
    for (int lazy = 0; lazy < 2; lazy++) {
        s.lazy = lazy != 0;
        struct event e = scan_event(
            &s,
            "{" HEAD "\"userIdentity\":{\"type\":\"Root\"},\"eventSource\":\"ec2.amazonaws.com\","
            "\"eventName\":\"RunInstances\",\"sourceIPAddress\":\"198.51.100.7\",\"readOnly\":"
            "false,"
            "\"userAgent\":\"aws\\u002dcli\",\"errorCode\":\"Client.UnauthorizedOperation\","
            "\"errorMessage\":\"no\",\"sharedEventID\":\"s-1\",\"managementEvent\":true}");
        assert_int_equal(s.json.shallow, lazy);
        expect_text("source", e.source, "aws.cloudtrail");
        expect_text("service", e.service, "ec2.amazonaws.com");
        expect_text("action", e.action, "RunInstances");
        expect_text("account", e.account, "111122223333");
        expect_text("region", e.region, "eu-west-1");
        expect_text("address", e.address, "198.51.100.7");
        expect_text("agent", e.user_agent, "aws-cli");
        expect_text("id", e.record_id, "e-1");
        expect_text("shared", e.shared_id, "s-1");
        expect_text("error", e.error_code, "Client.UnauthorizedOperation");
        assert_int_equal(e.outcome, OUTCOME_DENIED);
        assert_int_equal(e.kind, EVENT_OTHER);
        assert_int_equal(e.time_us, INT64_C(1795165920) * TIME_SECOND_US);
        assert_int_equal(e.last_us, e.time_us);
        assert_int_equal(e.count, 1);
        assert_false(e.read_only);
        assert_false(e.data_event);
    }
    scan_free(&s);
}

/* Nothing is trusted to be of its type, and what is not there stays empty. */
static void test_odd(void **state)
{
    (void)state;
    struct scan s;
    scan_init(&s, &source_cloudtrail);
    struct event e = scan_event(
        &s,
        "{\"eventSource\":\"lambda.amazonaws.com\",\"eventName\":\"CreateFunction20150331\","
        "\"eventTime\":17,\"awsRegion\":null,\"sourceIPAddress\":[1],\"userAgent\":[\"a\",\"b\"],"
        "\"userIdentity\":\"x\",\"requestParameters\":\"functionName\",\"responseElements\":[{}],"
        "\"readOnly\":\"true\",\"managementEvent\":\"false\",\"resources\":{\"ARN\":1},"
        "\"errorCode\":null,\"recipientAccountId\":5}");
    assert_int_equal(e.time_us, TIME_NONE);
    assert_int_equal(e.kind, EVENT_CHANGE);
    assert_int_equal(e.outcome, OUTCOME_OK);
    assert_true(e.read_only);
    assert_true(e.data_event);
    assert_int_equal(e.attr_count, 0);
    assert_int_equal(e.function.name.len, 0);
    assert_int_equal(e.address.len, 0);
    assert_int_equal(e.who.kind, IDENTITY_UNKNOWN);
    e = scan_event(&s, "{\"eventSource\":\"lambda.amazonaws.com\",\"eventName\":\"Invoke\","
                       "\"userIdentity\":{\"accountId\":\"9\",\"type\":[]},\"requestParameters\":{"
                       "\"functionName\":{},\"layers\":7},\"resources\":[null,1,\"x\",[],{}]}");
    expect_text("account of the identity", e.account, "9");
    scan_free(&s);
}

static const struct {
    const char *caller, *address, *invoked_by;
} callers[] = {
    {"198.51.100.7", "198.51.100.7", ""},
    {"2001:db8::1", "2001:db8::1", ""},
    {"cloudformation.amazonaws.com", "", "cloudformation.amazonaws.com"},
    {"AWS Internal", "", "AWS Internal"},
    {"...", "", ""},
    {"1.2.3.4, 5.6.7.8", "", ""},
    {"", "", ""},
};

static void test_callers(void **state)
{
    (void)state;
    struct scan s;
    scan_init(&s, &source_cloudtrail);
    for (size_t i = 0; i < ARRAY_LEN(callers); i++) {
        char text[512];
        snprintf(text, sizeof(text),
                 "{" HEAD "\"eventSource\":\"lambda.amazonaws.com\",\"eventName\":\"GetPolicy\","
                 "\"sourceIPAddress\":\"%s\"}",
                 callers[i].caller);
        struct event e = scan_event(&s, text);
        expect_text(callers[i].caller, e.address, callers[i].address);
        expect_text(callers[i].caller, e.who.invoked_by, callers[i].invoked_by);
    }
    struct event e = scan_event(
        &s, "{" HEAD "\"eventSource\":\"lambda.amazonaws.com\",\"eventName\":\"GetPolicy\","
            "\"sourceIPAddress\":\"a.amazonaws.com\",\"userIdentity\":{\"invokedBy\":\"b.amazonaws."
            "com\"}}");
    expect_text("invokedBy stands", e.who.invoked_by, "b.amazonaws.com");
    scan_free(&s);
}

static void test_insight(void **state)
{
    (void)state;
    struct scan s;
    scan_init(&s, &source_cloudtrail);
    struct event e = scan_event(
        &s, "{" HEAD "\"eventType\":\"AwsCloudTrailInsight\",\"eventCategory\":\"Insight\","
            "\"insightDetails\":{\"state\":\"Start\",\"eventName\":\"Invoke\"}}");
    assert_int_equal(e.kind, EVENT_OTHER);
    assert_true(e.time_us != TIME_NONE);
    scan_free(&s);
}

static void test_duplicate_key(void **state)
{
    (void)state;
    struct scan s;
    scan_init(&s, &source_cloudtrail);
    struct event e = scan_event(
        &s, "{" HEAD "\"eventSource\":\"lambda.amazonaws.com\",\"eventName\":\"GetPolicy\","
            "\"eventName\":\"DeleteFunction20150331\"}");
    expect_text("the first counts", e.name, "GetPolicy");
    assert_true(e.duplicate_key);
    scan_free(&s);
}

/* A row that stands twice would shadow the second. */
static void test_rows(void **state)
{
    (void)state;
    static const struct ct_area *const areas[] = {
        &ct_area_lambda, &ct_area_identity, &ct_area_trigger, &ct_area_logging, &ct_area_deploy};
    size_t rows = 0;
    for (size_t a = 0; a < ARRAY_LEN(areas); a++) {
        for (size_t i = 0; i < areas[a]->count; i++) {
            const struct ct_service *service = &areas[a]->services[i];
            for (size_t k = 0; k < service->row_count; k++, rows++) {
                const struct ct_service *found = NULL;
                const struct ct_row *row =
                    ct_row_find(service->name, service->rows[k].action, &found);
                if (row != &service->rows[k]) {
                    fail_msg("%.*s %.*s stands twice", STR_ARG(service->name),
                             STR_ARG(service->rows[k].action));
                }
                assert_true(source_cloudtrail.needs(service->name, service->rows[k].action));
            }
        }
    }
    assert_true(rows > 200);
    assert_true(
        source_cloudtrail.needs(STR("lambda.amazonaws.com"), STR("UpdateFunctionCode20150331v2")));
    assert_false(source_cloudtrail.needs(STR("ec2.amazonaws.com"), STR("DescribeInstances")));
    assert_false(source_cloudtrail.needs(STR("s3.amazonaws.com"), STR("CreateFunction")));
}

/* Every allocation in turn fails: the record is refused, nothing leaks, nothing is half filled. */
static void test_torture(void **state)
{
    (void)state;
    struct scan s;
    scan_init(&s, &source_cloudtrail);
    assert_true(scan_text(
        &s, STR("{" HEAD
                "\"eventSource\":\"lambda.amazonaws.com\",\"eventName\":\"CreateFunction20150331\","
                "\"userAgent\":\"a\\u0062\",\"requestParameters\":{\"functionName\":\"f\\u0062\","
                "\"code\":{\"s3Bucket\":\"b\",\"s3Key\":\"k\"},\"tags\":{\"a\\u0062\":\"1\"}},"
                "\"responseElements\":{\"codeSha256\":\"Pt1c8vVaBygmNtAeSyjlpdy7r8nHRqJAAL++"
                "HEGlQkc=\"}}")));
    struct record r = scan_record(&s);
    for (unsigned long n = 1;; n++) {
        CLEANUP(arena_free) struct arena arena = {.limit = 0};
        struct event e = {0};
        struct err err = {0};
        mem_torture(n);
        enum err_code rc = source_cloudtrail.parse(&r, &arena, &e, &err);
        mem_torture(0);
        if (rc == ERR_OK) {
            assert_true(n > 1);
            break;
        }
        assert_int_equal(rc, ERR_LIMIT);
        assert_string_not_equal(err.msg, "");
    }
    for (size_t limit = 1; limit < 4096; limit++) {
        CLEANUP(arena_free) struct arena arena = {.limit = limit};
        struct event e = {0};
        enum err_code rc = source_cloudtrail.parse(&r, &arena, &e, NULL);
        assert_true(rc == ERR_OK || rc == ERR_LIMIT);
    }
    scan_free(&s);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_action),  cmocka_unit_test(test_outcome),
        cmocka_unit_test(test_probe),   cmocka_unit_test(test_envelope),
        cmocka_unit_test(test_odd),     cmocka_unit_test(test_callers),
        cmocka_unit_test(test_insight), cmocka_unit_test(test_duplicate_key),
        cmocka_unit_test(test_rows),    cmocka_unit_test(test_torture),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
