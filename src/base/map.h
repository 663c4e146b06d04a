/*
 * map - text keys to pointers, in the order they were added.
 *
 * Keys are borrowed: they must live as long as the map (map_intern copies into an arena first).
 * Entries sit in an array in order of insertion, so walking the map gives the same order in every
 * run; `index` is a position in that array and never changes. No removal.
 */
#ifndef BASE_MAP_H
#define BASE_MAP_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/arena.h"
#include "base/attr.h"
#include "base/str.h"

struct map_entry {
    struct str key;
    uint64_t hash;
    void *value;
};

struct map {
    struct map_entry *at; /* `len` entries in order of insertion */
    size_t len;
    size_t cap;
    uint32_t *slots; /* open addressing: index + 1, or 0 */
    size_t slot_count;
};

void map_free(struct map *m); /* also for CLEANUP(); a zeroed map is an empty map */

/* The entry of `key`, or NULL. Valid until the next map_put or map_intern. */
struct map_entry *map_find(const struct map *m, struct str key);

/* The value of `key`, or NULL when absent. */
void *map_get(const struct map *m, struct str key);

/* Find or add. A new entry has value NULL. NULL on no memory. Valid until the next put. */
NODISCARD struct map_entry *map_put(struct map *m, struct str key);

/* As map_put, but a new key is copied into `keys` first. entry->key is then the one copy of that
 * text: this is how repeated text is kept once. */
NODISCARD struct map_entry *map_intern(struct map *m, struct arena *keys, struct str key);

#endif
