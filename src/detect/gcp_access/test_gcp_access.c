#include "detect/gcp_access/member.h"
#include "detect/test_google.h"

extern const struct detect_ops detect_gcp_access;

static struct event *grant(struct fx *f, const char *role, const char *member, bool whole)
{
    struct attr attrs[] = {FX_ATTR(TARGET, "projects/acme-prod"),
                           {ATTR_GRANT_ACTION, str_of(role)},
                           {ATTR_GRANT_PRINCIPAL, str_of(member)},
                           FX_ATTR(POLICY_SET, "")};
    struct event *e =
        fx_google(f, "cloudresourcemanager.googleapis.com", "SetIamPolicy", attrs, whole ? 4 : 3);
    e->kind = EVENT_IDENTITY;
    e->function = (struct function_key){0};
    return e;
}

#define OUT "faaswatch.gcp_grant_outside"
#define IN  "faaswatch.gcp_grant_powerful"

static void test_grants(void **state)
{
    (void)state;
    static const struct {
        const char *what, *role, *member;
        bool whole;
        const char *id; /* NULL: nothing */
        enum severity severity;
    } rows[] = {
        {"everybody", "roles/editor", "allUsers", false, OUT, SEVERITY_CRITICAL},
        {"a stranger", "roles/owner", "user:eve@evil.example", false, OUT, SEVERITY_HIGH},
        {"gmail", "roles/run.admin", "user:eve@gmail.com", false, OUT, SEVERITY_HIGH},
        {"another project's account", "roles/iam.serviceAccountUser",
         "serviceAccount:x@elsewhere.iam.gserviceaccount.com", false, OUT, SEVERITY_HIGH},
        {"a colleague", "roles/cloudfunctions.developer", "user:bo@example.com", false, IN,
         SEVERITY_HIGH},
        {"our account", "roles/iam.serviceAccountTokenCreator",
         "serviceAccount:ci@acme-prod.iam.gserviceaccount.com", false, IN, SEVERITY_HIGH},
        {"default account", "roles/editor",
         "serviceAccount:1-compute@developer.gserviceaccount.com", false, IN, SEVERITY_HIGH},
        {"admin of projects", "roles/resourcemanager.projectIamAdmin", "user:bo@example.com", false,
         IN, SEVERITY_HIGH},
        {"an agent of Google", "roles/editor", "serviceAccount:1@cloudservices.gserviceaccount.com",
         false, NULL, 0},
        {"a reader", "roles/viewer", "user:eve@evil.example", false, NULL, 0},
        {"whole policy, inside", "roles/owner", "user:bo@example.com", true, NULL, 0},
        {"whole policy, outside", "roles/owner", "user:eve@evil.example", true, OUT, SEVERITY_HIGH},
        {"a robot by name only", "roles/owner", "user:x-robot.iam.@evil.example", false, OUT,
         SEVERITY_HIGH},
    };
    for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
        struct fx f;
        fx_open(&f, &detect_gcp_access);
        size_t n = fx_play(&f, grant(&f, rows[i].role, rows[i].member, rows[i].whole));
        if (n != (rows[i].id == NULL ? 0 : 1)) {
            fail_msg("%s: %zu hits", rows[i].what, n);
        }
        if (n == 1) {
            assert_int_equal(fx_count(&f, rows[i].id), 1);
            fx_expect_severity(&f, rows[i].severity);
            /* Stated again: no news. */
            assert_int_equal(fx_play(&f, grant(&f, rows[i].role, rows[i].member, true)), 0);
        }
        fx_close(&f);
    }
}

static void test_keys(void **state)
{
    (void)state;
    static const struct {
        const char *action, *id;
    } rows[] = {{"CreateServiceAccountKey", "faaswatch.gcp_account_key"},
                {"UploadServiceAccountKey", "faaswatch.gcp_account_key"},
                {"hmacKeys.create", "faaswatch.gcp_account_key"},
                {"EnableServiceAccount", "faaswatch.gcp_account_enabled"},
                {"DeleteServiceAccountKey", NULL},
                {"DisableServiceAccount", NULL},
                {"CreateServiceAccount", NULL}};
    for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
        struct fx f;
        fx_open(&f, &detect_gcp_access);
        struct event *e = FX_GOOGLE(&f, "iam.googleapis.com", rows[i].action,
                                    FX_ATTR(TARGET_USER, "fn@acme-prod.iam.gserviceaccount.com"));
        e->kind = EVENT_IDENTITY;
        e->function = (struct function_key){0};
        assert_int_equal(fx_play(&f, e), rows[i].id == NULL ? 0 : 1);
        assert_true(rows[i].id == NULL || fx_count(&f, rows[i].id) == 1);
        fx_close(&f);
    }
}

static struct event *deploy(struct fx *f, const char *function, const char *account)
{
    struct attr attrs[] = {{ATTR_ROLE, str_of(account)}};
    struct event *e = fx_google(f, "run.googleapis.com", "ReplaceService", attrs, 1);
    e->function.name = str_of(function);
    return e;
}

#define A "a@acme-prod.iam.gserviceaccount.com"
#define B "b@acme-prod.iam.gserviceaccount.com"
#define C "c@acme-prod.iam.gserviceaccount.com"

static void test_act_as(void **state)
{
    (void)state;
    struct fx f;
    fx_open(&f, &detect_gcp_access);
    assert_int_equal(fx_play(&f, deploy(&f, "one", A)), 0); /* nothing is known yet */
    assert_int_equal(fx_play(&f, deploy(&f, "one", A)), 0);
    assert_int_equal(fx_play(&f, deploy(&f, "one", B)), 1); /* it ran as A */
    assert_int_equal(fx_play(&f, deploy(&f, "two", B)), 0); /* he used it before */
    assert_int_equal(fx_play(&f, deploy(&f, "three", C)), 1);
    assert_int_equal(fx_count(&f, "faaswatch.gcp_act_as"), 2);
    assert_int_equal(fx_play(&f, deploy(&f, "four", "1-compute@developer.gserviceaccount.com")), 1);
    assert_int_equal(fx_play(&f, deploy(&f, "five", "1-compute@developer.gserviceaccount.com")), 1);
    assert_int_equal(fx_count(&f, "faaswatch.gcp_default_account"), 1);
    struct event *agent = deploy(&f, "six", "d@acme-prod.iam.gserviceaccount.com");
    agent->who.kind = IDENTITY_SERVICE;
    assert_int_equal(fx_play(&f, agent), 0);
    fx_close(&f);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(test_grants), cmocka_unit_test(test_keys),
                                       cmocka_unit_test(test_act_as)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
