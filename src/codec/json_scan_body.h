/*
 * The scan itself, compiled once a variant. A variant's file defines F(name), which makes the
 * names of its own, and before it includes this file:
 *
 *   struct F(block)                64 bytes
 *   F(load)(p)                     reads p[0..63]
 *   F(equal)(b, c)                 a bit for every byte that is c; bit 0 is the first byte
 *   F(brackets_at)(b)              a bit for every one of { } [ ]
 *   F(controls)(b)                 a bit for every byte below 0x20
 *   F(high)(b)                     a bit for every byte above 0x7f
 *   F(prefix_xor)(m)               bit i of the result is the xor of bits 0..i of m
 *   F(is_key)(p, e)                does e->pattern stand at p? reads p[0..31]
 *   F(string_stop)(p, end)         the first quote or backslash at p or behind it; some place not
 *                                  before `end` when there is none before it
 *   F(all_plain)(p, blocks)        no byte below 0x20, above 0x7f or a backslash in that many
 *                                  blocks of 64; may say no when in doubt
 *   F(skip_blank)(p, end)          the first byte at p or behind it that is not white space; may
 *                                  stop anywhere at or behind `end`
 *
 * Bounds: a cursor that is less than `end` may be read at up to JSON_PADDING bytes. A cursor moves
 * past `end` by a few bytes of padding at most before the next comparison with `end` stops it.
 */
#define INLINE   static inline __attribute__((always_inline))
#define NOINLINE static __attribute__((noinline))

/* ---- strings ---- */

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

/* p is behind the opening quote. The closing one, or some place not before `end`. */
INLINE const char *F(string_end)(const char *p, const char *end, bool *escaped)
{
    p = F(string_stop)(p, end);
    *escaped = false;
    if (UNLIKELY(*p == '\\') && p < end) {
        *escaped = true;
        return F(string_end_escaped)(p, end);
    }
    return p;
}

/* ---- skipping ---- */

/* Types of open brackets, the innermost in bit 0; whole words of outer ones are put aside. */
struct F(brackets) {
    uint64_t types;
    unsigned depth;
    uint64_t aside[JSON_DEPTH_MAX / 64];
};

/* Bit 5 of a bracket tells { } from [ ]. */
INLINE void F(push)(struct F(brackets) * s, char c)
{
    if (UNLIKELY(s->depth % 64 == 0 && s->depth != 0)) {
        s->aside[s->depth / 64 - 1] = s->types;
    }
    s->types = s->types << 1 | ((unsigned char)c >> 5 & 1U);
    s->depth++;
}

INLINE bool F(pop)(struct F(brackets) * s, char c)
{
    bool same = (s->types & 1) == ((unsigned char)c >> 5 & 1U);
    s->types >>= 1;
    s->depth--;
    if (UNLIKELY(s->depth % 64 == 0 && s->depth != 0)) {
        s->types = s->aside[s->depth / 64 - 1];
    }
    return same;
}

/* p is at an opening bracket, with `depth` brackets around it. The result is behind its partner. */
NOINLINE const char *F(skip_brackets)(struct json_walk *w, const char *p, unsigned depth)
{
    struct F(brackets) open;
    uint64_t carry = 0;
    uint64_t inside = 0; /* all ones: the block begins inside a string */
    const char *end = w->end;
    open.types = 0;
    open.depth = 0;
    for (; p < end; p += 64) {
        struct F(block) b = F(load)(p);
        uint64_t quotes = F(equal)(b, '"') & ~F(escaped)(F(equal)(b, '\\'), &carry);
        uint64_t strings = F(prefix_xor)(quotes) ^ inside;
        inside = (uint64_t)((int64_t)strings >> 63);
        uint64_t marks = F(brackets_at)(b) & ~strings;
        if (UNLIKELY(end - p < 64)) {
            marks &= ((uint64_t)1 << (end - p)) - 1;
        }
        for (; marks != 0; marks &= marks - 1) {
            const char *at = p + __builtin_ctzll(marks);
            if ((*at & 2) != 0) { /* { and [ */
                if (UNLIKELY(depth + open.depth >= JSON_DEPTH_MAX)) {
                    return json_fail_limit(w, JSON_TOO_DEEP, at);
                }
                F(push)(&open, *at);
                continue;
            }
            if (UNLIKELY(!F(pop)(&open, *at))) {
                return json_fail(w, at, "a bracket is closed by one of the other kind");
            }
            if (open.depth == 0) {
                return at + 1;
            }
        }
    }
    return json_fail(w, end, "");
}

/* ---- values ---- */

/* p is less than w->end and not at a string or a bracket. */
INLINE const char *F(scalar)(struct json_walk *w, const char *p, uint8_t *kind)
{
    if (memcmp(p, "true", 4) == 0) {
        *kind = JSON_TRUE;
        return p + 4;
    }
    if (memcmp(p, "null", 4) == 0) {
        *kind = JSON_NULL;
        return p + 4;
    }
    if (memcmp(p, "false", 5) == 0) {
        *kind = JSON_FALSE;
        return p + 5;
    }
    *kind = JSON_NUMBER;
    return *p == '-' || chr_is_digit(*p) ? json_strict_number(w, p) : json_strict_literal(w, p);
}

/* A value nobody looks into, at p < w->end. */
INLINE const char *F(unwanted)(struct json_walk *w, const char *p, unsigned depth)
{
    return UNLIKELY(w->s != NULL && w->s->strict) ? json_strict_value(w, p, depth)
                                                  : F(skip_brackets)(w, p, depth);
}

INLINE void F(set)(struct json_record *out, int slot, struct json_view v)
{
    out->view[slot] = v;
    out->have[(unsigned)slot / 64] |= (uint64_t)1 << ((unsigned)slot % 64);
}

static const char *F(object)(struct json_walk *w, struct json_node *n, const char *p,
                             unsigned depth);

/* Walk the subtrees that waited for the decision. False after a fault. */
NOINLINE bool F(walk_waiting)(struct json_walk *w)
{
    w->mode = JSON_MODE_FULL;
    for (size_t i = 0; i < w->waiting; i++) {
        const struct json_waiting *it = &w->s->waiting[i];
        if (F(object)(w, it->entry->child, it->at, 1) == NULL) {
            return false;
        }
    }
    w->waiting = 0;
    return true;
}

/* A top-level string was found: decide if both that it takes are there. False after a fault. */
NOINLINE bool F(decide)(struct json_walk *w)
{
    const struct json_scanner *s = w->s;
    struct json_view v[2];
    for (int i = 0; i < 2; i++) {
        v[i] = json_got(w->out, s->decide[i]);
        if (v[i].kind != JSON_STRING || v[i].escaped) {
            return true;
        }
    }
    if (s->wanted(s->wanted_arg, (struct str){v[0].ptr, v[0].len},
                  (struct str){v[1].ptr, v[1].len})) {
        return F(walk_waiting)(w);
    }
    w->mode = JSON_MODE_SHALLOW;
    w->out->shallow = true;
    return true;
}

/* The object or array of member e, at p < w->end. */
NOINLINE const char *F(subtree)(struct json_walk *w, struct json_entry *e, const char *p,
                                unsigned depth)
{
    const char *start = p;
    bool object = *p == '{';
    if (object && e->child != NULL && w->mode == JSON_MODE_FULL) {
        p = F(object)(w, e->child, p, depth);
    } else {
        if (object && e->child != NULL && w->mode == JSON_MODE_UNDECIDED) {
            w->s->waiting[w->waiting++] = (struct json_waiting){e, p};
        }
        p = F(unwanted)(w, p, depth);
    }
    if (p == NULL) {
        return NULL;
    }
    struct str raw = {start, (size_t)(p - start)};
    if (e->slot >= 0) {
        F(set)
        (w->out, e->slot,
         (struct json_view){
             .ptr = start, .len = (uint32_t)raw.len, .kind = object ? JSON_OBJECT : JSON_ARRAY});
    }
    if (!object && e->child != NULL) {
        json_learn_through(w->out, e->child, raw);
    }
    return p;
}

/* The value of member e, at p < w->end. */
INLINE const char *F(member)(struct json_walk *w, struct json_entry *e, const char *p,
                             unsigned depth)
{
    if (LIKELY(*p == '"')) {
        bool escaped;
        const char *text = p + 1;
        p = F(string_end)(text, w->end, &escaped);
        if (UNLIKELY(p >= w->end)) {
            return json_fail(w, p, "");
        }
        if (e->slot >= 0) {
            F(set)
            (w->out, e->slot,
             (struct json_view){.ptr = text,
                                .len = (uint32_t)(p - text),
                                .kind = JSON_STRING,
                                .escaped = escaped});
            if (UNLIKELY(w->mode == JSON_MODE_UNDECIDED) && !F(decide)(w)) {
                return NULL;
            }
        }
        return p + 1;
    }
    if (*p == '{' || *p == '[') {
        return F(subtree)(w, e, p, depth);
    }
    const char *start = p;
    uint8_t kind;
    p = F(scalar)(w, p, &kind);
    if (p != NULL && e->slot >= 0) {
        F(set)
        (w->out, e->slot,
         (struct json_view){.ptr = start, .len = (uint32_t)(p - start), .kind = kind});
    }
    return p;
}

/* ---- objects ---- */

/* The key at *at was not the one that was guessed. Its entry; *at is moved behind the colon. NULL
 * after a fault. */
NOINLINE struct json_entry *F(key)(struct json_walk *w, struct json_node *n,
                                   struct json_entry *before, const char **at)
{
    const char *p = *at;
    if (p >= w->end || *p != '"') {
        (void)json_fail(w, p, "a key in quotes is missing");
        return NULL;
    }
    bool escaped;
    const char *text = p + 1;
    p = F(string_end)(text, w->end, &escaped);
    if (p >= w->end) {
        (void)json_fail(w, p, "");
        return NULL;
    }
    struct json_entry *e = json_learn_key(w, n, (struct str){text, (size_t)(p - text)}, escaped);
    if (e->pattern_len != 0) {
        before->next = e;
    }
    p = F(skip_blank)(p + 1, w->end);
    if (p >= w->end || *p != ':') {
        (void)json_fail(w, p, "a colon is missing");
        return NULL;
    }
    *at = p + 1;
    return e;
}

/* The object at p, with `depth` brackets around it; the result is behind it. */
static const char *F(object)(struct json_walk *w, struct json_node *n, const char *p,
                             unsigned depth)
{
    const char *end = w->end;
    struct json_entry *before = &n->head;
    uint32_t stamp = w->s->stamp;
    unsigned members = 0;
    p = F(skip_blank)(p + 1, end);
    if (UNLIKELY(*p == '}') && p < end) {
        return p + 1;
    }
    for (;;) {
        const char *key = p;
        struct json_entry *e = before->next;
        if (LIKELY(e != NULL && F(is_key)(p, e))) {
            p += e->pattern_len;
        } else {
            e = F(key)(w, n, before, &p);
            if (UNLIKELY(e == NULL)) {
                return NULL;
            }
        }
        p = F(skip_blank)(p, end);
        if (UNLIKELY(p >= end)) {
            return json_fail(w, p, "");
        }
        if (UNLIKELY(++members > JSON_KEYS_MAX)) {
            return json_fail_limit(w, JSON_TOO_WIDE, key);
        }
        before = e;
        if (UNLIKELY(e->stamp == stamp)) { /* the first one counts */
            json_learn_again(w, n, e, key);
            e = &n->other;
        }
        e->stamp = stamp;
        p = F(member)(w, e, p, depth + 1);
        if (UNLIKELY(p == NULL)) {
            return NULL;
        }
        if (LIKELY(*p == ',')) {
            p++;
        } else {
            p = F(skip_blank)(p, end);
            if (UNLIKELY(p >= end || (*p != ',' && *p != '}'))) {
                return json_fail(w, p, "a comma or a closing bracket is missing");
            }
            if (*p++ == '}') {
                return p;
            }
        }
        p = F(skip_blank)(p, end);
    }
}

/* ---- what the kernel offers ---- */

static const char *F(skip)(struct json_walk *w, const char *p)
{
    if (*p == '"') {
        bool escaped;
        p = F(string_end)(p + 1, w->end, &escaped);
        return p >= w->end ? json_fail(w, p, "") : p + 1;
    }
    if (*p == '{' || *p == '[') {
        return F(unwanted)(w, p, 0);
    }
    uint8_t kind;
    const char *stop = F(scalar)(w, p, &kind);
    return stop > w->end ? json_fail(w, stop, "") : stop;
}

static const char *F(value)(struct json_walk *w, const char *p)
{
    if (*p != '{') {
        return F(skip)(w, p);
    }
    p = F(object)(w, w->s->root, p, 0);
    if (p != NULL && w->waiting > 0 && w->mode == JSON_MODE_UNDECIDED && !F(walk_waiting)(w)) {
        return NULL;
    }
    return p;
}

/* What a backslash in a string is followed by at `at`, which may be `limit`: fine, or the byte
 * that is wrong. */
NOINLINE const char *F(bad_escape)(const char *at, const char *limit)
{
    if (at >= limit) {
        return NULL;
    }
    if (memchr("\"\\/bfnrtu", *at, 9) == NULL) {
        return at;
    }
    for (int i = 1; *at == 'u' && i <= 4 && at + i < limit; i++) {
        char c = chr_lower(at[i]);
        if (!chr_is_digit(c) && (c < 'a' || c > 'f')) {
            return at + i;
        }
    }
    return NULL;
}

/* The first bad byte of one block, whose string bytes and escaped bytes are marked. */
INLINE const char *F(spoiled_block)(struct F(block) b, const char *p, const char *limit,
                                    uint64_t strings, uint64_t escaped, const char **reason)
{
    uint64_t valid = limit - p >= 64 ? ~(uint64_t)0 : ((uint64_t)1 << (limit - p)) - 1;
    uint64_t slashes = F(equal)(b, '\\');
    uint64_t controls = F(controls)(b);
    uint64_t stray = slashes & ~strings;
    if (UNLIKELY(controls != 0)) {
        uint64_t blank = F(equal)(b, '\n') | F(equal)(b, '\r') | F(equal)(b, '\t');
        stray |= controls & ~(blank & ~strings);
    }
    stray &= valid;
    const char *worst = stray == 0 ? NULL : p + __builtin_ctzll(stray);
    for (uint64_t left = escaped & strings & valid; left != 0; left &= left - 1) {
        const char *at = p + __builtin_ctzll(left);
        if (worst != NULL && at > worst) {
            break;
        }
        const char *bad = F(bad_escape)(at, limit);
        if (bad != NULL && (worst == NULL || bad < worst)) {
            *reason = "an escape in a string is wrong";
            return bad;
        }
    }
    if (worst != NULL) {
        *reason = *worst == '\\' ? "a backslash outside a string" : "a control character";
    }
    return worst;
}

/* `first` is not behind the first byte above 0x7f. */
NOINLINE const char *F(bad_utf8)(const char *first, const char *limit)
{
    size_t fault = utf8_fault((struct str){first, (size_t)(limit - first)});
    return fault == SIZE_MAX || json_utf8_cut(first + fault, limit) ? NULL : first + fault;
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
        const char *utf8 = F(bad_utf8)(first_high, bad == NULL ? limit : bad);
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

static const struct json_kernel F(kernel) = {F(value), F(skip), F(spoiled)};
