#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "base/mem.h"
#include "intel/intel.h"

static struct intel *load(const char *name, const char *text)
{
    struct intel *in = intel_new();
    struct err err = {0};
    if (in == NULL || intel_load_text(in, str_of(name), str_of(text), &err) != ERR_OK ||
        intel_finish(in, &err) != ERR_OK) {
        fail_msg("%s: %s", name, err.msg);
    }
    assert_true(str_eq(intel_feed(in, 0)->kind, STR("misp")));
    return in;
}

static bool find(const struct intel *in, const char *ip, const char *host, uint16_t port,
                 struct intel_hit *hit)
{
    struct ip addr;
    struct intel_seen seen = {.host = str_of(host), .port = port};
    if (ip[0] != '\0') {
        assert_true(ip_parse(str_of(ip), &addr));
        seen.ip = &addr;
    }
    return intel_find_seen(in, &seen, TIME_NONE, hit);
}

#define EVENT                                                                                      \
    "{\"Event\":{\"uuid\":\"5908888b-0154-4a69-b0b2-72090a016219\",\"info\":\"ExampleRAT \\u0063"  \
    "allbacks\",\"date\":\"2026-11-02\",\"threat_level_id\":\"1\",\"timestamp\":\"1793577600\","   \
    "\"Attribute\":["                                                                              \
    "{\"type\":\"ip-dst\",\"category\":\"Network activity\",\"value\":\"203.0.113.7\","            \
    "\"to_ids\":true,\"comment\":\"botnet C2\",\"Tag\":[{\"name\":\"tlp:red\"}]},"                 \
    "{\"type\":\"ip-dst|port\",\"category\":\"Network activity\",\"value\":\"203.0.113.8|8443\","  \
    "\"to_ids\":\"1\"},"                                                                           \
    "{\"type\":\"domain|ip\",\"category\":\"Network activity\",\"value\":"                         \
    "\"bad.example|203.0.113.9\",\"to_ids\":true},"                                                \
    "{\"type\":\"filename|sha256\",\"category\":\"Payload delivery\",\"value\":"                   \
    "\"a|b.exe|ec5aedf5ecc6bdadd4120932170d1b10f6cfa175cfda22951dfd882928ab279b\","                \
    "\"to_ids\":true},"                                                                            \
    "{\"type\":\"url\",\"category\":\"Network activity\",\"value\":\"hxxp://bad[.]example/x\","    \
    "\"to_ids\":false},"                                                                           \
    "{\"type\":\"ja3-fingerprint-md5\",\"category\":\"Network activity\",\"value\":"               \
    "\"8764605c6f388c89096b534d33565802\",\"to_ids\":true},"                                       \
    "{\"type\":\"text\",\"category\":\"Other\",\"value\":\"203.0.113.99\",\"to_ids\":true},"       \
    "{\"type\":\"domain\",\"category\":\"Network activity\",\"value\":\"gone.example\","           \
    "\"to_ids\":true,\"deleted\":true},"                                                           \
    "{\"type\":\"ip-src\",\"category\":\"Network activity\",\"value\":\"bad.example\","            \
    "\"to_ids\":true},7],"                                                                         \
    "\"Object\":[{\"name\":\"domain-ip\",\"Attribute\":[{\"type\":\"hostname\",\"category\":"      \
    "\"Network activity\",\"value\":\"in.object.example\",\"to_ids\":true}]}],"                    \
    "\"Tag\":[{\"name\":\"tlp:amber\"},{\"name\":\"ExampleRAT\"}]}"

static void test_event(void **state)
{
    (void)state;
    struct intel *in = load("event.json", EVENT "}");
    struct intel_hit hit;
    assert_true(find(in, "203.0.113.7", "", 0, &hit));
    assert_int_equal(hit.best.class, INTEL_C2);
    assert_int_equal(hit.best.confidence, 80);
    assert_int_equal(hit.best.tlp, TLP_RED);
    assert_true(str_eq(hit.best.note, STR("ExampleRAT callbacks")));
    assert_true(find(in, "203.0.113.8", "", 0, &hit));
    assert_true(hit.partial);
    assert_int_equal(hit.best.tlp, TLP_AMBER);
    assert_true(find(in, "203.0.113.8", "", 8443, &hit));
    assert_false(hit.partial);
    assert_false(find(in, "203.0.113.8", "", 443, &hit));
    /* The domain is meant; the address only with it. */
    assert_true(find(in, "", "www.bad.example", 0, &hit));
    assert_false(hit.partial);
    assert_true(hit.parent);
    assert_true(find(in, "203.0.113.9", "", 0, &hit));
    assert_true(hit.partial);
    assert_false(find(in, "203.0.113.9", "good.example", 0, &hit));
    assert_true(
        intel_find_hash(in, STR("ec5aedf5ecc6bdadd4120932170d1b10f6cfa175cfda22951dfd882928ab279b"),
                        TIME_NONE, &hit));
    assert_int_equal(hit.best.class, INTEL_MALWARE);
    assert_true(intel_find_url(in, STR("bad.example"), STR("/x"), TIME_NONE, &hit));
    assert_int_equal(hit.best.confidence, 30); /* not meant for detection */
    assert_true(intel_find_ja3(in, STR("8764605c6f388c89096b534d33565802"), TIME_NONE, &hit));
    assert_true(find(in, "", "in.object.example", 0, &hit));
    assert_false(find(in, "203.0.113.99", "", 0, &hit));
    assert_false(find(in, "", "gone.example", 0, &hit));
    const struct feed_info *f = intel_feed(in, 0);
    assert_int_equal(f->rejected, 3);
    assert_true(str_find(f->rejected_first, STR("deleted; line 1, byte ")) != SIZE_MAX);
    assert_true(str_eq(f->marking, STR("TLP:RED")));
    assert_true(str_eq(f->version, STR("2026-11-02T00:00:00Z")));
    intel_free(in);
}

static void test_wrappings(void **state)
{
    (void)state;
    static const struct {
        const char *name, *text;
        unsigned indicators, rejected;
    } rows[] = {
        {"a.json", "{\"response\":[" EVENT "}," EVENT "}]}", 16, 6},
        {"b.json", "[" EVENT "}]", 8, 3},
        {"c.json", EVENT, 8, 4}, /* cut off */
        {"d.json",
         "{\"response\":{\"Attribute\":[{\"type\":\"domain\",\"value\":\"bad.example\","
         "\"to_ids\":true}]}}",
         1, 0},
        {"manifest.json",
         "{\"5908888b-0154-4a69-b0b2-72090a016219\":{\"info\":\"x\",\"timestamp\":\"1793577600\","
         "\"threat_level_id\":\"1\"}}",
         0, 0},
        {"hashes.csv", "8764605c6f388c89096b534d33565802,5908888b-0154-4a69-b0b2-72090a016219\n", 0,
         0},
        {"x.csv",
         "uuid,event_id,category,type,value,comment,to_ids,date\n"
         "\"5908888b-0154-4a69-b0b2-72090a016219\",1,\"Network activity\",\"domain\","
         "\"bad.example\",\"\",1,1793577600\n"
         "\"5908888b-0154-4a69-b0b2-72090a016219\",1,\"Network activity\",\"ip-dst|port\","
         "\"203.0.113.8\",\"\",1,1793577600\n"
         "short,row\n",
         1, 2},
    };
    for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
        struct intel *in = load(rows[i].name, rows[i].text);
        const struct feed_info *f = intel_feed(in, 0);
        if (f->indicators != rows[i].indicators || f->rejected != rows[i].rejected) {
            fail_msg("%s: %llu indicators, %llu rejected: %.*s", rows[i].name,
                     (unsigned long long)f->indicators, (unsigned long long)f->rejected,
                     STR_ARG(f->rejected_first));
        }
        intel_free(in);
    }
}

static void test_torture(void **state)
{
    (void)state;
    for (unsigned long n = 1;; n++) {
        struct intel *in = intel_new();
        struct err err = {0};
        mem_torture(n);
        enum err_code rc = intel_load_text(in, STR("x.json"), STR(EVENT "}"), &err);
        rc = rc ? rc : intel_finish(in, &err);
        mem_torture(0);
        intel_free(in);
        if (rc == ERR_OK && n > 400) {
            break;
        }
        assert_true(rc == ERR_OK || err.msg[0] != '\0');
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_event),
        cmocka_unit_test(test_wrappings),
        cmocka_unit_test(test_torture),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
