#include "source/gcp_audit/who.h"

static const struct str account_suffix = STR_INIT("gserviceaccount.com");

/* Agents of Google's services live in projects of Google. Cloud Build's account and the default
 * accounts run what a project's people wrote: they are no agents. */
static bool is_agent(struct str mail)
{
    static const struct str projects[] = {
        STR_INIT("@gcf-admin-robot.iam."),
        STR_INIT("@serverless-robot-prod.iam."),
        STR_INIT("@gcp-sa-"),
        STR_INIT("@gae-api-prod.google.com.iam."),
        STR_INIT("@cloudservices."),
        STR_INIT("@container-engine-robot.iam."),
        STR_INIT("@compute-system.iam."),
        STR_INIT("@cloud-redis.iam."),
        STR_INIT("@containerregistry.iam."),
    };
    for (size_t i = 0; i < ARRAY_LEN(projects); i++) {
        if (str_find(mail, projects[i]) != SIZE_MAX) {
            return true;
        }
    }
    return str_eq(mail, STR("system@google.com"));
}

/* "name@project.iam.gserviceaccount.com" to project; a number when it is a default account. */
static struct str project_of(struct str mail)
{
    static const struct str defaults = STR_INIT("-compute@developer.gserviceaccount.com");
    static const struct str engine = STR_INIT("@appspot.gserviceaccount.com");
    if (str_ends(mail, defaults)) {
        return str_head(mail, mail.len - defaults.len);
    }
    if (str_ends(mail, engine)) {
        return str_head(mail, mail.len - engine.len);
    }
    struct str host = str_from(mail, str_chr(mail, '@') == SIZE_MAX ? 0 : str_chr(mail, '@') + 1);
    size_t end = str_find(host, STR(".iam.gserviceaccount.com"));
    return end == SIZE_MAX ? STR_EMPTY : str_head(host, end);
}

/* "user:mail", "serviceAccount:mail", "principal://iam…/subject/S". */
static struct str subject_mail(struct str subject)
{
    if (str_starts(subject, STR("principal:")) || str_starts(subject, STR("principalSet:"))) {
        return STR_EMPTY;
    }
    size_t colon = str_chr(subject, ':');
    return colon == SIZE_MAX || str_find(subject, STR("://")) != SIZE_MAX
               ? STR_EMPTY
               : str_from(subject, colon + 1);
}

/* The subject of a token from outside: what its issuer signed. */
static struct str federated_subject(struct str subject)
{
    size_t at = str_find(subject, STR("/subject/"));
    return str_starts(subject, STR("principal://")) && at != SIZE_MAX ? str_from(subject, at + 9)
                                                                      : STR_EMPTY;
}

/* An agent of Google, or of a cluster. */
static bool is_service(struct str mail)
{
    return is_agent(mail) ||
           (str_starts(mail, STR("system:")) && !str_eq(mail, STR("system:anonymous")));
}

static void from_text(struct identity *w, struct str mail, struct str subject)
{
    mail = mail.len != 0 ? mail : subject_mail(subject);
    struct str token = federated_subject(subject);
    w->principal = mail.len != 0 ? mail : subject;
    if (token.len != 0) {
        w->kind = IDENTITY_FEDERATED;
        w->subject = token;
    } else if (is_service(mail)) {
        w->kind = IDENTITY_SERVICE;
    } else if (str_ends(mail, account_suffix)) {
        w->kind = IDENTITY_ROLE;
        w->account = project_of(mail);
        w->role = mail;
        w->name = str_head(mail, str_chr(mail, '@'));
    } else if (str_eq(mail, STR("system:anonymous")) || str_eq(mail, STR("allUsers"))) {
        w->kind = IDENTITY_ANONYMOUS;
    } else if (mail.len != 0) {
        w->kind = IDENTITY_USER;
        w->name = mail;
    }
}

/* The first of the chain of delegation: who it goes back to. */
static bool delegated(struct gcp_extract *x, struct json_view auth, struct str account)
{
    struct json_view list = log_entry_get(auth, "serviceAccountDelegationInfo"), key, first;
    struct json_iter it = json_iter_of(list);
    if (list.kind != JSON_ARRAY || !json_iter_next(&it, &key, &first)) {
        return false;
    }
    struct str mail = gcp_get(x, first, "firstPartyPrincipal.principalEmail");
    struct str subject = gcp_get(x, first, "principalSubject");
    if (mail.len == 0 && subject.len == 0) {
        subject = gcp_get(x, first, "thirdPartyPrincipal.thirdPartyClaims.sub");
        if (subject.len == 0) {
            return false;
        }
        x->e->who.kind = IDENTITY_FEDERATED;
        x->e->who.subject = x->e->who.principal = subject;
    } else {
        from_text(&x->e->who, mail, subject);
    }
    if (x->e->who.kind == IDENTITY_SERVICE) {
        x->e->who = (struct identity){0}; /* an agent used it, which is what agents do */
        return false;
    }
    x->e->who.role = account;
    return true;
}

void gcp_who(struct gcp_extract *x)
{
    struct identity *w = &x->e->who;
    struct json_view auth = gcp_member(x, GCP_AUTHENTICATION);
    struct str mail = gcp_get(x, auth, "principalEmail");
    struct str subject = gcp_get(x, auth, "principalSubject");
    struct str key = gcp_get(x, auth, "serviceAccountKeyName");
    mail = mail.len != 0 ? mail : subject_mail(subject);
    if (!delegated(x, auth, mail)) {
        from_text(w, mail, subject);
    }
    w->access_key = gcp_part(key, "keys");
}
