#include "detect/test_traffic.h"

extern const struct detect_ops detect_hidden_name;

#define WORKER "x1.evil.workers.dev"

static const char ranges[] =
    "{\"syncToken\":\"1\",\"createDate\":\"2026-11-01-00-00-00\",\"prefixes\":[{\"ip_prefix\":"
    "\"104.21.0.0/16\",\"region\":\"GLOBAL\",\"service\":\"CLOUDFRONT\",\"network_border_group\":"
    "\"GLOBAL\"}],\"ipv6_prefixes\":[]}";

static void dns(struct tx *t, double second, const char *host, const char *address)
{
    struct dns_answer a = {.type = STR("A"), .data = str_of(address), .ttl_s = 60};
    tx_add(
        t, second, "10.9.0.9", "10.0.0.53",
        &(struct flow){.kind = FLOW_DNS, .host = str_of(host), .answers = &a, .answer_count = 1});
}

/* The request inside is for a name that no handshake said. */
static void test_fronting(void **state)
{
    (void)state;
    struct flow http = {.kind = FLOW_HTTP,
                        .host = STR(WORKER),
                        .host_from_header = true,
                        .server_port = 443,
                        .status = 200};
    struct tx t;
    tx_open(&t, &detect_hidden_name, NULL, NULL);
    tx_tls(&t, 60, "10.9.0.9", "104.21.0.1", "cdn.example.com");
    tx_add(&t, 61, "10.9.0.9", "104.21.0.1", &http);
    assert_int_equal(tx_finish(&t), 1);
    tx_says(&t, "domain fronting");
    fx_expect_severity(&t.fx, SEVERITY_MEDIUM);
    tx_close(&t);

    /* The handshake said it too, or there is no handshake in plain HTTP. */
    for (unsigned plain = 0; plain < 2; plain++) {
        tx_open(&t, &detect_hidden_name, NULL, NULL);
        http.server_port = plain ? 80 : 443;
        if (!plain) {
            tx_tls(&t, 60, "10.9.0.9", "104.21.0.1", WORKER);
        }
        tx_add(&t, 61, "10.9.0.9", "104.21.0.1", &http);
        assert_int_equal(tx_finish(&t), 0);
        tx_close(&t);
    }
}

/* A handshake without a name, to an address that DNS gave for a worker. */
static void test_no_sni(void **state)
{
    (void)state;
    struct tx t;
    tx_open(&t, &detect_hidden_name, NULL, NULL);
    dns(&t, 60, WORKER, "104.21.0.1");
    tx_tls(&t, 61, "10.9.0.9", "104.21.0.1", "");
    assert_int_equal(tx_finish(&t), 1);
    tx_says(&t, "only DNS tells it");
    tx_close(&t);
}

static void test_tools(void **state)
{
    (void)state;
    static const struct {
        const char *host, *agent;
        size_t findings;
    } rows[] = {{WORKER, "curl/8.5.0", 1},
                {WORKER, "Go-http-client/1.1", 1},
                {WORKER, "Mozilla/5.0", 0},
                {"www.example.com", "curl/8.5.0", 0},
                {"docs.pages.dev", "curl/8.5.0", 0}};
    for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
        struct tx t;
        tx_open(&t, &detect_hidden_name, NULL, NULL);
        tx_add(&t, 60, "10.9.0.9", "104.21.0.1",
               &(struct flow){.kind = FLOW_HTTP,
                              .host = str_of(rows[i].host),
                              .user_agent = str_of(rows[i].agent),
                              .server_port = 80,
                              .status = 200});
        assert_int_equal(tx_finish(&t), rows[i].findings);
        tx_close(&t);
    }
}

/* D79 needs the range, the client's DNS, no answer with the address, and no name. */
static void test_direct(void **state)
{
    (void)state;
    static const struct {
        const char *ranges;
        bool dns, answered;
        const char *sni;
        unsigned contacts;
        size_t findings;
    } rows[] = {{ranges, true, false, "", 4, 1},
                {NULL, true, false, "", 4, 0},
                {ranges, false, false, "", 4, 0},
                {ranges, true, true, "", 4, 0},
                {ranges, true, false, "www.example.com", 4, 0},
                {ranges, true, false, "", 3, 0}};
    for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
        struct tx t;
        tx_open(&t, &detect_hidden_name, NULL, rows[i].ranges);
        if (rows[i].dns) {
            dns(&t, 1, "www.example.org", rows[i].answered ? "104.21.0.9" : "198.51.100.4");
        }
        for (unsigned k = 0; k < rows[i].contacts; k++) {
            tx_tls(&t, 60 + k * 60, "10.9.0.9", "104.21.0.9", rows[i].sni);
        }
        if (tx_finish(&t) != rows[i].findings) {
            fail_msg("row %zu", i);
        }
        tx_close(&t);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_fronting),
        cmocka_unit_test(test_no_sni),
        cmocka_unit_test(test_tools),
        cmocka_unit_test(test_direct),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
