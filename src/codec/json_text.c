#include <string.h>

#include "codec/json_priv.h"

static int hex_digit(char c)
{
    if (chr_is_digit(c)) {
        return c - '0';
    }
    c = chr_lower(c);
    return c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
}

/* The four digits behind "\u" at the front of s, or -1. */
static int32_t hex4(struct str s)
{
    if (s.len < 6 || s.ptr[0] != '\\' || s.ptr[1] != 'u') {
        return -1;
    }
    int32_t v = 0;
    for (size_t i = 2; i < 6; i++) {
        int d = hex_digit(s.ptr[i]);
        if (d < 0) {
            return -1;
        }
        v = v * 16 + d;
    }
    return v;
}

static size_t put_utf8(uint32_t c, char out[4])
{
    if (c < 0x80) {
        out[0] = (char)c;
        return 1;
    }
    if (c < 0x800) {
        out[0] = (char)(0xc0 | (c >> 6));
        out[1] = (char)(0x80 | (c & 0x3f));
        return 2;
    }
    if (c < 0x10000) {
        out[0] = (char)(0xe0 | (c >> 12));
        out[1] = (char)(0x80 | ((c >> 6) & 0x3f));
        out[2] = (char)(0x80 | (c & 0x3f));
        return 3;
    }
    out[0] = (char)(0xf0 | (c >> 18));
    out[1] = (char)(0x80 | ((c >> 12) & 0x3f));
    out[2] = (char)(0x80 | ((c >> 6) & 0x3f));
    out[3] = (char)(0x80 | (c & 0x3f));
    return 4;
}

/* A "\uXXXX", or a pair of them, at the front of s. `taken` is how much of s it was. */
static size_t decode_unicode(struct str s, int32_t unit, char out[4], size_t *taken)
{
    *taken = 6;
    if (unit < 0xd800 || unit > 0xdfff) {
        return put_utf8((uint32_t)unit, out);
    }
    int32_t low = unit < 0xdc00 ? hex4(str_from(s, 6)) : -1;
    if (low < 0xdc00 || low > 0xdfff) {
        return put_utf8(0xfffd, out);
    }
    *taken = 12;
    return put_utf8(0x10000 + (((uint32_t)unit - 0xd800) << 10) + ((uint32_t)low - 0xdc00), out);
}

/* The escape at the front of s. */
static size_t decode_escape(struct str s, char out[4], size_t *taken)
{
    int32_t unit = hex4(s);
    if (unit >= 0) {
        return decode_unicode(s, unit, out, taken);
    }
    if (s.len == 1) {
        *taken = 1;
        out[0] = '\\';
        return 1;
    }
    static const char from[] = "bfnrt";
    static const char to[] = "\b\f\n\r\t";
    const char *known = memchr(from, s.ptr[1], sizeof(from) - 1);
    *taken = 2;
    out[0] = known == NULL ? s.ptr[1] : to[known - from];
    return 1;
}

/* Bytes of the character at the front of s, at least 1. */
static size_t char_len(struct str s)
{
    unsigned char c = (unsigned char)s.ptr[0];
    size_t n = c < 0xc0 ? 1 : c < 0xe0 ? 2 : c < 0xf0 ? 3 : 4;
    return n < s.len ? n : s.len;
}

size_t json_decode(struct str *raw, char *out, size_t room)
{
    size_t len = 0;
    while (raw->len > 0) {
        char piece[4];
        size_t taken;
        size_t n;
        if (raw->ptr[0] == '\\') {
            n = decode_escape(*raw, piece, &taken);
        } else {
            n = taken = char_len(*raw);
            memcpy(piece, raw->ptr, n);
        }
        if (n > room - len) {
            break;
        }
        memcpy(out + len, piece, n);
        len += n;
        *raw = str_from(*raw, taken);
    }
    return len;
}

bool json_text(struct json_view v, struct arena *a, struct str *out)
{
    struct str raw = {v.ptr, v.len};
    if (!v.escaped) {
        *out = raw;
        return true;
    }
    char *to = ARENA_ARRAY(a, char, v.len + 4U);
    if (to == NULL) {
        return false;
    }
    *out = (struct str){to, json_decode(&raw, to, v.len + 4U)};
    return true;
}

bool json_any_text(struct json_view v, struct arena *a, struct str *out)
{
    if (v.kind == JSON_STRING) {
        return json_text(v, a, out);
    }
    *out = v.kind == JSON_ABSENT ? STR_EMPTY : (struct str){v.ptr, v.len};
    return true;
}

int json_truth(struct json_view v)
{
    struct str s = {v.ptr, v.len};
    if (v.kind == JSON_TRUE || (v.kind == JSON_STRING && str_ieq(s, STR("true")))) {
        return 1;
    }
    if (v.kind == JSON_FALSE || (v.kind == JSON_STRING && str_ieq(s, STR("false")))) {
        return 0;
    }
    return -1;
}
