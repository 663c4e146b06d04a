#include "detect/test_fixture.h"

extern const struct detect_ops detect_break_glass;

static void test_use(void **state)
{
    (void)state;
    static const struct {
        const char *what, *pattern;
        enum event_kind kind;
        size_t want;
    } cases[] = {
        {"login by root name", "dana.k@example.com", EVENT_LOGIN, 1},
        {"change by role", "arn:aws:iam::111122223333:role/emergency", EVENT_CHANGE, 1},
        {"role taken on", "arn:aws:iam::111122223333:role/other", EVENT_ASSUME, 1},
        {"reading", "dana.k@example.com", EVENT_READ, 0},
        {"somebody else", "erin@example.com", EVENT_LOGIN, 0},
        {"nobody listed", NULL, EVENT_LOGIN, 0},
    };
    for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
        struct fx f;
        fx_open(&f, &detect_break_glass);
        if (cases[i].pattern != NULL) {
            assert_true(VEC_PUSH(&f.context.env.break_glass, str_of(cases[i].pattern)));
        }
        struct event *e = FX_EVENT(&f, "ConsoleLogin",
                                   FX_ATTR(ASSUMED_ROLE, "arn:aws:iam::111122223333:role/other"));
        e->kind = cases[i].kind;
        e->who.role = STR("arn:aws:iam::111122223333:role/emergency");
        if (fx_play(&f, e) != cases[i].want) {
            fail_msg("%s", cases[i].what);
        }
        VEC_FREE(&f.context.env.break_glass);
        fx_close(&f);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(test_use)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
