#include "detect/test_google.h"

extern const struct detect_ops detect_gcp_logging;

static struct event *policy(struct event *e)
{
    e->kind = EVENT_IDENTITY;
    e->function.name = STR_EMPTY;
    return e;
}

static struct event *logging(struct event *e)
{
    e->kind = EVENT_LOGGING;
    e->function.name = STR_EMPTY;
    return e;
}

#define POLICY(f, ...)                                                                             \
    policy(FX_GOOGLE(f, "cloudresourcemanager.googleapis.com", "SetIamPolicy",                     \
                     FX_ATTR(TARGET, "projects/p"), __VA_ARGS__))
#define LOGGING(f, action, ...)                                                                    \
    logging(FX_GOOGLE(f, "logging.googleapis.com", action, FX_ATTR(TRAIL, "audit"), __VA_ARGS__))

static void test_audit(void **state)
{
    (void)state;
    struct fx f;
    fx_open(&f, &detect_gcp_logging);
    assert_int_equal(fx_play(&f, POLICY(&f, FX_ATTR(AUDIT_GONE, "allServices DATA_READ"))), 1);
    fx_expect_severity(&f, SEVERITY_HIGH);
    /* A policy that was not asked to change what is logged says nothing about it. */
    assert_int_equal(fx_play(&f, POLICY(&f, FX_ATTR(POLICY_SET, ""))), 0);
    assert_int_equal(
        fx_play(&f, POLICY(&f, FX_ATTR(POLICY_SET, ""), FX_ATTR(UPDATE_MASK, "auditConfigs"),
                           FX_ATTR(AUDIT_SET, "s DATA_READ"), FX_ATTR(AUDIT_SET, "s DATA_WRITE"))),
        0);
    struct event *denied = POLICY(&f, FX_ATTR(POLICY_SET, ""), FX_ATTR(UPDATE_MASK, "auditConfigs"),
                                  FX_ATTR(AUDIT_SET, "s DATA_READ"));
    denied->outcome = OUTCOME_DENIED;
    assert_int_equal(fx_play(&f, denied), 1);
    fx_expect_severity(&f, SEVERITY_MEDIUM);
    assert_int_equal(
        fx_play(&f, POLICY(&f, FX_ATTR(POLICY_SET, ""), FX_ATTR(UPDATE_MASK, "auditConfigs"),
                           FX_ATTR(AUDIT_SET, "s DATA_READ"))),
        1);
    fx_expect_severity(&f, SEVERITY_HIGH);
    fx_close(&f);
}

static void test_sinks(void **state)
{
    (void)state;
    struct fx f;
    fx_open(&f, &detect_gcp_logging);
    assert_int_equal(fx_play(&f, LOGGING(&f, "CreateSink", FX_ATTR(DESTINATION, "bq"))), 0);
    assert_int_equal(fx_play(&f, LOGGING(&f, "UpdateSink", FX_ATTR(FILTER, "severity>=ERROR"))), 1);
    fx_expect_severity(&f, SEVERITY_HIGH);
    assert_int_equal(fx_play(&f, LOGGING(&f, "UpdateSink", FX_ATTR(FILTER, "severity>=ERROR"))), 0);
    assert_int_equal(fx_play(&f, LOGGING(&f, "UpdateSink", FX_ATTR(FILTER, "x"))), 1);
    fx_expect_severity(&f, SEVERITY_MEDIUM);
    assert_int_equal(fx_play(&f, LOGGING(&f, "UpdateSink", FX_ATTR(STATE, "DISABLED"))), 1);
    fx_expect_severity(&f, SEVERITY_HIGH);
    struct event *other = LOGGING(&f, "UpdateSink", FX_ATTR(FILTER, "x"));
    other->account = STR("acme-dev");
    assert_int_equal(fx_play(&f, other), 0);
    fx_close(&f);
}

static void test_retention(void **state)
{
    (void)state;
    struct fx f;
    fx_open(&f, &detect_gcp_logging);
    assert_int_equal(fx_play(&f, LOGGING(&f, "UpdateBucket", FX_ATTR(RETENTION_DAYS, "400"))), 0);
    assert_int_equal(fx_play(&f, LOGGING(&f, "UpdateBucket", FX_ATTR(RETENTION_DAYS, "90"))), 1);
    assert_int_equal(fx_play(&f, LOGGING(&f, "UpdateBucket", FX_ATTR(RETENTION_DAYS, "90"))), 0);
    assert_int_equal(fx_play(&f, LOGGING(&f, "UpdateBucket", FX_ATTR(RETENTION_DAYS, "x"))), 0);
    assert_int_equal(fx_play(&f, LOGGING(&f, "UpdateBucket", FX_ATTR(RETENTION_DAYS, "1"))), 1);
    fx_close(&f);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_audit),
        cmocka_unit_test(test_sinks),
        cmocka_unit_test(test_retention),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
