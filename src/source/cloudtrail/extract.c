#include "source/cloudtrail/extract.h"

#include "source/cloudtrail/policy.h"
#include "source/cloudtrail/text.h"

struct json_view ct_view(const struct record *r, enum ct_field f)
{
    struct json_view v = record_view(r, f);
    if (v.kind == JSON_NULL || v.through != 0) {
        v.kind = JSON_ABSENT;
    }
    return v;
}

struct str ct_view_str(struct ct_extract *x, struct json_view v)
{
    struct str out = STR_EMPTY;
    if (LIKELY(!v.escaped)) {
        return v.kind == JSON_STRING ? (struct str){v.ptr, v.len} : out;
    }
    if (v.kind == JSON_STRING && !json_text(v, x->a, &out)) {
        x->full = true;
        return STR_EMPTY;
    }
    return out;
}

struct str ct_str(struct ct_extract *x, enum ct_field f)
{
    return ct_view_str(x, ct_view(x->r, f));
}

void ct_mark(struct ct_extract *x, enum event_attr id, struct str value)
{
    if (x->count < CT_ATTRS_MAX) {
        x->attr[x->count++] = (struct attr){id, value};
    }
}

void ct_add(struct ct_extract *x, enum event_attr id, struct str value)
{
    if (value.len != 0) {
        ct_mark(x, id, value);
    }
}

void ct_add_joined(struct ct_extract *x, enum event_attr id, struct str a, const char *between,
                   struct str b)
{
    struct str out;
    if (!arena_printf(x->a, &out, "%.*s%s%.*s", STR_ARG(a), between, STR_ARG(b))) {
        x->full = true;
        return;
    }
    ct_add(x, id, out);
}

bool ct_added(const struct ct_extract *x, enum event_attr id)
{
    for (size_t i = 0; i < x->count; i++) {
        if (x->attr[i].id == id) {
            return true;
        }
    }
    return false;
}

/* Text of a scalar: numbers and literals as they stand. */
static struct str scalar(struct ct_extract *x, struct json_view v)
{
    if (v.kind == JSON_NUMBER || v.kind == JSON_TRUE || v.kind == JSON_FALSE) {
        return (struct str){v.ptr, v.len};
    }
    return ct_view_str(x, v);
}

void ct_add_list(struct ct_extract *x, enum event_attr id, struct json_view v, struct str key)
{
    if (v.kind == JSON_STRING) {
        ct_add(x, id, ct_view_str(x, v));
        return;
    }
    if (v.kind != JSON_ARRAY) {
        return;
    }
    struct json_iter it = json_iter_of(v);
    struct json_view k, item;
    while (x->count < CT_ATTRS_MAX && !x->full && json_iter_next(&it, &k, &item)) {
        if (item.kind == JSON_OBJECT) {
            item = json_member(item, key);
        }
        ct_add(x, id, ct_view_str(x, item));
    }
}

static void add_keys(struct ct_extract *x, enum event_attr id, struct json_view v)
{
    if (v.kind != JSON_OBJECT) {
        ct_add_list(x, id, v, STR("key"));
        return;
    }
    struct json_iter it = json_iter_of(v);
    struct json_view k, item;
    while (x->count < CT_ATTRS_MAX && !x->full && json_iter_next(&it, &k, &item)) {
        ct_add(x, id, ct_view_str(x, k));
    }
}

static void add_pairs(struct ct_extract *x, enum event_attr id, struct json_view v)
{
    struct json_iter it = json_iter_of(v);
    struct json_view k, item;
    while ((v.kind == JSON_OBJECT || v.kind == JSON_ARRAY) && x->count < CT_ATTRS_MAX && !x->full &&
           json_iter_next(&it, &k, &item)) {
        bool list = v.kind == JSON_ARRAY;
        struct str key = ct_view_str(x, list ? json_member(item, STR("key")) : k);
        struct str value = ct_view_str(x, list ? json_member(item, STR("value")) : item);
        struct str pair;
        if (key.len == 0) {
            continue;
        }
        if (!arena_printf(x->a, &pair, "%.*s=%.*s", STR_ARG(key), STR_ARG(value))) {
            x->full = true;
            return;
        }
        ct_add(x, id, pair);
    }
}

static void add_hash(struct ct_extract *x, enum event_attr id, struct json_view v)
{
    struct str hex;
    if (!ct_hash_hex(ct_view_str(x, v), x->a, &hex)) {
        x->full = true;
        return;
    }
    ct_add(x, id, hex);
}

static void take(struct ct_extract *x, const struct ct_take *t, struct json_view v)
{
    switch (t->how) {
    case CT_TEXT:
    case CT_EACH:
        ct_add(x, t->attr, scalar(x, v));
        break;
    case CT_HASH:
        add_hash(x, t->attr, v);
        break;
    case CT_LIST:
        ct_add_list(x, t->attr, v, STR("arn"));
        break;
    case CT_PAIRS:
        add_pairs(x, t->attr, v);
        break;
    case CT_KEYS:
        add_keys(x, t->attr, v);
        break;
    case CT_JSON:
        ct_add(x, t->attr, ct_policy_text(x, v));
        break;
    case CT_TRUE:
        if (json_truth(v) == 1) {
            ct_mark(x, t->attr, STR_EMPTY);
        }
        break;
    }
}

void ct_take_all(struct ct_extract *x, const struct ct_take *takes, size_t count)
{
    for (size_t i = 0; i < count && !x->full; i++) {
        for (size_t f = 0; f < CT_FROM_MAX && takes[i].from[f] != 0; f++) {
            size_t before = x->count;
            take(x, &takes[i], ct_view(x->r, takes[i].from[f]));
            if (takes[i].how != CT_EACH && x->count != before) {
                break;
            }
        }
    }
}
