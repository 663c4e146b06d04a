/*
 * selectors - what a trail records after its event selectors were set.
 */
#ifndef SOURCE_CLOUDTRAIL_SELECTORS_H
#define SOURCE_CLOUDTRAIL_SELECTORS_H

#include "source/cloudtrail/extract.h"

/* Add LOGS_MANAGEMENT, LOGS_FUNCTION_DATA and LOGS_FUNCTION_LIMIT from either kind of selectors,
 * those of the answer before those of the request. Adds nothing when the record states none. */
void ct_add_selectors(struct ct_extract *x);

#endif
