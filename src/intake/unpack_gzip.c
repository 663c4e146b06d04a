#include "intake/unpack.h"

/* Most of a header that is looked at: an extra field has 64 KiB at most, names are short. */
enum { HEADER_MAX = 96 * 1024, HEADER_SIGHT = 10 };

/* On to the next member behind something that is none. Its bytes are lost, for `reason`. */
static void find_member(struct unpack *u, const char *reason)
{
    struct packed *in = &u->in;
    uint64_t from = in->offset;
    while (packed_need(in, HEADER_SIGHT) && !gzip_starts(in->ahead)) {
        size_t next = str_chr(str_from(in->ahead, 1), '\x1f');
        packed_use(in, next == SIZE_MAX ? in->ahead.len : next + 1);
    }
    if (in->ahead.len < HEADER_SIGHT) {
        packed_use(in, in->ahead.len);
    }
    unpack_lost(u, from, in->offset - from, reason);
}

/* Zero bytes between and behind members are padding. */
static bool skip_padding(struct packed *in)
{
    while (packed_need(in, 1)) {
        size_t n = 0;
        while (n < in->ahead.len && in->ahead.ptr[n] == '\0') {
            n++;
        }
        packed_use(in, n);
        if (in->ahead.len > 0) {
            return true;
        }
    }
    return false;
}

static bool use_header(struct unpack *u, bool first)
{
    struct packed *in = &u->in;
    (void)packed_need(in, HEADER_MAX);
    size_t len;
    switch (gzip_header_len(in->ahead, &len)) {
    case GZIP_HEADER_OK:
        packed_use(in, len);
        return true;
    case GZIP_HEADER_CUT:
        unpack_lost(u, in->offset, in->ahead.len, "the file ends inside a gzip header");
        packed_use(in, in->ahead.len);
        return false;
    case GZIP_HEADER_BAD:
    default:
        find_member(u, first ? "a gzip header that is broken"
                             : "bytes behind a gzip member that are none");
        return false;
    }
}

static void use_trailer(struct unpack *u)
{
    struct packed *in = &u->in;
    if (!packed_need(in, GZIP_TRAILER)) {
        unpack_lost(u, in->offset, in->ahead.len,
                    "the file ends inside a gzip checksum; what was unpacked was used");
        packed_use(in, in->ahead.len);
        return;
    }
    const unsigned char *t = (const unsigned char *)in->ahead.ptr;
    uint32_t word[2];
    for (size_t i = 0; i < 2; i++) {
        word[i] = (uint32_t)t[4 * i] | (uint32_t)t[4 * i + 1] << 8 | (uint32_t)t[4 * i + 2] << 16 |
                  (uint32_t)t[4 * i + 3] << 24;
    }
    if (word[0] != gzip_crc(u->gzip) || word[1] != (uint32_t)gzip_given(u->gzip)) {
        unpack_lost(u, in->offset, GZIP_TRAILER,
                    "the gzip checksum is wrong; what was unpacked was used all the same");
    }
    packed_use(in, GZIP_TRAILER);
}

/* The deflate data of one member. False when the file is done with. */
static bool use_data(struct unpack *u)
{
    struct packed *in = &u->in;
    char *out;
    size_t room;
    if (!gzip_begin(u->gzip)) {
        u->failed = ERR_NOMEM;
        return false;
    }
    while (unpack_room(u, &out, &room)) {
        if (unpack_too_much(u)) {
            return false;
        }
        (void)packed_need(in, 1);
        struct str rest = in->ahead;
        size_t before = room;
        enum gzip_step step = gzip_step(u->gzip, &rest, &out, &room);
        packed_use(in, in->ahead.len - rest.len);
        unpack_gave(u, before - room);
        switch (step) {
        case GZIP_WANTS_OUT:
            break;
        case GZIP_WANTS_IN:
            if (in->ended && in->ahead.len == 0) {
                unpack_flush(u, true);
                unpack_lost(u, in->offset, 0,
                            "the gzip data ends early; what it unpacked to was used");
                return false;
            }
            break;
        case GZIP_ENDED:
            use_trailer(u);
            return true;
        case GZIP_BROKEN:
            unpack_flush(u, true); /* what a later member holds does not continue this */
            find_member(u, "the gzip data is broken from here on; what came before was used");
            return true;
        case GZIP_NOMEM:
        default:
            u->failed = ERR_NOMEM;
            return false;
        }
    }
    return false;
}

void unpack_gzip_stream(struct unpack *u)
{
    bool first = true;
    while (!u->failed && !u->stop && skip_padding(&u->in)) {
        if (use_header(u, first) && !use_data(u)) {
            break;
        }
        first = false;
    }
    unpack_flush(u, true);
}
