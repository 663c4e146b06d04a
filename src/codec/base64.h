/*
 * base64 - RFC 4648 section 4, strict.
 */
#ifndef CODEC_BASE64_H
#define CODEC_BASE64_H

#include <stdbool.h>

#include "base/attr.h"
#include "base/buf.h"
#include "base/str.h"

/* Append the decoded bytes to `out`. False, with nothing appended, when `text` is not base64: a
 * character outside the alphabet (white space too), a length that is not a multiple of four,
 * padding elsewhere than at the end, unused bits that are not zero. False with out->failed when
 * memory or the buf's limit ran out. */
NODISCARD bool base64_decode(struct str text, struct buf *out);

/* Append the encoded form, with padding. Failure shows in out->failed. */
void base64_encode(struct str data, struct buf *out);

#endif
