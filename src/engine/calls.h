/*
 * calls - whether calls of functions are logged, account by account, and why not.
 *
 * present   calls are among the records
 * partial   only of some functions; or something counts them (metrics, execution logs) and nothing
 *           names the callers
 * absent    data events, data access logs or trace events are not there
 */
#ifndef ENGINE_CALLS_H
#define ENGINE_CALLS_H

#include "engine/scan.h"
#include "model/result.h"

/* Sets `calls` and `calls_note` of the rows of r->sources that have an account and whose source tells
 * of changes of functions. False: no memory. */
NODISCARD bool calls_tell(const struct scan_result *scan, struct arena *a, struct result *r);

#endif
