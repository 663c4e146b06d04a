#include "match_fixture.h"

#define LAYER_X   "arn:aws:lambda:eu-west-1:999988887777:layer:metrics:4"
#define LAYER_Y   "arn:aws:lambda:eu-west-1:666655554444:layer:tracer:1"
#define LAYER_OWN "arn:aws:lambda:eu-west-1:111122223333:layer:common:9"
#define TRUST_X                                                                                    \
    "{\"Principal\":{\"AWS\":\"arn:aws:iam::999988887777:root\"},\"Action\":\"sts:AssumeRole\"}"

/* Does the record name what is at stake? */
static const struct {
    const char *what;
    const char *record, *event, *env;
    bool want;
} rows[] = {
    {"nothing at stake", "text=Deploy everything", "", NULL, false},
    {"layer not named", "text=Change the timeout",
     "action=UpdateFunctionConfiguration|layer=" LAYER_X, NULL, false},
    {"layer by name", "text=Add layer metrics", "action=UpdateFunctionConfiguration|layer=" LAYER_X,
     NULL, true},
    {"layer by ARN", "resources=" LAYER_X, "action=UpdateFunctionConfiguration|layer=" LAYER_X,
     NULL, true},
    {"a longer name is another layer", "text=Add layer metrics-v2",
     "action=UpdateFunctionConfiguration|layer=" LAYER_X, NULL, false},
    {"one of two foreign layers", "text=Add layer metrics",
     "action=UpdateFunctionConfiguration|layer=" LAYER_X "|layer2=" LAYER_Y, NULL, false},
    {"the other publisher is allowed", "text=Add layer metrics",
     "action=UpdateFunctionConfiguration|layer=" LAYER_X "|layer2=" LAYER_Y,
     "layer_accounts: [666655554444]", true},
    {"the other is a vendor's", "text=Add layer metrics",
     "action=UpdateFunctionConfiguration|layer=" LAYER_X "|layer2=" LAYER_Y,
     "vendors: [{name: v, layer_accounts: [666655554444]}]", true},
    {"own layer by name", "text=Move to common 9",
     "action=UpdateFunctionConfiguration|layer=" LAYER_OWN, NULL, true},
    {"code alone says nothing about layers", "text=metrics",
     "action=UpdateFunctionCode|layer=" LAYER_X, NULL, false},
    {"grant to an account, not named", "text=Allow partner",
     "action=AddPermission|principal=999988887777", NULL, false},
    {"grant to an account, named", "text=Allow partner 999988887777",
     "action=AddPermission|principal=arn:aws:iam::999988887777:root", NULL, true},
    {"grant to everyone", "text=Allow partner", "action=AddPermission|principal=*", NULL, false},
    {"grant to everyone, said", "text=Make it public", "action=AddPermission|principal=*", NULL,
     true},
    {"grant to a service", "text=Trigger by s3 uploads",
     "action=AddPermission|principal=s3.amazonaws.com", NULL, true},
    {"grant to another service", "text=Trigger by sns",
     "action=AddPermission|principal=s3.amazonaws.com", NULL, false},
    {"open URL", "text=Add a function URL", "action=CreateFunctionUrlConfig|auth=NONE", NULL,
     false},
    {"open URL, said", "text=Add a public function URL", "action=CreateFunctionUrlConfig|auth=NONE",
     NULL, true},
    {"closed URL", "text=Add a function URL", "action=CreateFunctionUrlConfig|auth=AWS_IAM", NULL,
     true},
    {"open route", "text=New public API route", "action=CreateRoute|api=a1b2|auth=NONE", NULL,
     true},
    {"trust to an account, not named", "text=Trust policy of deployer",
     "fn=|iam|action=UpdateAssumeRolePolicy|role=deployer|trust=" TRUST_X, NULL, false},
    {"trust to an account, named", "text=Trust 999988887777 in deployer",
     "fn=|iam|action=UpdateAssumeRolePolicy|role=deployer|trust=" TRUST_X, NULL, true},
    {"trust of another role", "text=Trust 999988887777 in reader",
     "fn=|iam|action=UpdateAssumeRolePolicy|role=deployer|trust=" TRUST_X, NULL, false},
    {"policy by name", "text=Attach PaymentsRead to it",
     "fn=|iam|action=AttachRolePolicy|role=r|policy=arn:aws:iam::111122223333:policy/PaymentsRead",
     NULL, true},
    {"another policy", "text=Attach PaymentsRead to it",
     "fn=|iam|action=AttachRolePolicy|role=r|policy=arn:aws:iam::aws:policy/AdministratorAccess",
     NULL, false},
    {"all actions under an approved name", "text=Put policy pay-read",
     "fn=|iam|action=PutRolePolicy|role=r|policy=pay-read|document={\"Action\":\"*\"}", NULL,
     false},
    {"all actions, said", "text=Put policy pay-read, temporary admin",
     "fn=|iam|action=PutRolePolicy|role=r|policy=pay-read|document={\"Action\":\"*\"}", NULL, true},
    {"boundary", "text=Remove the boundary of r",
     "fn=|iam|action=DeleteRolePermissionsBoundary|role=r", NULL, true},
    {"key of a user", "text=Rotate the key of build-bot",
     "fn=|iam|action=CreateAccessKey|user=build-bot", NULL, true},
    {"key of another user", "text=Rotate the key of build-bot",
     "fn=|iam|action=CreateAccessKey|user=root-bot", NULL, false},
    {"signing", "text=Turn off code signing", "action=DeleteFunctionCodeSigningConfig", NULL, true},
    {"signing, not said", "text=Deploy", "action=DeleteFunctionCodeSigningConfig", NULL, false},
    {"trigger by rule", "text=Change rule nightly", "action=PutTargets|rule=nightly", NULL, true},
    {"trigger on IAM events", "text=Change rule nightly",
     "action=PutRule|rule=nightly|pattern={\"source\":[\"aws.iam\"]}", NULL, false},
    {"trigger on IAM events, said", "text=Rule nightly looks at IAM",
     "action=PutRule|rule=nightly|pattern={\"source\":[\"aws.iam\"]}", NULL, true},
    {"mapping by queue", "text=Read from queue orders",
     "action=CreateEventSourceMapping|source=arn:aws:sqs:eu-west-1:1:orders", NULL, true},
    {"destination", "text=Failures go to dlq",
     "action=PutFunctionEventInvokeConfig|destination=arn:aws:sqs:eu-west-1:1:dlq", NULL, true},
    {"log retention", "text=Set retention of /aws/lambda/pay",
     "fn=|logging|action=PutRetentionPolicy|loggroup=/aws/lambda/pay", NULL, true},
    {"trail stopped, trail named only", "text=Move trail main",
     "fn=|logging|action=StopLogging|trail=arn:aws:cloudtrail:eu-west-1:1:trail/main", NULL, false},
    {"trail stopped, said", "text=Stop trail main while moving",
     "fn=|logging|action=StopLogging|trail=arn:aws:cloudtrail:eu-west-1:1:trail/main", NULL, true},
    {"other trail", "text=Stop trail main",
     "fn=|logging|action=StopLogging|trail=arn:aws:cloudtrail:eu-west-1:1:trail/audit", NULL,
     false},
    {"new role", "text=Use role pay-exec",
     "action=UpdateFunctionConfiguration|execrole=arn:aws:iam::111122223333:role/pay-exec", NULL,
     true},
    {"other new role", "text=Use role pay-exec",
     "action=UpdateFunctionConfiguration|execrole=arn:aws:iam::111122223333:role/admin", NULL,
     false},
    {"a Worker's route", "text=Deploy pay-checkout",
     "service=cloudflare.workers|provider=cloudflare|action=CreateWorkerRoute|route=acme.example/"
     "login*",
     NULL, false},
    {"a Worker's route, named", "text=Route acme.example/login to pay-checkout",
     "service=cloudflare.workers|provider=cloudflare|action=CreateWorkerRoute|route=https://"
     "acme.example/login*",
     NULL, true},
    {"another route is named", "text=Route acme.example/cart to pay-checkout",
     "service=cloudflare.workers|provider=cloudflare|action=UpdateWorkerRoute|route=acme.example/"
     "login*",
     NULL, false},
    {"all of a zone", "text=Route acme.example to pay-checkout",
     "service=cloudflare.workers|provider=cloudflare|action=CreateWorkerRoute|route=*/*", NULL,
     false},
    {"all of a zone, said", "text=Send all traffic through pay-checkout",
     "service=cloudflare.workers|provider=cloudflare|action=CreateWorkerRoute|route=*/*", NULL,
     true},
    {"workers.dev", "text=Deploy pay-checkout",
     "service=cloudflare.workers|provider=cloudflare|action=SetWorkersDev|state=true", NULL, false},
    {"workers.dev, said", "text=Open pay-checkout at workers.dev",
     "service=cloudflare.workers|provider=cloudflare|action=SetWorkersDev|state=true", NULL, true},
    {"a Worker's secret by name", "text=Rotate STRIPE_KEY",
     "service=cloudflare.workers|provider=cloudflare|action=PutWorkerSecret|secret=STRIPE_KEY",
     NULL, true},
    {"a Worker's secret, not named", "text=Deploy pay-checkout",
     "service=cloudflare.workers|provider=cloudflare|action=PutWorkerSecret|secret=STRIPE_KEY",
     NULL, false},
    {"a Worker's cron", "text=Run it by cron each night",
     "service=cloudflare.workers|provider=cloudflare|action=SetWorkerSchedules|cron=0 3 * * *",
     NULL, true},
    {"a live tail", "text=Deploy pay-checkout",
     "service=cloudflare.workers|provider=cloudflare|action=StartWorkerTail", NULL, false},
    {"code of a Worker: nothing at stake", "text=Deploy pay-checkout",
     "service=cloudflare.workers|provider=cloudflare|action=UploadWorker", NULL, false},
    {"a token", "text=Deploy pay-checkout", "fn=|iam|service=cloudflare.iam|action=CreateToken",
     NULL, false},
    {"a token, said", "text=New API token for CI",
     "fn=|iam|service=cloudflare.iam|action=CreateToken", NULL, true},
    {"a member by mail", "text=Invite bo@acme.example",
     "fn=|iam|service=cloudflare.iam|action=AddMember|user=bo@acme.example", NULL, true},
    {"another member", "text=Invite bo@acme.example",
     "fn=|iam|service=cloudflare.iam|action=AddMember|user=eve@evil.example", NULL, false},
    {"invoker check off", "text=Deploy version 7", "provider=gcp|action=UpdateService|check=off",
     NULL, false},
    {"invoker check off, said", "text=Make the site public",
     "provider=gcp|action=UpdateService|check=off", NULL, true},
    {"invoker check off, other words", "text=Disable the invoker check",
     "provider=gcp|action=UpdateService|check=off", NULL, true},
    {"a whole service states its ingress", "text=Deploy version 7",
     "provider=gcp|action=UpdateService|ingress=all", NULL, false},
    {"ingress, said", "text=Open ingress to the internet",
     "provider=gcp|action=UpdateService|ingress=all", NULL, true},
    {"image by its registry", "text=Use images of docker.io/acme",
     "provider=gcp|action=UpdateService|image=docker.io/acme/pay@sha256:aa", NULL, true},
    {"a host that many use is no registry", "text=Use europe-docker.pkg.dev",
     "provider=gcp|action=UpdateService|image=europe-docker.pkg.dev/evil/r/pay:1", NULL, false},
    {"image, and a check that is not named", "text=Use images of docker.io/acme",
     "provider=gcp|action=UpdateService|check=off|image=docker.io/acme/pay", NULL, false},
    {"a function's own trigger and URL", "text=Deploy version 7",
     "provider=gcp|action=UpdateFunction|url=https://x|source=projects/p/topics/t", NULL, false},
    {"a function's own trigger stands not in the way", "text=Make it public",
     "provider=gcp|action=UpdateFunction|check=off|url=https://x|source=projects/p/topics/t", NULL,
     true},
    {"grant to all users", "text=Allow partner",
     "provider=gcp|action=SetIamPolicy|principal=allUsers", NULL, false},
    {"grant to all users, said", "text=Allow unauthenticated calls",
     "provider=gcp|action=SetIamPolicy|principal=allUsers", NULL, true},
    {"grant to a person by mail", "text=Let bo@example.com call it",
     "provider=gcp|action=SetIamPolicy|principal=user:bo@example.com", NULL, true},
    {"audit logs gone", "text=Clean up the policy",
     "fn=|iam|action=SetIamPolicy|unaudited=allServices DATA_READ", NULL, false},
    {"audit logs gone, said", "text=Turn off data access logs",
     "fn=|iam|action=SetIamPolicy|unaudited=allServices DATA_READ", NULL, true},
};

static void test_rows(void **state)
{
    (void)state;
    size_t bad = 0;
    for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
        CLEANUP(arena_free) struct arena a = {0};
        CLEANUP(change_match_free) struct change_match m = {0};
        struct event_box b;
        CLEANUP(done) struct context *c = match_context(rows[i].env, rows[i].record, false);
        event_init(&b, rows[i].event);
        assert_int_equal(change_match_event(c, &b.e, false, &a, &m, NULL), ERR_OK);
        assert_non_null(m.change);
        if (m.names_nature != rows[i].want) {
            print_message("%s: %d\n", rows[i].what, m.names_nature);
            bad++;
        }
    }
    assert_int_equal(bad, 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(test_rows)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
