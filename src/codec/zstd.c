#include "codec/zstd.h"

#include <string.h>
#include <zstd_errors.h>

#include <zstd.h>

#include "base/mem.h"

struct zstd {
    ZSTD_DCtx *context;
};

struct zstd *zstd_new(void)
{
    struct zstd *z = mem_alloc(1, sizeof(*z));
    if (z == NULL) {
        return NULL;
    }
    z->context = mem_torture_hits() ? NULL : ZSTD_createDCtx();
    if (z->context == NULL || ZSTD_isError(ZSTD_DCtx_setParameter(z->context, ZSTD_d_windowLogMax,
                                                                  ZSTD_WINDOW_LOG_MOST))) {
        zstd_free(z);
        return NULL;
    }
    return z;
}

void zstd_free(struct zstd *z)
{
    if (z != NULL) {
        (void)ZSTD_freeDCtx(z->context);
        mem_free(z);
    }
}

bool zstd_starts(struct str packed)
{
    return packed.len >= 4 && (memcmp(packed.ptr, "\x28\xb5\x2f\xfd", 4) == 0 ||
                               (((unsigned char)packed.ptr[0] & 0xf0) == 0x50 &&
                                memcmp(packed.ptr + 1, "\x2a\x4d\x18", 3) == 0));
}

void zstd_begin(struct zstd *z)
{
    (void)ZSTD_DCtx_reset(z->context, ZSTD_reset_session_only); /* cannot fail for a session */
}

enum zstd_step zstd_step(struct zstd *z, struct str *in, char **out, size_t *room)
{
    ZSTD_inBuffer from = {.src = in->ptr, .size = in->len};
    ZSTD_outBuffer to = {.dst = *out, .size = *room};
    size_t rc = ZSTD_decompressStream(z->context, &to, &from);
    *in = str_from(*in, from.pos);
    *out += to.pos;
    *room -= to.pos;
    if (!ZSTD_isError(rc)) {
        return rc == 0 ? ZSTD_ENDED : *room == 0 ? ZSTD_WANTS_OUT : ZSTD_WANTS_IN;
    }
    ZSTD_ErrorCode why = ZSTD_getErrorCode(rc);
    return why == ZSTD_error_memory_allocation               ? ZSTD_NOMEM
           : why == ZSTD_error_frameParameter_windowTooLarge ? ZSTD_TOO_WIDE
           : why == ZSTD_error_checksum_wrong                ? ZSTD_UNSURE
                                                             : ZSTD_BROKEN;
}
