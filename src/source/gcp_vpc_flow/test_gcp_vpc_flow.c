#include "tests/unit/source/net_fixture.h"

extern const struct source_ops source_gcp_vpc_flow;

#define LOG "\"logName\":\"projects/p/logs/compute.googleapis.com%2Fvpc_flows\""

static const struct {
    const char *text, *want;
} cases[] = {
    {"{\"insertId\":\"d1\"," LOG ",\"timestamp\":\"2026-11-20T09:12:05Z\",\"resource\":{\"type\":"
     "\"gce_subnetwork\",\"labels\":{\"project_id\":\"p\",\"location\":\"europe-west1-b\"}},"
     "\"jsonPayload\":{\"reporter\":\"SRC\",\"start_time\":\"2026-11-20T09:12:00.5Z\",\"end_time\":"
     "\"2026-11-20T09:12:04Z\",\"bytes_sent\":\"5342\",\"packets_sent\":\"32\",\"src_instance\":{"
     "\"vm_name\":\"vm-1\"},\"connection\":{\"src_ip\":\"10.10.0.2\",\"src_port\":50604,\"dest_"
     "ip\":"
     "\"203.0.113.9\",\"dest_port\":443,\"protocol\":6}}}",
     "connection 2026-11-20T09:12:00.500000Z 10.10.0.2|50604>203.0.113.9|443 proto=tcp "
     "end=2026-11-20T09:12:04Z out=5342/32 in=0/0 state=SRC sensor=vm-1 account=p "
     "region=europe-west1-b"},
    {"{" LOG ",\"timestamp\":\"2026-11-20T09:12:05Z\",\"jsonPayload\":{\"reporter\":\"DEST\","
     "\"bytes_sent\":\"7\",\"dest_instance\":{\"vm_name\":\"vm-2\"},\"connection\":{\"src_ip\":"
     "\"203.0.113.9\",\"src_port\":443,\"dest_ip\":\"10.10.0.2\",\"dest_port\":50604,\"protocol\":"
     "17}}}",
     "connection 2026-11-20T09:12:05Z 10.10.0.2|50604>203.0.113.9|443 proto=udp out=0/0 in=7/0 "
     "state=DEST sensor=vm-2 account=p"},
    {"{" LOG ",\"jsonPayload\":{\"connection\":[],\"bytes_sent\":{}}}",
     "connection  ?|0>?|0 account=p"},
};

static void test_cases(void **state)
{
    (void)state;
    struct net_fixture f;
    net_fixture_init(&f, &source_gcp_vpc_flow);
    for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
        struct event e = net_event(&f, cases[i].text);
        net_expect(&e, cases[i].want);
        net_squeeze(&f, cases[i].text, cases[i].want);
    }
    assert_int_equal(
        net_probe(&f, "{\"logName\":\"projects/p/logs/x\",\"jsonPayload\":{\"connection\":{}}}"),
        0);
    net_fixture_free(&f);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(test_cases)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
