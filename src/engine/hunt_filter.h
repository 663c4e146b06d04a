/*
 * hunt_filter - may a record carry one of these values? Looks at its bytes, before anything is parsed.
 *
 * Says yes too often, never no wrongly: values that a log may spell in another way (escapes, other
 * forms of an address) make it say yes.
 */
#ifndef ENGINE_HUNT_FILTER_H
#define ENGINE_HUNT_FILTER_H

#include "base/arena.h"
#include "model/case_file.h"

struct hunt_filter;

/* For these marks. NULL: no memory. */
NODISCARD struct hunt_filter *hunt_filter_new(const struct mark *marks, size_t count);
void hunt_filter_free(struct hunt_filter *f);
bool hunt_filter_may(const struct hunt_filter *f, struct str raw);

#endif
