/*
 * rows_use - what stolen credentials of a function are used for first: who am I, which buckets, which
 * secrets. Most of these calls are everybody's daily bread, so that only those of sessions are kept
 * that may be a function's.
 */
#include "source/cloudtrail/table.h"

static const struct ct_take use_takes[] = {
    {ATTR_RESOURCE_ID, CT_TEXT, {CT_RP_SECRET, CT_RP_NAME, CT_RP_KEY_ID}},
};

/* The session of an instance bears its id; what a service does by itself bears the service. */
static void use_more(struct ct_extract *x)
{
    const struct identity *w = &x->e->who;
    x->e->ordinary =
        w->kind != IDENTITY_ROLE || w->invoked_by.len > 0 || str_starts(w->session_name, STR("i-"));
}

#define USE(action) CT_ROW(action, READ, use_takes, use_more)
static const struct ct_row secret_rows[] = {USE("GetSecretValue"), USE("BatchGetSecretValue"),
                                            USE("ListSecrets")};
static const struct ct_row parameter_rows[] = {USE("GetParameter"), USE("GetParameters"),
                                               USE("GetParametersByPath"),
                                               USE("DescribeParameters")};
static const struct ct_row key_rows[] = {USE("Decrypt")};
static const struct ct_row bucket_rows[] = {USE("ListBuckets")};
static const struct ct_row identity_rows[] = {USE("GetCallerIdentity")};

static const struct ct_service services[] = {
    CT_SERVICE("secretsmanager.amazonaws.com", secret_rows, NULL),
    CT_SERVICE("ssm.amazonaws.com", parameter_rows, NULL),
    CT_SERVICE("kms.amazonaws.com", key_rows, NULL),
    CT_SERVICE("s3.amazonaws.com", bucket_rows, NULL),
    CT_SERVICE("sts.amazonaws.com", identity_rows, NULL),
};
const struct ct_area ct_area_use = {services, ARRAY_LEN(services)};
