/*
 * url - percent-encoding (RFC 3986 section 2.1).
 */
#ifndef CODEC_URL_H
#define CODEC_URL_H

#include <stdbool.h>

#include "base/arena.h"
#include "base/attr.h"
#include "base/str.h"

/* Is every '%' followed by two hexadecimal digits? */
bool url_is_encoded_well(struct str text);

/* Decode each %XX once; '+' stays '+'. A '%' that two hexadecimal digits do not follow stays as
 * it is, so that nothing an attacker wrote is lost. Text without '%' is handed out as it came,
 * else the result lives in `a`. It may hold any byte, and need not be UTF-8. False when the arena
 * is full. */
NODISCARD bool url_decode(struct str text, struct arena *a, struct str *out);

#endif
