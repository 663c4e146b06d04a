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

/* The first `digits` (at most DIGEST_HEX) lower-case hexadecimal digits of the SHA-256 of `data`,
 * and a NUL, into out[digits + 1]. False only when memory ran out; `out` is then "". Parts of one
 * identifier are joined by the caller with a byte that cannot stand in them. */
NODISCARD bool digest_hex_id(struct str data, unsigned digits, char *out);

#endif
