#include "detect/serverless_host/serverless_host.h"
#include "detect/test_traffic.h"

extern const struct detect_ops detect_serverless_host;

enum { DAY = 86400 };

static void test_labels(void **state)
{
    (void)state;
    static const char *const random[] = {
        "9af72fg4jg75hg8jg94kg94k9fk390gk4170674tr69bf1f766cdec1d11",
        "q7zk2v9xw4j8p1h6d3m5t0",
        "xkcqzvbnmwrtypsdfghjklq",
    };
    static const char *const named[] = {
        "playgoogle-store-love-datting-meetpartner-onetimechoice",
        "preview-mail-from-mofa-gov-pk-user-com-center",
        "china-immigration-department-letter",
        "europe-west1-acme-prod",
        "checkout-service-production-eu",
        "internationalization-demo",
        "entwicklungsumgebung-rechnungen",
        "q7zk2v9x", /* too short to tell */
        "",
    };
    for (size_t i = 0; i < ARRAY_LEN(random); i++) {
        if (!label_is_random(str_of(random[i]))) {
            fail_msg("%s", random[i]);
        }
    }
    for (size_t i = 0; i < ARRAY_LEN(named); i++) {
        if (label_is_random(str_of(named[i]))) {
            fail_msg("%s", named[i]);
        }
    }
}

static void test_kit(void **state)
{
    (void)state;
    static const char *const kit[] = {"login-a1b.someone-s-account.workers.dev",
                                      "docs-view-9zz.bob-s-account.workers.dev",
                                      "portal-x7q.up.railway.app"};
    static const char *const other[] = {"login.someone-s-account.workers.dev",
                                        "login-a1b.someone.workers.dev",
                                        "login-a1b.x-s-account.workers.dev",
                                        "web-production-1a2b.up.railway.app",
                                        "a1b.up.railway.app",
                                        "login-a1b.someone-s-account.workers.dev.evil.com",
                                        "x-a1b.y.up.railway.app",
                                        ""};
    for (size_t i = 0; i < ARRAY_LEN(kit); i++) {
        assert_true(host_is_kit(str_of(kit[i])));
    }
    for (size_t i = 0; i < ARRAY_LEN(other); i++) {
        assert_false(host_is_kit(str_of(other[i])));
    }
}

static size_t count(const struct tx *t, const char *ref)
{
    size_t n = 0;
    for (size_t i = 0; i < t->fx.run.hits.len; i++) {
        const struct hit *h = &t->fx.run.hits.at[i];
        n += str_eq(h->detection->ref, str_of(ref)) &&
             (i == 0 || !str_eq(h->explain, t->fx.run.hits.at[i - 1].explain));
    }
    return n;
}

/* D69: only servers, and only when the logs go back far enough to call anything new. */
static void test_new(void **state)
{
    (void)state;
    static const struct {
        const char *client;
        unsigned history_days;
        size_t findings;
    } rows[] = {{"10.20.0.9", 8, 1}, {"10.20.0.9", 6, 0}, {"10.9.0.9", 8, 0}};
    for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
        struct tx t;
        tx_open(&t, &detect_serverless_host, NULL, NULL);
        tx_range(&t, "10.20.0.0/16", RANGE_SERVER);
        tx_tls(&t, 0, "10.20.0.9", "198.51.100.1", "www.example.com");
        tx_tls(&t, 0, "10.20.0.9", "198.51.100.1", "old.vercel.app");
        tx_tls(&t, rows[i].history_days * DAY, rows[i].client, "104.21.0.1", "fresh.vercel.app");
        tx_tls(&t, rows[i].history_days * DAY, "10.20.0.10", "198.51.100.1", "old.vercel.app");
        tx_finish(&t);
        assert_int_equal(count(&t, "D69"), rows[i].findings);
        tx_close(&t);
    }
}

/* D71: often, by hardly anybody, in an estate large enough for that to mean something. */
static void test_rare(void **state)
{
    (void)state;
    static const struct {
        unsigned contacts, crowd, others;
        size_t findings;
    } rows[] = {{25, 20, 0, 1}, {19, 20, 0, 0}, {25, 5, 0, 0}, {25, 20, 4, 0}};
    for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
        struct tx t;
        tx_open(&t, &detect_serverless_host, NULL, NULL);
        tx_crowd(&t, rows[i].crowd, "www.example.com");
        tx_crowd(&t, rows[i].others, "rare.netlify.app");
        for (unsigned k = 0; k < rows[i].contacts; k++) {
            tx_tls(&t, k * 997, "10.9.0.9", "104.21.0.1", "rare.netlify.app");
        }
        tx_finish(&t);
        assert_int_equal(count(&t, "D71"), rows[i].findings);
        tx_close(&t);
    }
}

/* D75: ours, and nobody registered this host; without a register it is only said. */
static void test_own(void **state)
{
    (void)state;
    for (unsigned given = 0; given < 3; given++) {
        struct tx t;
        tx_open(&t, &detect_serverless_host, NULL, NULL);
        tx_own(&t, "https://abcdefghij0123456789.lambda-url.eu-west-1.on.aws/");
        t.fx.context.given[CONTEXT_PROCESSES] = given > 0;
        struct process p = {.function = STR("pay"), .caller = STR("10.9.0.0/24")};
        if (given == 2) {
            assert_true(VEC_PUSH(&t.fx.context.processes, p));
        }
        tx_tls(&t, 60, "10.9.0.9", "52.1.1.1", "abcdefghij0123456789.lambda-url.eu-west-1.on.aws");
        tx_finish(&t);
        assert_int_equal(count(&t, "D75"), given < 2);
        if (given < 2) {
            fx_expect_severity(&t.fx, given == 1 ? SEVERITY_MEDIUM : SEVERITY_LOW);
        }
        tx_close(&t);
    }
}

/* D76: a server, somebody else's function; worse when it beacons. */
static void test_foreign(void **state)
{
    (void)state;
    struct tx t;
    tx_open(&t, &detect_serverless_host, NULL, NULL);
    tx_range(&t, "10.20.0.0/16", RANGE_SERVER);
    tx_tls(&t, 60, "10.20.0.9", "104.21.0.1", "api.vendor.workers.dev");
    tx_tls(&t, 60, "10.9.0.9", "104.21.0.1", "api.vendor.workers.dev");
    tx_finish(&t);
    assert_int_equal(count(&t, "D76"), 1);
    fx_expect_severity(&t.fx, SEVERITY_MEDIUM);
    tx_close(&t);

    tx_open(&t, &detect_serverless_host, NULL, NULL);
    tx_range(&t, "10.20.0.0/16", RANGE_SERVER);
    tx_beacon(&t, "10.20.0.9", "104.21.0.1", "api.vendor.workers.dev", 300);
    tx_finish(&t);
    assert_int_equal(count(&t, "D76"), 1);
    fx_expect_severity(&t.fx, SEVERITY_HIGH);
    tx_close(&t);
}

/* D81: a tool, and the path of a script; a browser or another path is nothing. */
static void test_script(void **state)
{
    (void)state;
    static const struct {
        const char *agent, *url;
        size_t findings;
    } rows[] = {{"curl/8.5.0", "/macros/s/AKfy123/exec", 1},
                {"python-requests/2.31", "/macros/s/AKfy123/exec?x=1", 1},
                {"Mozilla/5.0 (Windows NT; Windows NT 10.0) WindowsPowerShell/5.1",
                 "/macros/s/AKfy123/exec", 1},
                {"Mozilla/5.0 (X11; Linux x86_64) Firefox/128.0", "/macros/s/AKfy123/exec", 0},
                {"curl/8.5.0", "/home", 0}};
    for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
        struct tx t;
        tx_open(&t, &detect_serverless_host, NULL, NULL);
        tx_add(&t, 60, "10.9.0.9", "142.250.1.1",
               &(struct flow){.kind = FLOW_HTTP,
                              .host = STR("script.google.com"),
                              .url = str_of(rows[i].url),
                              .user_agent = str_of(rows[i].agent),
                              .status = 302});
        tx_finish(&t);
        assert_int_equal(count(&t, "D81"), rows[i].findings);
        tx_close(&t);
    }
}

static void test_names(void **state)
{
    (void)state;
    struct tx t;
    tx_open(&t, &detect_serverless_host, NULL, NULL);
    tx_tls(&t, 1, "10.9.0.9", "104.21.0.1", "q7zk2v9xw4j8p1h6d3m5t0.pages.dev");
    tx_tls(&t, 2, "10.9.0.9", "52.0.0.1", "q7zk2v9xw4j8p1h6d3m5t0.lambda-url.eu-west-1.on.aws");
    tx_tls(&t, 3, "10.9.0.9", "104.21.0.1", "login-a1b.someone-s-account.workers.dev");
    tx_finish(&t);
    assert_int_equal(count(&t, "D74"), 1);
    assert_int_equal(count(&t, "D80"), 1);
    tx_close(&t);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_labels), cmocka_unit_test(test_kit),   cmocka_unit_test(test_new),
        cmocka_unit_test(test_rare),   cmocka_unit_test(test_own),   cmocka_unit_test(test_foreign),
        cmocka_unit_test(test_script), cmocka_unit_test(test_names),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
