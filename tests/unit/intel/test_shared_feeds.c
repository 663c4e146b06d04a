#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <unistd.h>

#include <cmocka.h>

#include "intel/intel.h"

/* Public feeds: each is read, or refused with a line and a reason; none is lost in silence. */
static void test_shared_feeds(void **state)
{
    (void)state;
    static const struct {
        const char *end, *kind;
        uint64_t least;
    } known[] = {
        {"/ipsum_ge3.txt", "list", 14000},
        {"/maltrail_mass_scanner.txt", "list", 19000},
        {"/maltrail_serverless.csv", "csv", 1800},
        {"/unit42_keybase_ioc.csv", "csv", 600},
        {"/eset_lazarus_3cx.json", "misp", 20},
        {"/pymisp_new_misp_event.json", "misp", 0},
        {"/amazon-aws.json", "ranges", 3847},
        {"/dynamic-dns.json", "ranges", 35000},
        {"/oasis_poisonivy.json", "stix", 60},
        {"/mispstix_test_event1_stix21.json", "stix", 1},
        {"/mispstix_test_events_collection_1.json", "misp", 1},
        {"/oasis_using-granular-markings.json", "refused", 0},
    };
    struct intel *in = intel_new();
    struct err err = {0};
    if (intel_load(in, STR("../shared/data/ti"), &err) != ERR_OK) {
        fail_msg("%s", err.msg);
    }
    assert_int_equal(intel_finish(in, NULL), ERR_OK);
    size_t found = 0;
    for (size_t i = 0; i < intel_feed_count(in); i++) {
        const struct feed_info *f = intel_feed(in, i);
        assert_true((f->rejected > 0) == (f->rejected_first.len > 0));
        if (f->indicators == 0 && f->rejected > 0) {
            assert_true(str_find(f->rejected_first, STR("line ")) != SIZE_MAX);
        }
        for (size_t k = 0; k < ARRAY_LEN(known); k++) {
            if (!str_ends(f->path, str_of(known[k].end))) {
                continue;
            }
            found++;
            if (!str_eq(f->kind, str_of(known[k].kind)) || f->indicators < known[k].least) {
                fail_msg("%s: %.*s, %llu indicators", known[k].end, STR_ARG(f->kind),
                         (unsigned long long)f->indicators);
            }
        }
    }
    assert_int_equal(found, ARRAY_LEN(known));
    intel_free(in);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_shared_feeds),
    };
    if (access("../shared/data/ti", R_OK) != 0) {
        print_message("skipped: no shared data\n");
        return 0;
    }
    return cmocka_run_group_tests(tests, NULL, NULL);
}
