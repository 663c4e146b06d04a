/* What is known of a function before and after each event. */
#include "tests/unit/inventory/world.h"

#define ANA user("ana", "arn:aws:iam::" ACCOUNT ":user/ana", "AKIA1")
#define R1  "arn:aws:iam::" ACCOUNT ":role/r1"
#define R2  "arn:aws:iam::" ACCOUNT ":role/r2"

static struct event *on(struct world *w, const char *action, const char *function)
{
    char text[96];
    static char kept[WORLD_EVENTS][96];
    snprintf(text, sizeof(text), "lambda %s", action);
    memcpy(kept[w->count], text, sizeof(text));
    struct event *e = call(w, kept[w->count], ANA);
    about(e, function);
    return e;
}

static void expect(struct str got, const char *want)
{
    if (!str_eq(got, str_of(want))) {
        fail_msg("got \"%.*s\", want \"%s\"", STR_ARG(got), want);
    }
}

static void test_code(void **state)
{
    (void)state;
    struct world w;
    world_init(&w);
    struct event *create = on(&w, "CreateFunction", "pay");
    with(&w, create, ATTR_CODE_HASH, "aa");
    with(&w, create, ATTR_ROLE, R1);
    with(&w, create, ATTR_LAYERS_SET, "");
    with(&w, create, ATTR_TIMEOUT_S, "3");
    with(&w, create, ATTR_VERSION, "$LATEST");
    struct event *denied = on(&w, "UpdateFunctionCode", "pay");
    with(&w, denied, ATTR_CODE_HASH, "xx");
    denied->outcome = OUTCOME_DENIED;
    struct event *dry = on(&w, "UpdateFunctionCode", "pay");
    with(&w, dry, ATTR_CODE_HASH, "yy");
    with(&w, dry, ATTR_DRY_RUN, "");
    struct event *code = on(&w, "UpdateFunctionCode", "pay");
    with(&w, code, ATTR_CODE_HASH, "bb");
    with(&w, code, ATTR_VERSION, "2");
    struct event *layer = on(&w, "UpdateFunctionConfiguration", "pay");
    with(&w, layer, ATTR_LAYERS_SET, "");
    with(&w, layer, ATTR_LAYER, "l:1");
    with(&w, layer, ATTR_ROLE, R2);
    with(&w, layer, ATTR_CODE_HASH, "bb");
    resolve(&w);

    const struct function *f = inventory_replay(w.inv, create);
    assert_false(f->before.known);
    assert_true(f->now.known && f->now.created && f->now.layers_known);
    expect(f->now.code_hash, "aa");
    expect(f->text, "aws/" ACCOUNT "/eu-west-1/pay");
    assert_int_equal(f->now.timeout_s, 3);
    assert_int_equal(f->now.versions.len, 0);
    assert_ptr_equal(f->now.code_changed_by, create->actor);
    f = inventory_replay(w.inv, denied);
    expect(f->now.code_hash, "aa");
    f = inventory_replay(w.inv, dry);
    expect(f->now.code_hash, "aa");
    assert_int_equal(f->changes, 1);
    f = inventory_replay(w.inv, code);
    expect(f->before.code_hash, "aa");
    expect(f->now.code_hash, "bb");
    expect(f->now.previous_hash, "aa");
    assert_int_equal(f->now.previous_hash_until_us, code->time_us);
    assert_int_equal(f->now.code_changed_us, code->time_us);
    assert_int_equal(f->now.hashes.len, 2);
    assert_int_equal(f->before.hashes.len, 1);
    assert_int_equal(f->now.versions.len, 1);
    const struct function *const *of_role;
    assert_int_equal(inventory_functions_of_role(w.inv, STR(R1), &of_role), 1);
    assert_ptr_equal(of_role[0], f);
    f = inventory_replay(w.inv, layer);
    assert_int_equal(f->before.layers.len, 0);
    assert_true(f->before.layers_known);
    assert_int_equal(f->now.layers.len, 1);
    expect(f->before.role, R1);
    expect(f->now.role, R2);
    assert_int_equal(f->now.code_changed_us, code->time_us);
    assert_int_equal(inventory_functions_of_role(w.inv, STR(R1), &of_role), 0);
    assert_int_equal(inventory_functions_of_role(w.inv, STR(R2), &of_role), 1);
    assert_int_equal(inventory_functions_of_role(w.inv, STR("none"), &of_role), 0);
    assert_int_equal(inventory_functions(w.inv), 1);
    assert_ptr_equal(inventory_function_at(w.inv, 0), f);
    assert_ptr_equal(inventory_find(w.inv, &f->key), f);
    world_free(&w);
}

/* A, B, A again: each step is in the list. What no answer names is not known. */
static void test_hashes(void **state)
{
    (void)state;
    static const char *const steps[] = {"a", "b", "a", "", "c"};
    struct world w;
    world_init(&w);
    for (size_t i = 0; i < ARRAY_LEN(steps); i++) {
        struct event *e = on(&w, "UpdateFunctionCode", "pay");
        if (steps[i][0] != '\0') {
            with(&w, e, ATTR_CODE_HASH, steps[i]);
        }
    }
    struct event *shown = on(&w, "UpdateFunctionConfiguration", "pay");
    with(&w, shown, ATTR_CODE_HASH, "d");
    resolve(&w);
    const struct function *f = NULL;
    for (size_t i = 0; i < ARRAY_LEN(steps); i++) {
        f = inventory_replay(w.inv, &w.event[i]);
        expect(f->now.code_hash, steps[i]);
    }
    assert_int_equal(f->now.hashes.len, 4);
    expect(f->before.code_hash, "");
    f = inventory_replay(w.inv, shown);
    expect(f->now.code_hash, "d");
    expect(f->now.previous_hash, "c");
    assert_int_equal(f->now.code_changed_us, TIME_NONE); /* changed, nobody saw when */
    assert_null(f->now.code_changed_by);
    world_free(&w);
}

static void test_rest(void **state)
{
    (void)state;
    struct world w;
    world_init(&w);
    struct event *url = on(&w, "CreateFunctionUrlConfig", "pay");
    with(&w, url, ATTR_URL, "https://x");
    with(&w, url, ATTR_URL_AUTH, "AWS_IAM");
    struct event *open = on(&w, "UpdateFunctionUrlConfig", "pay");
    with(&w, open, ATTR_URL_AUTH, "NONE");
    struct event *map = on(&w, "CreateEventSourceMapping", "pay");
    with(&w, map, ATTR_TRIGGER_SOURCE, "arn:q");
    struct event *sink = on(&w, "PutFunctionEventInvokeConfig", "pay");
    with(&w, sink, ATTR_DESTINATION, "arn:d");
    struct event *tag = on(&w, "TagResource", "pay");
    with(&w, tag, ATTR_TAG_KEY, "owner");
    with(&w, tag, ATTR_TAG_KEY, "team");
    struct event *untag = on(&w, "UntagResource", "pay");
    with(&w, untag, ATTR_TAG_KEY, "owner");
    struct event *limit = on(&w, "PutFunctionConcurrency", "pay");
    with(&w, limit, ATTR_CONCURRENCY, "0");
    struct event *schedule = call(&w, "scheduler CreateSchedule", ANA);
    about(schedule, "pay");
    with(&w, schedule, ATTR_ROLE, R1);
    struct event *calls = on(&w, "Invoke", "pay");
    calls->kind = EVENT_INVOKE;
    calls->count = 40;
    struct event *gone_url = on(&w, "DeleteFunctionUrlConfig", "pay");
    struct event *version = on(&w, "DeleteFunction", "pay");
    version->qualifier = STR("3");
    struct event *gone = on(&w, "DeleteFunction", "pay");
    struct event *again = on(&w, "CreateFunction", "pay");
    struct event *other = call(&w, "iam CreateUser", ANA);
    resolve(&w);
    struct function *f = inventory_replay(w.inv, url);
    expect(f->now.url_auth, "AWS_IAM");
    inventory_replay(w.inv, open);
    expect(f->before.url_auth, "AWS_IAM");
    expect(f->now.url_auth, "NONE");
    expect(f->now.url, "https://x");
    inventory_replay(w.inv, map);
    assert_int_equal(f->before.triggers.len, 0);
    assert_int_equal(f->now.triggers.len, 1);
    inventory_replay(w.inv, sink);
    assert_int_equal(f->now.destinations.len, 1);
    inventory_replay(w.inv, tag);
    assert_int_equal(f->tags.len, 2);
    inventory_replay(w.inv, untag);
    assert_int_equal(f->tags.len, 1);
    expect(f->tags.at[0], "team");
    inventory_replay(w.inv, limit);
    assert_true(f->now.concurrency_known && !f->before.concurrency_known);
    inventory_replay(w.inv, schedule);
    expect(f->now.role, "");
    uint64_t changes = f->changes;
    inventory_replay(w.inv, calls);
    assert_int_equal(f->invocations, 40);
    assert_int_equal(f->changes, changes);
    inventory_replay(w.inv, gone_url);
    expect(f->now.url, "");
    inventory_replay(w.inv, version);
    assert_false(f->now.deleted);
    inventory_replay(w.inv, gone);
    assert_true(f->now.deleted && !f->before.deleted);
    inventory_replay(w.inv, again);
    assert_true(f->now.created && !f->now.deleted && f->before.deleted);
    assert_null(inventory_replay(w.inv, other));
    world_free(&w);
}

static void test_undated(void **state)
{
    (void)state;
    struct world w;
    world_init(&w);
    struct event *e = on(&w, "UpdateFunctionCode", "pay");
    with(&w, e, ATTR_CODE_HASH, "aa");
    e->time_us = e->last_us = TIME_NONE;
    resolve(&w);
    const struct function *f = inventory_replay(w.inv, e);
    assert_false(f->now.known);
    expect(f->now.code_hash, "");
    world_free(&w);
}

/* Who answers under a name: told by what set it up, not by what a caller wrote into a request. */
static void test_hosts(void **state)
{
    (void)state;
    static const struct {
        enum event_kind kind;
        const char *source;
        enum event_outcome outcome;
        bool ours;
    } rows[] = {
        {EVENT_CHANGE, "aws.cloudtrail", OUTCOME_OK, true},
        {EVENT_CHANGE, "aws.cloudtrail", OUTCOME_DENIED, false},
        {EVENT_READ, "gcp.audit", OUTCOME_OK, true},
        {EVENT_INVOKE, "gcp.load_balancer", OUTCOME_OK, false},
        {EVENT_RUN, "cloudflare.trace", OUTCOME_OK, true},
    };
    for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
        struct world w;
        world_init(&w);
        struct event *e = on(&w, "CreateFunctionUrlConfig", "pay");
        with(&w, e, ATTR_URL, "https://C2.Evil.Workers.DEV:443/x");
        e->kind = rows[i].kind;
        e->source = str_of(rows[i].source);
        e->outcome = rows[i].outcome;
        assert_non_null(inventory_replay(w.inv, e));
        bool found = inventory_of_host(w.inv, STR("c2.evil.workers.dev")) != NULL;
        assert_int_equal(found, rows[i].ours);
        world_free(&w);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_code),    cmocka_unit_test(test_hashes), cmocka_unit_test(test_rest),
        cmocka_unit_test(test_undated), cmocka_unit_test(test_hosts),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
