/*
 * The scanner with AVX2. Compiled everywhere on x86-64, run only where the machine has it.
 */
#include <string.h>

#include "codec/json_priv.h"

#if defined(__x86_64__)

#include <immintrin.h>

#if defined(__clang__)
#pragma clang attribute push(__attribute__((target("avx2,bmi,bmi2,popcnt,pclmul"))),               \
                             apply_to = function)
#else
#pragma GCC push_options
#pragma GCC target("avx2,bmi,bmi2,popcnt,pclmul")
#endif

#define F(name) name##_avx2

struct F(block) {
    __m256i low;
    __m256i top;
};

static inline __m256i half_at(const char *p)
{
    return _mm256_loadu_si256((const __m256i *)(const void *)p);
}

static inline struct F(block) F(load)(const char *p)
{
    return (struct F(block)){half_at(p), half_at(p + 32)};
}

static inline uint64_t bits_of(__m256i low, __m256i top)
{
    return (unsigned)_mm256_movemask_epi8(low) | (uint64_t)(unsigned)_mm256_movemask_epi8(top)
                                                     << 32;
}

static inline uint64_t F(equal)(struct F(block) b, char c)
{
    __m256i x = _mm256_set1_epi8(c);
    return bits_of(_mm256_cmpeq_epi8(b.low, x), _mm256_cmpeq_epi8(b.top, x));
}

static inline __m256i brackets_in(__m256i x)
{
    x = _mm256_or_si256(x, _mm256_set1_epi8(0x20)); /* makes [ ] into { } and nothing else */
    return _mm256_or_si256(_mm256_cmpeq_epi8(x, _mm256_set1_epi8('{')),
                           _mm256_cmpeq_epi8(x, _mm256_set1_epi8('}')));
}

static inline uint64_t F(brackets_at)(struct F(block) b)
{
    return bits_of(brackets_in(b.low), brackets_in(b.top));
}

static inline __m256i controls_in(__m256i x)
{
    __m256i top = _mm256_set1_epi8(0x1f);
    return _mm256_cmpeq_epi8(_mm256_max_epu8(x, top), top);
}

static inline uint64_t F(controls)(struct F(block) b)
{
    return bits_of(controls_in(b.low), controls_in(b.top));
}

static inline uint64_t F(high)(struct F(block) b)
{
    return bits_of(b.low, b.top);
}

/* Multiplying by all ones, without carries, is the running xor. */
static inline uint64_t F(prefix_xor)(uint64_t m)
{
    __m128i product = _mm_clmulepi64_si128(_mm_set_epi64x(0, (long long)m), _mm_set1_epi8(-1), 0);
    return (uint64_t)_mm_cvtsi128_si64(product);
}

static inline bool F(is_key)(const char *p, const struct json_entry *e)
{
    __m256i same = _mm256_cmpeq_epi8(half_at(p), half_at(e->pattern));
    return _bzhi_u32(~(unsigned)_mm256_movemask_epi8(same), e->pattern_len) == 0;
}

static inline const char *F(string_stop)(const char *p, const char *end)
{
    const __m256i quote = _mm256_set1_epi8('"');
    const __m256i slash = _mm256_set1_epi8('\\');
    for (; p < end; p += 32) {
        __m256i x = half_at(p);
        unsigned stop = (unsigned)_mm256_movemask_epi8(
            _mm256_or_si256(_mm256_cmpeq_epi8(x, quote), _mm256_cmpeq_epi8(x, slash)));
        if (LIKELY(stop != 0)) {
            return p + __builtin_ctz(stop);
        }
    }
    return p;
}

static inline bool F(all_plain)(const char *p, size_t blocks)
{
    const __m256i space = _mm256_set1_epi8(0x20);
    const __m256i slash = _mm256_set1_epi8('\\');
    __m256i special = _mm256_setzero_si256();
    for (size_t i = 0; i < blocks; i++, p += 64) {
        struct F(block) b = F(load)(p);
        /* As signed numbers, bytes above 0x7f are below 0x20 too. */
        __m256i low =
            _mm256_or_si256(_mm256_cmpgt_epi8(space, b.low), _mm256_cmpeq_epi8(b.low, slash));
        __m256i top =
            _mm256_or_si256(_mm256_cmpgt_epi8(space, b.top), _mm256_cmpeq_epi8(b.top, slash));
        special = _mm256_or_si256(special, _mm256_or_si256(low, top));
    }
    return _mm256_testz_si256(special, special) != 0;
}

static inline const char *F(skip_blank)(const char *p, const char *end)
{
    if (LIKELY((unsigned char)*p > ' ')) {
        return p;
    }
    for (; p < end; p += 32) {
        __m256i x = half_at(p);
        __m256i blank =
            _mm256_or_si256(_mm256_or_si256(_mm256_cmpeq_epi8(x, _mm256_set1_epi8(' ')),
                                            _mm256_cmpeq_epi8(x, _mm256_set1_epi8('\n'))),
                            _mm256_or_si256(_mm256_cmpeq_epi8(x, _mm256_set1_epi8('\r')),
                                            _mm256_cmpeq_epi8(x, _mm256_set1_epi8('\t'))));
        unsigned rest = ~(unsigned)_mm256_movemask_epi8(blank);
        if (rest != 0) {
            return p + __builtin_ctz(rest);
        }
    }
    return p;
}

#include "codec/json_block_body.h"
#include "codec/json_scan_body.h"

#if defined(__clang__)
#pragma clang attribute pop
#else
#pragma GCC pop_options
#endif

const struct json_kernel *const json_kernel_avx2 = &F(kernel);

#else

const struct json_kernel *const json_kernel_avx2 = NULL;

#endif
