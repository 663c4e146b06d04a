/*
 * Reading one record again: the file is unpacked up to it, and only it is kept.
 */
#include <string.h>
#include <unistd.h>

#include "codec/base64.h"
#include "intake/intake_priv.h"
#include "sys/file.h"

struct capture {
    struct unpack *unpack;
    uint64_t from;
    uint64_t to;
    struct buf *out;
};

static size_t take_part(void *arg, const struct window *w)
{
    struct capture *c = arg;
    uint64_t end = w->offset + w->len;
    uint64_t from = c->from > w->offset ? c->from : w->offset;
    uint64_t to = c->to < end ? c->to : end;
    if (from < to) {
        buf_add(c->out, (struct str){w->buf + (from - w->offset), (size_t)(to - from)});
    }
    if (end >= c->to || c->out->failed) {
        c->unpack->stop = true;
    }
    return w->len;
}

static enum err_code read_part(struct intake *in, struct str path, struct capture *c,
                               struct err *err)
{
    int fd;
    if (str_eq(path, STR("-"))) {
        return err_set(err, ERR_IO, "standard input cannot be read again");
    }
    enum err_code rc = file_open(path, &fd, err);
    if (rc) {
        return rc == ERR_NOTFOUND ? ERR_IO : rc;
    }
    c->unpack = &in->unpack;
    in->unpack.acc = NULL;
    in->unpack.arg = c;
    in->unpack.take = take_part;
    rc = unpack_run(&in->unpack, fd, UINT64_MAX, NULL);
    (void)close(fd);
    if (rc || c->out->failed) {
        return err_set(err, ERR_NOMEM, "%.*s: no memory to read it again", STR_ARG(path));
    }
    if (c->out->len != c->to - c->from) {
        return err_set(err, ERR_IO, "%.*s: changed since it was read", STR_ARG(path));
    }
    return ERR_OK;
}

/* The text of message number `inner` in an outer record. JSON_ABSENT when it is not there. */
static struct json_view inner_of(struct json_view outer, int32_t inner)
{
    struct json_view list = json_member(outer, STR("logEvents"));
    list = list.kind == JSON_ABSENT ? json_member(outer, STR("events")) : list;
    if (list.kind == JSON_ARRAY) {
        struct json_iter it = json_iter_of(list);
        struct json_view key;
        struct json_view value;
        while (json_iter_next(&it, &key, &value)) {
            if (inner-- == 0) {
                return json_member(value, STR("message"));
            }
        }
        return (struct json_view){0};
    }
    struct json_view event = json_member(outer, STR("CloudTrailEvent"));
    return event.kind == JSON_ABSENT ? json_member(outer, STR("message")) : event;
}

/* Its text; of a Pub/Sub message, what its data stands for. */
static bool inner_text(struct json_view v, struct arena *a, struct str *out)
{
    CLEANUP(buf_free) struct buf raw = {0};
    struct json_view data = v.kind == JSON_OBJECT ? json_member(v, STR("data")) : v;
    if (v.kind != JSON_OBJECT || data.kind != JSON_STRING) {
        return json_any_text(v, a, out);
    }
    struct str text;
    return json_text(data, a, &text) && base64_decode(text, &raw) &&
           arena_dup(a, buf_str(&raw), out);
}

enum err_code intake_reread(struct intake *in, struct str path, const struct origin *origin,
                            size_t most, struct arena *a, struct str *out, struct err *err)
{
    CLEANUP(buf_free) struct buf raw = {0};
    bool whole = origin->inner >= 0; /* the message is found in all of the outer record */
    uint64_t want = whole || origin->length < most ? origin->length : most;
    struct capture c = {.from = origin->offset, .to = origin->offset + want, .out = &raw};
    enum err_code rc = read_part(in, path, &c, err);
    if (rc) {
        return rc;
    }
    struct str text = buf_str(&raw);
    CLEANUP(arena_free) struct arena scratch = {0};
    if (whole) {
        struct json_view outer = {.ptr = text.ptr, .len = (uint32_t)text.len, .kind = JSON_OBJECT};
        struct json_view v = inner_of(outer, origin->inner);
        if (v.kind == JSON_ABSENT) {
            return err_set(err, ERR_IO, "%.*s: changed since it was read", STR_ARG(path));
        }
        if (!inner_text(v, &scratch, &text)) {
            return err_set(err, ERR_NOMEM, "%.*s: no memory to read it again", STR_ARG(path));
        }
    }
    if (!arena_dup(a, str_head(text, most), out)) {
        return err_set(err, ERR_NOMEM, "%.*s: no memory to read it again", STR_ARG(path));
    }
    return ERR_OK;
}
