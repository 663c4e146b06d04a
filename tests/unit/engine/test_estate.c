/* What is ours, from the logs of the stories and from lists. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "engine/estate.h"

static const struct str logs[] = {
    STR_INIT(FW_SOURCE_DIR "/tests/stories/worker_listed_caller/logs"),
    STR_INIT(FW_SOURCE_DIR "/tests/stories/gcp_check_off/logs"),
    STR_INIT(FW_SOURCE_DIR "/tests/stories/layer_and_open_door/logs"),
};

static struct estate *built(size_t paths, struct str list)
{
    struct estate *e = NULL;
    struct err err = {0};
    struct triage_options o = {.paths = logs,
                               .path_count = paths,
                               .since_us = TIME_NONE,
                               .until_us = TIME_NONE,
                               .jobs = 2};
    if (list.len > 0) {
        assert_true(VEC_PUSH(&o.context[CONTEXT_FUNCTIONS], list));
    }
    if (estate_build(&o, &e, &err) != ERR_OK) {
        fail_msg("%s", err.msg);
    }
    VEC_FREE(&o.context[CONTEXT_FUNCTIONS]);
    return e;
}

static const struct estate_function *find(const struct estate *e, const char *name)
{
    for (size_t i = 0; i < e->functions.len; i++) {
        if (str_eq(e->functions.at[i].function->key.name, str_of(name))) {
            return &e->functions.at[i];
        }
    }
    fail_msg("no function %s", name);
    return NULL;
}

static void test_logs(void **state)
{
    (void)state;
    struct estate *e = built(3, STR_EMPTY);
    const struct estate_function *f = find(e, "checkout-edge");
    assert_true(str_eq(f->function->key.provider, STR("cloudflare")));
    assert_true(f->function->hosts.len > 0);
    assert_true(f->callers.len > 1);
    for (size_t i = 1; i < f->callers.len; i++) {
        assert_true(f->callers.at[i - 1].count >= f->callers.at[i].count);
    }
    assert_non_null(f->last_change);
    assert_true(f->first_us <= f->last_change->time_us && f->last_change->time_us <= f->last_us);
    f = find(e, "checkout");
    assert_true(str_eq(f->function->key.provider, STR("gcp")));
    for (size_t i = 1; i < e->functions.len; i++) {
        assert_true(
            str_cmp(e->functions.at[i - 1].function->text, e->functions.at[i].function->text) < 0);
    }
    assert_true(e->from_us != TIME_NONE && e->from_us < e->to_us);
    estate_free(e);
}

/* A list adds what the logs do not name, and completes what they do. */
static void test_lists(void **state)
{
    (void)state;
    char path[] = "/tmp/fw-estate-XXXXXX";
    int fd = mkstemp(path);
    static const char text[] = "provider,account,region,name,hosts\n"
                               "cloudflare,,,checkout-edge,listed.example.com\n"
                               "aws,111122223333,eu-west-1,forgotten,old.example.com\n";
    FILE *f = fd < 0 ? NULL : fdopen(fd, "w");
    assert_non_null(f);
    assert_int_equal(fwrite(text, 1, sizeof(text) - 1, f), sizeof(text) - 1);
    assert_int_equal(fclose(f), 0);
    struct estate *e = built(1, str_of(path));
    const struct estate_function *forgotten = find(e, "forgotten");
    assert_int_equal(forgotten->events, 0);
    assert_int_equal(forgotten->first_us, TIME_NONE);
    assert_null(forgotten->last_change);
    const struct function *edge = inventory_of_host(e->inventory, STR("listed.example.com"));
    assert_non_null(edge);
    assert_ptr_equal(edge, find(e, "checkout-edge")->function);
    assert_true(edge->key.account.len > 0);
    estate_free(e);
    (void)remove(path);
}

static void test_refused(void **state)
{
    (void)state;
    struct estate *e = NULL;
    struct err err = {0};
    struct triage_options o = {.paths = logs,
                               .path_count = 1,
                               .env = STR("/nonexistent.yaml"),
                               .since_us = TIME_NONE,
                               .until_us = TIME_NONE};
    assert_true(estate_build(&o, &e, &err) != ERR_OK);
    assert_null(e);
    assert_true(strlen(err.msg) > 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_logs),
        cmocka_unit_test(test_lists),
        cmocka_unit_test(test_refused),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
