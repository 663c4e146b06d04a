#include "detect/test_traffic.h"

extern const struct detect_ops detect_listed_traffic;

static const char feed[] =
    "indicator,type,class,confidence,valid_from,valid_until\n"
    "c2.evil.workers.dev,domain,c2,90,2026-11-01T00:00:00Z,2026-12-01T00:00:00Z\n"
    "listed.vercel.app,domain,,50,,\n"
    "gone.vercel.app,domain,c2,90,2026-01-01T00:00:00Z,2026-02-01T00:00:00Z\n"
    "doubt.vercel.app,domain,c2,20,,\n"
    "evil.example,domain,malware,80,,\n"
    "m.pipedream.net,domain,malware,80,,\n"
    "203.0.113.9,ip,c2,90,,\n"
    "104.21.0.7,ip,c2,90,,\n"
    "https://files.example.net/drop/a.bin,url,malware,90,,\n";

static const char ranges[] =
    "{\"syncToken\":\"1\",\"createDate\":\"2026-11-01-00-00-00\",\"prefixes\":[{\"ip_prefix\":"
    "\"104.21.0.0/16\",\"region\":\"GLOBAL\",\"service\":\"CLOUDFRONT\",\"network_border_group\":"
    "\"GLOBAL\"}],\"ipv6_prefixes\":[]}";

/* A handshake with `host` ("" none) at `server`. */
static const struct {
    const char *host, *server;
    size_t findings;
    enum severity severity;
} rows[] = {
    {"c2.evil.workers.dev", "104.21.0.1", 1, SEVERITY_CRITICAL},
    {"listed.vercel.app", "104.21.0.1", 1, SEVERITY_HIGH},
    {"sub.listed.vercel.app", "104.21.0.1", 1, SEVERITY_HIGH},
    {"doubt.vercel.app", "104.21.0.1", 1, SEVERITY_MEDIUM},
    {"a.evil.example", "198.51.100.1", 1, SEVERITY_CRITICAL},
    {"gone.vercel.app", "104.21.0.1", 0, 0}, /* no longer valid then */
    {"notlisted.vercel.app", "104.21.0.1", 0, 0},
    {"notevil.example", "198.51.100.1", 0, 0},
    {"evil.example.org", "198.51.100.1", 0, 0},
    {"harmless.m.pipedream.net", "104.21.0.1", 1, SEVERITY_LOW}, /* its platform is listed */
    {"", "203.0.113.9", 1, SEVERITY_CRITICAL},
    {"www.example.com", "203.0.113.9", 1, SEVERITY_CRITICAL},
    {"www.example.com", "104.21.0.7", 1, SEVERITY_MEDIUM}, /* many share that address */
    {"www.example.com", "198.51.100.1", 0, 0},
};

static void test_rows(void **state)
{
    (void)state;
    for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
        struct tx t;
        tx_open(&t, &detect_listed_traffic, feed, ranges);
        tx_tls(&t, 60, "10.9.0.9", rows[i].server, rows[i].host);
        if (tx_finish(&t) != rows[i].findings) {
            fail_msg("%s at %s", rows[i].host, rows[i].server);
        }
        if (rows[i].findings > 0) {
            fx_expect_severity(&t.fx, rows[i].severity);
            assert_non_null(fx_last(&t.fx)->intel);
            tx_expect_records(&t, 1);
        }
        tx_close(&t);
    }
}

/* A name that is bad at one address: whole there, nothing elsewhere. */
static void test_pattern(void **state)
{
    (void)state;
    static const char bundle[] =
        "{\"type\":\"bundle\",\"objects\":[{\"type\":\"indicator\",\"id\":\"indicator--1\","
        "\"confidence\":90,\"name\":\"botnet C2\",\"pattern\":\"[domain-name:value = "
        "'pair.example' AND ipv4-addr:value = '198.51.100.1']\",\"object_marking_refs\":["
        "\"marking-definition--f88d31f6-486f-44da-b317-01333bde0b82\"]}]}";
    static const struct {
        const char *server;
        size_t findings;
    } at[] = {{"198.51.100.1", 2}, {"198.51.100.2", 0}}; /* the address alone is a part: low */
    for (size_t i = 0; i < ARRAY_LEN(at); i++) {
        struct tx t;
        tx_open(&t, &detect_listed_traffic, bundle, ranges);
        tx_tls(&t, 60, "10.9.0.9", at[i].server, "pair.example");
        assert_int_equal(tx_finish(&t), at[i].findings);
        size_t whole = 0;
        for (size_t k = 0; k < t.fx.run.hits.len; k++) {
            const struct hit *h = &t.fx.run.hits.at[k];
            assert_true(str_find(h->explain, STR("TLP:AMBER, botnet C2")) != SIZE_MAX);
            assert_int_equal(h->severity, h->intel->partial ? SEVERITY_LOW : SEVERITY_CRITICAL);
            whole += h->intel->partial ? 0 : 1;
        }
        assert_int_equal(whole, at[i].findings / 2);
        tx_close(&t);
    }
}

/* Flows alone, and DNS alone. */
static void test_other_logs(void **state)
{
    (void)state;
    struct tx t;
    tx_open(&t, &detect_listed_traffic, feed, ranges);
    tx_add(&t, 60, "10.9.0.9", "203.0.113.9",
           &(struct flow){
               .kind = FLOW_CONNECTION, .has_bytes = true, .bytes_out = 100, .bytes_in = 100});
    tx_add(&t, 60, "10.9.0.10", "203.0.113.9",
           &(struct flow){.kind = FLOW_CONNECTION, .has_bytes = true, .rejected = true});
    assert_int_equal(tx_finish(&t), 2);
    assert_int_equal(t.fx.run.hits.at[0].severity, SEVERITY_CRITICAL);
    assert_int_equal(t.fx.run.hits.at[1].severity, SEVERITY_MEDIUM); /* refused: an attempt */
    tx_close(&t);

    tx_open(&t, &detect_listed_traffic, feed, ranges);
    tx_add(&t, 60, "10.9.0.9", "10.0.0.53",
           &(struct flow){.kind = FLOW_DNS, .host = STR("c2.evil.workers.dev")});
    assert_int_equal(tx_finish(&t), 1);
    tx_close(&t);
}

static void test_url(void **state)
{
    (void)state;
    for (unsigned other = 0; other < 2; other++) {
        struct tx t;
        tx_open(&t, &detect_listed_traffic, feed, ranges);
        tx_add(&t, 60, "10.9.0.9", "198.51.100.1",
               &(struct flow){.kind = FLOW_HTTP,
                              .host = STR("files.example.net"),
                              .url = other ? STR("/index.html") : STR("/drop/a.bin"),
                              .status = 200});
        tx_finish(&t);
        bool url = false;
        for (size_t i = 0; i < t.fx.run.hits.len; i++) {
            url |= str_find(t.fx.run.hits.at[i].explain, STR("URL /drop/a.bin")) != SIZE_MAX;
        }
        assert_int_equal(url, !other);
        tx_close(&t);
    }
}

static void test_without_feeds(void **state)
{
    (void)state;
    struct tx t;
    tx_open(&t, &detect_listed_traffic, NULL, NULL);
    tx_tls(&t, 60, "10.9.0.9", "203.0.113.9", "c2.evil.workers.dev");
    assert_int_equal(tx_finish(&t), 0);
    tx_close(&t);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_rows),          cmocka_unit_test(test_pattern),
        cmocka_unit_test(test_other_logs),    cmocka_unit_test(test_url),
        cmocka_unit_test(test_without_feeds),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
