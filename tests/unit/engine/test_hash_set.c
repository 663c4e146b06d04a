/* The sets of hashes by which copies of records are found. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "base/mem.h"
#include "engine/fast_hash.h"
#include "engine/hash_set.h"

static uint64_t hash_of(uint64_t i)
{
    return fast_mix(i + 1, 0x9e3779b97f4a7c15U);
}

static void fill(struct hash_set *s, uint64_t from, uint64_t to)
{
    for (uint64_t i = from; i < to; i++) {
        (void)hash_set_add(s, hash_of(i));
    }
}

static void test_adds_once(void **state)
{
    (void)state;
    struct hash_set s = {0};
    assert_false(hash_set_add(&s, 0));
    assert_true(hash_set_add(&s, 1)); /* 0 is kept as 1 */
    for (uint64_t i = 0; i < 10000; i++) {
        assert_false(hash_set_add(&s, hash_of(i)));
        assert_true(hash_set_add(&s, hash_of(i / 2)));
    }
    assert_int_equal(s.count, 10001);
    hash_set_free(&s);
}

static void test_adds_many(void **state)
{
    (void)state;
    struct hash_set s = {0};
    uint64_t hashes[] = {5, 7, 5, 9, 7};
    assert_int_equal(hash_set_add_all(&s, hashes, 5), 2);
    assert_int_equal(hash_set_add_all(&s, hashes, 5), 5);
    assert_int_equal(s.count, 3);
    hash_set_free(&s);
}

/* Sets of any two sizes, with and without common ones; also an empty one. */
static void test_unites(void **state)
{
    (void)state;
    static const uint64_t ends[][3] = {/* a: [0, x), b: [y, z) */
                                       {0, 0, 0},       {0, 0, 3000},       {3000, 0, 0},
                                       {3000, 0, 3000}, {3000, 2000, 9000}, {70000, 70000, 140000}};
    for (size_t i = 0; i < sizeof(ends) / sizeof(ends[0]); i++) {
        struct hash_set a = {0};
        struct hash_set b = {0};
        uint64_t x = ends[i][0], y = ends[i][1], z = ends[i][2];
        fill(&a, 0, x);
        fill(&b, y, z);
        uint64_t common = x > y ? (x < z ? x : z) - y : 0;
        assert_int_equal(hash_set_unite(&a, &b), common);
        assert_int_equal(a.count, x + (z - y) - common);
        for (uint64_t k = 0; k < (x > z ? x : z); k++) {
            assert_true(hash_set_add(&a, hash_of(k)));
        }
        hash_set_free(&a);
        hash_set_free(&b);
    }
}

/* A set that cannot grow forgets; it never says of a new one that it was there. */
static void test_without_memory(void **state)
{
    (void)state;
    struct hash_set a = {0};
    struct hash_set b = {0};
    fill(&b, 0, 100);
    mem_torture(1);
    assert_false(hash_set_add(&a, hash_of(0)));
    mem_torture(1);
    assert_int_equal(hash_set_unite(&a, &b), 0);
    mem_torture(0);
    assert_int_equal(a.count, 0);
    hash_set_free(&a);
    hash_set_free(&b);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_adds_once),
        cmocka_unit_test(test_adds_many),
        cmocka_unit_test(test_unites),
        cmocka_unit_test(test_without_memory),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
