#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "base/arena.h"
#include "base/buf.h"
#include "base/hash.h"
#include "base/ip.h"
#include "base/map.h"
#include "base/timefmt.h"
#include "base/utf8.h"

static void test_time(void **state)
{
    (void)state;
    int64_t us;
    char text[TIME_TEXT_MAX];
    assert_true(time_parse_rfc3339(STR("2026-11-20T09:12:00Z"), &us));
    time_format(us, text);
    assert_string_equal(text, "2026-11-20T09:12:00Z");
    assert_true(time_parse_rfc3339(STR("2026-11-20T09:12:00.25+02:00"), &us));
    time_format(us, text);
    assert_string_equal(text, "2026-11-20T07:12:00.250000Z");
    assert_false(time_parse_rfc3339(STR("2026-02-29T00:00:00Z"), &us));
    assert_false(time_parse_rfc3339(STR("2026-11-20T09:12:00"), &us));
    assert_false(time_parse_rfc3339(STR("2026-11-20T24:00:00Z"), &us));
    assert_true(time_parse_rfc3339(STR("2026-11-20t09:12:60z"), &us)); /* a leap second */
    time_format(us, text);
    assert_string_equal(text, "2026-11-20T09:13:00Z");
    bool zoned = true;
    assert_true(time_parse_any(STR("1969-12-31 23:59:59"), &us, &zoned));
    assert_false(zoned);
    assert_int_equal(us, -TIME_SECOND_US);
    time_format(us, text);
    assert_string_equal(text, "1969-12-31T23:59:59Z");
    assert_int_equal(time_split(0).weekday, 3);
}

static void test_ip(void **state)
{
    (void)state;
    struct ip ip;
    struct ip_prefix p;
    char text[IP_TEXT_MAX];
    assert_true(ip_parse(STR("185.220.101.34"), &ip));
    assert_true(ip_prefix_parse(STR("185.220.101.0/24"), &p));
    assert_true(ip_in(&ip, &p));
    assert_true(ip_prefix_parse(STR("185.220.102.0/23"), &p));
    assert_false(ip_in(&ip, &p));
    assert_false(ip_parse(STR("lambda.amazonaws.com"), &ip));
    static const char *const no[] = {"1.2.3",  "1.2.3.4.5", "01.2.3.4",   "1.2.3.256",
                                     "1..2.3", "1.2.3.4 ",  "0001.1.1.1", "1.2.3.",
                                     ":",      "1.2.3.4:80"};
    for (size_t i = 0; i < ARRAY_LEN(no); i++) {
        assert_false(ip_parse(str_of(no[i]), &ip));
    }
    assert_true(ip_parse(STR("0.0.0.0"), &ip));
    assert_true(ip_parse(STR("255.255.255.255"), &ip));
    assert_true(ip_parse(STR("::ffff:10.0.0.1"), &ip));
    assert_true(ip_is_v4(&ip));
    assert_true(ip_parse(STR("2001:db8::1"), &ip));
    ip_format(&ip, text);
    assert_string_equal(text, "2001:db8::1");
    assert_false(ip_prefix_parse(STR("10.0.0.0/33"), &p));
    assert_true(ip_parse(STR("100.64.1.1"), &ip));
    assert_true(ip_is_private(&ip));
}

static void test_map(void **state)
{
    (void)state;
    CLEANUP(map_free) struct map m = {0};
    CLEANUP(arena_free) struct arena a = {0};
    char key[16];
    for (int i = 0; i < 1000; i++) {
        int n = snprintf(key, sizeof(key), "key-%d", i % 500);
        assert_non_null(map_intern(&m, &a, (struct str){key, (size_t)n}));
    }
    assert_int_equal(m.len, 500);
    assert_true(str_eq(m.at[499].key, STR("key-499")));
    assert_null(map_find(&m, STR("key-500")));
}

/* Texts that differ in one bit, in length or by a piece moved hash apart: the low bits, which tables
 * use, and the high ones, which filters use. */
static void test_quick_hash(void **state)
{
    (void)state;
    enum { TEXTS = 1 << 14 };
    static uint16_t low[TEXTS];
    static uint16_t high[TEXTS];
    size_t most = 0;
    for (unsigned i = 0; i < TEXTS; i++) {
        char text[32];
        int n = snprintf(text, sizeof(text), "%s%u.example.test", i % 2 ? "a" : "host", i);
        uint64_t h = hash_quick(str_make(text, (size_t)n));
        size_t a = ++low[h % TEXTS];
        size_t b = ++high[h >> 50];
        most = a > most ? a : most;
        most = b > most ? b : most;
    }
    assert_true(most <= 12); /* of random ones it is 8 at most nearly always */
    for (size_t n = 0; n < 24; n++) {
        static const char zeros[24];
        assert_true(hash_quick(str_make(zeros, n)) != hash_quick(str_make(zeros, n + 1)) ||
                    n == 23);
    }
    assert_true(hash_quick_pair(1, 2) != hash_quick_pair(2, 1));
    hash_seed(1, 2);
    uint64_t keyed = hash_quick(STR("example.test"));
    hash_seed(1, 3);
    assert_true(hash_quick(STR("example.test")) != keyed);
    hash_seed(0, 0);
}

static void test_visible(void **state)
{
    (void)state;
    CLEANUP(buf_free) struct buf b = {0};
    utf8_add_visible(&b, STR("a\x1b[31m\xe2\x80\xae\xff\xc2\x9b"));
    assert_string_equal(b.ptr, "a\\x1b[31m\\u202e\\xff\\x9b");
    assert_int_equal(utf8_fault(STR("abcdefgh\xc0\x80")), 8);
    assert_int_equal(utf8_fault(STR("gr\xc3\xbc\xc3\x9f")), SIZE_MAX);
}

static void test_numbers(void **state)
{
    (void)state;
    uint64_t u;
    int64_t i;
    double d;
    assert_true(str_u64(STR("18446744073709551615"), &u));
    assert_false(str_u64(STR("18446744073709551616"), &u));
    assert_true(str_i64(STR("-9223372036854775808"), &i));
    assert_false(str_i64(STR("9223372036854775808"), &i));
    assert_true(str_f64(STR("-1.5e3"), &d));
    assert_false(str_f64(STR("1."), &d));
    assert_false(str_f64(STR("0x10"), &d));
}

static void test_words(void **state)
{
    (void)state;
    static const struct {
        const char *text;
        const char *word;
        const char *also;
        bool want;
    } rows[] = {
        {"Tor exit", "tor", "", true},
        {"history", "tor", "", false},
        {"mass_scanner.txt", "scanner", "", true},
        {"mass_scanner", "scanner", "-_", false},
        {"xaaa", "aa", "", false},
        {"xaaa aa", "aa", "", true},
        {"", "a", "", false},
        {"a", "a", "", true},
        {"pay-web", "pay", "-", false},
        {"pay web", "web", "-", true},
    };
    for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
        if (str_has_word(str_of(rows[i].text), str_of(rows[i].word), rows[i].also) !=
            rows[i].want) {
            fail_msg("'%s' in '%s'", rows[i].word, rows[i].text);
        }
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_time),       cmocka_unit_test(test_ip),
        cmocka_unit_test(test_map),        cmocka_unit_test(test_visible),
        cmocka_unit_test(test_quick_hash), cmocka_unit_test(test_numbers),
        cmocka_unit_test(test_words),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
