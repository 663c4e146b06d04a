/*
 * ip - IPv4 and IPv6 addresses and prefixes.
 *
 * Both families are 16 bytes in network order; IPv4 is kept as ::ffff:a.b.c.d (RFC 4291 2.5.5.2),
 * so one comparison and one trie serve both.
 */
#ifndef BASE_IP_H
#define BASE_IP_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/attr.h"
#include "base/str.h"

struct ip {
    uint8_t byte[16];
};

/* `bits` counts from the front of the 16 bytes: 10.0.0.0/8 has 104. */
struct ip_prefix {
    struct ip ip;
    uint8_t bits;
};

enum { IP_TEXT_MAX = 46, IP_V4_BITS = 96 };

/* Whole string to an address: dotted quad (no leading zeros, no short forms), or RFC 4291 text,
 * without zone and brackets. False on anything else: a service's host name is not an address. */
NODISCARD bool ip_parse(struct str s, struct ip *out);

/* "a.b.c.d/n", "v6/n", or a plain address (then /32 or /128). Host bits are cleared. */
NODISCARD bool ip_prefix_parse(struct str s, struct ip_prefix *out);

bool ip_is_v4(const struct ip *ip);
bool ip_in(const struct ip *ip, const struct ip_prefix *prefix);

/* Loopback, link-local, RFC 1918, unique local, CGNAT (RFC 6598) and unspecified addresses. */
bool ip_is_private(const struct ip *ip);

/* Text form (RFC 5952 for IPv6), NUL-terminated. Returns its length. */
size_t ip_format(const struct ip *ip, char out[IP_TEXT_MAX]);

#endif
