/* userIdentity of every type. */
#include "source/cloudtrail/identity.h"
#include "source/test_scan.h"

extern const struct source_ops source_cloudtrail;

static const struct {
    const char *what;
    const char *identity; /* the value of userIdentity, "" when there is none */
    enum identity_kind kind;
    const char *principal, *account, *name, *session_name, *subject;
} cases[] = {
    {"root",
     "{\"type\":\"Root\",\"principalId\":\"1\",\"arn\":\"arn:aws:iam::111122223333:root\","
     "\"accountId\":\"111122223333\"}",
     IDENTITY_ROOT, "arn:aws:iam::111122223333:root", "111122223333", "", "", ""},
    {"IAM user",
     "{\"type\":\"IAMUser\",\"arn\":\"arn:aws:iam::111122223333:user/team/ana\","
     "\"accountId\":\"111122223333\",\"userName\":\"ana\"}",
     IDENTITY_USER, "arn:aws:iam::111122223333:user/team/ana", "111122223333", "ana", "", ""},
    {"IAM user without a name",
     "{\"type\":\"IAMUser\",\"arn\":\"arn:aws:iam::111122223333:user/team/ana\"}", IDENTITY_USER,
     "arn:aws:iam::111122223333:user/team/ana", "111122223333", "ana", "", ""},
    {"a session",
     "{\"type\":\"AssumedRole\",\"principalId\":\"AROA1:ana\","
     "\"arn\":\"arn:aws:sts::111122223333:assumed-role/Deploy/ana\",\"accountId\":\"111122223333\","
     "\"sessionContext\":{\"sessionIssuer\":{\"type\":\"Role\","
     "\"arn\":\"arn:aws:iam::111122223333:role/ci/Deploy\",\"userName\":\"Deploy\"}}}",
     IDENTITY_ROLE, "arn:aws:sts::111122223333:assumed-role/Deploy/ana", "111122223333", "Deploy",
     "ana", ""},
    {"a session without a context",
     "{\"type\":\"AssumedRole\",\"arn\":\"arn:aws:sts::111122223333:assumed-role/Deploy/a/b\"}",
     IDENTITY_ROLE, "arn:aws:sts::111122223333:assumed-role/Deploy/a/b", "111122223333", "Deploy",
     "a/b", ""},
    {"a session with a principal id only",
     "{\"type\":\"AssumedRole\",\"principalId\":\"AROA1:bo\"}", IDENTITY_ROLE, "", "", "", "bo",
     ""},
    {"a role",
     "{\"type\":\"Role\",\"arn\":\"arn:aws:sts::1:assumed-role/R/s\",\"accountId\":\"1\"}",
     IDENTITY_ROLE, "arn:aws:sts::1:assumed-role/R/s", "1", "R", "s", ""},
    {"single sign-on",
     "{\"type\":\"AssumedRole\",\"principalId\":\"AROA2:ana@example.com\",\"arn\":\"arn:aws:sts::"
     "111122223333:assumed-role/AWSReservedSSO_Read_Only_1b74cd717d47002b/ana@example.com\","
     "\"accountId\":\"111122223333\",\"sessionContext\":{\"sessionIssuer\":{\"userName\":"
     "\"AWSReservedSSO_Read_Only_1b74cd717d47002b\"}}}",
     IDENTITY_SSO,
     "arn:aws:sts::111122223333:assumed-role/AWSReservedSSO_Read_Only_1b74cd717d47002b/"
     "ana@example.com",
     "111122223333", "AWSReservedSSO_Read_Only", "ana@example.com", ""},
    {"a role that only looks like single sign-on",
     "{\"type\":\"AssumedRole\",\"principalId\":\"AROA2:ana@example.com\",\"arn\":\"arn:aws:sts::1:"
     "assumed-role/AWSReservedSSO_Admin_1b74cd717d47002b/ana@example.com\",\"accountId\":\"1\","
     "\"sessionContext\":{\"sessionIssuer\":{\"userName\":\"AWSReservedSSO_Admin_"
     "1b74cd717d47002b\","
     "\"arn\":\"arn:aws:iam::1:role/AWSReservedSSO_Admin_1b74cd717d47002b\"}}}",
     IDENTITY_ROLE,
     "arn:aws:sts::1:assumed-role/AWSReservedSSO_Admin_1b74cd717d47002b/ana@example.com", "1",
     "AWSReservedSSO_Admin_1b74cd717d47002b", "ana@example.com", ""},
    {"identity center",
     "{\"type\":\"IdentityCenterUser\",\"accountId\":\"111122223333\",\"onBehalfOf\":{\"userId\":"
     "\"u-1\",\"identityStoreArn\":\"arn:aws:identitystore::1:identitystore/d-1\"}}",
     IDENTITY_SSO, "", "111122223333", "", "u-1", ""},
    {"a federated user",
     "{\"type\":\"FederatedUser\",\"principalId\":\"111122223333:bob\","
     "\"arn\":\"arn:aws:sts::111122223333:federated-user/bob\",\"accountId\":\"111122223333\"}",
     IDENTITY_FEDERATED, "arn:aws:sts::111122223333:federated-user/bob", "111122223333", "bob", "",
     ""},
    {"another account",
     "{\"type\":\"AWSAccount\",\"principalId\":\"AROAEXAMPLE:deploy\",\"accountId\":"
     "\"999988887777\"}",
     IDENTITY_ACCOUNT, "", "999988887777", "", "deploy", ""},
    {"a service", "{\"type\":\"AWSService\",\"invokedBy\":\"lambda.amazonaws.com\"}",
     IDENTITY_SERVICE, "lambda.amazonaws.com", "", "", "", ""},
    {"a token's bearer",
     "{\"type\":\"WebIdentityUser\",\"principalId\":\"arn:aws:iam::111122223333:oidc-provider/"
     "token.actions.githubusercontent.com:sts.amazonaws.com:repo:org/pay:ref:refs/heads/main\","
     "\"userName\":\"repo:org/pay:ref:refs/heads/main\",\"identityProvider\":\"arn:aws:iam::"
     "111122223333:oidc-provider/token.actions.githubusercontent.com\"}",
     IDENTITY_FEDERATED, "", "", "repo:org/pay:ref:refs/heads/main", "",
     "repo:org/pay:ref:refs/heads/main"},
    {"a token's bearer without a name",
     "{\"type\":\"WebIdentityUser\",\"principalId\":\"arn:aws:iam::111122223333:oidc-provider/"
     "token.actions.githubusercontent.com:sts.amazonaws.com:repo:org/pay:ref:refs/heads/main\"}",
     IDENTITY_FEDERATED, "", "", "", "", "repo:org/pay:ref:refs/heads/main"},
    {"a SAML user",
     "{\"type\":\"SAMLUser\",\"principalId\":\"Xq9=:ana@example.com\",\"userName\":"
     "\"ana@example.com\",\"identityProvider\":\"Xq9=\"}",
     IDENTITY_FEDERATED, "", "", "ana@example.com", "", "ana@example.com"},
    {"a session begun by a token",
     "{\"type\":\"AssumedRole\",\"arn\":\"arn:aws:sts::1:assumed-role/Ci/run\",\"sessionContext\":{"
     "\"webIdFederationData\":{\"federatedProvider\":\"arn:aws:iam::1:oidc-provider/t\","
     "\"attributes\":{\"t:aud\":\"sts\",\"t:sub\":\"repo:org/pay:ref:refs/heads/main\"}}}}",
     IDENTITY_ROLE, "arn:aws:sts::1:assumed-role/Ci/run", "1", "Ci", "run",
     "repo:org/pay:ref:refs/heads/main"},
    {"a directory user", "{\"type\":\"Directory\",\"userName\":\"ana\",\"accountId\":\"1\"}",
     IDENTITY_FEDERATED, "", "1", "ana", "", ""},
    {"unknown, with a name", "{\"type\":\"Unknown\",\"userName\":\"ana\",\"accountId\":\"1\"}",
     IDENTITY_UNKNOWN, "", "1", "ana", "", ""},
    {"no type, an ARN", "{\"arn\":\"arn:aws:sts::1:assumed-role/R/s\"}", IDENTITY_ROLE,
     "arn:aws:sts::1:assumed-role/R/s", "1", "R", "s", ""},
    {"no type, the root", "{\"arn\":\"arn:aws:iam::1:root\"}", IDENTITY_ROOT, "arn:aws:iam::1:root",
     "1", "", "", ""},
    {"anonymous",
     "{\"type\":\"AWSAccount\",\"principalId\":\"\",\"accountId\":\"ANONYMOUS_PRINCIPAL\"}",
     IDENTITY_ANONYMOUS, "", "ANONYMOUS_PRINCIPAL", "", "", ""},
    {"masked", "{\"type\":\"...\",\"arn\":\"...\",\"accountId\":\"12345\"}", IDENTITY_UNKNOWN,
     "...", "12345", "", "", ""},
    {"empty", "{}", IDENTITY_UNKNOWN, "", "", "", "", ""},
    {"null", "null", IDENTITY_UNKNOWN, "", "", "", "", ""},
    {"a string", "\"ana\"", IDENTITY_UNKNOWN, "", "", "", "", ""},
    {"wrong types",
     "{\"type\":[],\"arn\":{},\"accountId\":1,\"sessionContext\":[{\"sessionIssuer\":{}}]}",
     IDENTITY_UNKNOWN, "", "", "", "", ""},
};

static void test_types(void **state)
{
    (void)state;
    struct scan s;
    scan_init(&s, &source_cloudtrail);
    for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
        char text[2048];
        snprintf(text, sizeof(text),
                 "{\"eventVersion\":\"1.08\",\"eventSource\":\"lambda.amazonaws.com\","
                 "\"eventName\":\"GetPolicy20150331v2\",\"userIdentity\":%s}",
                 cases[i].identity);
        struct event e = scan_event(&s, text);
        if (e.who.kind != cases[i].kind) {
            fail_msg("%s: kind %s", cases[i].what, identity_kind_name(e.who.kind));
        }
        expect_text(cases[i].what, e.who.principal, cases[i].principal);
        expect_text(cases[i].what, e.who.account, cases[i].account);
        expect_text(cases[i].what, e.who.name, cases[i].name);
        expect_text(cases[i].what, e.who.session_name, cases[i].session_name);
        expect_text(cases[i].what, e.who.subject, cases[i].subject);
    }
    scan_free(&s);
}

static void test_context(void **state)
{
    (void)state;
    struct scan s;
    scan_init(&s, &source_cloudtrail);
    struct event e = scan_event(
        &s,
        "{\"eventSource\":\"lambda.amazonaws.com\",\"eventName\":\"GetPolicy\","
        "\"sessionCredentialFromConsole\":\"true\",\"userIdentity\":{\"type\":\"AssumedRole\","
        "\"accessKeyId\":\"ASIA1\",\"principalId\":\"AROA1:x\",\"invokedBy\":\"a.amazonaws.com\","
        "\"sessionContext\":{\"sourceIdentity\":\"ana\",\"attributes\":{\"mfaAuthenticated\":true},"
        "\"sessionIssuer\":{\"arn\":\"arn:aws:iam::1:role/p/R\",\"userName\":\"R\"}}}}");
    expect_text("key", e.who.access_key, "ASIA1");
    expect_text("source identity", e.who.source_identity, "ana");
    expect_text("role", e.who.role, "arn:aws:iam::1:role/p/R");
    expect_text("invoked by", e.who.invoked_by, "a.amazonaws.com");
    assert_true(e.who.mfa);
    assert_true(e.who.console);
    e = scan_event(&s,
                   "{\"eventSource\":\"lambda.amazonaws.com\",\"eventName\":\"InvokeFunctionUrl\","
                   "\"eventCategory\":\"Data\",\"sourceIPAddress\":\"198.51.100.7\"}");
    assert_int_equal(e.who.kind, IDENTITY_ANONYMOUS);
    e = scan_event(&s, "{\"eventSource\":\"sso.amazonaws.com\",\"eventName\":\"Federate\","
                       "\"userIdentity\":{\"type\":\"Unknown\",\"userName\":\"ana@example.com\"}}");
    assert_int_equal(e.who.kind, IDENTITY_SSO);
    expect_text("person", e.who.session_name, "ana@example.com");
    scan_free(&s);
}

static void test_sso_name(void **state)
{
    (void)state;
    static const char *const names[][2] = {
        {"AWSReservedSSO_Admin_1b74cd717d47002b", "AWSReservedSSO_Admin"},
        {"AWSReservedSSO_Dev_Admin_abc123", "AWSReservedSSO_Dev_Admin"},
        {"AWSReservedSSO_Admin_NotHex", "AWSReservedSSO_Admin_NotHex"},
        {"AWSReservedSSO_abc123", "AWSReservedSSO_abc123"},
        {"Deploy_abc123", "Deploy_abc123"},
        {"", ""},
    };
    for (size_t i = 0; i < ARRAY_LEN(names); i++) {
        expect_text(names[i][0], ct_sso_role_name(str_of(names[i][0])), names[i][1]);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_types),
        cmocka_unit_test(test_context),
        cmocka_unit_test(test_sso_name),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
