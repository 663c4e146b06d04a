/* The root identity behind a session. */
#include "tests/unit/inventory/world.h"

#define ANA   "arn:aws:iam::" ACCOUNT ":user/ana"
#define ROLE1 "arn:aws:iam::" ACCOUNT ":role/One"
#define ROLE2 "arn:aws:iam::" OTHER ":role/Two"
#define SESS1 "arn:aws:sts::" ACCOUNT ":assumed-role/One/s"
#define SESS2 "arn:aws:sts::" OTHER ":assumed-role/Two/s"

static void issue(struct world *w, struct event *e, const char *key)
{
    with(w, e, ATTR_ISSUED_KEY, key);
}

static void reverse(struct world *w)
{
    for (size_t i = 0; i < w->count / 2; i++) {
        struct event *e = w->order[i];
        w->order[i] = w->order[w->count - 1 - i];
        w->order[w->count - 1 - i] = e;
    }
}

/* ana -> One -> Two in another account, both accounts' records, in either order of the files. */
static void test_chain(void **state)
{
    (void)state;
    for (int other_way = 0; other_way < 2; other_way++) {
        struct world w;
        world_init(&w);
        struct event *first = call(&w, "sts AssumeRole", user("ana", ANA, "AKIA1"));
        issue(&w, first, "ASIA1");
        struct identity one = session(SESS1, ROLE1, "One", "s", "ASIA1");
        struct event *second = call(&w, "sts AssumeRole", one);
        second->shared_id = STR("sh-1");
        issue(&w, second, "ASIA2");
        /* The other account's record of the same call knows an id only. */
        struct identity stranger = {
            .kind = IDENTITY_ACCOUNT, .account = STR(ACCOUNT), .principal_id = STR("AROA1:s")};
        struct event *twin = call(&w, "sts AssumeRole", stranger);
        twin->account = STR(OTHER);
        twin->shared_id = STR("sh-1");
        issue(&w, twin, "ASIA2");
        struct identity two = session(SESS2, ROLE2, "Two", "s", "ASIA2");
        two.account = STR(OTHER);
        struct event *change = call(&w, "lambda UpdateFunctionCode", two);
        change->account = STR(OTHER);
        if (other_way != 0) {
            reverse(&w);
        }
        resolve(&w);
        expect_actor("first", first, ANA, IDENTITY_USER, true);
        expect_actor("second", second, ANA, IDENTITY_USER, true);
        expect_actor("its twin", twin, ANA, IDENTITY_USER, true);
        expect_actor("the change", change, ANA, IDENTITY_USER, true);
        assert_ptr_equal(change->actor, first->actor);
        assert_int_equal(inventory_actor_accounts(w.inv, change->actor), 2);
        assert_true(inventory_account_seen(w.inv, STR(OTHER)));
        assert_true(inventory_account_is_ours(w.inv, STR(OTHER)));
        assert_false(inventory_account_is_ours(w.inv, STR("5")));
        world_free(&w);
    }
}

static void test_unresolved(void **state)
{
    (void)state;
    struct world w;
    world_init(&w);
    struct event *e = call(&w, "lambda UpdateFunctionCode",
                           session(SESS1, ROLE1, "One", "root@example.com", "ASIA9"));
    struct event *bare =
        call(&w, "lambda UpdateFunctionCode",
             (struct identity){.kind = IDENTITY_ROLE, .account = STR(ACCOUNT), .name = STR("One")});
    struct event *nobody = call(&w, "lambda UpdateFunctionCode", (struct identity){0});
    struct event *unsigned_call =
        call(&w, "lambda InvokeFunctionUrl", (struct identity){.kind = IDENTITY_ANONYMOUS});
    struct event *own = call(&w, "sts AssumeRole", service("lambda.amazonaws.com"));
    resolve(&w);
    expect_actor("a session name proves nothing", e, ROLE1, IDENTITY_ROLE, false);
    expect_actor("a role by its name", bare, ROLE1, IDENTITY_ROLE, false);
    assert_ptr_equal(e->actor, bare->actor);
    expect_actor("nobody", nobody, "unknown", IDENTITY_UNKNOWN, false);
    expect_actor("unsigned", unsigned_call, "anonymous", IDENTITY_ANONYMOUS, true);
    expect_actor("a service", own, "lambda.amazonaws.com", IDENTITY_SERVICE, true);
    world_free(&w);
}

/* A function's own role: a service takes it up, nobody stands behind it. */
static void test_service_role(void **state)
{
    (void)state;
    struct world w;
    world_init(&w);
    issue(&w, call(&w, "sts AssumeRole", service("lambda.amazonaws.com")), "ASIA3");
    struct event *e =
        call(&w, "iam CreateUser", session(SESS1, ROLE1, "One", "my-function", "ASIA3"));
    resolve(&w);
    expect_actor("the function's role", e, ROLE1, IDENTITY_ROLE, true);
    world_free(&w);
}

static void test_persons(void **state)
{
    (void)state;
    struct world w;
    world_init(&w);
    struct identity sso =
        session("arn:aws:sts::1:assumed-role/AWSReservedSSO_Dev_1/ana@example.com", "",
                "AWSReservedSSO_Dev", "ana@example.com", "ASIA4");
    sso.kind = IDENTITY_SSO;
    struct event *here = call(&w, "lambda UpdateFunctionCode", sso);
    struct identity there = sso;
    there.account = STR(OTHER);
    there.access_key = STR("ASIA5");
    struct event *elsewhere = call(&w, "lambda UpdateFunctionCode", there);
    elsewhere->account = STR(OTHER);
    /* From single sign-on into another role. */
    struct event *on = call(&w, "sts AssumeRole", sso);
    issue(&w, on, "ASIA6");
    struct event *after =
        call(&w, "lambda UpdateFunctionCode", session(SESS1, ROLE1, "One", "x", "ASIA6"));
    resolve(&w);
    expect_actor("single sign-on", here, "ana@example.com", IDENTITY_SSO, true);
    assert_ptr_equal(here->actor, elsewhere->actor);
    assert_ptr_equal(here->actor, after->actor);
    assert_int_equal(inventory_actor_accounts(w.inv, here->actor), 2);
    world_free(&w);
}

static void test_subjects(void **state)
{
    (void)state;
    static const char subject[] = "repo:org/pay:ref:refs/heads/main";
    struct world w;
    world_init(&w);
    struct identity bearer = {.kind = IDENTITY_FEDERATED, .subject = str_of(subject)};
    struct event *begin = call(&w, "sts AssumeRoleWithWebIdentity", bearer);
    issue(&w, begin, "ASIA7");
    struct event *change =
        call(&w, "lambda UpdateFunctionCode", session(SESS1, ROLE1, "One", "ci", "ASIA7"));
    /* Only the answer names the subject. */
    struct event *begin2 = call(&w, "sts AssumeRoleWithWebIdentity", (struct identity){0});
    issue(&w, begin2, "ASIA8");
    with(&w, begin2, ATTR_FEDERATED_SUBJECT, subject);
    struct event *change2 =
        call(&w, "lambda UpdateFunctionCode", session(SESS1, ROLE1, "One", "ci", "ASIA8"));
    struct identity pod = {.kind = IDENTITY_FEDERATED,
                           .subject = STR("system:serviceaccount:pay:api")};
    struct event *workload = call(&w, "sts AssumeRoleWithWebIdentity", pod);
    resolve(&w);
    expect_actor("the token", begin, subject, IDENTITY_FEDERATED, true);
    assert_ptr_equal(begin->actor, change->actor);
    assert_ptr_equal(begin->actor, change2->actor);
    assert_true(begin->actor->pipeline);
    expect_actor("a workload", workload, "system:serviceaccount:pay:api", IDENTITY_ROLE, true);
    assert_false(workload->actor->pipeline);
    world_free(&w);
}

static void test_source_identity(void **state)
{
    (void)state;
    struct world w;
    world_init(&w);
    struct identity s = session(SESS1, ROLE1, "One", "x", "ASIA1");
    s.source_identity = STR("ana@example.com");
    struct event *alone = call(&w, "lambda UpdateFunctionCode", s);
    /* The same text, but the chain proves who set it. */
    issue(&w, call(&w, "sts AssumeRole", user("ana", ANA, "AKIA1")), "ASIA2");
    s.access_key = STR("ASIA2");
    struct event *same = call(&w, "lambda UpdateFunctionCode", s);
    issue(&w,
          call(&w, "sts AssumeRole",
               user("mallory", "arn:aws:iam::" ACCOUNT ":user/mallory", "AKIA2")),
          "ASIA3");
    s.access_key = STR("ASIA3");
    struct event *false_name = call(&w, "lambda UpdateFunctionCode", s);
    resolve(&w);
    expect_actor("source identity", alone, "ana@example.com", IDENTITY_FEDERATED, true);
    assert_true(str_eq(same->actor->root, STR("ana@example.com")));
    expect_actor("a false name", false_name, "arn:aws:iam::" ACCOUNT ":user/mallory", IDENTITY_USER,
                 true);
    world_free(&w);
}

/* What a session writes into its own AssumeRole is its word, not a proof. */
static void test_own_word(void **state)
{
    (void)state;
    struct world w;
    world_init(&w);
    struct identity claim = session(SESS2, ROLE2, "Two", "x", "ASIA2");
    claim.source_identity = STR("ana@example.com");
    /* A role whose own beginning is unknown says it is ana. */
    issue(&w, call(&w, "sts AssumeRole", session(SESS1, ROLE1, "One", "s", "ASIA1")), "ASIA2");
    struct event *role_says = call(&w, "lambda UpdateFunctionCode", claim);
    /* So does a session of CI. */
    struct event *begin =
        call(&w, "sts AssumeRoleWithWebIdentity",
             (struct identity){.kind = IDENTITY_FEDERATED, .subject = STR("repo:acme/pay:ref:x")});
    issue(&w, begin, "ASIA3");
    with(&w, begin, ATTR_FEDERATED_SUBJECT, "repo:acme/pay:ref:x");
    issue(&w, call(&w, "sts AssumeRole", session(SESS1, ROLE1, "One", "s", "ASIA3")), "ASIA4");
    claim.access_key = STR("ASIA4");
    struct event *ci_says = call(&w, "lambda UpdateFunctionCode", claim);
    /* And a session behind that, which carries the claim on. */
    issue(&w, call(&w, "sts AssumeRole", claim), "ASIA5");
    claim.access_key = STR("ASIA5");
    struct event *carried = call(&w, "lambda UpdateFunctionCode", claim);
    /* What an assertion brought is the provider's word. */
    struct event *saml =
        call(&w, "sts AssumeRoleWithSAML",
             (struct identity){.kind = IDENTITY_FEDERATED, .subject = STR("a-4711")});
    issue(&w, saml, "ASIA6");
    claim.access_key = STR("ASIA6");
    struct event *asserted = call(&w, "lambda UpdateFunctionCode", claim);
    resolve(&w);
    expect_actor("a role's word", role_says, ROLE1, IDENTITY_ROLE, false);
    expect_actor("CI's word", ci_says, "repo:acme/pay:ref:x", IDENTITY_FEDERATED, true);
    expect_actor("CI's word, carried on", carried, "repo:acme/pay:ref:x", IDENTITY_FEDERATED, true);
    expect_actor("the provider's word", asserted, "ana@example.com", IDENTITY_FEDERATED, true);
    world_free(&w);
}

/* A stranger's account names its users and people as it likes. */
static void test_strangers(void **state)
{
    (void)state;
    struct world w;
    world_init(&w);
    struct identity u = user("ana", "arn:aws:iam::" OTHER ":user/ana", "AKIA1");
    u.account = STR(OTHER);
    struct event *by_user = call(&w, "lambda UpdateFunctionCode", u);
    struct identity s = session("arn:aws:sts::" OTHER ":assumed-role/R/ana@example.com",
                                "arn:aws:iam::" OTHER ":role/R", "R", "ana@example.com", "ASIA1");
    s.kind = IDENTITY_SSO;
    s.account = STR(OTHER);
    struct event *by_person = call(&w, "lambda UpdateFunctionCode", s);
    resolve(&w);
    expect_actor("a user", by_user, "arn:aws:iam::" OTHER ":user/ana", IDENTITY_USER, false);
    expect_actor("a person", by_person, "arn:aws:sts::" OTHER ":assumed-role/R/ana@example.com",
                 IDENTITY_SSO, false);
    world_free(&w);
}

/* Hostile or damaged logs: sessions that hand out each other's keys, and long ways. */
static void test_circles(void **state)
{
    (void)state;
    struct world w;
    world_init(&w);
    struct event *a = call(&w, "sts AssumeRole", session(SESS1, ROLE1, "One", "s", "ASIA1"));
    issue(&w, a, "ASIA2");
    struct event *b = call(&w, "sts AssumeRole", session(SESS2, ROLE2, "Two", "s", "ASIA2"));
    issue(&w, b, "ASIA1");
    struct event *self = call(&w, "sts AssumeRole", session(SESS1, ROLE1, "One", "s", "ASIA3"));
    issue(&w, self, "ASIA3");
    resolve(&w);
    expect_actor("a circle", a, ROLE1, IDENTITY_ROLE, false);
    expect_actor("a circle", b, ROLE2, IDENTITY_ROLE, false);
    expect_actor("itself", self, ROLE1, IDENTITY_ROLE, false);
    world_free(&w);

    world_init(&w);
    static char keys[40][16];
    for (int i = 0; i < 40; i++) {
        snprintf(keys[i], sizeof(keys[i]), "ASIAX%d", i);
        issue(&w,
              call(&w, "sts AssumeRole",
                   i == 0 ? user("ana", ANA, "AKIA1")
                          : session(SESS1, ROLE1, "One", "s", keys[i - 1])),
              keys[i]);
    }
    resolve(&w);
    expect_actor("not too far", &w.event[10], ANA, IDENTITY_USER, true);
    expect_actor("too far", &w.event[39], ROLE1, IDENTITY_ROLE, false);
    world_free(&w);
}

/* A call that was refused hands out nothing. */
static void test_denied(void **state)
{
    (void)state;
    struct world w;
    world_init(&w);
    struct event *no = call(&w, "sts AssumeRole", user("ana", ANA, "AKIA1"));
    issue(&w, no, "ASIA1");
    no->outcome = OUTCOME_DENIED;
    no->account = STR(OTHER);
    struct event *e =
        call(&w, "lambda UpdateFunctionCode", session(SESS1, ROLE1, "One", "s", "ASIA1"));
    resolve(&w);
    expect_actor("no session", e, ROLE1, IDENTITY_ROLE, false);
    assert_int_equal(inventory_actor_accounts(w.inv, no->actor), 0);
    world_free(&w);
}

static void test_env(void **state)
{
    (void)state;
    struct world w;
    world_init(&w);
    struct env *env = &w.context->env;
    assert_true(VEC_PUSH(&env->shared_accounts, STR("*:user/breakglass")));
    struct env_pipeline p = {.name = STR(ROLE1)};
    assert_true(VEC_PUSH(&env->pipelines, p));
    struct event *e =
        call(&w, "lambda UpdateFunctionCode", session(SESS1, ROLE1, "One", "s", "ASIA1"));
    struct event *s = call(&w, "lambda UpdateFunctionCode",
                           user("breakglass", "arn:aws:iam::" ACCOUNT ":user/breakglass", "AKIA1"));
    resolve(&w);
    assert_true(e->actor->pipeline);
    assert_false(e->actor->shared);
    assert_true(s->actor->shared);
    assert_false(s->actor->pipeline);
    world_free(&w);
}

/* Another account's user is known by id once its own account's records are there. */
static void test_principal_id(void **state)
{
    (void)state;
    struct world w;
    world_init(&w);
    struct identity stranger = {
        .kind = IDENTITY_ACCOUNT, .account = STR(ACCOUNT), .principal_id = STR("AIDA1")};
    struct event *e = call(&w, "sts AssumeRole", stranger);
    e->account = STR(OTHER);
    struct event *unknown =
        call(&w, "sts AssumeRole",
             (struct identity){
                 .kind = IDENTITY_ACCOUNT, .account = STR("5"), .principal_id = STR("AROA5:x")});
    struct identity ana = user("ana", ANA, "AKIA1");
    ana.principal_id = STR("AIDA1");
    call(&w, "lambda GetFunction", ana);
    resolve(&w);
    expect_actor("by id", e, ANA, IDENTITY_USER, true);
    expect_actor("a stranger", unknown, "AROA5:x", IDENTITY_ACCOUNT, false);
    world_free(&w);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_chain),        cmocka_unit_test(test_unresolved),
        cmocka_unit_test(test_service_role), cmocka_unit_test(test_persons),
        cmocka_unit_test(test_subjects),     cmocka_unit_test(test_source_identity),
        cmocka_unit_test(test_own_word),     cmocka_unit_test(test_strangers),
        cmocka_unit_test(test_circles),      cmocka_unit_test(test_denied),
        cmocka_unit_test(test_env),          cmocka_unit_test(test_principal_id),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
