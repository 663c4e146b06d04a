/*
 * table - rows under named columns, from CSV or from JSON objects.
 *
 * A reader lists its columns; the headers of the user's file are matched to them by --env
 * (`columns:`) first, then by usual spellings, without regard to case and punctuation ("Work
 * Email" is work_email). Headers that match nothing are noted once a file.
 */
#ifndef CONTEXT_TABLE_H
#define CONTEXT_TABLE_H

#include <jansson.h>

#include "codec/csv.h"
#include "context/read.h"

enum { TABLE_COLUMNS_MAX = 40 };

struct column {
    const char *name;    /* canonical: what --env and messages call it */
    const char *aliases; /* usual spellings, "a|b|c", the preferred first */
    bool required;       /* the column must be there; a cell may be empty */
    bool many;           /* all headers that match count; their cells are joined by ';' */
};

struct row {
    struct str cell[TABLE_COLUMNS_MAX]; /* by index of the column; "" when there is none */
};

struct table {
    const struct column *columns;
    size_t count;
    /* Judge one row. */
    enum err_code (*row)(struct reader *r, const struct row *row, struct err *err);
};

/* Read a CSV text with a header line. */
NODISCARD enum err_code table_read_csv(struct reader *r, const struct table *t, struct str text,
                                       struct err *err);

/* One JSON object as a row: keys are headers; lists are joined by ';'. ERR_SCHEMA: a required
 * key is missing. */
NODISCARD enum err_code table_read_object(struct reader *r, const struct table *t,
                                          const json_t *object, struct err *err);

/* Header texts that --env gives for a canonical column of the reader's kind, or NULL. */
const struct str_list *columns_mapped(const struct reader *r, const char *name);

/* Would this header go to this column, were it the only one? */
bool column_claims(const struct reader *r, const struct column *col, struct str header);

bool header_is(struct str header, struct str alias); /* same but for case and punctuation */

#endif
