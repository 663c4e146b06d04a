#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

#include "base/timefmt.h"
#include "context/schedule.h"

static void test_fits(void **state)
{
    (void)state;
    /* Friday 2026-11-20. */
    static const struct {
        const char *schedule;
        int hour, minute;
        bool fits;
    } rows[] = {
        {"", 3, 0, true},
        {"  ", 3, 0, true},
        {"rate(5 minutes)", 3, 0, true},
        {"cron(0 2 * * ? *)", 2, 0, true},
        {"cron(0 2 * * ? *)", 2, 15, true},
        {"cron(0 2 * * ? *)", 2, 16, false},
        {"cron(0 2 * * ? *)", 1, 59, false},
        {"cron(0/20 * * * ? *)", 7, 40, true},
        {"cron(0/30 * * * ? *)", 7, 46, false},
        {"cron(0 9 ? * FRI *)", 9, 5, true},
        {"cron(0 9 ? * 6 *)", 9, 5, true},
        {"cron(0 9 ? * MON-THU *)", 9, 5, false},
        {"cron(0 9 ? * MON-FRI *)", 9, 5, true},
        {"cron(0 9 20 NOV ? 2026)", 9, 0, true},
        {"cron(0 9 19,20 11 ? *)", 9, 0, true},
        {"cron(0 9 21 11 ? *)", 9, 0, false},
        {"cron(0 9 * *)", 9, 0, false},
        {"cron(0 9 * * ? * *)", 9, 0, false},
        {"cron(x 9 * * ? *)", 9, 0, false},
        {"cron(0/0 9 * * ? *)", 9, 0, false},
        {"cron()", 9, 0, false},
        {"08:00-18:00", 8, 0, true},
        {"08:00-18:00", 18, 0, false},
        {"22:00-06:00", 23, 0, true},
        {"22:00-06:00", 5, 59, true},
        {"22:00-06:00", 12, 0, false},
        {"08:00-1800", 9, 0, false},
        {"every day", 9, 0, false},
    };
    int64_t day = time_of_date(2026, 11, 20);
    for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
        int64_t at = day + rows[i].hour * TIME_HOUR_US + rows[i].minute * TIME_MINUTE_US;
        if (schedule_fits(str_of(rows[i].schedule), at) != rows[i].fits) {
            fail_msg("'%s' at %02d:%02d", rows[i].schedule, rows[i].hour, rows[i].minute);
        }
    }
    assert_true(schedule_fits(STR(""), TIME_NONE));
    assert_false(schedule_fits(STR("08:00-18:00"), TIME_NONE));
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(test_fits)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
