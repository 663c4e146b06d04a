/*
 * Finding texts in texts, against the plain way of doing it, with bytes that fold and bytes beside
 * them that must not.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "base/str.h"

static size_t plainly(struct str s, struct str needle, bool fold)
{
    for (size_t at = 0; at + needle.len <= s.len; at++) {
        size_t n = 0;
        while (n < needle.len && (fold ? chr_lower(s.ptr[at + n]) == chr_lower(needle.ptr[n])
                                       : s.ptr[at + n] == needle.ptr[n])) {
            n++;
        }
        if (n == needle.len) {
            return at;
        }
    }
    return SIZE_MAX;
}

static uint32_t next(uint32_t *seed)
{
    *seed = *seed * 1664525U + 1013904223U;
    return *seed >> 16;
}

/* Each text in a block of its own size, so that a sanitizer sees a read behind it. */
static struct str make(uint32_t *seed, size_t len)
{
    static const char bytes[] = "aAbB@[`{\x80\xc1\xe1\x01!1Q";
    char *p = malloc(len + (len == 0 ? 1 : 0));
    assert_non_null(p);
    for (size_t i = 0; i < len; i++) {
        p[i] = bytes[next(seed) % (i % 7 == 0 ? sizeof(bytes) : 4)];
    }
    return str_make(p, len);
}

static void test_against_plain(void **state)
{
    (void)state;
    uint32_t seed = 7;
    for (size_t round = 0; round < 20000; round++) {
        struct str s = make(&seed, next(&seed) % 90);
        struct str needle = make(&seed, next(&seed) % (round % 50 == 0 ? 80 : 6));
        if (str_find(s, needle) != plainly(s, needle, false) ||
            str_ifind(s, needle) != plainly(s, needle, true)) {
            fail_msg("round %zu: %zu bytes in %zu", round, needle.len, s.len);
        }
        free((char *)(uintptr_t)s.ptr);
        free((char *)(uintptr_t)needle.ptr);
    }
}

static void test_each_place(void **state)
{
    (void)state;
    char text[100];
    for (size_t at = 0; at + 3 <= sizeof(text); at++) {
        memset(text, 'x', sizeof(text));
        memcpy(text + at, "aNy", 3);
        assert_int_equal(str_find(str_make(text, sizeof(text)), STR("aNy")), at);
        assert_int_equal(str_find(str_make(text, at + 2), STR("aNy")), SIZE_MAX);
        assert_int_equal(str_ifind(str_make(text, at + 3), STR("AnY")), at);
        assert_int_equal(str_ifind(str_make(text, at + 2), STR("AnY")), SIZE_MAX);
    }
    assert_int_equal(str_find(STR_EMPTY, STR_EMPTY), 0);
    assert_int_equal(str_ifind(STR_EMPTY, STR("a")), SIZE_MAX);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_against_plain),
        cmocka_unit_test(test_each_place),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
