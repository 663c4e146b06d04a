#include "../../../tests/unit/context/load.h"

#define HEX  "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"
#define B64  "47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU="
#define HEX2 "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"
#define HEAD                                                                                       \
    "function,code_sha256,signed_sha256,image_digest,commit,repository,branch,built_at,reviewed,"  \
    "protected_branch,change\n"
#define ROW "pay-checkout," B64 ",,,abc,acme/pay,main,2026-11-20T09:00:00Z,yes,yes,CHG1\n"

static void test_csv(void **state)
{
    (void)state;
    CLEANUP(done) struct context *c = loaded(CONTEXT_BUILDS, "builds.csv", NULL, HEAD ROW);
    const struct build *b = &c->builds.at[0];
    same(b->function, "pay-checkout");
    same(b->code_sha256, HEX);
    same(b->commit, "abc");
    same(b->change, "CHG1");
    assert_true(b->reviewed && b->protected_branch);
    at_time(b->built_us, "2026-11-20T09:00:00Z");
    at_time(c->newest_us[CONTEXT_BUILDS], "2026-11-20T09:00:00Z");
}

static void test_lookup(void **state)
{
    (void)state;
    CLEANUP(done)
    struct context *c = loaded(CONTEXT_BUILDS, "builds.csv", NULL,
                               HEAD ",,,,,,,,,,\n"
                                    "a,,,repo/x@sha256:" HEX2 ",,,,,,,\n"
                                    "b," HEX ",,,,,feature,,no,no,\n" ROW "c,nonsense,,,,,,,,,\n");
    assert_int_equal(c->builds.len, 3);
    assert_int_equal(c->skips, 2);
    static const char *const same_hash[] = {HEX, B64, "sha256:" HEX,
                                            "E3B0C44298FC1C149AFBF4C8996FB92427AE41E4649B934CA49599"
                                            "1B7852B855"};
    for (size_t i = 0; i < ARRAY_LEN(same_hash); i++) {
        const struct build *b = context_build_of(c, str_of(same_hash[i]));
        assert_non_null(b);
        same(b->function, "pay-checkout"); /* of two with this hash, the reviewed one */
    }
    assert_non_null(context_build_of(c, STR("sha256:" HEX2)));
    assert_null(context_build_of(c, STR("")));
    assert_null(context_build_of(c, STR("e3b0")));
}

static void test_json(void **state)
{
    (void)state;
    static const char *const shapes[] = {
        "{\"function\":\"f\",\"code_sha256\":\"" B64 "\",\"reviewed\":true}\n"
        "{\"function\":\"g\",\"code_sha256\":\"" HEX "\"}\n",
        "[{\"function\":\"f\",\"code_sha256\":\"" B64 "\",\"reviewed\":true},"
        "{\"function\":\"g\",\"hash\":\"" HEX "\"}]",
        "{\"builds\":[{\"function\":\"f\",\"code_sha256\":\"" B64 "\",\"reviewed\":\"yes\"},"
        "{\"functionName\":\"g\",\"codeSha256\":\"" HEX "\"}]}",
    };
    for (size_t i = 0; i < ARRAY_LEN(shapes); i++) {
        CLEANUP(done) struct context *c = loaded(CONTEXT_BUILDS, "b.jsonl", NULL, shapes[i]);
        assert_int_equal(c->builds.len, 2);
        same(c->builds.at[1].function, "g");
        same(c->builds.at[1].code_sha256, HEX);
        assert_true(c->builds.at[0].reviewed);
        assert_false(c->builds.at[1].reviewed);
    }
    /* A bad line costs itself. */
    CLEANUP(done)
    struct context *c = loaded(CONTEXT_BUILDS, "b.jsonl", NULL,
                               "{\"function\":\"f\",\"code_sha256\":\"" B64 "\"}\n{\"bad\n"
                               "{\"function\":\"g\",\"code_sha256\":\"" HEX "\"}\n");
    assert_int_equal(c->builds.len, 2);
    skipped_row(c, CONTEXT_BUILDS, 2, "not JSON");
}

static void test_refused(void **state)
{
    (void)state;
    refused(CONTEXT_BUILDS, "b.csv", NULL, "function,commit\nf,abc\n", ERR_SCHEMA,
            "b.csv|hash|code_sha256|columns:");
    refused(CONTEXT_BUILDS, "b.csv", NULL, "code_sha256\n" HEX "\n", ERR_SCHEMA, "function");
    refused(CONTEXT_BUILDS, "b.json", NULL, "{\"a\":1}", ERR_SCHEMA, "b.json|function");
    refused(CONTEXT_BUILDS, "b.csv", NULL,
            "function,code_sha256,built_at\nf," HEX ",2026-11-20 09:00\n", ERR_SCHEMA,
            "b.csv:2|timezone:|builds");
    CLEANUP(done)
    struct context *c = loaded(CONTEXT_BUILDS, "b.csv", "columns: {builds.code_sha256: Sum}",
                               "function,Sum\nf," HEX "\n");
    assert_int_equal(c->builds.len, 1);
}

static void test_torture(void **state)
{
    (void)state;
    torture(CONTEXT_BUILDS, "b.csv", NULL, HEAD ROW);
    torture(CONTEXT_BUILDS, "b.jsonl", NULL,
            "{\"function\":\"f\",\"code_sha256\":\"" B64 "\",\"branch\":[\"a\",\"b\"]}\n");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_csv),     cmocka_unit_test(test_lookup),  cmocka_unit_test(test_json),
        cmocka_unit_test(test_refused), cmocka_unit_test(test_torture),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
