/*
 * RFC 8259 to the letter, a byte at a time, without padding and without recursion.
 */
#include <string.h>

#include "base/utf8.h"
#include "codec/json_priv.h"

static const char *skip_blank(const char *p, const char *end)
{
    while (p < end && chr_is_space(*p)) {
        p++;
    }
    return p;
}

static const char *skip_digits(const char *p, const char *end)
{
    while (p < end && chr_is_digit(*p)) {
        p++;
    }
    return p;
}

const char *json_strict_number(struct json_walk *w, const char *p)
{
    const char *end = w->end;
    if (p < end && *p == '-') {
        p++;
    }
    if (p >= end || !chr_is_digit(*p)) {
        return json_fail(w, p, "a number needs a digit here");
    }
    p = *p == '0' ? p + 1 : skip_digits(p, end);
    if (p < end && chr_is_digit(*p)) {
        return json_fail(w, p, "a number must not begin with a zero");
    }
    if (p < end && *p == '.') {
        p++;
        if (p >= end || !chr_is_digit(*p)) {
            return json_fail(w, p, "a number needs a digit behind the point");
        }
        p = skip_digits(p, end);
    }
    if (p < end && (*p == 'e' || *p == 'E')) {
        p++;
        if (p < end && (*p == '+' || *p == '-')) {
            p++;
        }
        if (p >= end || !chr_is_digit(*p)) {
            return json_fail(w, p, "a number needs a digit in its exponent");
        }
        p = skip_digits(p, end);
    }
    return p;
}

const char *json_strict_literal(struct json_walk *w, const char *p)
{
    const char *want = *p == 't' ? "true" : *p == 'f' ? "false" : *p == 'n' ? "null" : NULL;
    if (want == NULL) {
        return json_fail(w, p, "a value is missing");
    }
    while (*want != '\0') {
        if (p >= w->end || *p != *want) {
            return json_fail(w, p, "this word is not true, false or null");
        }
        p++;
        want++;
    }
    return p;
}

/* Does [p, end) only lack bytes to be one UTF-8 sequence? */
static bool is_cut_utf8(const char *p, const char *end)
{
    size_t have = (size_t)(end - p);
    if (have == 0 || have > 3 || (unsigned char)*p < 0xc0) {
        return false;
    }
    /* What may follow a lead byte depends on it; one of the two ends of the range always fits. */
    for (int fill = 0x80; fill <= 0xbf; fill += 0x3f) {
        char whole[4];
        memset(whole, fill, sizeof(whole));
        memcpy(whole, p, have);
        for (size_t n = have + 1; n <= 4; n++) {
            if (utf8_fault((struct str){whole, n}) == SIZE_MAX) {
                return true;
            }
        }
    }
    return false;
}

const char *json_bad_utf8(const char *p, const char *limit)
{
    size_t fault = utf8_fault((struct str){p, (size_t)(limit - p)});
    return fault == SIZE_MAX || is_cut_utf8(p + fault, limit) ? NULL : p + fault;
}

const char *json_bad_escape(const char *at, const char *limit)
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

/* p is behind the backslash; the result is behind the escape. */
static const char *strict_escape(struct json_walk *w, const char *p)
{
    const char *bad = json_bad_escape(p, w->end);
    size_t len = p < w->end && *p == 'u' ? 5 : 1;
    if (bad == NULL && len > (size_t)(w->end - p)) {
        bad = w->end;
    }
    return bad != NULL ? json_fail(w, bad, "an escape in a string is wrong") : p + len;
}

/* p is behind the opening quote; the result is behind the closing one. */
static const char *strict_string(struct json_walk *w, const char *p)
{
    for (;;) {
        const char *run = p;
        bool high = false;
        while (p < w->end && *p != '"' && *p != '\\' && (unsigned char)*p >= 0x20) {
            high |= (unsigned char)*p >= 0x80;
            p++;
        }
        size_t fault = high ? utf8_fault((struct str){run, (size_t)(p - run)}) : SIZE_MAX;
        if (fault != SIZE_MAX) {
            run += fault;
            return json_fail(w, p == w->end && is_cut_utf8(run, p) ? p : run, "this is not UTF-8");
        }
        if (p >= w->end) {
            return json_fail(w, w->end, "a string has no end");
        }
        if (*p == '"') {
            return p + 1;
        }
        if (*p != '\\') {
            return json_fail(w, p, "a control character");
        }
        p = strict_escape(w, p + 1);
        if (p == NULL) {
            return NULL;
        }
    }
}

static const char *strict_scalar(struct json_walk *w, const char *p)
{
    if (p >= w->end) {
        return json_fail(w, p, "a value is missing");
    }
    if (*p == '"') {
        return strict_string(w, p + 1);
    }
    return *p == '-' || chr_is_digit(*p) ? json_strict_number(w, p) : json_strict_literal(w, p);
}

/* The open brackets of one value. */
struct strict_stack {
    unsigned around; /* brackets outside the value */
    unsigned depth;
    bool object[JSON_DEPTH_MAX];
    uint16_t members[JSON_DEPTH_MAX];
};

/* p is at a key, or ought to be; the result is at the member's value. */
static const char *strict_key(struct json_walk *w, struct strict_stack *st, const char *p)
{
    if (p >= w->end || *p != '"') {
        return json_fail(w, p, "a key in quotes is missing");
    }
    if (++st->members[st->depth - 1] > JSON_KEYS_MAX) {
        return json_fail_limit(w, JSON_TOO_WIDE, p);
    }
    p = strict_string(w, p + 1);
    if (p == NULL) {
        return NULL;
    }
    p = skip_blank(p, w->end);
    if (p >= w->end || *p != ':') {
        return json_fail(w, p, "a colon is missing");
    }
    return skip_blank(p + 1, w->end);
}

/* p is at an opening bracket. The result is at the first value inside, or at the closing bracket
 * when nothing is inside. */
static const char *strict_open(struct json_walk *w, struct strict_stack *st, const char *p,
                               bool *empty)
{
    if (st->around + st->depth >= JSON_DEPTH_MAX) {
        return json_fail_limit(w, JSON_TOO_DEEP, p);
    }
    bool object = *p == '{';
    st->object[st->depth] = object;
    st->members[st->depth] = 0;
    st->depth++;
    p = skip_blank(p + 1, w->end);
    *empty = p < w->end && *p == (object ? '}' : ']');
    return object && !*empty ? strict_key(w, st, p) : p;
}

/* p is behind a value inside brackets. Close what closes; the result is at the next value, or
 * behind the outermost bracket when depth is 0. */
static const char *strict_close(struct json_walk *w, struct strict_stack *st, const char *p)
{
    while (st->depth > 0) {
        bool object = st->object[st->depth - 1];
        p = skip_blank(p, w->end);
        if (p < w->end && *p == (object ? '}' : ']')) {
            st->depth--;
            p++;
            continue;
        }
        if (p >= w->end || *p != ',') {
            return json_fail(w, p, "a comma or a closing bracket is missing");
        }
        p = skip_blank(p + 1, w->end);
        return object ? strict_key(w, st, p) : p;
    }
    return p;
}

const char *json_strict_value(struct json_walk *w, const char *p, unsigned depth)
{
    struct strict_stack st;
    st.around = depth;
    st.depth = 0;
    do {
        bool complete = true;
        if (p < w->end && (*p == '{' || *p == '[')) {
            p = strict_open(w, &st, p, &complete);
        } else {
            p = strict_scalar(w, p);
        }
        if (p != NULL && complete) {
            p = strict_close(w, &st, p);
        }
    } while (p != NULL && st.depth > 0);
    return p;
}
