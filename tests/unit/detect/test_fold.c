#include "detect/fold.h"
#include "detect/test_fixture.h"

static enum err_code never(void *state, const struct detect_view *v, struct err *err)
{
    (void)state;
    (void)v;
    (void)err;
    return ERR_OK;
}

static const struct detect_ops no_ops = {.on_event = never, .state_size = 1};

static const struct detection on_function = {.id = STR_INIT("t.function"),
                                             .title = STR_INIT("A function was touched"),
                                             .severity = SEVERITY_HIGH,
                                             .confidence = 0.5,
                                             .entity = ENTITY_FUNCTION};
static const struct detection on_address = {.id = STR_INIT("t.address"),
                                            .title = STR_INIT("An address called"),
                                            .severity = SEVERITY_MEDIUM,
                                            .entity = ENTITY_ADDRESS};
static const struct detection on_role = {.id = STR_INIT("t.role"),
                                         .title = STR_INIT("A role was touched"),
                                         .severity = SEVERITY_INFORMATIONAL,
                                         .entity = ENTITY_ROLE};

static void hit(struct fx *f, const struct detection *d, const struct event *e, const char *text)
{
    struct detect_hit h = {.detection = d, .severity = d->severity, .explain = str_of(text)};
    assert_int_equal(hit_add(&f->run.hits, e, &h, &f->run.arena), ERR_OK);
}

static struct finding_list fold(struct fx *f)
{
    struct finding_list out = {0};
    struct err err = {0};
    assert_int_equal(fold_hits(&f->run.hits, &f->run.arena, &out, &err), ERR_OK);
    return out;
}

static void free_list(struct finding_list *l)
{
    for (size_t i = 0; i < l->len; i++) {
        finding_free(l->at[i]);
    }
    VEC_FREE(l);
}

static void test_repeats_are_one(void **state)
{
    (void)state;
    struct fx f;
    fx_open(&f, &no_ops);
    struct event *a = FX_PLAIN(&f, "UpdateFunctionCode");
    struct event *b = FX_PLAIN(&f, "UpdateFunctionCode");
    struct event *c = FX_PLAIN(&f, "UpdateFunctionCode");
    a->address = STR("203.0.113.7");
    b->address = STR("198.51.100.9");
    c->address = STR("203.0.113.7");
    b->count = 40;
    b->last_us = b->time_us + 5 * TIME_SECOND_US;
    hit(&f, &on_function, b, "second");
    hit(&f, &on_function, c, "third");
    hit(&f, &on_function, a, "first");
    hit(&f, &on_function, a, "first again");
    struct finding_list l = fold(&f);
    assert_int_equal(l.len, 1);
    const struct finding *g = l.at[0];
    assert_int_equal(g->count, 42);
    assert_int_equal(g->denied, 0);
    assert_int_equal(g->events.len, 3);
    assert_true(g->first_us == a->time_us && g->last_us == c->time_us);
    assert_int_equal(g->addresses.len, 2);
    assert_true(str_eq(g->addresses.at[0], STR("203.0.113.7")));
    assert_true(str_eq(g->explain, STR("first")));
    assert_true(str_eq(g->entity, STR("aws/111122223333/eu-west-1/pay")));
    assert_true(str_eq(g->function.name, STR("pay")));
    assert_int_equal(g->id.len, 12);
    free_list(&l);
    fx_close(&f);
}

static void test_refused_calls(void **state)
{
    (void)state;
    static const struct {
        const char *what;
        enum event_outcome first, second;
        const struct detection *d;
        enum severity want;
        uint64_t denied;
    } cases[] = {
        {"all refused", OUTCOME_DENIED, OUTCOME_DENIED, &on_function, SEVERITY_MEDIUM, 2},
        {"all failed", OUTCOME_FAILED, OUTCOME_FAILED, &on_function, SEVERITY_MEDIUM, 2},
        {"one went through", OUTCOME_DENIED, OUTCOME_OK, &on_function, SEVERITY_HIGH, 1},
        {"informational stays", OUTCOME_DENIED, OUTCOME_DENIED, &on_role, SEVERITY_INFORMATIONAL,
         2},
    };
    for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
        struct fx f;
        fx_open(&f, &no_ops);
        struct event *a = FX_PLAIN(&f, "UpdateFunctionCode");
        struct event *b = FX_PLAIN(&f, "UpdateFunctionCode");
        a->outcome = cases[i].first;
        b->outcome = cases[i].second;
        hit(&f, cases[i].d, a, "attempt");
        hit(&f, cases[i].d, b, "again");
        struct finding_list l = fold(&f);
        assert_int_equal(l.len, 1);
        if (l.at[0]->severity != cases[i].want || l.at[0]->denied != cases[i].denied) {
            fail_msg("%s: %s, %llu refused", cases[i].what, severity_name(l.at[0]->severity),
                     (unsigned long long)l.at[0]->denied);
        }
        /* The call that went through is the one that is told. */
        assert_true(
            str_eq(l.at[0]->explain, b->outcome == OUTCOME_OK ? STR("again") : STR("attempt")));
        free_list(&l);
        fx_close(&f);
    }
}

static void test_what_parts_findings(void **state)
{
    (void)state;
    struct fx f;
    fx_open(&f, &no_ops);
    struct event *a = FX_PLAIN(&f, "UpdateFunctionCode");
    struct event *other_actor = FX_PLAIN(&f, "UpdateFunctionCode");
    struct event *other_function = FX_PLAIN(&f, "UpdateFunctionCode");
    other_actor->actor = &f.ci;
    other_function->function.name = STR("refund");
    f.now_us += 24 * TIME_HOUR_US - 3 * TIME_MINUTE_US;
    struct event *a_day_later = FX_PLAIN(&f, "UpdateFunctionCode");
    f.now_us += 24 * TIME_HOUR_US;
    struct event *after_the_gap = FX_PLAIN(&f, "UpdateFunctionCode");
    struct event *undated = FX_PLAIN(&f, "UpdateFunctionCode");
    undated->time_us = undated->last_us = TIME_NONE;
    const struct event *all[] = {a,           other_actor,   other_function,
                                 a_day_later, after_the_gap, undated};
    for (size_t i = 0; i < ARRAY_LEN(all); i++) {
        hit(&f, &on_function, all[i], "x");
    }
    struct finding_list l = fold(&f);
    assert_int_equal(l.len, 5);
    for (size_t i = 0; i < l.len; i++) {
        bool both = l.at[i]->events.at[0] == a;
        assert_int_equal(l.at[i]->events.len, both ? 2 : 1);
        for (size_t k = 0; k < i; k++) {
            assert_false(str_eq(l.at[i]->id, l.at[k]->id));
        }
    }
    free_list(&l);
    fx_close(&f);
}

static void test_deployment_is_one(void **state)
{
    (void)state;
    struct fx f;
    fx_open(&f, &no_ops);
    struct deployment d = {.id = STR_INIT("stack/pay"), .tool = STR_INIT("CloudFormation")};
    static const char *const names[] = {"a", "b", "c", "a"};
    for (size_t i = 0; i < ARRAY_LEN(names); i++) {
        struct event *e = FX_PLAIN(&f, "UpdateFunctionCode");
        e->function.name = str_of(names[i]);
        e->deployment = &d;
        hit(&f, &on_function, e, "code changed");
    }
    struct finding_list l = fold(&f);
    assert_int_equal(l.len, 1);
    assert_int_equal(l.at[0]->functions.len, 3);
    assert_int_equal(l.at[0]->count, 4);
    assert_true(str_find(l.at[0]->explain, STR("2 more functions")) != SIZE_MAX);
    free_list(&l);
    fx_close(&f);
}

static void test_entities(void **state)
{
    (void)state;
    struct fx f;
    fx_open(&f, &no_ops);
    struct event *role = FX_EVENT(&f, "AttachRolePolicy", FX_ATTR(TARGET_ROLE, "app"),
                                  FX_ATTR(POLICY_ARN, "arn:aws:iam::aws:policy/X"));
    struct event *user = FX_EVENT(&f, "AttachUserPolicy", FX_ATTR(TARGET_USER, "eve"));
    struct event *bare = FX_PLAIN(&f, "Odd");
    bare->function = (struct function_key){0};
    bare->actor = NULL;
    bare->who = (struct identity){0};
    bare->address = STR_EMPTY;
    static const char *const want[] = {"aws/111122223333/role/app", "aws/111122223333/user/eve",
                                       "aws/111122223333", "aws/111122223333",
                                       "actor dana.k@example.com"};
    const struct {
        const struct event *e;
        enum entity_kind kind;
    } cases[] = {{role, ENTITY_ROLE},
                 {user, ENTITY_ROLE},
                 {bare, ENTITY_FUNCTION},
                 {bare, ENTITY_ADDRESS},
                 {role, ENTITY_ACTOR}};
    for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
        struct str got;
        assert_true(fold_entity(cases[i].e, cases[i].kind, &f.run.arena, &got));
        if (!str_eq(got, str_of(want[i]))) {
            fail_msg("row %zu: %.*s", i, STR_ARG(got));
        }
    }
    fx_close(&f);
}

/* The same hits in any order give the same findings with the same ids. */
static void test_order_does_not_matter(void **state)
{
    (void)state;
    struct fx f;
    fx_open(&f, &no_ops);
    const struct event *all[30];
    static const char *const names[] = {"a", "b", "c"};
    for (size_t i = 0; i < ARRAY_LEN(all); i++) {
        struct event *e = FX_PLAIN(&f, "UpdateFunctionCode");
        e->function.name = str_of(names[i % 3]);
        e->address = i % 2 == 0 ? STR("203.0.113.7") : STR("203.0.113.8");
        e->record_id = i % 5 == 0 ? STR_EMPTY : e->record_id;
        all[i] = e;
    }
    struct str ids[16];
    size_t want = 0;
    for (size_t turn = 0; turn < 20; turn++) {
        f.run.hits.len = 0;
        for (size_t i = 0; i < ARRAY_LEN(all); i++) {
            const struct event *e = all[(i * 7 + turn * 11) % ARRAY_LEN(all)];
            hit(&f, &on_function, e, "x");
            hit(&f, &on_address, e, "y");
        }
        struct finding_list l = fold(&f);
        assert_int_equal(l.len, 5);
        want = turn == 0 ? l.len : want;
        for (size_t i = 0; i < l.len; i++) {
            if (turn == 0) {
                ids[i] = l.at[i]->id;
            }
            assert_true(str_eq(ids[i], l.at[i]->id));
        }
        free_list(&l);
    }
    assert_int_equal(want, 5);
    fx_close(&f);
}

/* A record id that two records carry does not make two findings look like one. */
static void test_forged_record_id(void **state)
{
    (void)state;
    struct fx f;
    fx_open(&f, &no_ops);
    struct event *a = FX_PLAIN(&f, "UpdateFunctionCode");
    f.now_us += 30 * TIME_HOUR_US;
    struct event *b = FX_PLAIN(&f, "UpdateFunctionCode");
    b->record_id = a->record_id;
    hit(&f, &on_function, a, "x");
    hit(&f, &on_function, b, "x");
    struct finding_list l = fold(&f);
    assert_int_equal(l.len, 2);
    assert_false(str_eq(l.at[0]->id, l.at[1]->id));
    free_list(&l);
    fx_close(&f);
}

static void test_rule_hits(void **state)
{
    (void)state;
    struct fx f;
    fx_open(&f, &no_ops);
    const struct detection *const rules[] = {&on_function};
    struct event *e = FX_EVENT(&f, "CreateFunctionUrlConfig", FX_ATTR(URL_AUTH, "NONE"),
                               FX_ATTR(URL, "https://abc.lambda-url.eu-west-1.on.aws/"));
    e->hits = rules;
    e->hit_count = 1;
    assert_int_equal(hit_add_rules(&f.run.hits, e, &f.run.arena), ERR_OK);
    struct finding_list l = fold(&f);
    assert_int_equal(l.len, 1);
    assert_true(str_eq(l.at[0]->explain, STR("A function was touched: CreateFunctionUrlConfig by "
                                             "dana.k@example.com; function pay; url auth NONE")));
    assert_int_equal(l.at[0]->hosts.len, 1);
    assert_true(str_eq(l.at[0]->hosts.at[0], STR("abc.lambda-url.eu-west-1.on.aws")));
    free_list(&l);
    fx_close(&f);
}

static void test_no_memory(void **state)
{
    (void)state;
    for (unsigned long n = 1;; n++) {
        struct fx f;
        fx_open(&f, &no_ops);
        struct event *a = FX_PLAIN(&f, "UpdateFunctionCode");
        struct event *b = FX_PLAIN(&f, "UpdateFunctionCode");
        a->address = STR("203.0.113.7");
        hit(&f, &on_function, a, "x");
        hit(&f, &on_address, b, "x");
        struct finding_list l = {0};
        struct err err = {0};
        mem_torture(n);
        enum err_code rc = fold_hits(&f.run.hits, &f.run.arena, &l, &err);
        mem_torture(0);
        assert_int_equal(l.len, rc == ERR_OK ? 2 : 0);
        assert_int_equal(err.code, rc);
        free_list(&l);
        fx_close(&f);
        if (rc == ERR_OK) {
            assert_true(n > 8);
            return;
        }
        assert_int_equal(rc, ERR_NOMEM);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_repeats_are_one),
        cmocka_unit_test(test_refused_calls),
        cmocka_unit_test(test_what_parts_findings),
        cmocka_unit_test(test_deployment_is_one),
        cmocka_unit_test(test_entities),
        cmocka_unit_test(test_order_does_not_matter),
        cmocka_unit_test(test_forged_record_id),
        cmocka_unit_test(test_rule_hits),
        cmocka_unit_test(test_no_memory),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
