/* Functions that exports list are ours before any event names them. */
#include "world.h"

#define LIST                                                                                       \
    "provider,account,region,name,url,hosts,role,modified_by\n"                                    \
    "aws," ACCOUNT ",eu-west-1,pay,https://Abc.lambda-url.eu-west-1.on.aws/,,"                     \
    "arn:aws:iam::" ACCOUNT ":role/pay,\n"                                                         \
    "aws," ACCOUNT ",eu-west-1,pay,,pay.example.com,,ana\n"                                        \
    "cloudflare,,,edge,,shop.example.com,,\n"                                                      \
    "gcp,123456789012,europe-west1,api,https://api-x-ew.a.run.app,,,\n"                            \
    "gcp,123456789012,europe-west1,twin,https://one.a.run.app,,,\n"                                \
    "gcp,999999999999,europe-west1,twin,https://two.a.run.app,,,\n"

static void list(struct world *w)
{
    struct err err = {0};
    *w = (struct world){.context = context_new()};
    assert_non_null(w->context);
    if (context_load_text(w->context, CONTEXT_FUNCTIONS, STR("f.csv"), STR(LIST), &err) != ERR_OK) {
        fail_msg("%s", err.msg);
    }
    w->inv = inventory_new(w->context);
    assert_non_null(w->inv);
}

static void answers(const struct world *w, const char *host, const char *name, const char *account)
{
    const struct function *f = inventory_of_host(w->inv, str_of(host));
    assert_non_null(f);
    assert_true(str_eq(f->key.name, str_of(name)));
    assert_true(str_eq(f->key.account, str_of(account)));
}

static void test_names(void **state)
{
    (void)state;
    struct world w;
    list(&w);
    answers(&w, "abc.lambda-url.eu-west-1.on.aws", "pay", ACCOUNT);
    answers(&w, "pay.example.com", "pay", ACCOUNT);
    answers(&w, "shop.example.com", "edge", "");
    answers(&w, "one.a.run.app", "twin", "123456789012");
    assert_null(inventory_of_host(w.inv, STR("three.a.run.app")));
    const struct function *f = inventory_of_host(w.inv, STR("pay.example.com"));
    assert_int_equal(f->hosts.len, 2);
    assert_true(str_eq(f->listed->modified_by, STR("ana")));
    assert_true(str_ends(f->listed->role, STR("role/pay")));
    assert_int_equal(inventory_functions(w.inv), 1);
    assert_int_equal(inventory_waiting(w.inv), 4);
    world_free(&w);
}

/* What a list says of code and role is not what was there before a change. */
static void test_no_state(void **state)
{
    (void)state;
    struct world w;
    list(&w);
    struct event *e = call(&w, "lambda UpdateFunctionConfiguration", user("ana", "arn:a", "k"));
    about(e, "pay");
    with(&w, e, ATTR_ROLE, "arn:aws:iam::" ACCOUNT ":role/other");
    resolve(&w);
    const struct function *f = inventory_replay(w.inv, e);
    assert_non_null(f->listed);
    assert_int_equal(f->before.role.len, 0);
    assert_true(str_ends(f->now.role, STR("role/other")));
    world_free(&w);
}

static void replay_as(struct world *w, const char *provider, const char *account,
                      const char *region, const char *name, size_t waiting)
{
    struct event *e = call(w, "x Y", user("ana", "arn:a", "k"));
    e->kind = EVENT_INVOKE;
    e->function =
        (struct function_key){str_of(provider), str_of(account), str_of(region), str_of(name)};
    struct function *f = inventory_replay(w->inv, e);
    assert_non_null(f);
    assert_true(str_eq(f->key.account, str_of(account)));
    size_t left = 0;
    for (size_t i = 0; i < inventory_waiting(w->inv); i++) {
        left += inventory_waiting_at(w->inv, i) != NULL;
    }
    assert_int_equal(left, waiting);
}

/* An event that says the account completes the list; two of one name are not told apart. */
static void test_taken(void **state)
{
    (void)state;
    struct world w;
    list(&w);
    replay_as(&w, "cloudflare", "a1", "", "edge", 3);
    replay_as(&w, "gcp", "acme-prod", "europe-west1", "api", 2);
    replay_as(&w, "gcp", "acme-prod", "europe-west1", "twin", 2);
    replay_as(&w, "cloudflare", "a2", "", "edge", 2); /* another account's: not the listed one */
    answers(&w, "shop.example.com", "edge", "a1");
    answers(&w, "api-x-ew.a.run.app", "api", "acme-prod");
    answers(&w, "two.a.run.app", "twin", "999999999999");
    world_free(&w);
}

static void test_memory(void **state)
{
    (void)state;
    struct context *c = context_new();
    struct err err = {0};
    assert_non_null(c);
    assert_int_equal(context_load_text(c, CONTEXT_FUNCTIONS, STR("f"), STR(LIST), &err), ERR_OK);
    struct inventory *inv = NULL;
    unsigned long n = 1;
    for (; inv == NULL; n++) {
        mem_torture(n);
        inv = inventory_new(c);
        mem_torture(0);
    }
    assert_true(n > 3);
    assert_non_null(inventory_of_host(inv, STR("two.a.run.app")));
    inventory_free(inv);
    context_free(c);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_names),
        cmocka_unit_test(test_no_state),
        cmocka_unit_test(test_taken),
        cmocka_unit_test(test_memory),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
