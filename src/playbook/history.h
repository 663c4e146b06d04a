/*
 * history - the run's events by actor and by function, for what lies around a case: logins of the
 * day before, earlier changes, whether calls are logged at all. Made once a run, then only read.
 */
#ifndef PLAYBOOK_HISTORY_H
#define PLAYBOOK_HISTORY_H

#include "base/err.h"
#include "model/event.h"

struct history;

/* `events` in event_cmp order; borrowed, must outlive the history. */
NODISCARD enum err_code history_new(const struct event *const *events, size_t count,
                                    struct history **out, struct err *err);
void history_free(struct history *h);

/* Events of an actor or a function, in event_cmp order. NULL history: none. */
struct history_slice {
    const struct event *const *at;
    size_t len;
};
struct history_slice history_of_actor(const struct history *h, const struct actor *a);
struct history_slice history_of_function(const struct history *h, const struct function_key *k);
/* The part of a slice with from_us <= time < to_us. */
struct history_slice history_between(struct history_slice s, int64_t from_us, int64_t to_us);

/* Are calls of functions in this account in the input at all? */
bool history_logs_calls(const struct history *h, struct str account);

#endif
