/*
 * digest - SHA-256, and identifiers made from it.
 *
 * Identifiers must be the same in every run and on every machine, so they are digests of what they
 * name and never come from a keyed hash (base/hash.h).
 */
#ifndef CODEC_DIGEST_H
#define CODEC_DIGEST_H

#include <stdbool.h>
#include <stdint.h>

#include "base/attr.h"
#include "base/str.h"

enum {
    DIGEST_BYTES = 32,
    DIGEST_HEX = 64 /* hexadecimal digits, without a NUL */
};

/* False only when memory ran out; `out` is then zeroed. */
NODISCARD bool digest_sha256(struct str data, uint8_t out[DIGEST_BYTES]);

/* HMAC-SHA-256 (RFC 2104). False only when memory ran out; `out` is then zeroed. */
NODISCARD bool digest_hmac(struct str key, struct str data, uint8_t out[DIGEST_BYTES]);

/* SHA-256 in pieces. NULL: no memory. digest_end frees it and gives the sum; false as above, also
 * when a piece could not be taken. digest_drop frees it alone, NULL allowed. */
struct digest;
NODISCARD struct digest *digest_begin(void);
void digest_add(struct digest *d, struct str piece);
NODISCARD bool digest_end(struct digest *d, uint8_t out[DIGEST_BYTES]);
void digest_drop(struct digest *d);

/* The first `digits` (at most DIGEST_HEX) lower-case hexadecimal digits of the SHA-256 of `data`,
 * and a NUL, into out[digits + 1]. False only when memory ran out; `out` is then "". Parts of one
 * identifier are joined by the caller with a byte that cannot stand in them. */
NODISCARD bool digest_hex_id(struct str data, unsigned digits, char *out);

#endif
