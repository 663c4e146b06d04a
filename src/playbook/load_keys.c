/*
 * load_keys - the small readers that every part of the loader uses.
 */
#include "playbook/load_priv.h"

static const char *kind_name(enum yaml_kind k)
{
    static const char *const names[] = {"a plain value", "a list", "a mapping"};
    return (unsigned)k < ARRAY_LEN(names) ? names[k] : "something else";
}

static enum err_code check_pair(const struct yaml_pair *pair, const char *what,
                                const struct load_key *keys, size_t count, struct err *err)
{
    for (size_t i = 0; i < count; i++) {
        if (!str_eq(pair->key, str_of(keys[i].name))) {
            continue;
        }
        if (pair->value->kind == keys[i].kind || (keys[i].any && pair->value->kind != YAML_MAP)) {
            return ERR_OK;
        }
        return err_set(err, ERR_SCHEMA, "playbook line %u: %s of %s must be %s", pair->line,
                       keys[i].name, what, kind_name(keys[i].kind));
    }
    return err_set(err, ERR_SCHEMA, "playbook line %u: %s has no key '%.*s'; take it out",
                   pair->line, what, STR_ARG(str_head(pair->key, 60)));
}

enum err_code load_check_map(const struct yaml_node *n, const char *what,
                             const struct load_key *keys, size_t count, struct err *err)
{
    if (n == NULL || n->kind != YAML_MAP) {
        return err_set(err, ERR_SCHEMA, "playbook line %u: %s must be a mapping of keys",
                       n == NULL ? 1 : n->line, what);
    }
    for (size_t i = 0; i < n->count; i++) {
        enum err_code rc = check_pair(&n->pairs[i], what, keys, count, err);
        if (rc) {
            return rc;
        }
    }
    for (size_t i = 0; i < count; i++) {
        if (keys[i].required && yaml_get(n, str_of(keys[i].name)) == NULL) {
            return err_set(err, ERR_SCHEMA, "playbook line %u: %s lacks the key '%s'", n->line,
                           what, keys[i].name);
        }
    }
    return ERR_OK;
}

struct str load_text(const struct yaml_node *map, const char *key)
{
    return yaml_text(yaml_get(map, str_of(key)));
}

unsigned load_line(const struct yaml_node *map, const char *key)
{
    const struct yaml_node *n = yaml_get(map, str_of(key));
    return n != NULL ? n->line : map->line;
}

enum err_code load_int(const struct yaml_node *map, const char *key, int min, int max, int fallback,
                       int *out, struct err *err)
{
    const struct yaml_node *n = yaml_get(map, str_of(key));
    long long v = fallback;
    if (n != NULL && (!yaml_int(n, &v) || v < min || v > max)) {
        return err_set(err, ERR_SCHEMA, "playbook line %u: %s must be a number from %d to %d",
                       n->line, key, min, max);
    }
    *out = (int)v;
    return ERR_OK;
}

enum err_code load_bool(const struct yaml_node *map, const char *key, bool *out, struct err *err)
{
    const struct yaml_node *n = yaml_get(map, str_of(key));
    bool v = false;
    if (n != NULL && !yaml_bool(n, &v)) {
        return err_set(err, ERR_SCHEMA, "playbook line %u: %s must be yes or no", n->line, key);
    }
    *out = v;
    return ERR_OK;
}
