#include "../../../tests/unit/context/load.h"

static const char text[] = "entity,kind,from,until,why,who\n"
                           "pay-*,function,2026-11-20,2026-12-20,restored,farid\n"
                           "198.51.100.0/24,address,,2026-12-04T12:00:00Z,,\n"
                           "dana@example.com,,,2026-12-04,,\n"
                           "x,host,,2026-12-04,,\n"
                           ",,,2026-12-04,,\n"
                           "y,,,,,\n";

static void skips(const struct context *c, uint64_t line, const char *why)
{
    for (size_t i = 0; i < c->skipped.len; i++) {
        if (c->skipped.at[i].line == line) {
            if (str_find(c->skipped.at[i].reason, str_of(why)) == SIZE_MAX) {
                fail_msg("%.*s lacks %s", STR_ARG(c->skipped.at[i].reason), why);
            }
            return;
        }
    }
    fail_msg("line %d was not skipped", (int)line);
}

static void test_csv(void **state)
{
    (void)state;
    CLEANUP(done) struct context *c = loaded(CONTEXT_WATCH, "w.csv", NULL, text);
    assert_int_equal(c->watched.len, 3);
    const struct watched *w = &c->watched.at[0];
    same(w->entity, "pay-*");
    same(w->why, "restored");
    same(w->who, "farid");
    same(w->origin, "w.csv:2");
    assert_int_equal(w->kind, WATCH_FUNCTION);
    at_time(w->from_us, "2026-11-20T00:00:00Z");
    at_time(w->until_us, "2026-12-21T00:00:00Z");
    assert_int_equal(c->watched.at[1].kind, WATCH_ADDRESS);
    assert_true(c->watched.at[1].is_range);
    assert_int_equal(c->watched.at[2].kind, WATCH_ANY);
    skips(c, 5, "is not any, function");
    skips(c, 6, "entity and until");
    skips(c, 7, "for ever");
}

/* Whom it meets, and when. */
static void test_meets(void **state)
{
    (void)state;
    static const struct {
        const char *kind, *entity;
        bool meets;
    } rows[] = {
        {"function", "pay-*", true},
        {"function", "aws/1/eu-west-1/pay-hook", true},
        {"actor", "pay-*", false},
        {"any", "PAY-hook", true},
        {"actor", "dana@example.com", true},
        {"any", "dana@*", true},
        {"function", "dana@example.com", false},
        {"role", "arn:aws:iam::1:role/ci", true},
        {"role", "ci", true},
        {"actor", "arn:aws:iam::1:role/ci", false},
        {"address", "198.51.100.7", true},
        {"any", "198.51.100.0/24", true},
        {"address", "198.51.101.0/24", false},
        {"any", "other", false},
    };
    struct actor dana = {.root = STR("dana@example.com"), .kind = IDENTITY_SSO, .resolved = true};
    struct event e = {.actor = &dana, .address = STR("198.51.100.7")};
    e.function = (struct function_key){STR("aws"), STR("1"), STR("eu-west-1"), STR("pay-hook")};
    e.who.role = STR("arn:aws:iam::1:role/ci");
    assert_true(ip_parse(e.address, &e.ip));
    for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
        char csv[256];
        (void)snprintf(csv, sizeof(csv), "entity,kind,from,until\n%s,%s,2026-11-20,2026-11-20\n",
                       rows[i].entity, rows[i].kind);
        CLEANUP(done) struct context *c = loaded(CONTEXT_WATCH, "w.csv", NULL, csv);
        e.time_us = time_of_date(2026, 11, 20) + TIME_HOUR_US;
        if ((context_watch_of(c, &e) != NULL) != rows[i].meets) {
            fail_msg("%s %s", rows[i].kind, rows[i].entity);
        }
        e.time_us -= 2 * TIME_HOUR_US;
        assert_null(context_watch_of(c, &e));
        e.time_us += 2 * TIME_DAY_US;
        assert_null(context_watch_of(c, &e));
        e.time_us = TIME_NONE; /* nobody can say that it is over */
        assert_int_equal(context_watch_of(c, &e) != NULL, rows[i].meets);
    }
}

static void test_refused(void **state)
{
    (void)state;
    refused(CONTEXT_WATCH, "w.csv", NULL, "entity,why\n", ERR_SCHEMA, "w.csv|until|columns:");
}

static void test_torture(void **state)
{
    (void)state;
    torture(CONTEXT_WATCH, "w.csv", NULL, text);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_csv),
        cmocka_unit_test(test_meets),
        cmocka_unit_test(test_refused),
        cmocka_unit_test(test_torture),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
