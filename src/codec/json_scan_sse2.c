/*
 * The scanner with SSE2, which every x86-64 has.
 */
#include <string.h>

#include "codec/json_priv.h"

#if defined(__x86_64__)

#include <emmintrin.h>

#define F(name) name##_sse2

struct F(block) {
    __m128i part[4];
};

static inline __m128i part_at(const char *p)
{
    return _mm_loadu_si128((const __m128i *)(const void *)p);
}

static inline struct F(block) F(load)(const char *p)
{
    return (struct F(block)){{part_at(p), part_at(p + 16), part_at(p + 32), part_at(p + 48)}};
}

static inline uint64_t bits_of(__m128i a, __m128i b, __m128i c, __m128i d)
{
    uint64_t low = (unsigned)_mm_movemask_epi8(a) | (unsigned)_mm_movemask_epi8(b) << 16;
    uint64_t top = (unsigned)_mm_movemask_epi8(c) | (unsigned)_mm_movemask_epi8(d) << 16;
    return low | top << 32;
}

static inline uint64_t F(equal)(struct F(block) b, char c)
{
    __m128i x = _mm_set1_epi8(c);
    return bits_of(_mm_cmpeq_epi8(b.part[0], x), _mm_cmpeq_epi8(b.part[1], x),
                   _mm_cmpeq_epi8(b.part[2], x), _mm_cmpeq_epi8(b.part[3], x));
}

static inline __m128i brackets_in(__m128i x)
{
    x = _mm_or_si128(x, _mm_set1_epi8(0x20)); /* makes [ ] into { } and nothing else */
    return _mm_or_si128(_mm_cmpeq_epi8(x, _mm_set1_epi8('{')),
                        _mm_cmpeq_epi8(x, _mm_set1_epi8('}')));
}

static inline uint64_t F(brackets_at)(struct F(block) b)
{
    return bits_of(brackets_in(b.part[0]), brackets_in(b.part[1]), brackets_in(b.part[2]),
                   brackets_in(b.part[3]));
}

static inline __m128i controls_in(__m128i x)
{
    __m128i top = _mm_set1_epi8(0x1f);
    return _mm_cmpeq_epi8(_mm_max_epu8(x, top), top);
}

static inline uint64_t F(controls)(struct F(block) b)
{
    return bits_of(controls_in(b.part[0]), controls_in(b.part[1]), controls_in(b.part[2]),
                   controls_in(b.part[3]));
}

static inline uint64_t F(high)(struct F(block) b)
{
    return bits_of(b.part[0], b.part[1], b.part[2], b.part[3]);
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
    __m128i low = _mm_cmpeq_epi8(part_at(p), part_at(e->pattern));
    __m128i top = _mm_cmpeq_epi8(part_at(p + 16), part_at(e->pattern + 16));
    uint64_t same = (unsigned)_mm_movemask_epi8(low) | (unsigned)_mm_movemask_epi8(top) << 16;
    return (~same & (((uint64_t)1 << e->pattern_len) - 1)) == 0;
}

static inline const char *F(string_stop)(const char *p, const char *end)
{
    const __m128i quote = _mm_set1_epi8('"');
    const __m128i slash = _mm_set1_epi8('\\');
    for (; p < end; p += 16) {
        __m128i x = part_at(p);
        unsigned stop = (unsigned)_mm_movemask_epi8(
            _mm_or_si128(_mm_cmpeq_epi8(x, quote), _mm_cmpeq_epi8(x, slash)));
        if (stop != 0) {
            return p + __builtin_ctz(stop);
        }
    }
    return p;
}

static inline bool F(all_plain)(const char *p, size_t blocks)
{
    const __m128i space = _mm_set1_epi8(0x20);
    const __m128i slash = _mm_set1_epi8('\\');
    __m128i special = _mm_setzero_si128();
    for (size_t i = 0; i < blocks * 4; i++, p += 16) {
        __m128i x = part_at(p);
        /* As signed numbers, bytes above 0x7f are below 0x20 too. */
        special =
            _mm_or_si128(special, _mm_or_si128(_mm_cmplt_epi8(x, space), _mm_cmpeq_epi8(x, slash)));
    }
    return _mm_movemask_epi8(special) == 0;
}

static inline const char *F(skip_blank)(const char *p, const char *end)
{
    if (LIKELY((unsigned char)*p > ' ')) {
        return p;
    }
    for (; p < end; p += 16) {
        __m128i x = part_at(p);
        __m128i blank = _mm_or_si128(_mm_or_si128(_mm_cmpeq_epi8(x, _mm_set1_epi8(' ')),
                                                  _mm_cmpeq_epi8(x, _mm_set1_epi8('\n'))),
                                     _mm_or_si128(_mm_cmpeq_epi8(x, _mm_set1_epi8('\r')),
                                                  _mm_cmpeq_epi8(x, _mm_set1_epi8('\t'))));
        unsigned rest = ~(unsigned)_mm_movemask_epi8(blank) & 0xffffU;
        if (rest != 0) {
            return p + __builtin_ctz(rest);
        }
    }
    return p;
}

#include "codec/json_block_body.h"
#include "codec/json_scan_body.h"

const struct json_kernel *const json_kernel_sse2 = &F(kernel);

#else

const struct json_kernel *const json_kernel_sse2 = NULL;

#endif
