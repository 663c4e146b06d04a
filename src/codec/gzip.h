/*
 * gzip - members of a gzip file (RFC 1952) and raw deflate, unpacked.
 *
 * Two ways. gzip_member unpacks one whole member into one buffer and checks it: fast, all or
 * nothing. gzip_begin and gzip_step unpack in pieces: what was good before a fault stays usable,
 * and memory does not depend on the size. A struct gzip holds both inflaters for reuse and belongs
 * to one thread.
 */
#ifndef CODEC_GZIP_H
#define CODEC_GZIP_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/attr.h"
#include "base/str.h"

struct gzip;

NODISCARD struct gzip *gzip_new(void); /* NULL: no memory */
void gzip_free(struct gzip *g);

/* Does a member begin here? Looks at ten bytes: magic, method, flags, and the values of the other
 * fields that compressors write, so that a search through damaged data does not go astray. */
bool gzip_starts(struct str packed);

/* Length of the header that `packed` begins with. */
enum gzip_header { GZIP_HEADER_OK, GZIP_HEADER_CUT, GZIP_HEADER_BAD };
NODISCARD enum gzip_header gzip_header_len(struct str packed, size_t *out_len);

enum { GZIP_TRAILER = 8 }; /* checksum and size behind the data of a member */

/* ---- whole ---- */

enum gzip_status {
    GZIP_OK,
    GZIP_ROOM,   /* the output does not fit */
    GZIP_DAMAGED /* cut, broken, or its checksum is wrong: what is in `out` is undefined */
};

/* Unpack the member that `packed` begins with. On GZIP_OK sets what it used and gave. */
NODISCARD enum gzip_status gzip_member(struct gzip *g, struct str packed, char *out, size_t room,
                                       size_t *out_used, size_t *out_got);

/* What the last four bytes say the last member unpacks to, modulo 2^32. A hint, not a promise. */
uint32_t gzip_size_hint(struct str packed);

/* ---- in pieces ---- */

enum gzip_step {
    GZIP_WANTS_IN,  /* all input is used up */
    GZIP_WANTS_OUT, /* all room is used up */
    GZIP_ENDED,     /* the deflate data ended; input stands behind it */
    GZIP_BROKEN,    /* not deflate data from here on */
    GZIP_NOMEM
};

/* Deflate data begins with the next input. False: no memory. */
NODISCARD bool gzip_begin(struct gzip *g);

/* Unpack from *in to *out, moving both. Call until it asks for what there is no more of. */
NODISCARD enum gzip_step gzip_step(struct gzip *g, struct str *in, char **out, size_t *room);

/* Checksum (CRC-32) and size of what gzip_step gave since gzip_begin. */
uint32_t gzip_crc(const struct gzip *g);
uint64_t gzip_given(const struct gzip *g);

#endif
