#include "codec/gzip.h"

#include <limits.h>
#include <string.h>

#include <libdeflate.h>
#include <zlib.h>

#include "base/mem.h"

enum { FLAG_CRC = 2, FLAG_EXTRA = 4, FLAG_NAME = 8, FLAG_COMMENT = 16, FLAGS_RESERVED = 0xe0 };
enum { FIXED_HEADER = 10 };

struct gzip {
    struct libdeflate_decompressor *whole;
    z_stream stream;
    bool stream_ready;
    uint32_t crc;
    uint64_t given;
};

struct gzip *gzip_new(void)
{
    struct gzip *g = mem_alloc(1, sizeof(*g));
    if (g == NULL) {
        return NULL;
    }
    g->whole = mem_torture_hits() ? NULL : libdeflate_alloc_decompressor();
    if (g->whole == NULL) {
        gzip_free(g);
        return NULL;
    }
    return g;
}

void gzip_free(struct gzip *g)
{
    if (g == NULL) {
        return;
    }
    libdeflate_free_decompressor(g->whole);
    if (g->stream_ready) {
        (void)inflateEnd(&g->stream);
    }
    mem_free(g);
}

static uint32_t le32(const char *p)
{
    const unsigned char *u = (const unsigned char *)p;
    return (uint32_t)u[0] | (uint32_t)u[1] << 8 | (uint32_t)u[2] << 16 | (uint32_t)u[3] << 24;
}

bool gzip_starts(struct str packed)
{
    if (packed.len < FIXED_HEADER || memcmp(packed.ptr, "\x1f\x8b\x08", 3) != 0) {
        return false;
    }
    unsigned flags = (unsigned char)packed.ptr[3];
    unsigned extra = (unsigned char)packed.ptr[8]; /* 2: smallest, 4: fastest */
    unsigned system = (unsigned char)packed.ptr[9];
    return (flags & FLAGS_RESERVED) == 0 && (extra & ~6U) == 0 && (system <= 13 || system == 255);
}

/* Behind a text that ends with a NUL, or false when that lies outside. */
static bool skip_text(struct str packed, size_t *at)
{
    size_t nul = str_chr(str_from(packed, *at), '\0');
    if (nul == SIZE_MAX) {
        return false;
    }
    *at += nul + 1;
    return true;
}

enum gzip_header gzip_header_len(struct str packed, size_t *out_len)
{
    static const char magic[] = {'\x1f', '\x8b', '\x08'};
    size_t known = packed.len < sizeof(magic) ? packed.len : sizeof(magic);
    if (memcmp(packed.ptr, magic, known) != 0) {
        return GZIP_HEADER_BAD;
    }
    if (packed.len < FIXED_HEADER) {
        return GZIP_HEADER_CUT;
    }
    unsigned flags = (unsigned char)packed.ptr[3];
    if ((flags & FLAGS_RESERVED) != 0) {
        return GZIP_HEADER_BAD;
    }
    size_t at = FIXED_HEADER;
    if ((flags & FLAG_EXTRA) != 0) {
        if (packed.len < at + 2) {
            return GZIP_HEADER_CUT;
        }
        at += 2U + (unsigned char)packed.ptr[at] + 256U * (unsigned char)packed.ptr[at + 1];
    }
    if (((flags & FLAG_NAME) != 0 && !skip_text(packed, &at)) ||
        ((flags & FLAG_COMMENT) != 0 && !skip_text(packed, &at))) {
        return GZIP_HEADER_CUT;
    }
    at += (flags & FLAG_CRC) != 0 ? 2 : 0;
    if (at > packed.len) {
        return GZIP_HEADER_CUT;
    }
    *out_len = at;
    return GZIP_HEADER_OK;
}

enum gzip_status gzip_member(struct gzip *g, struct str packed, char *out, size_t room,
                             size_t *out_used, size_t *out_got)
{
    size_t used = 0;
    size_t got = 0;
    switch (
        libdeflate_gzip_decompress_ex(g->whole, packed.ptr, packed.len, out, room, &used, &got)) {
    case LIBDEFLATE_SUCCESS:
        *out_used = used;
        *out_got = got;
        return GZIP_OK;
    case LIBDEFLATE_INSUFFICIENT_SPACE:
        return GZIP_ROOM;
    case LIBDEFLATE_BAD_DATA:
    case LIBDEFLATE_SHORT_OUTPUT:
    default:
        return GZIP_DAMAGED;
    }
}

uint32_t gzip_size_hint(struct str packed)
{
    return packed.len < 4 ? 0 : le32(packed.ptr + packed.len - 4);
}

bool gzip_begin(struct gzip *g)
{
    g->crc = libdeflate_crc32(0, NULL, 0);
    g->given = 0;
    if (g->stream_ready) {
        return inflateReset(&g->stream) == Z_OK;
    }
    if (mem_torture_hits() || inflateInit2(&g->stream, -MAX_WBITS) != Z_OK) {
        return false;
    }
    g->stream_ready = true;
    return true;
}

enum gzip_step gzip_step(struct gzip *g, struct str *in, char **out, size_t *room)
{
    z_stream *z = &g->stream;
    /* zlib counts in unsigned int; whoever asked for more calls again. */
    unsigned in_len = in->len > UINT_MAX ? UINT_MAX : (unsigned)in->len;
    unsigned out_len = *room > UINT_MAX ? UINT_MAX : (unsigned)*room;
    z->next_in = (z_const Bytef *)(uintptr_t)in->ptr;
    z->avail_in = in_len;
    z->next_out = (Bytef *)*out;
    z->avail_out = out_len;
    int rc = inflate(z, Z_NO_FLUSH);
    size_t got = out_len - z->avail_out;
    g->crc = libdeflate_crc32(g->crc, *out, got);
    g->given += got;
    *in = str_from(*in, in_len - z->avail_in);
    *out += got;
    *room -= got;
    switch (rc) {
    case Z_STREAM_END:
        return GZIP_ENDED;
    case Z_OK:
    case Z_BUF_ERROR: /* no progress without more input or room */
        return *room == 0 ? GZIP_WANTS_OUT : GZIP_WANTS_IN;
    case Z_MEM_ERROR:
        return GZIP_NOMEM;
    default:
        return GZIP_BROKEN;
    }
}

uint32_t gzip_crc(const struct gzip *g)
{
    return g->crc;
}

uint64_t gzip_given(const struct gzip *g)
{
    return g->given;
}
