#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>
#include <unistd.h>

#include <cmocka.h>

#include "base/buf.h"
#include "base/mem.h"
#include "intel/intel.h"
#include "tests/unit/intel/mmdb.h"

/* The promise of the issue: 500,000 indicators in under a second (ten under sanitizers). */
static void test_many(void **state)
{
    (void)state;
    CLEANUP(buf_free) struct buf b = {0};
    for (unsigned i = 0; i < 500000; i++) {
        if (i % 2 == 0) {
            buf_printf(&b, "%u.%u.%u.%u\n", 11 + i / 100000, i / 10000 % 100, i / 100 % 100,
                       i % 100);
        } else {
            buf_printf(&b, "host%u.example%u.test\n", i, i % 977);
        }
    }
    struct intel *in = intel_new();
    clock_t start = clock();
    assert_int_equal(intel_load_text(in, STR("big.txt"), buf_str(&b), NULL), ERR_OK);
    assert_int_equal(intel_finish(in, NULL), ERR_OK);
    double seconds = (double)(clock() - start) / CLOCKS_PER_SEC;
    print_message("500,000 indicators: %.2f s of CPU\n", seconds);
    assert_int_equal(intel_count(in), 500000);
    assert_true(seconds < 10);
    struct intel_hit hit;
    assert_true(intel_find_host(in, STR("host499999.example752.test"), TIME_NONE, &hit));
    intel_free(in);
}

static void test_several_feeds(void **state)
{
    (void)state;
    struct intel *in = intel_new();
    assert_int_equal(intel_load_text(in, STR("a.txt"), STR("203.0.113.7\n"), NULL), ERR_OK);
    assert_int_equal(intel_load_text(in, STR("c2.csv"),
                                     STR("ip,class,confidence\n203.0.113.0/24,c2,90\n"), NULL),
                     ERR_OK);
    assert_int_equal(intel_finish(in, NULL), ERR_OK);
    struct ip ip;
    struct intel_hit hit;
    assert_true(ip_parse(STR("203.0.113.7"), &ip));
    assert_true(intel_find_ip(in, &ip, TIME_NONE, &hit));
    assert_int_equal(hit.feeds, 2);
    assert_int_equal(hit.best.class, INTEL_C2);
    intel_free(in);
}

static void test_empty(void **state)
{
    (void)state;
    struct intel *in = intel_new();
    struct ip ip = {{0}};
    struct intel_hit hit;
    assert_false(intel_find_ip(in, &ip, TIME_NONE, &hit));
    assert_int_equal(intel_finish(in, NULL), ERR_OK);
    assert_false(intel_find_ip(in, &ip, TIME_NONE, &hit));
    assert_false(intel_find_host(in, STR("a.example"), TIME_NONE, &hit));
    struct err err = {0};
    assert_int_equal(intel_load_text(in, STR("x"), STR("{\"a\":1}"), &err), ERR_SCHEMA);
    assert_int_equal(intel_load(in, STR("/nonexistent/feed"), NULL), ERR_NOTFOUND);
    intel_free(in);
}

static bool find_ip(const struct intel *in, const char *text, struct intel_hit *hit)
{
    struct ip ip;
    assert_true(ip_parse(str_of(text), &ip));
    return intel_find_ip(in, &ip, TIME_NONE, hit);
}

/* Platforms, resolvers, own ranges, whole provider ranges and the whole net do not flood. */
static void test_set_aside(void **state)
{
    (void)state;
    struct intel *in = intel_new();
    struct err err = {0};
    struct ip_prefix own;
    assert_true(ip_prefix_parse(STR("198.51.100.0/24"), &own));
    assert_int_equal(intel_allow(in, &own, STR("your own (nat, --env)"), &err), ERR_OK);
    assert_int_equal(intel_load_text(in, STR("ip-ranges.json"),
                                     STR("{\"syncToken\":\"7\",\"createDate\":\"2026-11-20\","
                                         "\"prefixes\":[{\"ip_prefix\":\"203.0.0.0/16\",\"region\":"
                                         "\"x\",\"service\":\"EC2\"},{\"ip_prefix\":"
                                         "\"203.0.0.0/16\",\"region\":\"x\",\"service\":"
                                         "\"API_GATEWAY\"},{\"ip_prefix\":\"203.0.113.0/24\","
                                         "\"region\":\"x\",\"service\":\"AMAZON\"}]}"),
                                     &err),
                     ERR_OK);
    assert_int_equal(
        intel_load_text(in, STR("top.json"),
                        STR("{\"name\":\"Top sites\",\"description\":\"d\",\"version\":3,"
                            "\"type\":\"string\",\"list\":[\"popular.example\"]}"),
                        &err),
        ERR_OK);
    assert_int_equal(intel_load_text(in, STR("bad.txt"),
                                     STR("workers.dev\nevil.workers.dev\n8.8.8.8\n198.51.100.7\n"
                                         "203.0.0.0/16\n203.0.113.9\n0.0.0.0/0\n::/3\n8.8.8.0/24\n"
                                         "popular.example\n192.0.2.0/24\n"),
                                     &err),
                     ERR_OK);
    assert_int_equal(intel_finish(in, &err), ERR_OK);
    struct intel_hit hit;
    assert_false(intel_find_host(in, STR("good.workers.dev"), TIME_NONE, &hit));
    assert_true(intel_find_host(in, STR("evil.workers.dev"), TIME_NONE, &hit));
    assert_false(intel_find_host(in, STR("popular.example"), TIME_NONE, &hit));
    assert_false(find_ip(in, "8.8.8.8", &hit));
    assert_true(find_ip(in, "8.8.8.9", &hit));
    assert_false(find_ip(in, "198.51.100.7", &hit));
    assert_false(find_ip(in, "203.0.1.1", &hit));
    assert_false(find_ip(in, "9.9.9.10", &hit));
    assert_true(find_ip(in, "192.0.2.1", &hit));
    assert_false(hit.shared);
    assert_true(find_ip(in, "203.0.113.9", &hit));
    assert_true(hit.shared);
    assert_true(str_eq(hit.range, STR("AWS API_GATEWAY x")));
    assert_true(str_eq(hit.range_version, STR("2026-11-20, syncToken 7")));
    struct str why;
    struct ip ip;
    assert_true(ip_parse(STR("198.51.100.7"), &ip));
    struct intel_hit aside;
    assert_true(intel_find_aside(in, &(struct intel_seen){.ip = &ip}, TIME_NONE, &aside, &why));
    assert_true(str_eq(why, STR("your own (nat, --env)")));
    assert_true(str_eq(aside.best.value, STR("198.51.100.7")));
    assert_true(intel_find_aside(in, &(struct intel_seen){.host = STR("Workers.dev")}, TIME_NONE,
                                 &aside, &why));
    assert_true(str_eq(why, STR("platform of many tenants")));
    /* Not what stands below it, and nothing that is a hit or in no feed. */
    assert_false(intel_find_aside(in, &(struct intel_seen){.host = STR("good.workers.dev")},
                                  TIME_NONE, &aside, &why));
    assert_true(ip_parse(STR("192.0.2.1"), &ip));
    assert_false(intel_find_aside(in, &(struct intel_seen){.ip = &ip}, TIME_NONE, &aside, &why));
    const struct feed_info *f = intel_feed(in, 2);
    assert_int_equal(f->rejected, 2);
    assert_int_equal(f->set_aside, 5);
    assert_true(str_eq(f->set_aside_first, STR("workers.dev: platform of many tenants")));
    CLEANUP(arena_free) struct arena a = {0};
    struct str text;
    assert_true(intel_hit_text(&hit, &a, &text));
    assert_true(str_eq(text, STR("listed as unclassified by 1 feed: entry 203.0.113.9 of bad.txt, "
                                 "confidence 50; in a shared range AWS API_GATEWAY x (2026-11-20, "
                                 "syncToken 7)")));
    intel_free(in);
}

static void test_urls(void **state)
{
    (void)state;
    static const struct {
        const char *listed, *host, *url;
        bool want;
    } rows[] = {
        {"http://bad.example/a", "bad.example", "/a", true},
        {"http://bad.example/a", "BAD.example", "/a#x", true},
        {"http://bad.example/a", "bad.example:80", "/a", true},
        {"http://bad.example/a", "", "https://bad.example:443/a", true},
        {"http://bad.example:8080/a", "bad.example", "/a", false},
        {"http://bad.example:8080/a", "bad.example:8080", "/a", true},
        {"http://bad.example/a", "bad.example", "/a/", false},
        {"http://bad.example/a", "bad.example", "/A", false},
        {"http://bad.example/a", "x.bad.example", "/a", false},
        {"http://bad.example?q=1", "bad.example", "/?q=1", true},
        {"hxxps://user:pw@bad[.]example/a?b=c", "bad.example", "/a?b=c", true},
        {"https://[2001:db8::1]:8443/a", "[2001:db8::1]:8443", "/a", true},
    };
    for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
        struct intel *in = intel_new();
        struct intel_hit hit;
        assert_int_equal(intel_load_text(in, STR("x.txt"), str_of(rows[i].listed), NULL), ERR_OK);
        assert_int_equal(intel_finish(in, NULL), ERR_OK);
        if (intel_find_url(in, str_of(rows[i].host), str_of(rows[i].url), TIME_NONE, &hit) !=
            rows[i].want) {
            fail_msg("row %zu", i);
        }
        intel_free(in);
    }
}

static void test_origin(void **state)
{
    (void)state;
    char dir[] = "/tmp/faaswatch-test-XXXXXX";
    char path[64];
    struct err err = {0};
    struct intel_origin origin;
    struct ip ip;
    assert_non_null(mkdtemp(dir));
    (void)snprintf(path, sizeof(path), "%s/asn.mmdb", dir);
    assert_true(mmdb_make(path, 9009, "M247 Europe SRL", "RO"));
    struct intel *in = intel_new();
    enum err_code rc = intel_load(in, str_of(path), &err);
    if (rc == ERR_UNSUPPORTED) {
        assert_true(str_find(str_of(err.msg), STR("libmaxminddb-dev")) != SIZE_MAX);
    } else {
        assert_int_equal(rc, ERR_OK);
        assert_int_equal(intel_finish(in, &err), ERR_OK);
        assert_true(str_eq(intel_feed(in, 0)->kind, STR("maxmind")));
        assert_true(str_eq(intel_feed(in, 0)->version, STR("GeoLite2-ASN, built 2026-11-02")));
        assert_true(ip_parse(STR("203.0.113.77"), &ip));
        assert_true(intel_origin_of(in, &ip, &origin));
        assert_int_equal(origin.asn, 9009);
        assert_true(str_eq(origin.organisation, STR("M247 Europe SRL")));
        assert_string_equal(origin.country, "RO");
        assert_true(ip_parse(STR("203.0.114.77"), &ip));
        assert_false(intel_origin_of(in, &ip, &origin));
        assert_true(ip_parse(STR("2001:db8::1"), &ip));
        assert_false(intel_origin_of(in, &ip, &origin));
        FILE *f = fopen(path, "wb");
        assert_true(f != NULL && fputs("no database", f) >= 0 && fclose(f) == 0);
        assert_int_not_equal(intel_load(in, str_of(path), &err), ERR_OK);
    }
    intel_free(in);
    (void)unlink(path);
    (void)rmdir(dir);
}

static void test_torture(void **state)
{
    (void)state;
    for (unsigned long n = 1;; n++) {
        struct intel *in = intel_new();
        struct err err = {0};
        mem_torture(n);
        enum err_code rc =
            intel_load_text(in, STR("x.csv"), STR("ip,name\n203.0.113.7,X\nBAD.example,y\n"), &err);
        rc = rc ? rc : intel_finish(in, &err);
        mem_torture(0);
        intel_free(in);
        if (rc == ERR_OK) {
            assert_true(n > 5);
            break;
        }
        assert_string_not_equal(err.msg, "");
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_many),      cmocka_unit_test(test_several_feeds),
        cmocka_unit_test(test_empty),     cmocka_unit_test(test_torture),
        cmocka_unit_test(test_set_aside), cmocka_unit_test(test_urls),
        cmocka_unit_test(test_origin),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
