/*
 * pack - one text as one gzip member, as CloudTrail delivers its files.
 */
#ifndef DEMO_PACK_H
#define DEMO_PACK_H

#include "base/attr.h"
#include "base/buf.h"

/* Replace *out by `text`, packed (RFC 1952, level 6). False on no memory. */
NODISCARD bool pack_gzip(struct str text, struct buf *out);

#endif
