/* Google Cloud's long-running operations, its agents, and what is known of its functions. */
#include "tests/unit/inventory/world.h"

#define ANA   "ana@example.com"
#define AGENT "service-1@gcf-admin-robot.iam.gserviceaccount.com"
#define BOT   "deploy@acme-prod.iam.gserviceaccount.com"

static struct identity ana(void)
{
    return (struct identity){.kind = IDENTITY_USER, .principal = STR(ANA), .name = STR(ANA)};
}

static struct identity agent(void)
{
    return (struct identity){.kind = IDENTITY_SERVICE, .principal = STR(AGENT)};
}

static struct identity bot(void)
{
    return (struct identity){.kind = IDENTITY_ROLE,
                             .principal = STR(BOT),
                             .role = STR(BOT),
                             .account = STR("acme-prod")};
}

/* A call of Google's, about one of its functions or, with "", about none. */
static struct event *google(struct world *w, const char *service, const char *action,
                            const char *function, struct identity who)
{
    struct event *e = call(w, "x y", who);
    e->source = STR("gcp.audit");
    e->service = str_of(service);
    e->name = e->action = str_of(action);
    e->account = STR("acme-prod");
    if (*function != '\0') {
        e->function = (struct function_key){.provider = STR("gcp"),
                                            .account = STR("acme-prod"),
                                            .region = STR("eu"),
                                            .name = str_of(function)};
    }
    return e;
}

#define RUN "run.googleapis.com"
#define GCF "cloudfunctions.googleapis.com"

static void join(struct world *w)
{
    assert_true(inventory_join_operations(w->inv, w->order, &w->count));
}

static void test_two_records(void **state)
{
    (void)state;
    struct world w;
    world_init(&w);
    struct event *first = google(&w, GCF, "UpdateFunction", "pay", ana());
    with(&w, first, ATTR_OPERATION, "op1");
    with(&w, first, ATTR_OPERATION_PART, "first");
    with(&w, first, ATTR_RUNTIME, "go125");
    struct event *other = google(&w, GCF, "UpdateFunction", "refund", ana());
    with(&w, other, ATTR_OPERATION, "op2");
    with(&w, other, ATTR_OPERATION_PART, "first");
    struct event *last = google(&w, GCF, "UpdateFunction", "pay", ana());
    with(&w, last, ATTR_OPERATION, "op1");
    with(&w, last, ATTR_OPERATION_PART, "last");
    with(&w, last, ATTR_RUNTIME, "other");
    with(&w, last, ATTR_URL, "https://u");
    last->outcome = OUTCOME_FAILED;
    last->error_code = STR("INVALID_ARGUMENT");
    struct event *single = google(&w, RUN, "SetIamPolicy", "pay", ana());
    join(&w);
    assert_int_equal(w.count, 3);
    assert_ptr_equal(w.order[0], first);
    assert_ptr_equal(w.order[1], other);
    assert_ptr_equal(w.order[2], single);
    assert_int_equal(first->outcome, OUTCOME_FAILED);
    assert_true(str_eq(first->error_code, STR("INVALID_ARGUMENT")));
    assert_true(str_eq(event_attr_get(first, ATTR_RUNTIME), STR("go125")));
    assert_true(str_eq(event_attr_get(first, ATTR_URL), STR("https://u")));
    assert_false(event_has(first, ATTR_PENDING));
    assert_true(event_has(other, ATTR_PENDING));
    assert_false(event_has(single, ATTR_PENDING));
    world_free(&w);
}

/* The same id means another operation in another project or of another service. */
static void test_not_the_same(void **state)
{
    (void)state;
    struct world w;
    world_init(&w);
    struct event *first = google(&w, RUN, "CreateService", "pay", ana());
    with(&w, first, ATTR_OPERATION, "op");
    with(&w, first, ATTR_OPERATION_PART, "first");
    struct event *last = google(&w, RUN, "CreateService", "pay", ana());
    last->account = STR("acme-dev");
    with(&w, last, ATTR_OPERATION, "op");
    with(&w, last, ATTR_OPERATION_PART, "last");
    struct event *alone = google(&w, GCF, "CreateFunction", "pay", ana());
    with(&w, alone, ATTR_OPERATION, "op");
    with(&w, alone, ATTR_OPERATION_PART, "last");
    alone->outcome = OUTCOME_DENIED;
    join(&w);
    assert_int_equal(w.count, 3);
    assert_true(event_has(first, ATTR_PENDING));
    assert_false(event_has(last, ATTR_PENDING));
    assert_int_equal(alone->outcome, OUTCOME_DENIED);
    world_free(&w);
}

/* The service behind a function is told under the function's name, its calls too. */
static void test_one_name(void **state)
{
    (void)state;
    struct world w;
    world_init(&w);
    struct event *call_before = google(&w, RUN, "request", "my-fn", agent());
    (void)google(&w, GCF, "UpdateFunction", "My_fn", ana());
    struct event *service = google(&w, RUN, "ReplaceService", "my-fn", agent());
    struct event *other = google(&w, RUN, "ReplaceService", "my-fn2", agent());
    struct event *elsewhere = google(&w, RUN, "ReplaceService", "my-fn", agent());
    elsewhere->function.region = STR("us");
    join(&w);
    assert_int_equal(w.count, 5);
    assert_true(str_eq(call_before->function.name, STR("My_fn")));
    assert_true(str_eq(service->function.name, STR("My_fn")));
    assert_true(str_eq(other->function.name, STR("my-fn2")));
    assert_true(str_eq(elsewhere->function.name, STR("my-fn")));
    world_free(&w);
}

/* Clocks of two records differ: the last may stand before the first. */
static void test_last_before_first(void **state)
{
    (void)state;
    struct world w;
    world_init(&w);
    struct event *last = google(&w, RUN, "CreateService", "pay", ana());
    with(&w, last, ATTR_OPERATION, "op");
    with(&w, last, ATTR_OPERATION_PART, "last");
    struct event *first = google(&w, RUN, "CreateService", "", ana());
    with(&w, first, ATTR_OPERATION, "op");
    with(&w, first, ATTR_OPERATION_PART, "first");
    join(&w);
    assert_int_equal(w.count, 1);
    assert_ptr_equal(w.order[0], first);
    assert_true(str_eq(first->function.name, STR("pay")));
    world_free(&w);
}

static void test_agents(void **state)
{
    (void)state;
    struct world w;
    world_init(&w);
    struct event *early = google(&w, RUN, "ReplaceService", "my-fn", agent());
    struct event *change = google(&w, GCF, "UpdateFunction", "My_fn", ana());
    struct event *replaced = google(&w, RUN, "ReplaceService", "my-fn", agent());
    struct event *other = google(&w, RUN, "ReplaceService", "refund", agent());
    struct event *late = google(&w, RUN, "ReplaceService", "my-fn", agent());
    late->time_us = change->time_us + 16 * TIME_MINUTE_US;
    struct event *deployed = google(&w, RUN, "ReplaceService", "refund", bot());
    resolve(&w);
    expect_actor("before", early, AGENT, IDENTITY_SERVICE, true);
    expect_actor("the person", change, ANA, IDENTITY_USER, true);
    expect_actor("led back", replaced, ANA, IDENTITY_USER, true);
    expect_actor("another function", other, AGENT, IDENTITY_SERVICE, true);
    expect_actor("too late", late, AGENT, IDENTITY_SERVICE, true);
    expect_actor("a service account is itself", deployed, BOT, IDENTITY_ROLE, true);
    world_free(&w);
}

/* Any allocation may fail: then it says so. */
static void test_torture(void **state)
{
    (void)state;
    for (unsigned long n = 1;; n++) {
        struct world w;
        struct err err = {0};
        world_init(&w);
        struct event *first = google(&w, GCF, "UpdateFunction", "pay", ana());
        with(&w, first, ATTR_OPERATION, "op");
        with(&w, first, ATTR_OPERATION_PART, "first");
        struct event *last = google(&w, GCF, "UpdateFunction", "pay", ana());
        with(&w, last, ATTR_OPERATION, "op");
        with(&w, last, ATTR_OPERATION_PART, "last");
        (void)google(&w, RUN, "ReplaceService", "pay", agent());
        mem_torture(n);
        bool joined = inventory_join_operations(w.inv, w.order, &w.count);
        enum err_code rc = joined ? inventory_resolve(w.inv, w.order, w.count, &err) : ERR_NOMEM;
        mem_torture(0);
        world_free(&w);
        if (rc == ERR_OK) {
            assert_true(n > 1);
            return;
        }
        assert_int_equal(rc, ERR_NOMEM);
    }
}

/* ---- what is known of a function ---- */

static const struct function *replay(struct world *w, struct event *e)
{
    e->actor = NULL;
    return inventory_replay(w->inv, e);
}

static void test_state(void **state)
{
    (void)state;
    struct world w;
    world_init(&w);
    struct event *made = google(&w, RUN, "CreateService", "pay", ana());
    with(&w, made, ATTR_CODE_LOCATION, "host/p/pay@sha256:aa");
    with(&w, made, ATTR_CODE_HASH, "aa");
    with(&w, made, ATTR_ROLE, BOT);
    with(&w, made, ATTR_INGRESS, "internal");
    with(&w, made, ATTR_URL, "https://pay.run.app");
    with(&w, made, ATTR_VERSION, "pay-00001-abc");
    const struct function *f = replay(&w, made);
    assert_true(f->now.created);
    assert_true(str_eq(f->now.ingress, STR("internal")));
    assert_true(str_eq(f->now.url, STR("https://pay.run.app")));
    assert_int_equal(f->now.versions.len, 1);
    const struct function *const *list;
    assert_int_equal(inventory_functions_of_role(w.inv, STR(BOT), &list), 1);

    struct event *open = google(&w, RUN, "UpdateService", "pay", ana());
    with(&w, open, ATTR_UPDATE_MASK, "invokerIamDisabled");
    with(&w, open, ATTR_INVOKER_CHECK, "off");
    f = replay(&w, open);
    assert_true(str_eq(f->now.invoker_check, STR("off")));
    assert_true(str_eq(f->before.invoker_check, STR("")));
    assert_true(str_eq(f->now.code_hash, STR("aa")));
    assert_true(f->now.code_changed_us == made->time_us);

    struct event *code = google(&w, RUN, "ReplaceService", "pay", ana());
    with(&w, code, ATTR_CODE_LOCATION, "host/p/pay@sha256:bb");
    with(&w, code, ATTR_CODE_HASH, "bb");
    f = replay(&w, code);
    assert_true(f->now.code_changed_us == code->time_us);
    assert_true(str_eq(f->now.previous_hash, STR("aa")));

    struct event *grant = google(&w, RUN, "SetIamPolicy", "pay", ana());
    with(&w, grant, ATTR_GRANT_ACTION, "roles/run.invoker");
    with(&w, grant, ATTR_GRANT_PRINCIPAL, "allUsers");
    f = replay(&w, grant);
    assert_true(str_eq(f->now.url_auth, STR("NONE")));
    struct event *gone = google(&w, RUN, "DeleteService", "pay", ana());
    f = replay(&w, gone);
    assert_true(f->now.deleted);
    world_free(&w);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_two_records),
        cmocka_unit_test(test_not_the_same),
        cmocka_unit_test(test_last_before_first),
        cmocka_unit_test(test_one_name),
        cmocka_unit_test(test_agents),
        cmocka_unit_test(test_state),
        cmocka_unit_test(test_torture),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
