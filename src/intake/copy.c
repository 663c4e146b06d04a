/*
 * Many records out of one file, byte for byte, in one pass over it.
 */
#include <string.h>
#include <unistd.h>

#include "intake/intake_priv.h"
#include "intake/table.h"
#include "sys/file.h"

struct copier {
    struct unpack *unpack;
    const struct intake_range *ranges;
    size_t count, now; /* the range at hand */
    struct buf record;
    struct buf line;   /* the line at hand, when it may be part of a header */
    struct buf header; /* lines that tell columns, since the last record */
    uint64_t line_no;
    bool in_line;  /* not at the beginning of a line */
    bool watching; /* the line at hand is kept */
    bool failed;
    const struct intake_copy_sink *sink;
};

/* ---- headers of text tables ---- */

/* A line of names, or one that begins with '#': whoever reads the records needs it. */
static void end_line(struct copier *c)
{
    struct str line = buf_str(&c->line);
    bool mark = line.len > 0 && line.ptr[0] == '#';
    bool names = c->line_no == 0 && line.len > 0 && line.ptr[0] != '{' && line.ptr[0] != '[' &&
                 table_shape_of(line) < 0;
    if (c->watching && (mark || names)) {
        if (c->header.len + line.len > TABLE_HEADER_MAX) {
            buf_reset(&c->header);
        }
        buf_add(&c->header, line);
        buf_addc(&c->header, '\n');
    }
    buf_reset(&c->line);
    c->line_no++;
    c->in_line = false;
}

static void watch_lines(struct copier *c, struct str bytes)
{
    while (bytes.len > 0) {
        if (!c->in_line) {
            c->in_line = true;
            c->watching = c->line_no == 0 || bytes.ptr[0] == '#';
        }
        size_t end = str_chr(bytes, '\n');
        struct str part = end == SIZE_MAX ? bytes : str_head(bytes, end);
        c->watching = c->watching && c->line.len + part.len <= TABLE_HEADER_MAX;
        if (c->watching) {
            buf_add(&c->line, part);
        }
        if (end == SIZE_MAX) {
            return;
        }
        end_line(c);
        bytes = str_from(bytes, end + 1);
    }
}

/* ---- records ---- */

static void give(struct copier *c)
{
    struct str bytes = buf_str(&c->record);
    bool is_line = bytes.len > 0 && bytes.ptr[0] != '{' && bytes.ptr[0] != '[';
    /* The record may be the first line itself: then it is no header. */
    struct str header =
        is_line && !str_starts(buf_str(&c->header), bytes) ? buf_str(&c->header) : STR_EMPTY;
    c->failed = c->record.failed || c->line.failed || c->header.failed ||
                !c->sink->record(c->sink->arg, c->now, header, bytes);
    if (is_line) {
        buf_reset(&c->header);
    }
    buf_reset(&c->record);
    c->now++;
}

static size_t take(void *arg, const struct window *w)
{
    struct copier *c = arg;
    uint64_t end = w->offset + w->len;
    uint64_t at = w->offset;
    while (!c->failed && c->now < c->count) {
        const struct intake_range *r = &c->ranges[c->now];
        uint64_t stop = r->offset + r->length;
        if (r->offset + c->record.len < w->offset) { /* overlaps what is gone already */
            buf_reset(&c->record);
            c->now++;
            continue;
        }
        if (r->offset >= end) {
            break;
        }
        uint64_t from = r->offset + c->record.len;
        uint64_t to = stop < end ? stop : end;
        if (from > at) {
            watch_lines(c, (struct str){w->buf + (at - w->offset), (size_t)(from - at)});
            at = from;
        }
        buf_add(&c->record, (struct str){w->buf + (from - w->offset), (size_t)(to - from)});
        if (stop > end) {
            break;
        }
        give(c);
    }
    if (end > at) {
        watch_lines(c, (struct str){w->buf + (at - w->offset), (size_t)(end - at)});
    }
    c->unpack->stop = c->failed || c->now == c->count;
    return w->len;
}

enum err_code intake_copy(struct intake *in, struct str path, const struct intake_range *ranges,
                          size_t count, const struct intake_copy_sink *sink, struct err *err)
{
    int fd;
    struct copier c = {.unpack = &in->unpack, .ranges = ranges, .count = count, .sink = sink};
    if (str_eq(path, STR("-"))) {
        return err_set(err, ERR_IO, "standard input cannot be read again");
    }
    enum err_code rc = file_open(path, &fd, err);
    if (rc) {
        return rc == ERR_NOTFOUND ? ERR_IO : rc;
    }
    in->unpack.acc = NULL;
    in->unpack.arg = &c;
    in->unpack.take = take;
    rc = unpack_run(&in->unpack, fd, UINT64_MAX, NULL);
    (void)close(fd);
    buf_free(&c.record);
    buf_free(&c.line);
    buf_free(&c.header);
    return rc || c.failed
               ? err_set(err, ERR_NOMEM, "%.*s: no memory to copy its records", STR_ARG(path))
               : ERR_OK;
}
