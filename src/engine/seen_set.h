/*
 * seen_set - hash_set for several threads at once, in locked shards.
 *
 * Two different records with the same hash would count as copies: with 10^9 records the chance of
 * one such pair is 3 %, and it costs a count, never a finding, since kept events are compared
 * whole.
 */
#ifndef ENGINE_SEEN_SET_H
#define ENGINE_SEEN_SET_H

#include <pthread.h>

#include "base/attr.h"
#include "engine/hash_set.h"

enum { SEEN_SHARDS = 64 };

struct seen_set {
    struct seen_shard {
        pthread_mutex_t lock;
        struct hash_set set;
    } shard[SEEN_SHARDS];
};

NODISCARD struct seen_set *seen_set_new(void);
void seen_set_free(struct seen_set *s);

/* True when the hash was there already. */
bool seen_set_add(struct seen_set *s, uint64_t hash);

#endif
