#include "detect/test_fixture.h"
#include "iam/book.h"
#include "model/content.h"

extern const struct detect_ops detect_permission_growth;

#define DOC(statements) "{\"Version\":\"2012-10-17\",\"Statement\":[" statements "]}"
#define ALLOW(action)   "{\"Effect\":\"Allow\",\"Action\":" action ",\"Resource\":\"*\"}"

static const char dump[] =
    "{\"UserDetailList\":[],\"GroupDetailList\":[],\"Policies\":[{\"Arn\":"
    "\"arn:aws:iam::111122223333:policy/"
    "shared\",\"DefaultVersionId\":\"v1\",\"PolicyVersionList\":[{"
    "\"VersionId\":\"v1\",\"IsDefaultVersion\":true,\"Document\":" DOC(
        ALLOW("\"s3:GetObject\"")) "}]}],"
                                   "\"RoleDetailList\":[{\"RoleName\":\"pay\",\"Arn\":\"arn:aws:"
                                   "iam::111122223333:role/pay\","
                                   "\"CreateDate\":\"2026-01-01T00:00:00Z\","
                                   "\"AttachedManagedPolicies\":[{\"PolicyArn\":"
                                   "\"arn:aws:iam::111122223333:policy/"
                                   "shared\"}],\"RolePolicyList\":[{\"PolicyName\":\"own\","
                                   "\"PolicyDocument\":" DOC(ALLOW("\"dynamodb:PutItem\"")) "}]}]}";

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
    fx_open(f, &detect_permission_growth);
    assert_int_equal(iam_book_new(content("iam/actions.tsv"), content("iam/paths.tsv"),
                                  content("iam/targets.tsv"), &f->run.book, &err),
                     ERR_OK);
    assert_int_equal(iam_book_add(f->run.book, STR("dump.json"), str_of(dump), &err), ERR_OK);
    assert_true(iam_book_has_dump(f->run.book));
    assert_int_equal(iam_book_principals(f->run.book), 1);
}

static void close_stage(struct fx *f)
{
    iam_book_free(f->run.book);
    fx_close(f);
}

static struct event *call(struct fx *f, const char *action, const char *role, const char *policy,
                          const char *document)
{
    struct attr attrs[] = {{ATTR_TARGET_ROLE, str_of(role)},
                           {ATTR_POLICY_ARN, str_of(policy)},
                           {ATTR_POLICY_DOCUMENT, str_of(document)}};
    struct event *e = fx_event(f, action, attrs, ARRAY_LEN(attrs));
    e->kind = EVENT_IDENTITY;
    e->service = STR("iam.amazonaws.com");
    return e;
}

static bool said(const struct fx *f, size_t from, const char *id)
{
    for (size_t i = from; i < f->run.hits.len; i++) {
        if (str_eq(f->run.hits.at[i].detection->id, str_of(id))) {
            return true;
        }
    }
    return false;
}

#define ADMIN "faaswatch.path_to_administrator"
#define OTHER "faaswatch.path_to_role"

static void test_rows(void **state)
{
    (void)state;
    static const struct {
        const char *what, *action, *role, *policy, *document;
        bool admin, other;
    } rows[] = {
        {"own policies", "PutRolePolicy", "pay", "new", DOC(ALLOW("\"iam:PutRolePolicy\"")), true,
         false},
        {"a function's code", "PutRolePolicy", "pay", "new",
         DOC(ALLOW("\"lambda:UpdateFunctionCode\"")), false, true},
        {"any role to a new function", "PutRolePolicy", "pay", "new",
         DOC(ALLOW("[\"iam:PassRole\",\"lambda:CreateFunction\",\"lambda:InvokeFunction\"]")), true,
         false},
        {"more of the same", "PutRolePolicy", "pay", "new", DOC(ALLOW("\"dynamodb:GetItem\"")),
         false, false},
        {"administrator", "AttachRolePolicy", "pay", "arn:aws:iam::aws:policy/AdministratorAccess",
         "", true, true},
        {"a policy nobody knows", "AttachRolePolicy", "pay", "arn:aws:iam::aws:policy/Other", "",
         false, false},
        {"by a new version", "CreatePolicyVersion", "", "arn:aws:iam::111122223333:policy/shared",
         DOC(ALLOW("\"iam:*\"")), true, false},
        {"of a policy that nobody holds", "CreatePolicyVersion", "",
         "arn:aws:iam::111122223333:policy/other", DOC(ALLOW("\"iam:*\"")), false, false},
        {"a role whose beginning is not known", "PutRolePolicy", "web", "new", DOC(ALLOW("\"*\"")),
         false, false},
        {"taken away", "DeleteRolePolicy", "pay", "own", "", false, false},
        {"no policy", "PutRolePolicy", "pay", "new", "{\"Statement\":[{]}", false, false},
    };
    for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
        struct fx f;
        open_stage(&f);
        (void)fx_play(&f, call(&f, rows[i].action, rows[i].role, rows[i].policy, rows[i].document));
        if (said(&f, 0, ADMIN) != rows[i].admin || said(&f, 0, OTHER) != rows[i].other) {
            fail_msg("%s: %zu hits", rows[i].what, f.run.hits.len);
        }
        close_stage(&f);
    }
}

/* What is there already is not new; what was refused changes nothing; a new role starts empty. */
static void test_follow(void **state)
{
    (void)state;
    struct fx f;
    const char *document = DOC(ALLOW("\"iam:PutRolePolicy\""));
    open_stage(&f);
    struct event *refused = call(&f, "PutRolePolicy", "pay", "a", document);
    refused->outcome = OUTCOME_DENIED;
    assert_int_equal(fx_play(&f, refused), 0);
    assert_int_equal(fx_play(&f, call(&f, "PutRolePolicy", "pay", "a", document)), 1);
    fx_expect_severity(&f, SEVERITY_CRITICAL);
    assert_int_equal(fx_play(&f, call(&f, "PutRolePolicy", "pay", "b", document)), 0);
    assert_int_equal(fx_play(&f, call(&f, "DeleteRolePolicy", "pay", "a", "")), 0);
    assert_int_equal(fx_play(&f, call(&f, "DeleteRolePolicy", "pay", "b", "")), 0);
    assert_int_equal(fx_play(&f, call(&f, "PutRolePolicy", "pay", "c", document)), 1);
    assert_int_equal(fx_play(&f, call(&f, "CreateRole", "fresh", "", "")), 0);
    assert_int_equal(fx_play(&f, call(&f, "PutRolePolicy", "fresh", "a", document)), 1);
    close_stage(&f);
}

/* D56 is about roles of functions. */
static void test_wider(void **state)
{
    (void)state;
    struct fx f;
    const char *document = DOC(ALLOW("\"dynamodb:*Item\""));
    open_stage(&f);
    assert_int_equal(fx_play(&f, call(&f, "PutRolePolicy", "pay", "a", document)), 0);
    f.run.inventory = inventory_new(&f.context);
    assert_non_null(f.run.inventory);
    struct event *made =
        FX_EVENT(&f, "CreateFunction20150331", FX_ATTR(ROLE, "arn:aws:iam::111122223333:role/pay"));
    made->action = STR("CreateFunction");
    assert_non_null(inventory_replay(f.run.inventory, made));
    document = DOC(ALLOW("\"dynamodb:*\""));
    assert_int_equal(fx_play(&f, call(&f, "PutRolePolicy", "pay", "b", document)), 1);
    assert_true(said(&f, 0, "faaswatch.permissions_grew"));
    fx_expect_severity(&f, SEVERITY_HIGH);
    document = DOC(ALLOW("\"sqs:SendMessage\"")); /* a little more */
    assert_int_equal(fx_play(&f, call(&f, "PutRolePolicy", "pay", "c", document)), 0);
    inventory_free(f.run.inventory);
    close_stage(&f);
}

static const char estate[] =
    "{\"UserDetailList\":[{\"UserName\":\"ana\",\"Arn\":\"arn:aws:iam::111122223333:user/"
    "ana\","
    "\"GroupList\":[],\"Tags\":[{\"Key\":\"team\",\"Value\":\"web\"}],\"UserPolicyList\":[{"
    "\"PolicyName\":\"tagged\",\"PolicyDocument\":" DOC(
        "{\"Effect\":\"Allow\",\"Action\":\"iam:PutUserPolicy\",\"Resource\":\"*\","
        "\"Condition\":{"
        "\"StringEquals\":{\"aws:PrincipalTag/team\":\"platform\"}}}") "}]}],"
                                                                       "\"GroupDetailList\":[{"
                                                                       "\"GroupName\":\"ops\","
                                                                       "\"Arn\":\"arn:aws:iam:"
                                                                       ":111122223333:group/"
                                                                       "ops\","
                                                                       "\"GroupPolicyList\":[]"
                                                                       ",\"AttachedManagedPoli"
                                                                       "cies\":[{"
                                                                       "\"PolicyArn\":"
                                                                       "\"arn:aws:iam::"
                                                                       "111122223333:policy/"
                                                                       "shared\"}]}],"
                                                                       "\"Policies\":[{"
                                                                       "\"Arn\":\"arn:aws:iam:"
                                                                       ":111122223333:policy/"
                                                                       "shared\","
                                                                       "\"DefaultVersionId\":"
                                                                       "\"v2\","
                                                                       "\"PolicyVersionList\":"
                                                                       "[{\"VersionId\":"
                                                                       "\"v2\","
                                                                       "\"IsDefaultVersion\":"
                                                                       "true,"
                                                                       "\"Document\":" DOC(ALLOW(
                                                                           "\"s3:"
                                                                           "GetObject"
                                                                           "\"")) "},{"
                                                                                  "\"Ver"
                                                                                  "sionI"
                                                                                  "d\":"
                                                                                  "\"v1"
                                                                                  "\","
                                                                                  "\"IsD"
                                                                                  "efaul"
                                                                                  "tVers"
                                                                                  "ion\""
                                                                                  ":fals"
                                                                                  "e,"
                                                                                  "\"Doc"
                                                                                  "ument"
                                                                                  "\""
                                                                                  ":" DOC(ALLOW(
                                                                                      "\"iam:"
                                                                                      "AttachUserPo"
                                                                                      "licy\"")) "}"
                                                                                                 "]"
                                                                                                 "}"
                                                                                                 "]"
                                                                                                 ","
                                                                                                 "\"RoleDetailList\":[]}";

#define SHARED "arn:aws:iam::111122223333:policy/shared"

static struct event *on_user(struct fx *f, const char *action, const char *group,
                             const char *policy, const char *document, const char *version)
{
    struct attr attrs[] = {{ATTR_TARGET_USER, str_of(group == NULL ? "" : "ana")},
                           {ATTR_TARGET_GROUP, str_of(group == NULL ? "ops" : group)},
                           {ATTR_POLICY_ARN, str_of(policy)},
                           {ATTR_POLICY_DOCUMENT, str_of(document)},
                           {ATTR_VERSION, str_of(version)}};
    struct event *e = fx_event(f, action, attrs, ARRAY_LEN(attrs));
    e->kind = EVENT_IDENTITY;
    e->service = STR("iam.amazonaws.com");
    return e;
}

/* What members of a group get, by the group's policies and by coming into it. */
static void test_groups(void **state)
{
    (void)state;
    struct fx f;
    struct err err = {0};
    const char *admin = DOC(ALLOW("\"iam:AttachGroupPolicy\""));
    open_stage(&f);
    assert_int_equal(iam_book_add(f.run.book, STR("estate.json"), str_of(estate), &err), ERR_OK);
    assert_int_equal(fx_play(&f, on_user(&f, "PutGroupPolicy", NULL, "g", admin, "")), 0);
    assert_int_equal(fx_play(&f, on_user(&f, "AddUserToGroup", "ops", "", "", "")), 1);
    assert_true(said(&f, 0, ADMIN));
    assert_int_equal(fx_play(&f, on_user(&f, "AddUserToGroup", "ops", "", "", "")), 0);
    assert_int_equal(fx_play(&f, on_user(&f, "DeleteGroupPolicy", NULL, "g", "", "")), 0);
    assert_int_equal(fx_play(&f, on_user(&f, "PutGroupPolicy", NULL, "g", admin, "")), 1);
    assert_int_equal(fx_play(&f, on_user(&f, "RemoveUserFromGroup", "ops", "", "", "")), 0);
    assert_int_equal(
        fx_play(&f, on_user(&f, "PutGroupPolicy", NULL, "h", DOC(ALLOW("\"iam:*\"")), "")), 0);
    close_stage(&f);
}

/* Back to a version of before; and a new one that is not the default does nothing yet. */
static void test_versions(void **state)
{
    (void)state;
    struct fx f;
    struct err err = {0};
    open_stage(&f);
    assert_int_equal(iam_book_add(f.run.book, STR("estate.json"), str_of(estate), &err), ERR_OK);
    assert_int_equal(fx_play(&f, on_user(&f, "AddUserToGroup", "ops", "", "", "")), 0);
    assert_int_equal(fx_play(&f, on_user(&f, "SetDefaultPolicyVersion", NULL, SHARED, "", "v1")),
                     2); /* the role "pay" holds it, too */
    assert_int_equal(fx_play(&f, on_user(&f, "SetDefaultPolicyVersion", NULL, SHARED, "", "v2")),
                     0);
    struct attr attrs[] = {FX_ATTR(POLICY_ARN, SHARED),
                           FX_ATTR(VERSION, "v3"),
                           FX_ATTR(POLICY_DEFAULT, "false"),
                           {ATTR_POLICY_DOCUMENT, str_of(DOC(ALLOW("\"iam:AddUserToGroup\"")))}};
    struct event *e = fx_event(&f, "CreatePolicyVersion", attrs, ARRAY_LEN(attrs));
    e->service = STR("iam.amazonaws.com");
    assert_int_equal(fx_play(&f, e), 0);
    assert_int_equal(fx_play(&f, on_user(&f, "SetDefaultPolicyVersion", NULL, SHARED, "", "v3")),
                     2);
    assert_int_equal(fx_play(&f, on_user(&f, "SetDefaultPolicyVersion", NULL, SHARED, "", "v9")),
                     0); /* nobody knows it */
    close_stage(&f);
}

/* A tag that a condition asks for makes sure what hung on it. */
static void test_tags(void **state)
{
    (void)state;
    static const struct {
        const char *tag;
        size_t hits;
    } rows[] = {{"team=data", 0}, {"team=platform", 1}, {"Team=platform", 1}};
    for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
        struct fx f;
        struct err err = {0};
        open_stage(&f);
        assert_int_equal(iam_book_add(f.run.book, STR("estate.json"), str_of(estate), &err),
                         ERR_OK);
        struct attr attrs[] = {FX_ATTR(TARGET_USER, "ana"), {ATTR_TAG, str_of(rows[i].tag)}};
        struct event *e = fx_event(&f, "TagUser", attrs, 2);
        e->service = STR("iam.amazonaws.com");
        if (fx_play(&f, e) != rows[i].hits) {
            fail_msg("%s: %zu hits", rows[i].tag, f.run.hits.len);
        }
        close_stage(&f);
    }
}

/* A role whose score goes up and down all the time: a rise within that is no news. */
static void test_swing(void **state)
{
    (void)state;
    struct fx f;
    const char *wide = DOC(ALLOW("\"dynamodb:*\""));
    open_stage(&f);
    f.run.inventory = inventory_new(&f.context);
    struct event *made =
        FX_EVENT(&f, "CreateFunction", FX_ATTR(ROLE, "arn:aws:iam::111122223333:role/pay"));
    assert_non_null(inventory_replay(f.run.inventory, made));
    for (int i = 0; i < 6; i++) {
        (void)fx_play(&f, call(&f, "PutRolePolicy", "pay", "a", wide));
        (void)fx_play(&f, call(&f, "DeleteRolePolicy", "pay", "a", ""));
    }
    size_t before = fx_count(&f, "faaswatch.permissions_grew");
    assert_true(before >= 1);
    (void)fx_play(&f, call(&f, "PutRolePolicy", "pay", "a", wide));
    assert_int_equal(fx_count(&f, "faaswatch.permissions_grew"), before);
    (void)fx_play(&f, call(&f, "PutRolePolicy", "pay", "b", DOC(ALLOW("\"*\""))));
    assert_int_equal(fx_count(&f, "faaswatch.permissions_grew"), before + 1);
    inventory_free(f.run.inventory);
    close_stage(&f);
}

static void test_without_dump(void **state)
{
    (void)state;
    struct fx f;
    fx_open(&f, &detect_permission_growth);
    assert_int_equal(fx_play(&f, call(&f, "PutRolePolicy", "pay", "a", DOC(ALLOW("\"*\"")))), 0);
    fx_close(&f);
}

/* A dump of after the call has what the call made: it was new all the same. */
static void test_younger_dump(void **state)
{
    (void)state;
    struct fx f;
    open_stage(&f);
    struct event *e = call(&f, "PutRolePolicy", "pay", "own", DOC(ALLOW("\"dynamodb:PutItem\"")));
    assert_int_equal(fx_play(&f, e), 0); /* the dump's dates are older: put again, nothing new */
    struct err err = {0};
    static const char later[] =
        "{\"UserDetailList\":[],\"RoleDetailList\":[{\"Arn\":\"arn:aws:iam::111122223333:role/"
        "pay\","
        "\"RoleLastUsed\":{\"LastUsedDate\":\"2026-11-21T00:00:00Z\"},\"RolePolicyList\":[{"
        "\"PolicyName\":\"own\",\"PolicyDocument\":" DOC(ALLOW("\"iam:PutRolePolicy\"")) "}]}]}";
    assert_int_equal(iam_book_add(f.run.book, STR("later.json"), str_of(later), &err), ERR_OK);
    e = call(&f, "PutRolePolicy", "pay", "own", DOC(ALLOW("\"iam:PutRolePolicy\"")));
    assert_int_equal(fx_play(&f, e), 1);
    close_stage(&f);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_rows),         cmocka_unit_test(test_follow),
        cmocka_unit_test(test_wider),        cmocka_unit_test(test_without_dump),
        cmocka_unit_test(test_younger_dump), cmocka_unit_test(test_groups),
        cmocka_unit_test(test_versions),     cmocka_unit_test(test_tags),
        cmocka_unit_test(test_swing),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
