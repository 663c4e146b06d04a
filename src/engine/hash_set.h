/*
 * hash_set - 64-bit hashes that were seen, 8 bytes each at a load of at most 3/4. One thread.
 */
#ifndef ENGINE_HASH_SET_H
#define ENGINE_HASH_SET_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct hash_set {
    uint64_t *slots; /* 0: empty; a hash of 0 is kept as 1 */
    size_t count;
    size_t cap;
};

void hash_set_free(struct hash_set *s);

/* True when the hash was there already. Without memory to remember it: false, as if it were new. */
bool hash_set_add(struct hash_set *s, uint64_t hash);

/* Put all of `from` into `into`; returns how many were there already. */
size_t hash_set_unite(struct hash_set *into, const struct hash_set *from);

/* Add many; returns how many were there already (or stood twice among them). Their places are
 * fetched ahead, so that each costs a fraction of a cache miss. */
size_t hash_set_add_all(struct hash_set *s, const uint64_t *hashes, size_t n);

#endif
