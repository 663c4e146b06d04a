#include <stdio.h>

#include "detect/test_fixture.h"

extern const struct detect_ops detect_listed_caller;

static void with_feed(struct fx *f, const char *feed, const char *ranges)
{
    struct err err = {0};
    f->intel = intel_new();
    assert_non_null(f->intel);
    if (intel_load_text(f->intel, STR("feed.csv"), str_of(feed), &err) != ERR_OK) {
        fail_msg("%s", err.msg);
    }
    if (ranges != NULL) {
        assert_int_equal(intel_load_text(f->intel, STR("ip-ranges.json"), str_of(ranges), &err),
                         ERR_OK);
    }
    assert_int_equal(intel_finish(f->intel, &err), ERR_OK);
}

static struct event *from(struct fx *f, const char *action, const char *address)
{
    struct event *e = FX_PLAIN(f, action);
    e->address = str_of(address);
    assert_true(ip_parse(e->address, &e->ip));
    return e;
}

static const char feed[] = "indicator,type,class,confidence,valid_from,valid_until\n"
                           "203.0.113.7,ip,c2,90,2026-11-01T00:00:00Z,2026-12-01T00:00:00Z\n"
                           "203.0.113.8,ip,scanner,20,2026-11-01T00:00:00Z,2026-12-01T00:00:00Z\n"
                           "203.0.113.9,ip,c2,90,2026-01-01T00:00:00Z,2026-02-01T00:00:00Z\n";

static void test_listed(void **state)
{
    (void)state;
    struct fx f;
    fx_open(&f, &detect_listed_caller);
    with_feed(&f, feed, NULL);
    struct event *e = from(&f, "UpdateFunctionCode", "203.0.113.7");
    e->user_agent = STR("aws-cli/2.0 Prowler");
    assert_int_equal(fx_play(&f, e), 1);
    fx_expect_severity(&f, SEVERITY_HIGH);
    assert_non_null(fx_last(&f)->intel);
    assert_int_equal(fx_last(&f)->intel->best.confidence, 90);
    assert_true(str_find(fx_last(&f)->explain, STR("command and control")) != SIZE_MAX);

    e = from(&f, "Invoke", "203.0.113.8");
    e->kind = EVENT_INVOKE;
    assert_int_equal(fx_play(&f, e), 1);
    fx_expect_severity(&f, SEVERITY_MEDIUM);
    e->outcome = OUTCOME_DENIED;
    assert_int_equal(fx_play(&f, e), 1);
    fx_expect_severity(&f, SEVERITY_LOW);
    fx_close(&f);
}

static void test_not_listed(void **state)
{
    (void)state;
    struct fx f;
    fx_open(&f, &detect_listed_caller);
    with_feed(&f, feed, NULL);
    assert_int_equal(fx_play(&f, from(&f, "Invoke", "198.51.100.1")), 0);
    assert_int_equal(fx_play(&f, from(&f, "Invoke", "203.0.113.9")), 0); /* no longer valid */
    assert_int_equal(fx_play(&f, from(&f, "Invoke", "10.0.0.1")), 0);
    assert_int_equal(fx_play(&f, FX_PLAIN(&f, "Invoke")), 0); /* a service called */
    intel_free(f.intel);
    f.intel = NULL;
    assert_int_equal(fx_play(&f, from(&f, "Invoke", "203.0.113.7")), 0);
    fx_close(&f);
}

static void test_shared_range(void **state)
{
    (void)state;
    struct fx f;
    fx_open(&f, &detect_listed_caller);
    with_feed(&f, feed,
              "{\"syncToken\":\"1\",\"createDate\":\"2026-11-01-00-00-00\",\"prefixes\":[{"
              "\"ip_prefix\":\"203.0.113.0/24\",\"region\":\"eu-west-1\",\"service\":\"EC2\","
              "\"network_border_group\":\"eu-west-1\"}],\"ipv6_prefixes\":[]}");
    assert_int_equal(fx_play(&f, from(&f, "Invoke", "203.0.113.7")), 1);
    fx_expect_severity(&f, SEVERITY_MEDIUM);
    assert_int_equal(fx_play(&f, from(&f, "Invoke", "203.0.113.8")), 1);
    fx_expect_severity(&f, SEVERITY_LOW);
    fx_close(&f);
}

/* A long list of scanners does not bury what else there is; malware always shows. */
static void test_flood(void **state)
{
    (void)state;
    enum { SCANNERS = 150, MOST = 100 };
    static char names[SCANNERS][16];
    struct fx f;
    fx_open(&f, &detect_listed_caller);
    with_feed(&f, "ip,class,confidence\n198.51.100.0/24,scanner,60\n203.0.113.7,malware,60\n",
              NULL);
    size_t findings = 0;
    for (unsigned i = 0; i < SCANNERS; i++) {
        (void)snprintf(names[i], sizeof(names[i]), "198.51.100.%u", i);
        struct event *e = from(&f, "Invoke", names[i]);
        e->kind = EVENT_INVOKE;
        findings += fx_play(&f, e);
    }
    assert_int_equal(findings, MOST);
    struct event *e = from(&f, "Invoke", names[0]);
    e->kind = EVENT_INVOKE;
    assert_int_equal(fx_play(&f, e), 1); /* known already */
    e = from(&f, "Invoke", "203.0.113.7");
    e->kind = EVENT_INVOKE;
    assert_int_equal(fx_play(&f, e), 1);
    assert_int_equal(fx_play(&f, from(&f, "GetCallerIdentity", names[149])), 1);
    assert_int_equal(fx_finish(&f), 1);
    fx_expect_severity(&f, SEVERITY_INFORMATIONAL);
    assert_true(str_find(fx_last(&f)->explain, STR("50 more calls")) != SIZE_MAX);
    fx_close(&f);
}

static void test_anonymiser(void **state)
{
    (void)state;
    struct fx f;
    fx_open(&f, &detect_listed_caller);
    with_feed(&f, "ip,class,confidence\n203.0.113.7,tor,60\n", NULL);
    struct event *e = from(&f, "Invoke", "203.0.113.7");
    e->kind = EVENT_INVOKE;
    assert_int_equal(fx_play(&f, e), 0); /* D82 */
    assert_int_equal(fx_play(&f, from(&f, "UpdateFunctionCode", "203.0.113.7")), 1);
    fx_close(&f);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_listed),       cmocka_unit_test(test_not_listed),
        cmocka_unit_test(test_shared_range), cmocka_unit_test(test_flood),
        cmocka_unit_test(test_anonymiser),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
