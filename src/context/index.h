/*
 * index - lookups over what was read; made once by context_finish.
 */
#ifndef CONTEXT_INDEX_H
#define CONTEXT_INDEX_H

#include "context/context.h"

/* Drop older copies of a record, sort by start, index by id and by latest end. */
NODISCARD enum err_code index_changes(struct context *c, struct err *err);
NODISCARD enum err_code index_people(struct context *c, struct err *err);
NODISCARD enum err_code index_builds(struct context *c, struct err *err);
void index_free(struct context *c);

/* The change with this id, case folded; NULL: none. */
const struct change *index_change(const struct context *c, struct str id);

/* Earliest and latest moment of a change's own window; false: it has no window. Open ends are
 * INT64_MIN and INT64_MAX. */
bool change_window(const struct change *ch, int64_t *from_us, int64_t *to_us);

/* How far outside its window a change may still be meant. */
#define GRACE_US           (30 * TIME_MINUTE_US)
#define GRACE_EMERGENCY_US (4 * TIME_HOUR_US)
#define RETRO_US           (72 * TIME_HOUR_US) /* an emergency may be approved so late */

int64_t change_grace_us(const struct change *ch);

#endif
