#include "detect/test_traffic.h"

extern const struct detect_ops detect_alert_near_change;

static void alert(struct tx *t, double second, const char *host, uint32_t severity)
{
    tx_add(t, second, "10.9.0.9", "104.21.0.1",
           &(struct flow){.kind = FLOW_ALERT,
                          .host = str_of(host),
                          .signature = STR("ET MALWARE beacon"),
                          .signature_id = 2035595,
                          .severity = severity});
}

/* The alert comes at 09:10:00; the change of "pay" at `change` seconds into the day. */
static const struct {
    const char *host;
    uint32_t severity;
    double change; /* 0: none */
    size_t findings;
    enum severity want;
} rows[] = {
    {"x.evil.workers.dev", 1, 33000 - 299, 1, SEVERITY_HIGH},
    {"x.evil.workers.dev", 2, 33000 + 299, 1, SEVERITY_HIGH},
    {"x.evil.workers.dev", 1, 33000 + 301, 1, SEVERITY_LOW},
    {"x.evil.workers.dev", 1, 33000 - 301, 1, SEVERITY_LOW},
    {"x.evil.workers.dev", 1, 0, 1, SEVERITY_LOW},
    {"x.evil.workers.dev", 3, 33000, 0, 0}, /* not serious */
    {"www.example.com", 1, 33000, 0, 0},    /* not serverless */
    {"", 1, 33000, 0, 0},
};

static void test_rows(void **state)
{
    (void)state;
    for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
        struct tx t;
        tx_open(&t, &detect_alert_near_change, NULL, NULL);
        if (rows[i].change > 0) {
            struct event *e = FX_PLAIN(&t.fx, "UpdateFunctionCode");
            e->time_us = e->last_us = t.start_us + (int64_t)(rows[i].change * 1e6);
            tx_play(&t, e);
        }
        alert(&t, 33000, rows[i].host, rows[i].severity);
        if (tx_finish(&t) != rows[i].findings) {
            fail_msg("row %zu", i);
        }
        if (rows[i].findings > 0) {
            fx_expect_severity(&t.fx, rows[i].want);
            tx_says(&t, "ET MALWARE beacon");
            tx_expect_records(&t, 1);
        }
        tx_close(&t);
    }
}

/* The alert names nobody; a handshake of the same client and server does. */
static void test_named_by_handshake(void **state)
{
    (void)state;
    struct tx t;
    tx_open(&t, &detect_alert_near_change, NULL, NULL);
    tx_tls(&t, 32999, "10.9.0.9", "104.21.0.1", "x.evil.workers.dev");
    alert(&t, 33000, "", 1);
    alert(&t, 33001, "", 1);
    assert_int_equal(tx_finish(&t), 1);
    tx_says(&t, "on x.evil.workers.dev, 2 times");
    tx_close(&t);
}

static void test_refused_change(void **state)
{
    (void)state;
    struct tx t;
    tx_open(&t, &detect_alert_near_change, NULL, NULL);
    struct event *e = FX_PLAIN(&t.fx, "UpdateFunctionCode");
    e->time_us = e->last_us = t.start_us + 33000 * TIME_SECOND_US;
    e->outcome = OUTCOME_DENIED;
    tx_play(&t, e);
    alert(&t, 33000, "x.evil.workers.dev", 1);
    assert_int_equal(tx_finish(&t), 1);
    fx_expect_severity(&t.fx, SEVERITY_LOW);
    tx_close(&t);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_rows),
        cmocka_unit_test(test_named_by_handshake),
        cmocka_unit_test(test_refused_change),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
