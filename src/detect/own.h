/*
 * own - whose is an account, a principal, an ARN?
 */
#ifndef DETECT_OWN_H
#define DETECT_OWN_H

#include "detect/detect.h"

enum owner {
    OWNER_UNKNOWN, /* names no account */
    OWNER_OURS,
    OWNER_VENDOR, /* covered by a vendor of --env, for this action and now */
    OWNER_FOREIGN,
};

/* The account acted on is ours, and so is what --env lists or, without --env, what was seen as
 * recipient of records. */
bool own_account(const struct detect_view *v, struct str account);

/* Owner of a principal or resource (ARN or account id) in the view's event. `action` is what is
 * granted or done: a vendor covers only the actions it names. */
enum owner own_of(const struct detect_view *v, struct str principal, struct str action);

/* A vendor of --env publishes layers from this account, or takes logs at this ARN. */
bool own_vendor_layer(const struct detect_view *v, struct str account);
bool own_vendor_sink(const struct detect_view *v, struct str arn);
/* The actor of the view's event is a vendor's, and the vendor covers the event's action. */
bool own_vendor_actor(const struct detect_view *v);

#endif
