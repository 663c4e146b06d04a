#include "detect/test_fixture.h"

extern const struct detect_ops detect_ci_outside;

static void range(struct fx *f, const char *text, enum range_kind kind)
{
    struct env_range r = {.kind = kind};
    assert_true(ip_prefix_parse(str_of(text), &r.prefix));
    assert_true(VEC_PUSH(&f->context.env.ranges, r));
}

static void test_where_from(void **state)
{
    (void)state;
    static const struct {
        const char *what, *address;
        enum event_kind kind;
        bool pipeline, ci;
        size_t want;
    } cases[] = {
        {"from elsewhere", "198.51.100.7", EVENT_CHANGE, true, true, 1},
        {"from elsewhere, an identity", "198.51.100.7", EVENT_IDENTITY, true, true, 1},
        {"from elsewhere, in IPv6", "2001:db8::7", EVENT_CHANGE, true, true, 1},
        {"from the office", "203.0.113.9", EVENT_CHANGE, true, true, 1},
        {"from CI", "192.0.2.40", EVENT_CHANGE, true, true, 0},
        {"through our NAT", "198.18.0.9", EVENT_CHANGE, true, true, 0},
        {"from inside", "10.1.2.3", EVENT_CHANGE, true, true, 0},
        {"by a service", "cloudformation.amazonaws.com", EVENT_DEPLOY, true, true, 0},
        {"a read", "198.51.100.7", EVENT_READ, true, true, 0},
        {"a person", "198.51.100.7", EVENT_CHANGE, false, true, 0},
        {"no range of CI is known", "198.51.100.7", EVENT_CHANGE, true, false, 0},
    };
    for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
        struct fx f;
        fx_open(&f, &detect_ci_outside);
        if (cases[i].ci) {
            range(&f, "192.0.2.0/24", RANGE_CI);
        }
        range(&f, "203.0.113.0/24", RANGE_OFFICE);
        range(&f, "198.18.0.0/24", RANGE_NAT);
        struct event *e = fx_event(&f, "UpdateFunctionCode", NULL, 0);
        struct actor by = *e->actor;
        by.pipeline = cases[i].pipeline;
        e->actor = &by;
        e->kind = cases[i].kind;
        e->address = str_of(cases[i].address);
        e->ip = (struct ip){0};
        assert_true(ip_parse(e->address, &e->ip) || cases[i].kind == EVENT_DEPLOY);
        if (fx_play(&f, e) != cases[i].want) {
            fail_msg("%s", cases[i].what);
        }
        VEC_FREE(&f.context.env.ranges);
        fx_close(&f);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(test_where_from)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
