#include "../../../tests/unit/context/load.h"

#define HEX "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"
#define LAMBDA                                                                                     \
    "{\"Functions\":[{\"FunctionName\":\"pay\",\"FunctionArn\":\"arn:aws:lambda:eu-west-1:"        \
    "111122223333:function:pay\",\"Runtime\":\"python3.12\",\"Role\":\"arn:aws:iam::111122223333:" \
    "role/pay\",\"CodeSha256\":\"47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU=\","                  \
    "\"LastModified\":\"2026-11-20T09:00:00.000+0000\",\"Version\":\"$LATEST\"}]}"
#define URLS                                                                                       \
    "{\"FunctionUrlConfigs\":[{\"FunctionUrl\":\"https://a.lambda-url.eu-west-1.on.aws/\","        \
    "\"FunctionArn\":\"arn:aws:lambda:eu-west-1:111122223333:function:pay:live\"}]}"
#define KNATIVE                                                                                    \
    "[{\"apiVersion\":\"serving.knative.dev/v1\",\"kind\":\"Service\",\"metadata\":{\"name\":"     \
    "\"api\",\"namespace\":\"123456789012\",\"labels\":{\"cloud.googleapis.com/location\":"        \
    "\"europe-west1\"},\"annotations\":{\"serving.knative.dev/lastModifier\":\"ana@example.com\"," \
    "\"run.googleapis.com/urls\":\"[\\\"https://api-1.europe-west1.run.app\\\", "                  \
    "\\\"https://api-x-ew.a.run.app\\\"]\"}},\"spec\":{\"template\":{\"spec\":{"                   \
    "\"serviceAccountName\":\"s@p.iam.gserviceaccount.com\",\"containers\":[{\"image\":"           \
    "\"r/a@sha256:" HEX "\"}]}}},\"status\":{\"url\":\"https://api-x-ew.a.run.app\"}}]"
#define GOOGLE                                                                                     \
    "[{\"name\":\"projects/acme/locations/europe-west1/functions/hook\",\"updateTime\":"           \
    "\"2026-11-20T09:00:00Z\",\"buildConfig\":{\"runtime\":\"nodejs22\"},\"serviceConfig\":"       \
    "{\"uri\":\"https://hook-x-ew.a.run.app\",\"serviceAccountEmail\":\"s@acme\"},\"url\":"        \
    "\"https://europe-west1-acme.cloudfunctions.net/hook\"},"                                      \
    "{\"name\":\"projects/acme/locations/europe-west1/services/api\",\"uri\":\"https://u\","       \
    "\"urls\":[\"https://v\"],\"lastModifier\":\"ana@example.com\"}]"
#define SCRIPTS                                                                                    \
    "{\"success\":true,\"result\":[{\"id\":\"edge\",\"etag\":\"abc\",\"modified_on\":"             \
    "\"2026-11-20T09:00:00.000000Z\"}]}"
#define DOMAINS                                                                                    \
    "{\"result\":[{\"id\":\"1\",\"hostname\":\"pay.example.com\",\"service\":\"edge\"},"           \
    "{\"id\":\"2\",\"pattern\":\"www.example.com/login*\",\"script\":\"edge\"},"                   \
    "{\"id\":\"3\",\"pattern\":\"*.example.com/*\",\"script\":\"edge\"}]}"
#define CSV                                                                                        \
    "provider,account,region,name,url,hosts,modified_at\n"                                         \
    "AWS Lambda,111122223333,eu-west-1,pay,,a.example.com;b.example.com,2026-11-20T09:00:00Z\n"    \
    "azure,1,,x,,,\n"

static void test_lambda(void **state)
{
    (void)state;
    CLEANUP(done) struct context *c = loaded(CONTEXT_FUNCTIONS, "l.json", NULL, LAMBDA "\n" URLS);
    assert_int_equal(c->functions.len, 2);
    const struct listed_function *f = c->functions.at;
    for (size_t i = 0; i < 2; i++) {
        same(f[i].key.provider, "aws");
        same(f[i].key.account, "111122223333");
        same(f[i].key.region, "eu-west-1");
        same(f[i].key.name, "pay");
    }
    same(f[0].code_hash, HEX);
    same(f[0].role, "arn:aws:iam::111122223333:role/pay");
    at_time(f[0].modified_us, "2026-11-20T09:00:00Z");
    same(f[1].url, "https://a.lambda-url.eu-west-1.on.aws/");
    assert_true(c->given[CONTEXT_FUNCTIONS]);
}

static void test_google(void **state)
{
    (void)state;
    CLEANUP(done) struct context *c = loaded(CONTEXT_FUNCTIONS, "k.json", NULL, KNATIVE);
    const struct listed_function *f = c->functions.at;
    assert_int_equal(c->functions.len, 1);
    same(f->key.account, "123456789012");
    same(f->key.region, "europe-west1");
    same(f->key.name, "api");
    same(f->code_hash, HEX);
    same(f->modified_by, "ana@example.com");
    assert_int_equal(f->hosts.len, 2);
    same(f->hosts.at[0], "https://api-1.europe-west1.run.app");
    CLEANUP(done) struct context *d = loaded(CONTEXT_FUNCTIONS, "g.json", NULL, GOOGLE);
    assert_int_equal(d->functions.len, 2);
    same(d->functions.at[0].url, "https://hook-x-ew.a.run.app");
    same(d->functions.at[0].hosts.at[0], "https://europe-west1-acme.cloudfunctions.net/hook");
    same(d->functions.at[1].hosts.at[0], "https://v");
    same(d->functions.at[1].modified_by, "ana@example.com");
}

static void test_cloudflare(void **state)
{
    (void)state;
    CLEANUP(done) struct context *c = loaded(CONTEXT_FUNCTIONS, "s.json", NULL, SCRIPTS DOMAINS);
    assert_int_equal(c->functions.len, 4);
    const struct listed_function *f = c->functions.at;
    for (size_t i = 0; i < 4; i++) {
        same(f[i].key.name, "edge");
        same(f[i].key.account, "");
    }
    same(f[0].code_hash, "abc");
    same(f[1].hosts.at[0], "pay.example.com");
    same(f[2].hosts.at[0], "www.example.com");
    assert_int_equal(f[3].hosts.len, 0); /* a wildcard is no name */
}

static void test_csv(void **state)
{
    (void)state;
    CLEANUP(done) struct context *c = loaded(CONTEXT_FUNCTIONS, "f.csv", NULL, CSV);
    assert_int_equal(c->functions.len, 1);
    assert_int_equal(c->functions.at[0].hosts.len, 2);
    same(c->functions.at[0].key.provider, "aws");
    skipped_row(c, CONTEXT_FUNCTIONS, 3, "azure");
}

static void test_hostile(void **state)
{
    (void)state;
    refused(CONTEXT_FUNCTIONS, "x.json", NULL, "{\"Records\":[]}", ERR_SCHEMA, "x.json|lambda");
    refused(CONTEXT_FUNCTIONS, "x.csv", NULL, "name\nx\n", ERR_SCHEMA, "provider|columns:");
    CLEANUP(done)
    struct context *c = loaded(CONTEXT_FUNCTIONS, "x.json", NULL,
                               "{\"Functions\":[{\"FunctionArn\":\"arn:aws:lambda:eu-west-1:1:"
                               "function:ok\"},{\"FunctionArn\":\"arn:aws:s3:::bucket\"},7,"
                               "{\"FunctionArn\":\"arn:aws:lambda:eu-west-1:1:function:\"}]}");
    assert_int_equal(c->functions.len, 1);
    assert_int_equal(c->skips, 3);
}

static void test_memory(void **state)
{
    (void)state;
    static const char *const texts[] = {LAMBDA URLS, KNATIVE, GOOGLE, SCRIPTS DOMAINS, CSV};
    for (size_t i = 0; i < ARRAY_LEN(texts); i++) {
        torture(CONTEXT_FUNCTIONS, "f", NULL, texts[i]);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_lambda),     cmocka_unit_test(test_google),
        cmocka_unit_test(test_cloudflare), cmocka_unit_test(test_csv),
        cmocka_unit_test(test_hostile),    cmocka_unit_test(test_memory),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
