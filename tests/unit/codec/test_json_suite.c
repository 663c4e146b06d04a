/*
 * JSONTestSuite (Nicolas Seriot, "Parsing JSON is a Minefield"): y_ must be accepted, n_ must be
 * rejected, i_ is up to us and is listed in docs/json.md. Its files and real CloudTrail also go
 * through the contract: variants, ways of scanning and jansson agree.
 */
#include "json_contract.h"
#include "json_help.h"

#define HOSTILE "../shared/data/hostile/json"
#define SUITE   HOSTILE "/test_parsing"
#define REAL    "../shared/data/cloudtrail"

/* What RFC 8259 leaves open and we accept. Every other i_ file is rejected. */
static const char *const accepted[] = {
    "i_number_double_huge_neg_exp.json",
    "i_number_huge_exp.json",
    "i_number_neg_int_huge_exp.json",
    "i_number_pos_double_huge_exp.json",
    "i_number_real_neg_overflow.json",
    "i_number_real_pos_overflow.json",
    "i_number_real_underflow.json",
    "i_number_too_big_neg_int.json",
    "i_number_too_big_pos_int.json",
    "i_number_very_big_negative_int.json",
    "i_object_key_lone_2nd_surrogate.json",
    "i_string_1st_surrogate_but_2nd_missing.json",
    "i_string_1st_valid_surrogate_2nd_invalid.json",
    "i_string_incomplete_surrogate_and_escape_valid.json",
    "i_string_incomplete_surrogate_pair.json",
    "i_string_incomplete_surrogates_escape_valid.json",
    "i_string_invalid_lonely_surrogate.json",
    "i_string_invalid_surrogate.json",
    "i_string_inverted_surrogates_U+1D11E.json",
    "i_string_lone_second_surrogate.json",
    "i_structure_500_nested_arrays.json",
};

static bool must_accept(const char *name)
{
    for (size_t i = 0; i < ARRAY_LEN(accepted); i++) {
        if (strcmp(name, accepted[i]) == 0) {
            return true;
        }
    }
    return name[0] == 'y';
}

struct suite {
    struct trio all; /* wants everything */
    size_t files;
};

static void check_file(void *arg, const char *path, const char *name)
{
    struct suite *suite = arg;
    size_t len = 0;
    char *text = read_file(path, &len);
    assert_non_null(text);
    suite->files++;

    struct json_fault fault;
    bool strict = json_check((struct str){text, len}, &fault) == JSON_OK;
    if (strict != must_accept(name)) {
        fail_msg("%s: json_check %s it", name, strict ? "accepts" : "rejects");
    }
    /* The scan with all paths, and nothing but white space behind the value. */
    char *padded = padded_copy(text, len, ' ');
    const struct scanned *got = trio_scan(&suite->all, name, padded, len, 0);
    bool whole = got->status == JSON_OK &&
                 str_trim((struct str){padded + got->used, len - got->used}).len == 0;
    if (whole != must_accept(name)) {
        fail_msg("%s: the scan %s it", name, whole ? "accepts" : "rejects");
    }
    free(padded);
    free(text);
}

static void test_suite(void **state)
{
    (void)state;
    struct json_paths *paths = json_paths_new();
    assert_non_null(paths);
    unsigned slot;
    assert_int_equal(json_paths_add_dotted(paths, STR("a.b"), &slot, NULL), ERR_OK);
    json_paths_want_all(paths);
    struct suite suite = {.files = 0};
    trio_open(&suite.all, paths, slot + 1);
    assert_true(each_file(SUITE, check_file, &suite));
    assert_true(suite.files > 300);
    trio_close(&suite.all);
    json_paths_free(paths);
}

struct contracted {
    struct contract contract;
    size_t files;
    size_t accepted;
};

static void check_contract(void *arg, const char *path, const char *name)
{
    (void)name;
    struct contracted *c = arg;
    size_t len = 0;
    char *text = read_file(path, &len);
    assert_non_null(text);
    c->files++;
    const char *wrong = contract_check(&c->contract, text, len);
    if (wrong != NULL) {
        fail_msg("%s: %s", path, wrong);
    }
    struct json_fault fault;
    c->accepted += json_check((struct str){text, len}, &fault) == JSON_OK;
    free(text);
}

static void test_contract(void **state)
{
    (void)state;
    struct contracted c = {.files = 0};
    contract_open(&c.contract);
    assert_true(each_file(HOSTILE, check_contract, &c));
    size_t hostile = c.files;
    assert_true(each_file(REAL, check_contract, &c));
    assert_true(hostile > 300 && c.files - hostile > 400);
    assert_true(c.accepted > 500);
    contract_close(&c.contract);
}

/* Every record of the real files: cut at every 13th byte it is cut, and nothing else. */
static void cut_file(void *arg, const char *path, const char *name)
{
    struct trio *t = arg;
    size_t len = 0;
    char *text = read_file(path, &len);
    struct json_fault fault;
    assert_non_null(text);
    if (text[0] == '{' && len < 6000 && json_check((struct str){text, len}, &fault) == JSON_OK) {
        size_t end = str_trim((struct str){text, len}).len;
        for (size_t cut = 0; cut < end; cut += 13) {
            char *part = padded_copy(text, cut, "}\"0,"[cut % 4]);
            const struct scanned *s = trio_scan(t, name, part, cut, 0);
            if (s->status != JSON_CUT || s->fault.offset != cut) {
                fail_msg("%s cut at %zu: status %d at %zu", path, cut, s->status, s->fault.offset);
            }
            free(part);
        }
    }
    free(text);
}

static void test_cut(void **state)
{
    (void)state;
    struct json_paths *paths = contract_paths();
    struct trio t;
    trio_open(&t, paths, CONTRACT_SLOTS);
    assert_true(each_file(REAL, cut_file, &t));
    trio_close(&t);
    json_paths_free(paths);
}

int main(void)
{
    struct stat st;
    if (stat(SUITE, &st) != 0) {
        puts("skipped: no shared data");
        return 0;
    }
    const struct CMUnitTest tests[] = {cmocka_unit_test(test_suite),
                                       cmocka_unit_test(test_contract), cmocka_unit_test(test_cut)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
