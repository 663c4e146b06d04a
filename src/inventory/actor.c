/*
 * actor - the root identity behind a session.
 *
 * A session's access key leads to the call that handed it out, and that call's own identity
 * further back, through accounts, in whatever order the files came. What counts at the end of
 * the way, first match:
 *
 *   sourceIdentity     set once, kept through all later sessions; but a user or person whom the
 *                      way itself proves, under another name, outweighs the text that was set,
 *                      and what a session set by itself (AssumeRole) is no more than its word
 *   token's subject    OIDC, SAML: named by the provider that signed it
 *   single sign-on     the person is the session's name, which the provider set
 *   user, root         the credentials are its own
 *   service account    of Google Cloud: itself
 *   role               not resolved, unless a service runs it
 *
 * A role's session name is text the actor wrote. It is never the actor. Users and persons of
 * accounts that are not ours are strangers, whatever they are called.
 */
#include "inventory/inventory_priv.h"

enum {
    CHAIN_MAX = 16,    /* sessions one behind the other */
    ACCOUNTS_MAX = 256 /* more are not told apart */
};

/* Where the way back ends. */
struct root {
    struct str text;
    struct str account;
    enum identity_kind kind;
    bool resolved;
};

/* ---- texts ---- */

static struct str after_last(struct str s, char c)
{
    size_t at = str_rchr(s, c);
    return at == SIZE_MAX ? s : str_from(s, at + 1);
}

static struct str scratch(struct inventory *inv)
{
    return inv->scratch.failed ? STR_EMPTY : buf_str(&inv->scratch);
}

static struct str made(struct inventory *inv, const char *kind, struct str account, struct str name)
{
    buf_reset(&inv->scratch);
    buf_printf(&inv->scratch, "arn:aws:iam::%.*s:%s%.*s", STR_ARG(account), kind, STR_ARG(name));
    return scratch(inv);
}

/* The role's ARN, as the session says it or put together from what it says. */
static struct str role_text(struct inventory *inv, const struct identity *w)
{
    if (w->role.len != 0) {
        return w->role;
    }
    if (w->name.len != 0 && w->account.len != 0) {
        return made(inv, "role/", w->account, w->name);
    }
    return w->principal.len != 0 ? w->principal : w->principal_id;
}

static struct str user_text(struct inventory *inv, const struct identity *w)
{
    if (w->principal.len != 0) {
        return w->principal;
    }
    if (w->name.len != 0) {
        return made(inv, "user/", w->account, w->name);
    }
    return w->principal_id.len != 0 ? w->principal_id : w->access_key;
}

/* Subjects that CI systems put into their tokens. */
static bool is_ci_subject(struct str s)
{
    static const struct str starts[] = {STR_INIT("repo:"), STR_INIT("project_path:"),
                                        STR_INIT("organization:"), STR_INIT("pipeline:")};
    for (size_t i = 0; i < ARRAY_LEN(starts); i++) {
        if (str_starts(s, starts[i])) {
            return true;
        }
    }
    return str_starts(s, STR("org/")) && str_find(s, STR("/project/")) != SIZE_MAX;
}

/* Subjects of machines that no person stands behind. */
static bool is_workload(struct str s)
{
    return str_starts(s, STR("system:serviceaccount:"));
}

/* A service account of Google Cloud is a principal of its own: the record says when somebody acts
 * through it, and who. */
static bool is_service_account(const struct identity *w)
{
    return str_ends(w->role, STR(".gserviceaccount.com"));
}

/* ---- the way back ---- */

/* A user or person under one name and a source identity under another? "ana" and
 * "ana@example.com" are the same. */
static bool same_name(struct str a, struct str b)
{
    return str_ieq(str_head(a, str_chr(a, '@')), str_head(b, str_chr(b, '@')));
}

static bool is_proven(enum identity_kind k)
{
    return k == IDENTITY_USER || k == IDENTITY_SSO || k == IDENTITY_ROOT;
}

static bool is_stranger(const struct inventory *inv, const struct identity *w)
{
    return w->account.len != 0 && !inventory_account_is_ours(inv, w->account);
}

static struct root end_of(struct inventory *inv, const struct identity *w)
{
    bool known = !is_stranger(inv, w);
    switch (w->kind) {
    case IDENTITY_SSO:
        if (!known && w->principal.len != 0) {
            return (struct root){w->principal, w->account, w->kind, false};
        }
        return (struct root){w->session_name, STR_EMPTY, w->kind,
                             known && w->session_name.len != 0};
    case IDENTITY_USER:
        return (struct root){user_text(inv, w), w->account, w->kind, known};
    case IDENTITY_ROOT:
        return (struct root){w->principal.len != 0 ? w->principal
                                                   : made(inv, "root", w->account, STR_EMPTY),
                             w->account, w->kind, known};
    case IDENTITY_SERVICE:
        return (struct root){w->invoked_by.len != 0 ? w->invoked_by : w->principal, STR_EMPTY,
                             w->kind, true};
    case IDENTITY_ANONYMOUS:
        return (struct root){STR("anonymous"), STR_EMPTY, w->kind, true};
    case IDENTITY_ROLE:
        return (struct root){role_text(inv, w), w->account, w->kind, is_service_account(w)};
    case IDENTITY_FEDERATED:
        return (struct root){user_text(inv, w), w->account, w->kind, false};
    case IDENTITY_ACCOUNT:
    case IDENTITY_UNKNOWN:
    case IDENTITY_KIND_MAX_:
        break;
    }
    struct str text = w->principal.len != 0      ? w->principal
                      : w->principal_id.len != 0 ? w->principal_id
                      : w->name.len != 0         ? w->name
                                                 : w->account;
    return (struct root){text, w->account, w->kind, false};
}

/* The identity of the call that handed out this session; NULL when it is not in the input. */
static const struct event *issuer(const struct inventory *inv, const struct identity *w)
{
    if (w->access_key.len != 0) {
        const struct event *e = map_get(&inv->issued, w->access_key);
        if (e != NULL) {
            return e;
        }
    }
    /* The role's account sees only an id of who came from another account. */
    if (w->kind == IDENTITY_ACCOUNT && w->principal_id.len != 0) {
        return map_get(&inv->users, w->principal_id);
    }
    return NULL;
}

static struct str subject_of(const struct identity *w, const struct event *issued_by)
{
    if (w->subject.len != 0 || issued_by == NULL) {
        return w->subject;
    }
    return event_attr_get(issued_by, ATTR_FEDERATED_SUBJECT);
}

/* Did the caller of AssumeRole write the source identity? What a token or assertion brings is the
 * word of its provider. */
static bool is_own_word(const struct identity *w, const struct event *from)
{
    return from != NULL && w->source_identity.len != 0 && from->who.source_identity.len == 0 &&
           str_eq(from->action, STR("AssumeRole"));
}

static struct root walk(struct inventory *inv, const struct identity *first)
{
    const struct identity *w = first;
    struct str source = w->source_identity, subject;
    struct root end;
    bool by_service = false, circle = false, claimed = false;
    for (int step = 0;; step++) {
        const struct event *from = issuer(inv, w);
        subject = subject_of(w, from);
        source = source.len != 0 ? source : w->source_identity;
        claimed = claimed || is_own_word(w, from);
        /* A service that takes up a role for itself: the role is as far as it goes. */
        by_service = from != NULL && from->who.kind == IDENTITY_SERVICE;
        circle = from != NULL && step >= CHAIN_MAX;
        if (from == NULL || by_service || circle || subject.len != 0 || &from->who == w ||
            w->kind == IDENTITY_SSO) {
            break;
        }
        w = &from->who;
    }
    end = end_of(inv, circle ? first : w);
    end.resolved = !circle && (end.resolved || by_service);
    if (subject.len != 0 && !circle) {
        enum identity_kind kind = is_workload(subject) ? IDENTITY_ROLE : IDENTITY_FEDERATED;
        end = (struct root){subject, STR_EMPTY, kind, true};
    }
    bool proven = is_proven(end.kind) && end.resolved;
    struct str name = end.kind == IDENTITY_SSO ? end.text : after_last(end.text, '/');
    if (source.len != 0 && ((!proven && !claimed) || (end.resolved && same_name(source, name)))) {
        end = (struct root){source, STR_EMPTY, proven ? end.kind : IDENTITY_FEDERATED, true};
    }
    return end;
}

/* ---- one object a root ---- */

static bool matches(const struct str_list *patterns, struct str root)
{
    return env_any(patterns, root) || env_any(patterns, after_last(root, '/'));
}

static bool is_named_pipeline(const struct env *env, struct str root)
{
    for (size_t i = 0; i < env->pipelines.len; i++) {
        if (env_pattern(env->pipelines.at[i].name, root)) {
            return true;
        }
    }
    return false;
}

static const struct actor *intern(struct inventory *inv, const struct root *r)
{
    struct str text = r->text.len != 0 ? r->text : STR("unknown");
    CLEANUP(buf_free) struct buf key;
    buf_init(&key, 0);
    buf_addc(&key, r->resolved ? '+' : '-');
    buf_add(&key, text);
    struct map_entry *m = key.failed ? NULL : map_intern(&inv->actors, &inv->arena, buf_str(&key));
    if (m == NULL || m->value != NULL) {
        return m == NULL ? NULL : m->value;
    }
    struct actor_entry *a = ARENA_NEW(&inv->arena, struct actor_entry);
    if (a == NULL) {
        return NULL;
    }
    const struct env *env = &inv->context->env;
    a->actor = (struct actor){.root = str_from(m->key, 1),
                              .account = r->account,
                              .kind = r->kind,
                              .resolved = r->resolved};
    a->actor.shared = matches(&env->shared_accounts, a->actor.root);
    a->actor.pipeline = (r->kind == IDENTITY_FEDERATED && is_ci_subject(a->actor.root)) ||
                        is_named_pipeline(env, a->actor.root);
    m->value = a;
    return &a->actor;
}

/* ---- all of them ---- */

/* How much an identity says: both accounts of a call across them record it, one with an id only. */
static int weight(const struct identity *w)
{
    return (w->kind != IDENTITY_ACCOUNT && w->kind != IDENTITY_UNKNOWN ? 2 : 0) +
           (w->access_key.len != 0);
}

static bool note(struct inventory *inv, struct event *e)
{
    struct str key = event_attr_get(e, ATTR_ISSUED_KEY);
    if (e->kind == EVENT_ASSUME && e->outcome == OUTCOME_OK && key.len != 0) {
        struct map_entry *m = map_put(&inv->issued, key);
        if (m == NULL) {
            return false;
        }
        const struct event *had = m->value;
        if (had == NULL || weight(&had->who) < weight(&e->who)) {
            m->value = e;
        }
    }
    if (e->who.kind == IDENTITY_USER && e->who.principal_id.len != 0) {
        struct map_entry *m = map_put(&inv->users, e->who.principal_id);
        if (m == NULL) {
            return false;
        }
        m->value = m->value == NULL ? e : m->value;
    }
    if (e->shared_id.len != 0) {
        struct map_entry *m = map_put(&inv->shared, e->shared_id);
        if (m == NULL) {
            return false;
        }
        const struct event *had = m->value;
        if (had == NULL || weight(&had->who) < weight(&e->who)) {
            m->value = e;
        }
    }
    if (!e->sign_in && e->account.len != 0 && map_put(&inv->accounts, e->account) == NULL) {
        return false;
    }
    return true;
}

/* Of the two records of a call across accounts, the caller's own says who it was. */
static const struct identity *fullest(const struct inventory *inv, const struct event *e)
{
    if (e->who.kind != IDENTITY_ACCOUNT || e->shared_id.len == 0) {
        return &e->who;
    }
    const struct event *other = map_get(&inv->shared, e->shared_id);
    return other != NULL && weight(&other->who) > weight(&e->who) ? &other->who : &e->who;
}

bool actor_resolve_all(struct inventory *inv, struct event **events, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        if (!note(inv, events[i])) {
            return false;
        }
    }
    for (size_t i = 0; i < count; i++) {
        struct root r = walk(inv, fullest(inv, events[i]));
        events[i]->actor = intern(inv, &r);
        if (events[i]->actor == NULL) {
            return false;
        }
    }
    return true;
}

bool actor_note_account(struct inventory *inv, const struct event *e)
{
    if (e->outcome != OUTCOME_OK || e->account.len == 0 || e->sign_in) {
        return true;
    }
    /* Every event's actor was made by intern. */
    struct actor_entry *a = (struct actor_entry *)(uintptr_t)e->actor;
    return a->accounts.len >= ACCOUNTS_MAX ||
           state_list_add(&inv->arena, &a->accounts, e->account, true);
}
