/*
 * silence - a source that is never quiet was quiet: the collector stood still, or somebody stopped it.
 *
 * A quiet account is no alarm. Told is a gap in the records of one source and account that is at
 * least two hours and three slots long (engine/activity.h), four times as long as the next longest,
 * with 12 hours before and after it in which 90 % of the slots have records; or an account that
 * after 24 such hours is silent to the end while another account of the source goes on.
 */
#ifndef ENGINE_SILENCE_H
#define ENGINE_SILENCE_H

#include "engine/scan.h"

/* Sets the gaps of scan->seen, and adds an event for each to scan->events. ERR_NOMEM. */
NODISCARD enum err_code silence_find(struct scan_result *scan, struct arena *a, struct err *err);

#endif
