/*
 * zip - the members of a zip archive, one after another, without trusting it.
 *
 * Reads the central directory entry by entry, so memory does not depend on how many it claims.
 * Names are never looked at: nothing is written by them. Everything that points outside the
 * archive is refused.
 */
#ifndef CODEC_ZIP_H
#define CODEC_ZIP_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/attr.h"

struct zip_input {
    void *arg;
    uint64_t size;
    /* Read exactly [at, at + len), which lies within size. False: it cannot be read. */
    bool (*read)(void *arg, uint64_t at, void *out, size_t len);
};

struct zip {
    struct zip_input in;
    uint64_t next;  /* where the next entry of the directory is */
    uint64_t end;   /* of the directory */
    uint64_t left;  /* entries */
    uint64_t shift; /* bytes that stand before the archive proper */
};

enum { ZIP_STORED = 0, ZIP_DEFLATED = 8 };

struct zip_member {
    uint64_t header; /* where its local header is */
    uint64_t data;   /* where its bytes are */
    uint64_t packed; /* how many there are */
    uint64_t size;   /* what it claims to unpack to */
    uint32_t crc;
    uint16_t method;
    bool encrypted;
};

enum zip_status {
    ZIP_FINE,
    ZIP_END,    /* no more members */
    ZIP_SPOILED /* this member is wrong; the next may be fine */
};

/* False: no archive that we can read; *reason is static text. */
NODISCARD bool zip_begin(struct zip *z, const struct zip_input *in, const char **reason);

/* The next member. On ZIP_SPOILED *reason is static text and out->header says where. */
NODISCARD enum zip_status zip_next(struct zip *z, struct zip_member *out, const char **reason);

#endif
