/*
 * trust_open - D58: a role may be taken on by somebody it should not trust. How bad that is depends on
 * what the role may do: with --iam that is evaluated, without it follows from what was attached.
 *
 * What a role is known to have trusted before is not told again. A condition helps only where it
 * says who may come: an external id says that the caller knows a word.
 */
#include "detect/arn.h"
#include "detect/detect.h"
#include "detect/own.h"
#include "detect/policy.h"
#include "detect/tools.h"
#include "iam/book.h"

enum { EXTERNAL, EVERYBODY, OIDC_UNBOUND, LAMBDA_PRIVILEGED };

static const struct str techniques[] = {STR_INIT("T1098")};

#define TRUST(name, headline, meaning)                                                             \
    {                                                                                              \
        .id = STR_INIT("faaswatch." name), .ref = STR_INIT("D58"), .title = STR_INIT(headline),    \
        .description = STR_INIT(meaning), .severity = SEVERITY_HIGH, .confidence = 0.7,            \
        .question = Q2, .indicator = KI4, .entity = ENTITY_ROLE, .techniques = techniques,         \
        .technique_count = ARRAY_LEN(techniques), .tactic = STR_INIT("persistence"), .ours = true  \
    }

static const struct detection detections[] = {
    [EXTERNAL] = TRUST("trust_external_account", "Role trusts an outside account",
                       "A trust policy lets an account take the role on that is not ours."),
    [EVERYBODY] = TRUST("trust_everybody", "Role trusts everybody",
                        "A trust policy lets anybody take the role on, in whatever account."),
    [OIDC_UNBOUND] = TRUST("trust_oidc_unbound", "Role trusts any token of an identity provider",
                           "A trust policy lets holders of a provider's tokens take the role on "
                           "without saying which subject or audience."),
    [LAMBDA_PRIVILEGED] = TRUST("trust_lambda_privileged", "Privileged role trusts Lambda",
                                "A role with administrator rights can now be given to a function."),
};

struct state {
    struct map trusted;    /* account/role + principal that it is known to trust */
    struct map privileged; /* account/role -> not NULL while it has administrator rights */
};

static bool role_key(const struct detect_view *v, struct str what, struct str *out)
{
    const struct event *e = v->event;
    return arena_printf(v->arena, out, "%.*s/%.*s\n%.*s", STR_ARG(e->account),
                        STR_ARG(event_attr_get(e, ATTR_TARGET_ROLE)), STR_ARG(what));
}

/* What the role may do. ERR_NOMEM. */
static enum err_code power_of(const struct state *st, const struct detect_view *v,
                              struct iam_power *out)
{
    const struct event *e = v->event;
    struct str key;
    *out = (struct iam_power){.way = STR_EMPTY};
    if (!role_key(v, STR_EMPTY, &key)) {
        return ERR_NOMEM;
    }
    enum err_code rc = v->book == NULL
                           ? ERR_OK
                           : iam_book_power(v->book, e->account, true,
                                            event_attr_get(e, ATTR_TARGET_ROLE), out, NULL);
    if (!out->known) {
        out->administrator = map_get(&st->privileged, key) != NULL;
    }
    return rc;
}

/* ---- conditions ---- */

/* Operators that ask for a value and fail without one. */
static bool binds(struct str op)
{
    static const struct str ops[] = {STR_INIT("StringEquals"), STR_INIT("StringLike"),
                                     STR_INIT("StringEqualsIgnoreCase"), STR_INIT("ArnEquals"),
                                     STR_INIT("ArnLike")};
    struct str any = STR("ForAnyValue:");
    op = str_istarts(op, any) ? str_from(op, any.len) : op;
    for (size_t i = 0; i < ARRAY_LEN(ops); i++) {
        if (str_ieq(op, ops[i])) {
            return true;
        }
    }
    return false;
}

/* First condition that binds a key ending like this; JSON_ABSENT: none. */
static struct json_view bound(struct json_view condition, struct str key_end)
{
    struct json_view op;
    struct json_view keys;
    if (condition.kind != JSON_OBJECT) {
        return (struct json_view){0};
    }
    struct json_iter ops = json_iter_of(condition);
    while (json_iter_next(&ops, &op, &keys)) {
        struct json_view key;
        struct json_view value;
        if (keys.kind != JSON_OBJECT || !binds(str_make(op.ptr, op.len))) {
            continue;
        }
        struct json_iter it = json_iter_of(keys);
        while (json_iter_next(&it, &key, &value)) {
            if (str_iends(str_make(key.ptr, key.len), key_end)) {
                return value;
            }
        }
    }
    return (struct json_view){0};
}

/* All values are ours, and there is one. */
static bool all_ours(const struct detect_view *v, struct json_view values)
{
    struct text_iter it = text_iter_of(values);
    struct str text;
    bool any = false;
    while (text_next(&it, v->arena, &text)) {
        struct str organization = v->context->env.organization;
        bool ours = own_account(v, arn_account(text)) ||
                    (organization.len > 0 && str_eq(text, organization));
        if (!ours) {
            return false;
        }
        any = true;
    }
    return any;
}

/* "Everybody" is meant, but a condition lets only ours in. */
static bool only_ours(const struct detect_view *v, struct json_view condition)
{
    static const struct str keys[] = {STR_INIT("aws:PrincipalOrgID"),
                                      STR_INIT("aws:PrincipalAccount"),
                                      STR_INIT("aws:PrincipalArn"), STR_INIT("aws:SourceAccount")};
    for (size_t i = 0; i < ARRAY_LEN(keys); i++) {
        if (all_ours(v, bound(condition, keys[i]))) {
            return true;
        }
    }
    return false;
}

/* ---- principals ---- */

/* Report a principal that the role is not known to trust yet. */
static enum err_code tell(struct state *st, const struct detect_view *v, int which,
                          enum severity severity, struct str principal, const char *why)
{
    const struct event *e = v->event;
    struct str key;
    if (!role_key(v, principal, &key)) {
        return ERR_NOMEM;
    }
    if (map_find(&st->trusted, key) != NULL) {
        return ERR_OK;
    }
    if (event_ok(e) && map_put(&st->trusted, key) == NULL) {
        return ERR_NOMEM;
    }
    struct iam_power power;
    if (power_of(st, v, &power) != ERR_OK) {
        return ERR_NOMEM;
    }
    bool worst = power.administrator && severity == SEVERITY_HIGH && which != LAMBDA_PRIVILEGED;
    const char *can = !worst               ? ""
                      : power.way.len == 0 ? "; the role has administrator rights"
                                           : "; the role can become administrator by ";
    return detect_say(v, &detections[which], worst ? SEVERITY_CRITICAL : severity,
                      "role %.*s trusts %.*s%s, set by %.*s%s%.*s",
                      SAY(event_attr_get(e, ATTR_TARGET_ROLE)), SAY(principal), why,
                      SAY(event_who(e)), can, STR_ARG(worst ? power.way : STR_EMPTY));
}

static enum err_code look_at_aws(struct state *st, const struct detect_view *v,
                                 const struct statement *s, struct str principal)
{
    if (str_eq(principal, STR("*"))) {
        return only_ours(v, s->condition)
                   ? ERR_OK
                   : tell(st, v, EVERYBODY, SEVERITY_HIGH, STR("everybody"),
                          s->condition.kind == JSON_ABSENT ? ""
                                                           : "; its condition does not say who");
    }
    switch (own_of(v, principal, STR("sts:AssumeRole"))) {
    case OWNER_FOREIGN:
        return tell(st, v, EXTERNAL, SEVERITY_HIGH, principal, ", which is not ours");
    case OWNER_VENDOR:
        return tell(st, v, EXTERNAL, SEVERITY_LOW, principal, ", a vendor of --env");
    case OWNER_OURS:
    case OWNER_UNKNOWN:
    default:
        return ERR_OK;
    }
}

/* A subject pattern that a stranger's token fulfils. */
static bool is_broad(const struct detect_view *v, struct json_view values)
{
    struct text_iter it = text_iter_of(values);
    struct str pattern;
    while (text_next(&it, v->arena, &pattern)) {
        if (policy_glob(pattern, STR("repo:zz9/zz9:ref:refs/heads/zz9")) ||
            policy_glob(pattern, STR("zz9"))) {
            return true;
        }
    }
    return false;
}

static enum err_code look_at_federated(struct state *st, const struct detect_view *v,
                                       const struct statement *s, struct str provider)
{
    struct json_view sub = bound(s->condition, STR(":sub"));
    struct json_view aud = bound(s->condition, STR(":aud"));
    bool cognito = str_find(provider, STR("cognito-identity")) != SIZE_MAX;
    if (arn_account(provider).len > 0 && !own_account(v, arn_account(provider))) {
        return tell(st, v, EXTERNAL, SEVERITY_HIGH, provider, ", a provider that is not ours");
    }
    if (str_find(provider, STR(":saml-provider/")) != SIZE_MAX) {
        return ERR_OK;
    }
    /* Tokens of Cognito are told apart by their pool, which is the audience. */
    if (!cognito && (sub.kind == JSON_ABSENT || is_broad(v, sub))) {
        return tell(st, v, OIDC_UNBOUND, SEVERITY_HIGH, provider,
                    sub.kind == JSON_ABSENT ? " whatever the subject"
                                            : " for subjects that anybody can have");
    }
    if (aud.kind == JSON_ABSENT) {
        return tell(st, v, OIDC_UNBOUND, cognito ? SEVERITY_HIGH : SEVERITY_MEDIUM, provider,
                    " whatever the audience");
    }
    return ERR_OK;
}

static enum err_code look_at_service(struct state *st, const struct detect_view *v,
                                     struct str service)
{
    struct iam_power power;
    if (!str_eq(service, STR("lambda.amazonaws.com"))) {
        return ERR_OK;
    }
    enum err_code rc = power_of(st, v, &power);
    return rc != ERR_OK || !power.administrator
               ? rc
               : tell(st, v, LAMBDA_PRIVILEGED, SEVERITY_HIGH, service,
                      " and has administrator rights, or a way to them");
}

typedef enum err_code (*look_fn)(struct state *st, const struct detect_view *v,
                                 const struct statement *s, struct str principal);

static enum err_code look_at_service_of(struct state *st, const struct detect_view *v,
                                        const struct statement *s, struct str principal)
{
    (void)s;
    return look_at_service(st, v, principal);
}

static enum err_code each_of(struct state *st, const struct detect_view *v,
                             const struct statement *s, struct json_view values, look_fn look)
{
    struct text_iter it = text_iter_of(values);
    struct str text;
    enum err_code rc = ERR_OK;
    while (rc == ERR_OK && text_next(&it, v->arena, &text)) {
        rc = look(st, v, s, text);
    }
    return rc;
}

static enum err_code look_at_statement(struct state *st, const struct detect_view *v,
                                       const struct statement *s)
{
    struct json_view p = s->principal;
    if (s->not_principal.kind != JSON_ABSENT) {
        return tell(st, v, EVERYBODY, SEVERITY_HIGH, STR("everybody but a few"), "");
    }
    if (p.kind == JSON_STRING) {
        return each_of(st, v, s, p, look_at_aws);
    }
    enum err_code rc = each_of(st, v, s, policy_member(p, STR("AWS")), look_at_aws);
    rc = rc != ERR_OK ? rc
                      : each_of(st, v, s, policy_member(p, STR("Federated")), look_at_federated);
    return rc != ERR_OK ? rc
                        : each_of(st, v, s, policy_member(p, STR("Service")), look_at_service_of);
}

/* ---- plug-in ---- */

/* Keep in mind which roles have administrator rights. */
static enum err_code learn(struct state *st, const struct detect_view *v)
{
    const struct event *e = v->event;
    bool admin = policy_is_admin(event_attr_get(e, ATTR_POLICY_ARN));
    bool gained = admin && str_eq(e->action, STR("AttachRolePolicy"));
    bool lost = admin && str_eq(e->action, STR("DetachRolePolicy"));
    struct str key;
    if (str_eq(e->action, STR("PutRolePolicy"))) {
        struct str document = event_attr_get(e, ATTR_POLICY_DOCUMENT);
        gained = policy_width_of(document, e->account, v->arena).breadth == BREADTH_EVERYTHING;
    }
    if (!event_ok(e) || (!gained && !lost)) {
        return ERR_OK;
    }
    if (!role_key(v, STR_EMPTY, &key)) {
        return ERR_NOMEM;
    }
    struct map_entry *entry = map_put(&st->privileged, key);
    if (entry == NULL) {
        return ERR_NOMEM;
    }
    entry->value = gained ? st : NULL;
    return ERR_OK;
}

static enum err_code on_event(void *state, const struct detect_view *v, struct err *err)
{
    struct state *st = state;
    const struct event *e = v->event;
    struct statement s;
    (void)err;
    if (!str_eq(e->service, STR("iam.amazonaws.com"))) {
        return ERR_OK;
    }
    enum err_code rc = learn(st, v);
    struct policy_iter it = policy_iter_of(event_attr_get(e, ATTR_TRUST_DOCUMENT));
    while (rc == ERR_OK && policy_next(&it, &s)) {
        rc = s.allow ? look_at_statement(st, v, &s) : ERR_OK;
    }
    return rc;
}

static void release(void *state)
{
    struct state *st = state;
    map_free(&st->trusted);
    map_free(&st->privileged);
}

const struct detect_ops detect_trust_open = {
    .detections = detections,
    .detection_count = ARRAY_LEN(detections),
    .state_size = sizeof(struct state),
    .on_event = on_event,
    .release = release,
};
