/*
 * arn - arn:partition:service:region:account:resource, taken apart.
 */
#ifndef DETECT_ARN_H
#define DETECT_ARN_H

#include <stdbool.h>

#include "base/str.h"

struct arn {
    struct str partition, service, region, account, resource;
};

/* False: not an ARN. Parts may be empty. */
bool arn_parse(struct str s, struct arn *out);

/* Account id (12 digits) of an ARN, or of a text that is one; "" when there is none. */
struct str arn_account(struct str s);

bool is_account_id(struct str s);

/* The part behind the last '/' or ':' of an ARN's resource; the text itself when it is no ARN. */
struct str arn_name(struct str s);

#endif
