#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "base/mem.h"
#include "source/source.h"

extern const struct source_ops source_cloudtrail_digest;

static const struct {
    const char *text;
    bool ours;
} cases[] = {
    {"{\"awsAccountId\":\"111122223333\",\"digestStartTime\":\"2026-11-20T08:00:00Z\","
     "\"digestEndTime\":\"2026-11-20T09:00:00Z\",\"digestS3Bucket\":\"trail\",\"logFiles\":[]}",
     true},
    {"{\"awsAccountId\":\"1\",\"digestStartTime\":\"...\",\"logFiles\":[{}]}", true},
    {"{\"awsAccountId\":\"1\"}", false},
    {"{\"awsAccountId\":1,\"digestStartTime\":\"x\",\"logFiles\":[]}", false},
    {"{\"eventVersion\":\"1.08\",\"eventName\":\"Invoke\"}", false},
};

static void test_digest(void **state)
{
    (void)state;
    const struct source_ops *ops = &source_cloudtrail_digest;
    struct json_paths *paths = json_paths_new();
    assert_non_null(paths);
    unsigned slot[16];
    for (size_t i = 0; i < ops->field_count; i++) {
        assert_int_equal(json_paths_add_dotted(paths, str_of(ops->fields[i]), &slot[i], NULL),
                         ERR_OK);
    }
    struct json_scanner *scanner = json_scanner_new(paths, json_variant_best());
    assert_non_null(scanner);
    for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
        static char buf[1024];
        static struct json_record json;
        size_t len = strlen(cases[i].text), used;
        struct json_fault fault;
        memcpy(buf, cases[i].text, len);
        json_pad(buf, len);
        assert_int_equal(json_scan(scanner, buf, len, 0, &json, &used, &fault), JSON_OK);
        struct record r = {.json = &json, .slot = slot};
        assert_int_equal(ops->probe(&r) > 0, cases[i].ours);
        if (cases[i].ours) {
            CLEANUP(arena_free) struct arena a = {0};
            struct event e = {0};
            assert_int_equal(ops->parse(&r, &a, &e, NULL), ERR_OK);
            assert_int_equal(e.kind, EVENT_OTHER);
            assert_int_equal(e.time_us == TIME_NONE, i != 0);
        }
    }
    json_scanner_free(scanner);
    json_paths_free(paths);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(test_digest)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
