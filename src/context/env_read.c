/* Walking the settings: known keys, the nearest one for a wrong one, values of the common kinds. */
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "context/env.h"

enum { NAME_MAX_BYTES = 40 };

enum err_code env_bad(const struct env_reader *er, unsigned line, struct err *err, const char *fmt,
                      ...)
{
    char text[256];
    va_list ap;
    va_start(ap, fmt);
    (void)vsnprintf(text, sizeof(text), fmt, ap);
    va_end(ap);
    return err_set(err, ERR_SCHEMA, "%.*s:%u: %s", STR_ARG(er->path), line, text);
}

/* Edits between two short names (Levenshtein), case folded. */
static size_t distance(struct str a, struct str b)
{
    size_t row[NAME_MAX_BYTES + 1];
    a = str_head(a, NAME_MAX_BYTES);
    b = str_head(b, NAME_MAX_BYTES);
    for (size_t k = 0; k <= b.len; k++) {
        row[k] = k;
    }
    for (size_t i = 0; i < a.len; i++) {
        size_t corner = row[0];
        row[0] = i + 1;
        for (size_t k = 0; k < b.len; k++) {
            size_t same = corner + (chr_lower(a.ptr[i]) == chr_lower(b.ptr[k]) ? 0 : 1);
            size_t other = (row[k] < row[k + 1] ? row[k] : row[k + 1]) + 1;
            corner = row[k + 1];
            row[k + 1] = same < other ? same : other;
        }
    }
    return row[b.len];
}

const char *env_nearest(struct str name, const struct env_key *keys, size_t count)
{
    const char *best = keys[0].name;
    size_t least = SIZE_MAX;
    for (size_t i = 0; i < count; i++) {
        size_t d = distance(name, str_of(keys[i].name));
        if (d < least) {
            least = d;
            best = keys[i].name;
        }
    }
    return best;
}

enum err_code env_walk(struct env_reader *er, const struct yaml_node *map, const char *where,
                       const struct env_key *keys, size_t count, void *to, struct err *err)
{
    if (map->kind != YAML_MAP) {
        return env_bad(er, map->line, err, "%s must have keys such as '%s:'",
                       where[0] == '\0' ? "the file" : where, keys[0].name);
    }
    for (size_t i = 0; i < map->count; i++) {
        const struct yaml_pair *pair = &map->pairs[i];
        size_t k = 0;
        while (k < count && !str_eq(pair->key, str_of(keys[k].name))) {
            k++;
        }
        if (k == count) {
            return env_bad(er, pair->line, err, "unknown key '%.*s'%s%s; the nearest is '%s'",
                           STR_ARG(str_head(pair->key, NAME_MAX_BYTES)),
                           where[0] == '\0' ? "" : " in ", where,
                           env_nearest(pair->key, keys, count));
        }
        enum err_code rc = keys[k].read(er, pair->value, to, err);
        if (rc != ERR_OK) {
            return rc;
        }
    }
    return ERR_OK;
}

enum err_code env_each(struct env_reader *er, const struct yaml_node *list,
                       enum err_code (*one)(struct env_reader *er, const struct yaml_node *v,
                                            void *to, struct err *err),
                       void *to, struct err *err)
{
    if (list->kind != YAML_LIST) {
        return yaml_is_null(list) ? ERR_OK : one(er, list, to, err);
    }
    for (size_t i = 0; i < list->count; i++) {
        enum err_code rc = one(er, list->items[i], to, err);
        if (rc != ERR_OK) {
            return rc;
        }
    }
    return ERR_OK;
}

enum err_code env_text(struct env_reader *er, const struct yaml_node *v, void *to, struct err *err)
{
    if (v->kind != YAML_SCALAR) {
        return env_bad(er, v->line, err, "a single value is needed here");
    }
    *(struct str *)to = yaml_is_null(v) ? STR_EMPTY : str_trim(v->text);
    return ERR_OK;
}

static enum err_code add_text(struct env_reader *er, const struct yaml_node *v, void *to,
                              struct err *err)
{
    struct str text = STR_EMPTY;
    struct str_list *list = to;
    enum err_code rc = env_text(er, v, &text, err);
    if (rc != ERR_OK) {
        return rc;
    }
    if (text.len == 0) {
        return env_bad(er, v->line, err, "an empty value in a list");
    }
    return VEC_PUSH(list, text) ? ERR_OK : err_set(err, ERR_NOMEM, "no memory for the settings");
}

enum err_code env_list(struct env_reader *er, const struct yaml_node *v, void *to, struct err *err)
{
    return env_each(er, v, add_text, to, err);
}

static enum err_code read_time(struct env_reader *er, const struct yaml_node *v, bool end,
                               int64_t *out, struct err *err)
{
    struct str text = STR_EMPTY;
    bool zoned;
    int64_t us;
    enum err_code rc = env_text(er, v, &text, err);
    if (rc != ERR_OK) {
        return rc;
    }
    if (!time_parse_any(text, &us, &zoned)) {
        return env_bad(er, v->line, err, "'%.*s' is no time (write 2026-11-20T09:00Z)",
                       STR_ARG(str_head(text, NAME_MAX_BYTES)));
    }
    if (!zoned && text.len != 10) {
        return env_bad(er, v->line, err, "'%.*s' has no time zone (add Z or +01:00)",
                       STR_ARG(str_head(text, NAME_MAX_BYTES)));
    }
    *out = us + (end && !zoned ? TIME_DAY_US : 0);
    return ERR_OK;
}

enum err_code env_time(struct env_reader *er, const struct yaml_node *v, void *to, struct err *err)
{
    return read_time(er, v, false, to, err);
}

enum err_code env_time_end(struct env_reader *er, const struct yaml_node *v, void *to,
                           struct err *err)
{
    return read_time(er, v, true, to, err);
}

/* As 'faaswatch env init' writes it, before anybody accepted anything. */
static enum err_code note_nothing(const struct env_reader *er, struct err *err)
{
    struct str note;
    if (!arena_printf(&er->c->arena, &note, "%.*s sets nothing: all of it is comment",
                      STR_ARG(er->path)) ||
        !VEC_PUSH(&er->c->notes, note)) {
        return err_set(err, ERR_NOMEM, "no memory for the settings");
    }
    return ERR_OK;
}

enum err_code env_read(struct context *c, struct str path, struct str text, struct err *err)
{
    struct env_reader er = {.c = c, .path = path};
    const struct yaml_node **docs;
    size_t count;
    struct err yaml_err = {0};
    enum err_code rc = yaml_load(text, &c->arena, &docs, &count, &yaml_err);
    if (rc != ERR_OK) {
        return err_set(err, rc, "%.*s: %s", STR_ARG(path), yaml_err.msg);
    }
    for (size_t i = 0; rc == ERR_OK && i < count; i++) {
        if (!yaml_is_null(docs[i])) {
            c->env.given = true;
            rc = env_walk(&er, docs[i], "", env_keys, env_key_count, &c->env, err);
        }
    }
    return rc == ERR_OK && !c->env.given ? note_nothing(&er, err) : rc;
}
