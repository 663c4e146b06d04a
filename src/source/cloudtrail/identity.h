/*
 * identity - who a record says acted: userIdentity of every type, and what is missing of it.
 */
#ifndef SOURCE_CLOUDTRAIL_IDENTITY_H
#define SOURCE_CLOUDTRAIL_IDENTITY_H

#include "source/cloudtrail/extract.h"

/* Fill x->e->who. Needs the event's kind, service and address (a service caller has none). */
void ct_identity(struct ct_extract *x);

/* The name of a role without the hash that single sign-on adds when it provisions it:
 * AWSReservedSSO_Admin_1b74cd717d47002b to AWSReservedSSO_Admin. A view of `name`. */
struct str ct_sso_role_name(struct str name);
bool ct_is_sso_role(struct str name);

#endif
