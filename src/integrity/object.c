#include "integrity/object.h"

#include "sys/file.h"

enum { ROOM = 256 * 1024 };

bool object_reader_init(struct object_reader *r)
{
    *r = (struct object_reader){.gzip = gzip_new()};
    buf_init(&r->raw, OBJECT_RAW_MAX);
    buf_init(&r->room, ROOM);
    buf_init(&r->plain, OBJECT_KEEP_MAX);
    return r->gzip != NULL && buf_reserve(&r->room, ROOM);
}

void object_reader_free(struct object_reader *r)
{
    gzip_free(r->gzip);
    buf_free(&r->raw);
    buf_free(&r->room);
    buf_free(&r->plain);
}

static uint32_t little(const char *p)
{
    const unsigned char *b = (const unsigned char *)p;
    return (uint32_t)b[0] | (uint32_t)b[1] << 8 | (uint32_t)b[2] << 16 | (uint32_t)b[3] << 24;
}

/* The eight bytes behind a member's data: checksum and size. */
static struct str take_trailer(const struct object_reader *r, struct str rest, struct object *out)
{
    if (rest.len < GZIP_TRAILER) {
        out->trailer_cut = true;
        return STR_EMPTY;
    }
    out->trailer_wrong = little(rest.ptr) != gzip_crc(r->gzip) ||
                         little(rest.ptr + 4) != (uint32_t)gzip_given(r->gzip);
    return str_from(rest, GZIP_TRAILER);
}

static bool take_piece(struct object_reader *r, struct digest *sum, struct str piece, bool keep,
                       uint64_t *total, struct object *out)
{
    *total += piece.len;
    digest_add(sum, piece);
    if (keep && *total <= OBJECT_KEEP_MAX) {
        buf_add(&r->plain, piece);
        if (r->plain.failed) {
            return false;
        }
    }
    if (*total > (keep ? (uint64_t)OBJECT_KEEP_MAX : (uint64_t)OBJECT_PLAIN_MAX)) {
        out->state = OBJECT_DAMAGED;
    }
    return true;
}

/* The first member, piece by piece. False: no memory. */
static bool unpack(struct object_reader *r, struct str packed, bool keep, struct digest *sum,
                   struct object *out)
{
    size_t header;
    if (gzip_header_len(packed, &header) != GZIP_HEADER_OK) {
        out->state = OBJECT_DAMAGED;
        return true;
    }
    struct str in = str_from(packed, header);
    uint64_t total = 0;
    if (!gzip_begin(r->gzip)) {
        return false;
    }
    while (out->state == OBJECT_FINE) {
        char *to = r->room.ptr;
        size_t room = ROOM;
        enum gzip_step step = gzip_step(r->gzip, &in, &to, &room);
        if (!take_piece(r, sum, str_make(r->room.ptr, ROOM - room), keep, &total, out)) {
            return false;
        }
        switch (step) {
        case GZIP_NOMEM:
            return false;
        case GZIP_ENDED:
            in = take_trailer(r, in, out);
            out->appended = in.len > 0;
            return true;
        case GZIP_WANTS_IN:
        case GZIP_BROKEN:
            out->state = OBJECT_DAMAGED;
            break;
        case GZIP_WANTS_OUT:
        default:
            break;
        }
    }
    return true;
}

static bool hash(struct object_reader *r, bool keep, struct object *out)
{
    struct digest *sum = digest_begin();
    if (sum == NULL) {
        return false;
    }
    struct str raw = buf_str(&r->raw);
    uint64_t total = 0;
    out->packed = raw.len >= 2 && raw.ptr[0] == '\x1f' && (unsigned char)raw.ptr[1] == 0x8b;
    bool fine =
        out->packed ? unpack(r, raw, keep, sum, out) : take_piece(r, sum, raw, keep, &total, out);
    if (!fine) {
        digest_drop(sum);
        return false;
    }
    return digest_end(sum, out->hash);
}

bool object_read(struct object_reader *r, struct str path, bool keep, struct object *out)
{
    *out = (struct object){.state = OBJECT_FINE};
    buf_reset(&r->raw);
    buf_reset(&r->plain);
    enum err_code rc = file_read(path, &r->raw, NULL);
    if (rc == ERR_OK) {
        return hash(r, keep, out);
    }
    out->state = rc == ERR_NOTFOUND ? OBJECT_ABSENT
                 : rc == ERR_LIMIT  ? OBJECT_DAMAGED
                                    : OBJECT_UNREADABLE;
    return rc != ERR_NOMEM;
}
