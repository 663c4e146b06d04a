/*
 * correlation - matches of correlation rules become hits on the events that they count.
 */
#ifndef ENGINE_CORRELATION_H
#define ENGINE_CORRELATION_H

#include "detect/detect.h"
#include "engine/scan.h"

/* Evaluate the correlations over what pass 1 took note of, and give the hits to the run, which has
 * not looked at the events yet. ERR_NOMEM only. */
NODISCARD enum err_code correlation_find(const struct setup *s, struct scan_result *scan,
                                         struct detect_run *run, struct err *err);

#endif
