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
    assert_true(str_eq(intel_feed(in, 0)->kind, STR("abusech")));
    return in;
}

static bool find_ip(const struct intel *in, const char *text, struct intel_hit *hit)
{
    struct ip ip;
    assert_true(ip_parse(str_of(text), &ip));
    return intel_find_ip(in, &ip, TIME_NONE, hit);
}

static void test_urlhaus(void **state)
{
    (void)state;
    struct intel *in = load(
        "urlhaus.csv",
        "################################################################\r\n"
        "# abuse.ch URLhaus Database Dump (CSV - recent URLs only)      #\r\n"
        "# Last updated: 2026-11-20 08:15:03 (UTC)                      #\r\n"
        "#\r\n"
        "# id,dateadded,url,url_status,last_online,threat,tags,urlhaus_link,reporter\r\n"
        "\"1\",\"2026-11-20 08:10:01\",\"http://203.0.113.7:8080/bins/x.sh\",\"online\","
        "\"2026-11-20 08:10:01\",\"malware_download\",\"elf,mirai\",\"https://x/url/1/\",\"r\"\r\n"
        "\"2\",\"2026-11-20 08:10:01\",\"https://a.workers.dev/p/Load.exe\",\"offline\",\"\","
        "\"malware_download\",\"None\",\"https://x/url/2/\",\"r\"\r\n"
        "\"3\",\"2026-11-20 08:10:01\",\"not a url\",\"offline\",\"\",\"\",\"\",\"\",\"\"\r\n");
    struct intel_hit hit;
    const struct feed_info *f = intel_feed(in, 0);
    assert_true(str_eq(f->version, STR("2026-11-20 08:15:03")));
    assert_int_equal(f->indicators, 2);
    assert_int_equal(f->rejected, 1);
    assert_true(str_starts(f->rejected_first, STR("line 8: ")));
    assert_true(intel_find_url(in, STR("203.0.113.7:8080"), STR("/bins/x.sh"), TIME_NONE, &hit));
    assert_int_equal(hit.best.confidence, 75);
    assert_true(str_eq(hit.best.note, STR("elf,mirai")));
    assert_false(intel_find_url(in, STR("203.0.113.7"), STR("/bins/x.sh"), TIME_NONE, &hit));
    assert_true(intel_find_url(in, STR_EMPTY, STR("https://A.workers.dev/p/Load.exe#top"),
                               TIME_NONE, &hit));
    assert_int_equal(hit.best.class, INTEL_MALWARE);
    assert_false(intel_find_url(in, STR("a.workers.dev"), STR("/p/load.exe"), TIME_NONE, &hit));
    assert_true(find_ip(in, "203.0.113.7", &hit));
    assert_true(hit.best.derived);
    assert_int_equal(hit.best.confidence, 45);
    assert_false(intel_find_host(in, STR("b.workers.dev"), TIME_NONE, &hit));
    intel_free(in);
}

static void test_threatfox(void **state)
{
    (void)state;
    struct intel *in = load(
        "full.csv",
        "# ThreatFox IOCs: recent\n"
        "# \"first_seen_utc\",\"ioc_id\",\"ioc_value\",\"ioc_type\",\"threat_type\",\"fk_malware\","
        "\"malware_alias\",\"malware_printable\",\"last_seen_utc\",\"confidence_level\","
        "\"reference\",\"tags\",\"anonymous\",\"reporter\"\n"
        "\"2026-11-20 08:00:00\", \"9\", \"203.0.113.8:443\", \"ip:port\", \"botnet_cc\", \"w.x\","
        " \"None\", \"ExampleRAT\", \"\", \"90\", \"\", \"\", \"0\", \"r\"\n"
        "\"2026-11-20 08:00:00\", \"8\", \"c2.example\", \"domain\", \"botnet_cc\", \"w.x\", "
        "\"None\", \"ExampleRAT\", \"\", \"50\", \"\", \"\", \"0\", \"r\"\n"
        "\"2026-11-20 08:00:00\", \"7\", "
        "\"ec5aedf5ecc6bdadd4120932170d1b10f6cfa175cfda22951dfd882928ab279b\", \"sha256_hash\", "
        "\"payload\", \"w.x\", \"None\", \"ExampleRAT\", \"\", \"100\", \"\", \"\", \"0\", "
        "\"r\"\n");
    struct intel_hit hit;
    assert_true(find_ip(in, "203.0.113.8", &hit));
    assert_int_equal(hit.best.class, INTEL_C2);
    assert_int_equal(hit.best.confidence, 90);
    assert_true(str_eq(hit.best.note, STR("ExampleRAT, port 443")));
    assert_true(intel_find_host(in, STR("c2.example"), TIME_NONE, &hit));
    assert_true(
        intel_find_hash(in, STR("EC5AEDF5ECC6BDADD4120932170D1B10F6CFA175CFDA22951DFD882928AB279B"),
                        TIME_NONE, &hit));
    assert_int_equal(hit.best.class, INTEL_MALWARE);
    /* The same hash as Lambda writes it. */
    assert_true(
        intel_find_hash(in, STR("7Frt9ezGva3UEgkyFw0bEPbPoXXP2iKVHf2IKSirJ5s="), TIME_NONE, &hit));
    intel_free(in);
}

static void test_others(void **state)
{
    (void)state;
    struct intel *in =
        load("feodo.csv", "# abuse.ch Feodo Tracker Botnet C2 IP Blocklist\n"
                          "# Last updated: 2026-11-20 08:15:03 UTC #\n"
                          "\"first_seen_utc\",\"dst_ip\",\"dst_port\",\"c2_status\","
                          "\"last_online\",\"malware\"\n"
                          "\"2026-01-01 00:00:00\",\"203.0.113.9\",\"443\",\"offline\","
                          "\"2026-11-01\",\"Emotet\"\n");
    struct intel_hit hit;
    assert_true(find_ip(in, "203.0.113.9", &hit));
    assert_int_equal(hit.best.class, INTEL_C2);
    intel_free(in);
    in = load("sslblacklist.csv", "# abuse.ch SSLBL\n# Listingdate,SHA1,Listingreason\n"
                                  "2026-11-20 01:00:00,46aba99aa7158e4609aaa72b50990842fd22ae86,"
                                  "Quakbot C&C\n");
    assert_true(intel_find_cert(
        in, STR("46:AB:A9:9A:A7:15:8E:46:09:AA:A7:2B:50:99:08:42:FD:22:AE:86"), TIME_NONE, &hit));
    assert_false(
        intel_find_hash(in, STR("46aba99aa7158e4609aaa72b50990842fd22ae86"), TIME_NONE, &hit));
    intel_free(in);
    in = load("ja3.csv", "# ja3_md5,Firstseen,Lastseen,Listingreason\n"
                         "8764605c6f388c89096b534d33565802,2026-01-01 00:00:00,"
                         "2026-11-01 00:00:00,Tofsee\n");
    assert_true(intel_find_ja3(in, STR("8764605c6f388c89096b534d33565802"), TIME_NONE, &hit));
    assert_false(intel_find_hash(in, STR("8764605c6f388c89096b534d33565802"), TIME_NONE, &hit));
    intel_free(in);
    in = load("bazaar.csv",
              "# \"first_seen_utc\",\"sha256_hash\",\"md5_hash\",\"sha1_hash\",\"reporter\","
              "\"file_name\",\"file_type_guess\",\"mime_type\",\"signature\"\n"
              "\"2026-11-20 01:00:00\", "
              "\"ec5aedf5ecc6bdadd4120932170d1b10f6cfa175cfda22951dfd882928ab279b\", "
              "\"8764605c6f388c89096b534d33565802\", \"46aba99aa7158e4609aaa72b50990842fd22ae86\","
              "\"r\",\"a, b.exe\",\"exe\",\"application/x-dosexec\",\"RedLineStealer\"\n");
    assert_int_equal(intel_feed(in, 0)->indicators, 3);
    assert_true(intel_find_hash(in, STR("8764605c6f388c89096b534d33565802"), TIME_NONE, &hit));
    assert_true(str_eq(hit.best.note, STR("RedLineStealer")));
    intel_free(in);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_urlhaus),
        cmocka_unit_test(test_threatfox),
        cmocka_unit_test(test_others),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
