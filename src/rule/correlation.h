/*
 * correlation - what a correlation rule is made of, for the files of this folder.
 *
 * A correlation refers to rules and to other correlations. Followed down to the rules, each way is
 * a *path*: it says which slot of the correlation (its place in `rules`) a hit of that rule fills,
 * and under which names the hit's record has the fields that the correlation groups by or measures.
 */
#ifndef RULE_CORRELATION_H
#define RULE_CORRELATION_H

#include "rule/rule_priv.h"

enum {
    CORRELATION_REFS_MAX = 32,
    CORRELATION_FIELDS_MAX = 16, /* group-by and field together */
    CORRELATION_PATHS_MAX = 1024,
    CORRELATION_DEPTH_MAX = 16 /* correlations of correlations */
};

enum correlation_type {
    CORRELATION_EVENT_COUNT,
    CORRELATION_VALUE_COUNT,
    CORRELATION_VALUE_SUM,
    CORRELATION_VALUE_AVG,
    CORRELATION_VALUE_PERCENTILE,
    CORRELATION_TEMPORAL,
    CORRELATION_TEMPORAL_ORDERED
};

enum bound_op { BOUND_GT, BOUND_GTE, BOUND_LT, BOUND_LTE, BOUND_EQ, BOUND_NEQ, BOUND_MAX_ };

struct alias {
    struct str alias;
    struct str rule; /* id or name, as in `rules` */
    struct str field;
};

/* Where the values are in the hits of one source: positions in rule_log.watched. */
struct path_values {
    const struct rule_log *log;
    const uint16_t *at; /* group-by, then field */
};

struct path {
    const struct rule *leaf;
    uint16_t slot;
    uint16_t child; /* path of the correlation in that slot */
    struct path_values *values;
    size_t value_count; /* a source each */
};

struct correlation {
    struct rule *rule;
    enum correlation_type type;
    bool generate;
    int64_t span_us;
    struct str span;      /* as written */
    const struct str *by; /* group-by, then the fields of the condition */
    size_t group_count;
    size_t field_count;
    const struct alias *aliases;
    size_t alias_count;
    bool has_bound[BOUND_MAX_];
    double bound[BOUND_MAX_];
    bool bounded;
    bool has_percentile; /* of numbers; else the share of a value, in per cent */
    double percentile;
    const struct str *names; /* as written in `rules` */
    size_t ref_count;

    /* resolve.c */
    enum { LINK_NEW, LINK_BUSY, LINK_DONE, LINK_BROKEN } link;
    struct rule **ref;
    struct path *paths;
    size_t path_count;
    bool has_parent;
    size_t number; /* in set->correlations */
};

/* Does a measured value fulfil the condition? */
bool correlation_holds(const struct correlation *c, double value);

#endif
