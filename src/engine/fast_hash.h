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

static inline uint64_t fast_load(const char *p)
{
    uint64_t w;
    memcpy(&w, p, 8);
    return w;
}

/* Up to seven bytes in one word. Loads of a fixed size may overlap: copying as many bytes as there
 * are would be a call. */
static inline uint64_t fast_short(struct str s)
{
    if (s.len >= 4) {
        uint32_t head, tail;
        memcpy(&head, s.ptr, 4);
        memcpy(&tail, s.ptr + s.len - 4, 4);
        return head | (uint64_t)tail << 32;
    }
    if (s.len == 0) {
        return 0;
    }
    return (unsigned char)s.ptr[0] | (uint64_t)(unsigned char)s.ptr[s.len / 2] << 8 |
           (uint64_t)(unsigned char)s.ptr[s.len - 1] << 16;
}

/* Continue `h` (a key at the start) with a text and its length. */
static inline uint64_t fast_hash(uint64_t h, struct str s)
{
    h ^= s.len * 0x9e3779b97f4a7c15U;
    if (s.len < 8) {
        return fast_mix(h ^ fast_short(s), 0xe7037ed1a0b428dbU);
    }
    const char *last = s.ptr + s.len - 8;
    for (const char *p = s.ptr; p < last; p += 8) {
        h = fast_mix(h ^ fast_load(p), 0xa0761d6478bd642fU);
    }
    return fast_mix(h ^ fast_load(last), 0xe7037ed1a0b428dbU);
}

#endif
