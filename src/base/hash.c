#include "base/hash.h"

#include <string.h>

/* Without a key, in tests, these are it. */
#define PLAIN0 0x736f6d6570736575U
#define PLAIN1 0x646f72616e646f6dU

static uint64_t key0 = PLAIN0;
static uint64_t key1 = PLAIN1;

void hash_seed(uint64_t k0, uint64_t k1)
{
    key0 = k0 ^ PLAIN0;
    key1 = k1 ^ PLAIN1;
}

static inline uint64_t fold(uint64_t a, uint64_t b)
{
    __extension__ typedef unsigned __int128 wide;
    wide m = (wide)a * b;
    return (uint64_t)m ^ (uint64_t)(m >> 64);
}

static inline uint64_t load8(const char *p)
{
    uint64_t w;
    memcpy(&w, p, 8);
    return w;
}

static inline uint64_t load4(const char *p)
{
    uint32_t w;
    memcpy(&w, p, 4);
    return w;
}

/* A text of 1 to 16 bytes as two words. The loads may overlap: the length is hashed too. */
static inline void load_short(struct str s, uint64_t *a, uint64_t *b)
{
    const char *end = s.ptr + s.len;
    if (s.len >= 8) {
        *a = load8(s.ptr);
        *b = load8(end - 8);
    } else if (s.len >= 4) {
        *a = load4(s.ptr);
        *b = load4(end - 4);
    } else {
        *a = (unsigned char)s.ptr[0] | (uint64_t)(unsigned char)s.ptr[s.len / 2] << 8;
        *b = (unsigned char)end[-1];
    }
}

uint64_t hash_str(struct str s)
{
    uint64_t h = key0;
    uint64_t a = 0;
    uint64_t b = 0;
    const char *p = s.ptr;
    for (size_t left = s.len; left > 16; left -= 16, p += 16) {
        h = fold(load8(p) ^ key1, load8(p + 8) ^ h);
    }
    if (s.len > 16) {
        a = load8(s.ptr + s.len - 16);
        b = load8(s.ptr + s.len - 8);
    } else if (s.len > 0) {
        load_short(s, &a, &b);
    }
    h = fold(a ^ key1, b ^ h);
    return fold(h ^ key0, s.len ^ key1);
}

uint64_t hash_u64(uint64_t v)
{
    return fold(fold(v ^ key1, key0) ^ key0, key1);
}

/* ---- quick ---- */

static inline uint64_t load(const char *p, size_t n)
{
    uint64_t w = 0;
    memcpy(&w, p, n);
    return w;
}

/* Up to seven bytes in one word. Loads of a fixed size may overlap: copying as many bytes as there
 * are would be a call. */
static inline uint64_t load_few(struct str s)
{
    if (s.len >= 4) {
        return load(s.ptr, 4) | load(s.ptr + s.len - 4, 4) << 32;
    }
    if (s.len == 0) {
        return 0;
    }
    return (unsigned char)s.ptr[0] | (uint64_t)(unsigned char)s.ptr[s.len / 2] << 8 |
           (uint64_t)(unsigned char)s.ptr[s.len - 1] << 16;
}

uint64_t hash_quick(struct str s)
{
    uint64_t h = key0 ^ (s.len * 0x9e3779b97f4a7c15U);
    if (s.len < 8) {
        return fold(h ^ load_few(s), key1 ^ 0xe7037ed1a0b428dbU);
    }
    const char *last = s.ptr + s.len - 8;
    for (const char *p = s.ptr; p < last; p += 8) {
        h = fold(h ^ load(p, 8), 0xa0761d6478bd642fU);
    }
    return fold(h ^ load(last, 8), key1 ^ 0xe7037ed1a0b428dbU);
}

uint64_t hash_quick_pair(uint64_t a, uint64_t b)
{
    return fold(fold(a ^ key0, 0xa0761d6478bd642fU) ^ b, key1 ^ 0xe7037ed1a0b428dbU);
}
