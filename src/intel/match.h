/*
 * match - find the entries that cover an address or have a text as their key.
 */
#ifndef INTEL_MATCH_H
#define INTEL_MATCH_H

#include "intel/store.h"

/* One open-addressed table. `filter` has two bits in one word for each key (a blocked Bloom filter):
 * most questions are about what no feed lists, and end there, in memory that stays in the cache. */
struct match_table {
    uint64_t *slots; /* hash << 32 | index + 1 of the first entry with this key; 0 empty */
    size_t mask;
    uint64_t *filter;
    uint32_t filter_mask;
};

struct match_index {
    struct store *store;
    struct match_table exact; /* whole addresses and texts */
    struct match_table wide;  /* ranges */
    uint8_t bits[129];        /* lengths of ranges that occur, longest first */
    size_t bit_count;
    uint64_t v4_16[1024]; /* a bit for each IPv4 /16 that a range touches */
    bool low;             /* a range shorter than ::ffff:0:0/96 that holds all of IPv4 */
};

/* Links the entries of `store`, which must outlive the index and not grow. False on no memory. */
NODISCARD bool match_build(struct match_index *m, struct store *store);
void match_free(struct match_index *m);

/* Called for each entry, longest prefix or name first; true ends the search. */
typedef bool (*match_fn)(void *arg, const struct store_entry *e);
bool match_ip(const struct match_index *m, const struct ip *ip, match_fn fn, void *arg);
/* The name and its parents, the longest first. `host` in lower case, without a last dot. */
bool match_host(const struct match_index *m, struct str host, match_fn fn, void *arg);
bool match_text(const struct match_index *m, enum intel_kind kind, struct str value, match_fn fn,
                void *arg);

#endif
