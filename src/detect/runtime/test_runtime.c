#include "detect/test_usual.h"

extern const struct detect_ops detect_runtime;

struct stage {
    struct fx f;
    struct baseline b;
};

static struct event *run_of(struct fx *f, const char *ms, const char *used, const char *init,
                            const char *status)
{
    struct event *e = FX_EVENT(f, "REPORT", {ATTR_WALL_MS, str_of(ms)},
                               {ATTR_MEMORY_USED_MB, str_of(used)}, FX_ATTR(MEMORY_MB, "128"),
                               {ATTR_RUN_OUTCOME, str_of(status)}, {ATTR_INIT_MS, str_of(init)});
    e->kind = EVENT_RUN;
    e->actor = NULL;
    return e;
}

static struct event *cpu_of(struct fx *f, const char *ms)
{
    struct event *e = FX_EVENT(f, "fetch", {ATTR_CPU_MS, str_of(ms)});
    e->kind = EVENT_RUN;
    return e;
}

static struct event *line_of(struct fx *f, enum event_attr attr, const char *text, uint64_t count)
{
    struct event *e = FX_EVENT(f, "log", {attr, str_of(text)});
    e->kind = EVENT_LOG;
    e->count = count;
    return e;
}

static struct event *change_of(struct fx *f, const char *hash)
{
    struct event *e = FX_EVENT(f, "UpdateFunctionCode", {ATTR_CODE_HASH, str_of(hash)},
                               FX_ATTR(CODE_LOCATION, "s3://b/k"), FX_ATTR(TIMEOUT_S, "3"));
    return e;
}

/* An hour of a day: 100 ms, 60 MiB, 200 ms to start, five lines a run, one host. */
static void open(struct stage *s, int64_t days)
{
    fx_open(&s->f, &detect_runtime);
    baseline_init(&s->b);
    int64_t now = s->f.now_us;
    for (int64_t d = days; d > 0; d--) {
        for (int64_t h = 0; h < 6; h++) {
            s->f.now_us = now - d * TIME_DAY_US + h * TIME_HOUR_US;
            struct event *all[] = {run_of(&s->f, "100", "60", "200", "success"), cpu_of(&s->f, "5"),
                                   line_of(&s->f, ATTR_LOG_HOST, "api.example.com", 10),
                                   line_of(&s->f, ATTR_EXTENSION, "agent", 1)};
            for (size_t i = 0; i < ARRAY_LEN(all); i++) {
                assert_int_equal(baseline_survey(&s->b, all[i]), ERR_OK);
                assert_int_equal(baseline_learn(&s->b, all[i]), ERR_OK);
            }
        }
    }
    s->f.now_us = now;
    s->f.baseline = &s->b;
}

static void done(struct stage *s)
{
    fx_close(&s->f);
    baseline_free(&s->b);
}

static size_t runs(struct stage *s, unsigned n, const char *ms, const char *used, const char *init,
                   const char *status)
{
    size_t hits = 0;
    for (unsigned i = 0; i < n; i++) {
        hits += fx_play(&s->f, run_of(&s->f, ms, used, init, status));
        hits += fx_play(&s->f, line_of(&s->f, ATTR_LOG_LINE, "x", 10));
    }
    return hits;
}

static size_t quiet_runs(struct stage *s, unsigned n)
{
    size_t hits = 0;
    for (unsigned i = 0; i < n; i++) {
        hits += fx_play(&s->f, run_of(&s->f, "100", "60", "", "success"));
    }
    return hits + fx_finish(&s->f);
}

/* Slower runs: after a change of code they are told, about the change; without one they are load. */
static void test_longer(void **state)
{
    (void)state;
    struct stage s;
    open(&s, 20);
    assert_int_equal(runs(&s, 60, "400", "60", "200", "success"), 0);
    struct event *change = change_of(&s.f, "aa");
    assert_int_equal(fx_play(&s.f, change), 0);
    assert_int_equal(runs(&s, 60, "110", "60", "200", "success"), 0); /* a little slower */
    assert_int_equal(fx_play(&s.f, change_of(&s.f, "bb")), 0);
    assert_int_equal(runs(&s, 60, "400", "60", "200", "success"), 1);
    assert_int_equal(fx_count(&s.f, "faaswatch.runs_longer"), 1);
    assert_int_equal(fx_last(&s.f)->event->kind, EVENT_CHANGE);
    done(&s);
    open(&s, 13); /* too little history */
    assert_int_equal(fx_play(&s.f, change_of(&s.f, "aa")), 0);
    assert_int_equal(runs(&s, 60, "400", "60", "200", "success"), 0);
    done(&s);
}

static void test_mining(void **state)
{
    (void)state;
    struct stage s;
    open(&s, 20);
    s.f.baseline = NULL; /* needs none */
    assert_int_equal(runs(&s, 9, "3000", "127", "", "timeout"), 0);
    assert_int_equal(runs(&s, 9, "3000", "127", "", "timeout"), 1);
    assert_int_equal(fx_count(&s.f, "faaswatch.runs_like_mining"), 1);
    done(&s);
    open(&s, 20); /* with the timeout as configured */
    assert_int_equal(fx_play(&s.f, change_of(&s.f, "aa")), 0);
    assert_int_equal(runs(&s, 12, "2990", "120", "", "success"), 1);
    done(&s);
    open(&s, 20); /* time alone is a slow service, memory alone a large input */
    assert_int_equal(runs(&s, 40, "3000", "40", "", "timeout"), 0);
    done(&s);
    /* It always ran so. */
    fx_open(&s.f, &detect_runtime);
    baseline_init(&s.b);
    int64_t now = s.f.now_us;
    for (int64_t d = 20; d > 0; d--) {
        for (int64_t i = 0; i < 3; i++) {
            s.f.now_us = now - d * TIME_DAY_US + i * TIME_HOUR_US;
            struct event *e = run_of(&s.f, "3000", "127", "", "timeout");
            assert_int_equal(baseline_learn(&s.b, e), ERR_OK);
        }
    }
    s.f.now_us = now;
    s.f.baseline = &s.b;
    assert_int_equal(fx_count(&s.f, "faaswatch.runs_like_mining"), 0);
    assert_int_equal(runs(&s, 40, "3000", "127", "", "timeout"), 0);
    done(&s);
}

static void test_memory(void **state)
{
    (void)state;
    struct stage s;
    open(&s, 20);
    assert_int_equal(runs(&s, 60, "100", "110", "", "success"), 1);
    assert_int_equal(fx_count(&s.f, "faaswatch.runs_larger"), 1);
    done(&s);
    open(&s, 20); /* a deployment: more memory is its doing */
    assert_int_equal(fx_play(&s.f, change_of(&s.f, "aa")), 0);
    assert_int_equal(runs(&s, 60, "100", "110", "", "success"), 0);
    done(&s);
}

/* Cold starts as ever, however many; slower ones after a change. */
static void test_starts(void **state)
{
    (void)state;
    struct stage s;
    open(&s, 20);
    assert_int_equal(runs(&s, 60, "100", "60", "210", "success"), 0);
    assert_int_equal(fx_play(&s.f, change_of(&s.f, "aa")), 0);
    assert_int_equal(runs(&s, 30, "100", "60", "900", "success"), 1);
    assert_int_equal(fx_count(&s.f, "faaswatch.starts_slower"), 1);
    done(&s);
}

static void test_lines(void **state)
{
    (void)state;
    static const struct {
        enum event_attr attr;
        const char *text, *id;
        bool change;
        enum severity severity;
    } rows[] = {
        {ATTR_LOG_HOST, "api.example.com", NULL, true, 0},
        {ATTR_LOG_HOST, "evil.example", "faaswatch.log_names_host", false, SEVERITY_MEDIUM},
        {ATTR_LOG_HOST, "evil.example", "faaswatch.log_names_host", true, SEVERITY_HIGH},
        {ATTR_EXTENSION, "agent", NULL, true, 0},
        {ATTR_EXTENSION, "spy", "faaswatch.new_extension", false, SEVERITY_HIGH},
        {ATTR_LOG_WORDS, "/bin/sh: #", "faaswatch.log_says_new", true, SEVERITY_HIGH},
        {ATTR_LOG_LINE, "hello", NULL, true, 0},
    };
    for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
        struct stage s;
        open(&s, 20);
        if (rows[i].change) {
            assert_int_equal(fx_play(&s.f, change_of(&s.f, "aa")), 0);
        }
        struct event *e = line_of(&s.f, rows[i].attr, rows[i].text, 1);
        assert_int_equal(fx_play(&s.f, e), rows[i].id == NULL ? 0 : 1);
        if (rows[i].id != NULL) {
            assert_int_equal(fx_count(&s.f, rows[i].id), 1);
            fx_expect_severity(&s.f, rows[i].severity);
            assert_int_equal(fx_play(&s.f, e), 0); /* once */
        }
        done(&s);
    }
    struct stage s; /* without history nothing is new; a miner is told all the same */
    open(&s, 5);
    assert_int_equal(fx_play(&s.f, line_of(&s.f, ATTR_LOG_HOST, "evil.example", 1)), 0);
    assert_int_equal(fx_play(&s.f, line_of(&s.f, ATTR_LOG_WORDS, "/bin/sh: #", 1)), 0);
    assert_int_equal(fx_play(&s.f, line_of(&s.f, ATTR_LOG_WORDS, "[xmrig] #", 1)), 1);
    done(&s);
}

static void test_silence(void **state)
{
    (void)state;
    struct stage s;
    open(&s, 20);
    for (int i = 0; i < 60; i++) { /* as ever */
        assert_int_equal(fx_play(&s.f, run_of(&s.f, "100", "60", "", "success")), 0);
        assert_int_equal(fx_play(&s.f, line_of(&s.f, ATTR_LOG_LINE, "x", 10)), 0);
    }
    assert_int_equal(fx_finish(&s.f), 0);
    done(&s);
    open(&s, 20);
    size_t hits = quiet_runs(&s, 120);
    assert_int_equal(hits, 1);
    assert_int_equal(fx_count(&s.f, "faaswatch.log_silent"), 1);
    done(&s);
    open(&s, 20); /* hardly any runs: nothing to write */
    assert_int_equal(quiet_runs(&s, 5), 0);
    done(&s);
}

static void test_worker(void **state)
{
    (void)state;
    struct stage s;
    size_t hits = 0;
    open(&s, 20);
    for (int i = 0; i < 100; i++) { /* one odd run in fifty is none */
        hits += fx_play(&s.f, cpu_of(&s.f, i % 50 == 0 ? "40" : "5"));
        hits += fx_play(&s.f, line_of(&s.f, ATTR_LOG_LINE, "x", 10));
    }
    assert_int_equal(hits, 0);
    for (int i = 0; i < 60; i++) {
        hits += fx_play(&s.f, cpu_of(&s.f, i % 3 == 0 ? "40" : "5"));
        hits += fx_play(&s.f, line_of(&s.f, ATTR_LOG_LINE, "x", 10));
    }
    assert_int_equal(hits, 1);
    assert_int_equal(fx_count(&s.f, "faaswatch.worker_busier"), 1);
    done(&s);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_longer), cmocka_unit_test(test_mining),
        cmocka_unit_test(test_memory), cmocka_unit_test(test_starts),
        cmocka_unit_test(test_lines),  cmocka_unit_test(test_silence),
        cmocka_unit_test(test_worker),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
