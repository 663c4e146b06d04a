/* Numbers of detections that --env may set: their names, their limits, and that they count. */
#include "codec/yaml.h"
#include "context/env.h"
#include "detect/test_fixture.h"

extern const struct detect_ops detect_concurrency;

static struct context *with_env(const char *text)
{
    struct err err = {0};
    struct context *c = context_new();
    assert_non_null(c);
    if (context_load_env_text(c, STR("env.yaml"), str_of(text), &err) != ERR_OK) {
        fail_msg("%s", err.msg);
    }
    return c;
}

static void test_checked(void **state)
{
    (void)state;
    static const struct {
        const char *env, *says; /* NULL: fine */
    } rows[] = {
        {"organization: o-1\n", NULL},
        {"thresholds: {recon_kinds: 4, concurrency_first: 1000}\n", NULL},
        {"thresholds: {recon_kind: 4}\n",
         "no detection has 'recon_kind'; did you mean 'recon_kinds'"},
        {"thresholds: {calls_per_minute: 4}\n", "no detection has 'calls_per_minute'"},
        {"thresholds: {recon_kinds: 1}\n", "recon_kinds is 1; it goes from 2 to"},
        {"thresholds: {alias_share: 1.5}\n",
         "alias_share is 1.5; it goes from 0 to 1, usually 0.05"},
    };
    for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
        struct err err = {0};
        struct context *c = with_env(rows[i].env);
        enum err_code rc = detect_check_thresholds(&c->env, &err);
        context_free(c);
        assert_int_equal(rc, rows[i].says == NULL ? ERR_OK : ERR_SCHEMA);
        if (rows[i].says != NULL && strstr(err.msg, rows[i].says) == NULL) {
            fail_msg("'%s' is not in: %s", rows[i].says, err.msg);
        }
    }
}

/* Names are unique, usual values make sense, and the page lists them all. */
static void test_declared(void **state)
{
    (void)state;
    static char page[65536];
    FILE *file = fopen(FW_SOURCE_DIR "/docs/env.md", "rb");
    assert_non_null(file);
    struct str text = str_make(page, fread(page, 1, sizeof(page), file));
    (void)fclose(file);
    size_t total = 0;
    for (size_t i = 0; detect_registry[i] != NULL; i++) {
        for (size_t k = 0; k < detect_registry[i]->threshold_count; k++) {
            const struct detect_threshold *t = &detect_registry[i]->thresholds[k];
            char row[160];
            (void)snprintf(row, sizeof(row), "| `%.*s` | %g | %g to %g |", STR_ARG(t->name),
                           t->usual, t->least, t->most);
            total++;
            assert_true(t->least <= t->usual && t->usual <= t->most);
            if (str_find(text, str_of(row)) == SIZE_MAX) {
                fail_msg("docs/env.md lacks '%s'", row);
            }
            for (size_t m = 0; detect_registry[m] != NULL; m++) {
                for (size_t n = 0; n < detect_registry[m]->threshold_count; n++) {
                    assert_true((m == i && n == k) ||
                                !str_eq(detect_registry[m]->thresholds[n].name, t->name));
                }
            }
        }
    }
    assert_true(total >= 9);
}

static void test_counts(void **state)
{
    (void)state;
    for (int set = 0; set < 2; set++) {
        struct fx f;
        fx_open(&f, &detect_concurrency);
        struct context *c = with_env("thresholds: {concurrency_first: 500}\n");
        if (set != 0) {
            f.context.env.thresholds = c->env.thresholds;
        }
        size_t hits =
            fx_play(&f, FX_EVENT(&f, "PutFunctionConcurrency", FX_ATTR(CONCURRENCY, "400")));
        assert_int_equal(hits, set != 0 ? 0 : 1);
        f.context.env.thresholds = (struct map){0};
        fx_close(&f);
        context_free(c);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(test_checked),
                                       cmocka_unit_test(test_declared),
                                       cmocka_unit_test(test_counts)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
