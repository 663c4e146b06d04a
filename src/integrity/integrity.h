/*
 * integrity - is a copy of a log bucket what the provider wrote?
 *
 * CloudTrail signs an hourly digest of the log files it delivered, and each digest names the one
 * before it. From a copy of the bucket, the provider's public keys and the objects' metadata the
 * chain is checked offline. Beside what the AWS client finds, this finds: digests that are gone at
 * the newest end or all of them, log files that no digest lists, another signature algorithm,
 * members appended to a digest, a log file whose gzip trailer is cut, and a digest whose hash is
 * not the one that its successor names.
 *
 * Format: docs.aws.amazon.com, "CloudTrail digest file structure" and "Custom implementations of
 * CloudTrail log file integrity validation".
 *
 * A copy is what `aws s3 sync s3://BUCKET DIR` gives, with OBJECT.meta.json (the output of
 * `aws s3api head-object`) beside each digest. Keys are the output of
 * `aws cloudtrail list-public-keys`.
 */
#ifndef INTEGRITY_INTEGRITY_H
#define INTEGRITY_INTEGRITY_H

#include "base/arena.h"
#include "base/err.h"
#include "base/str.h"
#include "base/timefmt.h"
#include "base/vec.h"

enum integrity_verdict {
    INTEGRITY_VALID,
    INTEGRITY_NOTE,       /* nothing wrong: where the copy begins, what still awaits its digest */
    INTEGRITY_WARNING,    /* odd, but what was logged is what was signed */
    INTEGRITY_UNVERIFIED, /* cannot be checked with what was given */
    INTEGRITY_UNCOVERED,  /* a log file that no digest lists */
    INTEGRITY_MISSING,    /* named by the chain, or due, and not there */
    INTEGRITY_INVALID     /* altered */
};
const char *integrity_verdict_name(enum integrity_verdict v); /* "valid", "note", … */
/* Is it a sign of tampering? */
bool integrity_is_alarm(enum integrity_verdict v);

enum integrity_kind { INTEGRITY_DIGEST, INTEGRITY_LOG, INTEGRITY_CHAIN };
const char *integrity_kind_name(enum integrity_kind k); /* "digest", "log", "chain" */

/* What is wrong, or worth a word. Valid objects are only counted. */
struct integrity_item {
    enum integrity_kind kind;
    enum integrity_verdict verdict;
    struct str key;  /* of the object in the bucket; of a chain: its newest digest, or "" */
    struct str path; /* of the file in the copy; "" when it is not there */
    struct str
        witness; /* of the file that shows it: the object, else the digest that names it; "" */
    struct str account; /* from the key */
    struct str region;
    int64_t time_us; /* end of a digest, delivery of a log; TIME_NONE unknown */
    struct str reason;
};

struct integrity_report {
    struct {
        VEC_OF(struct integrity_item);
    } items; /* by key, then time */
    uint64_t digests, digests_valid;
    uint64_t logs, logs_valid;
    uint64_t chains;
    int64_t from_us, to_us; /* what the valid digests cover; TIME_NONE: nothing */
    uint64_t unreadable;    /* objects that the machine could not read */
};

struct integrity_options {
    const struct str *dirs; /* copies, a bucket each */
    size_t dir_count;
    const struct str *buckets; /* their names in the same order; fewer: from the newest digest */
    size_t bucket_count;
    struct str keys;            /* file of public keys */
    int64_t since_us, until_us; /* TIME_NONE: all, and up to the newest log */
};

/* ERR_NOTFOUND, ERR_IO for what was given; ERR_SCHEMA: the file of keys holds none; ERR_NOMEM.
 * Texts live in `a`. A damaged object is an item, never an error. */
NODISCARD enum err_code integrity_cloudtrail(const struct integrity_options *o, struct arena *a,
                                             struct integrity_report *out, struct err *err);
void integrity_report_free(struct integrity_report *r);

#endif
