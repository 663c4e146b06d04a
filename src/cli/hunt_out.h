/*
 * hunt_out - what a hunt found: for the prompt, as faaswatch.hunt/1, as STIX 2.1 sightings.
 */
#ifndef CLI_HUNT_OUT_H
#define CLI_HUNT_OUT_H

#include "base/buf.h"
#include "cli/hunt_case.h"

void hunt_out_text(struct buf *out, const struct hunt_seeds *s, const struct hunt_result *r);
void hunt_out_json(struct buf *out, const struct hunt_seeds *s, const struct hunt_result *r);
/* False: no memory. */
NODISCARD bool hunt_out_stix(struct buf *out, const struct hunt_seeds *s,
                             const struct hunt_result *r);

#endif
