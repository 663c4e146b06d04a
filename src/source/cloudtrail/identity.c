#include "source/cloudtrail/identity.h"

#include "source/cloudtrail/text.h"

static const struct {
    struct str type;
    enum identity_kind kind;
} types[] = {
    {STR_INIT("AssumedRole"), IDENTITY_ROLE},
    {STR_INIT("IAMUser"), IDENTITY_USER},
    {STR_INIT("AWSService"), IDENTITY_SERVICE},
    {STR_INIT("Root"), IDENTITY_ROOT},
    {STR_INIT("Role"), IDENTITY_ROLE},
    {STR_INIT("AWSAccount"), IDENTITY_ACCOUNT},
    {STR_INIT("FederatedUser"), IDENTITY_FEDERATED},
    {STR_INIT("WebIdentityUser"), IDENTITY_FEDERATED},
    {STR_INIT("SAMLUser"), IDENTITY_FEDERATED},
    {STR_INIT("Directory"), IDENTITY_FEDERATED},
    {STR_INIT("IdentityCenterUser"), IDENTITY_SSO},
    {STR_INIT("User"), IDENTITY_USER}, /* streamed copies of some tools */
};

bool ct_is_sso_role(struct str name)
{
    return str_starts(name, STR("AWSReservedSSO_"));
}

struct str ct_sso_role_name(struct str name)
{
    size_t at = str_rchr(name, '_');
    if (!ct_is_sso_role(name) || at == SIZE_MAX || at < sizeof("AWSReservedSSO_") - 1) {
        return name;
    }
    for (size_t i = at + 1; i < name.len; i++) {
        char c = name.ptr[i];
        if (!chr_is_digit(c) && (c < 'a' || c > 'f')) {
            return name;
        }
    }
    return str_head(name, at);
}

static enum identity_kind kind_of(struct ct_extract *x, struct str type)
{
    for (size_t i = 0; i < ARRAY_LEN(types); i++) {
        if (str_eq(type, types[i].type)) {
            return types[i].kind;
        }
    }
    return str_starts(x->e->service, STR("sso.")) ? IDENTITY_SSO : IDENTITY_UNKNOWN;
}

/* Unsigned calls come as an account that is none, or with nothing at all. */
static bool is_anonymous(const struct identity *who)
{
    return str_ieq(who->account, STR("anonymous")) ||
           str_ieq(who->account, STR("ANONYMOUS_PRINCIPAL")) ||
           str_ieq(who->principal_id, STR("anonymous")) ||
           str_ieq(who->principal, STR("anonymous"));
}

/* arn:aws:sts::A:assumed-role/ROLE/SESSION, arn:aws:iam::A:user/PATH/NAME, …:root */
static void from_arn(struct identity *who)
{
    struct ct_arn arn;
    if (!ct_arn_parse(who->principal, &arn)) {
        return;
    }
    if (who->account.len == 0) {
        who->account = arn.account;
    }
    struct str rest = arn.resource, kind, part;
    if (!str_cut(&rest, '/', &kind)) {
        return;
    }
    if (str_eq(kind, STR("root")) && who->kind == IDENTITY_UNKNOWN) {
        who->kind = IDENTITY_ROOT;
    } else if (str_eq(kind, STR("assumed-role")) && str_cut(&rest, '/', &part)) {
        who->kind = who->kind == IDENTITY_UNKNOWN ? IDENTITY_ROLE : who->kind;
        who->name = who->name.len == 0 ? part : who->name;
        who->session_name = rest;
    } else if (str_eq(kind, STR("user")) || str_eq(kind, STR("federated-user"))) {
        bool user = kind.len == 4;
        who->kind = who->kind != IDENTITY_UNKNOWN ? who->kind
                    : user                        ? IDENTITY_USER
                                                  : IDENTITY_FEDERATED;
        size_t slash = str_rchr(rest, '/');
        struct str last = slash == SIZE_MAX ? rest : str_from(rest, slash + 1);
        who->name = who->name.len == 0 ? last : who->name;
    }
}

/* The subject of the token that began the session: the attribute the provider calls "sub". */
static struct str session_subject(struct ct_extract *x)
{
    struct json_view attrs = ct_view(x->r, CT_WHO_FEDERATED_ATTRS);
    struct json_iter it = json_iter_of(attrs);
    struct json_view key, value;
    while (attrs.kind == JSON_OBJECT && json_iter_next(&it, &key, &value)) {
        struct str k = ct_view_str(x, key);
        if (str_ends(k, STR(":sub")) || str_ends(k, STR(":user_id")) || str_eq(k, STR("sub"))) {
            return ct_view_str(x, value);
        }
    }
    return STR_EMPTY;
}

/* "arn:…:oidc-provider/HOST:AUDIENCE:SUBJECT" or "HOST:AUDIENCE:SUBJECT" of a token's bearer. The
 * subject itself holds colons (repo:org/app:ref:refs/heads/main). */
static struct str bearer_subject(struct str principal_id)
{
    size_t provider = str_find(principal_id, STR("oidc-provider/"));
    struct str rest = provider == SIZE_MAX ? principal_id : str_from(principal_id, provider);
    struct str part;
    if (!str_cut(&rest, ':', &part) || !str_cut(&rest, ':', &part)) {
        return STR_EMPTY;
    }
    return rest;
}

static void federated(struct ct_extract *x, struct str type)
{
    struct identity *who = &x->e->who;
    if (str_eq(type, STR("WebIdentityUser"))) {
        who->subject = who->name.len != 0 ? who->name : bearer_subject(who->principal_id);
    } else if (str_eq(type, STR("SAMLUser"))) {
        size_t colon = str_chr(who->principal_id, ':');
        who->subject = who->name.len != 0  ? who->name
                       : colon != SIZE_MAX ? str_from(who->principal_id, colon + 1)
                                           : who->principal_id;
    }
}

static void session(struct ct_extract *x)
{
    struct identity *who = &x->e->who;
    who->role = ct_str(x, CT_WHO_ISSUER_ARN);
    who->source_identity = ct_str(x, CT_WHO_SOURCE_IDENTITY);
    who->mfa = json_truth(ct_view(x->r, CT_WHO_MFA)) == 1;
    struct str subject = session_subject(x);
    who->subject = subject.len != 0 ? subject : who->subject;
    if (who->kind != IDENTITY_ROLE && who->kind != IDENTITY_ACCOUNT) {
        return;
    }
    struct str issuer = ct_str(x, CT_WHO_ISSUER_USER);
    who->name = issuer.len != 0 ? issuer : who->name;
    size_t colon = str_chr(who->principal_id, ':');
    if (who->session_name.len == 0 && colon != SIZE_MAX) {
        who->session_name = str_from(who->principal_id, colon + 1);
    }
    /* Anyone may make a role with such a name, but not under this path. */
    bool provisioned = who->role.len == 0 || str_find(who->role, STR(":role/aws-reserved/sso."
                                                                     "amazonaws.com/")) != SIZE_MAX;
    if (who->kind == IDENTITY_ROLE && ct_is_sso_role(who->name) && provisioned) {
        who->kind = IDENTITY_SSO;
        who->name = ct_sso_role_name(who->name);
    }
}

void ct_identity(struct ct_extract *x)
{
    struct identity *who = &x->e->who;
    struct str type = ct_str(x, CT_WHO_TYPE);
    who->kind = kind_of(x, type);
    who->principal = ct_str(x, CT_WHO_ARN);
    who->principal_id = ct_str(x, CT_WHO_PRINCIPAL_ID);
    who->account = ct_str(x, CT_WHO_ACCOUNT);
    who->access_key = ct_str(x, CT_WHO_KEY);
    struct str invoked_by = ct_str(x, CT_WHO_INVOKED_BY);
    who->invoked_by = invoked_by.len != 0 ? invoked_by : who->invoked_by;
    who->console = json_truth(ct_view(x->r, CT_CONSOLE)) == 1;
    who->name = ct_str(x, CT_WHO_USER);
    from_arn(who);
    federated(x, type);
    session(x);
    if (who->kind == IDENTITY_SERVICE && who->principal.len == 0) {
        who->principal = who->invoked_by;
    }
    if (who->kind == IDENTITY_SSO && who->session_name.len == 0) {
        who->session_name = who->name.len != 0 ? who->name : ct_str(x, CT_WHO_BEHALF_USER);
    }
    bool nothing = who->kind == IDENTITY_UNKNOWN && who->principal.len == 0 &&
                   who->access_key.len == 0 && who->principal_id.len == 0;
    if (is_anonymous(who) || (nothing && x->e->kind == EVENT_INVOKE)) {
        who->kind = IDENTITY_ANONYMOUS;
    }
}
