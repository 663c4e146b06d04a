#include "base/hash.h"

#include <string.h>

static uint64_t key0;
static uint64_t key1;

void hash_seed(uint64_t k0, uint64_t k1)
{
    key0 = k0;
    key1 = k1;
}

static inline uint64_t rotl(uint64_t x, int b)
{
    return (x << b) | (x >> (64 - b));
}

struct sip {
    uint64_t v0, v1, v2, v3;
};

static inline void sip_round(struct sip *s)
{
    s->v0 += s->v1;
    s->v1 = rotl(s->v1, 13) ^ s->v0;
    s->v0 = rotl(s->v0, 32);
    s->v2 += s->v3;
    s->v3 = rotl(s->v3, 16) ^ s->v2;
    s->v0 += s->v3;
    s->v3 = rotl(s->v3, 21) ^ s->v0;
    s->v2 += s->v1;
    s->v1 = rotl(s->v1, 17) ^ s->v2;
    s->v2 = rotl(s->v2, 32);
}

static uint64_t sip13(const char *p, size_t len)
{
    struct sip s = {key0 ^ 0x736f6d6570736575U, key1 ^ 0x646f72616e646f6dU,
                    key0 ^ 0x6c7967656e657261U, key1 ^ 0x7465646279746573U};
    uint64_t m;
    size_t left = len;
    for (; left >= 8; left -= 8, p += 8) {
        memcpy(&m, p, 8);
        s.v3 ^= m;
        sip_round(&s);
        s.v0 ^= m;
    }
    m = 0;
    if (left > 0) {
        memcpy(&m, p, left);
    }
    m |= (uint64_t)len << 56;
    s.v3 ^= m;
    sip_round(&s);
    s.v0 ^= m;
    s.v2 ^= 0xff;
    sip_round(&s);
    sip_round(&s);
    sip_round(&s);
    return s.v0 ^ s.v1 ^ s.v2 ^ s.v3;
}

uint64_t hash_str(struct str s)
{
    return sip13(s.ptr, s.len);
}

uint64_t hash_u64(uint64_t v)
{
    char bytes[8];
    memcpy(bytes, &v, 8);
    return sip13(bytes, 8);
}

/* ---- quick ---- */

static inline uint64_t fold(uint64_t a, uint64_t b)
{
    __extension__ typedef unsigned __int128 wide;
    wide m = (wide)a * b;
    return (uint64_t)m ^ (uint64_t)(m >> 64);
}

static inline uint64_t load(const char *p, size_t n)
{
    uint64_t w = 0;
    memcpy(&w, p, n);
    return w;
}

/* Up to seven bytes in one word. Loads of a fixed size may overlap: copying as many bytes as there
 * are would be a call. */
static inline uint64_t load_short(struct str s)
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
        return fold(h ^ load_short(s), key1 ^ 0xe7037ed1a0b428dbU);
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
