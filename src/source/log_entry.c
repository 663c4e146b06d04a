#include "source/log_entry.h"

#include <string.h>

enum { PATH_DEPTH_MAX = 12 };

/* How many spellings stand behind a field that has several. */
static const unsigned char spellings[LE_FIELDS] = {
    [LE_LOG_NAME] = 3, [LE_INSERT_ID] = 3, [LE_RECEIVED] = 3, [LE_HTTP] = 3,
    [LE_PROTO] = 4,    [LE_JSON] = 4,      [LE_TEXT] = 3,
};

struct json_view log_entry_view(const struct record *r, enum log_entry_field f)
{
    size_t count = spellings[f] == 0 ? 1 : spellings[f];
    for (size_t i = 0; i < count; i++) {
        struct json_view v = record_view(r, (size_t)f + i);
        if (v.kind != JSON_ABSENT && v.kind != JSON_NULL && v.through == 0) {
            return v;
        }
    }
    return (struct json_view){0};
}

/* ---- members ---- */

/* Equal but for case and underscores. */
static bool same_key(const char *a, size_t a_len, const char *b, size_t b_len)
{
    size_t i = 0, k = 0;
    for (;;) {
        while (i < a_len && a[i] == '_') {
            i++;
        }
        while (k < b_len && b[k] == '_') {
            k++;
        }
        if (i == a_len || k == b_len) {
            return i == a_len && k == b_len;
        }
        if (chr_lower(a[i++]) != chr_lower(b[k++])) {
            return false;
        }
    }
}

static struct json_view member(struct json_view object, const char *key, size_t len)
{
    struct json_iter it = json_iter_of(object);
    struct json_view k, v;
    while (json_iter_next(&it, &k, &v)) {
        if (k.kind == JSON_STRING && same_key(k.ptr, k.len, key, len)) {
            return v;
        }
    }
    return (struct json_view){0};
}

struct json_view log_entry_get(struct json_view object, const char *path)
{
    struct json_view v = object;
    for (int depth = 0; depth < PATH_DEPTH_MAX; depth++) {
        const char *dot = strchr(path, '.');
        size_t len = dot == NULL ? strlen(path) : (size_t)(dot - path);
        if (v.kind != JSON_OBJECT) {
            break;
        }
        v = member(v, path, len);
        if (dot == NULL) {
            v.kind = v.kind == JSON_NULL ? JSON_ABSENT : v.kind;
            return v;
        }
        path = dot + 1;
    }
    return (struct json_view){0};
}

bool log_entry_text(struct json_view v, struct arena *a, struct str *out)
{
    *out = STR_EMPTY;
    if (v.kind == JSON_STRING) {
        return json_text(v, a, out);
    }
    if (v.kind == JSON_NUMBER || v.kind == JSON_TRUE || v.kind == JSON_FALSE) {
        *out = (struct str){v.ptr, v.len};
    }
    return true;
}

/* ---- the log's name ---- */

static struct str raw_text(struct json_view v)
{
    return v.kind == JSON_STRING ? (struct str){v.ptr, v.len} : STR_EMPTY;
}

/* Take `name` off the front of *log, a slash in it written either way. */
static bool take_name(struct str *log, const char *name)
{
    for (; *name != '\0'; name++) {
        if (*name == '/' && str_istarts(*log, STR("%2F"))) {
            *log = str_from(*log, 3);
        } else if (log->len > 0 && log->ptr[0] == *name) {
            *log = str_from(*log, 1);
        } else {
            return false;
        }
    }
    return true;
}

static struct str log_name(const struct record *r)
{
    struct str text = raw_text(log_entry_view(r, LE_LOG_NAME));
    size_t at = str_find(text, STR("/logs/"));
    return at == SIZE_MAX ? STR_EMPTY : str_from(text, at + 6);
}

bool log_entry_log_is(const struct record *r, const char *name)
{
    struct str log = log_name(r);
    return take_name(&log, name) && log.len == 0;
}

bool log_entry_log_starts(const struct record *r, const char *prefix)
{
    struct str log = log_name(r);
    return take_name(&log, prefix);
}

bool log_entry_resource_is(const struct record *r, const char *type)
{
    struct json_view v = log_entry_get(log_entry_view(r, LE_RESOURCE), "type");
    return str_eq(raw_text(v), str_of(type));
}

/* ---- the envelope ---- */

struct str log_entry_account(struct str name)
{
    struct str rest = name, kind, id;
    if (str_starts(rest, STR("//"))) { /* "//run.googleapis.com/projects/P" */
        size_t at = str_chr(str_from(rest, 2), '/');
        rest = at == SIZE_MAX ? STR_EMPTY : str_from(rest, at + 3);
    }
    if (!str_cut(&rest, '/', &kind)) {
        return STR_EMPTY;
    }
    if (!str_cut(&rest, '/', &id)) {
        id = rest;
    }
    if (id.len == 0 || str_eq(id, STR("-")) || str_eq(id, STR("_"))) {
        return STR_EMPTY;
    }
    if (str_eq(kind, STR("projects")) || str_eq(kind, STR("namespaces"))) {
        return id;
    }
    bool other = str_eq(kind, STR("folders")) || str_eq(kind, STR("organizations"));
    return other ? str_make(name.ptr, (size_t)(id.ptr + id.len - name.ptr)) : STR_EMPTY;
}

/* UTC; tools that keep copies write it without the Z, BigQuery writes " UTC". */
static int64_t time_of(struct str text)
{
    int64_t us;
    bool zoned;
    if (str_ends(text, STR(" UTC"))) {
        text = str_head(text, text.len - 4);
    }
    return time_parse_rfc3339(text, &us) || time_parse_any(text, &us, &zoned) ? us : TIME_NONE;
}

static bool place(const struct record *r, struct arena *a, struct event *e)
{
    static const char *const regions[] = {"labels.location", "labels.region", "labels.zone"};
    struct json_view resource = log_entry_view(r, LE_RESOURCE);
    bool ok = log_entry_text(log_entry_get(resource, "labels.projectId"), a, &e->account);
    for (size_t i = 0; ok && i < ARRAY_LEN(regions) && e->region.len == 0; i++) {
        ok = log_entry_text(log_entry_get(resource, regions[i]), a, &e->region);
    }
    struct str name = STR_EMPTY;
    if (ok && e->account.len == 0) {
        ok = log_entry_text(log_entry_view(r, LE_LOG_NAME), a, &name);
        e->account = log_entry_account(name);
    }
    return ok;
}

enum err_code log_entry_envelope(const struct record *r, const char *source, struct arena *a,
                                 struct event *e, struct err *err)
{
    struct str when = STR_EMPTY, received = STR_EMPTY;
    e->account = e->region = e->record_id = STR_EMPTY;
    bool ok = log_entry_text(log_entry_view(r, LE_TIMESTAMP), a, &when) &&
              log_entry_text(log_entry_view(r, LE_RECEIVED), a, &received) &&
              log_entry_text(log_entry_view(r, LE_INSERT_ID), a, &e->record_id) && place(r, a, e);
    if (!ok) {
        return err_set(err, ERR_LIMIT, "%s record: its texts do not fit in %zu bytes", source,
                       a->limit);
    }
    e->time_us = time_of(when);
    if (e->time_us == TIME_NONE) {
        e->time_us = time_of(received); /* seconds later */
    }
    e->source = str_of(source);
    e->kind = EVENT_OTHER;
    e->outcome = OUTCOME_OK;
    e->duplicate_key = r->json->duplicate;
    e->count = 1;
    e->last_us = e->time_us;
    e->origin = r->origin;
    return ERR_OK;
}

void log_entry_address(struct event *e, struct str text)
{
    if (ip_parse(text, &e->ip)) {
        e->address = text;
    } else {
        e->address = STR_EMPTY;
        e->ip = (struct ip){0};
    }
}
