/*
 * text - spellings that CloudTrail uses: names with an API date, hashes in base64.
 */
#ifndef SOURCE_CLOUDTRAIL_TEXT_H
#define SOURCE_CLOUDTRAIL_TEXT_H

#include "base/arena.h"
#include "base/attr.h"
#include "base/str.h"

/* eventName without API date and version: ^(.+?)(20[0-9]{6})(v[0-9]+)?$. A view of `name`. */
struct str ct_action(struct str name);

/* A SHA-256 as lower-case hex: base64 (44 characters) is converted, "sha256:" in front is taken
 * off, hex is lowered; anything else comes out as it is. False when the arena is full. */
NODISCARD bool ct_hash_hex(struct str text, struct arena *a, struct str *out);

/* An AWS ARN in its parts; `resource` is all after the fifth colon. False: not one. */
struct ct_arn {
    struct str service, region, account, resource;
};
NODISCARD bool ct_arn_parse(struct str text, struct ct_arn *out);

#endif
