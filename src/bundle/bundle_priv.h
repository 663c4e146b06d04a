/*
 * bundle_priv - what the parts of writing a pack share.
 */
#ifndef BUNDLE_BUNDLE_PRIV_H
#define BUNDLE_BUNDLE_PRIV_H

#include "base/vec.h"
#include "bundle/bundle.h"

enum { BUNDLE_CASES_SHOWN = 8 };

/* ---- which records ---- */

enum bundle_why {
    BUNDLE_EVIDENCE, /* of a case: in its timeline or its findings */
    BUNDLE_CONTEXT, /* of the same actors, functions, keys, addresses: what the answers looked at */
    BUNDLE_WITNESS  /* says that a source was there */
};
const char *bundle_why_name(enum bundle_why w);

struct bundle_record {
    const struct event *event;
    enum bundle_why why;
};

struct bundle_records {
    VEC_OF(struct bundle_record); /* by file, offset; each place once */
};

/* False: no memory. */
NODISCARD bool bundle_select(const struct bundle_job *j, struct bundle_records *out);

/* ---- files of the pack ---- */

struct bundle_file {
    struct str path; /* below the directory */
    uint64_t bytes;
    char sha256[DIGEST_HEX + 1];
};

struct bundle_lost { /* records that could not be copied */
    struct str path;
    uint64_t records;
    struct str reason;
};

struct packer {
    const struct bundle_job *job;
    const char *part; /* where it is being written */
    struct arena texts;
    struct {
        VEC_OF(struct bundle_file);
    } files;
    struct {
        VEC_OF(struct bundle_lost);
    } lost;
    uint64_t records;
};

/* One file below the directory; its hash is noted. */
NODISCARD enum err_code pack_file(struct packer *p, const char *path, struct str text,
                                  struct err *err);
/* evidence/ and evidence.jsonl */
NODISCARD enum err_code pack_evidence(struct packer *p, struct err *err);
/* manifest.json; its hash goes to `hex`. */
NODISCARD enum err_code pack_manifest(struct packer *p, char hex[DIGEST_HEX + 1], struct err *err);

#endif
