#include "tests/unit/source/net_fixture.h"

extern const struct source_ops source_aws_vpc_flow;

#define V2                                                                                         \
    "\"version\":2,\"account_id\":\"123456789012\",\"interface_id\":\"eni-1\","                    \
    "\"protocol\":6,\"packets\":20,\"bytes\":4249,\"start\":1763626320,\"end\":1763626380,"        \
    "\"log_status\":\"OK\""
#define OUT  "\"srcaddr\":\"10.0.0.5\",\"dstaddr\":\"192.0.2.1\",\"srcport\":50000,\"dstport\":443"
#define BACK "\"srcaddr\":\"192.0.2.1\",\"dstaddr\":\"10.0.0.5\",\"srcport\":443,\"dstport\":50000"
#define WHO  "connection 2025-11-20T08:12:00Z 10.0.0.5|50000>192.0.2.1|443 proto=tcp "
#define ENI  " sensor=eni-1 account=123456789012"

static const struct {
    const char *text, *want;
} cases[] = {
    {"{" V2 "," OUT ",\"action\":\"ACCEPT\"}",
     WHO "end=2025-11-20T08:13:00Z out=4249/20 in=0/0 state=ACCEPT" ENI},
    {"{" V2 "," BACK ",\"action\":\"REJECT\",\"region\":\"eu-west-1\"}", WHO
     "end=2025-11-20T08:13:00Z out=0/0 in=4249/20 state=REJECT" ENI " region=eu-west-1 rejected"},
    /* flags come before ports */
    {"{" V2 "," OUT ",\"action\":\"ACCEPT\",\"tcp_flags\":18}",
     "connection 2025-11-20T08:12:00Z 192.0.2.1|443>10.0.0.5|50000 proto=tcp "
     "end=2025-11-20T08:13:00Z "
     "out=0/0 in=4249/20 state=ACCEPT" ENI},
    {"{" V2 "," BACK ",\"tcp-flags\":2}",
     "connection 2025-11-20T08:12:00Z 192.0.2.1|443>10.0.0.5|50000 proto=tcp "
     "end=2025-11-20T08:13:00Z "
     "out=4249/20 in=0/0" ENI},
    /* a NAT gateway's interface stands between */
    {"{" V2 "," OUT ",\"pkt-srcaddr\":\"10.0.0.99\",\"pkt_dstaddr\":\"198.51.100.1\"}",
     "connection 2025-11-20T08:12:00Z 10.0.0.99|50000>198.51.100.1|443 proto=tcp "
     "end=2025-11-20T08:13:00Z out=4249/20 in=0/0" ENI},
    {"{\"interface-id\":\"eni-1\",\"log-status\":\"NODATA\",\"start\":\"1763626320\"}",
     "2025-11-20T08:12:00Z flow no flow"},
    {"{\"srcaddr\":\"x\",\"dstaddr\":[],\"bytes\":-1,\"packets\":\"y\",\"protocol\":17,\"end\":"
     "\"z\"}",
     "connection  ?|0>?|0 proto=udp"},
};

static void test_cases(void **state)
{
    (void)state;
    struct net_fixture f;
    net_fixture_init(&f, &source_aws_vpc_flow);
    for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
        struct event e = net_event(&f, cases[i].text);
        net_expect(&e, cases[i].want);
        net_squeeze(&f, cases[i].text, cases[i].want);
    }
    net_fixture_free(&f);
}

static void test_not_ours(void **state)
{
    static const char *const others[] = {
        "{}",
        "{\"srcaddr\":\"10.0.0.5\",\"srcport\":\"1\",\"query_name\":\"x.\",\"account_id\":\"1\"}",
        "{\"action\":\"ACCEPT\",\"bytes\":1,\"packets\":1,\"protocol\":6}",
        "{\"srcaddr\":\"10.0.0.5\",\"dstaddr\":\"10.0.0.6\"}",
    };
    (void)state;
    struct net_fixture f;
    net_fixture_init(&f, &source_aws_vpc_flow);
    for (size_t i = 0; i < ARRAY_LEN(others); i++) {
        assert_int_equal(net_probe(&f, others[i]), 0);
    }
    net_fixture_free(&f);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_cases),
        cmocka_unit_test(test_not_ours),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
