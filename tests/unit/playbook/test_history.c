#include "playbook/history.h"
#include "playbook_test.h"

enum { COUNT = 5 };

static void make(struct actor *a, struct actor *b, struct event *e, const struct event **all)
{
    *a = (struct actor){.root = STR("a")};
    *b = (struct actor){.root = STR("b")};
    for (int i = 0; i < COUNT; i++) {
        e[i] =
            (struct event){.time_us = i * TIME_HOUR_US, .account = STR("1"), .kind = EVENT_CHANGE};
        e[i].actor = i == 4 ? NULL : i % 2 == 0 ? a : b;
        e[i].function = (struct function_key){STR("aws"), STR("1"), STR("r"), STR("f")};
        all[i] = &e[i];
    }
    e[3].function.name = STR_EMPTY;
    e[4].account = STR("2");
    e[4].kind = EVENT_INVOKE;
}

static void test_slices(void **state)
{
    (void)state;
    struct actor a, b;
    struct event e[COUNT];
    const struct event *all[COUNT];
    make(&a, &b, e, all);
    struct history *h = NULL;
    assert_int_equal(history_new(all, COUNT, &h, NULL), ERR_OK);
    struct history_slice s = history_of_actor(h, &a);
    assert_int_equal(s.len, 2);
    assert_ptr_equal(s.at[0], &e[0]);
    assert_ptr_equal(s.at[1], &e[2]);
    assert_int_equal(history_of_actor(h, &b).len, 2);
    assert_int_equal(history_of_actor(h, NULL).len, 0);
    assert_int_equal(history_of_function(h, &e[0].function).len, 4);
    assert_int_equal(history_of_function(h, &e[3].function).len, 0);
    s = history_between(s, 1, 2 * TIME_HOUR_US + 1);
    assert_int_equal(s.len, 1);
    assert_ptr_equal(s.at[0], &e[2]);
    assert_int_equal(history_between(s, 9, 3).len, 0);
    assert_true(history_logs_calls(h, STR("2")));
    assert_false(history_logs_calls(h, STR("1")));
    history_free(h);

    assert_int_equal(history_of_actor(NULL, &a).len, 0);
    assert_int_equal(history_between(history_of_actor(NULL, &a), 0, 1).len, 0);
    assert_false(history_logs_calls(NULL, STR("2")));
    assert_int_equal(history_new(NULL, 0, &h, NULL), ERR_OK);
    assert_int_equal(history_of_actor(h, &a).len, 0);
    history_free(h);
    history_free(NULL);
}

static void test_no_memory(void **state)
{
    (void)state;
    struct actor a, b;
    struct event e[COUNT];
    const struct event *all[COUNT];
    make(&a, &b, e, all);
    for (unsigned long n = 1;; n++) {
        struct history *h = NULL;
        mem_torture(n);
        enum err_code rc = history_new(all, COUNT, &h, NULL);
        mem_torture(0);
        if (rc == ERR_OK) {
            history_free(h);
            assert_true(n > 5);
            return;
        }
        assert_int_equal(rc, ERR_NOMEM);
        assert_null(h);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_slices),
        cmocka_unit_test(test_no_memory),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
