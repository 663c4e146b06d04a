/* hit_log - the inside of the notes that correlations are evaluated over. */
#ifndef RULE_HIT_LOG_H
#define RULE_HIT_LOG_H

#include "base/buf.h"
#include "rule/correlate.h"
#include "rule/rule_priv.h"

/* What hits have in common: the rules, and the values. Each once in a hit_log. */
struct hit_key {
    struct str text; /* all of it, for comparing */
    const struct rule_log *log;
    const struct rule *const *leaf;
    size_t leaf_count;
    const struct str *value; /* by rule_log.watched; ptr NULL: absent or not asked for */
};

struct hit {
    int64_t time_us;
    const struct hit_key *key;
    void *ref;
    uint64_t count;
};

enum { HIT_CACHE = 4096 };

struct hit_log {
    const struct rule_set *set;
    size_t limit;
    struct arena arena; /* of keys */
    struct map keys;    /* text -> struct hit_key */
    struct {
        VEC_OF(struct hit);
    } hits;
    uint32_t lately[HIT_CACHE]; /* index + 1 of a hit, by hash */
    uint64_t evicted;
    uint64_t undated;
    struct buf text; /* of the key being made */
};

/* Sort by time, what was hit, and let go of the oldest beyond the limit. False: no memory. */
NODISCARD bool hit_log_settle(struct hit_log *l);

#endif
