/*
 * take - what a call's request and answer say, by family, as attributes of the event.
 */
#ifndef SOURCE_CLOUDFLARE_AUDIT_V2_TAKE_H
#define SOURCE_CLOUDFLARE_AUDIT_V2_TAKE_H

#include "source/cloudflare.h"
#include "source/cloudflare_audit_v2/call.h"

struct v2_body {
    struct json_view request; /* object or array, or JSON_ABSENT */
    struct json_view answer;  /* what the answer's envelope held, or JSON_ABSENT */
    struct v2_params path;
    struct str zone_name;
};

/* Fill x->e and its attributes. May change the event's action and kind: settings that switch a
 * log off are a change of logging. */
void v2_take(struct cf_extract *x, const struct v2_call *call, const struct v2_body *b);

#endif
