/*
 * The scanner without vector instructions: eight bytes at a time in a 64-bit word.
 */
#include <assert.h>
#include <endian.h>
#include <string.h>

#include "codec/json_priv.h"

#define F(name) name##_portable

#define REPEAT(byte) (0x0101010101010101U * (uint64_t)(unsigned char)(byte))
#define TOP          REPEAT(0x80)

/* The first byte in the lowest bits. */
static inline uint64_t word_at(const char *p)
{
    uint64_t v;
    memcpy(&v, p, sizeof(v));
    return le64toh(v);
}

/* The top bits of the bytes of x that are zero. Bytes above a zero byte may be marked wrongly: only
 * the lowest mark counts, and whether there is one. The same goes for marks that are or-ed. */
static inline uint64_t zero_bytes(uint64_t x)
{
    return (x - REPEAT(1)) & ~x & TOP;
}

static inline const char *first_mark(const char *p, uint64_t marks)
{
    return p + __builtin_ctzll(marks) / 8;
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
            return first_mark(p, stop);
        }
    }
    return p;
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

/* ---- skipping ---- */

NOINLINE const char *F(string_end_escaped)(const char *p, const char *end)
{
    while (p < end && *p == '\\') {
        p = F(string_stop)(p + 2, end);
    }
    return p;
}

/* The first quote, bracket or backslash at p or behind it, or some place not before `end`. */
static inline const char *next_mark(const char *p, const char *end)
{
    for (; p < end; p += 8) {
        uint64_t x = word_at(p);
        uint64_t folded = x | REPEAT(0x20); /* makes [ ] into { } and nothing else */
        uint64_t marks = zero_bytes(x ^ REPEAT('"')) | zero_bytes(folded ^ REPEAT('{')) |
                         zero_bytes(folded ^ REPEAT('}')) | zero_bytes(x ^ REPEAT('\\'));
        if (marks != 0) {
            return first_mark(p, marks);
        }
    }
    return p;
}

static const char *F(skip_brackets)(struct json_walk *w, const char *p, unsigned depth)
{
    struct json_brackets open;
    const char *end = w->end;
    open.types = 0;
    open.depth = 0;
    do {
        p = next_mark(p, end);
        if (p >= end) {
            break;
        }
        if (*p == '"') {
            p = F(string_stop)(p + 1, end);
            p = F(string_end_escaped)(p, end);
        } else if (*p == '\\') {
            return json_fail(w, p, "a backslash outside a string");
        } else if ((*p & 2) != 0) { /* { and [ */
            if (depth + open.depth >= JSON_DEPTH_MAX) {
                return json_fail_limit(w, JSON_TOO_DEEP, p);
            }
            json_push(&open, *p);
        } else if (!json_pop(&open, *p)) {
            return json_fail(w, p, "a bracket is closed by one of the other kind");
        }
        p++;
    } while (open.depth > 0);
    return open.depth > 0 ? json_fail(w, end, "") : p;
}

/* ---- looking into strings ---- */

/* No byte below 0x20, above 0x7f or a backslash? *high: is there one above 0x7f? */
static inline bool all_plain(const char *p, const char *limit, bool *high)
{
    uint64_t special = 0;
    uint64_t all = 0;
    for (; limit - p >= 8; p += 8) {
        uint64_t x = word_at(p);
        all |= x;
        special |= (x - REPEAT(0x20)) | zero_bytes(x ^ REPEAT('\\'));
    }
    for (; p < limit; p++) {
        uint64_t x = (unsigned char)*p;
        all |= x;
        special |= x < 0x20 || x == '\\' ? TOP : 0;
    }
    *high = (all & TOP) != 0;
    return ((special | all) & TOP) == 0;
}

/* p is behind an opening quote. The closing one, some place not before `limit`, or, with *reason
 * set, a bad byte. */
static const char *look_into(const char *p, const char *limit, const char **reason)
{
    while (p < limit) {
        uint64_t x = word_at(p);
        uint64_t slashes = zero_bytes(x ^ REPEAT('\\'));
        uint64_t marks = slashes | zero_bytes(x ^ REPEAT('"')) | ((x - REPEAT(0x20)) & ~x & TOP);
        if (marks == 0) {
            p += 8;
            continue;
        }
        p = first_mark(p, marks);
        if (p >= limit || *p == '"') {
            return p;
        }
        if (*p != '\\') {
            *reason = "a control character";
            return p;
        }
        const char *bad = json_bad_escape(p + 1, limit);
        if (bad != NULL) {
            *reason = "an escape in a string is wrong";
            return bad;
        }
        p += 2;
    }
    return p;
}

NOINLINE const char *spoiled_slow(const char *start, const char *limit, bool high,
                                  const char **reason)
{
    assert(start != NULL);
    const char *bad = NULL;
    for (const char *p = start; p < limit && bad == NULL; p++) {
        while (limit - p > 8 && word_at(p) == REPEAT(' ')) {
            p += 8;
        }
        if (*p == '"') {
            p = look_into(p + 1, limit, reason);
            assert(p != NULL);
            bad = *reason != NULL ? p : NULL;
        } else if ((unsigned char)*p < 0x20 && !chr_is_space(*p)) {
            *reason = "a control character";
            bad = p;
        }
    }
    const char *utf8 = high ? json_bad_utf8(start, bad == NULL ? limit : bad) : NULL;
    if (utf8 != NULL) {
        *reason = "this is not UTF-8";
        return utf8;
    }
    return bad;
}

static const char *F(spoiled)(const char *start, const char *limit, const char **reason)
{
    bool high;
    return all_plain(start, limit, &high) ? NULL : spoiled_slow(start, limit, high, reason);
}

#include "codec/json_scan_body.h"

const struct json_kernel *const json_kernel_portable = &F(kernel);
