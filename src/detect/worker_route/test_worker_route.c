#include "detect/test_fixture.h"

extern const struct detect_ops detect_worker_route;

static struct event *route(struct fx *f, const char *action, const char *pattern)
{
    struct attr attrs[] = {{ATTR_ROUTE, str_of(pattern)}};
    struct event *e = fx_event(f, action, attrs, 1);
    e->service = STR("cloudflare.workers");
    e->function = (struct function_key){STR("cloudflare"), STR("acc"), STR_EMPTY, STR("pixel")};
    return e;
}

static void test_patterns(void **state)
{
    (void)state;
    static const struct {
        const char *pattern;
        size_t hits;
        enum severity severity;
    } rows[] = {
        {"acme.example/login*", 1, SEVERITY_CRITICAL},
        {"https://acme.example/Sign-In", 1, SEVERITY_CRITICAL},
        {"auth.acme.example/*", 1, SEVERITY_CRITICAL},
        {"*/*", 1, SEVERITY_CRITICAL},
        {"*acme.example/*", 1, SEVERITY_CRITICAL},
        {"*.acme.example/*", 1, SEVERITY_CRITICAL},
        {"*", 1, SEVERITY_CRITICAL},
        {"acme.example/*", 1, SEVERITY_HIGH},
        {"acme.example/v1/api/x", 1, SEVERITY_CRITICAL},
        {"acme.example/author/*", 0, 0},
        {"acme.example/images/*", 0, 0},
        {"acme.example/apiary", 0, 0},
        {"payload.example/x", 0, 0},
    };
    for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
        struct fx f;
        fx_open(&f, &detect_worker_route);
        if (fx_play(&f, route(&f, "CreateWorkerRoute", rows[i].pattern)) != rows[i].hits) {
            fail_msg("%s: not %zu hits", rows[i].pattern, rows[i].hits);
        }
        if (rows[i].hits > 0) {
            fx_expect_severity(&f, rows[i].severity);
        }
        fx_close(&f);
    }
}

static void test_which_events(void **state)
{
    (void)state;
    struct fx f;
    fx_open(&f, &detect_worker_route);
    assert_int_equal(fx_play(&f, route(&f, "AttachWorkerDomain", "login.acme.example/*")), 1);
    assert_int_equal(fx_play(&f, route(&f, "UpdateWorkerRoute", "acme.example/checkout")), 1);
    /* The fixture learns no routes; what the inventory knew before is not new. */
    VEC_FREE(&f.functions[0].now.routes);
    assert_true(VEC_PUSH(&f.functions[0].now.routes, STR("acme.example/checkout")));
    assert_int_equal(fx_play(&f, route(&f, "UpdateWorkerRoute", "acme.example/checkout")), 0);
    VEC_FREE(&f.functions[0].now.routes);
    assert_int_equal(fx_play(&f, route(&f, "DeleteWorkerRoute", "acme.example/login")), 0);
    struct event *aws = FX_EVENT(&f, "CreateWorkerRoute", FX_ATTR(ROUTE, "*/*"));
    assert_int_equal(fx_play(&f, aws), 0);
    struct event *nobody = route(&f, "CreateWorkerRoute", "*/*");
    nobody->function = (struct function_key){0};
    assert_int_equal(fx_play(&f, nobody), 1);
    fx_close(&f);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_patterns),
        cmocka_unit_test(test_which_events),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
