/*
 * read - what the readers of context files share: where they stand, copies, times, lists, skips.
 *
 * A row function returns ERR_OK, ERR_SYNTAX for a row that cannot be used (err says why; the file
 * goes on: reader_row), or any other code, which ends the reading.
 */
#ifndef CONTEXT_READ_H
#define CONTEXT_READ_H

#include "context/context.h"

struct reader {
    struct context *c;
    enum context_kind kind;
    struct str path;
    uint64_t line;   /* of the row; 0 when the format has none */
    uint64_t record; /* number of the record in a format without lines, from 1 */
    bool told_state; /* an unknown state was noted for this file */
};

/* Copy into the context; white space at the ends is dropped. */
NODISCARD enum err_code reader_keep(struct reader *r, struct str s, struct str *out,
                                    struct err *err);
/* "path:12", or "path#3" for the third record. */
NODISCARD enum err_code reader_origin(struct reader *r, struct str *out, struct err *err);

/* Add a copy of `s` to a list, unless empty. */
NODISCARD enum err_code reader_add(struct reader *r, struct str_list *list, struct str s,
                                   struct err *err);
/* The same for each piece of a cell: separated by ; , | or new lines. */
NODISCARD enum err_code reader_add_all(struct reader *r, struct str_list *list, struct str cell,
                                       struct err *err);
/* Next piece of such a cell. False at the end. */
bool cell_cut(struct str *cell, struct str *out);

enum zone_rule {
    ZONE_NEEDED,    /* without an offset, `timezone:` must give one */
    ZONE_UTC,       /* the format says UTC */
    ZONE_DATES_UTC, /* bare dates are days in UTC; clock times need a zone */
};

/* A time in a cell; empty gives TIME_NONE. `what` names the column. ERR_SYNTAX: no time.
 * ERR_SCHEMA: no zone, naming the key. *bare_date (may be NULL): the text was a date only. */
NODISCARD enum err_code reader_time(struct reader *r, const char *what, struct str cell,
                                    enum zone_rule rule, int64_t *out, bool *bare_date,
                                    struct err *err);
/* "from/to" or "from..to"; a bare date as the end means the whole day. */
NODISCARD enum err_code reader_span(struct reader *r, const char *what, struct str cell,
                                    enum zone_rule rule, struct span *out, struct err *err);

/* yes/no, true/false, 1/0; empty is false. ERR_SYNTAX for anything else. */
NODISCARD enum err_code reader_bool(const char *what, struct str cell, bool *out, struct err *err);

/* A SHA-256 written in hex or base64, with or without "sha256:" or an image name before it, to
 * lower-case hex. ERR_SYNTAX. Empty gives "". */
NODISCARD enum err_code reader_hash(struct reader *r, const char *what, struct str cell,
                                    struct str *out, struct err *err);

/* Lower-case hex of any of these spellings, in `out` (64 bytes). False: it is no SHA-256. */
NODISCARD bool hash_normalise(struct str text, char out[64]);

/* What becomes of a row: ERR_SYNTAX is noted as skipped and gives ERR_OK; the rest is passed up
 * under the file's name. */
NODISCARD enum err_code reader_row(struct reader *r, enum err_code rc, const struct err *row_err,
                                   struct err *err);

/* A sentence for the user. */
NODISCARD enum err_code reader_note(struct reader *r, struct err *err, const char *fmt, ...)
    PRINTF_LIKE(3, 4);

/* The file is of none of the formats. `tried` lists them. */
NODISCARD enum err_code reader_no_format(const struct reader *r, const char *tried,
                                         struct err *err);

NODISCARD enum err_code reader_nomem(const struct reader *r, struct err *err);

/* The newest time of a kind, for "341 change records (newest 23:55)". */
void reader_newest(struct reader *r, int64_t time_us);

/* Last part of a path. */
struct str path_base(struct str path);

#endif
