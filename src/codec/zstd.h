/*
 * zstd - Zstandard frames, unpacked in pieces.
 *
 * A struct zstd is reused from file to file and belongs to one thread. Frames that ask for a
 * window above ZSTD_WINDOW_LOG_MOST are refused: the window is memory we would hold.
 */
#ifndef CODEC_ZSTD_H
#define CODEC_ZSTD_H

#include <stdbool.h>
#include <stddef.h>

#include "base/attr.h"
#include "base/str.h"

enum { ZSTD_WINDOW_LOG_MOST = 27 }; /* 128 MiB: what `zstd --long` makes */

struct zstd;

NODISCARD struct zstd *zstd_new(void); /* NULL: no memory */
void zstd_free(struct zstd *z);

/* Does a frame, or a skippable frame, begin here? Looks at four bytes. */
bool zstd_starts(struct str packed);

enum zstd_step {
    ZSTD_WANTS_IN,  /* all input is used up */
    ZSTD_WANTS_OUT, /* all room is used up */
    ZSTD_ENDED,     /* a frame ended; input stands behind it */
    ZSTD_TOO_WIDE,  /* its window is too large */
    ZSTD_UNSURE,    /* a frame's checksum is wrong; what came out of it was given already */
    ZSTD_BROKEN,    /* not a frame, or broken from here on */
    ZSTD_NOMEM
};

/* A frame begins with the next input. */
void zstd_begin(struct zstd *z);

/* Unpack from *in to *out, moving both. */
NODISCARD enum zstd_step zstd_step(struct zstd *z, struct str *in, char **out, size_t *room);

#endif
