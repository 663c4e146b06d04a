/*
 * match - find the indicators that cover an address or a name.
 */
#ifndef INTEL_MATCH_H
#define INTEL_MATCH_H

#include "intel/intel.h"

struct match_index {
    const struct indicator *all;
    uint32_t *slots; /* index + 1 of the first indicator with this key */
    size_t slot_count;
    uint32_t *next; /* index + 1 of the next with the same key */
    bool has_bits[129];
    uint8_t bits[129]; /* prefix lengths that occur, longest first */
    size_t bit_count;
};

/* `all` must outlive the index. False on no memory. */
NODISCARD bool match_build(struct match_index *m, const struct indicator *all, size_t count);
void match_free(struct match_index *m);

/* Called for each indicator, longest prefix or name first; true ends the search. */
typedef bool (*match_fn)(void *arg, const struct indicator *in);
bool match_ip(const struct match_index *m, const struct ip *ip, match_fn fn, void *arg);
bool match_host(const struct match_index *m, struct str host, match_fn fn, void *arg);

#endif
