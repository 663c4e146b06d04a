#include "codec/base64.h"

#include <stdint.h>

static const char alphabet[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";

/* 0 to 63, or -1. */
static int value_of(char c)
{
    if (c >= 'A' && c <= 'Z') {
        return c - 'A';
    }
    if (c >= 'a' && c <= 'z') {
        return c - 'a' + 26;
    }
    if (chr_is_digit(c)) {
        return c - '0' + 52;
    }
    return c == '+' ? 62 : c == '/' ? 63 : -1;
}

/* Four characters, of which the last `pad` are padding, to three bytes. False: not base64. */
static bool decode_group(const char *p, size_t pad, char bytes[3])
{
    uint32_t word = 0;
    for (size_t i = 0; i < 4; i++) {
        int v = i < 4 - pad ? value_of(p[i]) : 0;
        if (v < 0) {
            return false;
        }
        word = word << 6 | (uint32_t)v;
    }
    bytes[0] = (char)(uint8_t)(word >> 16);
    bytes[1] = (char)(uint8_t)(word >> 8);
    bytes[2] = (char)(uint8_t)word;
    return pad == 0 || (pad == 1 && bytes[2] == 0) || (bytes[1] == 0 && bytes[2] == 0);
}

bool base64_decode(struct str text, struct buf *out)
{
    size_t start = out->len;
    if (text.len % 4 != 0) {
        return false;
    }
    if (text.len == 0) {
        return true;
    }
    size_t pad = text.ptr[text.len - 1] != '=' ? 0 : text.ptr[text.len - 2] != '=' ? 1 : 2;
    if (!buf_reserve(out, text.len / 4 * 3 - pad)) {
        return false;
    }
    for (size_t i = 0; i < text.len; i += 4) {
        char bytes[3];
        size_t here = i + 4 == text.len ? pad : 0;
        if (!decode_group(text.ptr + i, here, bytes)) {
            out->len = start;
            if (out->ptr != NULL) {
                out->ptr[start] = '\0';
            }
            return false;
        }
        buf_add(out, (struct str){bytes, 3 - here});
    }
    return true;
}

void base64_encode(struct str data, struct buf *out)
{
    if (!buf_reserve(out, (data.len / 3 + 1) * 4)) {
        return;
    }
    for (size_t i = 0; i < data.len; i += 3) {
        size_t n = data.len - i < 3 ? data.len - i : 3;
        uint32_t word = 0;
        for (size_t k = 0; k < 3; k++) {
            word = word << 8 | (k < n ? (uint8_t)data.ptr[i + k] : 0U);
        }
        char four[4];
        for (size_t k = 0; k < 4; k++) {
            four[k] = k <= n ? alphabet[word >> (18 - 6 * k) & 63] : '=';
        }
        buf_add(out, (struct str){four, 4});
    }
}
