/*
 * policy - policy documents as CloudTrail carries them, and the grants in them.
 */
#ifndef SOURCE_CLOUDTRAIL_POLICY_H
#define SOURCE_CLOUDTRAIL_POLICY_H

#include "source/cloudtrail/extract.h"

/* A policy as plain JSON text: from a JSON string, a percent-encoded one, or an object. "" when
 * it is none of these. Not checked for being JSON. */
struct str ct_policy_text(struct ct_extract *x, struct json_view v);

/* From a resource policy (a document or one statement, as JSON text): GRANT_PRINCIPAL and
 * GRANT_ACTION of each Allow, GRANT_SOURCE for what its condition limits. Text that is no JSON
 * gives nothing. */
void ct_add_grants(struct ct_extract *x, struct str document);

#endif
