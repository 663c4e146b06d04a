#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "base/buf.h"
#include "base/mem.h"
#include "codec/yaml.h"

static void test_tree(void **state)
{
    (void)state;
    CLEANUP(arena_free) struct arena a = {0};
    const struct yaml_node **docs;
    size_t count;
    struct str text = STR("a: 1\nb: ['x', null, true]\nc: &k {d: '2'}\ne: *k\n---\nsecond: yes\n");
    assert_int_equal(yaml_load(text, &a, &docs, &count, NULL), ERR_OK);
    assert_int_equal(count, 2);
    long long n;
    bool b;
    assert_true(yaml_int(yaml_get(docs[0], STR("a")), &n));
    assert_int_equal(n, 1);
    const struct yaml_node *list = yaml_get(docs[0], STR("b"));
    assert_int_equal(list->count, 3);
    assert_false(list->items[0]->plain);
    assert_true(yaml_is_null(list->items[1]));
    assert_true(yaml_bool(list->items[2], &b) && b);
    const struct yaml_node *d = yaml_get(yaml_get(docs[0], STR("e")), STR("d"));
    assert_true(str_eq(yaml_text(d), STR("2")));
    assert_false(yaml_int(d, &n)); /* quoted: text */
    assert_int_equal(d->line, 3);
    assert_null(yaml_get(d, STR("x")));
}

static void test_refused(void **state)
{
    (void)state;
    static const struct {
        const char *what;
        const char *text;
        enum err_code want;
    } rows[] = {
        {"key twice", "a: 1\na: 2\n", ERR_SYNTAX},
        {"open bracket", "a: [1, 2\n", ERR_SYNTAX},
        {"control character", "a: \x01\n", ERR_SYNTAX},
        {"alias to its own ancestor", "a: &x [*x]\n", ERR_LIMIT},
        {"key is a list", "? [1, 2]\n: 3\n", ERR_SYNTAX},
    };
    for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
        CLEANUP(arena_free) struct arena a = {0};
        const struct yaml_node **docs;
        size_t count;
        struct err err = {0};
        enum err_code got = yaml_load(str_of(rows[i].text), &a, &docs, &count, &err);
        if (got != rows[i].want || err.msg[0] == '\0') {
            fail_msg("%s: got %s (%s)", rows[i].what, err_code_name(got), err.msg);
        }
    }
}

static void test_alias_bomb(void **state)
{
    (void)state;
    CLEANUP(buf_free) struct buf b = {0};
    buf_add_cstr(&b, "a0: &a0 [x,x,x,x,x,x,x,x,x,x]\n");
    for (int i = 1; i < 12; i++) {
        buf_printf(&b, "a%d: &a%d [*a%d,*a%d,*a%d,*a%d,*a%d,*a%d,*a%d,*a%d]\n", i, i, i - 1, i - 1,
                   i - 1, i - 1, i - 1, i - 1, i - 1, i - 1);
    }
    CLEANUP(arena_free) struct arena a = {0};
    const struct yaml_node **docs;
    size_t count;
    assert_int_equal(yaml_load(buf_str(&b), &a, &docs, &count, NULL), ERR_LIMIT);
}

static void test_torture(void **state)
{
    (void)state;
    for (unsigned long n = 1;; n++) {
        CLEANUP(arena_free) struct arena a = {0};
        const struct yaml_node **docs;
        size_t count;
        struct err err = {0};
        mem_torture(n);
        enum err_code rc = yaml_load(STR("a: [1, {b: c}]\n"), &a, &docs, &count, &err);
        mem_torture(0);
        if (rc == ERR_OK) {
            assert_true(n > 5);
            break;
        }
        assert_true(rc == ERR_NOMEM || rc == ERR_LIMIT);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_tree),
        cmocka_unit_test(test_refused),
        cmocka_unit_test(test_alias_bomb),
        cmocka_unit_test(test_torture),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
