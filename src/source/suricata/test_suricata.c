#include "tests/unit/source/net_fixture.h"

extern const struct source_ops source_suricata;

/* The head of a record between 10.0.0.5:50000 and 192.0.2.1:PORT. */
#define HEAD(type, port)                                                                           \
    "{\"timestamp\":\"2026-11-20T09:12:00.123456+0100\",\"flow_id\":77,\"event_type\":\"" type     \
    "\",\"src_ip\":\"10.0.0.5\",\"src_port\":50000,\"dest_ip\":\"192.0.2.1\",\"dest_port\":" port  \
    ",\"proto\":\"TCP\","
/* The same as the server's packet has it. */
#define BACK(type, port)                                                                           \
    "{\"timestamp\":\"2026-11-20T09:12:00.123456+0100\",\"flow_id\":77,\"event_type\":\"" type     \
    "\",\"src_ip\":\"192.0.2.1\",\"src_port\":" port ",\"dest_ip\":\"10.0.0.5\",\"dest_port\":"    \
    "50000,\"proto\":\"TCP\","
#define WHO(kind, port)                                                                            \
    kind " 2026-11-20T08:12:00.123456Z 10.0.0.5|50000>192.0.2.1|" port " id=77 proto=tcp"

static const struct {
    const char *text, *want;
} cases[] = {
    /* names */
    {HEAD("tls", "443") "\"community_id\":\"1:x=\",\"tls\":{\"sni\":\"A.Workers.DEV.\","
                        "\"version\":\"TLS 1.3\",\"subject\":\"CN=x\",\"issuerdn\":\"CN=i\","
                        "\"fingerprint\":\"AB:cd\",\"ja3\":{\"hash\":\"a1\",\"string\":\"771\"},"
                        "\"ja3s\":{\"hash\":\"b2\"},\"ja4\":\"t13d\"}}",
     "tls 2026-11-20T08:12:00.123456Z 10.0.0.5|50000>192.0.2.1|443 id=77 community=1:x= proto=tcp "
     "host=a.workers.dev version=TLS 1.3 subject=CN=x issuer=CN=i print=ab:cd ja3=a1 ja3s=b2 "
     "ja4=t13d"},
    {HEAD("tls", "443") "\"tls\":{\"version\":\"UNDETERMINED\"}}",
     WHO("tls", "443") " version=UNDETERMINED"},
    {HEAD("quic", "443") "\"host\":\"s1\",\"in_iface\":\"eth0\",\"quic\":{\"version\":\"1\","
                         "\"sni\":\"q.pages.dev\",\"ua\":\"Chrome\",\"ja3\":{\"hash\":\"c\"}}}",
     WHO("quic", "443") " host=q.pages.dev agent=Chrome ja3=c sensor=s1"},
    {BACK("quic", "443") "\"in_iface\":\"eth0\",\"quic\":{\"version\":\"1\"}}",
     WHO("quic", "443") " sensor=eth0"},
    {HEAD("http", "80") "\"app_proto\":\"http\",\"http\":{\"hostname\":\"H.run.app:8080\","
                        "\"url\":\"\\/a?b=\\\"1\\\"\",\"http_method\":\"POST\",\"status\":204,"
                        "\"http_user_agent\":\"curl/8\",\"xff\":\"10.2.2.2, 10.3.3.3\"}}",
     WHO("http", "80") " service=http header=h.run.app method=POST url=/a?b=\"1\" status=204 "
                       "agent=curl/8 for=10.2.2.2, 10.3.3.3"},
    {HEAD("http", "443") "\"http\":{\"version\":\"2\",\"request_headers\":[{\"table_size_update\":"
                         "4096},{\"name\":\":authority\",\"value\":\"x.run.app\"}],\"url\":\"/\","
                         "\"http_method\":\"GET\",\"status\":\"200\"}}",
     WHO("http", "443") " header=x.run.app method=GET url=/ status=200"},
    {HEAD("http2", "443") "\"http\":{\"version\":\"2\",\"http2\":{\"stream_id\":0}}}",
     WHO("http", "443")},
    {HEAD("http", "80") "\"http\":{\"http_port\":0,\"url\":\"/libhtp::request_uri_not_seen\","
                        "\"status\":99999999999}}",
     WHO("http", "80") " url=/libhtp::request_uri_not_seen"},

    /* dns: version 1, a record an answer, from the server */
    {HEAD("dns", "53") "\"dns\":{\"type\":\"query\",\"id\":1,\"rrname\":\"A.example\",\"rrtype\":"
                       "\"A\",\"tx_id\":0}}",
     WHO("dns", "53") " host=a.example type=A"},
    {BACK("dns",
          "53") "\"dns\":{\"type\":\"answer\",\"id\":1,\"rcode\":\"NOERROR\",\"rrname\":"
                "\"a.example\",\"rrtype\":\"CNAME\",\"ttl\":299,\"rdata\":\"X.Workers.dev.\"}}",
     WHO("dns",
         "53") " host=a.example type=CNAME rcode=NOERROR [a.example CNAME x.workers.dev 299]"},
    {BACK("dns",
          "53") "\"dns\":{\"type\":\"answer\",\"rcode\":\"NXDOMAIN\",\"rrname\":\"no.example\"}}",
     WHO("dns", "53") " host=no.example rcode=NXDOMAIN"},
    /* version 2, detailed, from the client */
    {HEAD("dns",
          "53") "\"dns\":{\"version\":2,\"type\":\"answer\",\"rrname\":\"a.example\",\"rrtype\":"
                "\"A\",\"rcode\":\"NOERROR\",\"answers\":[{\"rrname\":\"a.example\",\"rrtype\":"
                "\"CNAME\",\"ttl\":60,\"rdata\":\"b.run.app\"},{\"rrname\":\"b.run.app\","
                "\"rrtype\":\"A\",\"ttl\":30,\"rdata\":\"192.0.2.9\"}],\"grouped\":{\"A\":"
                "[\"192.0.2.9\"]}}}",
     WHO("dns", "53") " host=a.example type=A rcode=NOERROR [a.example CNAME b.run.app 60] "
                      "[b.run.app A 192.0.2.9 30]"},
    /* version 2, grouped only */
    {HEAD("dns",
          "53") "\"dns\":{\"version\":2,\"type\":\"answer\",\"rrname\":\"a.example\",\"rrtype\":"
                "\"A\",\"rcode\":\"NOERROR\",\"grouped\":{\"CNAME\":[\"b.run.app\"],\"A\":["
                "\"192.0.2.9\",\"192.0.2.10\"],\"TXT\":[\"V=Spf1.\"],\"odd\":7}}}",
     WHO("dns", "53") " host=a.example type=A rcode=NOERROR [ CNAME b.run.app 0] [ A 192.0.2.9 0] "
                      "[ A 192.0.2.10 0] [ TXT V=Spf1. 0]"},
    /* version 3 */
    {HEAD("dns", "53") "\"dns\":{\"version\":3,\"type\":\"request\",\"queries\":[{\"rrname\":"
                       "\"a.example\",\"rrtype\":\"AAAA\"}]}}",
     WHO("dns", "53") " host=a.example type=AAAA"},
    {HEAD("dns",
          "53") "\"dns\":{\"version\":3,\"type\":\"response\",\"rcode\":\"NOERROR\",\"queries\":"
                "[{\"rrname\":\"a.example\",\"rrtype\":\"AAAA\"}],\"answers\":[{\"rrname\":"
                "\"a.example\",\"rrtype\":\"AAAA\",\"ttl\":5,\"rdata\":\"2001:db8::1\"},"
                "{\"rrname\":\"z\",\"rrtype\":\"SOA\",\"ttl\":\"x\",\"soa\":{\"mname\":\"m\"}}]}}",
     WHO("dns", "53") " host=a.example type=AAAA rcode=NOERROR [a.example AAAA 2001:db8::1 5] "
                      "[z SOA  0]"},

    /* connections begin when they began, not when they were logged */
    {HEAD("flow", "443") "\"app_proto\":\"tls\",\"flow\":{\"pkts_toserver\":4,\"pkts_toclient\":3,"
                         "\"bytes_toserver\":900,\"bytes_toclient\":80,\"start\":"
                         "\"2026-11-20T08:00:00.5+0000\",\"end\":\"2026-11-20T08:01:00+0000\","
                         "\"state\":\"closed\",\"action\":\"drop\"}}",
     "connection 2026-11-20T08:00:00.500000Z 10.0.0.5|50000>192.0.2.1|443 id=77 proto=tcp "
     "service=tls "
     "end=2026-11-20T08:01:00Z out=900/4 in=80/3 state=closed rejected"},
    {HEAD("flow", "443") "\"flow\":{\"start\":7,\"bytes_toserver\":-1}}", WHO("connection", "443")},
    {BACK("netflow", "443") "\"netflow\":{\"pkts\":3,\"bytes\":80,\"start\":"
                            "\"2026-11-20T08:00:00+0000\",\"end\":\"2026-11-20T08:01:00+0000\"}}",
     "connection 2026-11-20T08:00:00Z 10.0.0.5|50000>192.0.2.1|443 id=77 proto=tcp "
     "end=2026-11-20T08:01:00Z out=0/0 in=80/3"},
    {HEAD("drop", "443") "\"drop\":{\"len\":48}}", WHO("connection", "443") " state=drop rejected"},

    /* alerts: told by packet; the direction, the flow or the port says whose */
    {HEAD("alert",
          "8080") "\"alert\":{\"action\":\"allowed\",\"signature_id\":2001219,\"signature\":"
                  "\"ET \\\"x\\\"\",\"category\":\"Misc\",\"severity\":2}}",
     WHO("alert", "8080") " sig=ET \"x\" sid=2001219 category=Misc severity=2"},
    {BACK("alert", "8080") "\"direction\":\"to_client\",\"alert\":{\"action\":\"blocked\","
                           "\"signature_id\":1},\"tls\":{\"sni\":\"a.workers.dev\"}}",
     WHO("alert", "8080") " host=a.workers.dev sid=1 blocked"},
    {BACK("alert", "8080") "\"alert\":{\"signature_id\":1},\"flow\":{\"src_ip\":\"10.0.0.5\"}}",
     WHO("alert", "8080") " sid=1"},
    {BACK("alert",
          "443") "\"xff\":\"10.9.9.9\",\"alert\":{\"signature_id\":1},\"http\":{\"hostname\":"
                 "\"a.run.app\",\"url\":\"/\"}}",
     WHO("alert", "443") " header=a.run.app url=/ for=10.9.9.9 sid=1"},
    {HEAD("alert", "53") "\"alert\":{\"signature_id\":1},\"dns\":{\"query\":[{\"type\":\"query\","
                         "\"rrname\":\"a.example\",\"rrtype\":\"A\"}]}}",
     WHO("alert", "53") " host=a.example type=A sid=1"},
    {HEAD("alert",
          "53") "\"alert\":{\"signature_id\":1},\"dns\":{\"answer\":{\"rrname\":\"a.example\","
                "\"rrtype\":\"A\",\"rcode\":\"NOERROR\",\"answers\":[{\"rrname\":\"a.example\","
                "\"rrtype\":\"A\",\"ttl\":5,\"rdata\":\"192.0.2.1\"}]}}}",
     WHO("alert", "53") " host=a.example type=A rcode=NOERROR [a.example A 192.0.2.1 5] sid=1"},
    {BACK("anomaly", "25") "\"anomaly\":{\"type\":\"applayer\",\"event\":\"MIME_PARSE_FAILED\"}}",
     WHO("anomaly", "25") " sig=MIME_PARSE_FAILED category=applayer"},
    {BACK("fileinfo", "80") "\"http\":{\"hostname\":\"a.example\",\"url\":\"/x\",\"status\":200},"
                            "\"fileinfo\":{\"filename\":\"/x\",\"sha256\":\"AA\",\"md5\":\"bb\"}}",
     WHO("file", "80") " header=a.example url=/x status=200 file=/x sha256=aa md5=bb"},

    /* other types are counted only */
    {HEAD("ssh", "22") "\"ssh\":{}}", "2026-11-20T08:12:00.123456Z ssh no flow"},
    {"{\"timestamp\":\"2026-11-20T09:12:00Z\",\"event_type\":\"stats\",\"stats\":{\"uptime\":1}}",
     "2026-11-20T09:12:00Z stats no flow"},

    /* what is missing or odd stays empty */
    {"{\"timestamp\":\"when\",\"event_type\":\"tls\",\"src_ip\":\"x\",\"dest_ip\":\"y\",\"src_"
     "port\":"
     "70000,\"dest_port\":\"443\",\"proto\":\"065\",\"tls\":[1]}",
     "tls  ?|0>?|443 proto=065"},
    {"{\"timestamp\":\"\",\"event_type\":\"dns\",\"flow_id\":1,\"dns\":\"x\"}",
     "dns  ?|0>?|0 id=1"},
    {"{\"timestamp\":\"\",\"event_type\":\"dns\",\"flow_id\":1,\"dns\":{\"rrname\":7,\"answers\":[["
     "],1,"
     "{\"rrname\":{},\"rdata\":[]}],\"grouped\":[]}}",
     "dns  ?|0>?|0 id=1 host=7 [   0] [   0] [   0]"},
};

static void test_cases(void **state)
{
    (void)state;
    struct net_fixture f;
    net_fixture_init(&f, &source_suricata);
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
        "{\"event_type\":\"dns\",\"src_ip\":\"10.0.0.1\",\"dest_ip\":\"10.0.0.2\"}",
        "{\"timestamp\":\"2026-11-20T09:12:00Z\",\"event_type\":\"login\",\"user\":\"x\"}",
        "{\"timestamp\":\"2026-11-20T09:12:00Z\",\"event_type\":\"stats\"}",
        "{\"timestamp\":1,\"event_type\":\"dns\",\"flow_id\":1}",
        "{\"timestamp\":\"x\",\"event_type\":7,\"flow_id\":1}",
        "{\"eventVersion\":\"1.08\",\"eventSource\":\"lambda.amazonaws.com\"}",
    };
    (void)state;
    struct net_fixture f;
    net_fixture_init(&f, &source_suricata);
    for (size_t i = 0; i < ARRAY_LEN(others); i++) {
        assert_int_equal(net_probe(&f, others[i]), 0);
    }
    net_fixture_free(&f);
}

/* A hostile number of answers costs no more than a bounded number. */
static void test_many_answers(void **state)
{
    (void)state;
    struct net_fixture f;
    CLEANUP(buf_free) struct buf text = {0};
    net_fixture_init(&f, &source_suricata);
    buf_add_cstr(&text, HEAD("dns", "53") "\"dns\":{\"type\":\"answer\",\"answers\":[");
    for (int i = 0; i < 5000; i++) {
        buf_add_cstr(&text, "{\"rdata\":\"192.0.2.1\"},");
    }
    buf_add_cstr(&text, "0]}}");
    struct event e = net_event(&f, text.ptr);
    assert_int_equal(e.flow->answer_count, 512);
    net_fixture_free(&f);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_cases),
        cmocka_unit_test(test_not_ours),
        cmocka_unit_test(test_many_answers),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
