#include "rule/rule_priv.h"

static bool split(struct loader *l, struct field *f)
{
    size_t count = 1;
    for (size_t i = 0; i < f->name.len; i++) {
        count += f->name.ptr[i] == '.' ? 1 : 0;
    }
    struct str *key = ARENA_ARRAY(l->arena, struct str, count);
    if (key == NULL) {
        return loader_no_memory(l);
    }
    struct str rest = f->name;
    for (size_t i = 0; i < count; i++) {
        size_t dot = str_chr(rest, '.');
        key[i] = dot == SIZE_MAX ? rest : str_head(rest, dot);
        rest = dot == SIZE_MAX ? STR_EMPTY : str_from(rest, dot + 1);
    }
    f->key = key;
    f->key_count = count;
    return true;
}

static struct field *make(struct loader *l, struct str name, bool literal, struct map_entry *e)
{
    struct field *f = ARENA_NEW(l->arena, struct field);
    if (f == NULL || !arena_dup(l->arena, name, &f->name)) {
        (void)loader_no_memory(l);
        return NULL;
    }
    if (!split(l, f)) {
        return NULL;
    }
    f->has_literal = literal;
    f->is_source = str_eq(name, STR("eventSource"));
    f->is_name = str_eq(name, STR("eventName"));
    e->value = f;
    return f;
}

static bool note(struct loader *l, struct field *f)
{
    for (size_t i = 0; i < l->fields.len; i++) {
        if (l->fields.at[i] == f) {
            return true;
        }
    }
    return VEC_PUSH(&l->fields, f) || loader_no_memory(l);
}

struct field *field_get(struct loader *l, struct str name, unsigned line)
{
    size_t dots = 0;
    for (size_t i = 0; i < name.len; i++) {
        dots += name.ptr[i] == '.' ? 1 : 0;
    }
    if (name.len == 0 || name.len > 512 || dots >= RULE_SEGMENTS_MAX ||
        str_chr(name, '\0') != SIZE_MAX) {
        (void)loader_refuse(l, line,
                            "'%.*s' cannot be a field name: it must have 1 to 512 bytes "
                            "and at most %d segments",
                            STR_ARG(str_head(name, 60)), RULE_SEGMENTS_MAX);
        return NULL;
    }
    /* Our own rules are written for the paths of CloudTrail; looking for literal names too would
     * only cost slots of the scanner. */
    bool literal = !l->ours && dots != 0;
    struct str key;
    if (!arena_printf(l->arena, &key, "%s%.*s", literal ? "=" : "", STR_ARG(name))) {
        (void)loader_no_memory(l);
        return NULL;
    }
    struct map_entry *e = map_put(&l->set->fields, key);
    if (e == NULL) {
        (void)loader_no_memory(l);
        return NULL;
    }
    struct field *f = e->value != NULL ? e->value : make(l, name, literal, e);
    return f != NULL && note(l, f) ? f : NULL;
}
