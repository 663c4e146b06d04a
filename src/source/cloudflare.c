#include "source/cloudflare.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "base/buf.h"

/* ---- fields ---- */

struct json_view cf_view(const struct record *r, size_t field)
{
    struct json_view v = record_view(r, field);
    if (v.kind == JSON_NULL || v.through != 0) {
        v.kind = JSON_ABSENT;
    }
    return v;
}

struct json_view cf_either(const struct record *r, size_t field, size_t other)
{
    struct json_view v = cf_view(r, field);
    return v.kind != JSON_ABSENT ? v : cf_view(r, other);
}

struct str cf_text(struct cf_extract *x, struct json_view v)
{
    struct str out = STR_EMPTY;
    if (v.kind == JSON_NUMBER || v.kind == JSON_TRUE || v.kind == JSON_FALSE) {
        return (struct str){v.ptr, v.len};
    }
    if (v.kind == JSON_STRING && !json_text(v, x->a, &out)) {
        x->full = true;
        return STR_EMPTY;
    }
    return out;
}

/* A container of this kind, as it stands or inside a string. */
static struct json_view container(struct cf_extract *x, struct json_view v, enum json_kind kind)
{
    if (v.kind == JSON_STRING) {
        v = json_view_of(cf_text(x, v));
    }
    if (v.kind != kind) {
        v.kind = JSON_ABSENT;
    }
    return v;
}

struct json_view cf_object(struct cf_extract *x, struct json_view v)
{
    return container(x, v, JSON_OBJECT);
}

struct json_view cf_array(struct cf_extract *x, struct json_view v)
{
    return container(x, v, JSON_ARRAY);
}

struct json_view cf_at(struct json_view object, const char *path)
{
    struct str rest = str_of(path);
    struct str key;
    struct json_view v = object;
    while (str_cut(&rest, '.', &key)) {
        if (v.kind != JSON_OBJECT) {
            return (struct json_view){0};
        }
        v = json_member(v, key);
    }
    if (v.kind == JSON_NULL) {
        v.kind = JSON_ABSENT;
    }
    return v;
}

static bool same_loose(struct str a, struct str b)
{
    size_t i = 0;
    size_t k = 0;
    for (;;) {
        while (i < a.len && a.ptr[i] == '_') {
            i++;
        }
        while (k < b.len && b.ptr[k] == '_') {
            k++;
        }
        if (i == a.len || k == b.len) {
            return i == a.len && k == b.len;
        }
        if (chr_lower(a.ptr[i++]) != chr_lower(b.ptr[k++])) {
            return false;
        }
    }
}

struct json_view cf_member_loose(struct json_view object, struct str name)
{
    struct json_iter it = json_iter_of(object);
    struct json_view key;
    struct json_view value;
    while (object.kind == JSON_OBJECT && json_iter_next(&it, &key, &value)) {
        if (same_loose((struct str){key.ptr, key.len}, name)) {
            if (value.kind == JSON_NULL) {
                value.kind = JSON_ABSENT;
            }
            return value;
        }
    }
    return (struct json_view){0};
}

/* ---- time ---- */

/* Logpush writes seconds, milliseconds or nanoseconds, as the job is set; some tools write
 * microseconds. All four of any day from 2001 to 2200 differ in their number of digits. */
static int64_t time_of_number(struct str digits)
{
    static const struct {
        int64_t below;
        int64_t times, divide;
    } units[] = {
        {INT64_C(10000000000), TIME_SECOND_US, 1},
        {INT64_C(10000000000000), 1000, 1},
        {INT64_C(10000000000000000), 1, 1},
        {INT64_MAX, 1, 1000},
    };
    int64_t n;
    double f;
    if (!str_i64(digits, &n)) { /* "1700000000.5", "1.7e12" */
        if (!str_f64(digits, &f) || !(f > 0 && f < 1e18)) {
            return TIME_NONE;
        }
        if (f < 1e10) {
            return (int64_t)(f * 1e6);
        }
        n = (int64_t)f;
    }
    if (n <= 0) {
        return TIME_NONE;
    }
    for (size_t i = 0; i < ARRAY_LEN(units); i++) {
        if (n < units[i].below) {
            return n * units[i].times / units[i].divide;
        }
    }
    return TIME_NONE;
}

int64_t cf_time(struct cf_extract *x, struct json_view v)
{
    struct str text = cf_text(x, v);
    int64_t us;
    bool zoned;
    if (v.kind == JSON_NUMBER || (text.len != 0 && str_i64(text, &us))) {
        return time_of_number(text);
    }
    if (time_parse_rfc3339(text, &us) || time_parse_any(text, &us, &zoned)) {
        return us;
    }
    return TIME_NONE;
}

/* ---- attributes ---- */

void cf_mark(struct cf_extract *x, enum event_attr id, struct str value)
{
    if (x->count < CF_ATTRS_MAX) {
        x->attr[x->count++] = (struct attr){id, value};
    }
}

void cf_add(struct cf_extract *x, enum event_attr id, struct str value)
{
    if (value.len != 0) {
        cf_mark(x, id, value);
    }
}

void cf_add_each(struct cf_extract *x, enum event_attr id, struct json_view v, const char *key)
{
    struct json_iter it = json_iter_of(v);
    struct json_view k;
    struct json_view item;
    while (v.kind == JSON_ARRAY && x->count < CF_ATTRS_MAX && !x->full &&
           json_iter_next(&it, &k, &item)) {
        cf_add(x, id, cf_text(x, item.kind == JSON_OBJECT ? cf_at(item, key) : item));
    }
}

bool cf_added(const struct cf_extract *x, enum event_attr id)
{
    for (size_t i = 0; i < x->count; i++) {
        if (x->attr[i].id == id) {
            return true;
        }
    }
    return false;
}

/* ---- the event ---- */

void cf_address(struct event *e, struct str text)
{
    e->address = STR_EMPTY;
    e->ip = (struct ip){0};
    if (ip_parse(text, &e->ip)) {
        e->address = text;
    }
}

void cf_function(struct cf_extract *x, struct str account, struct str script)
{
    if (script.len != 0 && x->e->function.name.len == 0) {
        x->e->function = (struct function_key){
            .provider = STR("cloudflare"), .account = account, .region = STR_EMPTY, .name = script};
    }
}

struct str cf_printf(struct cf_extract *x, const char *fmt, ...)
{
    char text[1024];
    va_list ap;
    va_start(ap, fmt);
    int n = vsnprintf(text, sizeof(text), fmt, ap);
    va_end(ap);
    struct str out = STR_EMPTY;
    size_t len = n < 0 ? 0 : (size_t)n;
    len = len < sizeof(text) ? len : sizeof(text) - 1;
    if (!arena_dup(x->a, (struct str){text, len}, &out)) {
        x->full = true;
        return STR_EMPTY;
    }
    return out;
}

enum err_code cf_keep(struct cf_extract *x, const char *source, struct err *err)
{
    struct event *e = x->e;
    if (!x->full && x->count != 0) {
        struct attr *attrs = ARENA_ARRAY(x->a, struct attr, x->count);
        x->full = attrs == NULL;
        if (attrs != NULL) {
            memcpy(attrs, x->attr, x->count * sizeof(*attrs));
            e->attrs = attrs;
            e->attr_count = x->count;
        }
    }
    if (x->full) {
        return err_set(err, ERR_LIMIT, "%s record: its fields do not fit in %zu bytes", source,
                       x->a->limit);
    }
    e->source = str_of(source);
    e->count = 1;
    e->last_us = e->time_us;
    e->duplicate_key = x->r->json->duplicate;
    e->origin = x->r->origin;
    return ERR_OK;
}
