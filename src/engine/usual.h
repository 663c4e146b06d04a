/*
 * usual - baselines of a run: files read, logs learnt from, what there is and what is missing told.
 */
#ifndef ENGINE_USUAL_H
#define ENGINE_USUAL_H

#include "baseline/baseline.h"
#include "engine/estate.h"
#include "model/result.h"

/* Read files of `baseline learn` and merge them into *b. Errors name the file. */
NODISCARD enum err_code usual_load(const struct str_list *paths, struct baseline *b,
                                   struct err *err);

/* Learn all that the logs of an estate tell, into an empty *b. ERR_NOMEM. */
NODISCARD enum err_code usual_learn(const struct estate *e, struct baseline *b, struct err *err);

/* How many functions have enough history, and what the others lack. */
struct usual_tally {
    size_t known, functions; /* that were called */
    unsigned most_days;      /* of history of those that are not known */
};
struct usual_tally usual_tally(const struct baseline *b);
/* The same of actors that changed something. */
struct actor_tally {
    size_t known, actors;
    unsigned most_days;
    uint64_t most_changes; /* of those that are not known */
};
struct actor_tally actor_tally(const struct baseline *b);

/* After the history was learnt: a row of r->with, or of r->without. False: no memory. */
NODISCARD bool usual_tell(const struct baseline *b, struct arena *a, struct result *r);

#endif
