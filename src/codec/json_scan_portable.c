/*
 * The scanner without vector instructions: eight bytes at a time in a 64-bit word.
 */
#include <endian.h>
#include <string.h>

#include "base/utf8.h"
#include "codec/json_priv.h"

#define F(name) name##_portable

#define REPEAT(byte) (0x0101010101010101U * (uint64_t)(unsigned char)(byte))
#define LOW7         REPEAT(0x7f)
#define TOP          REPEAT(0x80)

struct F(block) {
    uint64_t word[8];
};

/* The first byte in the lowest bits. */
static inline uint64_t word_at(const char *p)
{
    uint64_t v;
    memcpy(&v, p, sizeof(v));
    return le64toh(v);
}

/* The top bit of every byte of x that is zero. Exact, no carry from byte to byte. */
static inline uint64_t zero_bytes(uint64_t x)
{
    return ~(((x & LOW7) + LOW7) | x | LOW7);
}

/* The top bits of eight bytes, side by side. */
static inline uint64_t gather(uint64_t tops)
{
    return (tops >> 7) * 0x0102040810204080U >> 56;
}

static inline struct F(block) F(load)(const char *p)
{
    return (struct F(block)){{word_at(p), word_at(p + 8), word_at(p + 16), word_at(p + 24),
                              word_at(p + 32), word_at(p + 40), word_at(p + 48), word_at(p + 56)}};
}

static inline uint64_t F(equal)(struct F(block) b, char c)
{
    uint64_t bits = 0;
    for (int i = 0; i < 8; i++) {
        bits |= gather(zero_bytes(b.word[i] ^ REPEAT(c))) << (8 * i);
    }
    return bits;
}

static inline uint64_t F(brackets_at)(struct F(block) b)
{
    uint64_t bits = 0;
    for (int i = 0; i < 8; i++) {
        uint64_t x = b.word[i] | REPEAT(0x20); /* makes [ ] into { } and nothing else */
        bits |= gather(zero_bytes(x ^ REPEAT('{')) | zero_bytes(x ^ REPEAT('}'))) << (8 * i);
    }
    return bits;
}

static inline uint64_t F(controls)(struct F(block) b)
{
    uint64_t bits = 0;
    for (int i = 0; i < 8; i++) {
        bits |= gather(zero_bytes(b.word[i] & REPEAT(0xe0))) << (8 * i);
    }
    return bits;
}

static inline uint64_t F(high)(struct F(block) b)
{
    uint64_t bits = 0;
    for (int i = 0; i < 8; i++) {
        bits |= gather(b.word[i] & TOP) << (8 * i);
    }
    return bits;
}

static inline uint64_t F(prefix_xor)(uint64_t m)
{
    for (unsigned shift = 1; shift < 64; shift *= 2) {
        m ^= m << shift;
    }
    return m;
}

static inline bool F(is_key)(const char *p, const struct json_entry *e)
{
    unsigned left = e->pattern_len;
    const char *pattern = e->pattern;
    for (; left > 8; left -= 8, p += 8, pattern += 8) {
        if (word_at(p) != word_at(pattern)) {
            return false;
        }
    }
    return (word_at(p) ^ word_at(pattern)) << (64 - 8 * left) == 0;
}

static inline const char *F(string_stop)(const char *p, const char *end)
{
    for (; p < end; p += 8) {
        uint64_t x = word_at(p);
        uint64_t stop = zero_bytes(x ^ REPEAT('"')) | zero_bytes(x ^ REPEAT('\\'));
        if (stop != 0) {
            return p + __builtin_ctzll(stop) / 8;
        }
    }
    return p;
}

static inline bool F(all_plain)(const char *p, size_t blocks)
{
    uint64_t special = 0;
    for (size_t i = 0; i < blocks * 8; i++, p += 8) {
        uint64_t x = word_at(p);
        uint64_t slash = x ^ REPEAT('\\');
        /* A borrow may mark a byte too many, but only above one that is rightly marked. */
        special |= x | (x - REPEAT(0x20)) | ((slash - REPEAT(1)) & ~slash);
    }
    return (special & TOP) == 0;
}

static inline const char *F(skip_blank)(const char *p, const char *end)
{
    while (UNLIKELY(chr_is_space(*p))) {
        p++;
        if (p >= end) {
            break;
        }
        while (end - p >= 8 && word_at(p) == REPEAT(' ')) {
            p += 8;
        }
    }
    return p;
}

#include "codec/json_scan_body.h"

const struct json_kernel *const json_kernel_portable = &F(kernel);
