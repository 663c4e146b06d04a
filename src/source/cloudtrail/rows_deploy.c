/*
 * rows_deploy - where changes come from: stacks, builds, pipelines, images.
 */
#include "source/cloudtrail/policy.h"
#include "source/cloudtrail/table.h"

static const struct ct_take stack_takes[] = {
    {ATTR_STACK, CT_EACH, {CT_RE_STACK_ID, CT_RP_STACK_NAME, CT_RP_STACK_SET}},
    {ATTR_STACK, CT_EACH, {CT_RP_CHANGE_SET, CT_RE_ID}},
    {ATTR_TEMPLATE, CT_TEXT, {CT_RP_TEMPLATE_URL, CT_RP_APPLICATION_ID}},
    {ATTR_ROLE, CT_TEXT, {CT_RP_STACK_ROLE}},
};
static const struct ct_take build_takes[] = {
    {ATTR_REPOSITORY, CT_TEXT, {CT_RP_PROJECT, CT_RP_APPLICATION, CT_RP_NAME}},
};
static const struct ct_take image_takes[] = {
    {ATTR_REPOSITORY, CT_TEXT, {CT_RP_REPOSITORY}},
    {ATTR_CODE_HASH, CT_HASH, {CT_RE_IMAGE_DIGEST}},
    {ATTR_POLICY_DOCUMENT, CT_JSON, {CT_RP_REPOSITORY_POLICY}},
};

static void repository_policy(struct ct_extract *x)
{
    ct_add_grants(x, ct_policy_text(x, ct_view(x->r, CT_RP_REPOSITORY_POLICY)));
}

#define STACK(action) CT_ROW(action, DEPLOY, stack_takes, NULL)
#define BUILD(action) CT_ROW(action, DEPLOY, build_takes, NULL)
static const struct ct_row stack_rows[] = {
    STACK("CreateStack"),          STACK("UpdateStack"),
    STACK("DeleteStack"),          STACK("CreateChangeSet"),
    STACK("ExecuteChangeSet"),     STACK("RollbackStack"),
    STACK("CancelUpdateStack"),    STACK("ContinueUpdateRollback"),
    STACK("CreateStackSet"),       STACK("UpdateStackSet"),
    STACK("CreateStackInstances"), STACK("UpdateStackInstances"),
    STACK("DeleteStackInstances"), STACK("DeleteStackSet"),
};
static const struct ct_row repo_rows[] = {
    STACK("CreateCloudFormationTemplate"),
    STACK("CreateCloudFormationChangeSet"),
};
static const struct ct_row build_rows[] = {BUILD("StartBuild"), BUILD("StartBuildBatch"),
                                           BUILD("CreateProject"), BUILD("UpdateProject")};
static const struct ct_row pipeline_rows[] = {BUILD("StartPipelineExecution"),
                                              BUILD("UpdatePipeline")};
static const struct ct_row deploy_rows[] = {BUILD("CreateDeployment")};
static const struct ct_row signer_rows[] = {BUILD("StartSigningJob"), BUILD("SignPayload")};
static const struct ct_row image_rows[] = {
    CT_ROW("PutImage", OTHER, image_takes, NULL),
    CT_ROW("SetRepositoryPolicy", OTHER, image_takes, repository_policy),
};

static const struct ct_service services[] = {
    CT_SERVICE("cloudformation.amazonaws.com", stack_rows, NULL),
    CT_SERVICE("serverlessrepo.amazonaws.com", repo_rows, NULL),
    CT_SERVICE("codebuild.amazonaws.com", build_rows, NULL),
    CT_SERVICE("codepipeline.amazonaws.com", pipeline_rows, NULL),
    CT_SERVICE("codedeploy.amazonaws.com", deploy_rows, NULL),
    CT_SERVICE("signer.amazonaws.com", signer_rows, NULL),
    CT_SERVICE("ecr.amazonaws.com", image_rows, NULL),
};
const struct ct_area ct_area_deploy = {services, ARRAY_LEN(services)};
