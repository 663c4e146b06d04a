/*
 * bundle - the hand-over pack: everything a result says, the records it rests on, byte for byte, and
 * a manifest with the SHA-256 of each file.
 *
 *     manifest.json            versions, inputs, window, what was left out, SHA-256 of every file
 *     report.<suffix>          one file a format of report/, all of them
 *     cases/<id>.json, .cacao.json   each case by itself: for `faaswatch hunt`, for a SOAR
 *     evidence/NNNNNN.log      records as they lie in the logs, one file a source file
 *     evidence.jsonl           one line a record: where it came from, where it is, its SHA-256
 *
 * A pack holds no clock of the run: the same result gives the same bytes. Records hold what the logs
 * held, secrets too: the directory is readable for its owner only.
 */
#ifndef BUNDLE_BUNDLE_H
#define BUNDLE_BUNDLE_H

#include "base/arena.h"
#include "bundle/pseudonym.h"
#include "codec/digest.h"
#include "report/report.h"

#define BUNDLE_SCHEMA "faaswatch.bundle/1"

struct bundle_input {   /* a file or directory the decision was made with */
    const char *option; /* "--changes" */
    struct str path;
};

struct bundle_job {
    const struct result *result;
    const struct report_options *report;
    const struct event *const *events; /* that were kept, in event_cmp order */
    size_t event_count;
    const struct bundle_input *inputs;
    size_t input_count;
    struct str dir;
    struct pseudonyms *pseudonyms; /* for packs that leave the house; NULL: none */
    bool clobber;                  /* replace a pack that is there; never anything else */
};

struct bundle_told {
    size_t files;
    uint64_t records, left_out;
    char manifest[DIGEST_HEX + 1]; /* SHA-256 of manifest.json */
};

/* Write the pack, whole or not at all. ERR_USAGE: the directory exists (or is no pack); ERR_IO;
 * ERR_NOMEM. Records that cannot be read again are counted in left_out and named in the manifest. */
NODISCARD enum err_code bundle_write(const struct bundle_job *j, struct bundle_told *out,
                                     struct err *err);
/* May the directory be written? The same refusals as bundle_write, before any work. */
NODISCARD enum err_code bundle_check(struct str dir, bool clobber, struct err *err);

/* ---- checking one ---- */

enum bundle_verdict {
    BUNDLE_CHANGED,    /* its hash is another */
    BUNDLE_MISSING,    /* in the manifest, and not there */
    BUNDLE_ADDITIONAL, /* there, and not in the manifest */
    BUNDLE_RECORD,     /* a record of the evidence is not what the index says */
    BUNDLE_UNREADABLE,
    BUNDLE_VERDICT_MAX_
};
const char *bundle_verdict_name(enum bundle_verdict v); /* "changed" */

struct bundle_fault {
    enum bundle_verdict verdict;
    struct str path;
    struct str reason;
};

struct bundle_check {
    struct arena texts;
    uint64_t files, records; /* that are as they should be */
    char manifest[DIGEST_HEX + 1];
    bool pseudonymised;
    struct {
        VEC_OF(struct bundle_fault);
    } faults;
};

/* Check every file, that none is missing or added, and read every record of the evidence again.
 * ERR_USAGE: no pack; ERR_SCHEMA: its manifest is none; ERR_NOMEM. */
NODISCARD enum err_code bundle_verify(struct str dir, struct bundle_check *out, struct err *err);
void bundle_check_free(struct bundle_check *c);

#endif
