/*
 * seen_set - which records were seen before, by a 64-bit hash, for several threads.
 *
 * 8 bytes a record at a load of at most 3/4. Two different records with the same hash would count
 * as copies: with 10^9 records the chance of one such pair is 3 %, and it costs a count, never a
 * finding, since kept events are compared whole.
 */
#ifndef ENGINE_SEEN_SET_H
#define ENGINE_SEEN_SET_H

#include <pthread.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/attr.h"

enum { SEEN_SHARDS = 64 };

struct seen_set {
    struct seen_shard {
        pthread_mutex_t lock;
        uint64_t *slots;
        size_t count;
        size_t cap;
    } shard[SEEN_SHARDS];
};

NODISCARD struct seen_set *seen_set_new(void);
void seen_set_free(struct seen_set *s);

/* True when the hash was there already. Without memory to remember it: false (counted as new). */
bool seen_set_add(struct seen_set *s, uint64_t hash);

#endif
