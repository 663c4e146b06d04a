/*
 * Real files: every folder of public CloudTrail data has as many records as a plain JSON library
 * counts in it, and all bytes of all shared data add up.
 */
/* jansson and our scanner name some things alike: here jansson's have another name. */
/* clang-format off */
#define JSON_STRING JANSSON_STRING
#define JSON_TRUE JANSSON_TRUE
#define JSON_FALSE JANSSON_FALSE
#define JSON_NULL JANSSON_NULL
#define JSON_OBJECT JANSSON_OBJECT
#define JSON_ARRAY JANSSON_ARRAY
#include <jansson.h>
/* jansson's own macros name the kinds, so they are used up here. */
static int is_array(const json_t *v)
{
    return json_is_array(v);
}
static int is_string(const json_t *v)
{
    return json_is_string(v);
}
#undef JSON_STRING
#undef JSON_TRUE
#undef JSON_FALSE
#undef JSON_NULL
#undef JSON_OBJECT
#undef JSON_ARRAY
/* clang-format on */

#include "intake_test.h"
#include "sys/file.h"
#include "sys/walk.h"

static const struct str data = STR_INIT("../shared/data");

/* ---- the count of another reader ---- */

static uint64_t count_value(const json_t *v);

static uint64_t count_list(const json_t *list)
{
    uint64_t n = 0;
    for (size_t i = 0; i < json_array_size(list); i++) {
        n += count_value(json_array_get(list, i));
    }
    return n;
}

static uint64_t count_value(const json_t *v)
{
    if (is_array(v)) {
        return count_list(v);
    }
    if (is_array(json_object_get(v, "Records"))) {
        return count_list(json_object_get(v, "Records"));
    }
    if (is_array(json_object_get(v, "Events"))) {
        return count_list(json_object_get(v, "Events"));
    }
    if (is_string(json_object_get(v, "messageType"))) {
        return json_array_size(json_object_get(v, "logEvents"));
    }
    return 1;
}

static uint64_t count_text(struct str text)
{
    uint64_t n = 0;
    while (str_trim(text).len > 0) {
        json_error_t error;
        json_t *v = json_loadb(text.ptr, text.len, JSON_DISABLE_EOF_CHECK, &error);
        if (v == NULL) {
            fail_msg("jansson: %s", error.text);
            return n;
        }
        n += count_value(v);
        json_decref(v);
        text = str_from(text, (size_t)error.position);
    }
    return n;
}

static uint64_t count_file(struct str path)
{
    CLEANUP(buf_free) struct buf raw = {0};
    assert_int_equal(file_read(path, &raw, NULL), ERR_OK);
    if (!str_ends(path, STR(".gz"))) {
        return count_text(buf_str(&raw));
    }
    CLEANUP(buf_free) struct buf text = {0};
    assert_true(buf_reserve(&text, 16U << 20));
    struct libdeflate_decompressor *d = libdeflate_alloc_decompressor();
    assert_non_null(d);
    assert_int_equal(libdeflate_gzip_decompress(d, raw.ptr, raw.len, text.ptr, text.cap, &text.len),
                     LIBDEFLATE_SUCCESS);
    libdeflate_free_decompressor(d);
    return count_text(buf_str(&text));
}

/* ---- ours ---- */

static uint64_t run_file(struct bench_ *b, const struct input *in)
{
    struct intake_sink sink = {.arg = b, .record = bench_record};
    bench_clear(b);
    assert_int_equal(intake_file(b->intake, in, 3, b->scanner, &sink, &b->acc, NULL), ERR_OK);
    check_account(&b->acc, in->path.ptr);
    uint64_t n = b->acc.records;
    for (size_t i = 0; i < b->acc.unrecognised.len; i++) {
        n += b->acc.unrecognised.at[i].records;
    }
    return n;
}

static struct input_list list_of(struct arena *a, const char *below)
{
    struct str path;
    struct input_list list;
    struct err err = {0};
    assert_true(arena_printf(a, &path, "%s/%s", data.ptr, below));
    if (input_list_build(&path, 1, TIME_NONE, a, &list, &err)) {
        fail_msg("%s", err.msg);
    }
    assert_true(list.len > 0);
    return list;
}

static void test_expected_records(void **state)
{
    (void)state;
    static const struct {
        const char *path;
        uint64_t least;
    } rows[] = {{"cloudtrail/stratus", 160},
                {"cloudtrail/panther", 246},
                {"cloudtrail/traildiscover", 140},
                {"cloudtrail/streamalert", 50},
                {"cloudtrail/custodian_cwe", 30},
                {"cloudtrail/trailscraper", 2},
                {"cloudtrail/plaso_lookup_events.jsonl", 1},
                {"cloudtrail", 700},
                {"functions", 8}};
    struct bench_ b = bench_make(NULL);
    for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
        CLEANUP(arena_free) struct arena a = {0};
        struct input_list list = list_of(&a, rows[i].path);
        uint64_t sum = 0;
        for (size_t k = 0; k < list.len; k++) {
            uint64_t want = count_file(list.at[k].path);
            uint64_t got = run_file(&b, &list.at[k]);
            if (got != want || b.acc.skipped.len != 0) {
                fail_msg("%s: %llu records for %llu, %zu skipped", list.at[k].path.ptr,
                         (unsigned long long)got, (unsigned long long)want, b.acc.skipped.len);
            }
            sum += got;
        }
        assert_true(sum >= rows[i].least);
        VEC_FREE(&list);
    }
    bench_free(&b);
}

/* Each record of each file, read again, is the record. */
static void test_reread(void **state)
{
    (void)state;
    struct bench_ b = bench_make(NULL);
    CLEANUP(arena_free) struct arena a = {0};
    struct input_list list = list_of(&a, "cloudtrail");
    size_t inner = 0;
    for (size_t k = 0; k < list.len; k++) {
        (void)run_file(&b, &list.at[k]);
        for (size_t i = 0; i < b.seen.len; i += b.seen.len / 8 + 1) {
            CLEANUP(arena_free) struct arena own = {0};
            struct str text;
            struct err err = {0};
            const struct seen_record *s = &b.seen.at[i];
            if (intake_reread(b.intake, list.at[k].path, &s->origin, SIZE_MAX, &own, &text, &err)) {
                fail_msg("%s", err.msg);
            }
            struct json_view v = json_view_of(text);
            assert_int_equal(v.kind, JSON_OBJECT);
            inner += s->origin.inner >= 0;
            struct json_view detail = json_member(v, STR("detail"));
            struct json_view name =
                json_member(detail.kind == JSON_OBJECT ? detail : v, STR("eventName"));
            assert_int_equal(text_hash(name.ptr, name.len), s->name_hash);
        }
    }
    assert_true(inner > 0);
    VEC_FREE(&list);
    bench_free(&b);
}

static void test_all_adds_up(void **state)
{
    (void)state;
    struct bench_ b = bench_make(NULL);
    CLEANUP(arena_free) struct arena a = {0};
    struct input_list list = list_of(&a, "");
    for (size_t k = 0; k < list.len; k++) {
        (void)run_file(&b, &list.at[k]);
        /* Whatever was neither read nor padding is named. */
        bool archive = strstr(list.at[k].path.ptr, ".zip") != NULL; /* some hold nothing */
        assert_true(b.acc.bytes_unpacked > 0 || list.at[k].size == 0 || b.acc.skipped.len > 0 ||
                    archive);
    }
    assert_true(list.len > 1000);
    VEC_FREE(&list);
    bench_free(&b);
}

int main(void)
{
    if (file_kind(data, NULL) != FILE_DIRECTORY) {
        printf("skipped: no shared data\n");
        return 0;
    }
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_expected_records),
        cmocka_unit_test(test_reread),
        cmocka_unit_test(test_all_adds_up),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
