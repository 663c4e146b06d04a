/*
 * yaml - YAML 1.1/1.2 text as a tree, over libyaml.
 *
 * For rules, playbooks and settings: small texts that people write. Limits: YAML_BYTES_MAX of
 * text, YAML_NODES_MAX nodes counted after aliases are followed (so that an alias bomb is
 * refused), YAML_DEPTH_MAX levels. A key that stands twice in one mapping is an error.
 */
#ifndef CODEC_YAML_H
#define CODEC_YAML_H

#include <stdbool.h>
#include <stddef.h>

#include "base/arena.h"
#include "base/attr.h"
#include "base/err.h"
#include "base/str.h"

enum { YAML_BYTES_MAX = 4 * 1024 * 1024, YAML_NODES_MAX = 200000, YAML_DEPTH_MAX = 64 };

enum yaml_kind { YAML_SCALAR, YAML_LIST, YAML_MAP };

struct yaml_pair;

/* A node; lives as long as the arena it was loaded into. */
struct yaml_node {
    enum yaml_kind kind;
    unsigned line; /* from 1 */
    unsigned column;
    struct str text; /* YAML_SCALAR: its value */
    bool plain;      /* YAML_SCALAR: written without quotes, so null, true and 1 are not text */
    const struct yaml_node *const *items; /* YAML_LIST */
    const struct yaml_pair *pairs;        /* YAML_MAP, in order of the text */
    size_t count;                         /* of items or pairs */
};

struct yaml_pair {
    struct str key;
    unsigned line;
    const struct yaml_node *value;
};

/* All documents of a text. ERR_SYNTAX with "line L, column C: why" (err.offset is the byte),
 * ERR_LIMIT, ERR_NOMEM. An empty text has no documents. */
NODISCARD enum err_code yaml_load(struct str text, struct arena *a,
                                  const struct yaml_node ***out_docs, size_t *out_count,
                                  struct err *err);

/* Value of a key of a mapping; NULL when absent or when `map` is no mapping (or NULL). */
const struct yaml_node *yaml_get(const struct yaml_node *map, struct str key);

/* Text of a scalar; "" for anything else, NULL included. */
struct str yaml_text(const struct yaml_node *n);

/* A plain null: nothing, ~, null, Null, NULL. */
bool yaml_is_null(const struct yaml_node *n);

/* A plain true/false (also yes/no, on/off as YAML 1.1 writes them). */
NODISCARD bool yaml_bool(const struct yaml_node *n, bool *out);

/* A plain integer in base 10. */
NODISCARD bool yaml_int(const struct yaml_node *n, long long *out);

#endif
