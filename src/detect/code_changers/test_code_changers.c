#include "detect/test_fixture.h"
#include "iam/book.h"
#include "model/content.h"

extern const struct detect_ops detect_code_changers;

#define ROLE(name, action, resource)                                                               \
    "{\"RoleName\":\"" name "\",\"Arn\":\"arn:aws:iam::111122223333:role/" name                    \
    "\",\"CreateDate\":\"2026-01-01T00:00:00Z\",\"AttachedManagedPolicies\":[],"                   \
    "\"RolePolicyList\":[{\"PolicyName\":\"own\",\"PolicyDocument\":{\"Version\":"                 \
    "\"2012-10-17\",\"Statement\":[{\"Effect\":\"Allow\",\"Action\":\"" action                     \
    "\",\"Resource\":\"" resource "\"}]}}]}"

static const char dump[] =
    "{\"UserDetailList\":[],\"GroupDetailList\":[],\"Policies\":[],\"RoleDetailList\":[" ROLE(
        "zoe", "lambda:*",
        "*") "," ROLE("deploy", "lambda:UpdateFunctionCode",
                      "*") "," ROLE("other", "lambda:UpdateFunctionCode",
                                    "arn:aws:lambda:eu-west-1:111122223333:"
                                    "function:x") "," ROLE("reader", "lambda:Get*", "*") "]}";

static struct str content(const char *path)
{
    for (size_t i = 0; content_files[i].path != NULL; i++) {
        if (strcmp(content_files[i].path, path) == 0) {
            return str_make(content_files[i].bytes, content_files[i].len);
        }
    }
    fail_msg("no content %s", path);
    return STR_EMPTY;
}

static void open_stage(struct fx *f, bool with_dump)
{
    struct err err = {0};
    fx_open(f, &detect_code_changers);
    assert_int_equal(iam_book_new(content("iam/actions.tsv"), content("iam/paths.tsv"),
                                  content("iam/targets.tsv"), &f->run.book, &err),
                     ERR_OK);
    if (with_dump) {
        assert_int_equal(iam_book_add(f->run.book, STR("dump.json"), str_of(dump), &err), ERR_OK);
    }
}

static void close_stage(struct fx *f)
{
    iam_book_free(f->run.book);
    fx_close(f);
}

static struct event *by(struct fx *f, const char *action, const char *role)
{
    struct event *e = FX_PLAIN(f, action);
    e->who.kind = IDENTITY_ROLE;
    e->who.role = str_of(role);
    return e;
}

static void test_list(void **state)
{
    (void)state;
    struct fx f;
    open_stage(&f, true);
    (void)fx_play(&f, by(&f, "UpdateFunctionCode", "arn:aws:iam::111122223333:role/deploy"));
    (void)fx_play(&f, by(&f, "GetFunction", "arn:aws:iam::111122223333:role/zoe"));
    assert_int_equal(fx_finish(&f), 1);
    assert_true(fx_last(&f)->detection->is_posture);
    assert_null(fx_last(&f)->event->actor); /* it is about nobody in particular */
    struct str said = fx_last(&f)->explain;
    assert_true(str_find(said, STR("1 of 2 that may change the code of pay")) != SIZE_MAX);
    assert_true(str_find(said, STR("role zoe")) != SIZE_MAX);
    assert_true(str_find(said, STR("reader")) == SIZE_MAX);
    close_stage(&f);

    open_stage(&f, true); /* nobody changed it: both, by name */
    (void)fx_play(&f, by(&f, "GetFunction", "arn:aws:iam::111122223333:role/zoe"));
    assert_int_equal(fx_finish(&f), 1);
    assert_true(str_find(fx_last(&f)->explain, STR("role deploy, role zoe")) != SIZE_MAX);
    close_stage(&f);
}

static void test_nothing(void **state)
{
    (void)state;
    struct fx f;
    open_stage(&f, false); /* no dump: nobody knows */
    (void)fx_play(&f, by(&f, "GetFunction", "arn:aws:iam::111122223333:role/zoe"));
    assert_int_equal(fx_finish(&f), 0);
    close_stage(&f);

    open_stage(&f, true); /* both used it */
    (void)fx_play(&f, by(&f, "UpdateFunctionCode", "arn:aws:iam::111122223333:role/deploy"));
    (void)fx_play(&f, by(&f, "UpdateFunctionCode", "arn:aws:iam::111122223333:role/zoe"));
    assert_int_equal(fx_finish(&f), 0);
    close_stage(&f);

    open_stage(&f, true); /* no production */
    struct env_account dev = {.id = STR("111122223333"), .kind = STR("dev")};
    assert_true(VEC_PUSH(&f.context.env.accounts, dev));
    (void)fx_play(&f, by(&f, "GetFunction", "arn:aws:iam::111122223333:role/zoe"));
    assert_int_equal(fx_finish(&f), 0);
    VEC_FREE(&f.context.env.accounts);
    close_stage(&f);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(test_list), cmocka_unit_test(test_nothing)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
