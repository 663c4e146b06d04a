#include "rule/rule_priv.h"

struct expr *expr_new(struct loader *l, enum expr_kind kind, size_t count,
                      const struct expr ***out_child)
{
    struct expr *e = ARENA_NEW(l->arena, struct expr);
    const struct expr **child = ARENA_ARRAY(l->arena, const struct expr *, count + 1);
    if (e == NULL || child == NULL) {
        (void)loader_no_memory(l);
        return NULL;
    }
    e->kind = kind;
    e->child = child;
    e->count = count;
    if (out_child != NULL) {
        *out_child = child;
    }
    return e;
}

static const struct expr *one_test(struct loader *l, struct str key, unsigned line,
                                   const struct yaml_node *value)
{
    const struct test *t = modifier_read(l, key, line, value);
    struct expr *e = t == NULL ? NULL : expr_new(l, EXPR_TEST, 0, NULL);
    if (e != NULL) {
        e->test = t;
    }
    return e;
}

static const struct expr *read_map(struct loader *l, const struct yaml_node *n)
{
    const struct expr **child;
    struct expr *e = expr_new(l, EXPR_AND, n->count, &child);
    for (size_t i = 0; e != NULL && i < n->count; i++) {
        const struct yaml_pair *p = &n->pairs[i];
        if (p->key.len == 0) {
            (void)loader_refuse(l, p->line, "a field name is empty");
            return NULL;
        }
        child[i] = one_test(l, p->key, p->line, p->value);
        if (child[i] == NULL) {
            return NULL;
        }
    }
    return e;
}

static const struct expr *read_item(struct loader *l, const struct yaml_node *n)
{
    if (n->kind == YAML_SCALAR) {
        return one_test(l, STR_EMPTY, n->line, n);
    }
    if (n->kind == YAML_MAP && n->count != 0) {
        return read_map(l, n);
    }
    (void)loader_refuse(l, n->line, "a selection is made of fields or of keywords, and not empty");
    return NULL;
}

const struct expr *selection_read(struct loader *l, const struct yaml_node *n)
{
    if (n->kind != YAML_LIST || n->count == 0) {
        return read_item(l, n);
    }
    const struct expr **child;
    struct expr *e = expr_new(l, EXPR_OR, n->count, &child);
    for (size_t i = 0; e != NULL && i < n->count; i++) {
        child[i] = read_item(l, n->items[i]);
        if (child[i] == NULL) {
            return NULL;
        }
    }
    return e;
}
