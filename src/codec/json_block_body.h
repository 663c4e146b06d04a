/*
 * Skipping and looking into strings by blocks of 64 bytes, for the variants with vectors. Before it
 * is included a variant defines:
 *
 *   struct F(block)                64 bytes
 *   F(load)(p)                     reads p[0..63]
 *   F(equal)(b, c)                 a bit for every byte that is c; bit 0 is the first byte
 *   F(brackets_at)(b)              a bit for every one of { } [ ]
 *   F(controls)(b)                 a bit for every byte below 0x20
 *   F(high)(b)                     a bit for every byte above 0x7f
 *   F(prefix_xor)(m)               bit i of the result is the xor of bits 0..i of m
 *   F(all_plain)(p, blocks)        no byte below 0x20, above 0x7f or a backslash in that many
 *                                  blocks
 */

/* Bits of the bytes that a backslash before them escapes. `carry`: the block before ended in a
 * backslash that escapes the first byte of this one. Subtracting makes the borrow run through each
 * row of backslashes, so that only every second one counts (Langdale and Lemire, "Parsing
 * gigabytes of JSON per second", 2019, section 3.1.1, in its later, shorter form). */
INLINE uint64_t F(escaped)(uint64_t slashes, uint64_t *carry)
{
    if (LIKELY(slashes == 0)) {
        uint64_t only = *carry;
        *carry = 0;
        return only;
    }
    const uint64_t odd = 0xaaaaaaaaaaaaaaaaU;
    uint64_t starts = slashes & ~*carry;
    uint64_t follows = starts << 1;
    uint64_t marked = ((follows | odd) - starts) ^ odd;
    uint64_t escaped = marked ^ (slashes | *carry);
    *carry = (marked & slashes) >> 63;
    return escaped;
}

/* The closing quote of a string that has a backslash at or behind p. */
NOINLINE const char *F(string_end_escaped)(const char *p, const char *end)
{
    uint64_t carry = 0;
    for (; p < end; p += 64) {
        struct F(block) b = F(load)(p);
        uint64_t quotes = F(equal)(b, '"');
        quotes &= ~F(escaped)(F(equal)(b, '\\'), &carry);
        if (quotes != 0) {
            return p + __builtin_ctzll(quotes);
        }
    }
    return end;
}

/* p is at an opening bracket, with `depth` brackets around it. The result is behind its partner. */
NOINLINE const char *F(skip_brackets)(struct json_walk *w, const char *p, unsigned depth)
{
    struct json_brackets open;
    uint64_t carry = 0;
    uint64_t inside = 0; /* all ones: the block begins inside a string */
    const char *end = w->end;
    open.types = 0;
    open.depth = 0;
    for (; p < end; p += 64) {
        struct F(block) b = F(load)(p);
        uint64_t slashes = F(equal)(b, '\\');
        uint64_t quotes = F(equal)(b, '"') & ~F(escaped)(slashes, &carry);
        uint64_t strings = F(prefix_xor)(quotes) ^ inside;
        inside = (uint64_t)((int64_t)strings >> 63);
        /* Behind a backslash outside a string, the masks are not to be trusted. */
        uint64_t marks = (F(brackets_at)(b) | slashes) & ~strings;
        if (UNLIKELY(end - p < 64)) {
            marks &= ((uint64_t)1 << (end - p)) - 1;
        }
        for (; marks != 0; marks &= marks - 1) {
            const char *at = p + __builtin_ctzll(marks);
            if ((*at & 2) != 0) { /* { and [ */
                if (UNLIKELY(depth + open.depth >= JSON_DEPTH_MAX)) {
                    return json_fail_limit(w, JSON_TOO_DEEP, at);
                }
                json_push(&open, *at);
                continue;
            }
            if (UNLIKELY(*at == '\\')) {
                return json_fail(w, at, "a backslash outside a string");
            }
            if (UNLIKELY(!json_pop(&open, *at))) {
                return json_fail(w, at, "a bracket is closed by one of the other kind");
            }
            if (open.depth == 0) {
                return at + 1;
            }
        }
    }
    return json_fail(w, end, "");
}

/* The first bad byte of one block, whose string bytes and escaped bytes are marked. */
INLINE const char *F(spoiled_block)(struct F(block) b, const char *p, const char *limit,
                                    uint64_t strings, uint64_t escaped, const char **reason)
{
    uint64_t valid = limit - p >= 64 ? ~(uint64_t)0 : ((uint64_t)1 << (limit - p)) - 1;
    uint64_t controls = F(controls)(b) & valid;
    if (controls != 0) {
        uint64_t blank = F(equal)(b, '\n') | F(equal)(b, '\r') | F(equal)(b, '\t');
        controls &= ~(blank & ~strings);
    }
    const char *control = controls == 0 ? NULL : p + __builtin_ctzll(controls);
    for (uint64_t left = escaped & valid; left != 0; left &= left - 1) {
        const char *at = p + __builtin_ctzll(left);
        if (control != NULL && at > control) {
            break;
        }
        const char *bad = json_bad_escape(at, limit);
        if (bad != NULL && (control == NULL || bad <= control)) {
            *reason = "an escape in a string is wrong";
            return bad;
        }
    }
    *reason = "a control character";
    return control;
}

NOINLINE const char *F(spoiled_slow)(const char *p, const char *limit, const char **reason)
{
    uint64_t carry = 0;
    uint64_t inside = 0;
    const char *first_high = NULL;
    const char *bad = NULL;
    for (; p < limit && bad == NULL; p += 64) {
        struct F(block) b = F(load)(p);
        uint64_t escaped = F(escaped)(F(equal)(b, '\\'), &carry);
        uint64_t strings = F(prefix_xor)(F(equal)(b, '"') & ~escaped) ^ inside;
        inside = (uint64_t)((int64_t)strings >> 63);
        bad = F(spoiled_block)(b, p, limit, strings, escaped, reason);
        if (first_high == NULL && F(high)(b) != 0) {
            first_high = p;
        }
    }
    if (first_high != NULL && first_high < limit) {
        const char *utf8 = json_bad_utf8(first_high, bad == NULL ? limit : bad);
        if (utf8 != NULL) {
            *reason = "this is not UTF-8";
            return utf8;
        }
    }
    return bad;
}

static const char *F(spoiled)(const char *start, const char *limit, const char **reason)
{
    size_t len = (size_t)(limit - start);
    const char *tail = start + len / 64 * 64;
    if (LIKELY(F(all_plain)(start, len / 64))) {
        struct F(block) b = F(load)(tail);
        uint64_t special = F(controls)(b) | F(high)(b) | F(equal)(b, '\\');
        if ((special & (((uint64_t)1 << (len % 64)) - 1)) == 0) {
            return NULL;
        }
    }
    return F(spoiled_slow)(start, limit, reason);
}
