/*
 * coverage - which sources could have seen something, from when to when.
 */
#ifndef ENGINE_COVERAGE_H
#define ENGINE_COVERAGE_H

#include "engine/scan.h"
#include "model/result.h"

/* Fill r->sources, r->with, r->without and r->notes from what was scanned and what was given. */
NODISCARD enum err_code coverage_tell(const struct setup *s, const struct triage_options *o,
                                      const struct scan_result *scan, struct arena *a,
                                      struct result *r, struct err *err);

#endif
