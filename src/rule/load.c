/*
 * From a YAML document to a rule, bound to its sources; or to a correlation or a filter.
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

static bool is_selection(struct str key)
{
    return !str_eq(key, STR("condition")) && !str_eq(key, STR("rules")) && !exclusion_is_key(key);
}

const struct expr *load_detection(struct loader *l, const struct yaml_node *n)
{
    struct selection sel[RULE_SELECTIONS_MAX];
    size_t count = 0;
    for (size_t i = 0; i < n->count; i++) {
        if (!is_selection(n->pairs[i].key)) {
            continue;
        }
        sel[count].name = n->pairs[i].key;
        sel[count].expr = selection_read(l, n->pairs[i].value);
        if (sel[count++].expr == NULL) {
            return NULL;
        }
    }
    return read_condition(l, yaml_get(n, STR("condition")), sel, count);
}

bool load_check_detection(struct loader *l, const struct yaml_node *doc, const char *section)
{
    const struct yaml_node *n = yaml_get(doc, str_of(section));
    if (n == NULL || n->kind != YAML_MAP || yaml_get(n, STR("condition")) == NULL) {
        return loader_refuse(l, n == NULL ? doc->line : n->line,
                             "'%s' with a 'condition' is missing", section);
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

static bool has_field(const struct binding *b, const struct field *f)
{
    for (size_t i = 0; i < b->field_count; i++) {
        if (b->fields[i] == f) {
            return true;
        }
    }
    return false;
}

bool load_add_fields(struct loader *l, struct binding *b)
{
    struct field **fields =
        ARENA_ARRAY(l->arena, struct field *, b->field_count + l->fields.len + 1);
    if (fields == NULL) {
        return loader_no_memory(l);
    }
    for (size_t i = 0; i < b->field_count; i++) {
        fields[i] = b->fields[i];
    }
    size_t had = b->field_count;
    b->fields = fields;
    for (size_t i = 0; i < l->fields.len; i++) {
        struct field *f = l->fields.at[i];
        if (had != 0 && has_field(b, f)) {
            continue;
        }
        fields[b->field_count++] = f;
        b->deep = b->deep || f->deep;
    }
    return true;
}

/* Both expressions. */
static const struct expr *join(struct loader *l, const struct expr *a, const struct expr *b)
{
    const struct expr **child = NULL;
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
    const struct yaml_node *detection = yaml_get(doc, STR("detection"));
    l->log = m->log;
    l->fields.len = 0;
    b->rule = r;
    b->when = m->whole ? load_detection(l, detection)
                       : join(l, logsource_expr(l, m, doc->line), load_detection(l, detection));
    if (b->when == NULL || !load_add_fields(l, b)) {
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

static bool keep_name(struct loader *l, struct rule *r)
{
    struct map_entry *e = r->name.len == 0 ? NULL : map_put(&l->set->names, r->name);
    if (e != NULL) {
        e->value = e->value == NULL ? r : &rule_ambiguous;
    }
    return r->name.len == 0 || e != NULL || loader_no_memory(l);
}

bool load_keep_rule(struct loader *l, struct rule *r)
{
    struct map_entry *e = map_put(&l->set->ids, r->key);
    if (e == NULL || !VEC_PUSH(&l->set->rules, r)) {
        return loader_no_memory(l);
    }
    e->value = r;
    return keep_name(l, r);
}

/* To every source that the rule means. A fault takes back the bindings made before it. */
static bool bind_all(struct loader *l, const struct yaml_node *doc, const struct logsource_match *m,
                     size_t count, struct rule *r)
{
    size_t done = 0;
    while (done < count && bind(l, doc, &m[done], r)) {
        done++;
    }
    if (done == count && load_keep_rule(l, r)) {
        return true;
    }
    for (size_t i = 0; i < done; i++) {
        m[i].log->bound.len--;
    }
    return false;
}

static bool read_rule(struct loader *l, const struct yaml_node *doc, struct rule *r)
{
    struct logsource_match *m = mem_alloc(l->set->log_count + 1, sizeof(*m));
    if (m == NULL) {
        return loader_no_memory(l);
    }
    size_t count = 0;
    bool ok = logsource_read(l, doc, m, &count) && head_read(l, doc, r) &&
              load_check_detection(l, doc, "detection") && check_id(l, r) &&
              bind_all(l, doc, m, count, r);
    mem_free(m);
    return ok;
}

/* A filter or exclusion. Its selections are read when all rules are there. */
static bool read_filter(struct loader *l, const struct yaml_node *doc)
{
    struct filter *f = ARENA_NEW(l->arena, struct filter);
    if (f == NULL ||
        !arena_dup(l->arena, str_trim(yaml_text(yaml_get(doc, STR("title")))), &f->title)) {
        return loader_no_memory(l);
    }
    f->path = l->path;
    f->line = l->line_offset + doc->line;
    f->line_offset = l->line_offset;
    f->ours = l->ours;
    f->doc = doc;
    f->number = l->set->filters.len;
    bool ok = yaml_get(doc, STR("exclusion")) != NULL ? exclusion_read(l, doc, f)
                                                      : load_check_detection(l, doc, "filter");
    return ok && (VEC_PUSH(&l->set->filters, f) || loader_no_memory(l));
}

bool load_document(struct loader *l, const struct yaml_node *doc)
{
    l->elsewhere = false;
    if (!check_kind(l, doc)) {
        return false;
    }
    if (yaml_get(doc, STR("filter")) != NULL || yaml_get(doc, STR("exclusion")) != NULL) {
        return read_filter(l, doc);
    }
    if (yaml_get(doc, STR("placeholders")) != NULL && yaml_get(doc, STR("detection")) == NULL) {
        return expand_read(l, doc);
    }
    struct rule *r = ARENA_NEW(l->arena, struct rule);
    if (r == NULL) {
        return loader_no_memory(l);
    }
    r->path = l->path;
    r->line = l->line_offset + doc->line;
    if (yaml_get(doc, STR("correlation")) == NULL) {
        return read_rule(l, doc, r);
    }
    return head_read(l, doc, r) && check_id(l, r) && correlation_read(l, doc, r) &&
           load_keep_rule(l, r);
}

enum err_code rule_set_add(struct rule_set *s, struct str path, struct str text, bool ours,
                           struct err *err)
{
    struct loader l = {.set = s, .ours = ours, .arena = &s->arena};
    bool ok = arena_dup(&s->arena, path, &l.path) && document_read_all(&l, text);
    VEC_FREE(&l.fields);
    return ok ? ERR_OK : err_set(err, ERR_NOMEM, "out of memory while reading rules");
}
