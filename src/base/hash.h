/*
 * hash - keyed hashing for tables.
 *
 * SipHash-1-3 (Aumasson and Bernstein, "SipHash: a fast short-input PRF", 2012; the 1-3 variant
 * that language run-times use for tables). Keyed once a process, so that an attacker who writes
 * logs cannot choose colliding keys. Not for identifiers: those must be the same in every run
 * (codec/digest.h).
 */
#ifndef BASE_HASH_H
#define BASE_HASH_H

#include <stdint.h>

#include "base/str.h"

/* Set the key. Call once, before any table is made. Without it the key is all zero (tests). */
void hash_seed(uint64_t k0, uint64_t k1);

uint64_t hash_str(struct str s);

/* A third of the time, for tables that are asked once a record: folded multiplication over words, as
 * in wyhash, under the same key. Whoever does not know the key cannot aim at collisions, but less is
 * proven about it: tables whose keys an attacker writes by the million use hash_str. */
uint64_t hash_quick(struct str s);
/* The same for two words. */
uint64_t hash_quick_pair(uint64_t a, uint64_t b);

/* For keys that are numbers already. */
uint64_t hash_u64(uint64_t v);

#endif
