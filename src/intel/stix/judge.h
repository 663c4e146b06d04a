/*
 * judge - what an alternative of a pattern means for lookups.
 *
 * One condition on something that logs show (address, name, URL, hash, fingerprint): an indicator.
 * Several: each that can be looked up is an indicator that needs the others, and without them is a
 * partial hit. Hashes of one file are several names of one content: each stands alone. What logs
 * cannot show (a file's name, a registry key) is a need that never is met. Nothing that can be
 * looked up: no indicator, with the reason.
 */
#ifndef INTEL_STIX_JUDGE_H
#define INTEL_STIX_JUDGE_H

#include "intel/stix/pattern.h"

/* Called for each indicator of a pattern; `base` says all but kind, value and needs. Reasons are
 * given to sink->reject_at with this offset. Needs live in `a`. */
NODISCARD enum err_code judge_pattern(const struct pattern *p, const struct indicator *base,
                                      uint64_t offset, const struct intel_sink *sink,
                                      struct arena *a, struct err *err);

#endif
