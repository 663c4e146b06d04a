/*
 * fold - hits to findings.
 *
 * One finding is one detection, one entity and one actor, until more than 24 h pass without a
 * hit. The events of one deployment are one entity, whatever functions they touch. Findings do
 * not depend on the order in which hits were reported, and neither do their ids.
 */
#ifndef DETECT_FOLD_H
#define DETECT_FOLD_H

#include "detect/hit.h"

#define FOLD_GAP_US (24 * TIME_HOUR_US)

/* Fold *hits (which gets sorted). Findings and their texts live in `a`, their arrays until
 * finding_free; on failure *out is as before. */
NODISCARD enum err_code fold_hits(struct hit_list *hits, struct arena *a, struct finding_list *out,
                                  struct err *err);

/* What an event of a detection of this kind is folded by: "aws/1111/eu-west-1/name",
 * "deployment …", "aws/1111/role/name", "203.0.113.7", "actor …", "aws/1111". */
NODISCARD bool fold_entity(const struct event *e, enum entity_kind kind, struct arena *a,
                           struct str *out);

#endif
