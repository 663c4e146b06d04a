#include "detect/test_fixture.h"

extern const struct detect_ops detect_worker_change;

#define DIFFERENT "faaswatch.worker_changed_otherwise"
#define BY_HAND   "faaswatch.worker_changed_by_hand"

static struct event *worker(struct event *e)
{
    e->service = STR("cloudflare.workers");
    e->source = STR("cloudflare.audit_v2");
    e->function = (struct function_key){STR("cloudflare"), STR("acc"), STR_EMPTY, STR("pay")};
    e->who.principal = STR("ci@acme.example");
    e->who.access_key = STR("tok-1");
    return e;
}

/* Three versions of CI, then one that differs. */
static const struct {
    const char *what;
    const char *channel, *author, *key, *binding;
    size_t different, by_hand;
    enum severity severity;
} rows[] = {
    {"the same again", "workersci", "ci@acme.example", "tok-1", "kv_namespace:KV", 0, 0, 0},
    {"quick editor", "quick_editor", "ci@acme.example", "tok-1", "kv_namespace:KV", 1, 1,
     SEVERITY_HIGH},
    {"dashboard", "dash", "ci@acme.example", "tok-1", "kv_namespace:KV", 1, 1, SEVERITY_HIGH},
    {"another tool", "terraform", "ci@acme.example", "tok-1", "kv_namespace:KV", 1, 0,
     SEVERITY_MEDIUM},
    {"a new author", "workersci", "eve@acme.example", "tok-1", "kv_namespace:KV", 1, 0,
     SEVERITY_MEDIUM},
    {"author and token", "workersci", "eve@acme.example", "tok-2", "kv_namespace:KV", 1, 0,
     SEVERITY_HIGH},
    {"a new store", "workersci", "ci@acme.example", "tok-1", "r2_bucket:ALL", 1, 0,
     SEVERITY_MEDIUM},
    {"a plain value", "workersci", "ci@acme.example", "tok-1", "plain_text:X", 0, 0, 0},
    {"no way told", "", "ci@acme.example", "tok-1", "kv_namespace:KV", 0, 0, 0},
};

static struct event *version(struct fx *f, const char *action, const char *channel,
                             const char *author, const char *binding)
{
    struct attr attrs[] = {{ATTR_CHANNEL, str_of(channel)},
                           {ATTR_AUTHOR, str_of(author)},
                           {ATTR_BINDINGS_SET, STR_EMPTY},
                           {ATTR_BINDING, str_of(binding)}};
    return worker(fx_event(f, action, attrs, ARRAY_LEN(attrs)));
}

static void test_differences(void **state)
{
    (void)state;
    for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
        struct fx f;
        fx_open(&f, &detect_worker_change);
        for (int n = 0; n < 3; n++) {
            assert_int_equal(fx_play(&f, version(&f, "UploadWorker", "workersci", "ci@acme.example",
                                                 "kv_namespace:KV")),
                             0);
        }
        struct event *e =
            version(&f, "UploadWorkerVersion", rows[i].channel, rows[i].author, rows[i].binding);
        e->who.access_key = str_of(rows[i].key);
        fx_play(&f, e);
        if (fx_count(&f, DIFFERENT) != rows[i].different ||
            fx_count(&f, BY_HAND) != rows[i].by_hand) {
            fail_msg("%s: %zu and %zu hits", rows[i].what, fx_count(&f, DIFFERENT),
                     fx_count(&f, BY_HAND));
        }
        if (rows[i].different > 0) {
            fx_expect_severity(&f, rows[i].severity);
        }
        fx_close(&f);
    }
}

/* The first version is no difference, one edited by hand all along neither. */
static void test_quiet(void **state)
{
    (void)state;
    struct fx f;
    fx_open(&f, &detect_worker_change);
    for (int n = 0; n < 3; n++) {
        assert_int_equal(
            fx_play(&f, version(&f, "UploadWorker", "dash", "dana@acme.example", "d1:DB")), 0);
    }
    struct event *other = version(&f, "PutWorkerSecret", "dash", "eve@acme.example", "d1:DB");
    assert_int_equal(fx_play(&f, other), 0);
    struct event *aws = FX_EVENT(&f, "UploadWorker", FX_ATTR(CHANNEL, "quick_editor"));
    assert_int_equal(fx_play(&f, aws), 0);
    fx_close(&f);
}

static void test_settings(void **state)
{
    (void)state;
    struct fx f;
    fx_open(&f, &detect_worker_change);
    fx_play(&f, version(&f, "UploadWorker", "workersci", "ci@acme.example", "kv_namespace:KV"));
    struct attr attrs[] = {{ATTR_BINDINGS_SET, STR_EMPTY}, {ATTR_BINDING, STR("secret_text:KEY")}};
    assert_int_equal(fx_play(&f, worker(fx_event(&f, "UpdateWorkerSettings", attrs, 2))), 1);
    fx_expect_severity(&f, SEVERITY_MEDIUM);
    fx_close(&f);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_differences),
        cmocka_unit_test(test_quiet),
        cmocka_unit_test(test_settings),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
