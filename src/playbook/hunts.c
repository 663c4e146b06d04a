/*
 * hunts - where else to look: the marks of this case that would show it in other places.
 */
#include "base/map.h"
#include "model/flow.h"
#include "playbook/inquiry.h"

enum { HUNTS_MAX = 24 };

struct hunter {
    struct inquiry *q;
    struct map seen;
};

/* A value that says nothing: it would fit everywhere. */
static bool is_empty(struct str value)
{
    return value.len == 0 || str_eq(value, STR("*"));
}

/* Each mark once. */
static bool look(struct hunter *h, enum mark_kind kind, struct str value, bool external)
{
    struct case_file *c = h->q->file;
    struct mark mark = {.kind = kind, .value = value, .external = external};
    struct str text;
    if (is_empty(value) || c->hunts.len >= HUNTS_MAX) {
        return true;
    }
    if (!mark_text(kind, value, h->q->arena, &text)) {
        return false;
    }
    struct map_entry *e = map_put(&h->seen, text);
    if (e == NULL) {
        return false;
    }
    if (e->value != NULL) {
        return true;
    }
    e->value = h;
    return VEC_PUSH(&c->marks, mark) && VEC_PUSH(&c->hunts, text);
}

/* "arn:aws:lambda:eu-west-1:999988887777:layer:x:1", "999988887777" -> the account; else "". */
static struct str account_of(struct str text)
{
    struct str rest = text;
    struct str piece = text;
    for (unsigned i = 0; str_starts(text, STR("arn:")) && i < 5; i++) {
        if (!str_cut(&rest, ':', &piece)) {
            return STR_EMPTY;
        }
    }
    uint64_t number;
    return piece.len == 12 && str_u64(piece, &number) ? piece : STR_EMPTY;
}

/* Of another account than the one acted on and those that --env lists. */
static bool is_foreign(const struct inquiry *q, const struct event *e, struct str text)
{
    struct str account = account_of(text);
    return account.len > 0 && !str_eq(account, e->account) &&
           !env_account_is_ours(&q->judge->context->env, account);
}

static bool is_external(const struct inquiry *q, const struct event *e, enum mark_kind kind,
                        struct str value)
{
    switch ((unsigned)kind) {
    case MARK_CODE_HASH:
        return true; /* names nothing of ours */
    case MARK_LAYER:
    case MARK_GRANT_PRINCIPAL:
    case MARK_DESTINATION:
        return is_foreign(q, e, value);
    case MARK_HOST:
        return e->kind == EVENT_TRAFFIC && e->function.name.len == 0;
    default:
        return false;
    }
}

/* "https://x.on.aws/path" -> "x.on.aws" */
static struct str host_of(struct str url)
{
    size_t scheme = str_find(url, STR("://"));
    struct str rest = scheme == SIZE_MAX ? url : str_from(url, scheme + 3);
    size_t end = 0;
    while (end < rest.len && rest.ptr[end] != '/' && rest.ptr[end] != ':' && rest.ptr[end] != '?') {
        end++;
    }
    return str_head(rest, end);
}

static bool hunt_attrs(struct hunter *h, const struct event *e)
{
    static const struct {
        enum event_attr id;
        enum mark_kind kind;
    } marks[] = {
        {ATTR_CODE_HASH, MARK_CODE_HASH},
        {ATTR_LAYER, MARK_LAYER},
        {ATTR_CODE_LOCATION, MARK_CODE_LOCATION},
        {ATTR_HANDLER, MARK_HANDLER},
        {ATTR_STATEMENT_ID, MARK_STATEMENT_ID},
        {ATTR_GRANT_PRINCIPAL, MARK_GRANT_PRINCIPAL},
        {ATTR_ROLE, MARK_ROLE},
        {ATTR_DESTINATION, MARK_DESTINATION},
        {ATTR_ISSUED_KEY, MARK_ISSUED_KEY},
        {ATTR_TARGET_USER, MARK_TARGET_USER},
        {ATTR_TARGET_ROLE, MARK_TARGET_ROLE},
        {ATTR_URL, MARK_HOST},
    };
    for (size_t i = 0; i < ARRAY_LEN(marks); i++) {
        for (size_t k = 0; k < e->attr_count; k++) {
            struct str value =
                marks[i].kind == MARK_HOST ? host_of(e->attrs[k].value) : e->attrs[k].value;
            if (e->attrs[k].id == marks[i].id &&
                !look(h, marks[i].kind, value, is_external(h->q, e, marks[i].kind, value))) {
                return false;
            }
        }
    }
    return true;
}

/* What the network saw of a contact: the name, and how the client shook hands. */
static bool hunt_flow(struct hunter *h, const struct event *e)
{
    struct str host = host_of(event_attr_get(e, ATTR_URL));
    return look(h, MARK_HOST, host, is_external(h->q, e, MARK_HOST, host)) &&
           (e->flow == NULL ||
            (look(h, MARK_JA3, e->flow->ja3, true) && look(h, MARK_JA4, e->flow->ja4, true)));
}

/* Feeds list names too: those stand among the addresses. */
static bool hunt_address(struct hunter *h, const struct event *e, const struct subject_address *at)
{
    struct ip ip;
    if (at->own) {
        return true;
    }
    if (!ip_parse(at->text, &ip)) {
        return look(h, MARK_HOST, host_of(at->text), is_external(h->q, e, MARK_HOST, at->text));
    }
    return look(h, MARK_ADDRESS, at->text, !ip_is_private(&ip));
}

static bool hunt_who(struct hunter *h, const struct subject *s)
{
    const struct event *e = s->event;
    for (size_t i = 0; i < s->address_count; i++) {
        if (!hunt_address(h, e, &s->addresses[i])) {
            return false;
        }
    }
    bool named = e->actor != NULL && e->actor->kind != IDENTITY_ANONYMOUS;
    return look(h, MARK_ACCESS_KEY, e->who.access_key, false) &&
           look(h, MARK_SESSION_NAME, e->who.session_name, false) &&
           (!named || look(h, MARK_ACTOR, e->actor->root, false));
}

/* Marks that many innocent records carry too: last, where there is room. */
static bool hunt_wide(struct hunter *h, const struct subject *s)
{
    const struct event *e = s->event;
    bool from_outside = s->address_count > 0 && !s->addresses[0].own;
    if (s->match != NULL && s->match->change != NULL &&
        !look(h, MARK_CHANGE, s->match->change->id, false)) {
        return false;
    }
    return (!from_outside || look(h, MARK_USER_AGENT, e->user_agent, true)) &&
           look(h, MARK_FUNCTION, e->function.name, false);
}

enum err_code inquiry_hunt(struct inquiry *q, struct err *err)
{
    struct hunter h = {.q = q};
    bool ok = true;
    /* Values of what was changed first: they are the most telling. */
    for (size_t i = 0; ok && i < q->subject_count; i++) {
        ok = !subject_is_change(&q->subjects[i]) || hunt_attrs(&h, q->subjects[i].event);
    }
    for (size_t i = 0; ok && i < q->subject_count; i++) {
        const struct event *e = q->subjects[i].event;
        ok = e->kind != EVENT_TRAFFIC || hunt_flow(&h, e);
    }
    for (size_t i = 0; ok && i < q->subject_count; i++) {
        ok = hunt_who(&h, &q->subjects[i]);
    }
    for (size_t i = 0; ok && i < q->subject_count; i++) {
        ok = !subject_is_change(&q->subjects[i]) || hunt_wide(&h, &q->subjects[i]);
    }
    map_free(&h.seen);
    return ok ? ERR_OK : inquiry_no_memory(q, err);
}
