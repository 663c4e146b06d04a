#include "rule/rule_priv.h"

bool field_path_make(struct arena *a, struct str text, struct field_path *out)
{
    bool literal = str_starts(text, STR("="));
    size_t count = 1;
    for (size_t i = 0; !literal && i < text.len; i++) {
        count += text.ptr[i] == '.' ? 1 : 0;
    }
    struct str *key = ARENA_ARRAY(a, struct str, count);
    if (key == NULL || !arena_dup(a, text, &out->text)) {
        return false;
    }
    struct str rest = literal ? str_from(out->text, 1) : out->text;
    key[0] = rest;
    for (size_t i = 0; count > 1 && i < count; i++) {
        size_t dot = str_chr(rest, '.');
        key[i] = dot == SIZE_MAX ? rest : str_head(rest, dot);
        rest = dot == SIZE_MAX ? STR_EMPTY : str_from(rest, dot + 1);
    }
    out->key = key;
    out->key_count = count;
    return count == 1 || arena_printf(a, &out->quoted, "\"%.*s\"", STR_ARG(key[count - 1]));
}

static unsigned index_of(const struct rule_log *log, const struct field_path *p)
{
    for (unsigned i = 0; i < log->index_count; i++) {
        if (str_eq(log->index[i].path.text, p->text)) {
            return i + 1;
        }
    }
    return 0;
}

/* `literal`: a member of that very name, dots and all, comes first. */
static struct field *make(struct loader *l, struct str name, const struct str *paths, size_t count,
                          bool literal)
{
    struct field *f = ARENA_NEW(l->arena, struct field);
    struct field_path *path = ARENA_ARRAY(l->arena, struct field_path, count + 1);
    if (f == NULL || path == NULL || !arena_dup(l->arena, name, &f->name)) {
        return NULL;
    }
    f->path = path;
    if (literal) {
        path->text = f->name;
        path->key = &path->text;
        path->key_count = 1;
        f->path_count = 1;
    }
    for (size_t i = 0; i < count; i++) {
        if (!field_path_make(l->arena, paths[i], &path[f->path_count++])) {
            return NULL;
        }
    }
    /* Two paths of a mapping may both be there, so a pair says nothing for sure. A literal one
     * before it is seen when the pair is taken from the record. */
    f->index = count == 1 ? index_of(l->log, &path[f->path_count - 1]) : 0;
    for (size_t i = 0; i < f->path_count; i++) {
        f->deep = f->deep || path[i].key_count > 1;
    }
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

static bool check_name(struct loader *l, struct str name, unsigned line, size_t *out_dots)
{
    size_t dots = 0;
    for (size_t i = 0; i < name.len; i++) {
        dots += name.ptr[i] == '.' ? 1 : 0;
    }
    *out_dots = dots;
    if (name.len == 0 || name.len > 512 || dots >= RULE_SEGMENTS_MAX ||
        str_chr(name, '\0') != SIZE_MAX) {
        return loader_refuse(l, line,
                             "'%.*s' cannot be a field name: it must have 1 to 512 bytes "
                             "and at most %d segments",
                             STR_ARG(str_head(name, 60)), RULE_SEGMENTS_MAX);
    }
    return true;
}

static struct field *get(struct loader *l, struct str name, const struct field_names *mapped,
                         bool literal)
{
    struct str key;
    if (!arena_printf(l->arena, &key, "%s%.*s", literal ? "=" : "", STR_ARG(name))) {
        (void)loader_no_memory(l);
        return NULL;
    }
    struct map_entry *e = map_put(&l->log->fields, key);
    if (e != NULL && e->value == NULL) {
        const struct field_names own = {.at = &name, .count = 1};
        const struct field_names *names = mapped != NULL ? mapped : &own;
        e->value = make(l, name, names->at, names->count, literal);
    }
    if (e == NULL || e->value == NULL) {
        (void)loader_no_memory(l);
        return NULL;
    }
    return note(l, e->value) ? e->value : NULL;
}

struct field *field_get(struct loader *l, struct str name, unsigned line)
{
    size_t dots;
    if (!check_name(l, name, line, &dots)) {
        return NULL;
    }
    const struct field_names *mapped = map_get(&l->log->mapping, name);
    /* Our own rules are written for native paths; looking for literal names too would only cost
     * slots of the scanner. */
    return get(l, name, mapped, mapped == NULL && !l->ours && dots != 0);
}

struct field *field_native(struct loader *l, struct str path, unsigned line)
{
    size_t dots;
    return check_name(l, path, line, &dots) ? get(l, path, NULL, false) : NULL;
}
