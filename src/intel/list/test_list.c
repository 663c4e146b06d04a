#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "intel/intel.h"

static struct intel *load(const char *name, const char *text)
{
    struct intel *in = intel_new();
    struct err err = {0};
    if (in == NULL || intel_load_text(in, str_of(name), str_of(text), &err) != ERR_OK ||
        intel_finish(in, &err) != ERR_OK) {
        fail_msg("%s: %s", name, err.msg);
    }
    return in;
}

static bool find(const struct intel *in, const char *ip, struct intel_hit *hit)
{
    struct ip addr;
    assert_true(ip_parse(str_of(ip), &addr));
    return intel_find_ip(in, &addr, TIME_NONE, hit);
}

static void test_forms(void **state)
{
    (void)state;
    struct intel *in = load("x.txt", "\xef\xbb\xbf# comment\r\n"
                                     "203.0.113.7\r\n"
                                     "198.51.100.0/24 # a network\n"
                                     "198[.]51[.]100[.]9\n"
                                     "2001:db8::/32\n"
                                     "0.0.0.0 ads.example\n"
                                     "127.0.0.1 localhost\n"
                                     "hxxps://Bad[.]Example/panel?x=1\n"
                                     "not an indicator\n"
                                     "d41d8cd98f00b204e9800998ecf8427e\n");
    struct intel_hit hit;
    assert_true(find(in, "203.0.113.7", &hit));
    assert_true(find(in, "198.51.100.77", &hit));
    assert_true(find(in, "2001:db8:1::5", &hit));
    assert_false(find(in, "203.0.113.8", &hit));
    assert_false(find(in, "0.0.0.0", &hit));
    assert_true(intel_find_host(in, STR("ads.example"), TIME_NONE, &hit));
    assert_true(intel_find_host(in, STR("A.BAD.example."), TIME_NONE, &hit));
    assert_int_equal(hit.best.confidence, 45);
    assert_false(intel_find_host(in, STR("notbad.example"), TIME_NONE, &hit));
    assert_int_equal(intel_feed(in, 0)->indicators, 7);
    assert_int_equal(intel_feed(in, 0)->rejected, 1);
    intel_free(in);
}

static void test_statements(void **state)
{
    (void)state;
    struct intel *in = load("mass_scanner.txt",
                            "203.0.113.1\n203.0.113.3\t8\n"
                            "# faaswatch: class=c2 confidence=80 until=2026-11-20\n203.0.113.2\n");
    struct intel_hit hit;
    assert_true(find(in, "203.0.113.1", &hit));
    assert_int_equal(hit.best.class, INTEL_SCANNER);
    assert_true(find(in, "203.0.113.3", &hit));
    assert_int_equal(hit.best.confidence, 85);
    struct ip ip;
    int64_t before;
    assert_true(ip_parse(STR("203.0.113.2"), &ip));
    assert_true(time_parse_rfc3339(STR("2026-11-19T23:59:59Z"), &before));
    assert_true(intel_find_ip(in, &ip, before, &hit));
    assert_int_equal(hit.best.class, INTEL_C2);
    assert_int_equal(hit.best.confidence, 80);
    assert_false(intel_find_ip(in, &ip, before + TIME_DAY_US, &hit));
    intel_free(in);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_forms),
        cmocka_unit_test(test_statements),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
