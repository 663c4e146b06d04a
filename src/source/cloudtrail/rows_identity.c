/*
 * rows_identity - IAM, sessions that are handed out, and logins.
 */
#include "source/cloudtrail/table.h"

/* ---- iam ---- */

static const struct ct_take iam_takes[] = {
    {ATTR_TARGET_ROLE, CT_TEXT, {CT_RP_ROLE_NAME}},
    {ATTR_TARGET_USER, CT_TEXT, {CT_RP_USER_NAME, CT_RE_ACCESS_KEY_USER, CT_RE_SPECIFIC_USER}},
    {ATTR_TARGET_GROUP, CT_TEXT, {CT_RP_GROUP_NAME}},
    {ATTR_POLICY_ARN, CT_TEXT, {CT_RP_POLICY_ARN, CT_RE_POLICY_ARN, CT_RP_POLICY_NAME}},
    {ATTR_POLICY_DOCUMENT, CT_JSON, {CT_RP_POLICY_DOCUMENT}},
    {ATTR_TRUST_DOCUMENT, CT_JSON, {CT_RP_TRUST_DOCUMENT, CT_RE_TRUST_DOCUMENT}},
    {ATTR_BOUNDARY, CT_TEXT, {CT_RP_BOUNDARY}},
    {ATTR_VERSION, CT_TEXT, {CT_RP_VERSION_ID, CT_RE_POLICY_VERSION}},
    {ATTR_POLICY_DEFAULT, CT_TEXT, {CT_RE_POLICY_DEFAULT, CT_RP_SET_DEFAULT}},
    {ATTR_ISSUED_KEY, CT_TEXT, {CT_RE_ACCESS_KEY, CT_RE_SPECIFIC_ID}},
    {ATTR_TARGET_KEY, CT_TEXT, {CT_RP_ACCESS_KEY}},
    {ATTR_STATE, CT_TEXT, {CT_RP_STATUS}},
    {ATTR_TAG_KEY, CT_KEYS, {CT_RP_TAGS, CT_RP_TAG_KEYS}},
    {ATTR_DESCRIPTION, CT_TEXT, {CT_RP_DESCRIPTION}},
};
/* Here the policy document is the trust policy. */
static const struct ct_take trust_takes[] = {
    {ATTR_TARGET_ROLE, CT_TEXT, {CT_RP_ROLE_NAME}},
    {ATTR_TRUST_DOCUMENT, CT_JSON, {CT_RP_POLICY_DOCUMENT}},
};
static const struct ct_take provider_takes[] = {
    {ATTR_PROVIDER, CT_TEXT, {CT_RE_OIDC_ARN, CT_RP_OIDC_ARN, CT_RE_SAML_ARN, CT_RP_SAML_ARN}},
    {ATTR_PROVIDER, CT_EACH, {CT_RP_URL, CT_RP_NAME}},
};

/* Without a user name the call is about the caller's own credentials. */
static void own_user(struct ct_extract *x)
{
    if (!ct_added(x, ATTR_TARGET_USER) && x->e->who.kind == IDENTITY_USER) {
        ct_add(x, ATTR_TARGET_USER, x->e->who.name);
    }
}

/* Tags with their values: conditions of policies ask for them. */
static void tagged(struct ct_extract *x)
{
    struct json_view list = ct_view(x->r, CT_RP_TAGS);
    struct json_iter it = json_iter_of(list);
    struct json_view key, item;
    while (list.kind == JSON_ARRAY && json_iter_next(&it, &key, &item)) {
        if (item.kind == JSON_OBJECT) {
            struct str name = ct_view_str(x, json_member(item, STR("key")));
            ct_add(x, ATTR_TAG_KEY, name);
            ct_add_joined(x, ATTR_TAG, name, "=", ct_view_str(x, json_member(item, STR("value"))));
        }
    }
}

#define IAM(action) CT_ROW(action, IDENTITY, iam_takes, NULL)
#define OWN(action) CT_ROW(action, IDENTITY, iam_takes, own_user)
static const struct ct_row iam_rows[] = {
    CT_ROW("CreateRole", IDENTITY, iam_takes, tagged),
    IAM("UpdateRole"),
    IAM("UpdateRoleDescription"),
    IAM("DeleteRole"),
    CT_ROW("UpdateAssumeRolePolicy", IDENTITY, trust_takes, NULL),
    IAM("PutRolePolicy"),
    IAM("PutUserPolicy"),
    IAM("PutGroupPolicy"),
    IAM("AttachRolePolicy"),
    IAM("AttachUserPolicy"),
    IAM("AttachGroupPolicy"),
    IAM("DeleteRolePolicy"),
    IAM("DeleteUserPolicy"),
    IAM("DeleteGroupPolicy"),
    IAM("DetachRolePolicy"),
    IAM("DetachUserPolicy"),
    IAM("DetachGroupPolicy"),
    IAM("CreatePolicy"),
    IAM("CreatePolicyVersion"),
    IAM("SetDefaultPolicyVersion"),
    IAM("DeletePolicy"),
    IAM("DeletePolicyVersion"),
    IAM("PutRolePermissionsBoundary"),
    IAM("PutUserPermissionsBoundary"),
    IAM("DeleteRolePermissionsBoundary"),
    IAM("DeleteUserPermissionsBoundary"),
    CT_ROW("CreateUser", IDENTITY, iam_takes, tagged),
    IAM("UpdateUser"),
    IAM("DeleteUser"),
    OWN("CreateLoginProfile"),
    OWN("UpdateLoginProfile"),
    OWN("DeleteLoginProfile"),
    OWN("ChangePassword"),
    OWN("CreateAccessKey"),
    OWN("UpdateAccessKey"),
    OWN("DeleteAccessKey"),
    OWN("CreateServiceSpecificCredential"),
    OWN("ResetServiceSpecificCredential"),
    OWN("UploadSigningCertificate"),
    OWN("UploadSSHPublicKey"),
    OWN("EnableMFADevice"),
    OWN("DeactivateMFADevice"),
    IAM("CreateVirtualMFADevice"),
    IAM("DeleteVirtualMFADevice"),
    IAM("CreateGroup"),
    IAM("DeleteGroup"),
    IAM("AddUserToGroup"),
    IAM("RemoveUserFromGroup"),
    IAM("CreateInstanceProfile"),
    IAM("AddRoleToInstanceProfile"),
    IAM("RemoveRoleFromInstanceProfile"),
    IAM("CreateServiceLinkedRole"),
    IAM("UpdateAccountPasswordPolicy"),
    IAM("DeleteAccountPasswordPolicy"),
    CT_ROW("TagRole", IDENTITY, iam_takes, tagged),
    IAM("UntagRole"),
    CT_ROW("TagUser", IDENTITY, iam_takes, tagged),
    IAM("UntagUser"),
    CT_ROW("CreateOpenIDConnectProvider", IDENTITY, provider_takes, NULL),
    CT_ROW("DeleteOpenIDConnectProvider", IDENTITY, provider_takes, NULL),
    CT_ROW("AddClientIDToOpenIDConnectProvider", IDENTITY, provider_takes, NULL),
    CT_ROW("UpdateOpenIDConnectProviderThumbprint", IDENTITY, provider_takes, NULL),
    CT_ROW("CreateSAMLProvider", IDENTITY, provider_takes, NULL),
    CT_ROW("UpdateSAMLProvider", IDENTITY, provider_takes, NULL),
    CT_ROW("DeleteSAMLProvider", IDENTITY, provider_takes, NULL),
    CT_ROW("GetAccountAuthorizationDetails", READ, iam_takes, NULL),
    CT_ROW("ListRoles", READ, iam_takes, NULL),
    CT_ROW("ListUsers", READ, iam_takes, NULL),
    CT_ROW("ListAttachedRolePolicies", READ, iam_takes, NULL),
    CT_ROW("ListRolePolicies", READ, iam_takes, NULL),
};

static const struct ct_row anywhere_rows[] = {
    CT_ROW("CreateTrustAnchor", IDENTITY, provider_takes, NULL),
    CT_ROW("UpdateTrustAnchor", IDENTITY, provider_takes, NULL),
    CT_ROW("EnableTrustAnchor", IDENTITY, provider_takes, NULL),
    CT_ROW("CreateProfile", IDENTITY, provider_takes, NULL),
    CT_ROW("UpdateProfile", IDENTITY, provider_takes, NULL),
};

/* ---- sts ---- */

static const struct ct_take assume_takes[] = {
    {ATTR_ASSUMED_ROLE, CT_TEXT, {CT_RP_ROLE_ARN, CT_RP_TARGET_PRINCIPAL}},
    {ATTR_SESSION_NAME, CT_TEXT, {CT_RP_SESSION_NAME, CT_RP_NAME}},
    {ATTR_ISSUED_KEY, CT_TEXT, {CT_RE_ISSUED_KEY}},
    {ATTR_ISSUED_SESSION, CT_TEXT, {CT_RE_ASSUMED_ARN, CT_RE_FEDERATED_ARN}},
    {ATTR_FEDERATED_SUBJECT, CT_TEXT, {CT_RE_WEB_SUBJECT, CT_RE_SAML_SUBJECT}},
    {ATTR_POLICY_DOCUMENT, CT_JSON, {CT_RP_POLICY}},
};

/* A service's own call names the role only among the resources. */
static void assume_more(struct ct_extract *x)
{
    struct json_view list = ct_view(x->r, CT_RESOURCES);
    if (ct_added(x, ATTR_ASSUMED_ROLE) || list.kind != JSON_ARRAY) {
        return;
    }
    struct json_iter it = json_iter_of(list);
    struct json_view key, item;
    while (!ct_added(x, ATTR_ASSUMED_ROLE) && json_iter_next(&it, &key, &item)) {
        if (item.kind == JSON_OBJECT) {
            struct str arn = ct_view_str(x, json_member(item, STR("ARN")));
            if (str_find(arn, STR(":role/")) != SIZE_MAX) {
                ct_add(x, ATTR_ASSUMED_ROLE, arn);
            }
        }
    }
}

static const struct ct_row sts_rows[] = {
    CT_ROW("AssumeRole", ASSUME, assume_takes, assume_more),
    CT_ROW("AssumeRoleWithWebIdentity", ASSUME, assume_takes, assume_more),
    CT_ROW("AssumeRoleWithSAML", ASSUME, assume_takes, assume_more),
    CT_ROW("AssumeRoot", ASSUME, assume_takes, NULL),
    CT_ROW("GetFederationToken", ASSUME, assume_takes, NULL),
    CT_ROW("GetSessionToken", ASSUME, assume_takes, NULL),
};

/* ---- logins ---- */

static const struct ct_take login_takes[] = {
    {ATTR_MFA, CT_TEXT, {CT_DATA_MFA}},
    {ATTR_ASSUMED_ROLE, CT_TEXT, {CT_SERVICE_ROLE_NAME, CT_DATA_SWITCH_TO}},
};

static void login_more(struct ct_extract *x)
{
    if (str_eq(ct_str(x, CT_RE_CONSOLE_LOGIN), STR("Failure")) && x->e->outcome == OUTCOME_OK) {
        x->e->outcome = OUTCOME_FAILED;
    }
    if (str_eq(ct_str(x, CT_DATA_MFA), STR("Yes"))) {
        x->e->who.mfa = true;
    }
}

static const struct ct_row signin_rows[] = {
    CT_ROW("ConsoleLogin", LOGIN, login_takes, login_more),
    CT_ROW("GetSigninToken", LOGIN, login_takes, login_more),
    CT_ROW("SwitchRole", ASSUME, login_takes, login_more),
    CT_ROW("PasswordUpdated", IDENTITY, iam_takes, own_user),
    CT_ROW("PasswordRecoveryCompleted", IDENTITY, iam_takes, own_user),
    CT_ROW("UserAuthentication", LOGIN, login_takes, login_more),
};

static const struct ct_row sso_rows[] = {
    CT_ROW("Authenticate", LOGIN, login_takes, login_more),
    CT_ROW("Federate", LOGIN, login_takes, login_more),
    CT_ROW("GetRoleCredentials", ASSUME, login_takes, login_more),
};

static const struct ct_service services[] = {
    CT_SERVICE("iam.amazonaws.com", iam_rows, NULL),
    CT_SERVICE("sts.amazonaws.com", sts_rows, NULL),
    CT_SERVICE("signin.amazonaws.com", signin_rows, NULL),
    CT_SERVICE("sso.amazonaws.com", sso_rows, NULL),
    CT_SERVICE("rolesanywhere.amazonaws.com", anywhere_rows, NULL),
};
const struct ct_area ct_area_identity = {services, ARRAY_LEN(services)};
