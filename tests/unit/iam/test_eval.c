#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

#include "base/mem.h"
#include "iam/eval.h"

/* AWS's own rules and examples, from pages of the IAM User Guide, shortened to what decides:
 *
 *   default, allow, deny   "How AWS enforcement code logic evaluates requests to allow or deny access"
 *   one account, two       "Policy evaluation for requests within a single account", "Cross-account
 *                          policy evaluation logic"
 *   NotResource            "IAM JSON policy elements: NotResource" (HRBucket/Payroll)
 *   boundary               "Permissions boundaries for IAM entities" (Shirley: s3, cloudwatch, ec2;
 *                          NotPrincipal denies whoever has a boundary)
 *   several values         "Single-valued vs. multivalued context keys", "Multivalued context key
 *                          examples" (ForAllValues holds when there is no key)
 *
 * The other rows follow the operators' tables ("Condition operators", "Variables and tags"). */

#define DOC(statements) "{\"Version\":\"2012-10-17\",\"Statement\":[" statements "]}"
#define ALLOW(action, resource)                                                                    \
    "{\"Effect\":\"Allow\",\"Action\":\"" action "\",\"Resource\":\"" resource "\"}"
#define DENY(action, resource)                                                                     \
    "{\"Effect\":\"Deny\",\"Action\":\"" action "\",\"Resource\":\"" resource "\"}"
#define IF(action, condition)                                                                      \
    "{\"Effect\":\"Allow\",\"Action\":\"" action "\",\"Resource\":\"*\",\"Condition\":{" condition \
    "}}"
#define NOT_IF(action, condition)                                                                  \
    "{\"Effect\":\"Deny\",\"Action\":\"" action "\",\"Resource\":\"*\",\"Condition\":{" condition  \
    "}}"

enum { KEYS = 3 };

struct row {
    const char *what;
    const char *identity, *boundary, *session, *level[2], *resource;
    const char *action, *on, *account;       /* account: of the resource; NULL: the caller's */
    const char *arn, *session_arn, *service; /* NULL: user Jeff of 111122223333 */
    const char *keys[KEYS][2];               /* name, value; value "": absent; "a|b": two */
    bool incomplete, resource_rules;
    enum iam_answer answer;
    enum iam_reason reason;
};

#define JEFF     "arn:aws:iam::111122223333:user/Jeff"
#define ROLE     "arn:aws:iam::111122223333:role/app"
#define IN_APP   "arn:aws:sts::111122223333:assumed-role/app/i-1"
#define OBJECT   "arn:aws:s3:::shared/confidential/a"
#define RAW_SENT "{\"aws:SourceIp\":[\"192.0.2.0/24\",\"203.0.113.0/24\"]}"

static const struct row rows[] = {
    /* Default, explicit allow, explicit deny. */
    {"nothing allows", .identity = DOC(ALLOW("s3:GetObject", "*")), .action = "s3:PutObject",
     .on = OBJECT, .answer = IAM_NO, .reason = IAM_NOT_GRANTED},
    {"allowed", .identity = DOC(ALLOW("s3:GetObject", "*")), .action = "s3:getobject", .on = OBJECT,
     .answer = IAM_YES, .reason = IAM_ALLOWED},
    {"explicit deny wins",
     .identity = DOC(ALLOW("s3:*", "*") "," DENY("s3:*", "arn:aws:s3:::shared/*")),
     .action = "s3:GetObject", .on = OBJECT, .answer = IAM_NO, .reason = IAM_DENIED},
    {"NotAction with deny",
     .identity =
         DOC(ALLOW("*", "*") ",{\"Effect\":\"Deny\",\"NotAction\":\"iam:*\",\"Resource\":\"*\"}"),
     .action = "s3:GetObject", .on = OBJECT, .answer = IAM_NO, .reason = IAM_DENIED},
    {"NotResource",
     .identity = DOC(
         ALLOW("s3:*", "*") ",{\"Effect\":\"Deny\",\"Action\":\"s3:*\",\"NotResource\":[\"arn:aws:"
                            "s3:::HRBucket/Payroll\",\"arn:aws:s3:::HRBucket/Payroll/*\"]}"),
     .action = "s3:GetObject", .on = "arn:aws:s3:::HRBucket/Payroll/a", .answer = IAM_YES},
    {"NotResource, another",
     .identity = DOC(
         ALLOW("s3:*", "*") ",{\"Effect\":\"Deny\",\"Action\":\"s3:*\",\"NotResource\":[\"arn:aws:"
                            "s3:::HRBucket/Payroll\",\"arn:aws:s3:::HRBucket/Payroll/*\"]}"),
     .action = "s3:GetObject", .on = OBJECT, .answer = IAM_NO, .reason = IAM_DENIED},

    /* Boundary, session, organisation. */
    {"outside the boundary", .identity = DOC(ALLOW("iam:CreateUser", "*")),
     .boundary = DOC(ALLOW("s3:*", "*") "," ALLOW("cloudwatch:*", "*") "," ALLOW("ec2:*", "*")),
     .action = "iam:CreateUser", .on = "arn:aws:iam::111122223333:user/x", .answer = IAM_NO,
     .reason = IAM_NOT_IN_BOUNDARY},
    {"a boundary gives nothing", .identity = DOC(ALLOW("iam:CreateUser", "*")),
     .boundary = DOC(ALLOW("s3:*", "*")), .action = "s3:GetObject", .on = OBJECT, .answer = IAM_NO,
     .reason = IAM_NOT_GRANTED},
    {"outside the session", .identity = DOC(ALLOW("s3:*", "*")),
     .session = DOC(ALLOW("s3:List*", "*")), .action = "s3:GetObject", .on = OBJECT, .arn = ROLE,
     .session_arn = IN_APP, .answer = IAM_NO, .reason = IAM_NOT_IN_SESSION},
    {"organisation, each level", .identity = DOC(ALLOW("*", "*")),
     .level = {DOC(ALLOW("*", "*")), DOC(ALLOW("s3:*", "*"))}, .action = "ec2:RunInstances",
     .on = "*", .answer = IAM_NO, .reason = IAM_NOT_IN_ORGANISATION},
    {"organisation denies", .identity = DOC(ALLOW("*", "*")),
     .level = {DOC(ALLOW("*", "*") "," DENY("organizations:LeaveOrganization", "*")),
               DOC(ALLOW("*", "*"))},
     .action = "organizations:LeaveOrganization", .on = "*", .answer = IAM_NO,
     .reason = IAM_DENIED},
    {"organisation gives nothing", .level = {DOC(ALLOW("*", "*")), DOC(ALLOW("*", "*"))},
     .action = "s3:GetObject", .on = OBJECT, .answer = IAM_NO, .reason = IAM_NOT_GRANTED},

    /* The resource's policy, in one account. */
    {"names the user",
     .resource = DOC("{\"Effect\":\"Allow\",\"Principal\":{\"AWS\":\"" JEFF
                     "\"},\"Action\":\"s3:GetObject\",\"Resource\":\"*\"}"),
     .boundary = DOC(ALLOW("ec2:*", "*")), .action = "s3:GetObject", .on = OBJECT,
     .answer = IAM_YES},
    {"names the role: the boundary bounds",
     .resource = DOC("{\"Effect\":\"Allow\",\"Principal\":{\"AWS\":\"" ROLE
                     "\"},\"Action\":\"s3:GetObject\",\"Resource\":\"*\"}"),
     .boundary = DOC(ALLOW("ec2:*", "*")), .action = "s3:GetObject", .on = OBJECT, .arn = ROLE,
     .session_arn = IN_APP, .answer = IAM_NO, .reason = IAM_NOT_GRANTED},
    {"names the session: it does not",
     .resource = DOC("{\"Effect\":\"Allow\",\"Principal\":{\"AWS\":\"" IN_APP
                     "\"},\"Action\":\"s3:GetObject\",\"Resource\":\"*\"}"),
     .boundary = DOC(ALLOW("ec2:*", "*")), .action = "s3:GetObject", .on = OBJECT, .arn = ROLE,
     .session_arn = IN_APP, .answer = IAM_YES},
    {"names the account: no more than a door",
     .resource = DOC("{\"Effect\":\"Allow\",\"Principal\":{\"AWS\":\"111122223333\"},\"Action\":"
                     "\"s3:*\",\"Resource\":\"*\"}"),
     .action = "s3:GetObject", .on = OBJECT, .answer = IAM_NO, .reason = IAM_NOT_GRANTED},
    {"NotPrincipal spares Bob", .identity = DOC(ALLOW("s3:*", "*")),
     .resource =
         DOC("{\"Effect\":\"Deny\",\"NotPrincipal\":{\"AWS\":[\"arn:aws:iam::444455556666:user/"
             "Bob\",\"arn:aws:iam::444455556666:root\"]},\"Action\":\"s3:*\",\"Resource\":\"*\"}"),
     .action = "s3:GetObject", .on = OBJECT, .answer = IAM_NO, .reason = IAM_DENIED},
    {"NotPrincipal spares Jeff", .identity = DOC(ALLOW("s3:*", "*")),
     .resource =
         DOC("{\"Effect\":\"Deny\",\"NotPrincipal\":{\"AWS\":[\"" JEFF
             "\",\"arn:aws:iam::111122223333:root\"]},\"Action\":\"s3:*\",\"Resource\":\"*\"}"),
     .action = "s3:GetObject", .on = OBJECT, .answer = IAM_YES},

    {"NotPrincipal spares nobody with a boundary", .identity = DOC(ALLOW("s3:*", "*")),
     .boundary = DOC(ALLOW("s3:*", "*")),
     .resource =
         DOC("{\"Effect\":\"Deny\",\"NotPrincipal\":{\"AWS\":[\"" JEFF
             "\",\"arn:aws:iam::111122223333:root\"]},\"Action\":\"s3:*\",\"Resource\":\"*\"}"),
     .action = "s3:GetObject", .on = OBJECT, .answer = IAM_NO, .reason = IAM_DENIED},

    /* Across accounts: both sides. */
    {"both sides", .identity = DOC(ALLOW("s3:*", "*")), .account = "444455556666",
     .resource = DOC("{\"Effect\":\"Allow\",\"Principal\":{\"AWS\":\"arn:aws:iam::111122223333:"
                     "root\"},\"Action\":\"s3:*\",\"Resource\":\"*\"}"),
     .action = "s3:GetObject", .on = OBJECT, .answer = IAM_YES},
    {"only the other account's", .account = "444455556666",
     .resource = DOC("{\"Effect\":\"Allow\",\"Principal\":{\"AWS\":\"" JEFF
                     "\"},\"Action\":\"s3:*\",\"Resource\":\"*\"}"),
     .action = "s3:GetObject", .on = OBJECT, .answer = IAM_NO, .reason = IAM_NOT_GRANTED},
    {"only ours", .identity = DOC(ALLOW("s3:*", "*")), .account = "444455556666",
     .action = "s3:GetObject", .on = OBJECT, .answer = IAM_NO, .reason = IAM_NOT_BY_RESOURCE},

    /* Trust policies and keys: the resource's policy must say so. */
    {"trust by account and identity", .identity = DOC(ALLOW("sts:AssumeRole", ROLE)),
     .resource = DOC("{\"Effect\":\"Allow\",\"Principal\":{\"AWS\":\"111122223333\"},\"Action\":"
                     "\"sts:AssumeRole\"}"),
     .action = "sts:AssumeRole", .on = ROLE, .resource_rules = true, .answer = IAM_YES},
    {"identity without trust", .identity = DOC(ALLOW("sts:AssumeRole", ROLE)),
     .resource = DOC("{\"Effect\":\"Allow\",\"Principal\":{\"Service\":\"lambda.amazonaws.com\"},"
                     "\"Action\":\"sts:AssumeRole\"}"),
     .action = "sts:AssumeRole", .on = ROLE, .resource_rules = true, .answer = IAM_NO,
     .reason = IAM_NOT_BY_RESOURCE},
    {"a service is trusted", .service = "lambda.amazonaws.com", .arn = "",
     .resource = DOC("{\"Effect\":\"Allow\",\"Principal\":{\"Service\":\"lambda.amazonaws.com\"},"
                     "\"Action\":\"sts:AssumeRole\"}"),
     .action = "sts:AssumeRole", .on = ROLE, .resource_rules = true, .answer = IAM_YES},

    /* Conditions: the guide's tables. */
    {"address inside",
     .identity = DOC(NOT_IF("*", "\"NotIpAddress\":" RAW_SENT) "," ALLOW("*", "*")),
     .action = "s3:GetObject", .on = OBJECT, .keys = {{"aws:SourceIp", "203.0.113.9"}},
     .answer = IAM_YES},
    {"address outside",
     .identity = DOC(NOT_IF("*", "\"NotIpAddress\":" RAW_SENT) "," ALLOW("*", "*")),
     .action = "s3:GetObject", .on = OBJECT, .keys = {{"aws:SourceIp", "198.51.100.9"}},
     .answer = IAM_NO, .reason = IAM_DENIED},
    {"address not known",
     .identity = DOC(NOT_IF("*", "\"NotIpAddress\":" RAW_SENT) "," ALLOW("*", "*")),
     .action = "s3:GetObject", .on = OBJECT, .incomplete = true, .answer = IAM_DEPENDS,
     .reason = IAM_DENIED},
    {"key absent, positive",
     .identity = DOC(IF("*", "\"StringEquals\":{\"aws:PrincipalTag/job\":\"iamuser-admin\"}")),
     .action = "s3:GetObject", .on = OBJECT, .answer = IAM_NO, .reason = IAM_NOT_GRANTED},
    {"key absent, negated",
     .identity = DOC(IF("*", "\"StringNotEquals\":{\"aws:PrincipalTag/job\":\"iamuser-admin\"}")),
     .action = "s3:GetObject", .on = OBJECT, .answer = IAM_YES},
    {"key absent, IfExists",
     .identity = DOC(IF("*", "\"StringLikeIfExists\":{\"ec2:InstanceType\":[\"t1.*\",\"t2.*\"]}")),
     .action = "ec2:RunInstances", .on = "*", .answer = IAM_YES},
    {"key there, IfExists",
     .identity = DOC(IF("*", "\"StringLikeIfExists\":{\"ec2:InstanceType\":[\"t1.*\",\"t2.*\"]}")),
     .action = "ec2:RunInstances", .on = "*", .keys = {{"ec2:InstanceType", "m5.large"}},
     .answer = IAM_NO, .reason = IAM_NOT_GRANTED},
    {"MFA denied where false",
     .identity = DOC(NOT_IF(
         "*", "\"BoolIfExists\":{\"aws:MultiFactorAuthPresent\":\"false\"}") "," ALLOW("*", "*")),
     .action = "s3:GetObject", .on = OBJECT, .answer = IAM_NO, .reason = IAM_DENIED},
    {"MFA there",
     .identity = DOC(NOT_IF(
         "*", "\"BoolIfExists\":{\"aws:MultiFactorAuthPresent\":\"false\"}") "," ALLOW("*", "*")),
     .action = "s3:GetObject", .on = OBJECT, .keys = {{"aws:MultiFactorAuthPresent", "True"}},
     .answer = IAM_YES},
    {"Null true, absent",
     .identity = DOC(NOT_IF("*", "\"Null\":{\"aws:TokenIssueTime\":\"true\"}") "," ALLOW("*", "*")),
     .action = "s3:GetObject", .on = OBJECT, .answer = IAM_NO, .reason = IAM_DENIED},
    {"Null false, there", .identity = DOC(IF("*", "\"Null\":{\"aws:TokenIssueTime\":\"false\"}")),
     .action = "s3:GetObject", .on = OBJECT,
     .keys = {{"aws:TokenIssueTime", "2026-11-20T00:00:00Z"}}, .answer = IAM_YES},
    {"ForAnyValue, one",
     .identity = DOC(
         IF("*", "\"ForAnyValue:StringEquals\":{\"aws:TagKeys\":[\"environment\",\"webserver\"]}")),
     .action = "ec2:CreateTags", .on = "*", .keys = {{"aws:TagKeys", "webserver|x"}},
     .answer = IAM_YES},
    {"ForAnyValue, absent",
     .identity = DOC(IF("*", "\"ForAnyValue:StringEquals\":{\"aws:TagKeys\":\"a\"}")),
     .action = "ec2:CreateTags", .on = "*", .answer = IAM_NO, .reason = IAM_NOT_GRANTED},
    {"ForAllValues, one too many",
     .identity = DOC(IF(
         "*", "\"ForAllValues:StringEquals\":{\"aws:TagKeys\":[\"environment\",\"webserver\"]}")),
     .action = "ec2:CreateTags", .on = "*", .keys = {{"aws:TagKeys", "webserver|x"}},
     .answer = IAM_NO, .reason = IAM_NOT_GRANTED},
    {"ForAllValues, absent",
     .identity = DOC(IF("*", "\"ForAllValues:StringEquals\":{\"aws:TagKeys\":\"a\"}")),
     .action = "ec2:CreateTags", .on = "*", .answer = IAM_YES},
    {"all conditions",
     .identity = DOC(IF("*", "\"DateGreaterThan\":{\"aws:CurrentTime\":\"2026-04-01T00:00:00Z\"},"
                             "\"DateLessThan\":{\"aws:CurrentTime\":\"2026-06-30T23:59:59Z\"}")),
     .action = "s3:GetObject", .on = OBJECT, .keys = {{"aws:CurrentTime", "2026-05-01T00:00:00Z"}},
     .answer = IAM_YES},
    {"epoch seconds",
     .identity = DOC(IF("*", "\"DateLessThan\":{\"aws:EpochTime\":\"1700000000\"}")),
     .action = "s3:GetObject", .on = OBJECT, .keys = {{"aws:EpochTime", "1700000001"}},
     .answer = IAM_NO, .reason = IAM_NOT_GRANTED},
    {"numbers", .identity = DOC(IF("*", "\"NumericLessThanEquals\":{\"s3:max-keys\":\"10\"}")),
     .action = "s3:ListBucket", .on = "arn:aws:s3:::b", .keys = {{"s3:max-keys", "9"}},
     .answer = IAM_YES},
    {"numbers, no number",
     .identity = DOC(IF("*", "\"NumericLessThanEquals\":{\"s3:max-keys\":\"10\"}")),
     .action = "s3:ListBucket", .on = "arn:aws:s3:::b", .keys = {{"s3:max-keys", "few"}},
     .answer = IAM_NO, .reason = IAM_NOT_GRANTED},
    {"binary",
     .identity = DOC(IF("*", "\"BinaryEquals\":{\"k\":\"QmluYXJ5VmFsdWVJbkJhc2U2NA==\"}")),
     .action = "s3:ListBucket", .on = "arn:aws:s3:::b",
     .keys = {{"k", "QmluYXJ5VmFsdWVJbkJhc2U2NA=="}}, .answer = IAM_YES},
    {"ARN fields by themselves",
     .identity = DOC(IF("*", "\"ArnLike\":{\"aws:SourceArn\":\"arn:aws:sns:*:111122223333:*\"}")),
     .action = "sqs:SendMessage", .on = "arn:aws:sqs:eu-west-1:111122223333:q",
     .keys = {{"aws:SourceArn", "arn:aws:sns:eu-west-1:444455556666:x:111122223333:y"}},
     .answer = IAM_NO, .reason = IAM_NOT_GRANTED},

    /* Variables. */
    {"home directory", .identity = DOC(ALLOW("s3:*", "arn:aws:s3:::b/${aws:username}/*")),
     .action = "s3:GetObject", .on = "arn:aws:s3:::b/Jeff/x", .keys = {{"aws:username", "Jeff"}},
     .answer = IAM_YES},
    {"somebody else's", .identity = DOC(ALLOW("s3:*", "arn:aws:s3:::b/${aws:username}/*")),
     .action = "s3:GetObject", .on = "arn:aws:s3:::b/Ann/x", .keys = {{"aws:username", "Jeff"}},
     .answer = IAM_NO, .reason = IAM_NOT_GRANTED},
    {"a name with a star is a name",
     .identity = DOC(ALLOW("s3:*", "arn:aws:s3:::b/${aws:username}/*")), .action = "s3:GetObject",
     .on = "arn:aws:s3:::b/Ann/x", .keys = {{"aws:username", "*"}}, .answer = IAM_NO,
     .reason = IAM_NOT_GRANTED},
    {"absent", .identity = DOC(ALLOW("s3:*", "arn:aws:s3:::b/${aws:username}/*")),
     .action = "s3:GetObject", .on = "arn:aws:s3:::b//x", .answer = IAM_NO,
     .reason = IAM_NOT_GRANTED},
    {"default value",
     .identity = DOC(ALLOW("s3:*", "arn:aws:s3:::b/${aws:PrincipalTag/team, 'company-wide'}/*")),
     .action = "s3:GetObject", .on = "arn:aws:s3:::b/company-wide/x", .answer = IAM_YES},
    {"a literal star", .identity = DOC(ALLOW("s3:*", "arn:aws:s3:::b/${*}")),
     .action = "s3:GetObject", .on = "arn:aws:s3:::b/x", .answer = IAM_NO,
     .reason = IAM_NOT_GRANTED},
    {"old version: no variables",
     .identity = "{\"Version\":\"2008-10-17\",\"Statement\":{\"Effect\":\"Allow\",\"Action\":\"s3:*"
                 "\",\"Resource\":\"arn:aws:s3:::b/${aws:username}\"}}",
     .action = "s3:GetObject", .on = "arn:aws:s3:::b/Jeff", .keys = {{"aws:username", "Jeff"}},
     .answer = IAM_NO, .reason = IAM_NOT_GRANTED},
    {"a tag that must be one's own",
     .identity =
         DOC(IF("ec2:*",
                "\"StringEquals\":{\"aws:ResourceTag/project\":\"${aws:PrincipalTag/project}\"}")),
     .action = "ec2:StopInstances", .on = "*",
     .keys = {{"aws:ResourceTag/project", "x"}, {"aws:PrincipalTag/project", "x"}},
     .answer = IAM_YES},

    /* What the logs do not tell. */
    {"depends", .identity = DOC(IF("*", "\"StringEquals\":{\"aws:PrincipalOrgID\":\"o-1\"}")),
     .action = "s3:GetObject", .on = OBJECT, .incomplete = true, .answer = IAM_DEPENDS},
    {"does not depend",
     .identity =
         DOC(IF("*", "\"StringEquals\":{\"aws:PrincipalOrgID\":\"o-1\"}") "," ALLOW("s3:*", "*")),
     .action = "s3:GetObject", .on = OBJECT, .incomplete = true, .answer = IAM_YES},
};

static const struct iam_policy *parse(const char *text, struct arena *a)
{
    struct err err = {0};
    struct iam_policy *p = ARENA_NEW(a, struct iam_policy);
    assert_non_null(p);
    if (iam_policy_parse(str_of(text), str_of(text), a, p, &err) != ERR_OK) {
        fail_msg("%s", err.msg);
    }
    return p;
}

static struct iam_policy_set set_of(const char *text, struct arena *a)
{
    const struct iam_policy **at = ARENA_ARRAY(a, const struct iam_policy *, 1);
    assert_non_null(at);
    at[0] = text == NULL ? NULL : parse(text, a);
    return (struct iam_policy_set){at, text == NULL ? 0 : 1};
}

static struct iam_list values_of(const char *text, struct arena *a)
{
    struct str rest = str_of(text);
    struct str *at = ARENA_ARRAY(a, struct str, 4);
    size_t n = 0;
    assert_non_null(at);
    while (n < 4 && str_cut(&rest, '|', &at[n])) {
        n++;
    }
    return (struct iam_list){at, n};
}

struct question {
    struct iam_policies policies;
    struct iam_policy_set boundary, session, levels[2];
    struct iam_key keys[KEYS];
    struct iam_request request;
};

static void ask(const struct row *row, struct question *q, struct arena *a)
{
    q->policies.identity = set_of(row->identity, a);
    q->boundary = set_of(row->boundary, a);
    q->session = set_of(row->session, a);
    q->policies.boundary = row->boundary == NULL ? NULL : &q->boundary;
    q->policies.session = row->session == NULL ? NULL : &q->session;
    for (size_t i = 0; i < 2 && row->level[i] != NULL; i++) {
        q->levels[i] = set_of(row->level[i], a);
        q->policies.level_count++;
    }
    q->policies.levels = q->levels;
    q->policies.resource = row->resource == NULL ? NULL : parse(row->resource, a);
    q->policies.resource_rules = row->resource_rules;
    for (size_t i = 0; i < KEYS && row->keys[i][0] != NULL; i++) {
        q->keys[i] = (struct iam_key){str_of(row->keys[i][0]), values_of(row->keys[i][1], a)};
        q->request.key_count++;
    }
    q->request.keys = q->keys;
    q->request.complete = !row->incomplete;
    q->request.action = str_of(row->action);
    q->request.resource = str_of(row->on);
    q->request.account = str_of(row->account);
    q->request.caller.arn = str_of(row->arn == NULL ? JEFF : row->arn);
    q->request.caller.account = row->service != NULL ? STR_EMPTY : STR("111122223333");
    q->request.caller.session = str_of(row->session_arn);
    q->request.caller.service = str_of(row->service);
}

static void test_documented(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        struct arena a = {0};
        struct err err = {0};
        struct question q = {0};
        struct iam_decision d = {0};
        ask(&rows[i], &q, &a);
        assert_int_equal(iam_evaluate(&q.policies, &q.request, &a, &d, &err), ERR_OK);
        if (d.answer != rows[i].answer || d.reason != rows[i].reason) {
            fail_msg("%s: %s, %s", rows[i].what, iam_answer_name(d.answer),
                     iam_reason_text(d.reason));
        }
        assert_int_equal(d.answer == IAM_DEPENDS, d.missing_key.len > 0);
        arena_free(&a);
    }
}

static void test_memory(void **state)
{
    (void)state;
    static const struct row row = {
        .identity = DOC(ALLOW("s3:*", "arn:aws:s3:::b/${aws:username}/*")),
        .action = "s3:GetObject",
        .on = "arn:aws:s3:::b/Jeff/x",
        .keys = {{"aws:username", "Jeff"}},
    };
    struct arena kept = {0};
    struct question q = {0};
    ask(&row, &q, &kept);
    enum err_code code = ERR_NOMEM;
    for (unsigned long n = 1; code == ERR_NOMEM; n++) {
        struct arena a = {0};
        struct iam_decision d = {0};
        assert_true(n < 100);
        mem_torture(n);
        code = iam_evaluate(&q.policies, &q.request, &a, &d, NULL);
        mem_torture(0);
        arena_free(&a);
    }
    assert_int_equal(code, ERR_OK);
    arena_free(&kept);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_documented),
        cmocka_unit_test(test_memory),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
