/*
 * functions_priv - what the formats of lists of functions share.
 */
#ifndef CONTEXT_FUNCTIONS_FUNCTIONS_PRIV_H
#define CONTEXT_FUNCTIONS_FUNCTIONS_PRIV_H

#include "context/jtree.h"
#include "context/read.h"
#include "context/table.h"

enum { FUNCTIONS_COLUMNS = 12 };
extern const struct column functions_columns[]; /* the canonical table */

/* Add. Owns the lists of *f from here on, also on failure. ERR_SYNTAX: it has no name. */
NODISCARD enum err_code function_add(struct reader *r, struct listed_function *f, struct err *err);

/* Copy several texts; ERR_NOMEM. */
struct function_text {
    struct str text;
    struct str *to;
};
NODISCARD enum err_code function_texts(struct reader *r, const struct function_text *texts,
                                       size_t count, struct err *err);

NODISCARD enum err_code functions_read_csv(struct reader *r, struct str text, struct err *err);

/* One format: `is` says whether an object is of it, `read` adds it. A format is one file. */
struct function_format {
    bool (*is)(const json_t *object);
    enum err_code (*read)(struct reader *r, const json_t *object, struct err *err);
};
extern const struct function_format function_format_lambda;     /* functions, and their URLs */
extern const struct function_format function_format_google;     /* Cloud Run, Cloud Functions */
extern const struct function_format function_format_cloudflare; /* scripts, and their domains */

#endif
