/*
 * The documents of a text. One that is refused becomes an issue, the next one is read all the same.
 *
 * 'action: global' (of Sigma 1, and still met) is no rule: its parts are put into each document
 * that follows, 'reset' ends that, 'repeat' puts the parts of the document before under its own.
 */
#include "rule/rule_priv.h"

/* ---- action ---- */

static const struct yaml_node *merge(struct loader *l, const struct yaml_node *under,
                                     const struct yaml_node *over, unsigned depth);

static bool merge_pair(struct loader *l, struct yaml_pair *to, size_t *io_count,
                       const struct yaml_pair *p, unsigned depth)
{
    for (size_t i = 0; i < *io_count; i++) {
        if (str_eq(to[i].key, p->key)) {
            to[i].value = merge(l, to[i].value, p->value, depth + 1);
            to[i].line = p->line;
            return to[i].value != NULL;
        }
    }
    to[(*io_count)++] = *p;
    return true;
}

/* Mappings become one, key by key; anything else of `over` replaces what is there. */
static const struct yaml_node *merge(struct loader *l, const struct yaml_node *under,
                                     const struct yaml_node *over, unsigned depth)
{
    if (under->kind != YAML_MAP || over->kind != YAML_MAP || depth >= YAML_DEPTH_MAX) {
        return over;
    }
    struct yaml_node *n = ARENA_NEW(l->arena, struct yaml_node);
    struct yaml_pair *pairs =
        ARENA_ARRAY(l->arena, struct yaml_pair, under->count + over->count + 1);
    if (n == NULL || pairs == NULL) {
        (void)loader_no_memory(l);
        return NULL;
    }
    *n = *over;
    n->pairs = pairs;
    n->count = 0;
    for (size_t i = 0; i < under->count; i++) {
        pairs[n->count++] = under->pairs[i];
    }
    for (size_t i = 0; i < over->count; i++) {
        if (!merge_pair(l, pairs, &n->count, &over->pairs[i], depth)) {
            return NULL;
        }
    }
    return n;
}

/* The document with what 'action' adds to it; NULL: it is no rule, or l->fault says why not. */
static const struct yaml_node *act(struct loader *l, const struct yaml_node *doc)
{
    if (yaml_is_null(doc)) {
        return NULL; /* nothing behind the last --- */
    }
    const struct yaml_node *action = yaml_get(doc, STR("action"));
    struct str what = yaml_text(action);
    l->elsewhere = false;
    if (action != NULL && str_eq(what, STR("global"))) {
        l->global = doc;
        return NULL;
    }
    if (action != NULL && str_eq(what, STR("reset"))) {
        l->global = NULL;
        return NULL;
    }
    const struct yaml_node *under = l->global;
    if (action != NULL && str_eq(what, STR("repeat"))) {
        under = l->previous;
    } else if (action != NULL) {
        (void)loader_refuse(l, action->line, "'action' is global, reset or repeat");
        return NULL;
    }
    if (under != NULL && doc->kind == YAML_MAP) {
        doc = merge(l, under, doc, 0);
    }
    l->previous = doc;
    return doc;
}

/* ---- issues ---- */

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
bool document_settle(struct loader *l, struct str rule)
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

/* Remember why, under the names by which others may refer to it. */
static bool note_refusal(struct loader *l, const struct yaml_node *doc)
{
    static const char *const keys[] = {"id", "name"};
    struct str *why = ARENA_NEW(l->arena, struct str);
    if (why == NULL || !arena_dup(l->arena, str_of(l->fault.msg), why)) {
        return loader_no_memory(l);
    }
    for (size_t i = 0; i < ARRAY_LEN(keys); i++) {
        struct str name = str_trim(yaml_text(yaml_get(doc, str_of(keys[i]))));
        struct map_entry *e = name.len == 0 ? NULL : map_put(&l->set->refused, name);
        if (name.len != 0 && e == NULL) {
            return loader_no_memory(l);
        }
        if (e != NULL) {
            e->value = why;
        }
    }
    return true;
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
        const struct yaml_node *doc = act(l, docs[i]);
        bool ok = doc == NULL ? l->fault.code == ERR_OK : load_document(l, doc);
        if (!ok && !(note_refusal(l, docs[i]) && document_settle(l, label_of(docs[i])))) {
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
bool document_read_all(struct loader *l, struct str text)
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
