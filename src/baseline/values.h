/*
 * values - which values were seen with an entity (a function, an actor, an account), since when,
 * how often: first-seen and rarity.
 *
 * A bounded table: VALUES_MAX values of all kinds together. When it is full, the value that was
 * seen on the fewest days (then least often, then longest ago) gives way, so that a flood of new
 * values does not push out the usual ones; the kind is then `crowded`, and what is new in it can no
 * longer be told. What was not seen for VALUES_KEEP_DAYS is forgotten.
 */
#ifndef BASELINE_VALUES_H
#define BASELINE_VALUES_H

#include <stdbool.h>
#include <stdint.h>

#include "base/attr.h"
#include "base/str.h"

enum value_kind {
    VALUE_CALLER,  /* principal or service that called a function */
    VALUE_CHANGER, /* actor that changed it */
    VALUE_WAY,     /* pipeline, console, other: how it was changed */

    /* Of what a function wrote to its log. */
    VALUE_EXTENSION, /* that started with it */
    VALUE_HOST,      /* that its lines name */
    VALUE_LINE,      /* a line with a word that attackers use, its numbers masked */

    /* Of what an actor did. */
    VALUE_BLOCK,   /* network of its address: /16, of IPv6 /32 */
    VALUE_SYSTEM,  /* whose network that is: "AS64500", "AWS" */
    VALUE_COUNTRY, /* of the address */
    VALUE_AGENT,   /* service and family of the user agent */

    VALUE_ACTION, /* what a principal did: "iam.amazonaws.com PutRolePolicy" */

    /* Of where an account has functions, and of what kind. */
    VALUE_REGION,
    VALUE_RUNTIME, /* family of a runtime, architecture, package type */
    VALUE_KIND_MAX_
};

enum {
    VALUES_MAX = 56,
    VALUES_KEEP_DAYS = 90,
    USED_DAYS_MIN = 80, /* of VALUES_KEEP_DAYS, with logs: then "not used" says something */
    VALUES_DAYS_MAX = (1 << 24) - 1,
    LEARN_DAYS_MIN = 14,
    LEARN_COUNT_MIN = 20,
    /* A value seen on one day only may have been put there to be known later. */
    VALUES_USUAL_DAYS = 2
};

struct value {
    uint64_t hash;
    int32_t first_day, last_day; /* since 1970 */
    uint32_t count;              /* at most UINT32_MAX */
    uint32_t days : 24;          /* on which it was seen, at most VALUES_DAYS_MAX */
    uint32_t kind : 8;           /* enum value_kind */
};

struct values {
    struct value at[VALUES_MAX];          /* by kind, hash */
    int32_t crowded_day[VALUE_KIND_MAX_]; /* when one last gave way; 0: never */
    uint32_t len;
};

/* The first 8 bytes of its SHA-256: the same in every run, and nobody finds another text with it by
 * trying. False: no memory. */
NODISCARD bool value_hash(struct str text, uint64_t *out);

/* Seen `count` times on a day. Days may come in any order; only rising ones count as further days. */
void values_add(struct values *v, enum value_kind kind, uint64_t hash, int32_t day, uint64_t count);
/* As if all of `from` had been added; a day that both saw may count twice. */
void values_merge(struct values *to, const struct values *from);
/* Forget what was first seen on this day or later. */
void values_cut(struct values *v, int32_t day);
/* NULL: not seen in the VALUES_KEEP_DAYS before `day`. */
const struct value *values_find(const struct values *v, enum value_kind kind, uint64_t hash,
                                int32_t day);

struct values_sum {
    uint64_t count;     /* observations that are remembered */
    int32_t first_day;  /* the earliest of them */
    unsigned different; /* values */
    bool crowded;
};
struct values_sum values_sum(const struct values *v, enum value_kind kind, int32_t day);

#endif
