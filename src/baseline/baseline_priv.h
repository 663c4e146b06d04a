/*
 * The inside of a baseline: its entities, made when first asked for.
 */
#ifndef BASELINE_BASELINE_PRIV_H
#define BASELINE_BASELINE_PRIV_H

#include "baseline/baseline.h"

enum { HABIT_KEY_BYTES = 8 };

/* ERR_LIMIT: one too many. */
NODISCARD enum err_code usual_of(struct baseline *b, struct str text, struct usual **out);
NODISCARD enum err_code habit_of(struct baseline *b, struct map *m, struct str key,
                                 struct habit **out);

/* The event has habits; false: no memory. */
NODISCARD bool habit_actor_key(const struct event *e, char out[HABIT_KEY_BYTES]);
NODISCARD bool habit_account_key(const struct event *e, struct arena *a, struct str *out);

#endif
