#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "base/mem.h"
#include "engine/complete.h"

static struct event function_of(const char *provider, const char *account, const char *region,
                                const char *name)
{
    return (struct event){.region = str_of(region),
                          .function = {.provider = str_of(provider),
                                       .account = str_of(account),
                                       .region = str_of(region),
                                       .name = str_of(name)}};
}

static void fills_in_what_is_certain(void **state)
{
    (void)state;
    struct event all[] = {
        function_of("aws", "1", "", "pay"),           function_of("aws", "1", "eu-west-1", "pay"),
        function_of("aws", "2", "us-east-1", "pay"),  function_of("aws", "1", "", "mail"),
        function_of("aws", "1", "eu-west-1", "mail"), function_of("aws", "1", "us-east-1", "mail"),
        function_of("aws", "1", "eu-west-1", "mail"), function_of("aws", "3", "", "pay"),
        function_of("cloudflare", "1", "", "pay"),    function_of("aws", "", "", "pay"),
        function_of("aws", "", "", "once"),           function_of("aws", "7", "eu-west-1", "once"),
    };
    static const char *const want[] = {"eu-west-1", "eu-west-1", "us-east-1", "",
                                       "eu-west-1", "us-east-1", "eu-west-1", "",
                                       "",          "",          "eu-west-1", "eu-west-1"};
    _Static_assert(ARRAY_LEN(want) == ARRAY_LEN(all), "one for each");
    struct event *events[ARRAY_LEN(all)];
    for (size_t i = 0; i < ARRAY_LEN(all); i++) {
        events[i] = &all[i];
    }
    assert_true(complete_functions(events, ARRAY_LEN(events)));
    for (size_t i = 0; i < ARRAY_LEN(all); i++) {
        assert_true(str_eq(all[i].function.region, str_of(want[i])));
        assert_true(str_eq(all[i].region, str_of(want[i])));
    }
}

static void survives_no_memory(void **state)
{
    (void)state;
    for (unsigned n = 1; n < 100; n++) {
        struct event log = function_of("aws", "1", "", "pay");
        struct event call = function_of("aws", "1", "eu-west-1", "pay");
        struct event *events[] = {&log, &call};
        mem_torture(n);
        bool fine = complete_functions(events, ARRAY_LEN(events));
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
    const struct CMUnitTest tests[] = {cmocka_unit_test(fills_in_what_is_certain),
                                       cmocka_unit_test(survives_no_memory)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
