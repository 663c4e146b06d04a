#include "model/event.h"

#include <string.h>

bool function_key_eq(const struct function_key *a, const struct function_key *b)
{
    return str_eq(a->name, b->name) && str_eq(a->account, b->account) &&
           str_eq(a->region, b->region) && str_eq(a->provider, b->provider);
}

bool function_key_text(const struct function_key *k, struct arena *a, struct str *out)
{
    const struct str parts[] = {k->provider, k->account, k->region, k->name};
    size_t len = ARRAY_LEN(parts);
    for (size_t i = 0; i < ARRAY_LEN(parts); i++) {
        len += parts[i].len;
    }
    char *text = arena_alloc_raw(a, len, 1, 1);
    char *p = text;
    for (size_t i = 0; p != NULL && i < ARRAY_LEN(parts); i++) {
        if (parts[i].len > 0) {
            memcpy(p, parts[i].ptr, parts[i].len);
        }
        p += parts[i].len;
        *p++ = i + 1 < ARRAY_LEN(parts) ? '/' : '\0';
    }
    *out = (struct str){text, len - 1};
    return p != NULL;
}

const char *event_attr_name(enum event_attr id)
{
    static const char *const names[ATTR_MAX_] = {
#define EVENT_ATTR(id, name, doc) [ATTR_##id] = name,
#include "model/attr.def"
#undef EVENT_ATTR
    };
    return (unsigned)id < ATTR_MAX_ ? names[id] : "unknown";
}

const char *identity_kind_name(enum identity_kind k)
{
    static const char *const names[IDENTITY_KIND_MAX_] = {
        [IDENTITY_UNKNOWN] = "unknown",     [IDENTITY_ROOT] = "root",
        [IDENTITY_USER] = "user",           [IDENTITY_ROLE] = "role",
        [IDENTITY_FEDERATED] = "federated", [IDENTITY_SSO] = "sso",
        [IDENTITY_SERVICE] = "service",     [IDENTITY_ACCOUNT] = "account",
        [IDENTITY_ANONYMOUS] = "anonymous",
    };
    return (unsigned)k < IDENTITY_KIND_MAX_ ? names[k] : "unknown";
}

struct str event_attr_get(const struct event *e, enum event_attr id)
{
    for (size_t i = 0; i < e->attr_count; i++) {
        if (e->attrs[i].id == id) {
            return e->attrs[i].value;
        }
    }
    return STR_EMPTY;
}

bool event_has(const struct event *e, enum event_attr id)
{
    for (size_t i = 0; i < e->attr_count; i++) {
        if (e->attrs[i].id == id) {
            return true;
        }
    }
    return false;
}

bool event_attr_is(const struct event *e, enum event_attr id, struct str value)
{
    for (size_t i = 0; i < e->attr_count; i++) {
        if (e->attrs[i].id == id && str_eq(e->attrs[i].value, value)) {
            return true;
        }
    }
    return false;
}

#define CMP(a, b) (((a) > (b)) - ((a) < (b)))

int origin_cmp(const struct origin *a, const struct origin *b)
{
    int d = CMP(a->file, b->file);
    d = d != 0 ? d : CMP(a->offset, b->offset);
    return d != 0 ? d : CMP(a->inner, b->inner);
}

int event_cmp(const struct event *a, const struct event *b)
{
    int d = CMP(a->time_us, b->time_us);
    bool same_source = a->source.ptr == b->source.ptr && a->source.len == b->source.len;
    d = d != 0 || same_source ? d : str_cmp(a->source, b->source);
    d = d != 0 ? d : str_cmp(a->record_id, b->record_id);
    return d != 0 ? d : origin_cmp(&a->origin, &b->origin);
}

int event_ptr_cmp(const void *a, const void *b)
{
    const struct event *const *x = a;
    const struct event *const *y = b;
    return event_cmp(*x, *y);
}
