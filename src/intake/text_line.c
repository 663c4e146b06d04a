/*
 * Lines of text tables: table.h says what they are, here they are found and accounted for.
 */
#include <string.h>

#include "intake/account.h"
#include "intake/framer.h"

static const char REASON_FURTHER[] =
    "a further line of a log message: what a program writes is not read as another log (a log that "
    "stands behind it needs a file of its own)";
static const char REASON_LINE[] = "a line of a table that is longer than a record may be (16 MiB)";

/* The line at `i`, without what ends it. LOOK_MORE: its end is not there yet. LOOK_NO: it is longer
 * than a record may be. */
static enum look line_at(const struct framer *f, size_t i, struct str *out)
{
    size_t left = f->len - i;
    size_t most = left < f->limits->record_bytes ? left : f->limits->record_bytes;
    const char *feed = memchr(f->buf + i, '\n', most);
    if (feed == NULL && left >= f->limits->record_bytes) {
        return LOOK_NO;
    }
    if (feed == NULL && !f->last) {
        return LOOK_MORE;
    }
    *out = (struct str){f->buf + i, feed == NULL ? left : (size_t)(feed - f->buf) - i};
    if (out->len > 0 && out->ptr[out->len - 1] == '\r') {
        out->len--;
    }
    return LOOK_YES;
}

static struct origin origin_here(const struct framer *f, size_t n)
{
    return (struct origin){.file = f->file, .inner = -1, .offset = f->base + f->at, .length = n};
}

static void refuse(struct framer *f, size_t n, const char *reason)
{
    if (recover_allowed(f)) {
        framer_refuse(f, n, reason);
    }
}

/* A line with a mark: it is no record. */
static enum framer_step comment(struct framer *f, struct str line)
{
    const char *reason = table_comment(&f->table, f->scanner, line);
    if (reason == NULL) {
        framer_count(f, line.len, BYTES_FRAMING);
    } else if (reason == table_reason_comment) {
        framer_unrecognised(f, line.len, reason); /* hides nothing, and is no fault of the file */
    } else if (recover_allowed(f)) {
        struct skipped s = {
            .file = f->file, .offset = f->base + f->at, .length = line.len, .reason = reason};
        f->failed = !account_skip(f->acc, &s) || f->failed;
        framer_count(f, line.len, BYTES_SKIPPED);
    }
    return STEP_ON;
}

/* The line at hand is a record, or `reason` says why not. */
static enum framer_step finish_line(struct framer *f, struct str line, const char *reason)
{
    if (reason != NULL) {
        refuse(f, line.len, reason);
        return STEP_ON;
    }
    struct origin origin = origin_here(f, line.len);
    framer_emit(f, f->record, &origin, line, line.len);
    return STEP_ON;
}

static struct table *shape_table(struct framer *f, int shape)
{
    struct table *t = &f->shape[shape];
    if (!t->active) {
        table_shape_set(t, f->scanner, shape);
    }
    return t;
}

static void forget_texts(struct framer *f)
{
    if (f->arena.used > 0) {
        arena_reset(&f->arena);
    }
}

/* The next line that is not empty. LOOK_NO: there is none at hand, and what was is accounted for. */
static enum look next_line(struct framer *f, struct str *line)
{
    size_t i = f->at;
    while (i < f->len && (f->buf[i] == '\n' || f->buf[i] == '\r')) {
        i++;
    }
    framer_count(f, i - f->at, BYTES_FRAMING);
    if (i == f->len) {
        return LOOK_NO;
    }
    enum look look = line_at(f, i, line);
    if (look == LOOK_NO) {
        recover_line(f, REASON_LINE);
    }
    return look;
}

enum framer_step text_table(struct framer *f)
{
    struct str line;
    enum look look = next_line(f, &line);
    if (look != LOOK_YES) {
        return look == LOOK_MORE ? STEP_MORE : STEP_ON;
    }
    if (line.ptr[0] == '#') {
        return comment(f, line);
    }
    if (line.len == f->table.header.len && str_eq(line, f->table.header)) {
        framer_count(f, line.len, BYTES_FRAMING);
        return STEP_ON;
    }
    forget_texts(f);
    const char *reason = table_record(&f->table, line, &f->arena, f->record);
    if (reason != NULL && (line.ptr[0] == '{' || line.ptr[0] == '[')) {
        table_reset(&f->table); /* JSON follows the table: files were put together */
        return STEP_ON;
    }
    return finish_line(f, line, reason);
}

/* A line that has a shape. */
static enum framer_step shape_line(struct framer *f, struct str line, int shape)
{
    forget_texts(f);
    return finish_line(
        f, line, table_shape_record(shape_table(f, shape), shape, line, &f->arena, f->record));
}

enum framer_step text_log(struct framer *f)
{
    struct str line;
    enum look look = next_line(f, &line);
    if (look != LOOK_YES) {
        return look == LOOK_MORE ? STEP_MORE : STEP_ON;
    }
    int shape = table_shape_of(line);
    if (shape >= 0 && table_shape_is_log(shape)) {
        return shape_line(f, line, shape);
    }
    framer_unrecognised(f, line.len, REASON_FURTHER);
    return STEP_ON;
}

enum framer_step text_line(struct framer *f)
{
    struct str line;
    enum look look = line_at(f, f->at, &line);
    if (look == LOOK_MORE) {
        return STEP_MORE;
    }
    if (look == LOOK_YES && line.len > 0) {
        if (line.ptr[0] == '#') {
            return comment(f, line);
        }
        int shape = table_shape_of(line);
        if (shape >= 0) {
            f->first_line = false;
            f->log_text = table_shape_is_log(shape);
            return shape_line(f, line, shape);
        }
        if (f->first_line && table_header(&f->table, f->scanner, line)) {
            f->first_line = false;
            framer_count(f, line.len, BYTES_FRAMING);
            return STEP_ON;
        }
    }
    f->first_line = false;
    recover_begin(f, framer_reason_none, 0, false, true);
    return STEP_ON;
}

enum look text_begins(struct framer *f, size_t i)
{
    struct str line;
    char c = f->buf[i];
    if (c != '#' && !table_shape_may(c)) {
        return LOOK_NO;
    }
    enum look look = line_at(f, i, &line);
    if (look != LOOK_YES) {
        return look;
    }
    bool mark = str_starts(line, STR("#separator ")) || str_starts(line, STR("#fields")) ||
                str_starts(line, STR("#Version:")) || str_starts(line, STR("#Fields:"));
    return mark || table_shape_of(line) >= 0 ? LOOK_YES : LOOK_NO;
}

bool text_message(struct framer *f, struct str text, size_t n, const struct origin *origin,
                  struct str raw)
{
    struct str line = str_trim(text);
    int shape = table_shape_of(line);
    if (shape < 0 || table_shape_is_log(shape)) {
        return false;
    }
    forget_texts(f);
    const char *reason =
        table_shape_record(shape_table(f, shape), shape, line, &f->arena, f->record);
    if (reason != NULL) {
        framer_refuse(f, n, reason);
    } else {
        framer_emit(f, f->record, origin, raw, n);
    }
    return true;
}
