/*
 * packed - the bytes of a file as they lie on disk, a piece at a time.
 *
 * From an open file or from memory; the caller sees a run of bytes ahead, asks for more of them,
 * and uses them up from the front.
 */
#ifndef INTAKE_PACKED_H
#define INTAKE_PACKED_H

#include <stdbool.h>
#include <stdint.h>

#include "base/attr.h"
#include "base/str.h"

struct packed {
    struct str ahead; /* bytes not yet used; valid until the next packed_need */
    uint64_t offset;  /* of ahead.ptr in the file */
    uint64_t size;    /* of the file; UINT64_MAX: not known (a pipe) */
    uint64_t read;    /* bytes that came from the file so far */
    uint64_t limit;   /* bytes that may still be read; UINT64_MAX: to the end */
    bool ended;       /* nothing comes behind `ahead` */
    int os_errno;     /* reading failed; what came before is good, and this is the end */
    int fd;           /* -1: memory, all of it ahead */
    char *block;      /* memory that `ahead` lies in, when from a file */
    size_t cap;
};

/* Make at least `n` bytes (at most half of cap) be ahead, unless the file ends before that. True
 * when they are. */
bool packed_need(struct packed *p, size_t n);

/* As many bytes ahead as there is memory for. */
void packed_fill(struct packed *p);

/* Drop `n` bytes off the front; no more than are ahead. */
void packed_use(struct packed *p, size_t n);

#endif
