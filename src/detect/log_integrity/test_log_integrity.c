#include "detect/test_fixture.h"

extern const struct detect_ops detect_log_integrity;

static const struct attr facts[] = {
    FX_ATTR(DESCRIPTION, "its content is not what was signed: the log was altered"),
    FX_ATTR(TRAIL, "AWSLogs/111122223333/CloudTrail/eu-west-1/2026/11/20/x.json.gz")};

static void tells_what_the_digests_say(void **state)
{
    (void)state;
    struct fx f;
    fx_open(&f, &detect_log_integrity);
    struct event *e = FX_PLAIN(&f, "invalid");
    e->kind = EVENT_LOGGING;
    e->source = STR("aws.cloudtrail_digest");
    e->attrs = facts;
    e->attr_count = ARRAY_LEN(facts);
    assert_int_equal(fx_play(&f, e), 1);
    assert_int_equal(fx_count(&f, "faaswatch.digest_chain_broken"), 1);
    fx_expect_severity(&f, SEVERITY_HIGH);
    fx_close(&f);
}

static void leaves_other_logging_alone(void **state)
{
    (void)state;
    struct fx f;
    fx_open(&f, &detect_log_integrity);
    struct event *e = FX_PLAIN(&f, "StopLogging");
    e->kind = EVENT_LOGGING;
    assert_int_equal(fx_play(&f, e), 0);
    struct event *digest = FX_PLAIN(&f, "");
    digest->kind = EVENT_OTHER;
    digest->source = STR("aws.cloudtrail_digest");
    assert_int_equal(fx_play(&f, digest), 0);
    fx_close(&f);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(tells_what_the_digests_say),
                                       cmocka_unit_test(leaves_other_logging_alone)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
