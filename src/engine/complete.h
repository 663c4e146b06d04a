/*
 * complete - what one log does not say and another does.
 */
#ifndef ENGINE_COMPLETE_H
#define ENGINE_COMPLETE_H

#include "base/attr.h"
#include "model/event.h"

/* An execution log names a function without its region, a metric perhaps without its account. Where
 * the other events know one function of that name (and account, if told), that is it; else it stays
 * as it is. False: no memory. */
NODISCARD bool complete_functions(struct event **events, size_t count);

#endif
