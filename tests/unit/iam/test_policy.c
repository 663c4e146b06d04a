#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>

#include <cmocka.h>

#include "base/mem.h"
#include "iam/policy.h"

#define S(inside) "{\"Version\":\"2012-10-17\",\"Statement\":[{" inside "}]}"
#define FINE      "\"Effect\":\"Allow\",\"Action\":\"s3:*\",\"Resource\":\"*\""

static void test_refused(void **state)
{
    (void)state;
    static const struct {
        const char *text;
        enum err_code code;
        const char *says;
    } rows[] = {
        {"", ERR_SYNTAX, "not JSON"},
        {"{", ERR_SYNTAX, "not JSON"},
        {"[]", ERR_SCHEMA, "a policy is an object"},
        {"{}", ERR_SCHEMA, "there is no \"Statement\""},
        {"{\"Version\":\"2020-01-01\",\"Statement\":[]}", ERR_SCHEMA, "2012-10-17"},
        {"{\"Statement\":[],\"Statement\":[]}", ERR_SCHEMA, "given twice"},
        {"{\"Statement\":[],\"Statment\":[]}", ERR_SCHEMA, "no element \"Statment\""},
        {"{\"Statement\":[7]}", ERR_SCHEMA, "statement 1: a statement is an object"},
        {S("\"Action\":\"s3:*\",\"Resource\":\"*\""), ERR_SCHEMA, "no \"Effect\""},
        {S("\"Effect\":\"Permit\",\"Action\":\"s3:*\",\"Resource\":\"*\""), ERR_SCHEMA, "Permit"},
        {S("\"Effect\":\"Allow\",\"Resource\":\"*\""), ERR_SCHEMA, "none is there"},
        {S("\"NotAction\":\"a:b\"," FINE), ERR_SCHEMA, "both are there"},
        {S("\"NotResource\":\"*\"," FINE), ERR_SCHEMA, "both are there"},
        {S("\"Effect\":\"Allow\",\"Action\":\"s3:*\""), ERR_SCHEMA, "needs a \"Resource\""},
        {S("\"Effect\":\"Allow\",\"Action\":\"s3\",\"Resource\":\"*\""), ERR_SCHEMA,
         "service:Action"},
        {S("\"Effect\":\"Allow\",\"Action\":[\"s3:*\",7],\"Resource\":\"*\""), ERR_SCHEMA,
         "only texts"},
        {S("\"Effect\":\"Allow\",\"Action\":{},\"Resource\":\"*\""), ERR_SCHEMA, "a list of texts"},
        {S("\"Principal\":\"111122223333\"," FINE), ERR_SCHEMA, "{\"AWS\": …}"},
        {S("\"Principal\":{\"Users\":\"x\"}," FINE), ERR_SCHEMA, "\"Users\""},
        {S("\"Principal\":{\"AWS\":\"*\",\"AWS\":\"*\"}," FINE), ERR_SCHEMA, "given twice"},
        {S("\"Principal\":\"*\",\"NotPrincipal\":{\"AWS\":\"*\"}," FINE), ERR_SCHEMA, "exclude"},
        {S("\"Condition\":[]," FINE), ERR_SCHEMA, "an object is due"},
        {S("\"Condition\":{\"StringIs\":{\"a:b\":\"c\"}}," FINE), ERR_SCHEMA, "\"StringIs\""},
        {S("\"Condition\":{\"NullIfExists\":{\"a:b\":\"true\"}}," FINE), ERR_SCHEMA,
         "NullIfExists"},
        {S("\"Condition\":{\"StringLike\":\"a\"}," FINE), ERR_SCHEMA, "object of keys"},
        {S("\"Condition\":{\"StringLike\":{\"a:b\":null}}," FINE), ERR_SCHEMA, "a:b"},
    };
    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        struct arena a = {0};
        struct err err = {0};
        struct iam_policy p = {0};
        enum err_code code = iam_policy_parse(STR("p.json"), str_of(rows[i].text), &a, &p, &err);
        if (code != rows[i].code || str_find(str_of(err.msg), str_of(rows[i].says)) == SIZE_MAX) {
            fail_msg("row %zu: %s: %s", i, err_code_name(code), err.msg);
        }
        assert_int_equal(p.statement_count, 0);
        arena_free(&a);
    }
}

static const char whole[] =
    "{\"Version\":\"2012-10-17\",\"Id\":\"x\",\"Statement\":[{\"Sid\":\"A\",\"Effect\":\"Allow\","
    "\"Principal\":{\"AWS\":[\"111122223333\",\"arn:aws:iam::111122223333:role/r\"],\"Service\":"
    "\"lambda.amazonaws.com\"},\"Action\":[\"s3:Get*\",\"s3:List\\u002a\"],\"Resource\":[\"arn:aws:"
    "sqs\",\"*\"],\"Condition\":{\"ForAnyValue:StringLikeIfExists\":{\"aws:TagKeys\":[\"a\",\"b\"],"
    "\"aws:x\":\"c\"},\"NumericLessThan\":{\"aws:MultiFactorAuthAge\":3600},\"Bool\":{\"aws:"
    "SecureTransport\":true}}},{\"effect\":\"Deny\",\"notaction\":\"iam:*\",\"notresource\":\"*\"}]"
    "}";

static void test_whole(void **state)
{
    (void)state;
    struct arena a = {0};
    struct err err = {0};
    struct iam_policy p = {0};
    assert_int_equal(iam_policy_parse(STR("p"), str_of(whole), &a, &p, &err), ERR_OK);
    assert_true(p.variables);
    assert_int_equal(p.statement_count, 2);
    const struct iam_statement *s = &p.statements[0];
    assert_true(str_eq(s->sid, STR("A")));
    assert_int_equal(s->effect, IAM_ALLOW);
    assert_int_equal(s->principals[IAM_PRINCIPAL_AWS].len, 2);
    assert_int_equal(s->principals[IAM_PRINCIPAL_SERVICE].len, 1);
    assert_true(str_eq(s->actions.at[1], STR("s3:List*")));
    assert_true(str_eq(s->resources.at[0], STR("arn:aws:sqs:*:*:*"))); /* filled up */
    assert_int_equal(s->condition_count, 4);
    assert_int_equal(s->conditions[0].quantifier, IAM_FOR_ANY);
    assert_int_equal(s->conditions[0].op, IAM_OP_STRING_LIKE);
    assert_true(s->conditions[0].if_exists);
    assert_int_equal(s->conditions[0].values.len, 2);
    assert_true(str_eq(s->conditions[2].values.at[0], STR("3600")));
    assert_true(str_eq(s->conditions[3].values.at[0], STR("true")));
    s = &p.statements[1];
    assert_true(s->effect == IAM_DENY && s->not_action && s->not_resource);
    assert_int_equal(s->number, 2);
    arena_free(&a);
}

/* As the API hands it out; and one statement without a list. */
static void test_encoded(void **state)
{
    (void)state;
    struct arena a = {0};
    struct iam_policy p = {0};
    struct str text = STR("%7B%22Statement%22%3A%7B%22Effect%22%3A%22Allow%22%2C%22Action%22%3A%22"
                          "sts%3AAssumeRole%22%2C%22Principal%22%3A%7B%22Service%22%3A%22lambda."
                          "amazonaws.com%22%7D%7D%7D");
    assert_int_equal(iam_policy_parse(STR("p"), text, &a, &p, NULL), ERR_OK);
    assert_int_equal(p.statement_count, 1);
    assert_false(p.variables);
    assert_true(str_eq(p.statements[0].actions.at[0], STR("sts:AssumeRole")));
    assert_false(p.statements[0].has_resource);
    arena_free(&a);
}

static void test_too_large(void **state)
{
    (void)state;
    struct arena a = {0};
    struct iam_policy p = {0};
    char *big = arena_alloc(&a, 1, IAM_POLICY_BYTES_MAX + 1, 1);
    assert_non_null(big);
    memset(big, ' ', IAM_POLICY_BYTES_MAX + 1);
    assert_int_equal(
        iam_policy_parse(STR("p"), str_make(big, IAM_POLICY_BYTES_MAX + 1), &a, &p, NULL),
        ERR_LIMIT);
    arena_free(&a);
}

static void test_memory(void **state)
{
    (void)state;
    enum err_code code = ERR_NOMEM;
    for (unsigned long n = 1; code == ERR_NOMEM; n++) {
        struct arena a = {0};
        struct iam_policy p = {0};
        assert_true(n < 1000);
        mem_torture(n);
        code = iam_policy_parse(STR("p"), str_of(whole), &a, &p, NULL);
        mem_torture(0);
        arena_free(&a);
    }
    assert_int_equal(code, ERR_OK);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_refused), cmocka_unit_test(test_whole),
        cmocka_unit_test(test_encoded), cmocka_unit_test(test_too_large),
        cmocka_unit_test(test_memory),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
