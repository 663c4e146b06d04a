#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <time.h>
#include <unistd.h>

#include <cmocka.h>

#include "base/buf.h"
#include "base/mem.h"
#include "intel/intel.h"

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

/* Public feeds: each is read, or refused with a reason; none crashes. */
static void test_shared_feeds(void **state)
{
    (void)state;
    static const struct {
        const char *path;
        uint64_t least;
    } feeds[] = {
        {"../shared/data/ti/ipsum_level5_plain.txt", 100},
        {"../shared/data/ti/ipsum_ge3.txt", 100},
        {"../shared/data/ti/maltrail_mass_scanner.txt", 10},
        {"../shared/data/ti/maltrail_mass_scanner_cidr.txt", 10},
        {"../shared/data/ti/maltrail_serverless.csv", 10},
        {"../shared/data/ti/lists/unit42_iocs.csv", 10},
        {"../shared/data/ti/lists/unit42_APT33.csv", 3},
        {"../shared/data/ti/lists/unit42_domains17.csv", 10},
        {"../shared/data/ti/lists/unit42_squirtdanger_c2.csv", 3},
        {"../shared/data/ti/lists/unit42_keybase_ioc.csv", 10},
        {"../shared/data/ti/lists/unit42_dearjoohn_iocs.csv", 1},
        {"../shared/data/ti/misp_warninglists/amazon-aws.json", 100},
        {"../shared/data/ti/misp_warninglists/cloudflare.json", 10},
    };
    if (access("../shared/data/ti", R_OK) != 0) {
        print_message("skipped: no shared data\n");
        skip();
    }
    struct intel *in = intel_new();
    for (size_t i = 0; i < ARRAY_LEN(feeds); i++) {
        struct err err = {0};
        if (intel_load(in, str_of(feeds[i].path), &err) != ERR_OK) {
            fail_msg("%s: %s", feeds[i].path, err.msg);
        }
        const struct feed_info *f = intel_feed(in, i);
        if (f->indicators < feeds[i].least) {
            fail_msg("%s: only %llu indicators", feeds[i].path, (unsigned long long)f->indicators);
        }
    }
    assert_int_equal(intel_finish(in, NULL), ERR_OK);
    intel_free(in);
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
        cmocka_unit_test(test_many),    cmocka_unit_test(test_several_feeds),
        cmocka_unit_test(test_empty),   cmocka_unit_test(test_shared_feeds),
        cmocka_unit_test(test_torture),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
