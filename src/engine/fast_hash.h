/*
 * fast_hash - a quick keyed hash for the per-record path.
 *
 * Folded 64x64-bit multiplication over 8-byte words (as in wyhash and its kin). The key comes from
 * the kernel once a run, so that log authors cannot aim at collisions; nothing written out depends
 * on it.
 */
#ifndef ENGINE_FAST_HASH_H
#define ENGINE_FAST_HASH_H

#include <stdint.h>
#include <string.h>

#include "base/str.h"

static inline uint64_t fast_mix(uint64_t a, uint64_t b)
{
    __extension__ typedef unsigned __int128 wide;
    wide m = (wide)a * b;
    return (uint64_t)m ^ (uint64_t)(m >> 64);
}

/* Continue `h` (a key at the start) with a text and its length. */
static inline uint64_t fast_hash(uint64_t h, struct str s)
{
    const char *p = s.ptr;
    size_t left = s.len;
    uint64_t w = 0;
    h ^= s.len * 0x9e3779b97f4a7c15U;
    for (; left >= 8; left -= 8, p += 8) {
        memcpy(&w, p, 8);
        h = fast_mix(h ^ w, 0xa0761d6478bd642fU);
    }
    w = 0;
    if (left > 0) {
        memcpy(&w, p, left);
    }
    return fast_mix(h ^ w, 0xe7037ed1a0b428dbU);
}

#endif
