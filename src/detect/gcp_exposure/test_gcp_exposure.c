#include "detect/test_google.h"

extern const struct detect_ops detect_gcp_exposure;

static void test_check(void **state)
{
    (void)state;
    struct fx f;
    fx_open(&f, &detect_gcp_exposure);
    assert_int_equal(fx_play(&f, FX_RUN(&f, "UpdateService", FX_ATTR(INVOKER_CHECK, "on"))), 0);
    struct event *denied = FX_RUN(&f, "UpdateService", FX_ATTR(INVOKER_CHECK, "off"));
    denied->outcome = OUTCOME_DENIED;
    assert_int_equal(fx_play(&f, denied), 1);
    fx_expect_severity(&f, SEVERITY_MEDIUM);
    assert_int_equal(fx_play(&f, FX_RUN(&f, "UpdateService", FX_ATTR(INVOKER_CHECK, "off"))), 1);
    fx_expect_severity(&f, SEVERITY_HIGH);
    assert_int_equal(fx_count(&f, "faaswatch.gcp_invoker_check_off"), 2);
    struct event *other = FX_RUN(&f, "UpdateService", FX_ATTR(INVOKER_CHECK, "off"));
    other->source = STR("aws.cloudtrail");
    assert_int_equal(fx_play(&f, other), 0);
    fx_close(&f);
}

static void test_policy(void **state)
{
    (void)state;
    struct fx f;
    fx_open(&f, &detect_gcp_exposure);
    assert_int_equal(
        fx_play(&f, FX_RUN(&f, "SetIamPolicy", FX_ATTR(GRANT_ACTION, "roles/run.invoker"),
                           FX_ATTR(GRANT_PRINCIPAL, "user:a@example.com"))),
        0);
    assert_int_equal(
        fx_play(&f, FX_RUN(&f, "SetIamPolicy", FX_ATTR(GRANT_ACTION, "roles/run.invoker"),
                           FX_ATTR(GRANT_PRINCIPAL, "allUsers"))),
        1);
    fx_expect_severity(&f, SEVERITY_HIGH);
    /* Stated again as part of the whole policy: nothing new. */
    assert_int_equal(
        fx_play(&f, FX_RUN(&f, "SetIamPolicy", FX_ATTR(GRANT_ACTION, "roles/run.invoker"),
                           FX_ATTR(GRANT_PRINCIPAL, "allUsers"), FX_ATTR(POLICY_SET, ""))),
        0);
    assert_int_equal(
        fx_play(&f,
                FX_RUN(&f, "SetIamPolicy", FX_ATTR(GRANT_ACTION, "roles/run.admin"),
                       FX_ATTR(GRANT_PRINCIPAL, "allAuthenticatedUsers"), FX_ATTR(POLICY_SET, ""))),
        1);
    fx_expect_severity(&f, SEVERITY_CRITICAL);
    fx_close(&f);
}

static void test_himself(void **state)
{
    (void)state;
    struct fx f;
    fx_open(&f, &detect_gcp_exposure);
    struct event *denied = FX_RUN(&f, "SetIamPolicy", FX_ATTR(GRANT_ACTION, "roles/run.invoker"),
                                  FX_ATTR(GRANT_PRINCIPAL, "user:ana@example.com"));
    denied->outcome = OUTCOME_DENIED;
    assert_int_equal(fx_play(&f, denied), 0);
    struct event *self = FX_RUN(&f, "SetIamPolicy", FX_ATTR(GRANT_ACTION, "roles/run.invoker"),
                                FX_ATTR(GRANT_PRINCIPAL, "user:bo@example.com"),
                                FX_ATTR(GRANT_PRINCIPAL, "user:Ana@example.com"));
    assert_int_equal(fx_play(&f, self), 1);
    fx_expect_severity(&f, SEVERITY_MEDIUM);
    assert_int_equal(fx_count(&f, "faaswatch.gcp_self_grant"), 1);
    fx_close(&f);
}

/* A project's policy: only what reaches functions. */
static void test_project(void **state)
{
    (void)state;
    struct fx f;
    fx_open(&f, &detect_gcp_exposure);
    struct event *e = FX_RUN(&f, "SetIamPolicy", FX_ATTR(TARGET, "projects/acme-prod"),
                             FX_ATTR(GRANT_ACTION, "roles/storage.objectViewer"),
                             FX_ATTR(GRANT_PRINCIPAL, "allUsers"));
    e->kind = EVENT_IDENTITY;
    e->function.name = STR_EMPTY;
    assert_int_equal(fx_play(&f, e), 0);
    e = FX_RUN(&f, "SetIamPolicy", FX_ATTR(TARGET, "projects/acme-prod"),
               FX_ATTR(GRANT_ACTION, "roles/run.invoker"), FX_ATTR(GRANT_PRINCIPAL, "allUsers"));
    e->kind = EVENT_IDENTITY;
    e->function.name = STR_EMPTY;
    assert_int_equal(fx_play(&f, e), 1);
    fx_close(&f);
}

static void test_ingress(void **state)
{
    (void)state;
    struct fx f;
    fx_open(&f, &detect_gcp_exposure);
    assert_int_equal(fx_play(&f, FX_RUN(&f, "CreateService", FX_ATTR(INGRESS, "all"))), 0);
    assert_int_equal(fx_play(&f, FX_RUN(&f, "UpdateService", FX_ATTR(INGRESS, "internal"))), 0);
    assert_int_equal(fx_play(&f, FX_RUN(&f, "UpdateService", FX_ATTR(INGRESS, "all"))), 1);
    fx_expect_severity(&f, SEVERITY_MEDIUM);
    assert_int_equal(fx_play(&f, FX_RUN(&f, "UpdateService", FX_ATTR(DEFAULT_URL, "on"))), 0);
    assert_int_equal(fx_play(&f, FX_RUN(&f, "UpdateService", FX_ATTR(DEFAULT_URL, "off"))), 0);
    assert_int_equal(fx_play(&f, FX_RUN(&f, "UpdateService", FX_ATTR(DEFAULT_URL, "on"))), 1);
    fx_close(&f);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_check),   cmocka_unit_test(test_policy),
        cmocka_unit_test(test_himself), cmocka_unit_test(test_project),
        cmocka_unit_test(test_ingress),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
