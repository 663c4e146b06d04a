#include <string.h>

#include "model/case_file.h"
#include "model/flow.h"

struct mark_words {
    const char *name, *before, *after;
};

static const struct mark_words mark_table[MARK_MAX_] = {
#define MARK(id, name, before, after) [MARK_##id] = {name, before, after},
#include "model/mark.def"
#undef MARK
};

const char *mark_kind_name(enum mark_kind k)
{
    return (unsigned)k < MARK_MAX_ ? mark_table[k].name : "unknown";
}

bool mark_kind_parse(struct str name, enum mark_kind *out)
{
    for (unsigned k = 0; k < MARK_MAX_; k++) {
        if (str_eq(name, str_of(mark_table[k].name))) {
            *out = (enum mark_kind)k;
            return true;
        }
    }
    return false;
}

bool mark_text(enum mark_kind k, struct str value, struct arena *a, struct str *out)
{
    return arena_printf(a, out, "%s%.*s%s", mark_table[k].before, STR_ARG(value),
                        mark_table[k].after);
}

/* ---- which events carry it ---- */

/* The name at the end of an ARN or path. */
static struct str last_part(struct str s)
{
    size_t slash = str_rchr(s, '/');
    return slash == SIZE_MAX ? s : str_from(s, slash + 1);
}

static bool is_address(struct str value, const struct event *e)
{
    struct ip ip;
    if (str_eq(e->address, value) || event_attr_is(e, ATTR_CLIENT, value)) {
        return value.len > 0;
    }
    const struct flow *f = e->flow;
    if (f == NULL || !ip_parse(value, &ip)) {
        return false;
    }
    return (f->has_client && memcmp(&f->client, &ip, sizeof(ip)) == 0) ||
           (f->has_server && memcmp(&f->server, &ip, sizeof(ip)) == 0);
}

/* A name, or a URL of it. */
static bool names_host(struct str text, struct str host)
{
    size_t scheme = str_find(text, STR("://"));
    struct str rest = scheme == SIZE_MAX ? text : str_from(text, scheme + 3);
    return str_istarts(rest, host) &&
           (rest.len == host.len || (rest.ptr[host.len] != '.' && rest.ptr[host.len] != '-' &&
                                     !chr_is_alnum(rest.ptr[host.len])));
}

static bool is_host(struct str value, const struct event *e)
{
    for (size_t i = 0; i < e->attr_count; i++) {
        if ((e->attrs[i].id == ATTR_URL || e->attrs[i].id == ATTR_HOST) &&
            names_host(e->attrs[i].value, value)) {
            return true;
        }
    }
    return event_attr_is(e, ATTR_TARGET, value) ||
           (e->flow != NULL && str_ieq(e->flow->host, value));
}

static bool is_user(struct str value, const struct event *e)
{
    return event_attr_is(e, ATTR_TARGET_USER, value) ||
           (e->who.kind == IDENTITY_USER && str_eq(e->who.name, value));
}

static bool is_role(struct str value, const struct event *e)
{
    struct str name = last_part(value);
    return event_attr_is(e, ATTR_ROLE, value) || event_attr_is(e, ATTR_ASSUMED_ROLE, value) ||
           str_eq(last_part(event_attr_get(e, ATTR_ASSUMED_ROLE)), name) ||
           event_attr_is(e, ATTR_TARGET_ROLE, name) ||
           (e->who.role.len > 0 && str_eq(last_part(e->who.role), name));
}

static bool is_actor(struct str value, const struct event *e)
{
    return (e->actor != NULL && str_eq(e->actor->root, value)) || str_eq(e->who.principal, value) ||
           str_eq(e->who.role, value) || str_eq(e->who.subject, value) ||
           str_eq(e->who.session_name, value) || str_eq(e->who.source_identity, value);
}

static bool is_key(struct str value, const struct event *e)
{
    return str_eq(e->who.access_key, value) || event_attr_is(e, ATTR_ISSUED_KEY, value) ||
           event_attr_is(e, ATTR_TARGET_KEY, value);
}

/* At most `most` letters differ (Levenshtein), for names of up to 64 bytes. */
static bool is_near(struct str a, struct str b, size_t most)
{
    enum { NAME_MAX_BYTES = 64 };
    size_t row[NAME_MAX_BYTES + 1];
    if (a.len > NAME_MAX_BYTES || b.len > NAME_MAX_BYTES) {
        return str_eq(a, b);
    }
    for (size_t k = 0; k <= b.len; k++) {
        row[k] = k;
    }
    for (size_t i = 0; i < a.len; i++) {
        size_t corner = row[0];
        row[0] = i + 1;
        for (size_t k = 0; k < b.len; k++) {
            size_t swap = corner + (chr_lower(a.ptr[i]) == chr_lower(b.ptr[k]) ? 0 : 1);
            size_t edge = (row[k] < row[k + 1] ? row[k] : row[k + 1]) + 1;
            corner = row[k + 1];
            row[k + 1] = swap < edge ? swap : edge;
        }
    }
    return row[b.len] <= most;
}

/* Short names differ in a letter by chance. */
static bool is_function(struct str value, const struct event *e)
{
    struct str name = e->function.name;
    return name.len > 0 && (str_eq(name, value) || is_near(name, value, value.len / 6));
}

static bool is_change(struct str value, const struct event *e)
{
    for (size_t i = 0; i < e->attr_count; i++) {
        if (e->attrs[i].id == ATTR_DESCRIPTION && str_has_word(e->attrs[i].value, value, "-_")) {
            return true;
        }
    }
    return str_has_word(e->who.session_name, value, "_");
}

bool mark_fits(const struct mark *m, const struct event *e)
{
    switch (m->kind) {
    case MARK_CODE_HASH:
        return event_attr_is(e, ATTR_CODE_HASH, m->value);
    case MARK_LAYER:
        return event_attr_is(e, ATTR_LAYER, m->value);
    case MARK_CODE_LOCATION:
        return event_attr_is(e, ATTR_CODE_LOCATION, m->value);
    case MARK_HANDLER:
        return event_attr_is(e, ATTR_HANDLER, m->value);
    case MARK_STATEMENT_ID:
        return event_attr_is(e, ATTR_STATEMENT_ID, m->value);
    case MARK_GRANT_PRINCIPAL:
        return event_attr_is(e, ATTR_GRANT_PRINCIPAL, m->value);
    case MARK_ROLE:
    case MARK_TARGET_ROLE:
        return is_role(m->value, e);
    case MARK_DESTINATION:
        return event_attr_is(e, ATTR_DESTINATION, m->value);
    case MARK_ISSUED_KEY:
    case MARK_ACCESS_KEY:
        return is_key(m->value, e);
    case MARK_TARGET_USER:
        return is_user(m->value, e);
    case MARK_HOST:
        return is_host(m->value, e);
    case MARK_JA3:
        return e->flow != NULL && str_eq(e->flow->ja3, m->value);
    case MARK_JA4:
        return e->flow != NULL && str_eq(e->flow->ja4, m->value);
    case MARK_ADDRESS:
        return is_address(m->value, e);
    case MARK_SESSION_NAME:
        return str_eq(e->who.session_name, m->value) ||
               event_attr_is(e, ATTR_SESSION_NAME, m->value);
    case MARK_ACTOR:
        return is_actor(m->value, e);
    case MARK_USER_AGENT:
        return str_eq(e->user_agent, m->value) ||
               (e->flow != NULL && str_eq(e->flow->user_agent, m->value));
    case MARK_CHANGE:
        return is_change(m->value, e);
    case MARK_FUNCTION:
        return is_function(m->value, e);
    case MARK_MAX_:
        break;
    }
    return false;
}
