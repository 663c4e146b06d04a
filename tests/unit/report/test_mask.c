#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "report/mask.h"
#include "tests/unit/report/fixture.h"

struct row {
    const char *text;
    const char *want; /* NULL: stays as it is */
};

static const struct row rows[] = {
    {"key ASIAQ7ZXCVBN4MLKJHQ3 used", "key ASIA…Q3 used"},
    {"password=hunter2", "password=[masked]"},
    {"password: letmein", "password: [masked]"},
    {"\"password\": \"a b\\\"c\", \"x\": 1", "\"password\": \"[masked]\", \"x\": 1"},
    {"{\\\"password\\\":\\\"a\\\"} tail", "{\\\"password\\\":\\\"[masked]\\\"} tail"},
    {"\"p\":\"C:\\\\\\\\\",\"password\":\"x\\\\\",\"k\":\"v\"",
     "\"p\":\"C:\\\\\\\\\",\"password\":\"[masked]\",\"k\":\"v\""},
    {"Authorization: Bearer abcDEF123456 next", "Authorization: Bearer [masked] next"},
    {"https://u:pw@h/p", "https://u:[masked]@h/p"},
    {"\"variables\":{\"A\":\"b\"},\"role\":\"arn:aws:iam::1:role/x\"",
     "\"variables\":{\"A\":\"[masked]\"},\"role\":\"arn:aws:iam::1:role/x\""},
    {"\"env\":[{\"name\":\"A\",\"value\":\"b\"}],\"name\":\"f\"",
     "\"env\":[{\"name\":\"A\",\"value\":\"[masked]\"}],\"name\":\"f\""},
    {"-----BEGIN PRIVATE KEY-----\nabc\n-----END PRIVATE KEY----- after", "[masked] after"},
    /* What must stay. */
    {"role batch-runner may now read every secret: ask the owner", NULL},
    {"aws/111122223333/eu-west-1/payments-webhook", NULL},
    {"arn:aws:secretsmanager:eu-west-1:111122223333:secret:prod/db-AbCdEf", NULL},
    {"\"secret\":\"arn:aws:secretsmanager:eu-west-1:1:secret:x\"", NULL},
    {"commit 356a192b7913b04c54574d18c28d46e6395428ab", NULL},
    {"sha256 e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855", NULL},
    {"CodeSha256 47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU=", NULL},
    {"AWSLogs/111122223333/CloudTrail/us-east-1/2026", NULL},
    {"AROAQ7ZXCVBN4MLKJHGFD:dana.k", NULL},
    {"a basic understanding of bearer tokens", NULL},
    {"\"token\": null, \"password\": true", NULL},
    {"password=$DB_PASSWORD", NULL},
    {"signature: ET MALWARE Beacon", NULL},
    {"2026-11-20T09:12:00Z https://x.example:8443/a@b", NULL},
    {"public key -----BEGIN PUBLIC KEY-----\nabc\n-----END PUBLIC KEY-----", NULL},
    {"", NULL},
};

static void test_rows(void **state)
{
    (void)state;
    for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
        CLEANUP(buf_free) struct buf once = {0};
        CLEANUP(buf_free) struct buf twice = {0};
        const char *want = rows[i].want == NULL ? rows[i].text : rows[i].want;
        mask_add(&once, str_of(rows[i].text));
        if (!str_eq(buf_str(&once), str_of(want))) {
            fail_msg("\"%s\" becomes \"%.*s\", not \"%s\"", rows[i].text, STR_ARG(buf_str(&once)),
                     want);
        }
        mask_add(&twice, buf_str(&once));
        assert_true(str_eq(buf_str(&twice), buf_str(&once)));
    }
}

static void test_canaries(void **state)
{
    (void)state;
    size_t n = 0;
    for (; fixture_canaries[n].text != NULL; n++) {
        CLEANUP(buf_free) struct buf out = {0};
        /* The text holds its secret, else this test would be of nothing. */
        assert_non_null(strstr(fixture_canaries[n].text, fixture_canaries[n].secret));
        mask_add(&out, str_of(fixture_canaries[n].text));
        if (str_find(buf_str(&out), str_of(fixture_canaries[n].secret)) != SIZE_MAX) {
            fail_msg("%s gives %.*s", fixture_canaries[n].text, STR_ARG(buf_str(&out)));
        }
    }
    assert_int_equal(n, FIXTURE_CANARIES);
}

static void test_command(void **state)
{
    (void)state;
    CLEANUP(buf_free) struct buf out = {0};
    mask_add_command(&out, STR("aws iam delete-access-key --access-key-id AKIAIOSFODNN7EXAMPLE "
                               "--password=x1"));
    assert_string_equal(out.ptr, "aws iam delete-access-key --access-key-id "
                                 "AKIAIOSFODNN7EXAMPLE --password=[masked]");
}

/* Texts that would make a careless masker walk over them once a byte. */
static void test_long(void **state)
{
    (void)state;
    static const char *const units[] = {
        "a=",  "token=arn:", "password=[", "\\",      "://a:", "-----BEGIN PRIVATE KEY ",
        "eyJ", "\"env\":{",  "Bearer ",    "secret: "};
    for (size_t i = 0; i < ARRAY_LEN(units); i++) {
        CLEANUP(buf_free) struct buf text = {0};
        CLEANUP(buf_free) struct buf out = {0};
        while (text.len < 1000000) {
            buf_add_cstr(&text, units[i]);
        }
        mask_add(&out, buf_str(&text));
        assert_false(out.failed);
        assert_true(out.len > 0);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_rows),
        cmocka_unit_test(test_canaries),
        cmocka_unit_test(test_command),
        cmocka_unit_test(test_long),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
