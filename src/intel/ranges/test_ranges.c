#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "intel/intel.h"

static void test_shared(void **state)
{
    (void)state;
    struct intel *in = intel_new();
    struct err err = {0};
    const char *aws = "{\"syncToken\":\"1\",\"createDate\":\"2026-11-20-01-02-03\",\"prefixes\":["
                      "{\"ip_prefix\":\"203.0.0.0/16\",\"region\":\"eu-west-1\",\"service\":"
                      "\"AMAZON\"},{\"ip_prefix\":\"203.0.113.0/24\",\"region\":\"eu-west-1\","
                      "\"service\":\"EC2\"}],\"ipv6_prefixes\":[]}";
    assert_int_equal(intel_load_text(in, STR("ip-ranges.json"), str_of(aws), &err), ERR_OK);
    assert_int_equal(intel_load_text(in, STR("list.txt"), STR("203.0.113.9\n192.0.2.1\n"), &err),
                     ERR_OK);
    assert_int_equal(intel_finish(in, &err), ERR_OK);
    struct ip ip;
    struct intel_hit hit;
    assert_true(ip_parse(STR("203.0.113.9"), &ip));
    assert_true(intel_find_ip(in, &ip, TIME_NONE, &hit));
    assert_true(hit.shared);
    assert_true(str_eq(hit.range, STR("AWS EC2 eu-west-1")));
    assert_true(ip_parse(STR("192.0.2.1"), &ip));
    assert_true(intel_find_ip(in, &ip, TIME_NONE, &hit));
    assert_false(hit.shared);
    assert_true(ip_parse(STR("203.0.113.10"), &ip));
    assert_false(intel_find_ip(in, &ip, TIME_NONE, &hit));
    assert_true(intel_range_of(in, &ip).len > 0);
    assert_int_equal(intel_count(in), 2);
    intel_free(in);
}

static void test_forms(void **state)
{
    (void)state;
    static const struct {
        const char *text;
        enum err_code want;
    } rows[] = {
        {"{\"syncToken\":\"1\",\"creationTime\":\"2026\",\"prefixes\":[{\"ipv4Prefix\":"
         "\"203.0.113.0/24\",\"service\":\"Google Cloud\",\"scope\":\"x\"}]}",
         ERR_OK},
        {"{\"result\":{\"ipv4_cidrs\":[\"203.0.113.0/24\"],\"ipv6_cidrs\":[]}}", ERR_OK},
        {"{\"description\":\"d\",\"name\":\"n\",\"type\":\"cidr\",\"version\":3,\"list\":["
         "\"203.0.113.0/24\"]}",
         ERR_OK},
        {"{\"description\":\"d\",\"type\":\"regex\",\"list\":[\"a.example\"]}", ERR_UNSUPPORTED},
        {"{\"description\":\"d\",\"list\":[", ERR_SYNTAX},
    };
    for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
        struct intel *in = intel_new();
        struct err err = {0};
        enum err_code rc = intel_load_text(in, STR("r.json"), str_of(rows[i].text), &err);
        if (rc != rows[i].want) {
            fail_msg("row %zu: %s (%s)", i, err_code_name(rc), err.msg);
        }
        struct ip ip;
        assert_true(ip_parse(STR("203.0.113.10"), &ip));
        assert_int_equal(intel_finish(in, NULL), ERR_OK);
        assert_int_equal(intel_range_of(in, &ip).len > 0, rc == ERR_OK);
        intel_free(in);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_shared),
        cmocka_unit_test(test_forms),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
