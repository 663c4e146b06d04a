#include "cli/hunt_case.h"

#include "base/map.h"
#include "base/mem.h"
#include "codec/json.h"
#include "report/json_parts.h"
#include "sys/file.h"

enum {
    FILE_MAX = 256 << 20,
    CASES_MAX = 1000,
    MARKS_MAX = 64, /* of one case */
    ALL_MARKS_MAX = 2000,
    VALUE_MAX = 2048,
    KNOWN_MAX = 1000000
};

struct reader {
    struct hunt_seeds *out;
    struct str path;
    struct map marks; /* "kind\nvalue" -> index + 1 */
    struct err *err;
};

static enum err_code no_memory(struct reader *r)
{
    return err_set(r->err, ERR_NOMEM, "%.*s: no memory to read it", STR_ARG(r->path));
}

static enum err_code limit(struct reader *r, const char *what, unsigned most)
{
    return err_set(r->err, ERR_LIMIT, "%.*s: more than %u %s; hunt for fewer cases with --case",
                   STR_ARG(r->path), most, what);
}

static bool text_of(struct reader *r, struct json_view object, const char *name, struct str *out)
{
    struct json_view v = json_member(object, str_of(name));
    *out = STR_EMPTY;
    return v.kind != JSON_STRING ||
           (json_text(v, &r->out->texts, out) && arena_dup(&r->out->texts, *out, out));
}

static int64_t time_of(struct reader *r, struct json_view object, const char *name)
{
    struct str s;
    int64_t us;
    return text_of(r, object, name, &s) && time_parse_rfc3339(s, &us) ? us : TIME_NONE;
}

/* ---- marks ---- */

static enum err_code keep_mark(struct reader *r, struct case_file *c, const struct mark *m)
{
    struct hunt_seeds *s = r->out;
    struct str key;
    if (!VEC_PUSH(&c->marks, *m) ||
        !arena_printf(&s->texts, &key, "%d\n%.*s", (int)m->kind, STR_ARG(m->value))) {
        return no_memory(r);
    }
    struct map_entry *e = map_put(&r->marks, key);
    if (e == NULL) {
        return no_memory(r);
    }
    if (e->value != NULL) {
        struct hunt_mark *old = &s->marks.at[e - r->marks.at];
        return arena_printf(&s->texts, &old->cases, "%.*s %.*s", STR_ARG(old->cases),
                            STR_ARG(c->id))
                   ? ERR_OK
                   : no_memory(r);
    }
    e->value = r;
    struct hunt_mark fresh = {*m, c->id};
    if (s->marks.len >= ALL_MARKS_MAX) {
        return limit(r, "marks", ALL_MARKS_MAX);
    }
    return VEC_PUSH(&s->marks, fresh) ? ERR_OK : no_memory(r);
}

static enum err_code read_mark(struct reader *r, struct case_file *c, struct json_view v)
{
    struct mark m = {.external = json_truth(json_member(v, STR("external"))) == 1};
    struct str kind;
    if (v.kind != JSON_OBJECT) {
        return err_set(r->err, ERR_SCHEMA, "%.*s: a mark of case %.*s is no object",
                       STR_ARG(r->path), STR_ARG(str_head(c->id, 12)));
    }
    if (!text_of(r, v, "kind", &kind) || !text_of(r, v, "value", &m.value)) {
        return no_memory(r);
    }
    if (!mark_kind_parse(kind, &m.kind)) {
        r->out->unknown++;
        return ERR_OK;
    }
    if (m.value.len == 0 || m.value.len > VALUE_MAX) {
        return err_set(r->err, ERR_SCHEMA,
                       "%.*s: a mark of case %.*s has %zu bytes; 1 to %d can be "
                       "looked for",
                       STR_ARG(r->path), STR_ARG(str_head(c->id, 12)), m.value.len, (int)VALUE_MAX);
    }
    return keep_mark(r, c, &m);
}

/* ---- cases ---- */

static enum err_code read_known(struct reader *r, struct json_view timeline)
{
    struct json_view key;
    struct json_view v;
    struct json_iter it = json_iter_of(timeline);
    while (timeline.kind == JSON_ARRAY && json_iter_next(&it, &key, &v)) {
        struct str id;
        if (!text_of(r, v, "record_id", &id)) {
            return no_memory(r);
        }
        if (id.len == 0) {
            continue;
        }
        if (r->out->known.len >= KNOWN_MAX) {
            return limit(r, "records", KNOWN_MAX);
        }
        if (!VEC_PUSH(&r->out->known, id)) {
            return no_memory(r);
        }
    }
    return ERR_OK;
}

static bool read_head(struct reader *r, struct json_view v, struct case_file *c)
{
    struct json_view d = json_member(v, STR("decision"));
    struct str severity = STR_EMPTY;
    bool fine = text_of(r, v, "title", &c->title) && text_of(r, v, "severity", &severity) &&
                text_of(r, d, "action", &c->decision.action) &&
                text_of(r, d, "reason", &c->decision.reason) &&
                text_of(r, d, "row", &c->decision.row);
    c->decision.escalate = json_truth(json_member(d, STR("escalate"))) == 1;
    c->first_us = time_of(r, v, "first");
    c->last_us = time_of(r, v, "last");
    if (fine && !severity_parse(severity, &c->severity)) {
        c->severity = SEVERITY_MEDIUM;
    }
    return fine;
}

static enum err_code read_case(struct reader *r, struct json_view v, struct str id)
{
    struct case_file *c = mem_alloc(1, sizeof(*c));
    if (c == NULL || !VEC_PUSH(&r->out->result.cases, c)) {
        mem_free(c);
        return no_memory(r);
    }
    c->id = id;
    if (!read_head(r, v, c)) {
        return no_memory(r);
    }
    struct json_view key;
    struct json_view mark;
    struct json_view marks = json_member(v, STR("marks"));
    struct json_iter it = json_iter_of(marks);
    enum err_code rc = ERR_OK;
    if (marks.kind != JSON_ARRAY) {
        return err_set(r->err, ERR_SCHEMA,
                       "%.*s: case %.*s has no marks; write it anew with this version of triage",
                       STR_ARG(r->path), STR_ARG(str_head(id, 12)));
    }
    while (rc == ERR_OK && json_iter_next(&it, &key, &mark)) {
        rc = c->marks.len >= MARKS_MAX ? limit(r, "marks in one case", MARKS_MAX)
                                       : read_mark(r, c, mark);
    }
    return rc ? rc : read_known(r, json_member(v, STR("timeline")));
}

static bool is_asked(struct str id, const struct str *only, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        if (only[i].len >= 4 && str_starts(id, only[i])) {
            return true;
        }
    }
    return count == 0;
}

static enum err_code read_cases(struct reader *r, struct json_view whole, const struct str *only,
                                size_t only_count)
{
    struct json_view cases = json_member(whole, STR("cases"));
    struct json_view key;
    struct json_view v;
    struct str schema;
    if (!text_of(r, whole, "schema", &schema) ||
        !text_of(r, whole, "technique", &r->out->result.technique)) {
        return no_memory(r);
    }
    if (!str_eq(schema, STR(JSON_PARTS_SCHEMA)) || cases.kind != JSON_ARRAY) {
        return err_set(r->err, ERR_SCHEMA,
                       "%.*s: no " JSON_PARTS_SCHEMA "; give what 'faaswatch triage --format json' "
                       "or a pack's cases/ID.json holds",
                       STR_ARG(r->path));
    }
    struct json_iter it = json_iter_of(cases);
    enum err_code rc = ERR_OK;
    while (rc == ERR_OK && json_iter_next(&it, &key, &v)) {
        struct str id;
        if (!text_of(r, v, "id", &id)) {
            return no_memory(r);
        }
        if (v.kind == JSON_OBJECT && is_asked(id, only, only_count)) {
            rc = r->out->result.cases.len >= CASES_MAX ? limit(r, "cases", CASES_MAX)
                                                       : read_case(r, v, id);
        }
    }
    return rc;
}

static enum err_code read_all(struct reader *r, const struct str *only, size_t only_count)
{
    CLEANUP(buf_free) struct buf text = {.max = FILE_MAX};
    struct json_fault fault = {0};
    enum err_code rc = file_read(r->path, &text, r->err);
    if (rc) {
        return rc;
    }
    struct str body = str_trim(buf_str(&text));
    if (json_check(body, &fault) != JSON_OK || body.len == 0 || body.ptr[0] != '{') {
        return err_set(r->err, ERR_SYNTAX, "%.*s: not a JSON object: %s at byte %zu",
                       STR_ARG(r->path), fault.reason != NULL ? fault.reason : "another value",
                       fault.offset);
    }
    struct json_view v = {.ptr = body.ptr, .len = (uint32_t)body.len, .kind = JSON_OBJECT};
    rc = read_cases(r, v, only, only_count);
    if (rc == ERR_OK && r->out->marks.len == 0) {
        rc = err_set(r->err, ERR_USAGE, "%.*s: nothing to look for: %s", STR_ARG(r->path),
                     r->out->result.cases.len == 0 ? "no such case" : "its cases have no marks");
    }
    return rc;
}

enum err_code hunt_seeds_read(struct str path, const struct str *only, size_t only_count,
                              struct hunt_seeds *out, struct err *err)
{
    struct hunt_seeds s = {0};
    struct reader r = {.out = &s, .path = path, .err = err};
    s.result.since_us = TIME_NONE;
    s.result.until_us = TIME_NONE;
    s.result.version = STR(FW_VERSION);
    enum err_code rc = read_all(&r, only, only_count);
    map_free(&r.marks);
    if (rc) {
        hunt_seeds_free(&s);
        return rc;
    }
    *out = s;
    return ERR_OK;
}

void hunt_seeds_free(struct hunt_seeds *s)
{
    for (size_t i = 0; i < s->result.cases.len; i++) {
        case_file_free(s->result.cases.at[i]);
        mem_free(s->result.cases.at[i]);
    }
    VEC_FREE(&s->result.cases);
    VEC_FREE(&s->marks);
    VEC_FREE(&s->known);
    arena_free(&s->texts);
}
