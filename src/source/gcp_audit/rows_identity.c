/*
 * rows_identity - policies of projects, service accounts and their keys, roles, tokens, logins.
 */
#include "source/gcp_audit/grants.h"
#include "source/gcp_audit/table.h"

static const struct gcp_take policy_takes[] = {
    {ATTR_UPDATE_MASK, GCP_TEXT, {NULL}, {"updateMask"}},
};
static const struct gcp_take account_takes[] = {
    {ATTR_TARGET_USER, GCP_LAST, {"email"}, {"name", "accountId"}},
    {ATTR_DESCRIPTION, GCP_TEXT, {NULL}, {"serviceAccount.description"}},
};
static const struct gcp_take key_takes[] = {
    {ATTR_TARGET_KEY, GCP_LAST, {"name"}, {NULL}},
};
static const struct gcp_take role_takes[] = {
    {ATTR_POLICY_ARN, GCP_TEXT, {"name"}, {"name", "roleId"}},
    {ATTR_GRANT_ACTION, GCP_LIST, {"includedPermissions"}, {"role.includedPermissions"}},
};
static const struct gcp_take provider_takes[] = {
    {ATTR_PROVIDER,
     GCP_TEXT,
     {NULL},
     {"workloadIdentityPoolProvider.oidc.issuerUri", "workloadIdentityPoolProviderId",
      "workloadIdentityPoolId"}},
    {ATTR_FILTER, GCP_TEXT, {NULL}, {"workloadIdentityPoolProvider.attributeCondition"}},
};
static const struct gcp_take token_takes[] = {
    {ATTR_ASSUMED_ROLE, GCP_LAST, {NULL}, {"name"}},
};

static void policy_more(struct gcp_extract *x)
{
    gcp_add(x, ATTR_TARGET, x->resource);
    gcp_add(x, ATTR_TARGET_USER, gcp_part(x->resource, "serviceAccounts"));
    gcp_add_grants(x);
}

/* A key is of an account: both stand in its name. */
static void key_more(struct gcp_extract *x)
{
    struct str name = gcp_get(x, x->response, "name");
    name = name.len != 0 ? name : gcp_get(x, x->request, "name");
    name = name.len != 0 ? name : x->resource;
    gcp_add(x, ATTR_TARGET_USER, gcp_part(name, "serviceAccounts"));
    if (!gcp_added(x, ATTR_TARGET_KEY)) {
        gcp_add(x, ATTR_TARGET_KEY, gcp_part(name, "keys"));
    }
}

static void account_more(struct gcp_extract *x)
{
    if (!gcp_added(x, ATTR_TARGET_USER)) {
        gcp_add(x, ATTR_TARGET_USER, gcp_part(x->resource, "serviceAccounts"));
    }
}

static const struct gcp_row resource_rows[] = {
    GCP_ROW("SetIamPolicy", IDENTITY, policy_takes, policy_more),
};
static const struct gcp_row iam_rows[] = {
    GCP_ROW("SetIamPolicy", IDENTITY, policy_takes, policy_more),
    GCP_ROW("CreateServiceAccount", IDENTITY, account_takes, account_more),
    GCP_ROW("DeleteServiceAccount", IDENTITY, account_takes, account_more),
    GCP_ROW("UndeleteServiceAccount", IDENTITY, account_takes, account_more),
    GCP_ROW("EnableServiceAccount", IDENTITY, account_takes, account_more),
    GCP_ROW("DisableServiceAccount", IDENTITY, account_takes, account_more),
    GCP_ROW("CreateServiceAccountKey", IDENTITY, key_takes, key_more),
    GCP_ROW("UploadServiceAccountKey", IDENTITY, key_takes, key_more),
    GCP_ROW("EnableServiceAccountKey", IDENTITY, key_takes, key_more),
    GCP_ROW("DisableServiceAccountKey", IDENTITY, key_takes, key_more),
    GCP_ROW("DeleteServiceAccountKey", IDENTITY, key_takes, key_more),
    GCP_ROW("CreateRole", IDENTITY, role_takes, NULL),
    GCP_ROW("UpdateRole", IDENTITY, role_takes, NULL),
    GCP_ROW("UndeleteRole", IDENTITY, role_takes, NULL),
    GCP_ROW("DeleteRole", IDENTITY, role_takes, NULL),
    GCP_ROW("CreateWorkloadIdentityPool", IDENTITY, provider_takes, NULL),
    GCP_ROW("UpdateWorkloadIdentityPool", IDENTITY, provider_takes, NULL),
    GCP_ROW("CreateWorkloadIdentityPoolProvider", IDENTITY, provider_takes, NULL),
    GCP_ROW("UpdateWorkloadIdentityPoolProvider", IDENTITY, provider_takes, NULL),
};
static const struct gcp_row credential_rows[] = {
    GCP_ROW("GenerateAccessToken", ASSUME, token_takes, NULL),
    GCP_ROW("GenerateIdToken", ASSUME, token_takes, NULL),
    GCP_ROW("SignBlob", ASSUME, token_takes, NULL),
    GCP_ROW("SignJwt", ASSUME, token_takes, NULL),
};
static const struct gcp_row login_rows[] = {
    GCP_ROW("LoginService.loginSuccess", LOGIN, policy_takes, NULL),
    GCP_ROW("LoginService.loginFailure", LOGIN, policy_takes, NULL),
};

static const struct gcp_service services[] = {
    GCP_SERVICE("cloudresourcemanager.googleapis.com", resource_rows, NULL),
    GCP_SERVICE("iam.googleapis.com", iam_rows, NULL),
    GCP_SERVICE("iamcredentials.googleapis.com", credential_rows, NULL),
    GCP_SERVICE("login.googleapis.com", login_rows, NULL),
};
const struct gcp_area gcp_area_identity = {services, ARRAY_LEN(services)};
