#include "detect/test_fixture.h"

extern const struct detect_ops detect_key_networks;

static struct event *use(struct fx *f, enum event_kind kind, const char *address, int64_t minute)
{
    struct event *e = FX_PLAIN(f, kind == EVENT_CHANGE ? "UpdateFunctionCode" : "GetFunction");
    int64_t begin;
    assert_true(time_parse_rfc3339(STR("2026-11-20T09:00:00Z"), &begin));
    e->kind = kind;
    e->who.access_key = STR("ASIAEXAMPLE");
    e->time_us = e->last_us = begin + minute * TIME_MINUTE_US;
    e->address = str_of(address);
    bool is_address = ip_parse(e->address, &e->ip);
    assert_true(is_address || kind == EVENT_CHANGE);
    return e;
}

static void test_pairs(void **state)
{
    (void)state;
    static const struct {
        const char *what, *first, *second;
        enum event_kind first_kind, second_kind;
        int64_t minutes;
        const char *key; /* of the second */
        size_t want;
    } rows[] = {
        {"a change after a read", "198.51.100.7", "203.0.113.9", EVENT_READ, EVENT_CHANGE, 10,
         "ASIAEXAMPLE", 1},
        {"a read after a change", "198.51.100.7", "203.0.113.9", EVENT_CHANGE, EVENT_READ, 29,
         "ASIAEXAMPLE", 1},
        {"reads only", "198.51.100.7", "203.0.113.9", EVENT_READ, EVENT_READ, 10, "ASIAEXAMPLE", 0},
        {"an hour apart", "198.51.100.7", "203.0.113.9", EVENT_READ, EVENT_CHANGE, 60,
         "ASIAEXAMPLE", 0},
        {"the same block", "198.51.100.7", "198.51.7.9", EVENT_READ, EVENT_CHANGE, 10,
         "ASIAEXAMPLE", 0},
        {"another key", "198.51.100.7", "203.0.113.9", EVENT_READ, EVENT_CHANGE, 10, "ASIAOTHER",
         0},
        {"both families of a line", "198.51.100.7", "2001:db8::9", EVENT_READ, EVENT_CHANGE, 1,
         "ASIAEXAMPLE", 0},
        {"from inside", "198.51.100.7", "10.0.0.9", EVENT_READ, EVENT_CHANGE, 1, "ASIAEXAMPLE", 0},
        {"by a service", "198.51.100.7", "cloudformation.amazonaws.com", EVENT_READ, EVENT_CHANGE,
         1, "ASIAEXAMPLE", 0},
    };
    for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
        struct fx f;
        fx_open(&f, &detect_key_networks);
        assert_int_equal(fx_play(&f, use(&f, rows[i].first_kind, rows[i].first, 0)), 0);
        struct event *e = use(&f, rows[i].second_kind, rows[i].second, rows[i].minutes);
        e->who.access_key = str_of(rows[i].key);
        size_t hits = fx_play(&f, e);
        if (hits != rows[i].want) {
            fail_msg("%s: %zu", rows[i].what, hits);
        }
        if (hits > 0) {
            assert_int_equal(fx_count(&f, "faaswatch.key_blocks"), 1);
            fx_expect_severity(&f, SEVERITY_MEDIUM);
            assert_int_equal(fx_last(&f)->event->kind, EVENT_CHANGE);
            e->time_us += TIME_MINUTE_US;
            assert_int_equal(fx_play(&f, e), 0); /* once */
        }
        fx_close(&f);
    }
}

/* Our own ranges are one network, and a named one is surer than a block. */
static void test_own(void **state)
{
    (void)state;
    struct fx f;
    fx_open(&f, &detect_key_networks);
    const char *const own[] = {"198.51.100.0/24", "192.0.2.0/24"};
    for (size_t i = 0; i < ARRAY_LEN(own); i++) {
        struct env_range r = {.kind = RANGE_OFFICE};
        assert_true(ip_prefix_parse(str_of(own[i]), &r.prefix));
        assert_true(VEC_PUSH(&f.context.env.ranges, r));
    }
    assert_int_equal(fx_play(&f, use(&f, EVENT_READ, "198.51.100.7", 0)), 0);
    assert_int_equal(fx_play(&f, use(&f, EVENT_CHANGE, "192.0.2.7", 5)), 0);
    assert_int_equal(fx_play(&f, use(&f, EVENT_CHANGE, "203.0.113.9", 9)), 1);
    assert_int_equal(fx_count(&f, "faaswatch.key_networks"), 1);
    fx_expect_severity(&f, SEVERITY_HIGH);
    VEC_FREE(&f.context.env.ranges);
    fx_close(&f);
}

/* More networks than places: the oldest gives way, and what is told stays true. */
static void test_many(void **state)
{
    (void)state;
    struct fx f;
    char text[100][IP_TEXT_MAX];
    fx_open(&f, &detect_key_networks);
    for (int i = 0; i < 100; i++) {
        snprintf(text[i], sizeof(text[i]), "20.%d.0.1", i);
        (void)fx_play(&f, use(&f, EVENT_READ, text[i], i / 10));
    }
    assert_int_equal(f.run.hits.len, 0);
    assert_int_equal(fx_play(&f, use(&f, EVENT_CHANGE, "30.0.0.1", 10)), 7);
    fx_close(&f);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(test_pairs), cmocka_unit_test(test_own),
                                       cmocka_unit_test(test_many)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
