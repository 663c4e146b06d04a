#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "base/mem.h"
#include "engine/front_door.h"

#define GROUP "arn:aws:elasticloadbalancing:eu-west-1:1:targetgroup/pay/73e2"

static const struct attr integration[] = {{ATTR_API, STR_INIT("abc123")}};
static const struct attr grant_get[] = {
    {ATTR_GRANT_SOURCE, STR_INIT("arn:aws:execute-api:eu-west-1:1:two/*/GET/pay")}};
static const struct attr grant_post[] = {
    {ATTR_GRANT_SOURCE, STR_INIT("arn:aws:execute-api:eu-west-1:1:two/*/POST/*")}};
static const struct attr grant_group[] = {{ATTR_GRANT_SOURCE, STR_INIT(GROUP)}};
static const struct attr call_api[] = {{ATTR_FRONT_DOOR, STR_INIT("abc123")},
                                       {ATTR_ROUTE, STR_INIT("GET /x")}};
static const struct attr call_get[] = {{ATTR_FRONT_DOOR, STR_INIT("two")},
                                       {ATTR_ROUTE, STR_INIT("GET /pay")}};
static const struct attr call_post[] = {{ATTR_FRONT_DOOR, STR_INIT("two")},
                                        {ATTR_ROUTE, STR_INIT("POST /other")}};
static const struct attr call_odd[] = {{ATTR_FRONT_DOOR, STR_INIT("two")},
                                       {ATTR_ROUTE, STR_INIT("PUT /pay")}};
static const struct attr call_group[] = {{ATTR_FRONT_DOOR, STR_INIT(GROUP)}};
static const struct attr call_unknown[] = {{ATTR_FRONT_DOOR, STR_INIT("nobody")}};

static struct event change(const char *function, const struct attr *attrs)
{
    return (struct event){.kind = EVENT_CHANGE,
                          .function = {.provider = STR("aws"),
                                       .account = STR("1"),
                                       .region = STR("eu-west-1"),
                                       .name = str_of(function)},
                          .attrs = attrs,
                          .attr_count = 1};
}

static struct event call(const struct attr *attrs, size_t count)
{
    return (struct event){.kind = EVENT_INVOKE, .attrs = attrs, .attr_count = count};
}

static void finds_the_function(void **state)
{
    (void)state;
    struct event refused = change("evil", integration);
    refused.outcome = OUTCOME_DENIED;
    struct event all[] = {
        call(call_api, 2),
        call(call_get, 2),
        call(call_post, 2),
        call(call_odd, 2),
        call(call_group, 1),
        call(call_unknown, 1),
        refused,
        change("one", integration),
        change("get", grant_get),
        change("post", grant_post),
        change("behind", grant_group),
    };
    static const char *const want[] = {"one", "get", "post", "", "behind", ""};
    struct event *events[ARRAY_LEN(all)];
    for (size_t i = 0; i < ARRAY_LEN(all); i++) {
        events[i] = &all[i];
    }
    assert_true(front_door_functions(events, ARRAY_LEN(events)));
    for (size_t i = 0; i < ARRAY_LEN(want); i++) {
        assert_true(str_eq(all[i].function.name, str_of(want[i])));
        assert_true(str_eq(all[i].account, str_of(want[i][0] == '\0' ? "" : "1")));
    }
}

static void survives_no_memory(void **state)
{
    (void)state;
    for (unsigned n = 1; n < 100; n++) {
        struct event request = call(call_api, 2);
        struct event setup = change("one", integration);
        struct event *events[] = {&request, &setup};
        mem_torture(n);
        bool fine = front_door_functions(events, ARRAY_LEN(events));
        mem_torture(0);
        if (fine) {
            assert_true(n > 1);
            return;
        }
    }
    fail_msg("it never succeeded");
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(finds_the_function),
                                       cmocka_unit_test(survives_no_memory)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
