#include "detect/test_traffic.h"

extern const struct detect_ops detect_beacon;

#define WORKER "x1.evil.workers.dev"

static void test_found(void **state)
{
    (void)state;
    static const double every[] = {120, 300};
    for (size_t i = 0; i < ARRAY_LEN(every); i++) {
        struct tx t;
        tx_open(&t, &detect_beacon, NULL, NULL);
        tx_crowd(&t, 30, "www.example.com");
        tx_beacon(&t, "10.9.1.78", "104.21.0.1", WORKER, every[i]);
        assert_int_equal(tx_finish(&t), 1);
        fx_expect_severity(&t.fx, SEVERITY_HIGH);
        tx_says(&t, "10.9.1.78 had contact with " WORKER);
        tx_says(&t, "1 of 31 hosts");
        assert_true(str_eq(fx_last(&t.fx)->event->address, STR("10.9.1.78")));
        tx_expect_records(&t, t.traffic.contacts.at[t.traffic.contacts.len - 1].count);
        tx_close(&t);
    }
}

/* The same rhythm elsewhere is no business of ours, nor are few or irregular contacts. */
static void test_not_found(void **state)
{
    (void)state;
    struct tx t;
    tx_open(&t, &detect_beacon, NULL, NULL);
    tx_beacon(&t, "10.9.1.78", "198.51.100.9", "ntp.example.com", 120);
    tx_beacon(&t, "10.9.1.78", "198.51.100.9", "evilworkers.dev", 120);
    tx_beacon(&t, "10.9.1.78", "198.51.100.9", "d1.cloudfront.net", 120);
    for (unsigned i = 0; i < 10; i++) {
        tx_tls(&t, i * 300, "10.9.1.78", "104.21.0.1", WORKER);
    }
    for (unsigned i = 0; i < 400; i++) {
        tx_tls(&t, 30000 + (i / 20) * 1300 + i % 20, "10.9.1.79", "104.21.0.1", WORKER);
    }
    assert_int_equal(tx_finish(&t), 0);
    tx_close(&t);
}

/* What half of all hosts do is an application. */
static void test_common(void **state)
{
    (void)state;
    struct tx t;
    tx_open(&t, &detect_beacon, NULL, NULL);
    tx_crowd(&t, 19, "vendor-agent.workers.dev");
    tx_beacon(&t, "10.9.1.78", "104.21.0.1", "vendor-agent.workers.dev", 300);
    assert_int_equal(tx_finish(&t), 1);
    fx_expect_severity(&t.fx, SEVERITY_LOW);
    tx_close(&t);
}

/* No handshake shows the name: DNS does. And where there are only questions, they are enough. */
static void test_by_dns(void **state)
{
    (void)state;
    struct dns_answer a = {.type = STR("A"), .data = STR("104.21.0.1"), .ttl_s = 60};
    struct flow dns = {.kind = FLOW_DNS, .host = STR(WORKER), .answers = &a, .answer_count = 1};
    struct flow flow = {
        .kind = FLOW_CONNECTION, .has_bytes = true, .bytes_out = 700, .bytes_in = 900};
    for (unsigned with_flows = 0; with_flows < 2; with_flows++) {
        struct tx t;
        tx_open(&t, &detect_beacon, NULL, NULL);
        for (unsigned i = 1; i < 288; i++) {
            tx_add(&t, i * 300, "10.9.1.78", "10.0.0.53", &dns);
            if (with_flows) {
                tx_add(&t, i * 300 + 1, "10.9.1.78", "104.21.0.1", &flow);
            }
        }
        assert_int_equal(tx_finish(&t), 1);
        fx_expect_severity(&t.fx, SEVERITY_HIGH);
        tx_says(&t, with_flows ? "passive DNS" : "DNS question");
        tx_says(&t, "287 times");
        tx_close(&t);
    }
}

/* A name of their own before the platform's: it is somebody else's function still. */
static void test_by_alias(void **state)
{
    (void)state;
    struct dns_answer answers[] = {
        {.name = STR("api.shop.example"), .type = STR("CNAME"), .data = STR(WORKER), .ttl_s = 300},
        {.name = STR(WORKER), .type = STR("A"), .data = STR("104.21.0.1"), .ttl_s = 60}};
    struct flow dns = {.kind = FLOW_DNS,
                       .host = STR("api.shop.example"),
                       .answers = answers,
                       .answer_count = ARRAY_LEN(answers)};
    struct tx t;
    tx_open(&t, &detect_beacon, NULL, NULL);
    tx_add(&t, 1, "10.9.1.78", "10.0.0.53", &dns);
    tx_beacon(&t, "10.9.1.78", "104.21.0.1", "api.shop.example", 300);
    assert_int_equal(tx_finish(&t), 1);
    assert_true(event_attr_is(fx_last(&t.fx)->event, ATTR_PLATFORM, STR("cloudflare")));
    tx_close(&t);
}

/* Asked for, with connections logged, and none made: an attempt. */
static void test_no_answer(void **state)
{
    (void)state;
    struct flow dns = {.kind = FLOW_DNS, .host = STR(WORKER)};
    struct tx t;
    tx_open(&t, &detect_beacon, NULL, NULL);
    tx_crowd(&t, 5, "www.example.com");
    for (unsigned i = 1; i < 288; i++) {
        tx_add(&t, i * 300, "10.9.1.78", "10.0.0.53", &dns);
    }
    assert_int_equal(tx_finish(&t), 1);
    fx_expect_severity(&t.fx, SEVERITY_MEDIUM);
    tx_close(&t);
}

static void test_own(void **state)
{
    (void)state;
    struct tx t;
    tx_open(&t, &detect_beacon, NULL, NULL);
    tx_own(&t, "https://abcdefghij0123456789.lambda-url.eu-west-1.on.aws/");
    tx_beacon(&t, "10.9.1.78", "52.1.1.1", "abcdefghij0123456789.lambda-url.eu-west-1.on.aws", 300);
    assert_int_equal(tx_finish(&t), 1);
    tx_says(&t, "our function pay");
    assert_true(str_eq(fx_last(&t.fx)->event->function.name, STR("pay")));
    tx_close(&t);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_found),    cmocka_unit_test(test_not_found),
        cmocka_unit_test(test_common),   cmocka_unit_test(test_by_dns),
        cmocka_unit_test(test_by_alias), cmocka_unit_test(test_no_answer),
        cmocka_unit_test(test_own),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
