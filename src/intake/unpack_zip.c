#include <string.h>
#include <unistd.h>

#include "codec/zip.h"
#include "intake/unpack.h"

/* Where the archive is read from: its file, or memory. */
struct archive {
    int fd;
    struct str bytes;
};

static bool read_archive(void *arg, uint64_t at, void *out, size_t len)
{
    const struct archive *a = arg;
    if (a->fd < 0) {
        memcpy(out, a->bytes.ptr + at, len); /* zip.h: lies within size */
        return true;
    }
    char *p = out;
    while (len > 0) {
        ssize_t n = pread(a->fd, p, len, (off_t)at);
        if (n <= 0) {
            return false;
        }
        p += n;
        at += (uint64_t)n;
        len -= (size_t)n;
    }
    return true;
}

static void aim(struct unpack *u, const struct archive *a, const struct zip_member *m)
{
    u->in.offset = 0;
    u->in.size = m->packed;
    if (a->fd < 0) {
        u->in.ahead = str_head(str_from(a->bytes, (size_t)m->data), (size_t)m->packed);
        u->in.ended = true;
        return;
    }
    u->in.ahead = (struct str){u->in.block, 0};
    u->in.limit = m->packed;
    u->in.ended = lseek(a->fd, (off_t)m->data, SEEK_SET) < 0;
}

/* Give the bytes of a member to `out`, at most `room`; *got is how many. NULL, or what was wrong:
 * those before that are good. */
static const char *give(struct unpack *u, const struct zip_member *m, char *out, size_t room,
                        size_t *got, bool *done)
{
    struct packed *in = &u->in;
    char *at = out;
    const char *fault = NULL;
    (void)packed_need(in, 1);
    struct str rest = in->ahead;
    if (m->method == ZIP_STORED) {
        size_t n = rest.len < room ? rest.len : room;
        memcpy(out, rest.ptr, n);
        at += n;
        rest = str_from(rest, n);
        *done = rest.len == 0 && in->ended;
    } else {
        size_t left = room;
        switch (gzip_step(u->gzip, &rest, &at, &left)) {
        case GZIP_WANTS_OUT:
            break;
        case GZIP_WANTS_IN:
            fault = in->ended && rest.len == 0 ? "a zip member that ends early" : NULL;
            break;
        case GZIP_ENDED:
            *done = true;
            if (gzip_crc(u->gzip) != m->crc) {
                fault = "a zip member's checksum is wrong; what was unpacked was used all the same";
            }
            break;
        case GZIP_BROKEN:
            fault = "a zip member is broken; what came before was used";
            break;
        case GZIP_NOMEM:
        default:
            u->failed = ERR_NOMEM;
            break;
        }
    }
    packed_use(in, in->ahead.len - rest.len);
    *got = (size_t)(at - out);
    *done = *done || fault != NULL || u->failed;
    return fault;
}

/* A small member, whole: it may be packed itself, by gzip or zstd. */
static void small_member(struct unpack *u, const struct zip_member *m)
{
    size_t most = u->limits->whole_bytes;
    size_t len = 0;
    bool done = false;
    size_t want = m->size < most ? (size_t)m->size + 1 : most;
    while (!done && len < most) {
        size_t got = 0;
        if (!unpack_grow(&u->member, want)) {
            u->failed = ERR_NOMEM;
            return;
        }
        const char *fault =
            give(u, m, u->member.ptr + len, unpack_cap(&u->member) - len, &got, &done);
        len += got;
        if (fault != NULL) {
            unpack_lost(u, 0, 0, fault);
        }
        if (len == unpack_cap(&u->member)) {
            want = len * 2 < most ? len * 2 : most;
        }
    }
    if (!done) {
        unpack_lost(u, 0, 0, "a zip member unpacks to more than it claims; the rest was not read");
    }
    struct packed outer = u->in;
    u->in = (struct packed){.ahead = {u->member.ptr, len},
                            .size = len,
                            .limit = UINT64_MAX,
                            .ended = true,
                            .fd = -1,
                            .block = u->member.ptr};
    unpack_dispatch(u);
    u->in = outer;
}

static void large_member(struct unpack *u, const struct zip_member *m)
{
    char *out;
    size_t room;
    bool done = false;
    while (!done && unpack_room(u, &out, &room) && !unpack_too_much(u)) {
        size_t got = 0;
        const char *fault = give(u, m, out, room, &got, &done);
        unpack_gave(u, got);
        if (fault != NULL) {
            unpack_lost(u, 0, 0, fault);
        }
    }
    unpack_flush(u, true);
}

static void member(struct unpack *u, const struct archive *a, const struct zip_member *m)
{
    if (m->packed == 0) {
        return; /* directories, empty files */
    }
    u->member_at = m->header;
    u->member_len = m->data + m->packed - m->header;
    if (m->encrypted) {
        unpack_lost(u, 0, 0, "an encrypted zip member: unpack the archive first");
    } else if (m->method != ZIP_STORED && m->method != ZIP_DEFLATED) {
        unpack_lost(u, 0, 0, "a zip member packed by a method that is not read: unpack it first");
    } else if (m->method == ZIP_DEFLATED && !gzip_begin(u->gzip)) {
        u->failed = ERR_NOMEM;
    } else {
        aim(u, a, m);
        if (m->size <= u->limits->whole_bytes) {
            small_member(u, m);
        } else {
            large_member(u, m);
        }
    }
    u->packed_done += m->packed;
    u->member_len = 0;
}

void unpack_zip(struct unpack *u)
{
    struct archive a = {.fd = u->in.ended ? -1 : u->in.fd, .bytes = u->in.ahead};
    struct zip_input in = {
        .arg = &a, .size = a.fd < 0 ? a.bytes.len : u->in.size, .read = read_archive};
    struct zip z;
    const char *reason = NULL;
    if (in.size == UINT64_MAX) {
        unpack_lost(u, 0, u->in.ahead.len, "a zip archive on a pipe: save it to a file first");
        return;
    }
    if (!zip_begin(&z, &in, &reason)) {
        unpack_lost(u, 0, in.size, reason);
        return;
    }
    uint64_t packed = 0;
    struct zip_member m;
    for (unsigned n = 0; !u->failed && !u->stop; n++) {
        enum zip_status status = zip_next(&z, &m, &reason);
        if (status == ZIP_END) {
            break;
        }
        if (n >= u->limits->zip_members) {
            unpack_lost(u, m.header, 0, "more members than a zip archive may have (10,000)");
            break;
        }
        if (status == ZIP_SPOILED) {
            unpack_lost(u, m.header, 0, reason);
            continue;
        }
        if (m.packed > in.size - packed) { /* together they are more than the archive */
            unpack_lost(u, m.header, m.packed, "zip members that overlap: the rest was not read");
            break;
        }
        packed += m.packed;
        member(u, &a, &m);
    }
    u->in.read = in.size;
    packed_use(&u->in, u->in.ahead.len);
}
