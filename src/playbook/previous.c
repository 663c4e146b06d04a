#include "playbook/previous.h"

#include "base/map.h"
#include "base/mem.h"
#include "codec/json.h"

#define SCHEMA "faaswatch.triage/1"

enum { ID_BYTES_MAX = 64 };

struct seen_address {
    size_t by;   /* index of the case */
    size_t next; /* index + 1 of the next with the same address; 0: none */
};

struct previous {
    struct arena arena;
    struct str path;
    struct {
        VEC_OF(struct previous_case);
    } cases;
    struct map by_id, by_finding, by_record; /* value: index of the case + 1 */
    struct map hits;                         /* finding -> count */
    struct {
        VEC_OF(struct seen_address);
    } escalated;
    struct map by_address; /* index + 1 of the latest in `escalated` */
};

void previous_free(struct previous *p)
{
    if (p == NULL) {
        return;
    }
    for (size_t i = 0; i < p->cases.len; i++) {
        for (unsigned q = 0; q < QUESTION_MAX_; q++) {
            VEC_FREE(&p->cases.at[i].answers[q].counted);
        }
        VEC_FREE(&p->cases.at[i].findings);
    }
    VEC_FREE(&p->cases);
    VEC_FREE(&p->escalated);
    map_free(&p->by_id);
    map_free(&p->by_finding);
    map_free(&p->by_record);
    map_free(&p->hits);
    map_free(&p->by_address);
    arena_free(&p->arena);
    mem_free(p);
}

/* ---- reading ---- */

struct reading {
    struct previous *p;
    struct err *err;
    size_t number; /* of the case or finding, from 1 */
    const char *what;
};

static enum err_code no_memory(const struct reading *r)
{
    return err_set(r->err, ERR_NOMEM, "no memory for %.*s", STR_ARG(str_head(r->p->path, 100)));
}

static enum err_code wrong(const struct reading *r, const char *member, const char *wanted)
{
    return err_set(r->err, ERR_SCHEMA,
                   "%.*s: %s %zu: '%s' must be %s; give a file that 'triage --format json' wrote",
                   STR_ARG(str_head(r->p->path, 100)), r->what, r->number, member, wanted);
}

static enum err_code text_of(const struct reading *r, struct json_view v, const char *member,
                             struct str *out)
{
    *out = STR_EMPTY;
    if (v.kind != JSON_STRING) {
        return wrong(r, member, "a text");
    }
    return json_text(v, &r->p->arena, out) ? ERR_OK : no_memory(r);
}

static enum err_code id_of(const struct reading *r, struct json_view object, struct str *out)
{
    enum err_code rc = text_of(r, json_member(object, STR("id")), "id", out);
    return rc                                         ? rc
           : out->len == 0 || out->len > ID_BYTES_MAX ? wrong(r, "id", "1 to 64 bytes")
                                                      : ERR_OK;
}

static enum err_code truth_of(const struct reading *r, struct json_view object, const char *member,
                              bool *out)
{
    struct json_view v = json_member(object, str_of(member));
    *out = v.kind == JSON_TRUE;
    return v.kind == JSON_TRUE || v.kind == JSON_FALSE ? ERR_OK : wrong(r, member, "true or false");
}

static enum err_code time_of(const struct reading *r, struct json_view v, const char *member,
                             int64_t *out)
{
    struct str text;
    *out = TIME_NONE;
    if (v.kind == JSON_NULL) {
        return ERR_OK;
    }
    enum err_code rc = text_of(r, v, member, &text);
    return rc                              ? rc
           : time_parse_rfc3339(text, out) ? ERR_OK
                                           : wrong(r, member, "a time as in RFC 3339, or null");
}

static enum err_code list_of(const struct reading *r, struct json_view object, const char *member,
                             struct json_iter *out)
{
    struct json_view v = json_member(object, str_of(member));
    if (v.kind != JSON_ARRAY) {
        return wrong(r, member, "a list");
    }
    *out = json_iter_of(v);
    return ERR_OK;
}

static enum err_code note(const struct reading *r, struct map *m, struct str key, size_t value)
{
    struct map_entry *e = map_put(m, key);
    if (e == NULL) {
        return no_memory(r);
    }
    if (e->value == NULL) {
        e->value = (void *)(uintptr_t)value; /* the first that had it */
    }
    return ERR_OK;
}

/* ---- cases ---- */

static bool verdict_parse(struct str s, enum verdict *out)
{
    for (unsigned v = 0; v <= VERDICT_SUSPICIOUS; v++) {
        if (str_eq(s, str_of(verdict_name((enum verdict)v)))) {
            *out = (enum verdict)v;
            return true;
        }
    }
    return false;
}

static enum err_code read_items(const struct reading *r, struct json_view object,
                                struct previous_answer *a)
{
    struct json_iter it;
    struct json_view key;
    struct json_view item;
    enum err_code rc = list_of(r, object, "evidence", &it);
    while (rc == ERR_OK && json_iter_next(&it, &key, &item)) {
        struct str id;
        rc = id_of(r, item, &id);
        if (rc == ERR_OK && !VEC_PUSH(&a->counted, id)) {
            rc = no_memory(r);
        }
    }
    return rc;
}

static enum err_code read_answers(const struct reading *r, struct json_view object,
                                  struct previous_case *c)
{
    static const struct str ids[QUESTION_MAX_] = {STR_INIT("Q1"), STR_INIT("Q2"), STR_INIT("Q3"),
                                                  STR_INIT("Q4")};
    struct json_iter it;
    struct json_view key;
    struct json_view answer;
    bool seen[QUESTION_MAX_] = {false};
    enum err_code rc = list_of(r, object, "questions", &it);
    while (rc == ERR_OK && json_iter_next(&it, &key, &answer)) {
        struct str id;
        struct str word = STR_EMPTY;
        unsigned q = 0;
        rc = id_of(r, answer, &id);
        while (rc == ERR_OK && q < QUESTION_MAX_ && !str_eq(id, ids[q])) {
            q++;
        }
        if (rc == ERR_OK && (q == QUESTION_MAX_ || seen[q])) {
            return wrong(r, "questions", "Q1 to Q4, each once");
        }
        if (rc) {
            return rc;
        }
        seen[q] = true;
        rc = truth_of(r, answer, "raised", &c->answers[q].raised);
        rc = rc ? rc : text_of(r, json_member(answer, STR("answer")), "answer", &word);
        if (rc == ERR_OK && !verdict_parse(word, &c->answers[q].verdict)) {
            rc = wrong(r, "answer", "legitimate, suspicious or unknown");
        }
        rc = rc ? rc : read_items(r, answer, &c->answers[q]);
    }
    return rc;
}

static enum err_code read_decision(const struct reading *r, struct json_view object,
                                   struct previous_case *c)
{
    struct json_view d = json_member(object, STR("decision"));
    struct json_view priority = json_member(d, STR("priority"));
    struct str text = STR_EMPTY;
    if (d.kind != JSON_OBJECT) {
        return wrong(r, "decision", "an object");
    }
    enum err_code rc = text_of(r, json_member(d, STR("row")), "row", &c->row);
    rc = rc ? rc : text_of(r, json_member(d, STR("action")), "action", &c->action);
    rc = rc ? rc : truth_of(r, d, "escalate", &c->escalate);
    rc = rc ? rc : time_of(r, json_member(d, STR("due")), "due", &c->due_us);
    if (rc == ERR_OK && priority.kind != JSON_NULL) {
        rc = text_of(r, priority, "priority", &text);
        bool ok = text.len == 2 && text.ptr[0] == 'P' && text.ptr[1] >= '1' && text.ptr[1] <= '4';
        c->priority = ok ? text.ptr[1] - '0' : 0;
        rc = rc ? rc : ok ? ERR_OK : wrong(r, "priority", "P1 to P4, or null");
    }
    return rc;
}

static enum err_code read_findings(const struct reading *r, struct json_view object,
                                   struct previous_case *c, size_t index)
{
    struct json_iter it;
    struct json_view key;
    struct json_view v;
    enum err_code rc = list_of(r, object, "findings", &it);
    while (rc == ERR_OK && json_iter_next(&it, &key, &v)) {
        struct str id;
        rc = text_of(r, v, "findings", &id);
        rc = rc ? rc : note(r, &r->p->by_finding, id, index + 1);
        if (rc == ERR_OK && !VEC_PUSH(&c->findings, id)) {
            rc = no_memory(r);
        }
    }
    rc = rc ? rc : list_of(r, object, "timeline", &it);
    while (rc == ERR_OK && json_iter_next(&it, &key, &v)) {
        struct str id;
        rc = text_of(r, json_member(v, STR("record_id")), "record_id", &id);
        if (rc == ERR_OK && id.len > 0) {
            rc = note(r, &r->p->by_record, id, index + 1);
        }
    }
    return rc;
}

static enum err_code add_address(const struct reading *r, struct str address, size_t index)
{
    struct previous *p = r->p;
    struct map_entry *e = map_put(&p->by_address, address);
    if (e == NULL) {
        return no_memory(r);
    }
    struct seen_address at = {.by = index, .next = (size_t)(uintptr_t)e->value};
    if (!VEC_PUSH(&p->escalated, at)) {
        return no_memory(r);
    }
    e->value = (void *)(uintptr_t)p->escalated.len;
    return ERR_OK;
}

static enum err_code read_addresses(const struct reading *r, struct json_view object, size_t index)
{
    struct json_iter it;
    struct json_view key;
    struct json_view v;
    enum err_code rc = list_of(r, object, "addresses", &it);
    while (rc == ERR_OK && json_iter_next(&it, &key, &v)) {
        struct str address = STR_EMPTY;
        rc = text_of(r, v, "addresses", &address);
        rc = rc ? rc : add_address(r, address, index);
    }
    return rc;
}

static enum err_code read_case(const struct reading *r, struct json_view object)
{
    struct previous *p = r->p;
    size_t index = p->cases.len;
    if (object.kind != JSON_OBJECT) {
        return wrong(r, "cases", "objects");
    }
    if (index == PREVIOUS_CASES_MAX) {
        return err_set(r->err, ERR_LIMIT, "%.*s: more than %d cases",
                       STR_ARG(str_head(p->path, 100)), (int)PREVIOUS_CASES_MAX);
    }
    if (!VEC_PUSH(&p->cases, (struct previous_case){.due_us = TIME_NONE})) {
        return no_memory(r);
    }
    struct previous_case *c = &p->cases.at[index];
    enum err_code rc = id_of(r, object, &c->id);
    if (rc == ERR_OK && map_get(&p->by_id, c->id) != NULL) {
        return wrong(r, "id", "of one case only");
    }
    rc = rc ? rc : note(r, &p->by_id, c->id, index + 1);
    rc = rc ? rc : text_of(r, json_member(object, STR("title")), "title", &c->title);
    rc = rc ? rc : read_answers(r, object, c);
    rc = rc ? rc : read_decision(r, object, c);
    rc = rc ? rc : read_findings(r, object, c, index);
    return rc == ERR_OK && c->escalate ? read_addresses(r, object, index) : rc;
}

static enum err_code read_hits(const struct reading *r, struct json_view object)
{
    struct json_view count = json_member(object, STR("count"));
    struct str id;
    uint64_t n = 0;
    if (object.kind != JSON_OBJECT) {
        return wrong(r, "findings", "objects");
    }
    enum err_code rc = id_of(r, object, &id);
    if (rc == ERR_OK && (count.kind != JSON_NUMBER ||
                         !str_u64(str_make(count.ptr, count.len), &n) || n > UINTPTR_MAX)) {
        rc = wrong(r, "count", "a whole number");
    }
    return rc ? rc : note(r, &r->p->hits, id, (size_t)n);
}

static enum err_code read_all(struct reading *r, struct json_view root)
{
    static const struct {
        const char *member, *what;
        enum err_code (*read)(const struct reading *r, struct json_view object);
    } parts[] = {{"findings", "finding", read_hits}, {"cases", "case", read_case}};
    enum err_code rc = ERR_OK;
    for (size_t i = 0; rc == ERR_OK && i < ARRAY_LEN(parts); i++) {
        struct json_iter it;
        struct json_view key;
        struct json_view v;
        r->what = "the result, part";
        r->number = i + 1;
        rc = list_of(r, root, parts[i].member, &it);
        r->what = parts[i].what;
        for (r->number = 1; rc == ERR_OK && json_iter_next(&it, &key, &v); r->number++) {
            rc = parts[i].read(r, v);
        }
    }
    return rc;
}

enum err_code previous_load(struct str path, struct str text, struct previous **out,
                            struct err *err)
{
    struct json_fault fault;
    struct str head = str_head(path, 100);
    if (text.len > PREVIOUS_BYTES_MAX) {
        return err_set(err, ERR_LIMIT, "%.*s is larger than %d MB", STR_ARG(head),
                       (int)(PREVIOUS_BYTES_MAX / (1024 * 1024)));
    }
    if (json_check(text, &fault) != JSON_OK) {
        if (err != NULL) {
            err->offset = fault.offset;
        }
        return err_set(err, ERR_SYNTAX, "%.*s is no whole JSON: byte %zu: %s", STR_ARG(head),
                       fault.offset, fault.reason);
    }
    struct previous *p = mem_alloc(1, sizeof(*p));
    if (p == NULL) {
        return err_set(err, ERR_NOMEM, "no memory for %.*s", STR_ARG(head));
    }
    arena_init(&p->arena, 0);
    p->path = path;
    struct json_view root = json_view_of(text);
    struct json_view schema = json_member(root, STR("schema"));
    struct reading r = {.p = p, .err = err};
    enum err_code rc = ERR_OK;
    if (schema.kind != JSON_STRING || !str_eq(str_make(schema.ptr, schema.len), STR(SCHEMA))) {
        rc = err_set(err, ERR_SCHEMA,
                     "%.*s is no result of triage (schema %s); give a file that 'triage --format "
                     "json' wrote",
                     STR_ARG(head), SCHEMA);
    }
    rc = rc ? rc : read_all(&r, root);
    if (rc) {
        previous_free(p);
        return rc;
    }
    *out = p;
    return ERR_OK;
}

/* ---- asking ---- */

struct str previous_path(const struct previous *p)
{
    return p->path;
}

size_t previous_count(const struct previous *p)
{
    return p->cases.len;
}

const struct previous_case *previous_at(const struct previous *p, size_t i)
{
    return &p->cases.at[i];
}

static uintptr_t number_of(const struct map *m, struct str key)
{
    const void *value = map_get(m, key);
    return (uintptr_t)value;
}

static const struct previous_case *of(const struct previous *p, const struct map *m, struct str key)
{
    uintptr_t at = number_of(m, key);
    return at == 0 ? NULL : &p->cases.at[at - 1];
}

const struct previous_case *previous_find(const struct previous *p, struct str id)
{
    return of(p, &p->by_id, id);
}

const struct previous_case *previous_of_finding(const struct previous *p, struct str finding)
{
    return of(p, &p->by_finding, finding);
}

const struct previous_case *previous_of_record(const struct previous *p, struct str record_id)
{
    return record_id.len == 0 ? NULL : of(p, &p->by_record, record_id);
}

uint64_t previous_hits(const struct previous *p, struct str finding)
{
    return number_of(&p->hits, finding);
}

const struct previous_case *previous_escalated(const struct previous *p, struct str address,
                                               size_t *at)
{
    size_t now = *at == 0 ? number_of(&p->by_address, address) : *at - 1;
    if (now == 0) {
        return NULL;
    }
    *at = p->escalated.at[now - 1].next + 1;
    return &p->cases.at[p->escalated.at[now - 1].by];
}
