/*
 * verify_priv - what the parts of the verification share.
 */
#ifndef INTEGRITY_VERIFY_PRIV_H
#define INTEGRITY_VERIFY_PRIV_H

#include "integrity/copy.h"
#include "integrity/digest_file.h"
#include "integrity/integrity.h"
#include "integrity/key.h"
#include "integrity/object.h"

struct verify {
    const struct integrity_options *options;
    struct arena *texts;  /* the report's */
    struct arena scratch; /* one digest's */
    struct key_ring keys;
    struct copy *copies;
    size_t copy_count;
    struct object_reader reader;
    struct integrity_report *report;
    struct str witness; /* path of the digest in hand, or "" */
};

/* A digest of a chain, as listed. */
struct link {
    struct copy *copy;
    struct copied *file;
};

/* Note an item about an object; `file` NULL when it is not there. False: no memory. */
NODISCARD bool verify_note(struct verify *v, enum integrity_kind kind,
                           enum integrity_verdict verdict, struct str key,
                           const struct copied *file, const struct name *name, const char *fmt, ...)
    PRINTF_LIKE(7, 8);

/* The copy of a bucket, or NULL. */
struct copy *verify_bucket(struct verify *v, struct str bucket);

/* Verify one chain: its digests, newest first, and the logs that they list. False: no memory. */
NODISCARD bool verify_chain(struct verify *v, const struct link *links, size_t count);

/* The logs that a digest lists. `trusted`: it verifies. */
NODISCARD bool verify_logs(struct verify *v, const struct digest_file *d, bool trusted);

#endif
