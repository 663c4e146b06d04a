/* The same capture as JSON and as a table gives the same events. */
#include "tests/unit/engine/network_world.h"

#define MARKS "#separator \\x09\n#set_separator\t,\n#empty_field\t(empty)\n#unset_field\t-\n"
#define IDS   "ts\tuid\tid.orig_h\tid.orig_p\tid.resp_h\tid.resp_p"
#define IDS_T "time\tstring\taddr\tport\taddr\tport"
#define ROW   "1763626320.250000\tC1\t10.0.0.5\t50000\t192.0.2.1\t443"
#define OBJECT                                                                                     \
    "{\"ts\":1763626320.25,\"uid\":\"C1\",\"id.orig_h\":\"10.0.0.5\",\"id.orig_p\":50000,"         \
    "\"id.resp_h\":\"192.0.2.1\",\"id.resp_p\":443,"

static const struct {
    const char *json, *table;
} twins[] = {
    {OBJECT "\"proto\":\"tcp\",\"duration\":0.25,\"orig_bytes\":0,\"resp_bytes\":9,\"conn_state\":"
            "\"SF\",\"orig_pkts\":3,\"resp_pkts\":2}",
     MARKS "#path\tconn\n#fields\t" IDS
           "\tproto\tservice\tduration\torig_bytes\tresp_bytes\tconn_state\torig_pkts\tresp_pkts\t"
           "tunnel_parents\n#types\t" IDS_T
           "\tenum\tstring\tinterval\tcount\tcount\tstring\tcount\tcount\tset[string]\n" ROW
           "\ttcp\t-\t0.250000\t0\t9\tSF\t3\t2\t(empty)\n"},
    {OBJECT "\"query\":\"a.example\",\"qtype_name\":\"A\",\"rcode_name\":\"NOERROR\",\"rejected\":"
            "false,\"answers\":[\"b.run.app\",\"a,b\",\"192.0.2.9\"],\"TTLs\":[60.0,1.0,30.0]}",
     MARKS
     "#path\tdns\n#fields\t" IDS
     "\tquery\tqtype_name\trcode_name\trejected\tanswers\tTTLs\n#types\t" IDS_T
     "\tstring\tstring\tstring\tbool\tvector[string]\tvector[interval]\n" ROW
     "\ta.example\tA\tNOERROR\tF\tb.run.app,a\\x2cb,192.0.2.9\t60.000000,1.000000,30.000000\n"},
    {OBJECT "\"version\":\"TLSv13\",\"server_name\":\"m\xc3\xbc.example\",\"resumed\":false,"
            "\"established\":true,\"subject\":\"O=A\\\\, B\",\"cert_chain_fps\":[\"ab\",\"cd\"]}",
     MARKS "#path\tssl\n#fields\t" IDS
           "\tversion\tserver_name\tresumed\testablished\tsubject\tcert_chain_fps\n#types\t" IDS_T
           "\tstring\tstring\tbool\tbool\tstring\tvector[string]\n" ROW
           "\tTLSv13\tm\\xc3\\xbc.example\tF\tT\tO=A\\\\, B\tab,cd\n"},
    {OBJECT
     "\"trans_depth\":1,\"method\":\"GET\",\"host\":\"a.run.app\",\"uri\":\"/\\\"r\\\\xfcb\\t-\","
     "\"user_agent\":\"-\",\"status_code\":200,\"proxied\":[\"X-FORWARDED-FOR -> 10.9.9.9\"]}",
     MARKS "#path\thttp\n#fields\t" IDS
           "\ttrans_depth\tmethod\thost\turi\tuser_agent\tstatus_code\tproxied\n#types\t" IDS_T
           "\tcount\tstring\tstring\tstring\tstring\tcount\tset[string]\n" ROW
           "\t1\tGET\ta.run.app\t/\"r\\xfcb\\x09-\t\\x2d\t200\tX-FORWARDED-FOR -> 10.9.9.9\n"},
    {OBJECT "\"version\":\"1\",\"client_initial_dcid\":\"00\",\"server_name\":\"q.pages.dev\"}",
     MARKS "#path\tquic\n#fields\t" IDS
           "\tversion\tclient_initial_dcid\tserver_name\n#types\t" IDS_T
           "\tstring\tstring\tstring\n" ROW "\t1\t00\tq.pages.dev\n"},
    {OBJECT
     "\"note\":\"SSL::Invalid_Server_Cert\",\"msg\":\"bad\",\"actions\":[\"Notice::ACTION_LOG\"]}",
     MARKS "#path\tnotice\n#fields\t" IDS "\tnote\tmsg\tsub\tactions\n#types\t" IDS_T
           "\tenum\tstring\tstring\tset[enum]\n" ROW
           "\tSSL::Invalid_Server_Cert\tbad\t-\tNotice::ACTION_LOG\n"},
    {"{\"ts\":1763626320.25,\"fuid\":\"F1\",\"tx_hosts\":[\"192.0.2.1\"],\"rx_hosts\":[\"10.0.0."
     "5\"],"
     "\"conn_uids\":[\"C1\"],\"source\":\"HTTP\",\"is_orig\":false,\"sha256\":\"ab\"}",
     MARKS
     "#path\tfiles\n#fields\tts\tfuid\ttx_hosts\trx_hosts\tconn_uids\tsource\tis_orig\tsha256\n"
     "#types\ttime\tstring\tset[addr]\tset[addr]\tset[string]\tstring\tbool\tstring\n"
     "1763626320.250000\tF1\t192.0.2.1\t10.0.0.5\tC1\tHTTP\tF\tab\n"},
};

static void test_twins(void **state)
{
    (void)state;
    struct network_world w;
    network_init(&w);
    for (size_t i = 0; i < ARRAY_LEN(twins); i++) {
        network_same(&w, str_of(twins[i].json), str_of(twins[i].table), twins[i].table);
        assert_int_equal(network_claimed(&w, "zeek"), 1);
        /* with id_orig_h in place of id.orig_h */
        CLEANUP(buf_free) struct buf under = {0};
        for (const char *p = twins[i].json; *p != '\0'; p++) {
            buf_addc(&under, *p == '.' && strncmp(p - 2, "id.", 3) == 0 ? '_' : *p);
        }
        network_same(&w, buf_str(&under), str_of(twins[i].table), "id_orig_h");
    }
    network_free(&w);
}

/* ---- lines ---- */

#define V2                                                                                         \
    "2 123456789012 eni-1 10.0.0.5 192.0.2.1 50000 443 6 20 4249 1763626320 1763626380 ACCEPT OK"
#define V2_EVENT                                                                                   \
    "connection 2025-11-20T08:12:00Z 10.0.0.5|50000>192.0.2.1|443 proto=tcp "                      \
    "end=2025-11-20T08:13:00Z out=4249/20 in=0/0 state=ACCEPT sensor=eni-1 account=123456789012\n"

static const struct {
    const char *text, *source, *events;
} lines[] = {
    {V2 "\n2 123456789012 eni-1 - - - - - - - 1763626320 1763626380 - NODATA\n", "aws.vpc_flow",
     V2_EVENT "2025-11-20T08:12:00Z flow no flow\n"},
    {"account-id interface-id start srcaddr dstaddr srcport dstport end action packets bytes "
     "protocol\n"
     "123456789012 eni-1 1763626320 10.0.0.5 192.0.2.1 50000 443 1763626380 ACCEPT 20 4249 6\n",
     "aws.vpc_flow", V2_EVENT},
    {"\"version\",\"account_id\",\"interface_id\",\"srcaddr\",\"dstaddr\",\"srcport\",\"dstport\","
     "\"protocol\",\"packets\",\"bytes\",\"start\",\"end\",\"action\",\"log_status\"\n"
     "\"2\",\"123456789012\",\"eni-1\",\"10.0.0.5\",\"192.0.2.1\",\"50000\",\"443\",\"6\",\"20\","
     "\"4249\",\"1763626320\",\"1763626380\",\"ACCEPT\",\"OK\"\n",
     "aws.vpc_flow", V2_EVENT},
    {"{\"messageType\":\"DATA_MESSAGE\",\"owner\":\"123456789012\",\"logGroup\":\"flow\","
     "\"logEvents\":"
     "[{\"id\":\"1\",\"timestamp\":1,\"message\":\"" V2 "\"}]}",
     "aws.vpc_flow", V2_EVENT},
    {"{\"messageType\":\"DATA_MESSAGE\",\"owner\":\"123456789012\",\"logGroup\":\"dns\","
     "\"logEvents\":"
     "[{\"id\":\"1\",\"timestamp\":1,\"message\":\"{\\\"query_timestamp\\\":\\\"2026-11-20T09:12:"
     "00Z"
     "\\\",\\\"query_name\\\":\\\"a.run.app.\\\",\\\"srcaddr\\\":\\\"10.0.0.5\\\"}\"}]}",
     "aws.resolver_query", "dns 2026-11-20T09:12:00Z 10.0.0.5|0>?|0 host=a.run.app\n"},
    {"11/20/2026-09:12:00.123456  [**] [1:2009187:4] ET X [**] [Classification: Web Attack] "
     "[Priority: 3] {TCP} 192.0.2.1:80 -> 10.0.0.5:56068\n",
     "suricata.fast",
     "alert 2026-11-20T09:12:00.123456Z 10.0.0.5|56068>192.0.2.1|80 proto=tcp sig=ET X sid=2009187 "
     "category=Web Attack severity=3\n"},
};

static void test_lines(void **state)
{
    (void)state;
    struct network_world w;
    network_init(&w);
    for (size_t i = 0; i < ARRAY_LEN(lines); i++) {
        network_run(&w, str_of(lines[i].text));
        if (!str_eq(buf_str(&w.out), str_of(lines[i].events)) || w.twice != 0 ||
            network_claimed(&w, lines[i].source) != w.acc.records || w.acc.skipped.len != 0) {
            fail_msg("%s\n got %.*swant %s", lines[i].text, STR_ARG(buf_str(&w.out)),
                     lines[i].events);
        }
    }
    network_free(&w);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_twins),
        cmocka_unit_test(test_lines),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
