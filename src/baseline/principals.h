/*
 * principals - what each principal did, in a baseline. For the files of this folder.
 */
#ifndef BASELINE_PRINCIPALS_H
#define BASELINE_PRINCIPALS_H

#include "baseline/baseline.h"

/* What is remembered of a principal, made when it is not there. ERR_LIMIT: one too many. */
NODISCARD enum err_code principals_of(struct baseline *b, struct str name, struct values **out);
NODISCARD enum err_code principals_learn(struct baseline *b, const struct event *e);
NODISCARD enum err_code principals_merge(struct baseline *to, const struct baseline *from);
void principals_cut(struct baseline *b, int32_t day);

#endif
