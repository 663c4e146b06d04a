#include "base/utf8.h"

#include <string.h>

/* Length of the well-formed sequence at the front of s, or 0. */
static size_t sequence(struct str s, uint32_t *code)
{
    const unsigned char *p = (const unsigned char *)s.ptr;
    if (s.len == 0) {
        return 0;
    }
    if (p[0] < 0x80) {
        *code = p[0];
        return 1;
    }
    size_t n = p[0] >= 0xf0 ? 4 : p[0] >= 0xe0 ? 3 : 2;
    if (p[0] < 0xc2 || p[0] > 0xf4 || s.len < n) {
        return 0;
    }
    uint32_t c = p[0] & (0x7fU >> n);
    for (size_t i = 1; i < n; i++) {
        if ((p[i] & 0xc0) != 0x80) {
            return 0;
        }
        c = (c << 6) | (p[i] & 0x3fU);
    }
    bool overlong = (n == 3 && c < 0x800) || (n == 4 && c < 0x10000);
    if (overlong || (c >= 0xd800 && c <= 0xdfff) || c > 0x10ffff) {
        return 0;
    }
    *code = c;
    return n;
}

size_t utf8_fault(struct str s)
{
    size_t at = 0;
    while (at < s.len) {
        uint64_t word;
        if (s.len - at >= 8) {
            memcpy(&word, s.ptr + at, 8);
            if ((word & 0x8080808080808080U) == 0) {
                at += 8;
                continue;
            }
        }
        uint32_t code;
        size_t n = sequence((struct str){s.ptr + at, s.len - at}, &code);
        if (n == 0) {
            return at;
        }
        at += n;
    }
    return SIZE_MAX;
}

bool utf8_next(struct str *s, uint32_t *out)
{
    if (s->len == 0) {
        return false;
    }
    uint32_t code = 0xfffd;
    size_t n = sequence(*s, &code);
    *out = n == 0 ? 0xfffd : code;
    *s = str_from(*s, n == 0 ? 1 : n);
    return true;
}

void utf8_add(struct buf *b, uint32_t c)
{
    if (c > 0x10ffff || (c >= 0xd800 && c <= 0xdfff)) {
        c = 0xfffd;
    }
    char t[4];
    size_t n;
    if (c < 0x80) {
        t[0] = (char)c;
        n = 1;
    } else if (c < 0x800) {
        t[0] = (char)(0xc0 | (c >> 6));
        t[1] = (char)(0x80 | (c & 0x3f));
        n = 2;
    } else if (c < 0x10000) {
        t[0] = (char)(0xe0 | (c >> 12));
        t[1] = (char)(0x80 | ((c >> 6) & 0x3f));
        t[2] = (char)(0x80 | (c & 0x3f));
        n = 3;
    } else {
        t[0] = (char)(0xf0 | (c >> 18));
        t[1] = (char)(0x80 | ((c >> 12) & 0x3f));
        t[2] = (char)(0x80 | ((c >> 6) & 0x3f));
        t[3] = (char)(0x80 | (c & 0x3f));
        n = 4;
    }
    buf_add(b, (struct str){t, n});
}

bool utf8_is_unsafe(uint32_t c)
{
    return c < 0x20 || (c >= 0x7f && c < 0xa0) || c == 0x061c || c == 0x200e || c == 0x200f ||
           c == 0x2028 || c == 0x2029 || (c >= 0x202a && c <= 0x202e) ||
           (c >= 0x2066 && c <= 0x2069) || c == 0xfeff;
}

void utf8_add_visible(struct buf *b, struct str s)
{
    while (s.len > 0) {
        uint32_t c = 0;
        size_t n = sequence(s, &c);
        if (n == 0) {
            buf_printf(b, "\\x%02x", (unsigned)(unsigned char)s.ptr[0]);
            n = 1;
        } else if (!utf8_is_unsafe(c)) {
            buf_add(b, str_head(s, n));
        } else if (c < 0x100) {
            buf_printf(b, "\\x%02x", (unsigned)c);
        } else {
            buf_printf(b, "\\u%04x", (unsigned)c);
        }
        s = str_from(s, n);
    }
}

/* Ranges from Unicode's EastAsianWidth.txt (W and F) and emoji presentation, coarse. */
static bool is_wide(uint32_t c)
{
    return (c >= 0x1100 && c <= 0x115f) || (c >= 0x2e80 && c <= 0xa4cf && c != 0x303f) ||
           (c >= 0xac00 && c <= 0xd7a3) || (c >= 0xf900 && c <= 0xfaff) ||
           (c >= 0xfe30 && c <= 0xfe6f) || (c >= 0xff00 && c <= 0xff60) ||
           (c >= 0xffe0 && c <= 0xffe6) || (c >= 0x1f300 && c <= 0x1faff) ||
           (c >= 0x20000 && c <= 0x3fffd);
}

static bool is_combining(uint32_t c)
{
    return (c >= 0x300 && c <= 0x36f) || (c >= 0x200b && c <= 0x200d) ||
           (c >= 0x1ab0 && c <= 0x1aff) || (c >= 0x20d0 && c <= 0x20ff) ||
           (c >= 0xfe00 && c <= 0xfe0f) || (c >= 0xfe20 && c <= 0xfe2f);
}

size_t utf8_width(struct str s)
{
    size_t width = 0;
    uint32_t c;
    while (utf8_next(&s, &c)) {
        width += is_combining(c) ? 0 : is_wide(c) ? 2 : 1;
    }
    return width;
}

struct str utf8_head(struct str s, size_t max)
{
    if (s.len <= max) {
        return s;
    }
    size_t end = max;
    while (end > 0 && ((unsigned char)s.ptr[end] & 0xc0U) == 0x80) {
        end--;
    }
    return str_head(s, end);
}
