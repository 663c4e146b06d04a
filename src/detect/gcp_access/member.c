#include "detect/gcp_access/member.h"

#include "detect/own.h"

bool member_role_is_powerful(struct str role)
{
    static const struct str roles[] = {
        STR_INIT("roles/owner"),
        STR_INIT("roles/editor"),
        STR_INIT("roles/iam.serviceAccountTokenCreator"),
        STR_INIT("roles/iam.serviceAccountUser"),
        STR_INIT("roles/iam.serviceAccountAdmin"),
        STR_INIT("roles/iam.serviceAccountKeyAdmin"),
        STR_INIT("roles/iam.securityAdmin"),
        STR_INIT("roles/iam.roleAdmin"),
        STR_INIT("roles/iam.organizationRoleAdmin"),
        STR_INIT("roles/iam.workloadIdentityPoolAdmin"),
        STR_INIT("roles/run.admin"),
        STR_INIT("roles/cloudfunctions.admin"),
        STR_INIT("roles/cloudfunctions.developer"),
        STR_INIT("roles/cloudbuild.builds.editor"),
        STR_INIT("roles/deploymentmanager.editor"),
        STR_INIT("roles/orgpolicy.policyAdmin"),
    };
    for (size_t i = 0; i < ARRAY_LEN(roles); i++) {
        if (str_eq(role, roles[i])) {
            return true;
        }
    }
    return str_starts(role, STR("roles/resourcemanager.")) && str_ends(role, STR("Admin"));
}

/* "user:mail" to mail; "" when it is no mail. */
static struct str mail_of(struct str member)
{
    struct str mail =
        str_from(member, str_chr(member, ':') == SIZE_MAX ? 0 : str_chr(member, ':') + 1);
    return str_chr(mail, '@') == SIZE_MAX ? STR_EMPTY : mail;
}

bool member_is_agent(struct str member)
{
    static const struct str hosts[] = {
        STR_INIT("@gcp-sa-"),         STR_INIT("@cloudservices."),
        STR_INIT("-robot.iam."),      STR_INIT("@serverless-robot-prod.iam."),
        STR_INIT("@compute-system."), STR_INIT("@containerregistry."),
    };
    struct str mail = mail_of(member);
    for (size_t i = 0; mail.len > 0 && i < ARRAY_LEN(hosts); i++) {
        if (str_find(mail, hosts[i]) != SIZE_MAX && str_ends(mail, STR(".gserviceaccount.com"))) {
            return true;
        }
    }
    return false;
}

static struct str domain_of(struct str mail)
{
    return mail.len == 0 ? STR_EMPTY : str_from(mail, str_chr(mail, '@') + 1);
}

static bool is_account(struct str mail)
{
    return str_ends(mail, STR("gserviceaccount.com"));
}

static enum member_side account_side(const struct detect_view *v, struct str mail)
{
    struct str project = domain_of(mail);
    size_t end = str_find(project, STR(".iam.gserviceaccount.com"));
    if (end == SIZE_MAX) {
        return MEMBER_INSIDE; /* a default account: its number tells nothing */
    }
    return own_account(v, str_head(project, end)) ? MEMBER_INSIDE : MEMBER_OUTSIDE;
}

/* Somebody of the same domain is listed as one of ours. */
static bool is_ours(const struct detect_view *v, struct str domain)
{
    const struct str who = v->event->who.principal;
    if (str_chr(who, '@') != SIZE_MAX && !is_account(who) && str_ieq(domain, domain_of(who))) {
        return true;
    }
    for (size_t i = 0; i < v->context->people.len; i++) {
        struct str mail = v->context->people.at[i].id;
        if (str_chr(mail, '@') != SIZE_MAX && str_ieq(domain, domain_of(mail))) {
            return true;
        }
    }
    return false;
}

enum member_side member_side_of(const struct detect_view *v, struct str member)
{
    struct str mail = mail_of(member);
    struct str who = v->event->who.principal;
    if (str_ieq(member, STR("allUsers")) || str_ieq(member, STR("allAuthenticatedUsers"))) {
        return MEMBER_EVERYBODY;
    }
    if (mail.len == 0) {
        return MEMBER_INSIDE;
    }
    if (is_account(mail)) {
        return account_side(v, mail);
    }
    struct str domain = domain_of(mail);
    if (str_ieq(domain, STR("gmail.com")) || str_ieq(domain, STR("googlemail.com"))) {
        return MEMBER_OUTSIDE;
    }
    bool comparable =
        v->context->people.len > 0 || (str_chr(who, '@') != SIZE_MAX && !is_account(who));
    return comparable && !is_ours(v, domain) ? MEMBER_OUTSIDE : MEMBER_INSIDE;
}
