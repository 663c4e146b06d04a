#include "source/gcp_audit/extract.h"

#include <string.h>

struct json_view gcp_member(const struct gcp_extract *x, enum gcp_member m)
{
    static const char *const names[GCP_MEMBERS_] = {
#define GCP_MEMBER(id, name) [GCP_##id] = name,
        GCP_MEMBERS(GCP_MEMBER)
#undef GCP_MEMBER
    };
    if (!x->native) {
        return log_entry_get(x->payload, names[m]);
    }
    struct json_view v = record_view(x->r, LE_FIELDS + (size_t)m);
    return v.kind == JSON_NULL || v.through != 0 ? (struct json_view){0} : v;
}

struct str gcp_text(struct gcp_extract *x, struct json_view v)
{
    struct str out;
    if (!log_entry_text(v, x->a, &out)) {
        x->full = true;
        return STR_EMPTY;
    }
    return out;
}

struct str gcp_get(struct gcp_extract *x, struct json_view object, const char *path)
{
    return gcp_text(x, log_entry_get(object, path));
}

/* ---- attributes ---- */

void gcp_mark(struct gcp_extract *x, enum event_attr id, struct str value)
{
    if (x->count < GCP_ATTRS_MAX) {
        x->attr[x->count++] = (struct attr){id, value};
    }
}

void gcp_add(struct gcp_extract *x, enum event_attr id, struct str value)
{
    if (value.len != 0) {
        gcp_mark(x, id, value);
    }
}

void gcp_add_joined(struct gcp_extract *x, enum event_attr id, struct str a, const char *between,
                    struct str b)
{
    struct str out;
    if (!arena_printf(x->a, &out, "%.*s%s%.*s", STR_ARG(a), between, STR_ARG(b))) {
        x->full = true;
        return;
    }
    gcp_add(x, id, out);
}

bool gcp_added(const struct gcp_extract *x, enum event_attr id)
{
    for (size_t i = 0; i < x->count; i++) {
        if (x->attr[i].id == id) {
            return true;
        }
    }
    return false;
}

/* ---- takes ---- */

static size_t digits(struct str s)
{
    size_t n = 0;
    while (n < s.len && chr_is_digit(s.ptr[n])) {
        n++;
    }
    return n;
}

/* "256Mi" to 256, "1Gi" to 1024. */
static void add_mib(struct gcp_extract *x, enum event_attr id, struct str text)
{
    uint64_t n;
    size_t end = digits(text);
    struct str unit = str_from(text, end), out;
    if (!str_u64(str_head(text, end), &n)) {
        return;
    }
    if (str_starts(unit, STR("G"))) {
        n = n > UINT64_MAX / 1024 ? n : n * 1024;
    } else if (unit.len != 0 && !str_starts(unit, STR("M"))) {
        return;
    }
    if (!arena_printf(x->a, &out, "%llu", (unsigned long long)n)) {
        x->full = true;
        return;
    }
    gcp_add(x, id, out);
}

static struct str ingress(struct str text)
{
    static const struct {
        struct str from, to;
    } names[] = {
        {STR_INIT("INGRESS_TRAFFIC_ALL"), STR_INIT("all")},
        {STR_INIT("ALLOW_ALL"), STR_INIT("all")},
        {STR_INIT("INGRESS_TRAFFIC_INTERNAL_ONLY"), STR_INIT("internal")},
        {STR_INIT("ALLOW_INTERNAL_ONLY"), STR_INIT("internal")},
        {STR_INIT("INGRESS_TRAFFIC_INTERNAL_LOAD_BALANCER"),
         STR_INIT("internal-and-load-balancer")},
        {STR_INIT("ALLOW_INTERNAL_AND_GCLB"), STR_INIT("internal-and-load-balancer")},
        {STR_INIT("internal-and-cloud-load-balancing"), STR_INIT("internal-and-load-balancer")},
    };
    for (size_t i = 0; i < ARRAY_LEN(names); i++) {
        if (str_ieq(text, names[i].from)) {
            return names[i].to;
        }
    }
    return text;
}

static void add_each(struct gcp_extract *x, enum event_attr id, struct json_view v, bool keys)
{
    struct json_iter it = json_iter_of(v);
    struct json_view key, item;
    while (x->count < GCP_ATTRS_MAX && !x->full && json_iter_next(&it, &key, &item)) {
        gcp_add(x, id, gcp_text(x, keys ? key : item));
    }
}

static void take_view(struct gcp_extract *x, const struct gcp_take *t, struct json_view v)
{
    struct str text;
    switch (t->how) {
    case GCP_TEXT:
        gcp_add(x, t->attr, gcp_text(x, v));
        break;
    case GCP_LIST:
        if (v.kind == JSON_ARRAY) {
            add_each(x, t->attr, v, false);
        } else {
            gcp_add(x, t->attr, gcp_text(x, v));
        }
        break;
    case GCP_KEYS:
        if (v.kind == JSON_OBJECT) {
            add_each(x, t->attr, v, true);
        }
        break;
    case GCP_NUMBER:
        text = gcp_text(x, v);
        gcp_add(x, t->attr, str_head(text, digits(text)));
        break;
    case GCP_MIB:
        add_mib(x, t->attr, gcp_text(x, v));
        break;
    case GCP_LAST:
        text = gcp_text(x, v);
        gcp_add(x, t->attr,
                str_rchr(text, '/') == SIZE_MAX ? text : str_from(text, str_rchr(text, '/') + 1));
        break;
    case GCP_INGRESS:
        gcp_add(x, t->attr, ingress(gcp_text(x, v)));
        break;
    }
}

static bool take_from(struct gcp_extract *x, const struct gcp_take *t, struct json_view object,
                      const char *const *paths)
{
    for (size_t i = 0; i < GCP_FROM_MAX && paths[i] != NULL; i++) {
        struct json_view v = log_entry_get(object, paths[i]);
        if (v.kind != JSON_ABSENT) {
            take_view(x, t, v);
            return true;
        }
    }
    return false;
}

void gcp_take_all(struct gcp_extract *x, const struct gcp_take *takes, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        if (!take_from(x, &takes[i], x->response, takes[i].response)) {
            (void)take_from(x, &takes[i], x->request, takes[i].request);
        }
    }
}

/* ---- names ---- */

struct str gcp_part(struct str name, const char *kind)
{
    struct str rest = name, part;
    while (rest.len != 0) {
        if (!str_cut(&rest, '/', &part)) {
            return STR_EMPTY;
        }
        if (str_eq(part, str_of(kind))) {
            struct str value;
            return str_cut(&rest, '/', &value) ? value : rest;
        }
    }
    return STR_EMPTY;
}

void gcp_set_function(struct gcp_extract *x, const char *prefix, struct str name,
                      struct str resource_name)
{
    struct event *e = x->e;
    if (e->function.name.len != 0 || name.len == 0) {
        return;
    }
    if (*prefix != '\0' && !arena_printf(x->a, &name, "%s%.*s", prefix, STR_ARG(name))) {
        x->full = true;
        return;
    }
    struct str region = gcp_part(resource_name, "locations");
    e->function = (struct function_key){
        .provider = STR("gcp"),
        .account = e->account.len != 0 ? e->account : log_entry_account(resource_name),
        .region = region.len != 0 ? region : e->region,
        .name = name,
    };
}
