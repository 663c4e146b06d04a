#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>

#include <cmocka.h>

#include "iam/subject.h"
#include "tests/unit/iam/knowledge.h"

#define MANAGED "../shared/data/iam/aws_managed/"

/* The label says whether the policy lets its holder escalate or expose resources. Where we say
 * otherwise, why. */
struct row {
    const char *name;
    bool escalates, exposes; /* what we say */
    bool label_escalates, label_exposes;
    const char *why;
};
static const struct row rows[] = {
    {"AWSCloudFormationFullAccess", true, true, false, true,
     "a stack that has a role is updated without passing one (cloudformation-002, -005)"},
    {"AWSCloudTrail_FullAccess", false, true, true, true,
     "iam:PassRole is tied to cloudtrail.amazonaws.com, which runs nothing"},
    {"AWSCodeBuildAdminAccess", true, true, false, true,
     "builds of existing projects can be started with other commands (codebuild-002)"},
    {"AWSLambdaBasicExecutionRole", false, false, false, false, ""},
    {"AWSLambdaExecute", false, true, false, true, ""},
    {"AWSLambda_FullAccess", true, true, true, true, ""},
    {"AWSLambda_ReadOnlyAccess", false, false, false, false, ""},
    {"AmazonAPIGatewayAdministrator", false, true, false, true, ""},
    {"AmazonDynamoDBFullAccess", false, true, true, true,
     "iam:PassRole is tied to application-autoscaling and dax; lambda:CreateFunction needs lambda"},
    {"AmazonEC2FullAccess", true, true, true, true, ""},
    {"AmazonEventBridgeFullAccess", true, true, true, true, ""},
    {"AmazonS3FullAccess", false, true, false, true, ""},
    {"AmazonS3ReadOnlyAccess", false, false, false, false, ""},
    {"Billing", false, false, false, false, ""},
    {"CloudWatchFullAccess", false, true, true, true,
     "no iam:PassRole; a service-linked role has what AWS gave it"},
    {"DatabaseAdministrator", true, true, true, true, ""},
    {"IAMFullAccess", true, true, true, true, ""},
    {"IAMReadOnlyAccess", false, false, false, false, ""},
    {"NetworkAdministrator", false, true, true, true,
     "iam:PassRole for roles flow-logs-* alone, and nothing that would run under one"},
    {"ReadOnlyAccess", false, false, false, false, ""},
    {"SecretsManagerReadWrite", true, true, false, true,
     "may change rotation functions (lambda:UpdateFunctionConfiguration) and run change sets"},
    {"SecurityAudit", false, false, false, false, ""},
    {"SupportUser", false, false, false, false, ""},
    {"SystemAdministrator", true, true, true, true, ""},
    {"ViewOnlyAccess", false, false, false, false, ""},
};

static void check(const struct row *row)
{
    char path[512];
    struct arena a = {0};
    struct err err = {0};
    struct iam_subjects subjects = {0};
    struct iam_report r = {0};
    bool exposes = false;
    (void)snprintf(path, sizeof(path), MANAGED "%s.json", row->name);
    struct str text = test_file(&a, path);
    assert_int_equal(iam_subjects_read(str_of(row->name), text, &a, &subjects, &err), ERR_OK);
    assert_int_equal(subjects.list.len, 1);
    assert_int_equal(iam_report_of(test_knowledge(), &subjects.list.at[0].holder, &a, &r, &err),
                     ERR_OK);
    for (size_t i = 0; i < r.findings.len; i++) {
        exposes = exposes || str_eq(r.findings.at[i].id, STR("resource-exposure"));
    }
    if ((r.ways.len > 0) != row->escalates || exposes != row->exposes) {
        fail_msg("%s: %zu paths, %zu findings", row->name, r.ways.len, r.findings.len);
    }
    /* What is clean has nothing to its name. */
    if (!row->escalates && !row->exposes && r.findings.len > 0 &&
        r.findings.at[0].severity > SEVERITY_LOW) {
        fail_msg("%s: %.*s: %.*s", row->name, STR_ARG(r.findings.at[0].id),
                 STR_ARG(r.findings.at[0].text));
    }
    /* Each difference from the label has its reason. */
    bool differs = row->escalates != row->label_escalates || row->exposes != row->label_exposes;
    assert_int_equal(differs, row->why[0] != '\0');
    iam_report_free(&r);
    iam_subjects_free(&subjects);
    arena_free(&a);
}

static void test_managed(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        check(&rows[i]);
    }
}

static bool have_shared(void)
{
    FILE *f = fopen(FW_SOURCE_DIR "/" MANAGED "IAMFullAccess.json", "rb");
    if (f != NULL) {
        (void)fclose(f);
    }
    return f != NULL;
}

static int end(void **state)
{
    (void)state;
    test_knowledge_free();
    return 0;
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(test_managed)};
    if (!have_shared()) {
        (void)puts("skipped: no shared data");
        return 0;
    }
    return cmocka_run_group_tests(tests, NULL, end);
}
