/*
 * The vendor's own unit tests (Panther) of its rules for Google Cloud, parsed by our source and
 * played through a whole run; rules of ours are in tests/rules. Where we differ from the label, the
 * row says why.
 */
#include "base/buf.h"
#include "detect/detect.h"
#include "source/test_scan.h"

extern const struct source_ops source_gcp_audit;

static const char folder[] = "../shared/data/gcp_audit/panther/";

static bool read_file(const char *name, struct buf *b)
{
    char path[256];
    char part[4096];
    int n = snprintf(path, sizeof(path), "%s%s", folder, name);
    assert_true(n > 0 && (size_t)n < sizeof(path));
    FILE *f = fopen(path, "rb");
    if (f == NULL) {
        return false;
    }
    size_t got;
    while ((got = fread(part, 1, sizeof(part), f)) > 0) {
        buf_add(b, str_make(part, got));
    }
    fclose(f);
    buf_addc(b, '\0');
    return !b->failed;
}

static bool finds(struct event *e, const char *ref)
{
    struct event *events[] = {e};
    struct finding_list findings = {0};
    struct err err = {0};
    struct context *c = context_new();
    assert_non_null(c);
    struct inventory *inv = inventory_new(c);
    struct detect_run *run = detect_run_new(c, NULL, inv);
    assert_non_null(run);
    if (detect_run_events(run, events, 1, &findings, &err) != ERR_OK) {
        fail_msg("%s", err.msg);
    }
    bool found = false;
    for (size_t i = 0; i < findings.len; i++) {
        found = found || str_eq(findings.at[i]->detection->ref, str_of(ref));
        finding_free(findings.at[i]);
    }
    VEC_FREE(&findings);
    detect_run_free(run);
    inventory_free(inv);
    context_free(c);
    return found;
}

static const struct {
    const char *file;
    bool label; /* the vendor's rule matches */
    const char *ref;
    bool ours;
} rows[] = {
    /* The vendor's rule asks for any policy that was set; here the one who sets it lets himself in. */
    {"GCP.Cloud.Run.Set.IAM.Policy.0.json", true, "D94", true},
    {"GCP.Cloud.Run.Set.IAM.Policy.1.json", false, "D94", false},
    {"GCP.Cloud.Run.Set.IAM.Policy.2.json", false, "D94", false},
    /* Any change of a sink; here nothing says that it sends less than before. */
    {"GCP.Logging.Settings.Modified.1.json", true, "D87", false},
    /* Its test data are no function's: deployments of another service. */
    {"GCP.Cloudfunctions.Functions.Create.0.json", true, "D92", false},
    {"GCP.Cloudfunctions.Functions.Create.1.json", false, "D92", false},
};

static void test_twins(void **state)
{
    (void)state;
    size_t agree = 0;
    for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
        CLEANUP(buf_free) struct buf b = {0};
        struct scan s;
        if (!read_file(rows[i].file, &b)) {
            fail_msg("%s cannot be read", rows[i].file);
        }
        scan_init(&s, &source_gcp_audit);
        struct event e = scan_event(&s, b.ptr);
        if (finds(&e, rows[i].ref) != rows[i].ours) {
            fail_msg("%s: %s", rows[i].file, rows[i].ref);
        }
        agree += rows[i].label == rows[i].ours ? 1 : 0;
        scan_free(&s);
    }
    assert_int_equal(agree, 4);
}

int main(void)
{
    CLEANUP(buf_free) struct buf b = {0};
    if (!read_file(rows[0].file, &b)) {
        puts("skipped: no shared data");
        return 0;
    }
    const struct CMUnitTest tests[] = {cmocka_unit_test(test_twins)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
