/*
 * Walking text that a scan has checked. Nothing here trusts it: a broken text ends the walk early.
 */
#include <string.h>

#include "codec/json_priv.h"

static const char *skip_blank(const char *p, const char *end)
{
    while (p < end && chr_is_space(*p)) {
        p++;
    }
    return p;
}

/* p is at the opening quote; the result is behind the closing one, or NULL. */
static const char *take_string(const char *p, const char *end, struct json_view *v)
{
    *v = (struct json_view){.ptr = p + 1, .kind = JSON_STRING};
    const char *quote = memchr(p + 1, '"', (size_t)(end - p - 1));
    if (quote == NULL) {
        return NULL;
    }
    if (memchr(p + 1, '\\', (size_t)(quote - p - 1)) == NULL) {
        v->len = (uint32_t)(quote - v->ptr);
        return quote + 1;
    }
    for (p++; p < end && *p != '"'; p++) {
        if (*p == '\\') {
            v->escaped = true;
            p += end - p > 1 ? 1 : 0;
        }
    }
    if (p >= end) {
        return NULL;
    }
    v->len = (uint32_t)(p - v->ptr);
    return p + 1;
}

/* p is at an opening bracket; the result is behind its partner, or NULL. */
static const char *take_brackets(const char *p, const char *end, struct json_view *v)
{
    *v = (struct json_view){.ptr = p, .kind = *p == '{' ? JSON_OBJECT : JSON_ARRAY};
    size_t depth = 0;
    while (p < end) {
        struct json_view inner;
        switch (*p) {
        case '"':
            p = take_string(p, end, &inner);
            if (p == NULL) {
                return NULL;
            }
            continue;
        case '{':
        case '[':
            depth++;
            break;
        case '}':
        case ']':
            depth--;
            break;
        default:
            break;
        }
        p++;
        if (depth == 0) {
            v->len = (uint32_t)(p - v->ptr);
            return p;
        }
    }
    return NULL;
}

static const char *take_scalar(const char *p, const char *end, struct json_view *v)
{
    const char *start = p;
    while (p < end && !chr_is_space(*p) && *p != ',' && *p != ']' && *p != '}') {
        p++;
    }
    if (p == start) {
        return NULL;
    }
    uint8_t kind = *start == 't'   ? JSON_TRUE
                   : *start == 'f' ? JSON_FALSE
                   : *start == 'n' ? JSON_NULL
                                   : JSON_NUMBER;
    *v = (struct json_view){.ptr = start, .len = (uint32_t)(p - start), .kind = kind};
    return p;
}

static const char *take_value(const char *p, const char *end, struct json_view *v)
{
    if (p >= end) {
        return NULL;
    }
    if (*p == '"') {
        return take_string(p, end, v);
    }
    return *p == '{' || *p == '[' ? take_brackets(p, end, v) : take_scalar(p, end, v);
}

struct json_iter json_iter_of(struct json_view v)
{
    bool brackets = (v.kind == JSON_OBJECT || v.kind == JSON_ARRAY) && v.len >= 2;
    if (!brackets) {
        return (struct json_iter){0};
    }
    return (struct json_iter){
        .at = v.ptr + 1, .end = v.ptr + v.len - 1, .object = v.kind == JSON_OBJECT};
}

bool json_iter_next(struct json_iter *it, struct json_view *key, struct json_view *value)
{
    const char *end = it->end;
    const char *p = skip_blank(it->at, end);
    struct json_view k = {0};
    if (it->object && p < end) {
        p = *p == '"' ? take_string(p, end, &k) : NULL;
        p = p == NULL ? end : skip_blank(p, end);
        p = p < end && *p == ':' ? skip_blank(p + 1, end) : end;
    }
    struct json_view v;
    p = take_value(p, end, &v);
    if (p == NULL) {
        it->at = end;
        return false;
    }
    p = skip_blank(p, end);
    it->at = p < end && *p == ',' ? p + 1 : end;
    *key = k;
    *value = v;
    return true;
}

static bool key_is(struct json_view have, struct str want)
{
    struct str raw = {have.ptr, have.len};
    if (!have.escaped) {
        return str_eq(raw, want);
    }
    while (raw.len > 0) {
        char piece[64];
        size_t n = json_decode(&raw, piece, sizeof(piece));
        if (!str_starts(want, (struct str){piece, n})) {
            return false;
        }
        want = str_from(want, n);
    }
    return want.len == 0;
}

struct json_view json_member(struct json_view object, struct str key)
{
    struct json_iter it = json_iter_of(object);
    struct json_view k;
    struct json_view v;
    while (it.object && json_iter_next(&it, &k, &v)) {
        if (key_is(k, key)) {
            return v;
        }
    }
    return (struct json_view){0};
}

struct json_view json_view_of(struct str text)
{
    struct json_fault fault;
    struct json_view v;
    if (text.len > UINT32_MAX || json_check(text, &fault) != JSON_OK) {
        return (struct json_view){0};
    }
    const char *end = text.ptr + text.len;
    return take_value(skip_blank(text.ptr, end), end, &v) == NULL ? (struct json_view){0} : v;
}
