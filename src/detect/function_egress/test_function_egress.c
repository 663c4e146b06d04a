#include "detect/test_traffic.h"

extern const struct detect_ops detect_function_egress;

static const char feed[] = "indicator,type,class,confidence\n"
                           "c2.evil.example,domain,c2,90\n"
                           "203.0.113.9,ip,malware,90\n"
                           "203.0.113.10,ip,scanner,90\n";

static const struct {
    const char *client, *server, *host;
    size_t findings;
    enum severity severity;
} rows[] = {
    {"198.51.100.10", "203.0.113.50", "c2.evil.example", 1, SEVERITY_CRITICAL},
    {"198.51.100.10", "203.0.113.9", "", 1, SEVERITY_CRITICAL},
    {"198.51.100.10", "203.0.113.10", "", 1, SEVERITY_MEDIUM},
    {"198.51.100.10", "203.0.113.50", "xmr.2miners.com", 1, SEVERITY_CRITICAL},
    {"198.51.100.10", "8.8.8.8", "dns.google", 1, SEVERITY_HIGH},
    {"198.51.100.10", "203.0.113.50", "api.example.com", 0, 0},
    {"198.51.100.10", "203.0.113.50", "not2miners.com", 0, 0},
    {"10.9.0.9", "203.0.113.50", "c2.evil.example", 0, 0}, /* behind no NAT of functions */
    {"10.9.0.9", "8.8.8.8", "dns.google", 0, 0},
};

static void test_rows(void **state)
{
    (void)state;
    for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
        struct tx t;
        tx_open(&t, &detect_function_egress, feed, NULL);
        tx_range(&t, "198.51.100.10/32", RANGE_NAT);
        tx_range(&t, "10.0.0.0/8", RANGE_INTERNAL);
        tx_tls(&t, 60, rows[i].client, rows[i].server, rows[i].host);
        if (tx_finish(&t) != rows[i].findings) {
            fail_msg("%s %s", rows[i].client, rows[i].host);
        }
        if (rows[i].findings > 0) {
            fx_expect_severity(&t.fx, rows[i].severity);
            tx_expect_records(&t, 1);
        }
        tx_close(&t);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(test_rows)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
