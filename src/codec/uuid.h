/*
 * uuid - names to UUIDs that are the same in every run (RFC 9562, version 5).
 */
#ifndef CODEC_UUID_H
#define CODEC_UUID_H

#include <stdint.h>

#include "base/attr.h"
#include "base/str.h"

enum { UUID_BYTES = 16, UUID_TEXT = 37 /* 36 characters and a NUL */ };

extern const uint8_t uuid_space_stix[UUID_BYTES]; /* of STIX 2.1, for observables */
extern const uint8_t uuid_space_own[UUID_BYTES];  /* of faaswatch, for all else */

/* The UUID of a name in a name space. False only when memory ran out; `out` is then "". */
NODISCARD bool uuid_of(const uint8_t space[UUID_BYTES], struct str name, char out[UUID_TEXT]);

#endif
