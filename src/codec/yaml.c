#include "codec/yaml.h"

#include <yaml.h>

#include "base/mem.h"
#include "base/vec.h"

/* clang-format off */
struct node_list { VEC_OF(const struct yaml_node *); };
struct pair_list { VEC_OF(struct yaml_pair); };
/* clang-format on */

struct loader {
    yaml_document_t *doc;
    struct arena *arena;
    struct err *err;
    size_t nodes; /* made so far, over all documents */
};

static void document_done(yaml_document_t *doc)
{
    yaml_document_delete(doc);
}

static void parser_done(yaml_parser_t *parser)
{
    yaml_parser_delete(parser);
}

static void nodes_done(struct node_list *list)
{
    VEC_FREE(list);
}

static void pairs_done(struct pair_list *list)
{
    VEC_FREE(list);
}

/* An arena without a limit is only full when memory is. */
static enum err_code arena_full(const struct arena *a, size_t line, struct err *err)
{
    return a->limit == 0 ? err_set(err, ERR_NOMEM, "no memory for YAML")
                         : err_set(err, ERR_LIMIT, "line %zu: YAML is too large", line);
}

static enum err_code build(struct loader *l, int index, unsigned depth,
                           const struct yaml_node **out);

static enum err_code build_list(struct loader *l, const yaml_node_t *from, unsigned depth,
                                struct yaml_node *to)
{
    CLEANUP(nodes_done) struct node_list items = {0};
    const yaml_node_item_t *item = from->data.sequence.items.start;
    for (; item < from->data.sequence.items.top; item++) {
        const struct yaml_node *child = NULL;
        enum err_code rc = build(l, *item, depth + 1, &child);
        if (rc) {
            return rc;
        }
        if (!VEC_PUSH(&items, child)) {
            return err_set(l->err, ERR_NOMEM, "no memory for YAML");
        }
    }
    const struct yaml_node **copy = ARENA_ARRAY(l->arena, const struct yaml_node *, items.len);
    if (copy == NULL) {
        return arena_full(l->arena, from->start_mark.line + 1, l->err);
    }
    for (size_t i = 0; i < items.len; i++) {
        copy[i] = items.at[i];
    }
    to->items = copy;
    to->count = items.len;
    return ERR_OK;
}

static bool has_key(const struct pair_list *pairs, struct str key)
{
    for (size_t i = 0; i < pairs->len; i++) {
        if (str_eq(pairs->at[i].key, key)) {
            return true;
        }
    }
    return false;
}

static enum err_code build_map(struct loader *l, const yaml_node_t *from, unsigned depth,
                               struct yaml_node *to)
{
    CLEANUP(pairs_done) struct pair_list pairs = {0};
    const yaml_node_pair_t *at = from->data.mapping.pairs.start;
    for (; at < from->data.mapping.pairs.top; at++) {
        const yaml_node_t *key = yaml_document_get_node(l->doc, at->key);
        struct yaml_pair pair = {.line = (unsigned)key->start_mark.line + 1};
        if (key->type != YAML_SCALAR_NODE) {
            return err_set(l->err, ERR_SYNTAX, "line %u: a key must be plain text", pair.line);
        }
        struct str text = {(const char *)key->data.scalar.value, key->data.scalar.length};
        /* Linear, because mappings that people write are short; the node limit bounds it. */
        if (pairs.len > 4096 || has_key(&pairs, text)) {
            return err_set(l->err, pairs.len > 4096 ? ERR_LIMIT : ERR_SYNTAX,
                           pairs.len > 4096
                               ? "line %u: more than 4096 keys in a mapping (at '%.*s')"
                               : "line %u: key '%.*s' stands twice",
                           pair.line, STR_ARG(text));
        }
        enum err_code rc = build(l, at->value, depth + 1, &pair.value);
        if (rc) {
            return rc;
        }
        if (!arena_dup(l->arena, text, &pair.key)) {
            return arena_full(l->arena, from->start_mark.line + 1, l->err);
        }
        if (!VEC_PUSH(&pairs, pair)) {
            return err_set(l->err, ERR_NOMEM, "no memory for YAML");
        }
    }
    struct yaml_pair *copy = ARENA_ARRAY(l->arena, struct yaml_pair, pairs.len);
    if (copy == NULL) {
        return arena_full(l->arena, from->start_mark.line + 1, l->err);
    }
    for (size_t i = 0; i < pairs.len; i++) {
        copy[i] = pairs.at[i];
    }
    to->pairs = copy;
    to->count = pairs.len;
    return ERR_OK;
}

/* Aliases are followed by building the node again: the node count is what bounds a bomb, and the
 * depth what bounds an alias to its own ancestor. */
static enum err_code build(struct loader *l, int index, unsigned depth,
                           const struct yaml_node **out)
{
    const yaml_node_t *from = yaml_document_get_node(l->doc, index);
    unsigned line = (unsigned)from->start_mark.line + 1;
    if (depth > YAML_DEPTH_MAX || ++l->nodes > YAML_NODES_MAX) {
        return err_set(l->err, ERR_LIMIT, "line %u: YAML is nested too deep or too large", line);
    }
    struct yaml_node *to = ARENA_NEW(l->arena, struct yaml_node);
    if (to == NULL) {
        return arena_full(l->arena, line, l->err);
    }
    to->line = line;
    to->column = (unsigned)from->start_mark.column + 1;
    *out = to;
    switch (from->type) {
    case YAML_SEQUENCE_NODE:
        to->kind = YAML_LIST;
        return build_list(l, from, depth, to);
    case YAML_MAPPING_NODE:
        to->kind = YAML_MAP;
        return build_map(l, from, depth, to);
    case YAML_SCALAR_NODE:
    case YAML_NO_NODE:
    default:
        break;
    }
    to->kind = YAML_SCALAR;
    to->plain = from->data.scalar.style == YAML_PLAIN_SCALAR_STYLE;
    struct str text = {(const char *)from->data.scalar.value, from->data.scalar.length};
    if (!arena_dup(l->arena, text, &to->text)) {
        return arena_full(l->arena, line, l->err);
    }
    return ERR_OK;
}

static enum err_code parser_fault(const yaml_parser_t *p, struct err *err)
{
    if (p->error == YAML_MEMORY_ERROR) {
        return err_set(err, ERR_NOMEM, "no memory for YAML");
    }
    if (p->error == YAML_READER_ERROR) {
        enum err_code rc = err_set(err, ERR_SYNTAX, "byte %zu: %s", p->problem_offset,
                                   p->problem == NULL ? "not text" : p->problem);
        if (err != NULL) {
            err->offset = p->problem_offset;
        }
        return rc;
    }
    enum err_code rc =
        err_set(err, ERR_SYNTAX, "line %zu, column %zu: %s", p->problem_mark.line + 1,
                p->problem_mark.column + 1, p->problem == NULL ? "not YAML" : p->problem);
    if (err != NULL) {
        err->offset = p->problem_mark.index;
    }
    return rc;
}

/* One document into *out; NULL at the end of the text. */
static enum err_code load_one(yaml_parser_t *parser, struct loader *l, const struct yaml_node **out)
{
    CLEANUP(document_done) yaml_document_t doc = {0};
    if (yaml_parser_load(parser, &doc) == 0) {
        doc = (yaml_document_t){0};
        return parser_fault(parser, l->err);
    }
    *out = NULL;
    l->doc = &doc;
    enum err_code rc = yaml_document_get_root_node(&doc) == NULL ? ERR_OK : build(l, 1, 0, out);
    l->doc = NULL;
    return rc;
}

enum err_code yaml_load(struct str text, struct arena *a, const struct yaml_node ***out_docs,
                        size_t *out_count, struct err *err)
{
    if (text.len > YAML_BYTES_MAX) {
        return err_set(err, ERR_LIMIT, "YAML of %zu bytes: at most %d are read", text.len,
                       YAML_BYTES_MAX);
    }
    CLEANUP(parser_done) yaml_parser_t parser;
    if (yaml_parser_initialize(&parser) == 0) {
        parser = (yaml_parser_t){0};
        return err_set(err, ERR_NOMEM, "no memory for YAML");
    }
    yaml_parser_set_input_string(&parser, (const unsigned char *)text.ptr, text.len);

    CLEANUP(nodes_done) struct node_list docs = {0};
    struct loader l = {.arena = a, .err = err};
    for (;;) {
        const struct yaml_node *root = NULL;
        enum err_code rc = load_one(&parser, &l, &root);
        if (rc) {
            return rc;
        }
        if (root == NULL) {
            break;
        }
        if (!VEC_PUSH(&docs, root)) {
            return err_set(err, ERR_NOMEM, "no memory for YAML");
        }
    }
    const struct yaml_node **copy = ARENA_ARRAY(a, const struct yaml_node *, docs.len);
    if (copy == NULL) {
        return arena_full(a, 1, err);
    }
    for (size_t i = 0; i < docs.len; i++) {
        copy[i] = docs.at[i];
    }
    *out_docs = copy;
    *out_count = docs.len;
    return ERR_OK;
}

const struct yaml_node *yaml_get(const struct yaml_node *map, struct str key)
{
    if (map == NULL || map->kind != YAML_MAP) {
        return NULL;
    }
    for (size_t i = 0; i < map->count; i++) {
        if (str_eq(map->pairs[i].key, key)) {
            return map->pairs[i].value;
        }
    }
    return NULL;
}

struct str yaml_text(const struct yaml_node *n)
{
    return n == NULL || n->kind != YAML_SCALAR ? STR_EMPTY : n->text;
}

static bool one_of(struct str s, const struct str *words, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        if (str_eq(s, words[i])) {
            return true;
        }
    }
    return false;
}

bool yaml_is_null(const struct yaml_node *n)
{
    static const struct str nulls[] = {STR_INIT(""), STR_INIT("~"), STR_INIT("null"),
                                       STR_INIT("Null"), STR_INIT("NULL")};
    return n != NULL && n->kind == YAML_SCALAR && n->plain &&
           one_of(n->text, nulls, ARRAY_LEN(nulls));
}

bool yaml_bool(const struct yaml_node *n, bool *out)
{
    static const struct str yes[] = {STR_INIT("true"), STR_INIT("True"), STR_INIT("TRUE"),
                                     STR_INIT("yes"), STR_INIT("on")};
    static const struct str no[] = {STR_INIT("false"), STR_INIT("False"), STR_INIT("FALSE"),
                                    STR_INIT("no"), STR_INIT("off")};
    if (n == NULL || n->kind != YAML_SCALAR || !n->plain) {
        return false;
    }
    if (one_of(n->text, yes, ARRAY_LEN(yes))) {
        *out = true;
        return true;
    }
    if (one_of(n->text, no, ARRAY_LEN(no))) {
        *out = false;
        return true;
    }
    return false;
}

bool yaml_int(const struct yaml_node *n, long long *out)
{
    int64_t v;
    if (n == NULL || n->kind != YAML_SCALAR || !n->plain || !str_i64(n->text, &v)) {
        return false;
    }
    *out = v;
    return true;
}
