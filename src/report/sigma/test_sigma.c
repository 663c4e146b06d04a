#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "tests/unit/report/fixture.h"

extern const struct report_ops report_sigma;

static void check_has(const struct buf *out, const char *text)
{
    if (str_find(buf_str(out), str_of(text)) == SIZE_MAX) {
        fail_msg("no \"%s\" in:\n%.*s", text, (int)out->len, out->ptr);
    }
}

static struct mark *first_mark(struct fixture *f)
{
    return &fixture_result(f)->cases.at[0]->marks.at[0];
}

static void test_rules(void **state)
{
    (void)state;
    CLEANUP(fixture_done) struct fixture *f = fixture_new(STR_EMPTY);
    CLEANUP(buf_free) struct buf out = {0};
    fixture_write(&report_sigma, f, &out);
    check_has(&out, "        sourceIPAddress: '185.220.101.34'\n");
    check_has(&out, "        - userIdentity.arn|endswith: 'dana.k'\n");
    check_has(&out, "    service: gcp.audit\n");
}

/* Quotes, wildcards and escapes stay inside the value. */
static void test_escapes(void **state)
{
    (void)state;
    CLEANUP(fixture_done) struct fixture *f = fixture_new(STR_EMPTY);
    CLEANUP(buf_free) struct buf out = {0};
    *first_mark(f) = (struct mark){MARK_HANDLER, STR("a'b*c?d\\e: #"), false};
    fixture_write(&report_sigma, f, &out);
    check_has(&out, "requestParameters.handler: 'a''b\\*c\\?d\\\\e: #'\n");
    buf_reset(&out);
    *first_mark(f) = (struct mark){MARK_HANDLER, STR("a\nlevel: x"), false};
    fixture_write(&report_sigma, f, &out);
    assert_true(str_find(buf_str(&out), STR("requestParameters.handler")) == SIZE_MAX);
}

static void test_hash(void **state)
{
    (void)state;
    CLEANUP(fixture_done) struct fixture *f = fixture_new(STR_EMPTY);
    CLEANUP(buf_free) struct buf out = {0};
    *first_mark(f) = (struct mark){
        MARK_CODE_HASH, STR("e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"),
        true};
    fixture_write(&report_sigma, f, &out);
    check_has(&out, "codeSha256: '47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU='\n");
}

static void test_habits(void **state)
{
    (void)state;
    fixture_check_visible(&report_sigma);
    fixture_check_secrets(&report_sigma);
    fixture_check_memory(&report_sigma);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_rules),
        cmocka_unit_test(test_escapes),
        cmocka_unit_test(test_hash),
        cmocka_unit_test(test_habits),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
