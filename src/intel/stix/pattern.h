/*
 * pattern - STIX 2.0 and 2.1 patterns, as alternatives of conditions.
 *
 *     [domain-name:value = 'a.example' OR ipv4-addr:value ISSUBSET '198.51.100.0/24']
 *
 * becomes two alternatives of one condition each. A pattern that asks for two things becomes one
 * alternative of two conditions: neither means it alone. The two may have to hold in one
 * observation ([a AND b]) or in several ([a] AND [b], [a] FOLLOWEDBY [b]); `observation` tells.
 */
#ifndef INTEL_STIX_PATTERN_H
#define INTEL_STIX_PATTERN_H

#include "intel/intel.h"

enum {
    PATTERN_BYTES_MAX = 256 * 1024,
    PATTERN_DEPTH_MAX = 32,
    PATTERN_ALTERNATIVES_MAX = 4096,
    PATTERN_CONDITIONS_MAX = 64 /* in one alternative */
};

enum pattern_op {
    OP_EQUAL, /* IN is several of it */
    OP_LIKE,
    OP_MATCHES,
    OP_SUBSET,
    OP_SUPERSET,
    OP_ORDER, /* > < >= <= */
    OP_EXISTS
};

struct pattern_condition {
    struct str path;  /* "file:hashes.'SHA-256'", as written */
    struct str value; /* escapes undone; of numbers and other literals as written */
    struct str text;  /* the whole comparison as written */
    enum pattern_op op;
    bool negated;
    bool number;
    uint16_t observation; /* of which [..] */
};

struct pattern_alternative {
    const struct pattern_condition *const *at;
    size_t len;
};

struct pattern {
    const struct pattern_alternative *at;
    size_t len;
    int64_t from_us, until_us; /* START … STOP …, else TIME_NONE */
    uint64_t repeats;          /* REPEATS n TIMES, else 1 */
};

/* All of *out lives in `a`. ERR_SYNTAX with err->offset in the text; ERR_LIMIT. */
NODISCARD enum err_code pattern_parse(struct str text, struct arena *a, struct pattern *out,
                                      struct err *err);

#endif
