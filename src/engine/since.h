/*
 * since - the earlier result of --previous: read, and told against this one.
 */
#ifndef ENGINE_SINCE_H
#define ENGINE_SINCE_H

#include "base/buf.h"
#include "model/result.h"
#include "playbook/previous.h"

/* *out stays NULL when `path` is "". *text keeps the file and must outlive *out. */
NODISCARD enum err_code since_load(struct str path, struct buf *text, struct previous **out,
                                   struct err *err);

/* After all cases are judged and those of the digest are gone: how many are new, changed, unchanged,
 * and which earlier ones are gone. False: no memory. */
NODISCARD bool since_tell(const struct previous *p, struct arena *a, struct result *r);

#endif
