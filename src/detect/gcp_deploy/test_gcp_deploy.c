#include "detect/test_google.h"

extern const struct detect_ops detect_gcp_deploy;

#define OURS  "europe-docker.pkg.dev/acme-prod/images/pay"
#define THEIR "docker.io/evil/pay"

static void test_newcomer(void **state)
{
    (void)state;
    struct fx f;
    fx_open(&f, &detect_gcp_deploy);
    assert_int_equal(fx_play(&f, FX_RUN(&f, "ReplaceService", FX_ATTR(ROLE, "x"))), 1);
    assert_true(str_eq(fx_last(&f)->detection->ref, STR("D92")));
    assert_int_equal(fx_play(&f, FX_RUN(&f, "ReplaceService", FX_ATTR(ROLE, "x"))), 0);
    struct event *other =
        FX_GOOGLE(&f, "cloudfunctions.googleapis.com", "CreateFunction", FX_ATTR(RUNTIME, "go125"));
    other->function.name = STR("refund");
    assert_int_equal(fx_play(&f, other), 1);
    struct event *ci = FX_RUN(&f, "CreateService", FX_ATTR(ROLE, "x"));
    ci->actor = &f.ci;
    ci->function.name = STR("site");
    assert_int_equal(fx_play(&f, ci), 0);
    struct event *agent = FX_RUN(&f, "CreateService", FX_ATTR(ROLE, "x"));
    agent->who.kind = IDENTITY_SERVICE;
    agent->function.name = STR("blog");
    assert_int_equal(fx_play(&f, agent), 0);
    f.has_match = true;
    f.match.class = MATCH_M3;
    struct event *covered = FX_RUN(&f, "CreateJob", FX_ATTR(ROLE, "x"));
    covered->function.name = STR("job:night");
    assert_int_equal(fx_play(&f, covered), 0);
    fx_close(&f);
}

/* The first entry of a long-running operation whose last one is not in the logs. */
static void test_pending(void **state)
{
    (void)state;
    struct fx f;
    fx_open(&f, &detect_gcp_deploy);
    assert_int_equal(
        fx_play(&f, FX_RUN(&f, "CreateService", FX_ATTR(ROLE, "x"), FX_ATTR(PENDING, ""))), 1);
    assert_true(str_find(fx_last(&f)->explain, STR("how it ended is not in the logs")) != SIZE_MAX);
    fx_close(&f);
}

static void test_images(void **state)
{
    (void)state;
    struct fx f;
    fx_open(&f, &detect_gcp_deploy);
    fx_play(&f, FX_RUN(&f, "CreateService", FX_ATTR(CODE_LOCATION, OURS "@sha256:aa")));
    assert_int_equal(fx_count(&f, "faaswatch.gcp_image_from_new_registry"), 0);
    /* Refused: told, lowered, and not learned. */
    struct event *denied = FX_RUN(&f, "ReplaceService", FX_ATTR(CODE_LOCATION, THEIR "@sha256:bb"));
    denied->outcome = OUTCOME_DENIED;
    assert_int_equal(fx_play(&f, denied), 1);
    fx_expect_severity(&f, SEVERITY_MEDIUM);
    fx_play(&f, FX_RUN(&f, "ReplaceService", FX_ATTR(CODE_LOCATION, THEIR "@sha256:bb")));
    fx_expect_severity(&f, SEVERITY_HIGH);
    assert_int_equal(
        fx_play(&f, FX_RUN(&f, "ReplaceService", FX_ATTR(CODE_LOCATION, THEIR "@sha256:cc"))), 0);
    assert_int_equal(fx_play(&f, FX_RUN(&f, "ReplaceService", FX_ATTR(CODE_LOCATION, OURS ":v1"))),
                     1);
    fx_expect_severity(&f, SEVERITY_MEDIUM);
    /* Another registry of the own project is no news. */
    assert_int_equal(fx_play(&f, FX_RUN(&f, "ReplaceService",
                                        FX_ATTR(CODE_LOCATION, "eu.gcr.io/acme-prod/pay:v2"))),
                     0);
    assert_int_equal(fx_play(&f, FX_RUN(&f, "ReplaceService", FX_ATTR(CODE_LOCATION, "nginx"))), 1);
    fx_expect_severity(&f, SEVERITY_HIGH);
    fx_close(&f);
}

static struct event *upload(struct fx *f, const struct actor *by)
{
    struct event *e = FX_GOOGLE(f, "storage.googleapis.com", "objects.create",
                                FX_ATTR(CODE_LOCATION, "gs://gcf-v2-uploads-1/a.zip"));
    e->function.name = STR_EMPTY;
    e->actor = by;
    return e;
}

static void test_swapped(void **state)
{
    (void)state;
    struct fx f;
    fx_open(&f, &detect_gcp_deploy);
    struct event *own = FX_GOOGLE(&f, "cloudfunctions.googleapis.com", "CreateFunction",
                                  FX_ATTR(CODE_LOCATION, "gs://gcf-v2-uploads-1/a.zip#1"));
    fx_play(&f, upload(&f, own->actor));
    fx_play(&f, own);
    assert_int_equal(fx_count(&f, "faaswatch.gcp_source_swapped"), 0);
    fx_play(&f, upload(&f, &f.dana));
    fx_play(&f, FX_GOOGLE(&f, "cloudfunctions.googleapis.com", "UpdateFunction",
                          FX_ATTR(CODE_LOCATION, "gs://gcf-v2-uploads-1/a.zip#2")));
    assert_int_equal(fx_count(&f, "faaswatch.gcp_source_swapped"), 1);
    f.now_us += 2 * TIME_HOUR_US;
    fx_play(&f, FX_GOOGLE(&f, "cloudfunctions.googleapis.com", "UpdateFunction",
                          FX_ATTR(CODE_LOCATION, "gs://gcf-v2-uploads-1/a.zip#2")));
    assert_int_equal(fx_count(&f, "faaswatch.gcp_source_swapped"), 1);
    fx_close(&f);
}

static void test_created_and_opened(void **state)
{
    (void)state;
    struct fx f;
    fx_open(&f, &detect_gcp_deploy);
    fx_play(&f, FX_RUN(&f, "CreateService", FX_ATTR(ROLE, "x")));
    struct event *elsewhere = FX_RUN(&f, "SetIamPolicy", FX_ATTR(GRANT_PRINCIPAL, "user:b"));
    elsewhere->address = STR("203.0.113.9");
    assert_int_equal(fx_play(&f, elsewhere), 0);
    assert_int_equal(fx_play(&f, FX_RUN(&f, "SetIamPolicy", FX_ATTR(GRANT_GONE, "r m"))), 0);
    assert_int_equal(fx_play(&f, FX_RUN(&f, "SetIamPolicy", FX_ATTR(GRANT_PRINCIPAL, "user:b"))),
                     1);
    assert_true(str_eq(fx_last(&f)->detection->ref, STR("D100")));
    struct event *ci = FX_RUN(&f, "SetIamPolicy", FX_ATTR(GRANT_PRINCIPAL, "user:b"));
    ci->actor = &f.ci;
    assert_int_equal(fx_play(&f, ci), 0);
    f.now_us += TIME_HOUR_US;
    assert_int_equal(fx_play(&f, FX_RUN(&f, "SetIamPolicy", FX_ATTR(GRANT_PRINCIPAL, "user:b"))),
                     0);
    fx_close(&f);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_newcomer),
        cmocka_unit_test(test_pending),
        cmocka_unit_test(test_images),
        cmocka_unit_test(test_swapped),
        cmocka_unit_test(test_created_and_opened),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
