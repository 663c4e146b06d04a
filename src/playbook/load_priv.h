/*
 * load_priv - strict reading of the playbook's YAML: every fault names its line and key.
 */
#ifndef PLAYBOOK_LOAD_PRIV_H
#define PLAYBOOK_LOAD_PRIV_H

#include "base/err.h"
#include "codec/yaml.h"
#include "playbook/playbook_data.h"

struct load_key {
    const char *name;
    enum yaml_kind kind;
    bool required;
    bool any; /* a scalar or a list of scalars */
};

/* A mapping with these keys and no others, each of its kind. `what` names it in messages. */
NODISCARD enum err_code load_check_map(const struct yaml_node *n, const char *what,
                                       const struct load_key *keys, size_t count, struct err *err);

/* The value of `key` as a number in [min, max]; `fallback` when absent. */
NODISCARD enum err_code load_int(const struct yaml_node *map, const char *key, int min, int max,
                                 int fallback, int *out, struct err *err);
NODISCARD enum err_code load_bool(const struct yaml_node *map, const char *key, bool *out,
                                  struct err *err);
struct str load_text(const struct yaml_node *map, const char *key); /* "" when absent */
unsigned load_line(const struct yaml_node *map, const char *key);

/* While checking, a fault of the text is kept and loading goes on: then ERR_OK. Else `rc`. */
NODISCARD enum err_code load_go_on(struct playbook *p, enum err_code rc, struct err *err);

/* The rows of the table (load_table.c). */
NODISCARD enum err_code load_table(const struct yaml_node *rows, struct playbook *p,
                                   struct err *err);

#endif
