/*
 * keep - events that outlive their record: copied into a worker's arena, equal texts once.
 *
 * Calls and reads of the same function by the same identity from the same address in the same
 * minute, with the same outcome, are kept as one event with a count: memory follows the number of
 * callers and minutes, not the number of calls. Lines of a function's log fold by the hour.
 */
#ifndef ENGINE_KEEP_H
#define ENGINE_KEEP_H

#include "base/arena.h"
#include "base/vec.h"
#include "model/event.h"

enum { KEEP_CACHE = 4096 };

struct keeper {
    struct arena arena;
    uint64_t key;      /* of the hashes in here */
    struct kept_text { /* texts met lately; a new one replaces the old */
        struct str text;
        uint64_t head, tail; /* its first and last bytes: most that differ, differ there */
    } cache[KEEP_CACHE];
    struct {
        VEC_OF(struct event *);
    } events;
    struct { /* folded events by hash of what makes them equal; index + 1 into events */
        uint32_t *slots;
        uint64_t *hashes;
        size_t cap;
        size_t count;
    } folded;
};

void keeper_free(struct keeper *k);

/* Is this an event of a kind that repeats endlessly, and is folded? Changes are told one by one. */
bool keep_folds(const struct event *e);

/* Keep a copy of *e, folded into an equal one where its kind is. `copy`: it is a copy of a record
 * that was counted already, so only its place is looked at. Returns the event that
 * now stands for *e; NULL on no memory. */
NODISCARD struct event *keeper_add(struct keeper *k, const struct event *e, bool copy);

/* What makes two folded events equal, as a hash under `key`; the same in all workers that share
 * the key. */
uint64_t keep_fold_hash(uint64_t key, const struct event *e);

/* What tells the copies of one event, from two trails or a re-export: what they mean, not how they
 * are written. Of no use for an event without the provider's id. */
uint64_t keep_meaning_hash(uint64_t key, const struct event *e);
bool keep_same_meaning(const struct event *a, const struct event *b);

/* Fold `from` into `into`: counts, first and last time, the earliest place. */
void keep_fold(struct event *into, const struct event *from, bool count);

#endif
