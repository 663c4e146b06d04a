/*
 * call - which call of the API a record is about: method and path against the table calls.def.
 */
#ifndef SOURCE_CLOUDFLARE_AUDIT_V2_CALL_H
#define SOURCE_CLOUDFLARE_AUDIT_V2_CALL_H

#include "model/event.h"

enum v2_family {
    V2_SCRIPT,
    V2_DEPLOY,
    V2_SECRET,
    V2_SETTINGS,
    V2_SUBDOMAIN,
    V2_ROUTE,
    V2_DOMAIN,
    V2_SCHEDULE,
    V2_TAIL,
    V2_MEMBER,
    V2_GROUP,
    V2_TOKEN,
    V2_LOGPUSH,
    V2_DNS,
    V2_OTHER,
};

struct v2_call {
    struct str method; /* "*": any that writes */
    struct str path;   /* template */
    struct str action; /* normalised */
    enum event_kind kind;
    enum v2_family family;
};

/* What the path named; "" where the template has no such part. Percent-encoded as in the path. */
struct v2_params {
    struct str account, zone, script, id;
};

/* The path of a request URI alone: without scheme, host, query, version prefix and outer slashes. */
struct str v2_path_of(struct str uri);

/* The call, or NULL: none that matters. `path` comes from v2_path_of. */
const struct v2_call *v2_call_find(struct str method, struct str path, struct v2_params *out);

#endif
