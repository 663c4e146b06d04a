#include "codec/csv.h"

#include <inttypes.h>
#include <string.h>

static size_t line_end(const struct csv *c, size_t from)
{
    if (from >= c->text.len) {
        return c->text.len;
    }
    const char *nl = memchr(c->text.ptr + from, '\n', c->text.len - from);
    return nl == NULL ? c->text.len : (size_t)(nl - c->text.ptr);
}

static struct str without_cr(struct str s)
{
    return s.len > 0 && s.ptr[s.len - 1] == '\r' ? str_head(s, s.len - 1) : s;
}

static char detect_sep(struct str line)
{
    static const char seps[] = {',', ';', '\t', '|'};
    size_t count[sizeof(seps)] = {0};
    bool quoted = false;
    for (size_t i = 0; i < line.len; i++) {
        if (line.ptr[i] == '"') {
            quoted = !quoted;
        }
        for (size_t k = 0; k < sizeof(seps) && !quoted; k++) {
            count[k] += line.ptr[i] == seps[k];
        }
    }
    size_t best = 0;
    for (size_t k = 1; k < sizeof(seps); k++) {
        if (count[k] > count[best]) {
            best = k;
        }
    }
    return seps[best];
}

enum err_code csv_open(struct csv *c, struct str text, char sep, struct arena *arena,
                       struct err *err)
{
    *c = (struct csv){.text = text, .line = 1, .sep = sep, .arena = arena};
    if (str_starts(text, STR("\xff\xfe")) || str_starts(text, STR("\xfe\xff"))) {
        return err_set(err, ERR_SYNTAX, "the text is UTF-16: save it as UTF-8");
    }
    if (str_starts(text, STR("\xef\xbb\xbf"))) {
        c->pos = 3;
    }
    size_t end = line_end(c, c->pos);
    struct str first = without_cr(str_make(text.ptr + c->pos, end - c->pos));
    if (first.len == 5 && str_istarts(first, STR("sep="))) {
        c->sep = sep != 0 ? sep : first.ptr[4];
        c->pos = end < text.len ? end + 1 : end;
        c->line++;
    }
    return ERR_OK;
}

void csv_close(struct csv *c)
{
    VEC_FREE(&c->fields);
}

/* Empty lines and comments before a row. */
static void skip_lines(struct csv *c)
{
    while (c->pos < c->text.len) {
        size_t end = line_end(c, c->pos);
        struct str line = without_cr(str_make(c->text.ptr + c->pos, end - c->pos));
        if (line.len > 0 && (c->comment == 0 || line.ptr[0] != c->comment)) {
            return;
        }
        c->pos = end < c->text.len ? end + 1 : end;
        c->line++;
    }
}

enum step { STEP_FIELD, STEP_LAST, STEP_FAULT, STEP_ERROR };

/* The closing quote of a field whose text begins at `from`, or SIZE_MAX. */
static size_t closing_quote(const struct csv *c, size_t from, bool *doubled)
{
    size_t end = c->one_line ? line_end(c, from) : c->text.len;
    if (end - from > CSV_FIELD_MAX) {
        end = from + CSV_FIELD_MAX;
    }
    *doubled = false;
    size_t at = from;
    while (at < end) {
        const char *q = memchr(c->text.ptr + at, '"', end - at);
        if (q == NULL) {
            return SIZE_MAX;
        }
        at = (size_t)(q - c->text.ptr);
        if (at + 1 >= c->text.len || c->text.ptr[at + 1] != '"') {
            return at;
        }
        *doubled = true;
        at += 2;
    }
    return SIZE_MAX;
}

static bool undouble(struct csv *c, struct str in, struct str *out)
{
    char *to = arena_alloc(c->arena, in.len, 1, 1);
    if (to == NULL) {
        return false;
    }
    size_t n = 0;
    for (size_t i = 0; i < in.len; i++) {
        to[n++] = in.ptr[i];
        i += in.ptr[i] == '"'; /* the second of a pair */
    }
    *out = str_make(to, n);
    return true;
}

static void count_lines(struct csv *c, struct str s)
{
    const char *at = s.ptr;
    const char *end = s.ptr + s.len;
    while (at < end && (at = memchr(at, '\n', (size_t)(end - at))) != NULL) {
        c->line++;
        at++;
    }
}

/* Where a field or row ends after its last byte; moves past the separator or newline. */
static enum step field_done(struct csv *c, size_t at)
{
    if (at >= c->text.len) {
        c->pos = c->text.len;
        return STEP_LAST;
    }
    c->pos = at + 1;
    if (c->text.ptr[at] == '\n') {
        c->line++;
        return STEP_LAST;
    }
    return STEP_FIELD;
}

static enum step quoted_field(struct csv *c, size_t open, struct str *out, const char **fault)
{
    bool doubled;
    size_t close = closing_quote(c, open + 1, &doubled);
    if (close == SIZE_MAX) {
        c->one_line = true;
        *fault = "a quote is not closed";
        return STEP_FAULT;
    }
    *out = str_make(c->text.ptr + open + 1, close - open - 1);
    size_t at = close + 1;
    while (at < c->text.len && c->text.ptr[at] != c->sep &&
           (c->text.ptr[at] == ' ' || c->text.ptr[at] == '\t' || c->text.ptr[at] == '\r')) {
        at++;
    }
    if (at < c->text.len && c->text.ptr[at] != c->sep && c->text.ptr[at] != '\n') {
        *fault = "text after a closing quote";
        return STEP_FAULT;
    }
    count_lines(c, *out);
    if (doubled && !undouble(c, *out, out)) {
        return STEP_ERROR;
    }
    return field_done(c, at);
}

static enum step next_field(struct csv *c, struct str *out, const char **fault)
{
    size_t at = c->pos;
    while (at < c->text.len && c->text.ptr[at] == ' ') {
        at++;
    }
    if (at < c->text.len && c->text.ptr[at] == '"') {
        return quoted_field(c, at, out, fault);
    }
    while (at < c->text.len && c->text.ptr[at] != c->sep && c->text.ptr[at] != '\n') {
        at++;
    }
    *out = str_make(c->text.ptr + c->pos, at - c->pos);
    if (at >= c->text.len || c->text.ptr[at] == '\n') {
        *out = without_cr(*out);
    }
    if (out->len > CSV_FIELD_MAX) {
        *fault = "a field is longer than 1 MiB";
        return STEP_FAULT;
    }
    return field_done(c, at);
}

/* Leave a damaged row: go on with the line after the one it began on. */
static void recover(struct csv *c, size_t start, uint64_t line)
{
    size_t end = line_end(c, start);
    c->pos = end < c->text.len ? end + 1 : end;
    c->line = line + 1;
}

enum err_code csv_next(struct csv *c, struct csv_row *row, struct err *err)
{
    skip_lines(c);
    struct csv_row out = {.line = c->line};
    if (c->pos >= c->text.len) {
        *row = out;
        return ERR_OK;
    }
    if (++c->rows > CSV_ROWS_MAX) {
        return err_set(err, ERR_LIMIT, "more than %d rows", (int)CSV_ROWS_MAX);
    }
    size_t start = c->pos;
    if (c->sep == 0) {
        c->sep = detect_sep(str_make(c->text.ptr + start, line_end(c, start) - start));
    }
    c->fields.len = 0;
    enum step step = STEP_FIELD;
    while (step == STEP_FIELD) {
        struct str field = STR_EMPTY;
        step = next_field(c, &field, &out.fault);
        if (step == STEP_ERROR) {
            return err_set(err, ERR_LIMIT, "line %" PRIu64 ": the table is too large", out.line);
        }
        if (step == STEP_FIELD && c->fields.len + 1 >= CSV_COLUMNS_MAX) {
            out.fault = "more than 1024 columns";
            step = STEP_FAULT;
        }
        if (step != STEP_FAULT && !VEC_PUSH(&c->fields, field)) {
            return err_set(err, ERR_NOMEM, "no memory");
        }
    }
    if (step == STEP_FAULT) {
        recover(c, start, out.line);
    }
    out.field = c->fields.at;
    out.count = c->fields.len > 0 ? c->fields.len : 1; /* a damaged row is not the end */
    if (out.fault == NULL) {
        c->width = c->width == 0 ? out.count : c->width;
        out.ragged = out.count != c->width;
    }
    *row = out;
    return ERR_OK;
}
