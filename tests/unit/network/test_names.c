#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "base/mem.h"
#include "model/content.h"
#include "network/names.h"

static struct str shipped(void)
{
    for (size_t i = 0; content_files[i].path != NULL; i++) {
        if (strcmp(content_files[i].path, "network/serverless.tsv") == 0) {
            return str_make(content_files[i].bytes, content_files[i].len);
        }
    }
    fail_msg("no serverless.tsv in this build");
    return STR_EMPTY;
}

static struct names *load_shipped(void)
{
    struct names *n = NULL;
    struct err err = {0};
    if (names_load(shipped(), &n, &err) != ERR_OK) {
        fail_msg("%s", err.msg);
    }
    return n;
}

static const struct {
    const char *host;
    enum name_class class; /* NAME_NONE: in no pattern */
    const char *provider, *tenant;
} rows[] = {
    /* every class */
    {"abcdefghij0123456789.lambda-url.eu-west-1.on.aws", NAME_FUNCTION, "aws",
     "abcdefghij0123456789"},
    {"abcdefghij0123456789.lambda-url.mx-central-1.on.aws", NAME_FUNCTION, "aws",
     "abcdefghij0123456789"},
    {"ep1.x9y8.lambda-web.il-central-1.on.aws", NAME_FUNCTION, "aws", "ep1"},
    {"ep1.lambda-web.global.on.aws", NAME_FUNCTION, "aws", "ep1"},
    {"a1b2c3d4e5.execute-api.ap-southeast-7.amazonaws.com", NAME_GATEWAY, "aws", "a1b2c3d4e5"},
    {"a1b2c3d4e5.execute-api.cn-north-1.amazonaws.com.cn", NAME_GATEWAY, "aws", "a1b2c3d4e5"},
    {"europe-west1-acme-prod.cloudfunctions.net", NAME_FUNCTION, "google",
     "europe-west1-acme-prod"},
    {"checkout-7f3k2q-ew.a.run.app", NAME_FUNCTION, "google", "checkout-7f3k2q-ew"},
    {"ingest-133645372925.us-central1.run.app", NAME_FUNCTION, "google", "ingest-133645372925"},
    {"x7902699be.update-cdn.workers.dev", NAME_FUNCTION, "cloudflare", "update-cdn"},
    {"v2-x7902699be.update-cdn.workers.dev", NAME_FUNCTION, "cloudflare", "update-cdn"},
    {"8ad94e36.cdn-caa-sco.pages.dev", NAME_SITE, "cloudflare", "cdn-caa-sco"},
    {"billing-prod.azurewebsites.net", NAME_FUNCTION, "azure", "billing-prod"},
    {"billing-prod.scm.azurewebsites.net", NAME_FUNCTION, "azure", "scm"},
    {"shy-lake-12.azurestaticapps.net", NAME_SITE, "azure", "shy-lake-12"},
    {"acme-site.vercel.app", NAME_FUNCTION, "vercel", "acme-site"},
    {"x.deno.dev", NAME_FUNCTION, "deno", "x"},
    {"web-production-1a2b.up.railway.app", NAME_APP, "railway", "web-production-1a2b"},
    {"tall-fish.trycloudflare.com", NAME_TUNNEL, "cloudflare", "tall-fish"},
    {"script.google.com", NAME_SCRIPT, "google", ""},
    {"d111111abcdef8.cloudfront.net", NAME_CDN, "aws", "d111111abcdef8"},
    {"lambda.eu-west-1.amazonaws.com", NAME_API, "aws", ""},
    {"pub-1.r2.dev", NAME_STORAGE, "cloudflare", "pub-1"},
    {"pool.minexmr.com", NAME_MINING, "", ""},
    {"dns.google", NAME_DOH, "", ""},
    /* spelling */
    {"X7902699BE.Update-CDN.Workers.DEV.", NAME_FUNCTION, "cloudflare", "Update-CDN"},
    {"x.update-cdn.workers.dev:443", NAME_FUNCTION, "cloudflare", "update-cdn"},
    {"xn--bcher-kva.example-team.workers.dev", NAME_FUNCTION, "cloudflare", "example-team"},
    {"xn--bcher-kva.workers.dev", NAME_FUNCTION, "cloudflare", "xn--bcher-kva"},
    /* look-alikes: not on a label's boundary, or not at the end */
    {"evilazurewebsites.net", NAME_NONE, NULL, NULL},
    {"notworkers.dev", NAME_NONE, NULL, NULL},
    {"my-cloudfunctions.net", NAME_NONE, NULL, NULL},
    {"a.my-cloudfunctions.net", NAME_NONE, NULL, NULL},
    {"workers.dev.evil-example.com", NAME_NONE, NULL, NULL},
    {"run.app.example.org", NAME_NONE, NULL, NULL},
    {"lambda-url.example.com", NAME_NONE, NULL, NULL},
    {"amazonaws.com.example.net", NAME_NONE, NULL, NULL},
    {"xexecute-api.us-east-1.amazonaws.com.example.org", NAME_NONE, NULL, NULL},
    {"a.xexecute-api.us-east-1.amazonaws.com", NAME_NONE, NULL, NULL},
    {"script.google.com.example.org", NAME_NONE, NULL, NULL},
    {"myscript.google.com", NAME_NONE, NULL, NULL},
    /* the suffix that others write, and that does not exist */
    {"abcdefghij0123456789.lambda-url.eu-west-1.amazonaws.com", NAME_NONE, NULL, NULL},
    {"abcdefghij0123456789.lambda-url.on.aws", NAME_NONE, NULL, NULL},
    {"a.b.lambda-url.eu-west-1.on.aws", NAME_NONE, NULL, NULL},
    {"a.lambda-url.eu.west.on.aws", NAME_NONE, NULL, NULL},
    /* the platform's own name is nobody's function */
    {"workers.dev", NAME_NONE, NULL, NULL},
    {"run.app", NAME_NONE, NULL, NULL},
    {"lambda-url.eu-west-1.on.aws", NAME_NONE, NULL, NULL},
    {"cloudfunctions.net", NAME_NONE, NULL, NULL},
    /* ordinary */
    {"www.google.com", NAME_NONE, NULL, NULL},
    {"sts.us-east-1.amazonaws.com", NAME_NONE, NULL, NULL},
    {"localhost", NAME_NONE, NULL, NULL},
    /* no host names */
    {"", NAME_NONE, NULL, NULL},
    {".", NAME_NONE, NULL, NULL},
    {"x..workers.dev", NAME_NONE, NULL, NULL},
    {".workers.dev", NAME_NONE, NULL, NULL},
    {"x.workers.dev..", NAME_NONE, NULL, NULL},
    {"*.workers.dev", NAME_NONE, NULL, NULL},
    {"x y.workers.dev", NAME_NONE, NULL, NULL},
    {"x\xc3\xbc.workers.dev", NAME_NONE, NULL, NULL},
    {"x.workers.dev:https", NAME_NONE, NULL, NULL},
    {"[2001:db8::1]:443", NAME_NONE, NULL, NULL},
};

static void test_shipped(void **state)
{
    (void)state;
    struct names *n = load_shipped();
    for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
        struct name_info got = {0};
        bool found = names_classify(n, str_of(rows[i].host), &got);
        if (found != (rows[i].class != NAME_NONE) || got.class != rows[i].class ||
            (found && (!str_eq(got.provider, str_of(rows[i].provider)) ||
                       !str_eq(got.tenant, str_of(rows[i].tenant))))) {
            fail_msg("%s: %s %.*s '%.*s'", rows[i].host, name_class_name(got.class),
                     STR_ARG(got.provider), STR_ARG(got.tenant));
        }
    }
    assert_true(names_count(n) > 150);
    names_free(n);
}

static void test_long_names(void **state)
{
    (void)state;
    struct names *n = load_shipped();
    struct name_info got;
    char host[300];
    for (size_t len = 240; len < sizeof(host); len++) {
        memset(host, 'a', sizeof(host));
        memcpy(host + len - 12, ".workers.dev", 12);
        assert_int_equal(names_classify(n, str_make(host, len), &got), len <= NAME_MAX_BYTES);
    }
    names_free(n);
}

/* More literal labels at the end win; then the longer pattern. */
static void test_most_literal_wins(void **state)
{
    (void)state;
    static const char table[] = "+.b.c\tone\tapp\tl1\tcommon\n"
                                "+.a.b.c\ttwo\tapp\tl1\tcommon\n"
                                "*.x.*.b.c\tthree\tapp\tl1\tcommon\n"
                                "*.*.b.c\tfour\tapp\tall\tcommon\n";
    static const char *const want[][2] = {
        {"q.b.c", "one"}, {"q.a.b.c", "two"}, {"q.x.y.b.c", "three"}, {"q.r.b.c", "four"}};
    struct names *n;
    assert_int_equal(names_load(str_of(table), &n, NULL), ERR_OK);
    for (size_t i = 0; i < ARRAY_LEN(want); i++) {
        struct name_info got;
        assert_true(names_classify(n, str_of(want[i][0]), &got));
        assert_true(str_eq(got.provider, str_of(want[i][1])));
    }
    names_free(n);
}

static void test_refused(void **state)
{
    (void)state;
    static const char *const bad[] = {
        "+.b.c\tone\tapp\tl1",            /* a column short */
        "+.b.c\tone\tapp\tl1\tpsl\tmore", /* one too many */
        "+.b\tone\tapp\tl1\tpsl",         /* would take a whole top-level domain */
        "a.+.b.c\tone\tapp\tl1\tpsl",     /* '+' is first or nowhere */
        "a..b.c\tone\tapp\tl1\tpsl",      /* */
        "A.b.c\tone\tapp\tl1\tpsl",       /* names are compared in lower case */
        "*.b.*\tone\tapp\tl1\tpsl",       /* */
        "*.b.c\tone\tsomething\tl1\tpsl", /* */
        "*.b.c\tone\tapp\tleft\tpsl",     /* */
    };
    for (size_t i = 0; i < ARRAY_LEN(bad); i++) {
        struct names *n = NULL;
        struct err err = {0};
        char text[128];
        snprintf(text, sizeof(text), "# head\n%s\n", bad[i]);
        assert_int_equal(names_load(str_of(text), &n, &err), ERR_SCHEMA);
        assert_true(strstr(err.msg, "line 2") != NULL);
        assert_null(n);
    }
}

static void test_no_memory(void **state)
{
    (void)state;
    for (unsigned long fail = 1;; fail++) {
        struct names *n = NULL;
        struct err err = {0};
        mem_torture(fail);
        enum err_code rc = names_load(shipped(), &n, &err);
        mem_torture(0);
        names_free(n);
        if (rc == ERR_OK) {
            assert_true(fail > 3);
            return;
        }
        assert_int_equal(rc, ERR_NOMEM);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_shipped),           cmocka_unit_test(test_long_names),
        cmocka_unit_test(test_most_literal_wins), cmocka_unit_test(test_refused),
        cmocka_unit_test(test_no_memory),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
