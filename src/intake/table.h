/*
 * table - lines of text tables as records, laid out like JSON ones.
 *
 * A column is a top-level member under its literal name: a source asks for "srcaddr" or
 * "=id.orig_h" and does not see whether the record was JSON or a line. What is known:
 *
 *     Zeek      #separator, #set_separator, #empty_field, #unset_field, #path, #fields, #types;
 *               any number of headers in a file. #path becomes the member `_path`. Numbers, T/F,
 *               sets and vectors become JSON's kinds, by #types; other texts stay as they stand,
 *               \x escapes and all (json_record.table tells a source to decode them).
 *     W3C       #Version, #Fields (names between blanks; lines between tabs or blanks)
 *     header    a first line of names between tabs, commas or blanks, at least three and at least
 *               half of which somebody asked for
 *     shapes    lines that need no header: AWS VPC flow logs version 2, ALB and Classic ELB access
 *               logs, API Gateway's (CLF, CSV, XML), Suricata's fast.log (under the names of EVE), exports of CloudWatch Logs and what
 *               `aws logs tail` writes. table_shapes.c lists their columns: TO ADD ONE, add a row
 *               there; the source then asks for its names.
 *
 * "-" is absent. Fields in double quotes may hold separators. A line whose fields do not fit the
 * header is a skipped entry and costs no other line. Views are never escaped.
 */
#ifndef INTAKE_TABLE_H
#define INTAKE_TABLE_H

#include "base/arena.h"
#include "codec/json.h"

enum { TABLE_COLUMNS_MAX = 512, TABLE_HEADER_MAX = 64 * 1024, TABLE_SHAPES = 7 };

enum table_quotes {
    QUOTES_NONE,
    QUOTES_SPACED, /* "…" ends before a separator; no escapes */
    QUOTES_CSV     /* RFC 4180: a doubled quote stands for one */
};

enum table_type { COLUMN_TEXT, COLUMN_NUMBER, COLUMN_BOOL, COLUMN_TEXTS, COLUMN_NUMBERS };

/* A column that somebody asked for. */
struct table_column {
    uint16_t index;
    int16_t slot;
    uint8_t type;
};

struct table {
    bool active;
    bool zeek;      /* has #types, and text for "empty" */
    bool undecided; /* sep is a tab or a blank: the first line tells */
    bool grows;     /* more fields than columns are fine: the format gets new ones */
    char sep;
    enum table_quotes quotes;
    uint16_t count;  /* of columns */
    uint16_t wanted; /* of them, in column[] */
    struct table_column column[TABLE_COLUMNS_MAX];
    struct str unset, empty, set_sep;
    struct str header; /* as it stands, when it is a line without a mark; it may come again */
    struct str path;   /* Zeek's #path */
    int path_slot;
    struct arena texts;                    /* of the header */
    uint32_t start[TABLE_COLUMNS_MAX + 1]; /* of the fields of the line at hand */
};

void table_init(struct table *t);
void table_free(struct table *t);
void table_reset(struct table *t); /* no table; memory is kept */

/* ---- headers ---- */

extern const char table_reason_comment[];

/* A line that begins with '#': take what it says of the table. NULL, or why it says nothing: a header
 * that cannot be used, or table_reason_comment. */
const char *table_comment(struct table *t, const struct json_scanner *s, struct str line);

/* Is this line a header without a mark? Then the table is active. */
bool table_header(struct table *t, const struct json_scanner *s, struct str line);

/* ---- lines ---- */

/* Lay out a line, which lives as long as *out and has JSON_PADDING readable bytes behind it. Texts that had to be made are in `a`. NULL, or why it
 * is no record of this table. */
const char *table_record(struct table *t, struct str line, struct arena *a,
                         struct json_record *out);

/* Begin *out: a record without members. */
void table_record_begin(struct str line, struct json_record *out);

/* ---- shapes ---- */

/* Which shape a line without a header has, or -1. */
int table_shape_of(struct str line);
/* Is it a line of a log that somebody's program writes? Its message is free text, and may go on in
 * lines that look like anything. */
bool table_shape_is_log(int shape);
/* Could a line that begins with this byte have one? */
bool table_shape_may(char first);
/* Make *t the table of a shape. */
void table_shape_set(struct table *t, const struct json_scanner *s, int shape);
/* As table_record. */
const char *table_shape_record(struct table *t, int shape, struct str line, struct arena *a,
                               struct json_record *out);

#endif
