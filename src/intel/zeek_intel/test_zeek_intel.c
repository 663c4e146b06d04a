#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "intel/intel.h"

static void test_types(void **state)
{
    (void)state;
    struct intel *in = intel_new();
    struct err err = {0};
    const char *text = "#fields\tindicator\tindicator_type\tmeta.source\tmeta.desc\n"
                       "203.0.113.7\tIntel::ADDR\tours\tbotnet C2\r\n"
                       "198.51.100.0/24\tIntel::SUBNET\tours\t-\n"
                       "bad.example\tIntel::DOMAIN\tours\t-\n"
                       "bad.example/panel?x=1\tIntel::URL\tours\t-\n"
                       "46aba99aa7158e4609aaa72b50990842fd22ae86\tIntel::FILE_HASH\tours\t-\n"
                       "someone\tIntel::USER_NAME\tours\t-\n"
                       "no address\tIntel::ADDR\tours\t-\n"
                       "short\n";
    assert_int_equal(intel_load_text(in, STR("intel.dat"), str_of(text), &err), ERR_OK);
    assert_int_equal(intel_finish(in, &err), ERR_OK);
    const struct feed_info *f = intel_feed(in, 0);
    assert_true(str_eq(f->kind, STR("zeek_intel")));
    assert_int_equal(f->indicators, 5);
    assert_int_equal(f->rejected, 2);
    assert_true(str_starts(f->rejected_first, STR("line 8: ")));
    struct ip ip;
    struct intel_hit hit;
    assert_true(ip_parse(STR("203.0.113.7"), &ip));
    assert_true(intel_find_ip(in, &ip, TIME_NONE, &hit));
    assert_int_equal(hit.best.class, INTEL_C2);
    assert_true(ip_parse(STR("198.51.100.9"), &ip));
    assert_true(intel_find_ip(in, &ip, TIME_NONE, &hit));
    assert_true(intel_find_url(in, STR("bad.example"), STR("/panel?x=1"), TIME_NONE, &hit));
    assert_true(
        intel_find_hash(in, STR("46aba99aa7158e4609aaa72b50990842fd22ae86"), TIME_NONE, &hit));
    intel_free(in);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_types),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
