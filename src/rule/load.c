/*
 * From YAML text to rules: documents, log sources, detections. A document that is refused becomes
 * an issue, the next one is read all the same.
 */
#include <stdarg.h>

#include "base/buf.h"
#include "base/mem.h"
#include "rule/rule_priv.h"

bool loader_refuse(struct loader *l, unsigned line, const char *fmt, ...)
{
    if (l->fault.code != ERR_OK) {
        return false;
    }
    struct buf text;
    buf_init(&text, sizeof(l->fault.msg) - 1);
    va_list ap;
    va_start(ap, fmt);
    buf_vprintf(&text, fmt, ap);
    va_end(ap);
    err_set_at(&l->fault, ERR_SCHEMA, "%s", text.failed ? "it cannot be used" : text.ptr);
    buf_free(&text);
    l->fault_line = line;
    return false;
}

bool loader_no_memory(struct loader *l)
{
    err_set_at(&l->fault, ERR_NOMEM, "out of memory while reading rules");
    return false;
}

/* ---- one rule ---- */

static bool check_kind(struct loader *l, const struct yaml_node *doc)
{
    if (doc->kind != YAML_MAP) {
        return loader_refuse(l, doc->line, "this is no Sigma rule: a mapping is expected");
    }
    if (yaml_get(doc, STR("correlation")) != NULL) {
        return loader_refuse(l, doc->line, "correlation rules are not loaded by this version");
    }
    if (yaml_get(doc, STR("filter")) != NULL) {
        return loader_refuse(l, doc->line, "filters are not loaded by this version");
    }
    if (yaml_get(doc, STR("action")) != NULL) {
        return loader_refuse(l, doc->line, "'action' is of Sigma 1: write each rule out in full");
    }
    if (str_eq(yaml_text(yaml_get(doc, STR("status"))), STR("unsupported"))) {
        return loader_refuse(l, doc->line, "its status is 'unsupported'");
    }
    return true;
}

static const struct expr *read_condition(struct loader *l, const struct yaml_node *n,
                                         const struct selection *sel, size_t count)
{
    if (n->kind == YAML_SCALAR) {
        return condition_read(l, n->text, n->line, sel, count);
    }
    if (n->kind != YAML_LIST || n->count == 0) {
        (void)loader_refuse(l, n->line, "'condition' must be text or a list of texts");
        return NULL;
    }
    const struct expr **child;
    struct expr *e = expr_new(l, EXPR_OR, n->count, &child);
    for (size_t i = 0; e != NULL && i < n->count; i++) {
        const struct yaml_node *item = n->items[i];
        child[i] = condition_read(l, yaml_text(item), item->line, sel, count);
        if (child[i] == NULL) {
            return NULL;
        }
    }
    return e;
}

static const struct expr *read_detection(struct loader *l, const struct yaml_node *doc)
{
    const struct yaml_node *n = yaml_get(doc, STR("detection"));
    const struct yaml_node *condition = yaml_get(n, STR("condition"));
    struct selection sel[RULE_SELECTIONS_MAX];
    size_t count = 0;
    for (size_t i = 0; i < n->count; i++) {
        if (str_eq(n->pairs[i].key, STR("condition"))) {
            continue;
        }
        sel[count].name = n->pairs[i].key;
        sel[count].expr = selection_read(l, n->pairs[i].value);
        if (sel[count++].expr == NULL) {
            return NULL;
        }
    }
    return read_condition(l, condition, sel, count);
}

static bool check_detection(struct loader *l, const struct yaml_node *doc)
{
    const struct yaml_node *n = yaml_get(doc, STR("detection"));
    if (n == NULL || n->kind != YAML_MAP || yaml_get(n, STR("condition")) == NULL) {
        return loader_refuse(l, n == NULL ? doc->line : n->line,
                             "'detection' with a 'condition' is missing");
    }
    if (yaml_get(n, STR("timeframe")) != NULL) {
        return loader_refuse(l, n->line,
                             "'timeframe' is no part of Sigma 2: write a correlation "
                             "rule instead");
    }
    return n->count <= RULE_SELECTIONS_MAX ||
           loader_refuse(l, n->line, "more than %d selections", RULE_SELECTIONS_MAX);
}

/* ---- a rule and its sources ---- */

static bool keep_fields(struct loader *l, struct binding *b)
{
    struct field **fields = ARENA_ARRAY(l->arena, struct field *, l->fields.len + 1);
    if (fields == NULL) {
        return loader_no_memory(l);
    }
    for (size_t i = 0; i < l->fields.len; i++) {
        fields[i] = l->fields.at[i];
        for (size_t k = 0; k < fields[i]->path_count; k++) {
            b->deep = b->deep || fields[i]->path[k].key_count > 1;
        }
    }
    b->fields = fields;
    b->field_count = l->fields.len;
    return true;
}

/* Both expressions. */
static const struct expr *join(struct loader *l, const struct expr *a, const struct expr *b)
{
    const struct expr **child;
    struct expr *both = a == NULL || b == NULL ? NULL : expr_new(l, EXPR_AND, 2, &child);
    if (both != NULL) {
        child[0] = a;
        child[1] = b;
    }
    return both;
}

static bool bind(struct loader *l, const struct yaml_node *doc, const struct logsource_match *m,
                 struct rule *r)
{
    struct binding *b = ARENA_NEW(l->arena, struct binding);
    if (b == NULL) {
        return loader_no_memory(l);
    }
    l->log = m->log;
    l->fields.len = 0;
    b->rule = r;
    b->when = m->whole ? read_detection(l, doc)
                       : join(l, logsource_expr(l, m, doc->line), read_detection(l, doc));
    if (b->when == NULL || !keep_fields(l, b)) {
        return false;
    }
    r->bound++;
    return VEC_PUSH(&m->log->bound, b) || loader_no_memory(l);
}

static bool check_id(struct loader *l, const struct rule *r)
{
    const struct rule *other = map_get(&l->set->ids, r->key);
    return other == NULL || loader_refuse(l, r->line - l->line_offset,
                                          "a rule of the same id was loaded from %.*s, line %u",
                                          STR_ARG(other->path), other->line);
}

static bool keep_rule(struct loader *l, struct rule *r)
{
    struct map_entry *e = map_put(&l->set->ids, r->key);
    if (e == NULL || !VEC_PUSH(&l->set->rules, r)) {
        return loader_no_memory(l);
    }
    e->value = r;
    return true;
}

/* To every source that the rule means. A fault takes back the bindings made before it. */
static bool bind_all(struct loader *l, const struct yaml_node *doc, const struct logsource_match *m,
                     size_t count, struct rule *r)
{
    size_t done = 0;
    while (done < count && bind(l, doc, &m[done], r)) {
        done++;
    }
    if (done == count && keep_rule(l, r)) {
        return true;
    }
    for (size_t i = 0; i < done; i++) {
        m[i].log->bound.len--;
    }
    return false;
}

static bool read_rule(struct loader *l, const struct yaml_node *doc)
{
    struct rule *r = ARENA_NEW(l->arena, struct rule);
    if (r == NULL) {
        return loader_no_memory(l);
    }
    r->path = l->path;
    r->line = l->line_offset + doc->line;
    l->elsewhere = false;
    struct logsource_match *m = mem_alloc(l->set->log_count + 1, sizeof(*m));
    if (m == NULL) {
        return loader_no_memory(l);
    }
    size_t count = 0;
    bool ok = check_kind(l, doc) && logsource_read(l, doc, m, &count) && head_read(l, doc, r) &&
              check_detection(l, doc) && check_id(l, r) && bind_all(l, doc, m, count, r);
    mem_free(m);
    return ok;
}

/* ---- documents ---- */

static bool add_issue(struct loader *l, struct str rule, unsigned line, struct str reason)
{
    struct rule_issue issue = {.path = l->path, .line = line, .elsewhere = l->elsewhere};
    return (arena_dup(l->arena, rule, &issue.rule) && arena_dup(l->arena, reason, &issue.reason) &&
            VEC_PUSH(&l->set->issues, issue)) ||
           loader_no_memory(l);
}

static struct str label_of(const struct yaml_node *doc)
{
    struct str title = str_trim(yaml_text(yaml_get(doc, STR("title"))));
    return title.len != 0 ? title : str_trim(yaml_text(yaml_get(doc, STR("id"))));
}

/* The fault of one document, as an issue. False: no memory. */
static bool settle(struct loader *l, struct str rule)
{
    if (l->fault.code == ERR_NOMEM) {
        return false;
    }
    struct err fault = l->fault;
    unsigned line = l->fault_line == 0 ? 0 : l->line_offset + l->fault_line;
    l->fault = (struct err){0};
    return add_issue(l, rule, line, str_of(fault.msg));
}

/* A YAML error names its line within the document; ours is the line in the file. */
static bool settle_yaml(struct loader *l, struct str text, const struct err *e)
{
    struct str why = str_of(e->msg);
    size_t colon = str_find(why, STR(": "));
    if (str_starts(why, STR("line ")) && colon != SIZE_MAX) {
        why = str_from(why, colon + 2);
    }
    unsigned line = 1;
    for (size_t i = 0; i < e->offset && i < text.len; i++) {
        line += text.ptr[i] == '\n' ? 1 : 0;
    }
    struct str reason;
    if (!arena_printf(l->arena, &reason, "not readable as YAML: %.*s", STR_ARG(why))) {
        return loader_no_memory(l);
    }
    return add_issue(l, STR_EMPTY, l->line_offset + line, reason);
}

static bool read_document(struct loader *l, struct str text, size_t *io_count)
{
    const struct yaml_node **docs;
    size_t count;
    struct err e = {0};
    enum err_code rc = yaml_load(text, l->arena, &docs, &count, &e);
    if (rc == ERR_NOMEM) {
        return loader_no_memory(l);
    }
    if (rc != ERR_OK) {
        *io_count += 1;
        l->elsewhere = false;
        return settle_yaml(l, text, &e);
    }
    *io_count += count;
    for (size_t i = 0; i < count; i++) {
        if (!read_rule(l, docs[i]) && !settle(l, label_of(docs[i]))) {
            return false;
        }
    }
    return true;
}

/* Where the next line that begins a document (---) is, from `at` on, or the end. */
static size_t next_document(struct str text, size_t at)
{
    while (at < text.len) {
        size_t eol = str_chr(str_from(text, at), '\n');
        if (eol == SIZE_MAX) {
            return text.len;
        }
        at += eol + 1;
        struct str line = str_from(text, at);
        if (str_starts(line, STR("---")) && (line.len == 3 || chr_is_space(line.ptr[3]))) {
            return at;
        }
    }
    return text.len;
}

/* Documents are read one by one, so that a broken one costs only itself. */
static bool read_documents(struct loader *l, struct str text)
{
    size_t count = 0;
    for (size_t at = 0; at < text.len;) {
        size_t end = next_document(text, at);
        struct str doc = str_make(text.ptr + at, end - at);
        if (!read_document(l, doc, &count)) {
            return false;
        }
        for (size_t i = 0; i < doc.len; i++) {
            l->line_offset += doc.ptr[i] == '\n' ? 1 : 0;
        }
        at = end;
    }
    return count != 0 || add_issue(l, STR_EMPTY, 0, STR("there is no rule in this file"));
}

enum err_code rule_set_add(struct rule_set *s, struct str path, struct str text, bool ours,
                           struct err *err)
{
    struct loader l = {.set = s, .ours = ours, .arena = &s->arena};
    bool ok = arena_dup(&s->arena, path, &l.path) && read_documents(&l, text);
    VEC_FREE(&l.fields);
    return ok ? ERR_OK : err_set(err, ERR_NOMEM, "out of memory while reading rules");
}
