/* Every allocation in turn fails: intake says so or gets by, and neither crashes nor leaks. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "base/mem.h"
#include "intake/intake.h"

static enum intake_verdict take(void *arg, const struct intake_record *r, const char **reason)
{
    size_t *records = arg;
    (*records)++;
    *reason = "of no source, to keep an entry";
    return r->json->len % 2 == 0 ? INTAKE_TAKEN : INTAKE_UNRECOGNISED;
}

static const char *const texts[] = {
    "{\"Records\":[{\"eventName\":\"A\"},{\"eventName\":\"BB\"},{\"bad\":},{\"eventName\":\"C\"}]}",
    "{\"eventName\":\"A\"}\n{\"eventName\"\n{\"eventName\":\"B\"}\n",
    ("{\"messageType\":\"DATA_MESSAGE\",\"logEvents\":[{\"id\":\"1\",\"message\":"
     "\"{\\\"eventName\\\":\\\"A\\\"}\"},{\"id\":\"2\",\"message\":\"text\"}]}"),
    "{\"Events\":[{\"EventId\":\"1\",\"CloudTrailEvent\":\"{\\\"eventName\\\":\\\"A\\\"}\"}]}",
};

/* One run with the n-th allocation failing; true when that allocation was never reached. */
static bool run(const char *text, unsigned long n)
{
    unsigned slot;
    struct json_paths *paths = json_paths_new();
    assert_non_null(paths);
    assert_int_equal(json_paths_add_dotted(paths, STR("eventName"), &slot, NULL), ERR_OK);
    size_t records = 0;
    struct account acc = {0};
    struct intake_sink sink = {.arg = &records, .record = take};
    struct err err = {0};
    mem_torture(n);
    struct json_scanner *scanner = json_scanner_new(paths, json_variant_best());
    struct intake *intake = intake_new(&intake_limits_default);
    enum err_code rc = ERR_NOMEM;
    if (scanner != NULL && intake != NULL) {
        rc = intake_bytes(intake, str_of(text), 0, scanner, &sink, &acc, &err);
        assert_int_equal(rc, err.code);
    }
    mem_torture(0);
    assert_true(rc == ERR_OK || rc == ERR_NOMEM);
    if (rc == ERR_OK) {
        assert_int_equal(acc.record_bytes + acc.framing_bytes + acc.unrecognised_bytes +
                             acc.skipped_bytes,
                         acc.bytes_unpacked);
    }
    account_free(&acc);
    intake_free(intake);
    json_scanner_free(scanner);
    json_paths_free(paths);
    return rc == ERR_OK;
}

static void test_each_allocation(void **state)
{
    (void)state;
    for (size_t t = 0; t < ARRAY_LEN(texts); t++) {
        unsigned failed = 0;
        /* Past the last allocation every run succeeds; some failures on the way are got by. */
        for (unsigned long n = 1; n < 400; n++) {
            failed += run(texts[t], n) ? 0 : 1;
        }
        assert_true(failed > 3);
        assert_true(run(texts[t], 0));
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(test_each_allocation)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
