/*
 * csv - rows of a table in text (RFC 4180), as real exports write it.
 *
 *     struct csv c;
 *     struct csv_row row;
 *     enum err_code rc = csv_open(&c, text, 0, &arena, &err);
 *     while (rc == ERR_OK && (rc = csv_next(&c, &row, &err)) == ERR_OK && row.count > 0) {
 *         if (row.fault != NULL) ... row.line is unusable, say why ...
 *     }
 *     csv_close(&c);
 *
 * Quoted fields with separators, newlines and doubled quotes; LF and CRLF; a UTF-8 mark; an
 * Excel "sep=;" line; spaces around quotes. Empty lines are no rows. The first row, usually the
 * header, is a row like any other; later rows with another number of fields are `ragged`.
 *
 * A damaged row costs itself only: after a quote that is never closed, reading goes on with the
 * next line, and from there on a quoted field must end on its line.
 *
 * Fields are views into the text; only those with doubled quotes are copied, into the arena.
 */
#ifndef CODEC_CSV_H
#define CODEC_CSV_H

#include "base/arena.h"
#include "base/err.h"
#include "base/str.h"
#include "base/vec.h"

enum {
    CSV_FIELD_MAX = 1 << 20,    /* bytes in a field */
    CSV_COLUMNS_MAX = 1024,     /* fields in a row */
    CSV_ROWS_MAX = 20 * 1000000 /* rows in a text */
};

struct csv_row {
    const struct str *field; /* valid until the next csv_next */
    size_t count;            /* 0: the end was reached */
    uint64_t line;           /* of the row's first byte, from 1 */
    bool ragged;             /* not as many fields as the first row */
    const char *fault;       /* static text: the row is damaged, fields are not to be used */
};

struct csv {
    char sep;
    char comment; /* rows that begin with this byte are passed over; 0 (as opened): none */

    /* private */
    struct str text;
    size_t pos;
    uint64_t line;
    uint64_t rows;
    size_t width;
    bool one_line; /* a quote was never closed: quoted fields end on their line from now on */
    struct arena *arena;
    struct {
        VEC_OF(struct str);
    } fields;
};

/* Begin. `sep` 0: taken from the first line, whichever of , ; tab | it has most of outside quotes.
 * ERR_SYNTAX: UTF-16, which has to be saved as UTF-8 first. csv_close is safe after a failure. */
NODISCARD enum err_code csv_open(struct csv *c, struct str text, char sep, struct arena *arena,
                                 struct err *err);

/* The next row, or row->count 0 at the end. ERR_LIMIT: too many rows, or the arena is full.
 * ERR_NOMEM. */
NODISCARD enum err_code csv_next(struct csv *c, struct csv_row *row, struct err *err);

void csv_close(struct csv *c); /* also for CLEANUP() */

#endif
