/*
 * object - one object of a bucket's copy, unpacked and hashed.
 */
#ifndef INTEGRITY_OBJECT_H
#define INTEGRITY_OBJECT_H

#include "base/buf.h"
#include "base/err.h"
#include "codec/digest.h"
#include "codec/gzip.h"

enum object_state {
    OBJECT_FINE,
    OBJECT_ABSENT,
    OBJECT_UNREADABLE, /* the machine could not; errno says more */
    OBJECT_DAMAGED     /* not what gzip writes, or larger than the limit */
};

struct object {
    enum object_state state;
    bool packed;                /* it is gzip */
    bool appended;              /* something stands behind the first member */
    bool trailer_cut;           /* the member's data is whole, its checksum is not there */
    bool trailer_wrong;         /* the checksum or the size is another */
    uint8_t hash[DIGEST_BYTES]; /* SHA-256 of what the first member unpacks to */
};

/* What is needed to read objects; one thread's, reused. */
struct object_reader {
    struct gzip *gzip;
    struct buf raw;
    struct buf room;  /* a piece of what it unpacks to */
    struct buf plain; /* all of it, when asked for */
};

enum {
    OBJECT_RAW_MAX = 256 * 1024 * 1024,   /* bytes of a file */
    OBJECT_KEEP_MAX = 64 * 1024 * 1024,   /* bytes unpacked, of an object that is kept */
    OBJECT_PLAIN_MAX = 1024 * 1024 * 1024 /* bytes unpacked, of one that is only hashed */
};

NODISCARD bool object_reader_init(struct object_reader *r);
void object_reader_free(struct object_reader *r);

/* Read the file at `path`. With `keep`, what it unpacks to is in r->plain until the next call.
 * False only when memory ran out. */
NODISCARD bool object_read(struct object_reader *r, struct str path, bool keep, struct object *out);

#endif
