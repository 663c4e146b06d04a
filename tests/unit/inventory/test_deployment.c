/* Operations of infrastructure tools, and who they belong to. */
#include "tests/unit/inventory/world.h"

#define CI_ROLE "arn:aws:iam::" ACCOUNT ":role/cdk-hnb-deploy-role"
#define CFN     "arn:aws:iam::" ACCOUNT ":role/cdk-hnb-cfn-exec-role"
#define CI_SESS "arn:aws:sts::" ACCOUNT ":assumed-role/cdk-hnb-deploy-role/aws-cdk"
#define STACK   "arn:aws:cloudformation:eu-west-1:" ACCOUNT ":stack/Pay/6d1"
#define SET     "arn:aws:cloudformation:eu-west-1:" ACCOUNT ":changeSet/cdk-deploy/7e2"
#define SUBJECT "repo:org/pay:ref:refs/heads/main"

static struct identity ci(void)
{
    struct identity w = session(CI_SESS, CI_ROLE, "cdk-hnb-deploy-role", "aws-cdk", "ASIAC");
    w.subject = STR(SUBJECT);
    return w;
}

/* CloudFormation at work with the role it was given. */
static struct identity executor(void)
{
    struct identity w = session("arn:aws:sts::" ACCOUNT ":assumed-role/cdk-hnb-cfn-exec-role/"
                                "AWSCloudFormation",
                                CFN, "cdk-hnb-cfn-exec-role", "AWSCloudFormation", "ASIAX");
    w.invoked_by = STR("cloudformation.amazonaws.com");
    return w;
}

static void test_cdk(void **state)
{
    (void)state;
    struct world w;
    world_init(&w);
    struct event *set = call(&w, "cloudformation CreateChangeSet", ci());
    with(&w, set, ATTR_STACK, STACK);
    with(&w, set, ATTR_STACK, SET);
    with(&w, set, ATTR_ROLE, CFN);
    struct event *run = call(&w, "cloudformation ExecuteChangeSet", ci());
    with(&w, run, ATTR_STACK, SET);
    struct event *one = call(&w, "lambda UpdateFunctionCode", executor());
    about(one, "Pay-Api1234");
    struct event *two = call(&w, "lambda CreateFunction", executor());
    about(two, "Pay-Worker5678");
    struct event *role = call(&w, "iam CreateRole", executor());
    role->region = STR("us-east-1");
    struct event *late = call(&w, "lambda UpdateFunctionCode", executor());
    late->time_us = run->time_us + 3 * TIME_HOUR_US;
    struct event *by_hand = call(&w, "lambda UpdateFunctionCode", ci());
    resolve(&w);
    assert_non_null(run->deployment);
    assert_true(str_eq(run->deployment->tool, STR("CDK")));
    assert_ptr_equal(run->deployment, one->deployment);
    assert_ptr_equal(run->deployment, two->deployment);
    assert_ptr_equal(run->deployment, role->deployment);
    assert_int_equal(run->deployment->events, 4);
    expect_actor("who started it", one, SUBJECT, IDENTITY_FEDERATED, true);
    expect_actor("who started it", role, SUBJECT, IDENTITY_FEDERATED, true);
    assert_ptr_equal(one->deployment->actor, run->actor);
    assert_true(late->deployment != run->deployment);
    expect_actor("too late", late, CFN, IDENTITY_ROLE, false);
    assert_null(by_hand->deployment);
    world_free(&w);
}

/* A user agent that says CloudFormation is not CloudFormation. */
static void test_forged(void **state)
{
    (void)state;
    struct world w;
    world_init(&w);
    struct event *run = call(&w, "cloudformation CreateStack", ci());
    with(&w, run, ATTR_STACK, STACK);
    with(&w, run, ATTR_ROLE, CFN);
    struct identity m = executor();
    m.invoked_by = STR_EMPTY;
    struct event *e = call(&w, "lambda UpdateFunctionCode", m);
    e->user_agent = STR("cloudformation.amazonaws.com");
    e->address = STR("198.51.100.7");
    resolve(&w);
    assert_null(e->deployment);
    expect_actor("itself", e, CFN, IDENTITY_ROLE, false);
    world_free(&w);
}

/* Two people start stacks for the same role at once: nobody can say whose change this was. */
static void test_disputed(void **state)
{
    (void)state;
    struct world w;
    world_init(&w);
    struct event *a = call(&w, "cloudformation UpdateStack", ci());
    with(&w, a, ATTR_STACK, STACK);
    with(&w, a, ATTR_ROLE, CFN);
    struct event *b = call(&w, "cloudformation UpdateStack",
                           user("mallory", "arn:aws:iam::" ACCOUNT ":user/mallory", "AKIA2"));
    with(&w, b, ATTR_STACK, "Other");
    with(&w, b, ATTR_ROLE, CFN);
    struct event *e = call(&w, "lambda UpdateFunctionCode", executor());
    about(e, "fn");
    struct event *named = call(&w, "lambda UpdateFunctionCode", executor());
    about(named, "Other-Fn1");
    resolve(&w);
    expect_actor("disputed", e, CFN, IDENTITY_ROLE, false);
    assert_true(e->deployment != a->deployment && e->deployment != b->deployment);
    assert_ptr_equal(named->deployment, b->deployment);
    world_free(&w);
}

/* Without a role of its own CloudFormation acts as the caller, under other keys. */
static void test_as_caller(void **state)
{
    (void)state;
    struct world w;
    world_init(&w);
    struct event *run = call(&w, "cloudformation UpdateStack", ci());
    with(&w, run, ATTR_STACK, "Pay");
    run->user_agent = STR("aws-sam-cli/1.100 Boto3");
    struct identity w2 = ci();
    w2.subject = STR_EMPTY;
    w2.access_key = STR("ASIAF");
    w2.invoked_by = STR("cloudformation.amazonaws.com");
    struct event *e = call(&w, "lambda UpdateFunctionCode", w2);
    e->time_us = run->time_us; /* the same second, told before its start */
    struct event *elsewhere = call(&w, "lambda UpdateFunctionCode", w2);
    elsewhere->region = STR("us-west-2");
    struct event *refused = call(&w, "cloudformation UpdateStack", ci());
    refused->outcome = OUTCOME_DENIED;
    resolve(&w);
    assert_ptr_equal(run->deployment, e->deployment);
    assert_true(str_eq(e->deployment->tool, STR("CDK"))); /* the role's name says more */
    expect_actor("the caller", e, SUBJECT, IDENTITY_FEDERATED, true);
    assert_true(elsewhere->deployment != run->deployment);
    assert_null(refused->deployment);
    world_free(&w);
}

static void test_again(void **state)
{
    (void)state;
    struct world w;
    world_init(&w);
    struct event *one = call(&w, "cloudformation UpdateStack", ci());
    with(&w, one, ATTR_STACK, STACK);
    struct event *two = call(&w, "cloudformation UpdateStack", ci());
    with(&w, two, ATTR_STACK, STACK);
    resolve(&w);
    assert_true(one->deployment != two->deployment);
    assert_false(str_eq(one->deployment->id, two->deployment->id));
    world_free(&w);
}

static void test_terraform(void **state)
{
    (void)state;
    struct world w;
    world_init(&w);
    struct identity ana = user("ana", "arn:aws:iam::" ACCOUNT ":user/ana", "AKIA1");
    struct event *e[5];
    for (size_t i = 0; i < ARRAY_LEN(e); i++) {
        e[i] = call(&w, i == 2 ? "iam PutRolePolicy" : "lambda UpdateFunctionCode", ana);
        e[i]->user_agent = STR("APN/1.0 HashiCorp/1.0 Terraform/1.5.0 (+https://www.terraform.io)");
    }
    e[3]->time_us = e[3]->last_us = e[2]->time_us + 31 * TIME_MINUTE_US;
    e[4]->time_us = e[4]->last_us = e[3]->time_us + 5 * TIME_MINUTE_US;
    struct event *bare = call(&w, "lambda UpdateFunctionCode", ana);
    bare->time_us = e[4]->time_us;
    resolve(&w);
    assert_non_null(e[0]->deployment);
    assert_true(str_eq(e[0]->deployment->tool, STR("Terraform")));
    assert_ptr_equal(e[0]->deployment, e[1]->deployment);
    assert_ptr_equal(e[0]->deployment, e[2]->deployment);
    assert_true(e[2]->deployment != e[3]->deployment);
    assert_ptr_equal(e[3]->deployment, e[4]->deployment);
    expect_actor("whoever runs it", e[4], "arn:aws:iam::" ACCOUNT ":user/ana", IDENTITY_USER, true);
    assert_null(bare->deployment);
    world_free(&w);
}

static void test_torture(void **state)
{
    (void)state;
    struct world w;
    world_init(&w);
    struct event *run = call(&w, "cloudformation CreateChangeSet", ci());
    with(&w, run, ATTR_STACK, SET);
    call(&w, "cloudformation ExecuteChangeSet", ci());
    about(call(&w, "lambda CreateFunction", executor()), "Pay-1");
    struct event *e = call(&w, "lambda UpdateFunctionCode", ci());
    e->user_agent = STR("Terraform");
    about(e, "Pay-2");
    with(&w, e, ATTR_CODE_HASH, "aa");
    with(&w, e, ATTR_ROLE, CFN);
    for (unsigned long n = 1;; n++) {
        mem_torture(n);
        struct inventory *inv = inventory_new(w.context);
        struct err err = {0};
        bool ok = inv != NULL && inventory_resolve(inv, w.order, w.count, &err) == ERR_OK;
        for (size_t i = 0; ok && i < w.count; i++) {
            (void)inventory_replay(inv, w.order[i]);
            ok = !inventory_out_of_memory(inv);
        }
        mem_torture(0);
        inventory_free(inv);
        if (ok) {
            assert_true(n > 10);
            break;
        }
    }
    world_free(&w);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_cdk),      cmocka_unit_test(test_forged),
        cmocka_unit_test(test_disputed), cmocka_unit_test(test_as_caller),
        cmocka_unit_test(test_again),    cmocka_unit_test(test_terraform),
        cmocka_unit_test(test_torture),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
