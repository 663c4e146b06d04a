/*
 * digest_file - what a digest file and the metadata of its object say.
 */
#ifndef INTEGRITY_DIGEST_FILE_H
#define INTEGRITY_DIGEST_FILE_H

#include "base/arena.h"
#include "base/timefmt.h"
#include "base/vec.h"
#include "codec/digest.h"

struct listed_log {
    struct str bucket, key;
    struct str hash;      /* hex */
    struct str algorithm; /* "SHA-256" */
};

struct digest_file {
    struct str bucket, key; /* where it says that it is */
    struct str start, end;  /* as written */
    int64_t start_us, end_us;
    struct str fingerprint;
    bool has_previous;
    struct str previous_bucket, previous_key, previous_hash, previous_signature;
    struct {
        VEC_OF(struct listed_log);
    } logs;
};

enum parse_state { PARSE_OK, PARSE_BAD, PARSE_NOMEM };

/* Texts point into `text` or `a`. *reason: static, on PARSE_BAD. `out->logs` is the caller's to
 * VEC_FREE in any case. */
NODISCARD enum parse_state digest_file_parse(struct str text, struct arena *a,
                                             struct digest_file *out, const char **reason);

/* Metadata of the object: the output of head-object, or its Metadata alone; names with or without
 * "x-amz-meta-", in any case. */
struct object_metadata {
    struct str signature; /* hex, "" when it is not there */
    struct str algorithm;
};
NODISCARD enum parse_state object_metadata_parse(struct str text, struct arena *a,
                                                 struct object_metadata *out, const char **reason);

/* What is signed: end, place, hash of the file as it was received, signature before it. */
NODISCARD bool digest_file_signed_text(const struct digest_file *d,
                                       const uint8_t hash[DIGEST_BYTES], struct arena *a,
                                       struct str *out);

/* Is `hex` (either case) this hash? */
bool hash_is(struct str hex, const uint8_t hash[DIGEST_BYTES]);

#endif
