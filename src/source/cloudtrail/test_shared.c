/* Every CloudTrail record of the shared data is claimed, and nothing else there is. */
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

extern const struct source_ops source_cloudtrail;

#define DATA "../shared/data/cloudtrail"

static struct {
    const char *folder;
    size_t records, claimed;
} folders[] = {
    {"custodian_cwe", 0, 0}, {"panther", 0, 0},      {"stratus", 0, 0}, {"streamalert", 0, 0},
    {"traildiscover", 0, 0}, {"trailscraper", 0, 0}, {".", 0, 0},
};
/* Records in the folder, and those that sources.tsv calls CloudTrail (of trailscraper only the
 * file that is not packed: unpacking is not this test's). */
static const size_t expected[ARRAY_LEN(folders)][2] = {
    {34, 24}, {248, 248}, {160, 160}, {55, 54}, {140, 140}, {2, 2}, {109, 109},
};

static struct scan scanner;
static bool from_detail; /* what stands in `detail` of an envelope of another kind */

static void one_record(size_t folder, const char *file, const char *text)
{
    struct record r = scan_record(&scanner);
    folders[folder].records++;
    if (!scan_text(&scanner, str_of(text))) {
        fail_msg("%s: not JSON", file);
    }
    if (source_cloudtrail.probe(&r) <= 0) {
        return;
    }
    folders[folder].claimed++;
    struct event e = {0};
    arena_reset(&scanner.arena);
    assert_int_equal(source_cloudtrail.parse(&r, &scanner.arena, &e, NULL), ERR_OK);
    if (from_detail || strstr(file, "event-config-rule") != NULL) {
        fail_msg("%s: claimed", file);
    }
    /* Dated when it has a time at all; some were masked, some have none. */
    struct json_view when = json_member(json_view_of(str_of(text)), STR("eventTime"));
    if ((when.kind == JSON_STRING && chr_is_digit(when.ptr[0])) != (e.time_us != TIME_NONE)) {
        fail_msg("%s: the time was not read", file);
    }
}

static bool is_kind(const json_t *v, json_type kind)
{
    return v != NULL && json_typeof(v) == kind;
}

static void walk(size_t folder, const char *file, json_t *v)
{
    json_t *records = json_object_get(v, "Records"), *detail = json_object_get(v, "detail");
    records = is_kind(records, JANSSON_ARRAY) ? records : json_object_get(v, "Events");
    records = is_kind(v, JANSSON_ARRAY) ? v : records;
    const char *inner = json_string_value(json_object_get(v, "CloudTrailEvent"));
    if (is_kind(records, JANSSON_ARRAY)) {
        for (size_t i = 0; i < json_array_size(records); i++) {
            walk(folder, file, json_array_get(records, i));
        }
    } else if (inner != NULL) {
        one_record(folder, file, inner);
    } else if (is_kind(detail, JANSSON_OBJECT) && json_object_get(v, "detail-type") != NULL) {
        const char *kind = json_string_value(json_object_get(v, "detail-type"));
        from_detail = strcmp(kind, "AWS API Call via CloudTrail") != 0 && strcmp(kind, "...") != 0;
        char *text = json_dumps(detail, 0);
        one_record(folder, file, text);
        free(text);
        from_detail = false;
    } else {
        char *text = json_dumps(v, 0);
        one_record(folder, file, text);
        free(text);
    }
}

static void one_file(size_t folder, const char *path)
{
    FILE *f = fopen(path, "rb");
    assert_non_null(f);
    json_error_t error;
    json_t *v;
    while ((v = json_loadf(f, JSON_DISABLE_EOF_CHECK, &error)) != NULL) {
        walk(folder, path, v);
        json_decref(v);
    }
    assert_true(feof(f));
    fclose(f);
}

static void test_all(void **state)
{
    (void)state;
    scan_init(&scanner, &source_cloudtrail);
    for (size_t i = 0; i < ARRAY_LEN(folders); i++) {
        char dir[512];
        snprintf(dir, sizeof(dir), "%s/%s", DATA, folders[i].folder);
        DIR *d = opendir(dir);
        assert_non_null(d);
        for (struct dirent *e; (e = readdir(d)) != NULL;) {
            char path[1024];
            struct stat st;
            snprintf(path, sizeof(path), "%s/%s", dir, e->d_name);
            if (stat(path, &st) == 0 && S_ISREG(st.st_mode) && strstr(path, ".gz") == NULL) {
                one_file(i, path);
            }
        }
        closedir(d);
        if (folders[i].records != expected[i][0] || folders[i].claimed != expected[i][1]) {
            fail_msg("%s: %zu records, %zu claimed; want %zu and %zu", folders[i].folder,
                     folders[i].records, folders[i].claimed, expected[i][0], expected[i][1]);
        }
    }
    scan_free(&scanner);
}

int main(void)
{
    struct stat st;
    if (stat(DATA, &st) != 0) {
        puts("skipped: no shared data");
        return 0;
    }
    const struct CMUnitTest tests[] = {cmocka_unit_test(test_all)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
