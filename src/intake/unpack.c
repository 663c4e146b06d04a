#include "intake/unpack.h"

#include <assert.h>
#include <string.h>

#include "intake/account.h"

enum {
    BLOCK = 256 * 1024,   /* file bytes read at a time */
    STREAM = 1024 * 1024, /* first size of a streaming window */
    SLACK = 64 * 1024,    /* what a window holds beyond the longest record */
    WHOLE_FIRST = 128 * 1024,
    GROWTH = 256 * 1024, /* steps in which buffers grow */
    FAST_TAIL = 512,     /* room behind the end lets the inflater stay in its fast loop */
};
#define RATIO_FREE (UINT64_C(64) << 20) /* unpacked bytes that are never held against a ratio */

bool unpack_init(struct unpack *u, const struct intake_limits *limits)
{
    *u = (struct unpack){.limits = limits};
    u->gzip = gzip_new();
    return u->gzip != NULL;
}

void unpack_free(struct unpack *u)
{
    gzip_free(u->gzip);
    zstd_free(u->zstd);
    mem_free(u->packed.ptr);
    mem_free(u->window.ptr);
    mem_free(u->member.ptr);
    *u = (struct unpack){.limits = u->limits};
}

bool unpack_grow(struct room *r, size_t bytes)
{
    size_t cap = bytes + JSON_PADDING;
    if (cap <= r->cap) {
        return true;
    }
    /* A little more than is asked for: the next file may be a little larger. */
    cap = (cap + GROWTH - 1) / GROWTH * GROWTH;
    char *p = mem_raw(cap);
    if (p == NULL) {
        return false;
    }
    if (r->cap > 0) {
        memcpy(p, r->ptr, r->cap);
    }
    mem_free(r->ptr);
    *r = (struct room){p, cap};
    return true;
}

size_t unpack_cap(const struct room *r)
{
    return r->cap - JSON_PADDING;
}

size_t unpack_window_max(const struct intake_limits *limits)
{
    return limits->record_bytes + SLACK;
}

void unpack_lost(struct unpack *u, uint64_t offset, uint64_t length, const char *reason)
{
    if (u->acc == NULL) {
        return;
    }
    struct skipped s = {
        .file = u->file, .offset = offset, .length = length, .file_bytes = true, .reason = reason};
    if (!account_skip(u->acc, &s)) {
        u->failed = ERR_NOMEM;
    }
}

/* ---- the window ---- */

static void hand_over(struct unpack *u, const char *buf, size_t len, bool last)
{
    struct window w = {.buf = buf, .len = len, .offset = u->offset, .last = last};
    size_t used = u->take(u->arg, &w);
    assert(used <= len);
    assert(used == len || !last || u->stop);
    u->offset += used;
    u->filled = len - used;
}

/* The window grows by what is in the file alone, never by what an earlier file left behind: so the
 * same file gives the same result on every worker. */
static void grow_window(struct unpack *u)
{
    size_t max = unpack_window_max(u->limits);
    size_t cap = u->window_now * 2;
    u->window_now = cap > max ? max : cap;
    if (!unpack_grow(&u->window, u->window_now)) {
        u->failed = ERR_NOMEM;
    }
}

void unpack_flush(struct unpack *u, bool last)
{
    if (u->failed || u->stop || (u->filled == 0 && !last)) {
        return;
    }
    size_t before = u->filled;
    json_pad(u->window.ptr, before);
    hand_over(u, u->window.ptr, before, last);
    assert(last || u->filled < before || u->window_now < unpack_window_max(u->limits) || u->stop);
    memmove(u->window.ptr, u->window.ptr + (before - u->filled), u->filled);
    if (u->filled > u->window_now / 2) {
        grow_window(u);
    }
}

bool unpack_room(struct unpack *u, char **out, size_t *room)
{
    if (u->filled >= u->window_now) {
        unpack_flush(u, false);
    }
    if (u->failed || u->stop) {
        return false;
    }
    *out = u->window.ptr + u->filled;
    *room = u->window_now - u->filled;
    return true;
}

void unpack_gave(struct unpack *u, size_t n)
{
    u->filled += n;
    u->given += n;
}

static uint64_t rest_of_file(const struct packed *in)
{
    bool known = in->size != UINT64_MAX && in->size > in->offset;
    return known ? in->size - in->offset : in->ahead.len;
}

bool unpack_too_much(struct unpack *u)
{
    const struct intake_limits *l = u->limits;
    const char *reason = NULL;
    if (u->given > l->file_bytes) {
        reason = "unpacks to more than one file may (64 GiB); the rest was not unpacked";
    } else if (u->given > RATIO_FREE &&
               (u->given - RATIO_FREE) / l->ratio > u->packed_done + u->in.offset) {
        reason = "unpacks to more than 2,000 times its size; the rest was not unpacked";
    }
    if (reason == NULL) {
        return false;
    }
    unpack_lost(u, u->in.offset, rest_of_file(&u->in), reason);
    return true;
}

/* ---- formats ---- */

/* Every member whole into one buffer. False: that cannot be done, nothing was handed on. */
static bool gzip_whole(struct unpack *u)
{
    size_t most = u->limits->whole_bytes;
    size_t hint = gzip_size_hint(u->in.ahead);
    if (hint > most || u->in.ahead.len > most) {
        return false;
    }
    size_t want = hint + FAST_TAIL < WHOLE_FIRST ? WHOLE_FIRST : hint + FAST_TAIL;
    struct str rest = u->in.ahead;
    size_t got = 0;
    while (rest.len > 0) {
        if (!unpack_grow(&u->window, want)) {
            u->failed = ERR_NOMEM;
            return false;
        }
        size_t used;
        size_t n;
        switch (gzip_member(u->gzip, rest, u->window.ptr + got, unpack_cap(&u->window) - got, &used,
                            &n)) {
        case GZIP_ROOM:
            if (unpack_cap(&u->window) >= most) {
                return false;
            }
            want = unpack_cap(&u->window) * 2;
            want = want > most ? most : want;
            continue;
        case GZIP_DAMAGED:
            return false;
        case GZIP_OK:
            break;
        }
        got += n;
        rest = str_from(rest, used);
        while (rest.len > 0 && rest.ptr[0] == '\0') { /* padding of tapes and block devices */
            rest = str_from(rest, 1);
        }
        if (rest.len > 0 && !gzip_starts(rest)) {
            return false; /* what this is, the other way finds out */
        }
    }
    if (got > u->limits->file_bytes || got > most) {
        return false;
    }
    packed_use(&u->in, u->in.ahead.len);
    json_pad(u->window.ptr, got);
    u->given += got;
    hand_over(u, u->window.ptr, got, true);
    return true;
}

static void plain(struct unpack *u)
{
    struct packed *in = &u->in;
    if (in->ended && in->block == in->ahead.ptr && in->ahead.len <= u->limits->whole_bytes &&
        in->ahead.len <= u->limits->file_bytes) {
        json_pad(in->block, in->ahead.len);
        u->given += in->ahead.len;
        hand_over(u, in->block, in->ahead.len, true);
        packed_use(in, in->ahead.len);
        return;
    }
    char *out;
    size_t room;
    while (packed_need(in, 1) && unpack_room(u, &out, &room) && !unpack_too_much(u)) {
        size_t n = in->ahead.len < room ? in->ahead.len : room;
        memcpy(out, in->ahead.ptr, n);
        packed_use(in, n);
        unpack_gave(u, n);
    }
    unpack_flush(u, true);
}

static void zstd_stream(struct unpack *u)
{
    struct packed *in = &u->in;
    if (u->zstd == NULL && (u->zstd = zstd_new()) == NULL) {
        u->failed = ERR_NOMEM;
        return;
    }
    const char *fault = NULL;
    bool inside = false; /* a frame */
    zstd_begin(u->zstd);
    char *out;
    size_t room;
    while (fault == NULL && unpack_room(u, &out, &room) && !unpack_too_much(u)) {
        if (!packed_need(in, inside ? 1 : 4) && in->ahead.len == 0) {
            fault = inside ? "the zstd data ends early; what it unpacked to was used" : NULL;
            break;
        }
        if (!inside && !zstd_starts(in->ahead)) {
            fault = "bytes behind the last zstd frame that are none";
            break;
        }
        struct str rest = in->ahead;
        size_t before = room;
        enum zstd_step step = zstd_step(u->zstd, &rest, &out, &room);
        packed_use(in, in->ahead.len - rest.len);
        unpack_gave(u, before - room);
        inside = step != ZSTD_ENDED;
        switch (step) {
        case ZSTD_WANTS_IN:
        case ZSTD_WANTS_OUT:
        case ZSTD_ENDED:
            break;
        case ZSTD_TOO_WIDE:
            fault = "a zstd frame wants a window above 128 MiB";
            break;
        case ZSTD_UNSURE:
            fault = "the zstd checksum is wrong; what was unpacked was used all the same";
            break;
        case ZSTD_BROKEN:
            fault = "the zstd data is broken from here on; what came before was used";
            break;
        case ZSTD_NOMEM:
            u->failed = ERR_NOMEM;
            return;
        }
    }
    unpack_flush(u, true);
    if (fault != NULL) {
        unpack_lost(u, in->offset, rest_of_file(in), fault);
    }
}

/* Formats that we know by sight and do not unpack. */
static const struct {
    struct str magic;
    const char *reason;
} foreign[] = {
    {STR_INIT("BZh"), "bzip2 is not read: unpack it first, or pack it with gzip or zstd"},
    {STR_INIT("\xfd"
              "7zXZ"),
     "xz is not read: unpack it first, or pack it with gzip or zstd"},
    {STR_INIT("7z\xbc\xaf\x27\x1c"), "7z is not read: unpack it first"},
    {STR_INIT("\x04\x22\x4d\x18"), "lz4 is not read: unpack it first"},
    {STR_INIT("PAR1"), "Parquet is not read: export it as JSON lines"},
    {STR_INIT("Rar!"), "rar is not read: unpack it first"},
};

void unpack_dispatch(struct unpack *u)
{
    struct str head = u->in.ahead;
    for (size_t i = 0; i < ARRAY_LEN(foreign); i++) {
        if (str_starts(head, foreign[i].magic)) {
            unpack_lost(u, 0, rest_of_file(&u->in), foreign[i].reason);
            return;
        }
    }
    if (str_starts(head, STR("\x1f\x8b"))) {
        if (!u->in.ended || (!gzip_whole(u) && !u->failed)) {
            unpack_gzip_stream(u);
        }
    } else if (zstd_starts(head)) {
        zstd_stream(u);
    } else if (str_starts(head, STR("PK\3\4")) || str_starts(head, STR("PK\5\6"))) {
        if (u->member_len > 0) {
            unpack_lost(u, 0, 0, "a zip archive in a zip archive: unpack it first");
        } else {
            unpack_zip(u);
        }
    } else if (head.len > 0) {
        plain(u);
    }
}

enum err_code unpack_run(struct unpack *u, int fd, uint64_t size, const struct str *bytes)
{
    u->filled = 0;
    u->offset = 0;
    u->given = 0;
    u->packed_done = 0;
    u->member_len = 0;
    u->failed = ERR_OK;
    u->stop = false;
    u->window_now = STREAM < unpack_window_max(u->limits) ? STREAM : unpack_window_max(u->limits);
    if (!unpack_grow(&u->window, u->window_now)) {
        return ERR_NOMEM;
    }
    if (bytes != NULL) {
        u->in = (struct packed){.ahead = *bytes,
                                .size = bytes->len,
                                .read = bytes->len,
                                .limit = UINT64_MAX,
                                .ended = true,
                                .fd = -1};
    } else {
        bool small = size < u->limits->whole_bytes && size >= BLOCK;
        if (!unpack_grow(&u->packed, small ? (size_t)size + 1 : BLOCK)) {
            return ERR_NOMEM;
        }
        u->in = (struct packed){.ahead = {u->packed.ptr, 0},
                                .size = size,
                                .limit = UINT64_MAX,
                                .fd = fd,
                                .block = u->packed.ptr,
                                .cap = unpack_cap(&u->packed)};
        packed_fill(&u->in);
    }
    unpack_dispatch(u);
    if (u->in.os_errno != 0) {
        unpack_lost(u, u->in.offset, rest_of_file(&u->in),
                    "reading failed here; what came before was used");
    }
    if (u->acc != NULL) {
        u->acc->bytes_read += u->in.read;
        u->acc->bytes_unpacked += u->given;
    }
    return u->failed;
}
