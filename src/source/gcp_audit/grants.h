/*
 * grants - what a change of an IAM policy gives and takes away.
 */
#ifndef SOURCE_GCP_AUDIT_GRANTS_H
#define SOURCE_GCP_AUDIT_GRANTS_H

#include "source/gcp_audit/extract.h"

/* Add a GRANT_ACTION (role) followed by its GRANT_PRINCIPAL for each member that gets it, and
 * GRANT_GONE, AUDIT_SET and AUDIT_GONE likewise. From the delta where the record has one, else
 * from the whole policy of the request, which POLICY_SET tells. A condition that limits a binding
 * is GRANT_SOURCE. */
void gcp_add_grants(struct gcp_extract *x);

#endif
