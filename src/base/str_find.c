/*
 * Finding a short text in a longer one, which rules and tables do more than anything else.
 *
 * Sixteen places are tried at once: where the needle's first and its last byte both fit, the bytes
 * between are compared. Nearly all places fail on the two, so the cost is that of two loads and two
 * comparisons for sixteen bytes. Letters are compared without ASCII case by setting the bit that
 * tells upper from lower case: no other byte becomes a letter by it.
 */
#include <string.h>

#include "base/str.h"

#if defined(__SSE2__)
#include <emmintrin.h>
enum { LANES = 16, CASE_BIT = 0x20, MEMMEM_FROM = 64 };
#else
enum { MEMMEM_FROM = 1 };
#endif

static bool same_bytes(const char *a, const char *b, size_t n, bool fold)
{
    if (!fold) {
        return memcmp(a, b, n) == 0;
    }
    for (size_t i = 0; i < n; i++) {
        if (chr_lower(a[i]) != chr_lower(b[i])) {
            return false;
        }
    }
    return true;
}

/* One place after the other, from `at` on. The needle is not empty. */
static size_t find_slowly(struct str s, struct str needle, bool fold, size_t at)
{
    char first = fold ? chr_lower(needle.ptr[0]) : needle.ptr[0];
    for (; at + needle.len <= s.len; at++) {
        char c = fold ? chr_lower(s.ptr[at]) : s.ptr[at];
        if (c == first && same_bytes(s.ptr + at, needle.ptr, needle.len, fold)) {
            return at;
        }
    }
    return SIZE_MAX;
}

#if defined(__SSE2__)

/* A byte of the needle, and what makes the bytes of the text comparable with it. */
struct lane {
    __m128i byte;
    __m128i same_case;
};

static inline struct lane lane_of(char c, bool fold)
{
    char lower = chr_lower(c);
    bool letter = fold && lower >= 'a' && lower <= 'z';
    return (struct lane){_mm_set1_epi8(letter ? lower : c),
                         _mm_set1_epi8((char)(letter ? CASE_BIT : 0))};
}

static inline __m128i fits(const char *p, struct lane l)
{
    __m128i x = _mm_loadu_si128((const __m128i *)(const void *)p);
    return _mm_cmpeq_epi8(_mm_or_si128(x, l.same_case), l.byte);
}

/* The needle is not empty. */
static size_t find(struct str s, struct str needle, bool fold)
{
    size_t behind = needle.len - 1; /* of the last byte */
    if (s.len < behind + LANES) {
        return find_slowly(s, needle, fold, 0);
    }
    struct lane first = lane_of(needle.ptr[0], fold);
    struct lane last = lane_of(needle.ptr[behind], fold);
    size_t end = s.len - behind - LANES; /* where the last sixteen places begin */
    for (size_t at = 0;; at = at + LANES < end ? at + LANES : end) {
        __m128i both = _mm_and_si128(fits(s.ptr + at, first), fits(s.ptr + at + behind, last));
        for (unsigned m = (unsigned)_mm_movemask_epi8(both); m != 0; m &= m - 1) {
            size_t place = at + (unsigned)__builtin_ctz(m);
            if (same_bytes(s.ptr + place, needle.ptr, needle.len, fold)) {
                return place;
            }
        }
        if (at == end) {
            return SIZE_MAX;
        }
    }
}

#else

static size_t find(struct str s, struct str needle, bool fold)
{
    return find_slowly(s, needle, fold, 0);
}

#endif

size_t str_find(struct str s, struct str needle)
{
    if (needle.len == 0) {
        return 0;
    }
    if (needle.len < MEMMEM_FROM) {
        return find(s, needle, false);
    }
    /* A long needle in linear time, whatever the texts are. */
    const char *at = s.len == 0 ? NULL : memmem(s.ptr, s.len, needle.ptr, needle.len);
    return at == NULL ? SIZE_MAX : (size_t)(at - s.ptr);
}

size_t str_ifind(struct str s, struct str needle)
{
    return needle.len == 0 ? 0 : find(s, needle, true);
}
