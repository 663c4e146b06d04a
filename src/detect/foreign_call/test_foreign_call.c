#include "detect/test_fixture.h"

extern const struct detect_ops detect_foreign_call;

static struct event *call(struct fx *f, const char *account, enum identity_kind kind)
{
    struct event *e = FX_PLAIN(f, "Invoke");
    e->kind = EVENT_INVOKE;
    e->data_event = true;
    e->who.account = str_of(account);
    e->who.kind = kind;
    e->actor = NULL;
    return e;
}

static void test_rows(void **state)
{
    (void)state;
    static const struct {
        const char *account;
        enum identity_kind kind;
        size_t hits;
    } rows[] = {{"999988887777", IDENTITY_ROLE, 1},
                {"999988887777", IDENTITY_ACCOUNT, 1},
                {"999988887777", IDENTITY_SERVICE, 0},
                {"111122223333", IDENTITY_ROLE, 0},
                {"", IDENTITY_ANONYMOUS, 0}};
    for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
        struct fx f;
        fx_open(&f, &detect_foreign_call);
        assert_int_equal(fx_play(&f, call(&f, rows[i].account, rows[i].kind)), rows[i].hits);
        fx_close(&f);
    }
}

/* A refused call is an attempt; a change from outside is another detection's. */
static void test_others(void **state)
{
    (void)state;
    struct fx f;
    fx_open(&f, &detect_foreign_call);
    struct event *e = call(&f, "999988887777", IDENTITY_ROLE);
    e->outcome = OUTCOME_DENIED;
    assert_int_equal(fx_play(&f, e), 1);
    fx_expect_severity(&f, SEVERITY_LOW);
    e = call(&f, "999988887777", IDENTITY_ROLE);
    e->kind = EVENT_CHANGE;
    assert_int_equal(fx_play(&f, e), 0);
    fx_close(&f);
}

static void test_vendor(void **state)
{
    (void)state;
    struct fx f;
    fx_open(&f, &detect_foreign_call);
    struct str principals[] = {STR("*watcher*")};
    struct str actions[] = {STR("Invoke")};
    struct env_vendor v = {.name = STR("Watcher"),
                           .principals = {.at = principals, .len = 1},
                           .actions = {.at = actions, .len = 1},
                           .until_us = TIME_NONE};
    assert_true(VEC_PUSH(&f.context.env.vendors, v));
    struct event *e = call(&f, "999988887777", IDENTITY_ROLE);
    e->who.principal = STR("arn:aws:sts::999988887777:assumed-role/watcher/run");
    assert_int_equal(fx_play(&f, e), 0);
    VEC_FREE(&f.context.env.vendors);
    fx_close(&f);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_rows),
        cmocka_unit_test(test_others),
        cmocka_unit_test(test_vendor),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
