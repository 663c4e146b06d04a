#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

#include "codec/json.h"
#include "iam/subject.h"
#include "tests/unit/iam/knowledge.h"

static struct str text_of(struct json_view line, const char *key)
{
    struct json_view v = json_member(line, str_of(key));
    return str_make(v.ptr, v.len);
}

static const struct iam_path *path_of(struct str id)
{
    const struct iam_knowledge *k = test_knowledge();
    for (size_t i = 0; i < k->paths.len; i++) {
        if (str_eq(k->paths.at[i].id, id)) {
            return &k->paths.at[i];
        }
    }
    fail_msg("no path %.*s", STR_ARG(id));
    return NULL;
}

static void report(struct str document, struct arena *a, struct iam_report *out)
{
    struct err err = {0};
    struct iam_subjects subjects = {0};
    if (iam_subjects_read(STR("case"), document, a, &subjects, &err) != ERR_OK) {
        fail_msg("%s", err.msg);
    }
    assert_int_equal(subjects.list.len, 1);
    const struct iam_subject *s = &subjects.list.at[0];
    assert_int_equal(
        s->provider == IAM_AWS
            ? iam_report_of(test_knowledge(), &s->holder, a, out, &err)
            : iam_report_listed(test_knowledge(), s->provider, &s->permissions, out, &err),
        ERR_OK);
    iam_subjects_free(&subjects);
}

static bool has_way(const struct iam_report *r, const struct iam_path *p)
{
    for (size_t i = 0; i < r->ways.len; i++) {
        if (r->ways.at[i].path == p) {
            return r->ways.at[i].answer == IAM_YES;
        }
    }
    return false;
}

/* Each path has a document that opens it and one that nearly does. */
static void test_cases(void **state)
{
    (void)state;
    enum { MOST = 256 };
    unsigned seen[MOST] = {0};
    struct arena file = {0};
    struct str text = test_file(&file, "tests/unit/iam/path_cases.jsonl");
    struct str line;
    const struct iam_paths *paths = &test_knowledge()->paths;
    assert_true(paths->len <= MOST);
    while (str_cut(&text, '\n', &line)) {
        struct arena a = {0};
        struct iam_report r = {0};
        struct json_view v = json_view_of(line);
        const struct iam_path *p = path_of(text_of(v, "id"));
        bool expect = json_member(v, STR("expect")).kind == JSON_TRUE;
        report(text_of(v, "document"), &a, &r);
        if (has_way(&r, p) != expect) {
            fail_msg("%.*s: %.*s", STR_ARG(p->id), STR_ARG(text_of(v, "why")));
        }
        seen[p - paths->at] |= expect ? 1U : 2U;
        iam_report_free(&r);
        arena_free(&a);
    }
    for (size_t i = 0; i < paths->len; i++) {
        if (seen[i] != 3) {
            fail_msg("%.*s lacks a case", STR_ARG(paths->at[i].id));
        }
    }
    arena_free(&file);
}

#define DOC(statements) "{\"Version\":\"2012-10-17\",\"Statement\":[" statements "]}"

/* How a path is held: surely, on a condition, not at all; and how wide. */
static void test_how(void **state)
{
    (void)state;
    static const struct {
        const char *id, *document;
        enum iam_answer answer;
        enum iam_reach reach;
    } rows[] = {
        {"lambda-003",
         DOC("{\"Effect\":\"Allow\",\"Action\":\"lambda:Update*\",\"Resource\":"
             "\"arn:aws:lambda:eu-west-1:111122223333:function:pay\"}"),
         IAM_YES, IAM_REACH_NAMED},
        {"lambda-003",
         DOC("{\"Effect\":\"Allow\",\"Action\":\"lambda:Update*\",\"Resource\":"
             "\"arn:aws:lambda:*:*:function:pay-*\"}"),
         IAM_YES, IAM_REACH_PATTERN},
        {"lambda-003",
         DOC("{\"Effect\":\"Allow\",\"Action\":\"lambda:Update*\",\"Resource\":"
             "\"arn:aws:lambda:*:*:function:*\"}"),
         IAM_YES, IAM_REACH_ANY},
        {"lambda-003",
         DOC("{\"Effect\":\"Allow\",\"Action\":\"*\",\"Resource\":\"*\",\"Condition\":{\"Bool\":"
             "{\"aws:MultiFactorAuthPresent\":\"true\"}}}"),
         IAM_DEPENDS, IAM_REACH_ANY},
        {"lambda-003", DOC("{\"Effect\":\"Allow\",\"NotAction\":\"iam:*\",\"Resource\":\"*\"}"),
         IAM_YES, IAM_REACH_ANY},
        {"lambda-003", DOC("{\"Effect\":\"Allow\",\"NotAction\":\"lambda:*\",\"Resource\":\"*\"}"),
         IAM_NO, IAM_REACH_NONE},
        {"lambda-003",
         DOC("{\"Effect\":\"Allow\",\"Action\":\"*\",\"NotResource\":\"arn:aws:iam::*:*\"}"),
         IAM_YES, IAM_REACH_ANY},
        {"lambda-003",
         DOC("{\"Effect\":\"Allow\",\"Action\":\"*\",\"Resource\":\"*\"},{\"Effect\":\"Deny\","
             "\"NotAction\":\"s3:*\",\"Resource\":\"*\"}"),
         IAM_NO, IAM_REACH_NONE},
        {"lambda-003", /* a deny of something else leaves the rest */
         DOC("{\"Effect\":\"Allow\",\"Action\":\"*\",\"Resource\":\"*\"},{\"Effect\":\"Deny\","
             "\"Action\":\"*\",\"Resource\":\"arn:aws:lambda:*:*:function:pay\"}"),
         IAM_YES, IAM_REACH_ANY},
        {"lambda-003", /* of all but something else does not */
         DOC("{\"Effect\":\"Allow\",\"Action\":\"lambda:*\",\"Resource\":"
             "\"arn:aws:lambda:*:*:function:pay\"},{\"Effect\":\"Deny\",\"Action\":\"*\","
             "\"NotResource\":\"arn:aws:lambda:*:*:function:web\"}"),
         IAM_NO, IAM_REACH_NONE},
        {"lambda-003", /* a deny on a condition: it depends */
         DOC("{\"Effect\":\"Allow\",\"Action\":\"*\",\"Resource\":\"*\"},{\"Effect\":\"Deny\","
             "\"Action\":\"*\",\"Resource\":\"*\",\"Condition\":{\"StringNotEquals\":"
             "{\"aws:SourceVpce\":\"vpce-1\"}}}"),
         IAM_DEPENDS, IAM_REACH_ANY},
        {"iam-002", /* one's own keys */
         DOC("{\"Effect\":\"Allow\",\"Action\":\"iam:*AccessKey*\",\"Resource\":"
             "\"arn:aws:iam::*:user/${aws:username}\"}"),
         IAM_NO, IAM_REACH_NONE},
        {"iam-007", /* one's own policies */
         DOC("{\"Effect\":\"Allow\",\"Action\":\"iam:PutUserPolicy\",\"Resource\":"
             "\"arn:aws:iam::*:user/${aws:username}\"}"),
         IAM_YES, IAM_REACH_PATTERN},
        {"iam-007", /* roles are no users */
         DOC("{\"Effect\":\"Allow\",\"Action\":\"iam:*\",\"Resource\":\"arn:aws:iam::*:role/*\"}"),
         IAM_NO, IAM_REACH_NONE},
    };
    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        struct arena a = {0};
        struct iam_report r = {0};
        const struct iam_path *p = path_of(str_of(rows[i].id));
        struct iam_way found = {0};
        report(str_of(rows[i].document), &a, &r);
        for (size_t w = 0; w < r.ways.len; w++) {
            if (r.ways.at[w].path == p) {
                found = r.ways.at[w];
            }
        }
        if (found.answer != rows[i].answer || found.reach != rows[i].reach) {
            fail_msg("row %zu: %s, %s", i, iam_answer_name(found.answer),
                     iam_reach_name(found.reach));
        }
        assert_true(found.answer != IAM_DEPENDS || found.missing_key.len > 0);
        iam_report_free(&r);
        arena_free(&a);
    }
}

static void test_broken_tables(void **state)
{
    (void)state;
    static const char *const rows[][2] = {
        {"x\taws\tself-escalation\t-\n", ""},
        {"x\tibm\tself-escalation\t-\tiam:A\ts\n", ""},
        {"x\taws\tself-escalation\t-\tiam:A\ts\n", "iam:B\t*\n"},
        {"x\taws\tself-escalation\t-\tiam:A\ts\n", "iam:A\n"},
        {"x\tgcp\tself-escalation\t-\ta b c d e f g h i\ts\n", ""},
    };
    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        struct arena a = {0};
        struct iam_paths p = {0};
        struct err err = {0};
        assert_int_equal(iam_paths_load(str_of(rows[i][0]), str_of(rows[i][1]), &a, &p, &err),
                         ERR_SCHEMA);
        arena_free(&a);
    }
}

static int end(void **state)
{
    (void)state;
    test_knowledge_free();
    return 0;
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_cases),
        cmocka_unit_test(test_how),
        cmocka_unit_test(test_broken_tables),
    };
    return cmocka_run_group_tests(tests, NULL, end);
}
