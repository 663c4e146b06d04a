#include "detect/test_fixture.h"
#include "iam/book.h"
#include "model/content.h"

extern const struct detect_ops detect_role_passed;

#define DOC(action, resource)                                                                      \
    "{\"Version\":\"2012-10-17\",\"Statement\":[{\"Effect\":\"Allow\",\"Action\":" action          \
    ",\"Resource\":" resource "}]}"
#define ROLE(name, document)                                                                       \
    "{\"RoleName\":\"" name "\",\"Arn\":\"arn:aws:iam::111122223333:role/" name                    \
    "\",\"RolePolicyList\":[{\"PolicyName\":\"p\",\"PolicyDocument\":" document "}]}"

static const char dump[] =
    "{\"RoleDetailList\":[" ROLE("narrow", DOC("\"s3:GetObject\"", "\"arn:aws:s3:::b/x\"")) "," ROLE(
        "similar",
        DOC("\"s3:GetObject\"",
            "\"arn:aws:s3:::b/y\"")) "," ROLE("wide",
                                              DOC("\"dynamodb:*\"",
                                                  "\"*\"")) "," ROLE("admin",
                                                                     DOC("\"*\"",
                                                                         "\"*\"")) "," ROLE("deploy"
                                                                                            "er",
                                                                                            DOC("["
                                                                                                "\""
                                                                                                "la"
                                                                                                "mb"
                                                                                                "da"
                                                                                                ":*"
                                                                                                "\""
                                                                                                ","
                                                                                                "\""
                                                                                                "ia"
                                                                                                "m:"
                                                                                                "Pa"
                                                                                                "ss"
                                                                                                "Ro"
                                                                                                "le"
                                                                                                "\""
                                                                                                "]",
                                                                                                "["
                                                                                                "\""
                                                                                                "ar"
                                                                                                "n:"
                                                                                                "aw"
                                                                                                "s:"
                                                                                                "la"
                                                                                                "mb"
                                                                                                "da"
                                                                                                ":*"
                                                                                                ":*"
                                                                                                ":f"
                                                                                                "un"
                                                                                                "ct"
                                                                                                "io"
                                                                                                "n:"
                                                                                                "pa"
                                                                                                "y"
                                                                                                "\""
                                                                                                ","
                                                                                                "\""
                                                                                                "ar"
                                                                                                "n:"
                                                                                                "aw"
                                                                                                "s:"
                                                                                                "ia"
                                                                                                "m:"
                                                                                                ":1"
                                                                                                "11"
                                                                                                "12"
                                                                                                "22"
                                                                                                "23"
                                                                                                "33"
                                                                                                "3:"
                                                                                                "ro"
                                                                                                "le"
                                                                                                "/a"
                                                                                                "dm"
                                                                                                "in"
                                                                                                "\""
                                                                                                "]")) "]}";

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

static void open_stage(struct fx *f)
{
    struct err err = {0};
    fx_open(f, &detect_role_passed);
    assert_int_equal(iam_book_new(content("iam/actions.tsv"), content("iam/paths.tsv"),
                                  content("iam/targets.tsv"), &f->run.book, &err),
                     ERR_OK);
    assert_int_equal(iam_book_add(f->run.book, STR("dump.json"), str_of(dump), &err), ERR_OK);
}

static void close_stage(struct fx *f)
{
    iam_book_free(f->run.book);
    fx_close(f);
}

static struct event *with_role(struct fx *f, const char *action, const char *role,
                               const char *passer)
{
    struct attr attrs[] = {{ATTR_ROLE, str_of(role)}};
    struct event *e = fx_event(f, action, attrs, 1);
    e->who = (struct identity){
        .kind = IDENTITY_ROLE, .account = STR("111122223333"), .role = str_of(passer)};
    return e;
}

#define ARN(name) "arn:aws:iam::111122223333:role/" name

static void test_swap(void **state)
{
    (void)state;
    static const struct {
        const char *what, *before, *after;
        size_t hits;
    } rows[] = {
        {"wider", ARN("narrow"), ARN("wide"), 1},
        {"wider, by name", "narrow", "wide", 1},
        {"much the same", ARN("narrow"), ARN("similar"), 0},
        {"narrower", ARN("wide"), ARN("narrow"), 0},
        {"the same", ARN("wide"), ARN("wide"), 0},
        {"to administrator", ARN("wide"), ARN("admin"), 1},
        {"to administrator, from nobody knows what", ARN("gone"), ARN("admin"), 1},
        {"from nobody knows what", ARN("gone"), ARN("wide"), 0},
        {"to what nobody knows", ARN("wide"), ARN("gone"), 0},
    };
    for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
        struct fx f;
        open_stage(&f);
        (void)fx_play(&f, with_role(&f, "CreateFunction", rows[i].before, ARN("admin")));
        size_t n =
            fx_play(&f, with_role(&f, "UpdateFunctionConfiguration", rows[i].after, ARN("admin")));
        if (n != rows[i].hits) {
            fail_msg("%s: %zu hits", rows[i].what, n);
        }
        assert_int_equal(fx_count(&f, "faaswatch.role_replaced_wider"), rows[i].hits);
        close_stage(&f);
    }
}

static void test_passer(void **state)
{
    (void)state;
    static const struct {
        const char *what, *action, *role, *passer;
        size_t hits;
    } rows[] = {
        {"above himself", "CreateFunction", ARN("admin"), ARN("deployer"), 1},
        {"an administrator", "CreateFunction", ARN("admin"), ARN("admin"), 0},
        {"nobody knows him", "CreateFunction", ARN("admin"), ARN("gone"), 0},
        {"a narrow role", "CreateFunction", ARN("narrow"), ARN("deployer"), 0},
        {"only stated", "UpdateFunctionCode", ARN("admin"), ARN("deployer"), 0},
    };
    for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
        struct fx f;
        open_stage(&f);
        if (fx_play(&f, with_role(&f, rows[i].action, rows[i].role, rows[i].passer)) !=
            rows[i].hits) {
            fail_msg("%s: %zu hits", rows[i].what, f.run.hits.len);
        }
        assert_int_equal(fx_count(&f, "faaswatch.role_passed_upward"), rows[i].hits);
        close_stage(&f);
    }
}

static void test_without_dump(void **state)
{
    (void)state;
    struct fx f;
    fx_open(&f, &detect_role_passed);
    assert_int_equal(fx_play(&f, with_role(&f, "CreateFunction", ARN("admin"), ARN("deployer"))),
                     0);
    fx_close(&f);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(test_swap), cmocka_unit_test(test_passer),
                                       cmocka_unit_test(test_without_dump)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
