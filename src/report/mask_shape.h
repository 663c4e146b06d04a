/*
 * mask_shape - secrets that show by their shape alone. For mask.c, and for who must tell an
 * access key id from other text.
 */
#ifndef REPORT_MASK_SHAPE_H
#define REPORT_MASK_SHAPE_H

#include <stdbool.h>
#include <stddef.h>

#include "base/str.h"

/* Length of the access key id at the front of `s` (AKIA…, ASIA…), or 0. The caller knows that a
 * word begins there. */
size_t mask_key_id(struct str s);

/* Length of the secret at the front of `s`, or 0. A word begins there. *keep: bytes at its front
 * that may be shown ("Bearer "). */
size_t mask_word(struct str s, size_t *keep);

/* Length of the secret in base64 at the front of `s`, or 0. A run of base64 begins there. */
size_t mask_base64(struct str s);

/* Length of a run of base64 at the front of `s`: [A-Za-z0-9+/]. */
size_t mask_base64_run(struct str s);

/* Length of a private key block (PEM) at the front of `s`, to its end or that of the text; or 0. */
size_t mask_pem(struct str s);

#endif
