/*
 * jtree - JSON documents as trees (jansson), for context files.
 *
 * A file may hold one document or several in a row (JSON lines). Limits: JTREE_BYTES_MAX, and
 * jansson's 2,048 levels. A key twice in one object is an error. Views into a tree live as long
 * as the tree.
 */
#ifndef CONTEXT_JTREE_H
#define CONTEXT_JTREE_H

#include <jansson.h>

#include "context/read.h"

enum { JTREE_BYTES_MAX = 64 * 1024 * 1024 };

/* True when the text begins like JSON. */
bool jtree_looks(struct str text);

/* Call `doc` for each document, then free it; r->line is the line it begins on. Documents that do
 * not parse: ERR_SYNTAX naming file and line when it is the first, a skipped row after that. What
 * `doc` returns ends the reading unless ERR_OK. */
NODISCARD enum err_code jtree_each(struct reader *r, struct str text,
                                   enum err_code (*doc)(struct reader *r, const json_t *root,
                                                        void *arg, struct err *err),
                                   void *arg, struct err *err);

/* Value of a key; NULL when absent or `object` is none (or NULL). */
const json_t *jtree_get(const json_t *object, const char *key);
const json_t *jtree_iget(const json_t *object, const char *key); /* ASCII case folded */
/* Follow keys "a.b.c", ASCII case folded. */
const json_t *jtree_at(const json_t *object, const char *path);

/* Text of a string; "" for anything else, NULL included. */
struct str jtree_str(const json_t *value);
/* Text of a string, number or boolean, copied into the context where it has to be made. */
NODISCARD enum err_code jtree_text(struct reader *r, const json_t *value, struct str *out,
                                   struct err *err);

#endif
