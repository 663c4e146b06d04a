#include "detect/test_usual.h"

extern const struct detect_ops detect_first_use;

#define ROLE_ARN "arn:aws:iam::111122223333:role/pay"

/* A call of the role of "pay", by a session of the function. */
static struct event *by_role(struct fx *f, const char *service, const char *action)
{
    struct event *e = FX_PLAIN(f, action);
    e->kind = EVENT_READ;
    e->service = str_of(service);
    e->function = (struct function_key){0};
    e->address = STR("198.51.100.7");
    e->actor = NULL;
    e->who = (struct identity){.kind = IDENTITY_ROLE,
                               .principal = STR("arn:aws:sts::111122223333:assumed-role/pay/pay"),
                               .role = STR(ROLE_ARN),
                               .session_name = STR("pay")};
    return e;
}

/* On each of the days before: the role reads a secret. */
static void learn(struct fx *f, struct baseline *b, int days)
{
    for (int d = days; d > 0; d--) {
        struct event *e = by_role(f, "secretsmanager.amazonaws.com", "GetSecretValue");
        e->time_us -= d * TIME_DAY_US;
        assert_int_equal(baseline_learn(b, e), ERR_OK);
    }
}

static void open_stage(struct fx *f, struct baseline *b, int days)
{
    fx_open(f, &detect_first_use);
    baseline_init(b);
    learn(f, b, days);
    f->baseline = b;
    f->run.inventory = inventory_new(&f->context);
    assert_non_null(f->run.inventory);
    struct event *made =
        FX_EVENT(f, "CreateFunction", FX_ATTR(ROLE, "arn:aws:iam::111122223333:role/pay"));
    assert_non_null(inventory_replay(f->run.inventory, made));
}

static void close_stage(struct fx *f, struct baseline *b)
{
    inventory_free(f->run.inventory);
    baseline_free(b);
    fx_close(f);
}

static void test_role(void **state)
{
    (void)state;
    static const struct {
        const char *what, *service, *action;
        enum event_kind kind;
        int days;
        size_t hits;
    } rows[] = {
        {"buckets", "s3.amazonaws.com", "ListBuckets", EVENT_READ, 30, 1},
        {"a role", "sts.amazonaws.com", "AssumeRole", EVENT_ASSUME, 30, 1},
        {"identities", "iam.amazonaws.com", "CreateUser", EVENT_IDENTITY, 30, 1},
        {"a key", "kms.amazonaws.com", "Decrypt", EVENT_READ, 30, 1},
        {"what it always did", "secretsmanager.amazonaws.com", "GetSecretValue", EVENT_READ, 30, 0},
        {"nothing that is watched", "sts.amazonaws.com", "GetCallerIdentity", EVENT_READ, 30, 0},
        {"too little history", "s3.amazonaws.com", "ListBuckets", EVENT_READ, 12, 0},
        {"none", "s3.amazonaws.com", "ListBuckets", EVENT_READ, 0, 0},
        {"looks at identities", "iam.amazonaws.com", "ListUsers", EVENT_READ, 30, 0},
    };
    for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
        struct fx f;
        struct baseline b;
        open_stage(&f, &b, rows[i].days);
        struct event *e = by_role(&f, rows[i].service, rows[i].action);
        e->kind = rows[i].kind;
        if (fx_play(&f, e) != rows[i].hits) {
            fail_msg("%s: %zu hits", rows[i].what, f.run.hits.len);
        }
        if (rows[i].hits > 0) {
            fx_expect_severity(&f, SEVERITY_HIGH);
        }
        close_stage(&f, &b);
    }
}

static void test_not_a_functions_role(void **state)
{
    (void)state;
    struct fx f;
    struct baseline b;
    open_stage(&f, &b, 30);
    struct event *e = by_role(&f, "s3.amazonaws.com", "ListBuckets");
    e->who.role = STR("arn:aws:iam::111122223333:role/web");
    assert_int_equal(fx_play(&f, e), 0);
    e = by_role(&f, "s3.amazonaws.com", "ListBuckets");
    e->who.invoked_by = STR("athena.amazonaws.com"); /* a service, on its behalf */
    assert_int_equal(fx_play(&f, e), 0);
    f.since_us = f.now_us + TIME_HOUR_US;
    assert_int_equal(fx_play(&f, by_role(&f, "s3.amazonaws.com", "ListBuckets")), 0);
    close_stage(&f, &b);
}

static void learn_changes(struct fx *f, struct baseline *b, int from, int to)
{
    for (int d = from; d > to; d--) {
        struct event *e = FX_PLAIN(f, "UpdateFunctionConfiguration");
        e->time_us -= d * TIME_DAY_US;
        assert_int_equal(baseline_learn(b, e), ERR_OK);
    }
}

/* D62 needs 90 days: an action used on the 91st before is as good as never used. */
static void test_unused(void **state)
{
    (void)state;
    static const struct {
        const char *what;
        int days;
        int used; /* the action itself, so many days ago; 0: never */
        size_t hits;
    } rows[] = {{"never", 100, 0, 1},
                {"long ago", 100, 95, 1},
                {"last month", 100, 30, 0},
                {"short history", 60, 0, 0}};
    for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
        struct fx f;
        struct baseline b;
        open_stage(&f, &b, 0);
        if (rows[i].used > 0) {
            struct event *e = FX_PLAIN(&f, "UpdateFunctionCode");
            e->time_us -= rows[i].used * TIME_DAY_US;
            assert_int_equal(baseline_learn(&b, e), ERR_OK);
        }
        learn_changes(&f, &b, rows[i].days, 0);
        if (fx_play(&f, FX_PLAIN(&f, "UpdateFunctionCode")) != rows[i].hits) {
            fail_msg("%s: %zu hits", rows[i].what, f.run.hits.len);
        }
        assert_int_equal(fx_count(&f, "faaswatch.unused_permission_used"), rows[i].hits);
        close_stage(&f, &b);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(test_role),
                                       cmocka_unit_test(test_not_a_functions_role),
                                       cmocka_unit_test(test_unused)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
