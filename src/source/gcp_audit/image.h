/*
 * image - container images: where they come from, and what exactly runs.
 */
#ifndef SOURCE_GCP_AUDIT_IMAGE_H
#define SOURCE_GCP_AUDIT_IMAGE_H

#include "source/gcp_audit/extract.h"

/* Add CODE_LOCATION and, when it names a digest, CODE_HASH of each container in the array. */
void gcp_add_images(struct gcp_extract *x, struct json_view containers);

#endif
