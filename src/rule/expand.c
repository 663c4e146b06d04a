/*
 * Placeholders: `field|expand: '%Administrators%'` with values from a document of its own,
 *     placeholders:
 *       Administrators: ['adm_*', root]
 * A value is put in as it is written, wildcards and all; `\%` is a per cent sign.
 */
#include "base/buf.h"
#include "rule/rule_priv.h"

enum { TEXT_MAX = 16384 };

static bool keep_values(struct loader *l, const struct yaml_pair *p)
{
    const struct yaml_node *v = p->value;
    size_t count = v->kind == YAML_LIST ? v->count : 1;
    struct field_names *names = ARENA_NEW(l->arena, struct field_names);
    struct str *at = ARENA_ARRAY(l->arena, struct str, count + 1);
    struct map_entry *e = map_put(&l->set->placeholders, p->key);
    if (names == NULL || at == NULL || e == NULL) {
        return loader_no_memory(l);
    }
    for (size_t i = 0; i < count; i++) {
        const struct yaml_node *item = v->kind == YAML_LIST ? v->items[i] : v;
        if (item->kind != YAML_SCALAR || yaml_is_null(item)) {
            return loader_refuse(l, item->line, "placeholder '%.*s' takes texts and numbers",
                                 STR_ARG(str_head(p->key, 40)));
        }
        at[i] = item->text;
    }
    *names = (struct field_names){.at = at, .count = count};
    e->value = names;
    return true;
}

bool expand_read(struct loader *l, const struct yaml_node *doc)
{
    const struct yaml_node *n = yaml_get(doc, STR("placeholders"));
    if (n->kind != YAML_MAP) {
        return loader_refuse(l, n->line, "'placeholders' must give values to names");
    }
    for (size_t i = 0; i < n->count; i++) {
        if (!keep_values(l, &n->pairs[i])) {
            return false;
        }
    }
    return true;
}

/* Text up to a placeholder, with `\%` undone, into *b; the placeholder's name, "" when there is no
 * more; and what is behind it. */
static struct str next_placeholder(struct buf *b, struct str *rest)
{
    struct str s = *rest;
    for (size_t i = 0; i < s.len; i++) {
        if (s.ptr[i] == '\\' && i + 1 < s.len && s.ptr[i + 1] == '%') {
            buf_addc(b, '%');
            i++;
            continue;
        }
        size_t end = s.ptr[i] == '%' ? str_chr(str_from(s, i + 1), '%') : SIZE_MAX;
        if (end != SIZE_MAX && end != 0) {
            *rest = str_from(s, i + end + 2);
            return str_make(s.ptr + i + 1, end);
        }
        buf_addc(b, s.ptr[i]);
    }
    *rest = STR_EMPTY;
    return STR_EMPTY;
}

struct expanding {
    struct loader *l;
    const struct yaml_node *node; /* the value as written */
    size_t origin;
    struct expanded *out;
};

static bool keep_value(struct expanding *x, struct str text)
{
    struct yaml_node *n = ARENA_NEW(x->l->arena, struct yaml_node);
    if (n == NULL) {
        return loader_no_memory(x->l);
    }
    *n = *x->node;
    if (!arena_dup(x->l->arena, text, &n->text)) {
        return loader_no_memory(x->l);
    }
    if (x->out->len >= RULE_VALUES_MAX) {
        return loader_refuse(x->l, x->node->line, "its placeholders give more than %d values",
                             RULE_VALUES_MAX);
    }
    struct expanded_value v = {.node = n, .origin = x->origin};
    return VEC_PUSH(x->out, v) || loader_no_memory(x->l);
}

/* Every choice of values: `done` before, `rest` to come. A value has few placeholders. */
static bool expand_from(struct expanding *x, struct str done, struct str rest, unsigned depth)
{
    CLEANUP(buf_free) struct buf head = {.max = TEXT_MAX};
    buf_add(&head, done);
    struct str name = next_placeholder(&head, &rest);
    if (name.len == 0) {
        return head.failed ? loader_refuse(x->l, x->node->line, "a value becomes too long")
                           : keep_value(x, buf_str(&head));
    }
    const struct field_names *values = map_get(&x->l->set->placeholders, name);
    if (values == NULL || depth >= 4) {
        return loader_refuse(x->l, x->node->line, "placeholder '%%%.*s%%' %s",
                             STR_ARG(str_head(name, 60)),
                             values != NULL ? "is the fifth in one value: write it out"
                                            : "has no values: give them under 'placeholders:' in "
                                              "a file placeholders.yaml");
    }
    size_t len = head.len;
    for (size_t i = 0; i < values->count; i++) {
        head.len = len;
        buf_add(&head, values->at[i]);
        if (head.failed) {
            return loader_refuse(x->l, x->node->line, "a value becomes too long");
        }
        if (!expand_from(x, buf_str(&head), rest, depth + 1)) {
            return false;
        }
    }
    return true;
}

bool expand_values(struct loader *l, const struct yaml_node *const *value, size_t count,
                   struct expanded *out)
{
    for (size_t i = 0; i < count; i++) {
        struct expanding x = {.l = l, .node = value[i], .origin = i, .out = out};
        if (!expand_from(&x, STR_EMPTY, value[i]->text, 0)) {
            return false;
        }
    }
    return true;
}
