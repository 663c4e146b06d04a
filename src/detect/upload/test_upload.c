#include "detect/test_traffic.h"

extern const struct detect_ops detect_upload;

static void transfer(struct tx *t, const char *host, uint64_t out, uint64_t in)
{
    for (unsigned i = 0; i < 10; i++) {
        tx_tls(t, i * 60, "10.9.1.5", "104.21.0.1", host);
        tx_add(t, i * 60, "10.9.1.5", "104.21.0.1",
               &(struct flow){.kind = FLOW_CONNECTION,
                              .has_bytes = true,
                              .bytes_out = out / 10,
                              .bytes_in = in / 10});
    }
}

static const struct {
    const char *host;
    uint64_t out, in;
    size_t findings;
} rows[] = {
    {"drop.evil.workers.dev", 50000000, 1000000, 1},
    {"drop.evil.workers.dev", 50000000, 20000000, 0}, /* as much comes back */
    {"drop.evil.workers.dev", 15000000, 100000, 0},   /* little */
    {"drop.evil.workers.dev", 15000, 100, 0},
    {"backup.example.com", 50000000, 1000000, 0}, /* no serverless platform */
    {"bucket.s3.amazonaws.com", 50000000, 1000000, 0},
};

static void test_rows(void **state)
{
    (void)state;
    for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
        struct tx t;
        tx_open(&t, &detect_upload, NULL, NULL);
        transfer(&t, rows[i].host, rows[i].out, rows[i].in);
        assert_int_equal(tx_finish(&t), rows[i].findings);
        if (rows[i].findings > 0) {
            fx_expect_severity(&t.fx, SEVERITY_HIGH);
            tx_says(&t, "sent 50.0 MB");
            tx_says(&t, "10 connections");
            tx_expect_records(&t, 10);
        }
        tx_close(&t);
    }
}

/* One address serves several names: bytes go by the share of handshakes. */
static void test_shared_server(void **state)
{
    (void)state;
    struct tx t;
    tx_open(&t, &detect_upload, NULL, NULL);
    transfer(&t, "drop.evil.workers.dev", 60000000, 1000000);
    for (unsigned i = 0; i < 10; i++) {
        tx_tls(&t, i * 60 + 30, "10.9.1.5", "104.21.0.1", "www.example.com");
    }
    assert_int_equal(tx_finish(&t), 1);
    tx_says(&t, "sent 30.0 MB");
    tx_says(&t, "estimated");
    tx_close(&t);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(test_rows),
                                       cmocka_unit_test(test_shared_server)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
