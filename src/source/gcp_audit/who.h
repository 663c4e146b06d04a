/*
 * who - who an audit record says acted: a person, a service account, a federated identity, or an
 * agent of Google's own that works on behalf of somebody else.
 */
#ifndef SOURCE_GCP_AUDIT_WHO_H
#define SOURCE_GCP_AUDIT_WHO_H

#include "source/gcp_audit/extract.h"

/* Fill x->e->who from authenticationInfo. When a service account was used by delegation, the
 * first of the chain is the identity, and the account stands in who.role. */
void gcp_who(struct gcp_extract *x);

#endif
