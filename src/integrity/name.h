/*
 * name - what the key of an object says: which chain a digest belongs to, when a log was delivered.
 */
#ifndef INTEGRITY_NAME_H
#define INTEGRITY_NAME_H

#include <stdbool.h>
#include <stdint.h>

#include "base/attr.h"
#include "base/str.h"

enum name_kind { NAME_OTHER, NAME_DIGEST, NAME_LOG };

struct name {
    enum name_kind kind;
    struct str account, region;
    struct str chain; /* of a digest: REGION_TRAIL_HOMEREGION */
    bool backfill;    /* a digest made later for earlier hours: a chain of its own */
    int64_t time_us;  /* end of a digest's hour, or delivery of a log; TIME_NONE: it does not say */
};

/* [prefix/]AWSLogs/[o-ID/]ACCOUNT/CloudTrail[-Digest]/REGION/YYYY/MM/DD/FILE.json.gz. Whatever lies
 * where logs lie is a log, however it is called; a digest with another name is none. Strs point into
 * `key`. */
struct name name_of(struct str key);

#endif
