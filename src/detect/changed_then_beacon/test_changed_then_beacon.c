#include "detect/test_traffic.h"

extern const struct detect_ops detect_changed_then_beacon;

#define HOST "abcdefghij0123456789.lambda-url.eu-west-1.on.aws"
#define URL  "https://" HOST "/"

/* A beacon all day from 00:00; the change `days` from then. */
static const struct {
    const char *host; /* of the beacon */
    double days, every;
    bool denied;
    size_t findings;
} rows[] = {
    {HOST, 0.4, 300, false, 1},
    {HOST, -6.9, 300, false, 1}, /* first the change */
    {HOST, 7.9, 300, false, 1},  /* first the beacon */
    {HOST, -7.1, 300, false, 0},
    {HOST, 8.1, 300, false, 0},
    {HOST, 0.4, 300, true, 0},    /* nothing was changed */
    {HOST, 0.4, 20000, false, 0}, /* a few contacts are no beacon */
    {"other0123456789abcdef.lambda-url.eu-west-1.on.aws", 0.4, 300, false, 0},
};

static void test_rows(void **state)
{
    (void)state;
    for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
        struct tx t;
        tx_open(&t, &detect_changed_then_beacon, NULL, NULL);
        tx_own(&t, URL);
        struct event *e = FX_PLAIN(&t.fx, "UpdateFunctionCode");
        e->time_us = e->last_us = t.start_us + (int64_t)(rows[i].days * 86400e6);
        e->outcome = rows[i].denied ? OUTCOME_DENIED : OUTCOME_OK;
        tx_play(&t, e);
        tx_beacon(&t, "10.9.1.78", "52.1.1.1", rows[i].host, rows[i].every);
        if (tx_finish(&t) != rows[i].findings) {
            fail_msg("row %zu", i);
        }
        if (rows[i].findings > 0) {
            fx_expect_severity(&t.fx, SEVERITY_CRITICAL);
            assert_ptr_equal(fx_last(&t.fx)->event, e); /* about the change */
            tx_says(&t, "10.9.1.78 has contact with its URL " HOST);
        }
        tx_close(&t);
    }
}

static void test_other_function(void **state)
{
    (void)state;
    struct tx t;
    tx_open(&t, &detect_changed_then_beacon, NULL, NULL);
    tx_own(&t, URL);
    struct event *e = FX_PLAIN(&t.fx, "UpdateFunctionCode");
    e->function.name = STR("another");
    tx_play(&t, e);
    tx_beacon(&t, "10.9.1.78", "52.1.1.1", HOST, 300);
    assert_int_equal(tx_finish(&t), 0);
    tx_close(&t);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(test_rows),
                                       cmocka_unit_test(test_other_function)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
