#include "detect/test_fixture.h"

extern const struct detect_ops detect_recon;

#define BURST    "faaswatch.recon_burst"
#define DOWNLOAD "faaswatch.code_download"

static struct event *look(struct fx *f, const char *action, int64_t gap_us)
{
    struct event *e = FX_PLAIN(f, action);
    f->now_us += gap_us - TIME_MINUTE_US;
    e->time_us = e->last_us = f->now_us;
    e->kind = EVENT_READ;
    return e;
}

static void look_around(struct fx *f, int64_t gap_us, size_t kinds)
{
    static const char *const names[] = {"ListFunctions", "GetPolicy", "ListLayers",
                                        "GetAccountSettings", "ListEventSourceMappings"};
    for (size_t i = 0; i < kinds; i++) {
        fx_play(f, look(f, names[i], gap_us));
    }
}

static void test_burst(void **state)
{
    (void)state;
    struct fx f;
    fx_open(&f, &detect_recon);
    look_around(&f, TIME_SECOND_US, 4);
    assert_int_equal(fx_count(&f, BURST), 0);
    look_around(&f, TIME_SECOND_US, 5);
    /* Each of the five calls is evidence, and the four that came again. */
    assert_true(fx_count(&f, BURST) >= 5);
    size_t n = fx_count(&f, BURST);
    f.now_us += TIME_HOUR_US;
    look_around(&f, TIME_SECOND_US, 5);
    assert_int_equal(fx_count(&f, BURST), n); /* it has done so before */
    fx_close(&f);
}

static void test_slow_is_no_burst(void **state)
{
    (void)state;
    struct fx f;
    fx_open(&f, &detect_recon);
    look_around(&f, 2 * TIME_MINUTE_US, 5);
    for (int i = 0; i < 20; i++) {
        fx_play(&f, look(&f, "ListFunctions", TIME_SECOND_US)); /* one kind, often */
    }
    struct event *iam = look(&f, "GetPolicy", TIME_SECOND_US);
    iam->service = STR("iam.amazonaws.com");
    fx_play(&f, iam);
    assert_int_equal(f.run.hits.len, 0);
    fx_close(&f);
}

static void test_refused_burst_and_vendor(void **state)
{
    (void)state;
    for (int vendor = 0; vendor < 2; vendor++) {
        struct fx f;
        fx_open(&f, &detect_recon);
        struct env_vendor v = {.until_us = TIME_NONE};
        assert_true(VEC_PUSH(&v.principals, STR("dana.k@example.com")));
        assert_true(VEC_PUSH(&v.actions, STR("List*")));
        assert_true(VEC_PUSH(&v.actions, STR("Get*")));
        if (vendor) {
            assert_true(VEC_PUSH(&f.context.env.vendors, v));
        }
        look_around(&f, TIME_SECOND_US, 5);
        fx_expect_severity(&f, vendor ? SEVERITY_LOW : SEVERITY_MEDIUM);
        VEC_FREE(&v.principals);
        VEC_FREE(&v.actions);
        VEC_FREE(&f.context.env.vendors);
        fx_close(&f);
    }
}

static struct event *read_code(struct fx *f, const char *name)
{
    struct event *e = look(f, "GetFunction", TIME_SECOND_US);
    e->function.name = str_of(name);
    return e;
}

static void test_download(void **state)
{
    (void)state;
    static const char *const names[] = {"a", "b", "c", "d"};
    for (int pipeline = 0; pipeline < 2; pipeline++) {
        struct fx f;
        fx_open(&f, &detect_recon);
        f.dana.pipeline = pipeline;
        for (size_t turn = 0; turn < 2; turn++) {
            for (size_t i = 0; i < ARRAY_LEN(names); i++) {
                fx_play(&f, read_code(&f, names[i]));
            }
        }
        struct event *refused = read_code(&f, "z");
        refused->outcome = OUTCOME_DENIED;
        fx_play(&f, refused);
        assert_int_equal(fx_count(&f, DOWNLOAD), 0);
        fx_play(&f, read_code(&f, "e"));
        assert_int_equal(fx_count(&f, DOWNLOAD), 5);
        fx_expect_severity(&f, pipeline ? SEVERITY_LOW : SEVERITY_MEDIUM);
        fx_play(&f, read_code(&f, "g"));
        assert_int_equal(fx_count(&f, DOWNLOAD), 6);
        fx_close(&f);
    }
}

static void test_no_memory(void **state)
{
    (void)state;
    for (unsigned long n = 1;; n++) {
        struct fx f;
        fx_open(&f, &detect_recon);
        struct event *e = read_code(&f, "a");
        struct detect_view v = fx_view(&f, e);
        v.function = fx_replay(&f, e);
        mem_torture(n);
        enum err_code rc = f.ops->on_event(f.state, &v, NULL);
        mem_torture(0);
        fx_close(&f);
        if (rc == ERR_OK) {
            assert_true(n > 2);
            return;
        }
        assert_int_equal(rc, ERR_NOMEM);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_burst),
        cmocka_unit_test(test_slow_is_no_burst),
        cmocka_unit_test(test_refused_burst_and_vendor),
        cmocka_unit_test(test_download),
        cmocka_unit_test(test_no_memory),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
