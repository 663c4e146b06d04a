/*
 * tuning - tells what exclusions hid, and which detections are noisy: tuning without blindness.
 */
#ifndef ENGINE_TUNING_H
#define ENGINE_TUNING_H

#include "detect/detect.h"
#include "engine/setup.h"
#include "model/result.h"

/* After the findings: a row of `with` for each exclusion, which every report shows, and notes.
 * False: no memory. */
NODISCARD bool tuning_tell(const struct setup *s, const struct detect_run *run, struct arena *a,
                           struct result *r);

#endif
