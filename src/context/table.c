#include "context/table.h"

#include <stdio.h>

#include "base/buf.h"
#include "context/jtree.h"

enum { NONE = -1, LISTED_MAX = 120 };

static bool next_plain(struct str *s, char *out)
{
    while (s->len > 0) {
        char c = chr_lower(s->ptr[0]);
        *s = str_from(*s, 1);
        if (chr_is_digit(c) || (c >= 'a' && c <= 'z') || (unsigned char)c >= 0x80) {
            *out = c;
            return true;
        }
    }
    return false;
}

bool header_is(struct str header, struct str alias)
{
    char a = 0;
    char b = 0;
    for (;;) {
        bool more = next_plain(&header, &a);
        if (more != next_plain(&alias, &b)) {
            return false;
        }
        if (!more || a != b) {
            return !more;
        }
    }
}

const struct str_list *columns_mapped(const struct reader *r, const char *name)
{
    char key[80];
    int n = snprintf(key, sizeof(key), "%s.%s", context_kind_name(r->kind), name);
    return n < 0 || (size_t)n >= sizeof(key)
               ? NULL
               : map_get(&r->c->env.columns, str_make(key, (size_t)n));
}

/* Give headers to columns: owner[h] is the column of header h, or NONE. */
static void claim(const struct str *headers, size_t count, const struct column *col, int index,
                  struct str want, bool exact, int *owner, bool *got)
{
    for (size_t h = 0; h < count; h++) {
        bool same =
            exact ? str_ieq(str_trim(headers[h]), str_trim(want)) : header_is(headers[h], want);
        if (same && owner[h] == NONE && (col->many || !*got)) {
            owner[h] = index;
            *got = true;
        }
    }
}

static void claim_mapped(const struct reader *r, const struct table *t, const struct str *headers,
                         size_t count, int *owner, bool *got)
{
    for (size_t i = 0; i < t->count; i++) {
        const struct str_list *texts = columns_mapped(r, t->columns[i].name);
        for (size_t k = 0; texts != NULL && k < texts->len; k++) {
            claim(headers, count, &t->columns[i], (int)i, texts->at[k], true, owner, &got[i]);
        }
    }
}

static void claim_usual(const struct table *t, const struct str *headers, size_t count, int *owner,
                        bool *got)
{
    for (size_t i = 0; i < t->count; i++) {
        struct str rest = str_of(t->columns[i].aliases);
        struct str alias = str_of(t->columns[i].name);
        do {
            claim(headers, count, &t->columns[i], (int)i, alias, false, owner, &got[i]);
        } while (str_cut(&rest, '|', &alias));
    }
}

bool column_claims(const struct reader *r, const struct column *col, struct str header)
{
    const struct table one = {.columns = col, .count = 1};
    int owner = NONE;
    bool got = false;
    claim_mapped(r, &one, &header, 1, &owner, &got);
    claim_usual(&one, &header, 1, &owner, &got);
    return got;
}

static void list_names(struct buf *b, struct str name)
{
    if (b->len > LISTED_MAX) {
        return;
    }
    buf_add_cstr(b, b->len > 0 ? ", " : "");
    buf_add(b, str_trim(str_head(name, 40)));
    buf_add_cstr(b, b->len > LISTED_MAX ? ", …" : "");
}

static enum err_code missing(const struct reader *r, const struct column *col,
                             const struct str *headers, size_t count, struct err *err)
{
    CLEANUP(buf_free) struct buf found = {0};
    buf_init(&found, 0);
    for (size_t h = 0; h < count; h++) {
        list_names(&found, headers[h]);
    }
    return err_set(err, ERR_SCHEMA,
                   "%.*s has no column for %s (it has: %.*s); name it in --env: columns: "
                   "{%s.%s: <header>}",
                   STR_ARG(r->path), col->name, STR_ARG(buf_str(&found)),
                   context_kind_name(r->kind), col->name);
}

static enum err_code match_headers(struct reader *r, const struct table *t,
                                   const struct str *headers, size_t count, int *owner,
                                   struct err *err)
{
    bool got[TABLE_COLUMNS_MAX] = {false};
    for (size_t h = 0; h < count; h++) {
        owner[h] = NONE;
    }
    claim_mapped(r, t, headers, count, owner, got);
    claim_usual(t, headers, count, owner, got);
    for (size_t i = 0; i < t->count; i++) {
        if (t->columns[i].required && !got[i]) {
            return missing(r, &t->columns[i], headers, count, err);
        }
    }
    return ERR_OK;
}

static enum err_code note_unused(struct reader *r, const struct str *headers, size_t count,
                                 const int *owner, struct err *err)
{
    CLEANUP(buf_free) struct buf names = {0};
    buf_init(&names, 0);
    for (size_t h = 0; h < count; h++) {
        if (owner[h] == NONE && str_trim(headers[h]).len > 0) {
            list_names(&names, headers[h]);
        }
    }
    if (names.failed) {
        return reader_nomem(r, err);
    }
    return names.len == 0 ? ERR_OK
                          : reader_note(r, err, "columns not used: %.*s", STR_ARG(buf_str(&names)));
}

/* Put a field into its cell, after what is there. */
static enum err_code fill(struct reader *r, struct str *cell, struct str field, struct err *err)
{
    field = str_trim(field);
    if (field.len == 0 || cell->len == 0) {
        *cell = field.len == 0 ? *cell : field;
        return ERR_OK;
    }
    struct str joined;
    if (!arena_printf(&r->c->arena, &joined, "%.*s;%.*s", STR_ARG(*cell), STR_ARG(field))) {
        return reader_nomem(r, err);
    }
    *cell = joined;
    return ERR_OK;
}

static enum err_code csv_row(struct reader *r, const struct table *t, const struct csv_row *in,
                             const int *owner, struct err *err)
{
    if (in->fault != NULL) {
        return err_set(err, ERR_SYNTAX, "%s", in->fault);
    }
    if (in->ragged) {
        return err_set(err, ERR_SYNTAX, "%zu fields where the header has another number",
                       in->count);
    }
    struct row row = {0};
    for (size_t h = 0; h < in->count; h++) {
        enum err_code rc = ERR_OK;
        if (owner[h] != NONE) {
            rc = fill(r, &row.cell[owner[h]], in->field[h], err);
        }
        if (rc != ERR_OK) {
            return rc;
        }
    }
    return t->row(r, &row, err);
}

static enum err_code csv_rows(struct reader *r, const struct table *t, struct csv *csv,
                              const int *owner, struct err *err)
{
    for (;;) {
        struct csv_row in;
        struct err row_err = {0};
        enum err_code rc = csv_next(csv, &in, &row_err);
        r->line = in.line;
        if (rc == ERR_OK && in.count == 0) {
            return ERR_OK;
        }
        if (rc == ERR_OK) {
            rc = csv_row(r, t, &in, owner, &row_err);
        }
        rc = reader_row(r, rc, &row_err, err);
        if (rc != ERR_OK) {
            return rc;
        }
    }
}

enum err_code table_read_csv(struct reader *r, const struct table *t, struct str text,
                             struct err *err)
{
    CLEANUP(csv_close) struct csv csv = {0};
    struct csv_row head;
    int owner[CSV_COLUMNS_MAX];
    struct err csv_err = {0};
    enum err_code rc = csv_open(&csv, text, 0, &r->c->arena, &csv_err);
    if (rc == ERR_OK) {
        rc = csv_next(&csv, &head, &csv_err);
    }
    if (rc != ERR_OK) {
        return err_set(err, rc, "%.*s: %s", STR_ARG(r->path), csv_err.msg);
    }
    if (head.count == 0 || head.fault != NULL) {
        return err_set(err, ERR_SCHEMA, "%.*s: no header line: %s", STR_ARG(r->path),
                       head.fault == NULL ? "the file is empty" : head.fault);
    }
    rc = match_headers(r, t, head.field, head.count, owner, err);
    if (rc == ERR_OK) {
        rc = note_unused(r, head.field, head.count, owner, err);
    }
    return rc == ERR_OK ? csv_rows(r, t, &csv, owner, err) : rc;
}

/* A JSON value as a cell: a list is joined. */
static enum err_code json_cell(struct reader *r, struct str *cell, const json_t *value,
                               struct err *err)
{
    size_t n = json_is_array(value) ? json_array_size(value) : 1;
    for (size_t i = 0; i < n; i++) {
        struct str text;
        const json_t *item = json_is_array(value) ? json_array_get(value, i) : value;
        enum err_code rc = jtree_text(r, item, &text, err);
        if (rc == ERR_OK) {
            rc = fill(r, cell, text, err);
        }
        if (rc != ERR_OK) {
            return rc;
        }
    }
    return ERR_OK;
}

enum err_code table_read_object(struct reader *r, const struct table *t, const json_t *object,
                                struct err *err)
{
    struct str keys[TABLE_COLUMNS_MAX * 2] = {{0}};
    const json_t *values[ARRAY_LEN(keys)];
    int owner[ARRAY_LEN(keys)];
    size_t count = 0;
    const char *name;
    json_t *value;
    json_object_foreach((json_t *)(uintptr_t)object, name, value)
    {
        if (count < ARRAY_LEN(keys)) {
            keys[count] = str_of(name);
            values[count++] = value;
        }
    }
    enum err_code rc = match_headers(r, t, keys, count, owner, err);
    struct row row = {0};
    for (size_t i = 0; rc == ERR_OK && i < count; i++) {
        if (owner[i] != NONE) {
            rc = json_cell(r, &row.cell[owner[i]], values[i], err);
        }
    }
    return rc == ERR_OK ? t->row(r, &row, err) : rc;
}
