#include "detect/test_usual.h"

extern const struct detect_ops detect_regular_caller;

static uint64_t dice = 88172645463325252U;

static unsigned roll(unsigned sides)
{
    dice ^= dice << 13;
    dice ^= dice >> 7;
    dice ^= dice << 17;
    return (unsigned)(dice >> 33) % sides;
}

static void call_at(struct fx *f, int64_t second, const char *address)
{
    struct event *e = fx_call(f, NULL, 1);
    int64_t begin;
    assert_true(time_parse_rfc3339(STR("2026-11-20T00:00:00Z"), &begin));
    e->who = (struct identity){.kind = IDENTITY_ANONYMOUS};
    e->address = str_of(address);
    assert_true(ip_parse(e->address, &e->ip));
    e->time_us = e->last_us = begin + second * TIME_SECOND_US;
    assert_int_equal(fx_play(f, e), 0);
}

static void test_shapes(void **state)
{
    (void)state;
    static const struct {
        const char *what, *address;
        unsigned every, jitter, calls;
        bool open;
        size_t want;
    } rows[] = {
        {"every five minutes for a day", "203.0.113.9", 300, 5, 288, false, 1},
        {"the same at a public function", "203.0.113.9", 300, 5, 288, true, 1},
        {"ten calls", "203.0.113.9", 300, 5, 10, false, 0},
        {"from inside", "10.0.0.9", 300, 5, 288, false, 0},
        {"whenever somebody likes", "203.0.113.9", 1, 300, 288, false, 0},
    };
    for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
        struct fx f;
        fx_open(&f, &detect_regular_caller);
        if (rows[i].open) {
            assert_true(VEC_PUSH(&f.context.env.public_functions, STR("pay")));
        }
        int64_t at = 100;
        for (unsigned k = 0; k < rows[i].calls; k++) {
            at += rows[i].every;
            while (rows[i].jitter > 60 && roll(rows[i].jitter) > 0) { /* by chance */
                at++;
            }
            call_at(&f, at + roll(rows[i].jitter % 60 + 1), rows[i].address);
        }
        size_t hits = fx_finish(&f);
        if (hits != rows[i].want) {
            fail_msg("%s: %zu", rows[i].what, hits);
        }
        if (hits > 0) {
            fx_expect_severity(&f, rows[i].open ? SEVERITY_LOW : SEVERITY_HIGH);
        }
        VEC_FREE(&f.context.env.public_functions);
        fx_close(&f);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(test_shapes)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
