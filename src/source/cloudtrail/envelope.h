/*
 * envelope - what every CloudTrail record says, from top-level fields alone.
 */
#ifndef SOURCE_CLOUDTRAIL_ENVELOPE_H
#define SOURCE_CLOUDTRAIL_ENVELOPE_H

#include "source/source.h"

/* Fill everything of *e but kind, function, who and attributes. Allocates only for texts that
 * hold escapes. A service's host name in sourceIPAddress becomes who.invoked_by. */
NODISCARD enum err_code ct_envelope(const struct record *r, struct arena *a, struct event *e,
                                    struct err *err);

/* source_ops.glance: the same for as much as counting needs. */
bool ct_glance(const struct record *r, struct glance *out);

/* OUTCOME_DENIED for an error code that means: no permission. */
enum event_outcome ct_outcome_of(struct str error_code);

#endif
