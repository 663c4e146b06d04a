#include "base/ip.h"

#include <arpa/inet.h>
#include <string.h>

static const uint8_t v4_front[12] = {0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xff, 0xff};

/* A number of at most 255 without leading zeros, off the front of [p, end). NULL: there is none. */
static const char *take_octet(const char *p, const char *end, uint8_t *out)
{
    unsigned value = p < end ? (unsigned)(unsigned char)*p - '0' : 10;
    if (value > 9) {
        return NULL;
    }
    p++;
    for (int more = 0; value != 0 && more < 2 && p < end; more++, p++) {
        unsigned digit = (unsigned)(unsigned char)*p - '0';
        if (digit > 9) {
            break;
        }
        value = value * 10 + digit;
    }
    *out = (uint8_t)value;
    return value > 255 ? NULL : p;
}

/* Four numbers, as inet_pton has it, but quick: every record has an address. */
static bool parse_v4(struct str s, uint8_t out[4])
{
    const char *p = s.ptr;
    const char *end = s.ptr + s.len;
    for (int i = 0; i < 4; i++) {
        if (i > 0 && (p == end || *p++ != '.')) {
            return false;
        }
        p = take_octet(p, end, &out[i]);
        if (p == NULL) {
            return false;
        }
    }
    return p == end;
}

bool ip_parse(struct str s, struct ip *out)
{
    uint8_t v4[4];
    if (s.len >= 7 && s.len <= 15 && parse_v4(s, v4)) {
        memcpy(out->byte, v4_front, sizeof(v4_front));
        memcpy(&out->byte[12], v4, sizeof(v4));
        return true;
    }
    /* Host names of services stand in the same field. */
    if (s.len < 2 || memchr(s.ptr, ':', s.len) == NULL) {
        return false;
    }
    char text[IP_TEXT_MAX];
    if (s.len < 2 || s.len >= sizeof(text) || memchr(s.ptr, '\0', s.len) != NULL) {
        return false;
    }
    memcpy(text, s.ptr, s.len);
    text[s.len] = '\0';
    struct ip ip;
    if (inet_pton(AF_INET6, text, ip.byte) == 1) {
        *out = ip;
        return true;
    }
    return false;
}

static void clear_host_bits(struct ip_prefix *p)
{
    for (unsigned i = 0; i < 16; i++) {
        unsigned from = i * 8;
        if (from >= p->bits) {
            p->ip.byte[i] = 0;
        } else if (p->bits - from < 8) {
            p->ip.byte[i] &= (uint8_t)(0xff << (8 - (p->bits - from)));
        }
    }
}

bool ip_prefix_parse(struct str s, struct ip_prefix *out)
{
    struct ip_prefix p = {.bits = 128};
    size_t slash = str_chr(s, '/');
    if (!ip_parse(str_head(s, slash), &p.ip)) {
        return false;
    }
    if (slash != SIZE_MAX) {
        uint64_t bits;
        bool v4 = str_chr(str_head(s, slash), ':') == SIZE_MAX;
        if (!str_u64(str_from(s, slash + 1), &bits) || bits > (v4 ? 32U : 128U)) {
            return false;
        }
        p.bits = (uint8_t)(bits + (v4 ? IP_V4_BITS : 0));
    }
    clear_host_bits(&p);
    *out = p;
    return true;
}

bool ip_is_v4(const struct ip *ip)
{
    return memcmp(ip->byte, v4_front, sizeof(v4_front)) == 0;
}

bool ip_in(const struct ip *ip, const struct ip_prefix *prefix)
{
    unsigned whole = prefix->bits / 8;
    if (memcmp(ip->byte, prefix->ip.byte, whole) != 0) {
        return false;
    }
    unsigned rest = prefix->bits % 8;
    return rest == 0 ||
           ((ip->byte[whole] ^ prefix->ip.byte[whole]) & (uint8_t)(0xff << (8 - rest))) == 0;
}

bool ip_is_private(const struct ip *ip)
{
    const uint8_t *b = ip->byte;
    if (ip_is_v4(ip)) {
        b += 12;
        return b[0] == 0 || b[0] == 10 || b[0] == 127 || (b[0] == 169 && b[1] == 254) ||
               (b[0] == 172 && (b[1] & 0xf0) == 16) || (b[0] == 192 && b[1] == 168) ||
               (b[0] == 100 && (b[1] & 0xc0) == 64);
    }
    static const uint8_t zero[15] = {0};
    return (memcmp(b, zero, 15) == 0 && b[15] <= 1) || (b[0] & 0xfe) == 0xfc ||
           (b[0] == 0xfe && (b[1] & 0xc0) == 0x80);
}

size_t ip_format(const struct ip *ip, char out[IP_TEXT_MAX])
{
    const char *done = ip_is_v4(ip) ? inet_ntop(AF_INET, &ip->byte[12], out, IP_TEXT_MAX)
                                    : inet_ntop(AF_INET6, ip->byte, out, IP_TEXT_MAX);
    if (done == NULL) {
        out[0] = '\0';
    }
    return strlen(out);
}
