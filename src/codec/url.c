#include "codec/url.h"

#include <stdint.h>

static int hex_of(char c)
{
    if (chr_is_digit(c)) {
        return c - '0';
    }
    c = chr_lower(c);
    return c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
}

/* The byte that %XX at text[at] stands for, or -1. */
static int escape_at(struct str text, size_t at)
{
    if (text.ptr[at] != '%' || text.len - at < 3) {
        return -1;
    }
    int high = hex_of(text.ptr[at + 1]);
    int low = hex_of(text.ptr[at + 2]);
    return high < 0 || low < 0 ? -1 : high * 16 + low;
}

bool url_is_encoded_well(struct str text)
{
    for (size_t i = 0; i < text.len; i++) {
        if (text.ptr[i] == '%' && escape_at(text, i) < 0) {
            return false;
        }
    }
    return true;
}

bool url_decode(struct str text, struct arena *a, struct str *out)
{
    if (str_chr(text, '%') == SIZE_MAX) {
        *out = text;
        return true;
    }
    char *to = ARENA_ARRAY(a, char, text.len);
    if (to == NULL) {
        return false;
    }
    size_t len = 0;
    for (size_t i = 0; i < text.len; i++) {
        int byte = escape_at(text, i);
        if (byte >= 0) {
            to[len++] = (char)(uint8_t)byte;
            i += 2;
        } else {
            to[len++] = text.ptr[i];
        }
    }
    *out = (struct str){to, len};
    return true;
}
