#include "source/zeek/text.h"
#include "tests/unit/source/net_fixture.h"

extern const struct source_ops source_zeek;

#define ID                                                                                         \
    "\"uid\":\"C1\",\"id.orig_h\":\"10.0.0.5\",\"id.orig_p\":50000,\"id.resp_h\":\"192.0.2.1\","   \
    "\"id.resp_p\":443"
#define HEAD      "{\"ts\":1763626320.123456," ID ","
#define WHO(kind) kind " 2025-11-20T08:12:00.123456Z 10.0.0.5|50000>192.0.2.1|443 id=C1"

static const struct {
    const char *text, *want;
} cases[] = {
    /* conn */
    {HEAD "\"proto\":\"tcp\",\"service\":\"ssl\",\"duration\":0.25,\"orig_bytes\":903,"
          "\"resp_bytes\":1703,\"conn_state\":\"SF\",\"orig_pkts\":9,\"resp_pkts\":8,"
          "\"community_id\":\"1:x=\"}",
     WHO("connection") " community=1:x= proto=tcp service=ssl end=2025-11-20T08:12:00.373456Z "
                       "out=903/9 in=1703/8 state=SF"},
    {HEAD "\"_path\":\"conn\",\"proto\":\"tcp\",\"conn_state\":\"REJ\"}",
     WHO("connection") " proto=tcp state=REJ rejected"},
    {"{\"@stream\":\"conn\",\"@system\":\"s1\",\"ts\":1763626320,\"uid\":\"C1\",\"id_orig_h\":"
     "\"2001:db8::5\",\"id_orig_p\":1,\"id_resp_h\":\"2001:db8::6\",\"id_resp_p\":2}",
     "connection 2025-11-20T08:12:00Z 2001:db8::5|1>2001:db8::6|2 id=C1 sensor=s1"},

    /* dns: types are told by what the data is */
    {HEAD
     "\"proto\":\"udp\",\"query\":\"A.Example\",\"qtype_name\":\"A\",\"rcode_name\":\"NOERROR\","
     "\"answers\":[\"b.run.app\",\"192.0.2.9\",\"2001:db8::1\"],\"TTLs\":[60.0,30.5],"
     "\"rejected\":false}",
     WHO("dns") " proto=udp host=a.example type=A rcode=NOERROR [ CNAME b.run.app 60] "
                "[ A 192.0.2.9 30] [ AAAA 2001:db8::1 0]"},
    {HEAD "\"_path\":\"dns\",\"query\":\"x\",\"qtype_name\":\"TXT\",\"answers\":[\"TXT 3 A.B.\"],"
          "\"TTLs\":\"odd\",\"rejected\":true}",
     WHO("dns") " host=x type=TXT [ TXT TXT 3 A.B. 0] rejected"},
    {HEAD "\"rejected\":false}", WHO("dns")},

    /* ssl, quic */
    {HEAD "\"version\":\"TLSv13\",\"server_name\":\"A.workers.dev\",\"resumed\":false,"
          "\"established\":true,\"subject\":\"CN=a\\\\,b\",\"issuer\":\"CN=i\",\"ja3\":\"j\","
          "\"ja3s\":\"k\",\"ja4\":\"l\",\"cert_chain_fps\":[\"AB\",\"cd\"]}",
     WHO("tls") " host=a.workers.dev version=TLSv13 subject=CN=a\\,b issuer=CN=i print=ab ja3=j "
                "ja3s=k ja4=l"},
    {HEAD "\"resumed\":false,\"established\":false}", WHO("tls")},
    {HEAD "\"version\":\"1\",\"client_initial_dcid\":\"x\",\"server_name\":\"q.pages.dev\"}",
     WHO("quic") " host=q.pages.dev"},

    /* http */
    {HEAD "\"trans_depth\":1,\"method\":\"GET\",\"host\":\"H.run.app:8080\",\"uri\":\"/a\","
          "\"user_agent\":\"curl/8\",\"status_code\":200,\"proxied\":[\"VIA -> x\","
          "\"X-FORWARDED-FOR -> 10.9.9.9\"]}",
     WHO("http") " header=h.run.app method=GET url=/a status=200 agent=curl/8 for=10.9.9.9"},

    /* notice, files */
    {HEAD "\"note\":\"SSL::Invalid_Server_Cert\",\"msg\":\"bad\",\"src\":\"10.0.0.9\"}",
     WHO("notice") " sig=SSL::Invalid_Server_Cert category=bad"},
    {"{\"ts\":1763626320,\"note\":\"Scan::Port_Scan\",\"msg\":\"m\",\"src\":\"10.0.0.9\",\"dst\":"
     "\"10.0.0.8\",\"p\":22}",
     "notice 2025-11-20T08:12:00Z 10.0.0.9|0>10.0.0.8|22 sig=Scan::Port_Scan category=m"},
    {"{\"ts\":1763626320,\"fuid\":\"F1\",\"tx_hosts\":[\"192.0.2.1\"],\"rx_hosts\":[\"10.0.0.5\"],"
     "\"conn_uids\":[\"C1\"],\"source\":\"HTTP\",\"is_orig\":false,\"filename\":\"a.exe\",\"md5\":"
     "\"AB\",\"sha1\":\"cd\",\"sha256\":\"ef\"}",
     "file 2025-11-20T08:12:00Z 10.0.0.5|0>192.0.2.1|0 id=C1 service=http file=a.exe sha256=ef "
     "sha1=cd md5=ab"},
    {"{\"ts\":1763626320,\"fuid\":\"F1\",\"tx_hosts\":[\"10.0.0.5\"],\"rx_hosts\":[\"192.0.2.1\"],"
     "\"source\":\"SMTP\",\"is_orig\":true}",
     "file 2025-11-20T08:12:00Z 10.0.0.5|0>192.0.2.1|0 service=smtp"},

    /* other logs are counted only */
    {"{\"@stream\":\"kerberos\",\"ts\":1," ID "}", "1970-01-01T00:00:01Z kerberos no flow"},
    {"{\"@stream\":\"smb_files\",\"ts\":1," ID "}", "1970-01-01T00:00:01Z smb_files no flow"},
    {"{\"ts\":1,\"name\":\"ip_hdr_len_zero\",\"notice\":false,\"peer\":\"zeek\"}",
     "1970-01-01T00:00:01Z  no flow"},
    {"{\"ts\":1,\"fingerprint\":\"x\",\"certificate.version\":3}", "1970-01-01T00:00:01Z  no flow"},

    /* which log: a filter's name, a date for a time, odd things */
    {"{\"_path\":\"conn-https\",\"ts\":\"2025-11-20T08:12:00.5Z\",\"uid\":\"C1\"}",
     "connection 2025-11-20T08:12:00.500000Z ?|0>?|0 id=C1"},
    {"{\"_path\":\"dns\",\"ts\":\"XXX\",\"id.orig_h\":7,\"id.orig_p\":99999,\"query\":[],"
     "\"answers\":"
     "[{},[],null,7],\"TTLs\":[null,\"x\",-1]}",
     "dns  ?|0>?|0 [   0] [   0] [   0] [  7 0]"},
    {HEAD "\"_path\":\"conn\",\"duration\":-1,\"orig_bytes\":\"\",\"resp_bytes\":1e3}",
     WHO("connection")},
};

static void test_cases(void **state)
{
    (void)state;
    struct net_fixture f;
    net_fixture_init(&f, &source_zeek);
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
        "{\"ts\":1,\"host\":\"x\",\"method\":\"GET\"}",
        "{\"ts\":1,\"source\":\"x\",\"name\":\"y\",\"msg\":\"z\"}",
        "{\"uid\":\"0\",\"service\":\"sshd\",\"version\":\"1\"}",
        "{\"id.orig_h\":\"10.0.0.5\"}",
        "{\"_path\":\"conn\"}",
        "{\"@stream\":\"stdout\",\"message\":\"x\"}",
        "{\"timestamp\":\"2026-11-20T09:12:00Z\",\"event_type\":\"dns\",\"flow_id\":1}",
    };
    (void)state;
    struct net_fixture f;
    net_fixture_init(&f, &source_zeek);
    for (size_t i = 0; i < ARRAY_LEN(others); i++) {
        if (net_probe(&f, others[i]) != 0) {
            fail_msg("claimed: %s", others[i]);
        }
    }
    net_fixture_free(&f);
}

static void test_text(void **state)
{
    static const struct {
        const char *raw, *table;
    } texts[] = {
        {"", ""},
        {"plain", "plain"},
        {"Co.\\\\,Ltd", "Co.\\,Ltd"},
        {"a\\x2cb\\x09", "a,b\t"},
        {"\\x2d", "-"},
        {"M\\xc3\\xbcnchen", "M\xc3\xbcnchen"},
        {"r\\xfchma\\x2c", "r\\xfchma,"},
        {"\\", "\\"},
        {"\\x", "\\x"},
        {"\\x4", "\\x4"},
        {"\\xzz\\q", "\\xzz\\q"},
        {"\\\\x41", "\\x41"},
    };
    (void)state;
    for (size_t i = 0; i < ARRAY_LEN(texts); i++) {
        CLEANUP(arena_free) struct arena a = {0};
        static struct json_record json;
        struct record r = {.json = &json};
        struct net n = {.r = &r, .a = &a};
        struct str raw = str_of(texts[i].raw);
        struct json_view v = {.ptr = raw.ptr, .len = (uint32_t)raw.len, .kind = JSON_STRING};
        json.table = true;
        assert_true(str_eq(zeek_text(&n, v), str_of(texts[i].table)));
        json.table = false;
        assert_true(str_eq(zeek_text(&n, v), raw));
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_cases),
        cmocka_unit_test(test_not_ours),
        cmocka_unit_test(test_text),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
