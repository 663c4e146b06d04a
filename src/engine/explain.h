/*
 * explain - do the ids of --explain name a case each?
 */
#ifndef ENGINE_EXPLAIN_H
#define ENGINE_EXPLAIN_H

#include "context/context.h"
#include "model/result.h"

/* ERR_NOTFOUND: no case has this id; the message lists the nearest. ERR_USAGE: several begin so. */
NODISCARD enum err_code explain_check(const struct str_list *ids, const struct result *r,
                                      struct err *err);

#endif
