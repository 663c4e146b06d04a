#include "detect/test_fixture.h"

extern const struct detect_ops detect_open_route;

#define API  FX_ATTR(API, "abc123")
#define GET  FX_ATTR(ROUTE, "GET res1")
#define NONE FX_ATTR(URL_AUTH, "NONE")

static struct event *of_api(struct event *e, bool function)
{
    e->service = STR("apigateway.amazonaws.com");
    if (!function) {
        e->function = (struct function_key){0};
    }
    return e;
}

static void test_rest_api(void **state)
{
    (void)state;
    for (int turn = 0; turn < 2; turn++) {
        struct fx f;
        fx_open(&f, &detect_open_route);
        struct event *method = of_api(FX_EVENT(&f, "PutMethod", API, GET, NONE), false);
        struct event *calls = of_api(FX_EVENT(&f, "PutIntegration", API, GET), true);
        assert_int_equal(fx_play(&f, turn == 0 ? method : calls), 0);
        assert_int_equal(fx_play(&f, turn == 0 ? calls : method), 1);
        assert_ptr_equal(fx_last(&f)->event, calls);
        assert_int_equal(fx_play(&f, method), 0); /* no news */
        fx_close(&f);
    }
}

static void test_what_is_not_open(void **state)
{
    (void)state;
    struct fx f;
    fx_open(&f, &detect_open_route);
    /* Authorised; open but another resource; open but no function; refused. */
    fx_play(&f, of_api(FX_EVENT(&f, "PutMethod", API, GET, FX_ATTR(URL_AUTH, "AWS_IAM")), false));
    fx_play(&f, of_api(FX_EVENT(&f, "PutIntegration", API, GET), true));
    fx_play(&f, of_api(FX_EVENT(&f, "PutMethod", API, FX_ATTR(ROUTE, "GET res2"), NONE), false));
    fx_play(&f, of_api(FX_EVENT(&f, "PutIntegration", API, FX_ATTR(ROUTE, "GET res2")), false));
    struct event *refused = of_api(FX_EVENT(&f, "PutMethod", API, GET, NONE), false);
    refused->outcome = OUTCOME_DENIED;
    fx_play(&f, refused);
    fx_play(&f, of_api(FX_EVENT(&f, "PutMethod", FX_ATTR(API, "other"), GET, NONE), false));
    assert_int_equal(f.run.hits.len, 0);
    fx_close(&f);
}

static void test_http_api(void **state)
{
    (void)state;
    struct fx f;
    fx_open(&f, &detect_open_route);
    fx_play(&f, of_api(FX_EVENT(&f, "CreateIntegration", API), true));
    assert_int_equal(
        fx_play(&f, of_api(FX_EVENT(&f, "CreateRoute", API, FX_ATTR(URL_AUTH, "JWT")), false)), 0);
    assert_int_equal(
        fx_play(&f, of_api(FX_EVENT(&f, "CreateRoute", API, FX_ATTR(ROUTE, "POST /x")), false)), 1);
    assert_int_equal(fx_play(&f, of_api(FX_EVENT(&f, "CreateApi", API), true)), 1);
    assert_int_equal(fx_play(&f, of_api(FX_EVENT(&f, "CreateApi", API), false)), 0);
    fx_close(&f);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_rest_api),
        cmocka_unit_test(test_what_is_not_open),
        cmocka_unit_test(test_http_api),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
