#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "model/attack.h"

static const struct {
    const char *id, *old, *new;
} rows[] = {
    {"T1685.002", "T1562.008", ""},
    {"t1685.002", "T1562.008", ""},
    {"T1562.008", "T1562.008", "T1685.002"},
    {"T1685", "T1562.001", ""}, /* three became one */
    {"T1562.001", "T1562.001", "T1685"},
    {"T1562.006", "T1562.006", "T1685"},
    {"T1562", "T1562", "T1685"},
    {"stealth", "defense-evasion", ""},
    {"T1648", "T1648", ""},
    {"T1685.00", "T1685.00", ""},
    {"# ATT&CK 19 (April 2026) gave new numbers", "# ATT&CK 19 (April 2026) gave new numbers", ""},
    {"", "", ""},
};

static void test_numbers(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        assert_true(str_eq(attack_old(str_of(rows[i].id)), str_of(rows[i].old)));
        assert_true(str_eq(attack_new(str_of(rows[i].id)), str_of(rows[i].new)));
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(test_numbers)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
