#include "demo/pack.h"

#include <libdeflate.h>

bool pack_gzip(struct str text, struct buf *out)
{
    struct libdeflate_compressor *c = libdeflate_alloc_compressor(6);
    if (c == NULL) {
        return false;
    }
    size_t bound = libdeflate_gzip_compress_bound(c, text.len);
    buf_reset(out);
    if (buf_reserve(out, bound)) {
        out->len = libdeflate_gzip_compress(c, text.ptr, text.len, out->ptr, bound);
        out->ptr[out->len] = '\0';
    }
    libdeflate_free_compressor(c);
    return !out->failed && out->len > 0;
}
