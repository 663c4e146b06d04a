#include "context/work.h"
#include "load.h"

static const char FAMILIES[] =
    "accounts:\n  - {id: \"1\", kind: prod}\n  - {id: \"2\", kind: dev}\n"
    "job_families:\n"
    "  - {names: [\"*developer*\"], usual: [code, read], production: [read]}\n"
    "  - {names: [\"*sales*\"], usual: [login]}\n"
    "  - {names: [\"nobody\"], usual: [code], production: []}\n";

static void test_matrix(void **state)
{
    (void)state;
    static const struct {
        const char *family;
        enum event_kind kind;
        bool code;
        const char *account;
        enum work_verdict verdict;
    } rows[] = {
        {"Senior Developer", EVENT_CHANGE, true, "2", WORK_USUAL},
        {"Senior Developer", EVENT_CHANGE, true, "1", WORK_UNUSUAL},
        {"Senior Developer", EVENT_CHANGE, true, "3", WORK_UNUSUAL}, /* unknown is production */
        {"Senior Developer", EVENT_CHANGE, false, "2", WORK_UNUSUAL},
        {"Senior Developer", EVENT_READ, false, "1", WORK_USUAL},
        {"Senior Developer", EVENT_TRAFFIC, false, "1", WORK_UNKNOWN},
        {"Sales", EVENT_LOGIN, false, "1", WORK_USUAL},
        {"Sales", EVENT_IDENTITY, false, "2", WORK_UNUSUAL},
        {"Nobody", EVENT_CHANGE, true, "1", WORK_UNUSUAL},
        {"Pilot", EVENT_CHANGE, true, "1", WORK_UNKNOWN},
        {"", EVENT_CHANGE, true, "1", WORK_UNKNOWN},
    };
    struct context *c = context_new();
    assert_non_null(c);
    struct err err = {0};
    if (context_load_env_text(c, STR("env.yaml"), str_of(FAMILIES), &err) != ERR_OK) {
        fail_msg("%s", err.msg);
    }
    struct attr hash = {ATTR_CODE_HASH, STR("ab")};
    for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
        struct person p = {.job_family = str_of(rows[i].family)};
        struct event e = {.kind = rows[i].kind,
                          .account = str_of(rows[i].account),
                          .attrs = &hash,
                          .attr_count = rows[i].code ? 1 : 0};
        enum work_verdict got = work_judge(&c->env, &p, &e);
        if (got != rows[i].verdict) {
            fail_msg("row %zu: %d", i, (int)got);
        }
    }
    assert_int_equal(work_judge(&c->env, NULL, &(struct event){.kind = EVENT_READ}), WORK_UNKNOWN);
    /* What --env gives replaces what comes with the program. */
    assert_int_equal(
        work_load_usual(c, STR("x"), STR("job_families: [{names: [a], usual: []}]"), &err), ERR_OK);
    assert_int_equal(c->env.job_families.len, 3);
    context_free(c);
}

static void test_refused(void **state)
{
    (void)state;
    static const char *const texts[] = {
        "job_families: [{names: [a], usual: [fly]}]",
        "job_families: [{usual: [code]}]",
        "job_families: [{names: [a], usuall: [code]}]",
    };
    for (size_t i = 0; i < ARRAY_LEN(texts); i++) {
        struct context *c = context_new();
        struct err err = {0};
        assert_non_null(c);
        assert_int_equal(context_load_env_text(c, STR("env.yaml"), str_of(texts[i]), &err),
                         ERR_SCHEMA);
        context_free(c);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(test_matrix),
                                       cmocka_unit_test(test_refused)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
