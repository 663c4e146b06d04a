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

static void test_headers(void **state)
{
    (void)state;
    struct intel *in = load("x.csv", "Indicator;Type;Confidence;Valid_Until;Category;Name\n"
                                     "203.0.113.7;ip;85%;2026-12-01;botnet C2;ExampleRAT\n"
                                     "\"bad.example\";domain;high;;phishing;\n"
                                     "0011223344556677;md5;10;;;\n");
    struct intel_hit hit;
    struct ip ip;
    assert_true(ip_parse(STR("203.0.113.7"), &ip));
    assert_true(intel_find_ip(in, &ip, TIME_NONE, &hit));
    assert_int_equal(hit.best.class, INTEL_C2);
    assert_int_equal(hit.best.confidence, 85);
    assert_true(str_eq(hit.best.note, STR("ExampleRAT")));
    assert_true(intel_find_host(in, STR("x.bad.example"), TIME_NONE, &hit));
    assert_int_equal(hit.best.confidence, 85);
    assert_int_equal(intel_feed(in, 0)->rejected, 1);
    intel_free(in);
}

static void test_no_header(void **state)
{
    (void)state;
    struct intel *in = load("x.csv", "a1.workers.dev,mass scanner\nb2.workers.dev,blackwater\n");
    struct intel_hit hit;
    assert_true(intel_find_host(in, STR("b2.workers.dev"), TIME_NONE, &hit));
    assert_true(intel_find_host(in, STR("a1.workers.dev"), TIME_NONE, &hit));
    assert_int_equal(hit.best.class, INTEL_SCANNER);
    assert_false(intel_find_host(in, STR("workers.dev"), TIME_NONE, &hit));
    intel_free(in);
}

static void test_refused(void **state)
{
    (void)state;
    struct intel *in = intel_new();
    struct err err = {0};
    assert_int_equal(intel_load_text(in, STR("hashes.csv"), STR("sha256,size\nabc,1\n"), &err),
                     ERR_SCHEMA);
    assert_true(str_starts(str_of(err.msg), STR("hashes.csv: ")));
    intel_free(in);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_headers),
        cmocka_unit_test(test_no_header),
        cmocka_unit_test(test_refused),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
