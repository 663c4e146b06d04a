/* json_write, digest, base64 and url. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>
#include <jansson.h>

#include "base/mem.h"
#include "codec/base64.h"
#include "codec/digest.h"
#include "codec/json_write.h"
#include "codec/url.h"

static void write_sample(struct buf *out, unsigned indent)
{
    struct json_writer w = json_writer_of(out, indent);
    json_object_begin(&w);
    json_key(&w, STR("a\"b"));
    json_array_begin(&w);
    json_u64(&w, UINT64_MAX);
    json_i64(&w, INT64_MIN);
    json_f64(&w, 0.1);
    json_f64(&w, 1e300 * 1e300);
    json_bool(&w, true);
    json_bool(&w, false);
    json_nil(&w);
    json_raw(&w, STR("{\"r\":1}"));
    json_object_begin(&w);
    json_object_end(&w);
    json_array_begin(&w);
    json_array_end(&w);
    json_array_end(&w);
    json_key(&w, STR("s"));
    json_str(&w, STR("q\"\\/\n\x01\x7f\xc3\xa9\xff\xed\xa0\x80."));
    json_object_end(&w);
    assert_int_equal(w.depth, 0);
}

static void test_write(void **state)
{
    (void)state;
    CLEANUP(buf_free) struct buf out = {0};
    write_sample(&out, 0);
    assert_string_equal(out.ptr,
                        "{\"a\\\"b\":[18446744073709551615,-9223372036854775808,0.1,null,"
                        "true,false,null,{\"r\":1},{},[]],\"s\":\"q\\\"\\\\/\\n\\u0001\\u007f"
                        "\xc3\xa9\xef\xbf\xbd\xef\xbf\xbd\xef\xbf\xbd\xef\xbf\xbd.\"}");
    buf_reset(&out);
    write_sample(&out, 2);
    assert_non_null(strstr(out.ptr, "{\n  \"a\\\"b\": [\n    18446744073709551615,\n"));
    assert_non_null(strstr(out.ptr, "    {},\n    []\n  ],\n  \"s\": \"q"));
    assert_true(str_ends(buf_str(&out), STR(".\"\n}")));
}

/* Every byte pair as a string: what comes out is JSON to another reader. */
static void test_write_any_bytes(void **state)
{
    (void)state;
    CLEANUP(buf_free) struct buf out = {0};
    for (unsigned pair = 0; pair < 65536; pair++) {
        char bytes[2] = {(char)(uint8_t)(pair >> 8), (char)(uint8_t)pair};
        buf_reset(&out);
        struct json_writer w = json_writer_of(&out, 0);
        json_array_begin(&w);
        json_str(&w, (struct str){bytes, 2});
        json_array_end(&w);
        json_t *back = json_loadb(out.ptr, out.len, JSON_ALLOW_NUL, NULL);
        if (back == NULL) {
            fail_msg("bytes %04x: %s", pair, out.ptr);
        }
        if (pair >> 8 < 0x80 && (pair & 0xff) < 0x80) {
            const json_t *s = json_array_get(back, 0);
            assert_int_equal(json_string_length(s), 2);
            assert_memory_equal(json_string_value(s), bytes, 2);
        }
        json_decref(back);
    }
}

static void test_write_f64(void **state)
{
    (void)state;
    static const struct {
        double v;
        const char *text;
    } cases[] = {{0, "0"},        {-0.0, "-0"},   {1.0 / 3, "0.3333333333333333"},
                 {1e21, "1e+21"}, {0.75, "0.75"}, {5e-324, "4.94065645841247e-324"}};
    CLEANUP(buf_free) struct buf out = {0};
    for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
        buf_reset(&out);
        struct json_writer w = json_writer_of(&out, 0);
        json_f64(&w, cases[i].v);
        assert_string_equal(out.ptr, cases[i].text);
    }
}

static void test_write_torture(void **state)
{
    (void)state;
    for (unsigned long n = 1;; n++) {
        CLEANUP(buf_free) struct buf out = {0};
        mem_torture(n);
        write_sample(&out, 2);
        mem_torture(0);
        if (!out.failed) {
            assert_true(n > 1);
            break;
        }
    }
}

static void test_digest(void **state)
{
    (void)state;
    char id[DIGEST_HEX + 1];
    assert_true(digest_hex_id(STR("abc"), DIGEST_HEX, id)); /* FIPS 180-4 example */
    assert_string_equal(id, "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
    assert_true(digest_hex_id(STR("abc"), 5, id));
    assert_string_equal(id, "ba781");
    assert_true(digest_hex_id(STR_EMPTY, 8, id));
    assert_string_equal(id, "e3b0c442");
    mem_torture(1);
    assert_false(digest_hex_id(STR("abc"), 5, id));
    mem_torture(0);
    assert_string_equal(id, "");
}

static void test_base64(void **state)
{
    (void)state;
    static const struct {
        struct str data, text;
    } pairs[] = {
        {STR_INIT(""), STR_INIT("")},
        {STR_INIT("f"), STR_INIT("Zg==")},
        {STR_INIT("fo"), STR_INIT("Zm8=")},
        {STR_INIT("foo"), STR_INIT("Zm9v")},
        {STR_INIT("foobar"), STR_INIT("Zm9vYmFy")},
        {STR_INIT("\xff\xef\xbe\x00"), STR_INIT("/+++AA==")},
    };
    static const struct str bad[] = {
        STR_INIT("Zg"),   STR_INIT("Zg="),  STR_INIT("Zh=="),     STR_INIT("Zm9="),
        STR_INIT("===="), STR_INIT("Z==="), STR_INIT("Zg==Zg=="), STR_INIT("Zm9v\n"),
        STR_INIT("Zm-_"), STR_INIT("Zm 9"), STR_INIT("Z=9v"),     STR_INIT("Zm9vZh=="),
    };
    CLEANUP(buf_free) struct buf out = {0};
    for (size_t i = 0; i < ARRAY_LEN(pairs); i++) {
        buf_reset(&out);
        base64_encode(pairs[i].data, &out);
        assert_true(str_eq(buf_str(&out), pairs[i].text));
        buf_reset(&out);
        buf_add(&out, STR("before "));
        assert_true(base64_decode(pairs[i].text, &out));
        assert_true(str_eq(str_from(buf_str(&out), 7), pairs[i].data));
    }
    for (size_t i = 0; i < ARRAY_LEN(bad); i++) {
        buf_reset(&out);
        if (base64_decode(bad[i], &out) || out.len != 0 || out.failed) {
            fail_msg("accepted: %s", bad[i].ptr);
        }
    }
    CLEANUP(buf_free) struct buf small = {.max = 2};
    assert_false(base64_decode(STR("Zm9v"), &small));
    assert_true(small.failed);
}

static void test_url(void **state)
{
    (void)state;
    static const struct {
        struct str in, out;
        bool well;
    } cases[] = {
        {STR_INIT("plain+text"), STR_INIT("plain+text"), true},
        {STR_INIT("%7B%22Version%22%3a1%7d"), STR_INIT("{\"Version\":1}"), true},
        {STR_INIT("%2525"), STR_INIT("%25"), true},
        {STR_INIT("100%"), STR_INIT("100%"), false},
        {STR_INIT("%4"), STR_INIT("%4"), false},
        {STR_INIT("%zz%41"), STR_INIT("%zzA"), false},
        {STR_INIT("%00%ff"), STR_INIT("\0\xff"), true},
        {STR_INIT(""), STR_INIT(""), true},
    };
    CLEANUP(arena_free) struct arena a = {.limit = 4096};
    for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
        struct str got;
        assert_true(url_decode(cases[i].in, &a, &got));
        assert_true(str_eq(got, cases[i].out));
        assert_int_equal(url_is_encoded_well(cases[i].in), cases[i].well);
    }
    CLEANUP(arena_free) struct arena none = {.limit = 1};
    struct str got;
    assert_false(url_decode(STR("%41%41%41"), &none, &got));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_write),     cmocka_unit_test(test_write_any_bytes),
        cmocka_unit_test(test_write_f64), cmocka_unit_test(test_write_torture),
        cmocka_unit_test(test_digest),    cmocka_unit_test(test_base64),
        cmocka_unit_test(test_url),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
