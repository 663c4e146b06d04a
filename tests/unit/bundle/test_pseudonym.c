#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "base/mem.h"
#include "bundle/pseudonym.h"
#include "codec/json.h"

static void told(struct pseudonyms *p)
{
    struct ip_prefix office;
    assert_int_equal(pseudonyms_init(p, STR("0123456789abcdef0123456789abcdef\n"), NULL), ERR_OK);
    pseudonym_person(p, STR("dana.k@acme.example"));
    pseudonym_person(p, STR("arn:aws:iam::111122223333:user/ops/bob"));
    pseudonym_person(p, STR("arn:aws:iam::111122223333:root"));
    pseudonym_person(p, STR("Dana Kovač"));
    pseudonym_account(p, STR("111122223333"));
    pseudonym_host(p, STR("https://abcdef.lambda-url.eu-west-1.on.aws/x"));
    assert_true(ip_prefix_parse(STR("198.51.100.0/24"), &office));
    pseudonym_network(p, &office);
}

struct row {
    const char *text;
    bool stays; /* nothing of ours is in it */
    const char *gone;
};

static void test_texts(void **state)
{
    (void)state;
    static const struct row rows[] = {
        {"dana.k", false, "dana.k"},
        {"DANA.K@ACME.example did", false, "ACME"},
        {"someone.else@other.example", false, "someone"},
        {"user%3Ddana.k%40acme.example", false, "acme"},
        {"by Dana Kovač, twice", false, "Kova"},
        {"xdana.k", true, NULL},
        {"bobby", true, NULL},
        {"arn:aws:iam::111122223333:user/bob", false, "111122223333"},
        {"1111222233334", true, NULL},
        {"arn:aws:iam::999988887777:root", true, NULL},
        {"AKIAIOSFODNN7EXAMPLE", false, "IOSFODNN"},
        {"10.1.2.3:443", false, "10.1.2.3"},
        {"198.51.100.7", false, "198.51.100"},
        {"203.0.113.7 and 2001:db8::1", true, NULL},
        {"fd12:3456::9", false, "3456"},
        {"https://abcdef.lambda-url.eu-west-1.on.aws/", false, "abcdef"},
        {"10:20:30 2026-11-20T10:00:00Z", true, NULL},
        {"--\"{[%4", true, NULL},
        {"", true, NULL},
    };
    struct pseudonyms p;
    told(&p);
    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        CLEANUP(buf_free) struct buf out = {0};
        CLEANUP(buf_free) struct buf again = {0};
        pseudonym_text(&p, str_of(rows[i].text), &out);
        pseudonym_text(&p, str_of(rows[i].text), &again);
        assert_true(str_eq(buf_str(&out), buf_str(&again)));
        if (str_eq(buf_str(&out), str_of(rows[i].text)) != rows[i].stays) {
            fail_msg("%s became %.*s", rows[i].text, (int)out.len, out.ptr);
        }
        assert_true(rows[i].stays || str_ifind(buf_str(&out), str_of(rows[i].gone)) == SIZE_MAX);
    }
    assert_false(p.failed);
    pseudonyms_free(&p);
}

static void test_json(void **state)
{
    (void)state;
    static const char *const texts[] = {
        ("{\"user\":\"dana.k\",\"n\":111122223333,\"s\":\"{\\\"a\\\":\\\"dana.k@acme.example\\\"}"
         "\"}"),
        "{\"b\":\"eyJ1IjoiZGFuYS5rIiwibiI6MX0=\"}", /* {"u":"dana.k","n":1} */
        "{\"e\":\"\\u0064ana.k\"}",
        "{\"dana.k@acme.example\":[\"dana.k\",1,null,true]}",
    };
    struct pseudonyms p;
    struct json_fault fault;
    told(&p);
    for (size_t i = 0; i < sizeof(texts) / sizeof(texts[0]); i++) {
        CLEANUP(buf_free) struct buf out = {0};
        pseudonym_json(&p, str_of(texts[i]), &out);
        assert_int_equal(json_check(buf_str(&out), &fault), JSON_OK);
        assert_true(str_find(buf_str(&out), STR("dana")) == SIZE_MAX);
        assert_true(str_find(buf_str(&out), STR("ZGFuYS5r")) == SIZE_MAX);
        assert_true(str_find(buf_str(&out), STR("111122223333")) == SIZE_MAX);
    }
    /* What is no JSON does no harm. */
    static const char *const odd[] = {"\"",       "{\"a", "\"\\", "{\"a\":\"\\ud800\"}",
                                      "]]\"\"\"", "\\"};
    for (size_t i = 0; i < sizeof(odd) / sizeof(odd[0]); i++) {
        CLEANUP(buf_free) struct buf out = {0};
        pseudonym_json(&p, str_of(odd[i]), &out);
    }
    pseudonyms_free(&p);
}

static void test_keys(void **state)
{
    (void)state;
    struct pseudonyms p;
    struct err err = {0};
    assert_int_equal(pseudonyms_init(&p, STR("  short key \n"), &err), ERR_USAGE);
    pseudonyms_free(&p);
    CLEANUP(buf_free) struct buf one = {0};
    CLEANUP(buf_free) struct buf two = {0};
    told(&p);
    pseudonym_text(&p, STR("dana.k"), &one);
    pseudonyms_free(&p);
    assert_int_equal(pseudonyms_init(&p, STR("another key of some bytes"), NULL), ERR_OK);
    pseudonym_person(&p, STR("dana.k"));
    pseudonym_text(&p, STR("dana.k"), &two);
    pseudonyms_free(&p);
    assert_false(str_eq(buf_str(&one), buf_str(&two)));
}

/* Without memory nothing is told to be right. */
static void test_memory(void **state)
{
    (void)state;
    bool done = false;
    for (unsigned long n = 1; !done; n++) {
        struct pseudonyms p;
        CLEANUP(buf_free) struct buf out = {0};
        mem_torture(n);
        enum err_code rc = pseudonyms_init(&p, STR("0123456789abcdef0123"), NULL);
        if (rc == ERR_OK) {
            pseudonym_person(&p, STR("dana.k@acme.example"));
            pseudonym_json(&p, STR("{\"a\":\"dana.k@acme.example and {\\\"x\\\":1}\"}"), &out);
        }
        mem_torture(0);
        done = rc == ERR_OK && !p.failed && !out.failed;
        assert_true(!done || str_find(buf_str(&out), STR("dana")) == SIZE_MAX);
        pseudonyms_free(&p);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_texts),
        cmocka_unit_test(test_json),
        cmocka_unit_test(test_keys),
        cmocka_unit_test(test_memory),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
