/* Every Google Cloud record of the shared data is claimed by the source that it belongs to, and
 * what belongs to none by none. */
#include <dirent.h>
#include <stdlib.h>
#include <sys/stat.h>

/* jansson splits the documents, so that the scanner is not asked about itself. Both call their
 * kinds JSON_*. */
#define JSON_OBJECT JANSSON_OBJECT
#define JSON_ARRAY  JANSSON_ARRAY
#define JSON_STRING JANSSON_STRING
#define JSON_TRUE   JANSSON_TRUE
#define JSON_FALSE  JANSSON_FALSE
#define JSON_NULL   JANSSON_NULL
#include <jansson.h>
#undef JSON_OBJECT
#undef JSON_ARRAY
#undef JSON_STRING
#undef JSON_TRUE
#undef JSON_FALSE
#undef JSON_NULL

#include "source/test_scan.h"

#define DATA "../shared/data"

/* A scanner a source: only its own paths are asked for, as in its other tests. */
static struct scan scans[64];
static size_t scan_count;
static size_t claimed[64];
static size_t records;

/* The surest of all sources; NULL: none. */
static const char *owner(const char *text)
{
    const char *best = NULL;
    size_t which = 0;
    int most = 0;
    for (size_t i = 0; i < scan_count; i++) {
        assert_true(scan_text(&scans[i], str_of(text)));
        struct record r = scan_record(&scans[i]);
        int sure = scans[i].ops->probe(&r);
        if (sure > most) {
            most = sure;
            best = scans[i].ops->name;
            which = i;
        }
    }
    records++;
    if (best == NULL) {
        return "none";
    }
    struct event e = {0};
    struct record r = scan_record(&scans[which]);
    arena_reset(&scans[which].arena);
    assert_int_equal(scans[which].ops->parse(&r, &scans[which].arena, &e, NULL), ERR_OK);
    claimed[which]++;
    /* Dated when it has a time at all. */
    static const char *const times[] = {"timestamp", "receiveTimestamp", "receivetimestamp"};
    bool has_time = strcmp(best, "gcp.scc") == 0;
    for (size_t i = 0; i < ARRAY_LEN(times); i++) {
        struct json_view v = json_member(json_view_of(str_of(text)), str_of(times[i]));
        has_time = has_time || (v.kind == JSON_STRING && chr_is_digit(v.ptr[0])); /* or masked */
    }
    if (has_time != (e.time_us != TIME_NONE)) {
        fail_msg("the time was not read: %s", text);
    }
    return best;
}

/* sources.tsv in short. */
static const char *expected(const char *path, size_t index)
{
    if (strstr(path, "plaso_gcp_logging") != NULL && (index == 7 || index == 8)) {
        return "none";
    }
    if (strstr(path, "AdminRoleAssigned.14") != NULL ||
        strstr(path, "AdminRoleAssigned.15") != NULL) {
        return "none";
    }
    if (strstr(path, "LoadBalancerLogEntry") != NULL) {
        return "gcp.load_balancer";
    }
    if (strstr(path, "vpc_flows") != NULL) {
        return "gcp.vpc_flow";
    }
    if (strstr(path, "gcp_cloud_functions_run") != NULL) {
        return index == 2 ? "gcp.audit" : "gcp.function_log";
    }
    return strstr(path, "network-finding") != NULL ? "gcp.scc" : "gcp.audit";
}

static void one(const char *path, json_t *v, size_t index)
{
    char *text = json_dumps(v, 0);
    const char *want = expected(path, index);
    const char *got = owner(text);
    /* The source of flow logs is another folder's, and may not be there. */
    bool flow = strcmp(want, "gcp.vpc_flow") == 0 && strcmp(got, "none") == 0;
    if (strcmp(got, want) != 0 && !flow) {
        fail_msg("%s, record %zu: %s, want %s", path, index, got, want);
    }
    free(text);
}

static void one_file(const char *path)
{
    FILE *f = fopen(path, "rb");
    assert_non_null(f);
    json_error_t error;
    json_t *v;
    size_t index = 0;
    while ((v = json_loadf(f, JSON_DISABLE_EOF_CHECK, &error)) != NULL) {
        if (json_typeof(v) == JANSSON_ARRAY) {
            for (size_t i = 0; i < json_array_size(v); i++) {
                one(path, json_array_get(v, i), index++);
            }
        } else {
            one(path, v, index++);
        }
        json_decref(v);
    }
    assert_true(feof(f));
    fclose(f);
}

static void test_all(void **state)
{
    (void)state;
    static const char *const folders[] = {"gcp_audit", "gcp_audit/panther", "gcp_audit/custodian",
                                          "gcp_audit/cloudevents", "gcp_audit/security_analytics"};
    for (size_t i = 0; source_registry[i] != NULL && i < ARRAY_LEN(scans); i++) {
        scan_init(&scans[scan_count++], source_registry[i]);
    }
    for (size_t i = 0; i < ARRAY_LEN(folders); i++) {
        char dir[512];
        snprintf(dir, sizeof(dir), "%s/%s", DATA, folders[i]);
        DIR *d = opendir(dir);
        assert_non_null(d);
        for (struct dirent *e; (e = readdir(d)) != NULL;) {
            char path[1024];
            struct stat st;
            snprintf(path, sizeof(path), "%s/%s", dir, e->d_name);
            if (stat(path, &st) == 0 && S_ISREG(st.st_mode)) {
                one_file(path);
            }
        }
        closedir(d);
    }
    one_file(DATA "/functions/gcp_cloud_functions_run_dynatrace.ndjson");
    assert_int_equal(records, 225);
    for (size_t i = 0; i < scan_count; i++) {
        if (strcmp(scans[i].ops->name, "gcp.audit") == 0) {
            assert_int_equal(claimed[i], 214);
        }
        scan_free(&scans[i]);
    }
}

int main(void)
{
    struct stat st;
    if (stat(DATA "/gcp_audit", &st) != 0) {
        puts("skipped: no shared data");
        return 0;
    }
    const struct CMUnitTest tests[] = {cmocka_unit_test(test_all)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
