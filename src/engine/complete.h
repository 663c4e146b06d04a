/*
 * complete - what one log does not say and another does.
 */
#ifndef ENGINE_COMPLETE_H
#define ENGINE_COMPLETE_H

#include "base/attr.h"
#include "model/event.h"

/* An execution log names a function without its region. Where the other events know a function of
 * that account and name in one region only, that is it; else it stays unnamed. False: no memory. */
NODISCARD bool complete_regions(struct event **events, size_t count);

#endif
