/*
 * digests - the verification of log integrity (integrity/) as a part of triage: what was altered,
 * removed or slipped in becomes events that a detection tells, and coverage.
 */
#ifndef ENGINE_DIGESTS_H
#define ENGINE_DIGESTS_H

#include "engine/scan.h"

/* Verify the directories among the inputs when --digest-keys was given, else do nothing. Adds an
 * event (kind EVENT_LOGGING, source "aws.cloudtrail_digest") for each thing that is wrong, in order,
 * and fills scan->integrity. Texts live in `a`. */
NODISCARD enum err_code digests_check(const struct triage_options *o,
                                      const struct input_list *inputs, struct arena *a,
                                      struct scan_result *scan, struct err *err);

#endif
