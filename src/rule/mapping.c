/*
 * Taxonomy names of a source's fields, from a text of content/mappings.
 */
#include "rule/rule_priv.h"

static struct rule_log *log_of(struct rule_set *s, struct str name)
{
    for (size_t i = 0; i < s->log_count; i++) {
        if (str_eq(s->logs[i].name, name)) {
            return &s->logs[i];
        }
    }
    return NULL;
}

static enum err_code no_memory(struct err *err)
{
    return err_set(err, ERR_NOMEM, "out of memory while reading mappings");
}

static bool is_path(struct str s)
{
    return s.len != 0 && s.len <= 512 && s.ptr[0] != '.' && s.ptr[s.len - 1] != '.' &&
           str_find(s, STR("..")) == SIZE_MAX && str_chr(s, '\0') == SIZE_MAX;
}

static enum err_code read_pair(struct rule_set *s, struct rule_log *log, struct str path,
                               const struct yaml_pair *p, struct err *err)
{
    const struct yaml_node *v = p->value;
    bool list = v->kind == YAML_LIST;
    size_t count = list ? v->count : 1;
    struct field_names *names = ARENA_NEW(&s->arena, struct field_names);
    struct str *at = ARENA_ARRAY(&s->arena, struct str, count + 1);
    if (names == NULL || at == NULL) {
        return no_memory(err);
    }
    for (size_t i = 0; i < count; i++) {
        at[i] = str_trim(yaml_text(list ? v->items[i] : v));
        if (!is_path(at[i])) {
            return err_set(err, ERR_SCHEMA, "%.*s:%u: '%.*s' needs one or more dotted paths",
                           STR_ARG(path), p->line, STR_ARG(str_head(p->key, 60)));
        }
    }
    if (count == 0) {
        return err_set(err, ERR_SCHEMA, "%.*s:%u: '%.*s' has no path", STR_ARG(path), p->line,
                       STR_ARG(str_head(p->key, 60)));
    }
    struct map_entry *e = map_put(&log->mapping, p->key);
    if (e == NULL) {
        return no_memory(err);
    }
    *names = (struct field_names){.at = at, .count = count};
    e->value = names;
    return ERR_OK;
}

enum err_code rule_set_map(struct rule_set *s, struct str path, struct str text, struct err *err)
{
    const struct yaml_node **docs;
    size_t count;
    struct err why = {0};
    enum err_code rc = yaml_load(text, &s->arena, &docs, &count, &why);
    if (rc != ERR_OK) {
        return err_set(err, rc, "%.*s: %s", STR_ARG(path), why.msg);
    }
    const struct yaml_node *fields = count == 1 ? yaml_get(docs[0], STR("fields")) : NULL;
    struct str source = count == 1 ? yaml_text(yaml_get(docs[0], STR("source"))) : STR_EMPTY;
    if (source.len == 0 || fields == NULL || fields->kind != YAML_MAP) {
        return err_set(err, ERR_SCHEMA, "%.*s: a mapping has the keys 'source' and 'fields'",
                       STR_ARG(path));
    }
    struct rule_log *log = log_of(s, source);
    for (size_t i = 0; rc == ERR_OK && log != NULL && i < fields->count; i++) {
        rc = read_pair(s, log, path, &fields->pairs[i], err);
    }
    return rc;
}
