#include "tests/unit/source/net_fixture.h"

extern const struct source_ops source_aws_resolver_query;

static const struct {
    const char *text, *want;
} cases[] = {
    {"{\"version\":\"1.100000\",\"account_id\":\"123456789012\",\"region\":\"eu-west-1\",\"vpc_"
     "id\":"
     "\"vpc-1\",\"query_timestamp\":\"2026-11-20T09:12:00Z\",\"query_name\":\"A.Example.\","
     "\"query_type\":\"A\",\"query_class\":\"IN\",\"rcode\":\"NOERROR\",\"answers\":[{\"Rdata\":"
     "\"B.run.app.\",\"Type\":\"CNAME\",\"Class\":\"IN\"},{\"Rdata\":\"192.0.2.9\",\"Type\":\"A\"},"
     "{\"Rdata\":\"V=1.\",\"Type\":\"TXT\"}],\"srcaddr\":\"10.0.0.5\",\"srcport\":\"4879\","
     "\"transport\":\"UDP\",\"srcids\":{\"instance\":\"i-1\"}}",
     "dns 2026-11-20T09:12:00Z 10.0.0.5|4879>?|0 proto=udp host=a.example type=A rcode=NOERROR "
     "[ CNAME b.run.app 0] [ A 192.0.2.9 0] [ TXT V=1. 0] sensor=vpc-1 account=123456789012 "
     "region=eu-west-1"},
    {"{\"query_timestamp\":\"2026-11-20T09:12:00Z\",\"query_name\":\"bad.workers.dev.\","
     "\"srcaddr\":"
     "\"10.0.0.5\",\"firewall_rule_action\":\"BLOCK\",\"firewall_domain_list_id\":\"rslvr-1\"}",
     "dns 2026-11-20T09:12:00Z 10.0.0.5|0>?|0 host=bad.workers.dev state=BLOCK rejected"},
    {"{\"query_timestamp\":\"x\",\"query_name\":\".\",\"vpc_id\":\"v\",\"answers\":[7,{},[]]}",
     "dns  ?|0>?|0 host=. [   0] [   0] [   0] sensor=v"},
};

static void test_cases(void **state)
{
    (void)state;
    struct net_fixture f;
    net_fixture_init(&f, &source_aws_resolver_query);
    for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
        struct event e = net_event(&f, cases[i].text);
        net_expect(&e, cases[i].want);
        net_squeeze(&f, cases[i].text, cases[i].want);
    }
    assert_int_equal(net_probe(&f, "{\"query_name\":\"x\",\"srcaddr\":\"y\"}"), 0);
    assert_int_equal(net_probe(&f, "{\"query_timestamp\":\"x\",\"query_name\":\"y\"}"), 0);
    net_fixture_free(&f);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(test_cases)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
